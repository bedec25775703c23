"""Claude Code logs: each pitfall of the format has a log here that falls into it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reviewer.errors import BadTranscriptError
from reviewer.run import timeline
from reviewer.run.event import (
    Command,
    Context,
    Denial,
    Edit,
    End,
    Error,
    Message,
    Plan,
    PlanStep,
    Prompt,
    Question,
    Read,
    Search,
    Thought,
    Tool,
    Unknown,
    Usage,
)
from reviewer.run.importers.detect import detect
from reviewer.run.importers.importer import ImportCancelledError
from reviewer.run.importers.spool import OutputSpool
from tests.support.session_log import SessionLog, of_type, read_log, read_with_outputs, source

if TYPE_CHECKING:
    from reviewer.run.importers.importer import ImportedRun

PATH = "/home/ana/shop/app.py"


def prompts(run: ImportedRun) -> list[tuple[str, str]]:
    return [(prompt.via, prompt.text) for prompt in of_type(run, Prompt)]


def notes(run: ImportedRun, what: str) -> list[str]:
    return [context.text for context in of_type(run, Context) if context.what == what]


def end(run: ImportedRun) -> End:
    last = run.events[-1]
    assert isinstance(last, End)
    return last


class TestWholeRun:
    def test_a_small_run_becomes_events_in_order_with_places_turns_and_times(self) -> None:
        log = SessionLog()
        log.prompt("Fix the total.")
        log.think("The sum is wrong.")
        log.read(PATH).edit(PATH, "a - b", "a + b").bash("pytest -q", "3 passed in 0.1s\n")
        log.text("All 3 tests pass.")
        run = read_log(log)
        assert [event.seq for event in run.events] == list(range(1, len(run.events) + 1))
        kinds = [event.kind for event in run.events if event.kind != "usage"]
        assert kinds == ["prompt", "thought", "read", "edit", "command", "message", "end"]
        assert {event.turn for event in run.events} == {1}
        assert run.events[0].source == "transcript/1.jsonl:1"
        assert run.events[0].time == "2026-03-02T09:00:01.000Z"
        assert end(run).reason == "finished"
        assert run.unknown == {}
        assert run.info.models == ["claude-opus-4-5-20251101"]

    def test_an_edit_has_its_hunks_and_counts(self) -> None:
        log = SessionLog()
        log.edit(PATH, "a\nb", "c")
        (edit,) = of_type(read_log(log), Edit)
        assert (edit.applied, edit.op, edit.added, edit.removed) == (True, "update", 1, 2)
        assert edit.patch == "@@ -1,1 +1,1 @@\n-a\n-b\n+c"

    def test_a_new_file_is_an_addition_with_its_lines(self) -> None:
        log = SessionLog()
        log.write(PATH, "one\ntwo\n")
        (edit,) = of_type(read_log(log), Edit)
        assert (edit.op, edit.added, edit.removed) == ("add", 2, 0)

    def test_a_long_patch_is_cut_and_says_so(self) -> None:
        log = SessionLog()
        log.edit(PATH, "a", "x" * 100_000)
        (edit,) = of_type(read_log(log), Edit)
        assert edit.patch_cut
        assert len(edit.patch or "") == 64 * 1024

    def test_multi_edit_and_notebook_edit_without_structured_result_use_what_was_asked(self) -> None:
        log = SessionLog()
        several = [{"old_string": "a", "new_string": "b"}, {"old_string": "c", "new_string": "d\ne"}]
        log.result(log.call("MultiEdit", {"file_path": PATH, "edits": several}), "Applied 2 edits")
        log.result(log.call("NotebookEdit", {"notebook_path": "/n.ipynb", "new_source": "x"}), "Updated cell")
        first, second = of_type(read_log(log), Edit)
        assert (first.added, first.removed) == (3, 2)
        assert (second.path, second.added, second.applied) == ("/n.ipynb", 1, True)

    def test_a_read_tells_its_lines(self) -> None:
        log = SessionLog()
        log.read(PATH, lines=7)
        tool = log.call("Read", {"file_path": PATH, "offset": 10, "limit": 5})
        twin = {"type": "text", "file": {"filePath": PATH, "startLine": 10, "numLines": 5, "totalLines": 40}}
        log.result(tool, "…", twin=twin)
        log.result(log.call("Read", {"file_path": "/none"}), "File does not exist.", error=True)
        whole, part, missing = of_type(read_log(log), Read)
        assert (whole.first, whole.last, whole.whole, whole.ok) == (1, 7, True, True)
        assert (part.first, part.last, part.whole) == (10, 14, False)
        assert missing.ok is False

    def test_searches_and_other_tools_keep_what_they_reach(self) -> None:
        log = SessionLog()
        log.grep("total", "/home/ana/shop")
        for name in ("WebFetch", "mcp__tracker__issue", "SomethingNew"):
            log.result(log.call(name, {"url": "https://example.org"}), "ok")
        run = read_log(log)
        assert [(search.pattern, search.tool) for search in of_type(run, Search)] == [("total", "Grep")]
        assert [tool.boundary for tool in of_type(run, Tool)] == ["network", "mcp", "host"]


class TestPrompts:
    def test_only_what_a_person_asked_is_a_prompt(self) -> None:
        log = SessionLog()
        log.prompt("Do it.")
        log.prompt("Base directory for this skill: /x", isMeta=True, sourceToolUseID="toolu_1")
        log.prompt("<local-command-stdout>hello</local-command-stdout>")
        log.prompt("<system-reminder>Todos are empty</system-reminder>")
        log.prompt("This session is being continued from a previous conversation that ran out of context.")
        log.prompt("A summary", isCompactSummary=True, isVisibleInTranscriptOnly=True)
        log.prompt([{"type": "text", "text": "Look at this"}, {"type": "image", "source": {"data": "aGk="}}])
        run = read_log(log)
        assert prompts(run) == [("prompt", "Do it."), ("prompt", "Look at this")]
        assert [prompt.attachments for prompt in of_type(run, Prompt)] == [0, 1]
        assert len(notes(run, "compaction")) == 2
        assert len(notes(run, "note")) == 3

    def test_slash_commands_and_shell_lines_are_the_persons_words_too(self) -> None:
        log = SessionLog()
        log.prompt("<command-name>/review</command-name>\n<command-args>src</command-args>")
        log.prompt("<command-message>model</command-message><command-name>/model</command-name>")
        log.prompt("<bash-input>ls -la</bash-input>")
        run = read_log(log)
        assert prompts(run) == [("command", "/review src"), ("command", "/model"), ("command", "! ls -la")]
        assert run.events[-1].turn == 1, "a command that sets up the program is no turn"

    def test_a_plan_in_the_first_prompt_is_a_plan(self) -> None:
        log = SessionLog()
        log.prompt("Implement the following plan:\n\n# Plan\n1. x", planContent="# Plan\n1. x")
        run = read_log(log)
        assert prompts(run)[0][0] == "plan"
        assert [plan.text for plan in of_type(run, Plan)] == ["# Plan\n1. x"]

    def test_what_a_person_said_in_a_denial_is_a_prompt(self) -> None:
        log = SessionLog()
        tool = log.call("Bash", {"command": "rm -rf build"})
        log.deny(tool, "keep the build folder, it is cached")
        run = read_log(log)
        (command,) = of_type(run, Command)
        (denial,) = of_type(run, Denial)
        assert command.state == "denied"
        assert command.exit_code is None
        assert (denial.tool, denial.what) == ("Bash", "rm -rf build")
        assert prompts(run) == [("denial", "keep the build folder, it is cached")]

    def test_what_the_program_says_in_the_persons_place_is_no_prompt(self) -> None:
        log = SessionLog()
        log.prompt("Operation stopped by hook: Another session is active.")
        log.bare("queue-operation", operation="enqueue", content="<agent-notification>\n<status>completed</status>")
        log.deny(log.call("AskUserQuestion", {"questions": []}), "The user wants to clarify these questions.\n  Ask.")
        assert prompts(read_log(log)) == []

    def test_a_denial_of_a_sub_agents_call_is_one_too(self) -> None:
        log = SessionLog()
        said = "Permission for this tool use was denied. The tool use was rejected. The user said:\nlook elsewhere"
        log.result(log.call("Bash", {"command": "find / -name x"}), said, error=True)
        run = read_log(log)
        assert [command.state for command in of_type(run, Command)] == ["denied"]
        assert prompts(run) == [("denial", "look elsewhere")]

    def test_bookkeeping_of_newer_versions_is_understood(self) -> None:
        log = SessionLog()
        log.prompt("Do it.")
        for kind in ("frame-link", "relocated", "bridge-session", "atis-latch"):
            log.bare(kind, sessionId="s")
        log.add("system", subtype="session_start")
        log.add("system", subtype="api_refusal", apiRefusalExplanation="Refused for policy reasons.")
        log.add("system", subtype="error", error={"message": "Too many requests"})
        run = read_log(log)
        assert run.unknown == {}
        assert [error.text for error in of_type(run, Error)] == ["Refused for policy reasons.", "Too many requests"]

    def test_a_denial_without_words_is_no_prompt(self) -> None:
        log = SessionLog()
        log.deny(log.call("Edit", {"file_path": PATH, "old_string": "a", "new_string": "b"}))
        run = read_log(log)
        (edit,) = of_type(run, Edit)
        assert edit.applied is False
        assert prompts(run) == []
        assert len(of_type(run, Denial)) == 1

    def test_a_queued_prompt_counts_once_however_it_is_written(self) -> None:
        log = SessionLog()
        log.prompt("Start.")
        common = {"sessionId": log.session, "timestamp": "2026-03-02T09:00:09.000Z"}
        log.bare("queue-operation", operation="enqueue", content="Also the docs.", **common)
        log.bare("queue-operation", operation="remove", **common)
        log.bare("queue-operation", operation="enqueue", content="And the tests.", **common)
        log.bare("queue-operation", operation="dequeue", **common)
        log.prompt("And the tests.")
        log.bare("queue-operation", operation="enqueue", content="Stop!", **common)
        log.add("attachment", attachment={"type": "queued_command", "prompt": "Stop!"})
        log.bare("queue-operation", operation="enqueue", content="never mind", **common)
        log.bare("queue-operation", operation="popAll", **common)
        run = read_log(log)
        assert prompts(run) == [
            ("prompt", "Start."),
            ("queued", "Also the docs."),
            ("prompt", "And the tests."),
            ("queued", "Stop!"),
        ]
        assert notes(run, "note") == ["queued and taken back: never mind"]

    def test_answers_to_questions_are_instructions(self) -> None:
        log = SessionLog()
        asked = {"questions": [{"question": "Which database?", "header": "DB", "options": []}]}
        tool = log.call("AskUserQuestion", asked)
        twin = {**asked, "answers": {"Which database?": "Postgres"}}
        log.result(tool, 'User has answered your questions: "Which database?"="Postgres".', twin=twin)
        log.call("AskUserQuestion", {"questions": [{"question": "And the port?"}]})
        run = read_log(log)
        assert [(asked.text, asked.answer) for asked in of_type(run, Question)] == [
            ("Which database?", "Postgres"),
            ("And the port?", None),
        ]
        assert prompts(run) == [("answer", "Postgres")]
        assert end(run).reason == "unanswered"


class TestCommands:
    def test_an_exit_code_is_known_only_where_the_log_tells_it(self) -> None:
        log = SessionLog()
        log.bash("make", "boom\n", exit_code=2).bash("ls", "a\n")
        log.result(
            log.call("Bash", {"command": "grep x y"}),
            "",
            twin={"stdout": "", "stderr": "", "interrupted": False, "returnCodeInterpretation": "No matches found"},
        )
        log.result(log.call("Bash", {"command": "cat z"}), "cat: z: no such file", error=True)
        log.call("Bash", {"command": "sleep 99"})
        run, outputs = read_with_outputs(log)
        found = [(command.state, command.exit_code) for command in of_type(run, Command)]
        assert found == [("failed", 2), ("passed", 0), ("passed", 1), ("failed", None), ("not_run", None)]
        assert outputs == {1: b"boom\n", 2: b"a\n", 4: b"cat: z: no such file"}
        assert [command.log for command in of_type(run, Command)] == [
            "logs/1.log",
            "logs/2.log",
            None,
            "logs/4.log",
            None,
        ]

    def test_is_error_may_be_absent(self) -> None:
        log = SessionLog()
        log.result(log.call("Bash", {"command": "ls"}), "a")
        (command,) = of_type(read_log(log), Command)
        assert (command.state, command.exit_code) == ("passed", 0)

    def test_time_is_an_upper_bound_from_the_two_stamps(self) -> None:
        log = SessionLog()
        log.bash("ls")
        (command,) = of_type(read_log(log), Command)
        assert (command.seconds, command.seconds_from) == (3.0, "timestamps")

    @pytest.mark.parametrize("line", ["pytest | tail -5", "pytest || true", "pytest; echo done"])
    def test_a_pipe_or_a_tail_hides_the_exit_code(self, line: str) -> None:
        log = SessionLog()
        log.bash(line, "some dots\n")
        (command,) = of_type(read_log(log), Command)
        assert command.state == "not_conclusive"
        assert command.exit_code == 0
        assert command.not_conclusive

    def test_where_the_exit_code_is_hidden_the_output_decides(self) -> None:
        log = SessionLog()
        log.bash("pytest 2>&1 | tail -3", "1 failed, 2 passed in 0.3s\n").bash("pytest | tail -1", "3 passed in 0.3s\n")
        first, second = of_type(read_log(log), Command)
        assert (first.state, first.tests) == ("failed", {"failed": 1, "passed": 2})
        assert (second.state, second.tests) == ("passed", {"passed": 3})

    def test_an_interrupted_and_a_timed_out_command_are_cancelled(self) -> None:
        log = SessionLog()
        log.result(log.call("Bash", {"command": "a"}), "", twin={"stdout": "", "stderr": "", "interrupted": True})
        log.result(log.call("Bash", {"command": "b"}), "Command timed out after 2m 0.0s", error=True)
        assert [command.state for command in of_type(read_log(log), Command)] == ["cancelled", "cancelled"]

    def test_a_parallel_call_that_failed_first_keeps_the_other_from_running(self) -> None:
        log = SessionLog()
        log.result(
            log.call("Bash", {"command": "a"}), "<tool_use_error>Sibling tool call errored</tool_use_error>", error=True
        )
        (command,) = of_type(read_log(log), Command)
        assert command.state == "not_run"

    def test_background_commands_end_where_they_are_looked_at(self) -> None:
        log = SessionLog()
        for line, task in (("npm start", "b1"), ("make all", "b2"), ("sleep 1", "b3"), ("make docs", "b4")):
            tool = log.call("Bash", {"command": line, "run_in_background": True})
            twin = {"stdout": "", "stderr": "", "interrupted": False, "backgroundTaskId": task}
            log.result(tool, f"Command running in background with ID: {task}", twin=twin)
        look = {
            "shellId": "b2",
            "command": "make all",
            "status": "failed",
            "exitCode": 2,
            "stdout": "error",
            "stderr": "",
        }
        log.result(log.call("BashOutput", {"bash_id": "b2"}), "<status>failed</status>", twin=look)
        log.result(log.call("KillShell", {"shell_id": "b1"}), "Successfully killed shell: b1")
        done = {"task_id": "b3", "status": "completed", "exitCode": 0, "output": "done"}
        log.result(log.call("TaskOutput", {"task_id": "b3"}), "ok", twin={"retrieval_status": "success", "task": done})
        notice = "<task-id>b4</task-id>\n<status>completed</status>\n<summary>completed (exit code 0)</summary>"
        log.prompt(f"<task-notification>\n{notice}\n</task-notification>")
        run, outputs = read_with_outputs(log)
        found = {command.line: (command.state, command.exit_code) for command in of_type(run, Command)}
        assert found == {
            "npm start": ("cancelled", None),
            "make all": ("failed", 2),
            "sleep 1": ("passed", 0),
            "make docs": ("passed", 0),
        }
        assert outputs[2] == b"error\n"
        assert outputs[3] == b"done"
        assert prompts(run) == []

    def test_shortened_output_is_marked(self) -> None:
        log = SessionLog()
        log.result(
            log.call("Bash", {"command": "a"}), "<persisted-output>\nOutput too large. Preview: x\n</persisted-output>"
        )
        log.result(log.call("Bash", {"command": "b"}), "x ... [512 characters truncated] ... y")
        assert [command.log_cut for command in of_type(read_log(log), Command)] == [True, True]

    def test_files_shown_by_the_shell_are_derived_reads(self) -> None:
        log = SessionLog()
        log.bash("cat a.py && sed -n '3,9p' b.py").bash("cat > c.py <<'EOF'\nx\nEOF")
        reads = of_type(read_log(log), Read)
        assert [(read.path, read.first, read.last, read.derived) for read in reads] == [
            ("/home/ana/shop/a.py", None, None, True),
            ("/home/ana/shop/b.py", 3, 9, True),
        ]


class TestTree:
    def test_going_back_discards_the_branch_but_keeps_what_it_did(self) -> None:
        log = SessionLog()
        log.prompt("One.")
        fork = log.text("Done.")
        log.prompt("Use sqlite.")
        log.bash("pip install sqlite")
        log.text("Installed.")
        log.parent = fork
        log.prompt("Use postgres.")
        log.text("Fine.")
        run = read_log(log)
        gone = [event.kind for event in run.events if event.discarded]
        assert {"prompt", "command", "message"} <= set(gone)
        assert [prompt.text for prompt in of_type(run, Prompt) if not prompt.discarded] == ["One.", "Use postgres."]
        assert len(notes(run, "rewind")) == 1

    def test_parallel_tools_and_hooks_are_no_branches(self) -> None:
        log = SessionLog()
        log.prompt("Look.")
        first = log.call("Read", {"file_path": "/a"})
        at_first = log.parent
        second = log.call("Read", {"file_path": "/b"})
        log.result(second, "b")
        log.parent = at_first
        log.result(first, "a")
        log.add("progress", data={"type": "hook_progress"})
        log.prompt("Next.")
        log.text("Ok.")
        assert not any(event.discarded for event in read_log(log).events)

    def test_prompts_of_a_log_without_parents_follow_one_another(self) -> None:
        log = SessionLog()
        for text in ("One.", "Two."):
            log.prompt(text)
            log.parent = None
        assert not any(event.discarded for event in read_log(log).events)

    def test_copies_of_a_resumed_session_count_once(self) -> None:
        log = SessionLog()
        log.prompt("One.")
        log.bash("ls", "a\n")
        copies = [{**record, "sessionId": "other"} for record in log.records]
        log.records += copies
        log.session = "other"
        log.text("Done.")
        run = read_log(log)
        assert len(of_type(run, Command)) == 1
        assert run.repeated == len(copies)
        assert run.info.session_ids == ["0b0e2b7e-1111-4222-8333-444455556666", "other"]
        assert len(notes(run, "resume")) == 1

    def test_compaction_starts_a_new_root_and_loses_nothing(self) -> None:
        log = SessionLog()
        log.prompt("One.")
        last = log.text("Done.")
        log.parent = None
        log.add(
            "system",
            subtype="compact_boundary",
            content="Conversation compacted",
            logicalParentUuid=last,
            compactMetadata={"trigger": "auto", "preTokens": 155000},
        )
        log.prompt("All tests pass, said the summary.", isCompactSummary=True)
        log.prompt("Two.")
        run = read_log(log)
        assert prompts(run) == [("prompt", "One."), ("prompt", "Two.")]
        assert notes(run, "compaction")[0] == "Conversation compacted (auto, 155,000 tokens before)"
        assert [message.text for message in of_type(run, Message)] == ["Done."]
        assert not any(event.discarded for event in run.events)

    def test_old_side_chains_are_sub_agents(self) -> None:
        log = SessionLog()
        log.prompt("Find it.")
        tool = log.call("Task", {"description": "search", "prompt": "Search the code", "subagent_type": "x"})
        above, log.parent = log.parent, None
        log.prompt("Search the code", isSidechain=True)
        log.text("Found in a.py", isSidechain=True)
        log.parent = above
        log.result(tool, "Found in a.py")
        run = read_log(log)
        assert prompts(run) == [("prompt", "Find it.")]
        assert notes(run, "subagent") == ["Search the code"]
        (said,) = of_type(run, Message)
        assert said.agent.startswith("root/side-")

    def test_sub_agent_files_are_merged_by_time_and_know_who_started_them(self) -> None:
        log = SessionLog()
        log.prompt("Go.")
        tool = log.call("Agent", {"description": "dig", "prompt": "Dig"})
        sub = SessionLog(agent="a1b2c3", clock=log.clock)
        sub.prompt("Dig")
        sub.bash("ls", "x\n")
        deeper = sub.call("Agent", {"prompt": "Deeper"})
        sub.result(deeper, "ok", twin={"agentId": "d4e5f6", "status": "completed"})
        low = SessionLog(agent="d4e5f6", clock=sub.clock)
        low.text("Here.")
        log.clock = low.clock
        log.result(tool, "ok", twin={"agentId": "a1b2c3", "status": "completed"})
        log.bash("pwd", "/x\n")
        companions = [
            source(part.bytes(), f"transcript/{place}.jsonl", agent=part.agent) for place, part in ((2, sub), (3, low))
        ]
        run, outputs = read_with_outputs(log.bytes(), companions)
        assert [(command.n, command.line, command.agent) for command in of_type(run, Command)] == [
            (1, "ls", "root/a1b2c3"),
            (2, "pwd", "root"),
        ]
        assert outputs == {1: b"x\n", 2: b"/x\n"}
        assert [message.agent for message in of_type(run, Message)] == ["root/a1b2c3/d4e5f6"]
        assert prompts(run) == [("prompt", "Go.")]

    def test_a_sub_agents_records_inside_progress_count_once(self) -> None:
        sub = SessionLog(agent="a1b2c3")
        sub.text("Working on it.")
        sub.bash("ls", "x\n")
        log = SessionLog()
        log.prompt("Go.")
        for record in sub.records:
            log.add(
                "progress", data={"type": "agent_progress", "agentId": "a1b2c3", "prompt": "Dig", "message": record}
            )
        run = read_log(log.bytes(), [source(sub.bytes(), "transcript/2.jsonl", agent="a1b2c3")])
        assert len(of_type(run, Command)) == 1
        assert [message.agent for message in of_type(run, Message)] == ["root/a1b2c3"]


class TestUsage:
    def test_the_last_usage_of_a_message_counts(self) -> None:
        log = SessionLog()
        for tokens in (1, 3, 210):
            log.says(
                {"type": "text", "text": f"part {tokens}"},
                message="msg_1",
                usage={"input_tokens": 8, "output_tokens": tokens},
            )
        log.text("more", message="msg_2", usage={"input_tokens": 2, "output_tokens": 4})
        usages = of_type(read_log(log), Usage)
        assert [(usage.input_tokens, usage.output_tokens) for usage in usages] == [(8, 210), (2, 4)]
        assert usages[0].cache_read_tokens is None, "not recorded is not 0"


class TestPlans:
    def test_todo_lists_are_whole_plans(self) -> None:
        log = SessionLog()
        log.todos(("a", "completed"), ("b", "in_progress"))
        (plan,) = of_type(read_log(log), Plan)
        assert plan.steps == (PlanStep("a", "completed"), PlanStep("b", "in_progress"))

    def test_task_changes_make_whole_plans(self) -> None:
        log = SessionLog()
        for subject in ("a", "b"):
            log.result(log.call("TaskCreate", {"subject": subject, "description": ""}), "Task created")
        log.result(log.call("TaskUpdate", {"taskId": "2", "status": "completed"}), "Updated task #2")
        plans = of_type(read_log(log), Plan)
        assert plans[-1].steps == (PlanStep("a", "pending"), PlanStep("b", "completed"))

    def test_plan_mode_keeps_the_text_and_what_was_allowed_with_it(self) -> None:
        log = SessionLog()
        tool = log.call("ExitPlanMode", {"plan": "1. do", "allowedPrompts": [{"tool": "Bash", "prompt": "run tests"}]})
        log.result(tool, "User has approved your plan.")
        run = read_log(log)
        assert [plan.text for plan in of_type(run, Plan)] == ["1. do"]
        assert run.info.allowed_commands == ["Bash: run tests"]


class TestNotes:
    def test_records_of_the_program_are_noted_not_dropped(self) -> None:
        log = SessionLog()
        log.bare("summary", summary="Another session", leafUuid="x")
        log.bare(
            "file-history-snapshot",
            messageId="m",
            snapshot={"trackedFileBackups": {"new.py": {"backupFileName": None}, "old.py": {"backupFileName": "x@v1"}}},
        )
        log.add("system", subtype="turn_duration", durationMs=61500)
        log.add("system", subtype="api_error", error={"message": "Overloaded"}, retryAttempt=1, maxRetries=10)
        log.add("attachment", attachment={"type": "command_permissions", "allowedTools": ["Bash(npm test:*)"]})
        log.bare("permission-mode", permissionMode="acceptEdits", sessionId="s")
        log.bare("pr-link", prUrl="https://example.org/pull/1", prNumber=1)
        log.bare("ai-title", aiTitle="Fix totals", sessionId="s")
        log.bare("last-prompt", lastPrompt="x", sessionId="s")
        log.branch = "other"
        log.model = "claude-sonnet-4-5"
        log.text("Hm.")
        run = read_log(log)
        assert run.unknown == {}
        assert notes(run, "snapshot") == ["2 tracked files; new: new.py"]
        assert [error.text for error in of_type(run, Error)] == ["Overloaded (attempt 1 of 10)"]
        assert notes(run, "mode") == ["allowed tools: Bash(npm test:*)", "permission mode: acceptEdits"]
        assert notes(run, "branch") == ["git branch: other"]
        assert run.info.branches == ["main", "other"]
        assert run.info.allowed_tools == ["Bash(npm test:*)"]
        assert run.info.links == ["https://example.org/pull/1"]
        assert run.info.title == "Fix totals"

    def test_what_is_not_understood_is_counted_and_kept(self) -> None:
        log = SessionLog()
        log.add("hologram", payload=1)
        log.add("system", subtype="brand_new")
        log.add("progress", data={"type": "new_progress"})
        log.add("attachment", attachment={"type": "new_attachment"})
        log.says({"type": "new_block", "x": 1})
        log.prompt([{"type": "new_user_block"}])
        run = read_log(log)
        assert run.unknown == {
            "hologram": 1,
            "system/brand_new": 1,
            "progress/new_progress": 1,
            "attachment/new_attachment": 1,
            "assistant/new_block": 1,
            "user/new_user_block": 1,
        }
        assert [unknown.record for unknown in of_type(run, Unknown)] == list(run.unknown)
        assert '"payload":1' in of_type(run, Unknown)[0].text

    def test_encrypted_thinking_is_thinking_without_words(self) -> None:
        log = SessionLog()
        log.says({"type": "redacted_thinking", "data": "AAAA"}, {"type": "thinking", "thinking": "", "signature": "x"})
        assert [thought.text for thought in of_type(read_log(log), Thought)] == [None, None]

    def test_a_result_without_its_call_is_kept(self) -> None:
        log = SessionLog()
        log.result("toolu_before_the_file", "some output")
        (tool,) = of_type(read_log(log), Tool)
        assert (tool.tool, tool.input) == ("result without call", "some output")


class TestEnds:
    def test_an_interrupt_ends_a_run(self) -> None:
        log = SessionLog()
        log.prompt("Go.")
        log.text("Going.")
        log.prompt([{"type": "text", "text": "[Request interrupted by user]"}])
        run = read_log(log)
        assert end(run).reason == "interrupted"
        assert notes(run, "interrupt") == ["[Request interrupted by user]"]
        assert len(prompts(run)) == 1

    def test_a_call_without_result_is_unanswered(self) -> None:
        log = SessionLog()
        log.prompt("Go.")
        log.call("Edit", {"file_path": PATH, "old_string": "a", "new_string": "b"})
        run = read_log(log)
        assert (end(run).reason, end(run).text) == ("unanswered", "no result of Edit in the log")
        assert of_type(run, Edit)[0].applied is None, "asked for is not applied"

    def test_an_error_of_the_provider_ends_a_run(self) -> None:
        log = SessionLog()
        log.prompt("Go.")
        log.text("API Error: 500", isApiErrorMessage=True)
        run = read_log(log)
        assert end(run).reason == "error"
        assert [error.where for error in of_type(run, Error)] == ["provider"]

    def test_a_torn_tail_is_counted_and_the_rest_is_read(self) -> None:
        log = SessionLog()
        log.prompt("Go.")
        log.text("Done.")
        data = log.bytes()[:-40]
        run = read_log(data)
        torn = data.split(b"\n")[-1]
        assert run.torn == len(torn)
        assert end(run).reason == "cut"
        assert run.records == 1
        assert run.unknown == {"torn line": 1}

    def test_refused_edits_keep_the_reason(self) -> None:
        log = SessionLog()
        tool = log.call("Edit", {"file_path": PATH, "old_string": "a", "new_string": "b"})
        log.result(tool, "<tool_use_error>Found 2 matches of the string to replace</tool_use_error>", error=True)
        (edit,) = of_type(read_log(log), Edit)
        assert (edit.applied, edit.refused) == (False, "Found 2 matches of the string to replace")


class TestBytes:
    def test_two_records_on_one_line_are_two_records(self) -> None:
        log = SessionLog()
        log.prompt("One.")
        log.prompt("Two.")
        run = read_log(b"".join(log.lines()) + b"\n")
        assert [text for _, text in prompts(run)] == ["One.", "Two."]

    def test_lines_end_at_line_feeds_only(self) -> None:
        log = SessionLog()
        log.prompt("a\u2028b\u0085c\x0cd")
        assert prompts(read_log(log)) == [("prompt", "a\u2028b\u0085c\x0cd")]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    def test_other_encodings_are_read(self, encoding: str) -> None:
        log = SessionLog()
        log.prompt("Füge Ränder hinzu.")
        log.text("Gut.")
        data = log.bytes().decode().encode(encoding)
        assert detect(data).name == "claude-code"
        assert read_log(data).events == read_log(log).events

    def test_carriage_returns_before_line_feeds_are_line_ends(self) -> None:
        log = SessionLog()
        log.prompt("One.")
        assert read_log(log.bytes().replace(b"\n", b"\r\n\r\n")).events == read_log(log).events

    def test_what_strict_parsers_refuse_is_read(self) -> None:
        log = SessionLog()
        log.prompt("One.")
        line = log.lines()[0]
        nan = line.replace(b'"userType":"external"', b'"userType":NaN')
        lone = line.replace(b"One.", b"a\\ud83d")
        bad = line.replace(b"One.", b"a\xff")
        for data, text in ((nan, "One."), (lone, "a\ufffd"), (bad, "a\ufffd")):
            assert prompts(read_log(data + b"\n")) == [("prompt", text)]

    def test_one_bad_line_is_one_unknown_record(self) -> None:
        log = SessionLog()
        log.prompt("One.")
        log.prompt("Two.")
        first, second = log.lines()
        run = read_log(first + b"\n{oops\n\n[1]\n" + second + b"\n")
        assert [text for _, text in prompts(run)] == ["One.", "Two."]
        assert run.unknown == {"not JSON": 1, "not an object": 1}

    def test_hostile_nesting_is_one_unknown_record(self) -> None:
        log = SessionLog()
        log.prompt("One.")
        run = read_log(log.bytes() + b"[" * 200_000 + b"\n")
        assert run.unknown == {"not JSON": 1}

    def test_importing_twice_gives_the_same_events(self) -> None:
        log = SessionLog()
        log.prompt("One.")
        log.bash("ls", "a\n").edit(PATH)
        assert read_log(log).events == read_log(log).events
        assert timeline.parse(timeline.dump(read_log(log).events)) == tuple(read_log(log).events)

    def test_progress_is_told_and_a_cancel_is_heard(self) -> None:
        log = SessionLog()
        for number in range(50):
            log.prompt(f"{number}" + "x" * 100_000)
        data = source(log.bytes())
        told: list[tuple[int, int]] = []
        with OutputSpool() as spool:
            detect(data).read(data, spool, lambda done, total: told.append((done, total)))
            assert told[-1] == (data.size, data.size)
            assert [done for done, _ in told] == sorted(done for done, _ in told)
            with pytest.raises(ImportCancelledError):
                detect(data).read(data, spool, cancelled=lambda: True)

    def test_masking_happens_before_anything_is_read(self) -> None:
        log = SessionLog()
        log.prompt("The key is hunter2.")
        log.bash("echo hunter2", "hunter2\n")
        data = source(log.bytes(), through=lambda block: block.replace(b"hunter2", b"(masked)"))
        with OutputSpool() as spool:
            run = detect(data).read(data, spool)
            assert b"hunter2" not in timeline.dump(run.events)
            assert spool.read(1) == b"(masked)\n"


class TestDetection:
    def test_detection_is_by_content(self) -> None:
        log = SessionLog()
        log.prompt("Hi.")
        assert detect(log.bytes(), "gemini.txt").name == "claude-code"
        assert detect(log.bytes()).title == "Claude Code"

    def test_a_first_line_longer_than_the_head_is_enough(self) -> None:
        log = SessionLog()
        log.prompt("x" * 100_000)
        assert detect(log.bytes()[: 1 << 16]).name == "claude-code"

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\n\n",
            b"hello",
            b"{}",
            b'{"type":"session","payload":{}}',
            b'{"type":"user","uuid":"a","sessionId":"b","message":{"role":"user","parts":[{"text":"Hi."}]}}',
            b'# A session\n\nHi.\n\n```\n{"type":"user","uuid":"a","sessionId":"b"}\n```\n\nBye.\n',
            json.dumps([{"role": "user"}]).encode(),
        ],
    )
    def test_other_files_are_refused_in_one_sentence(self, data: bytes) -> None:
        with pytest.raises(BadTranscriptError) as caught:
            detect(data, "notes.txt")
        assert "notes.txt" in caught.value.sentence

    def test_an_empty_log_is_refused(self) -> None:
        with pytest.raises(BadTranscriptError):
            read_log(b"\n")
