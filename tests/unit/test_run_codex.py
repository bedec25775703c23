"""Codex: rollouts of all versions, the stream of `codex exec --json`, and the pitfalls of each."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reviewer.errors import BadTranscriptError
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
from reviewer.run.importers.codex import Codex
from tests.support.imported import jsonl, of, read_with, source, spoiled, stands, wrong_types
from tests.support.samples import samples_dir

IMPORTER = Codex()
Record = dict[str, Any]
FOLDER = "/home/ana/shop"
MAIN = "01a10000-0000-7000-8000-000000000000"
CHILD = "01a20000-0000-7000-8000-000000000000"
OLD_TURN = "01a0ffff-0000-7000-8000-000000000001"
NEW_TURN = "01a20000-0001-7000-8000-000000000001"
PATCH = """*** Begin Patch
*** Update File: src/app.py
@@ def total():
-    return a - b
+    return a + b
*** Add File: src/new.py
+x = 1
*** Delete File: src/old.py
*** End Patch"""


class Rollout:
    """A rollout in the making: records in envelopes, one second apart."""

    def __init__(self, **meta: Any) -> None:  # noqa: ANN401 - any field
        self.clock = datetime(2026, 4, 21, 9, 0, tzinfo=UTC)
        self.records: list[Record] = []
        self.calls = 0
        head = {"id": MAIN, "cwd": FOLDER, "originator": "codex-tui", "cli_version": "0.122.0", "source": "cli"}
        self.add("session_meta", {**head, **meta})

    def add(self, kind: str, payload: Record) -> None:
        self.clock += timedelta(seconds=1)
        stamp = self.clock.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.records.append({"timestamp": stamp, "type": kind, "payload": payload})

    def event(self, kind: str, **fields: Any) -> None:  # noqa: ANN401 - any field
        self.add("event_msg", {"type": kind, **fields})

    def item(self, kind: str, **fields: Any) -> None:  # noqa: ANN401 - any field
        self.add("response_item", {"type": kind, **fields})

    def prompt(self, said: str) -> None:
        self.item("message", role="user", content=[{"type": "input_text", "text": said}])
        self.event("user_message", message=said, images=[])

    def say(self, said: str) -> None:
        self.event("agent_message", message=said)
        self.item("message", role="assistant", content=[{"type": "output_text", "text": said}])

    def call(self, name: str, **arguments: Any) -> str:  # noqa: ANN401 - any argument
        self.calls += 1
        identity = f"call_{self.calls}"
        self.item("function_call", name=name, arguments=json.dumps(arguments), call_id=identity)
        return identity

    def custom(self, name: str, given: str) -> str:
        self.calls += 1
        identity = f"call_{self.calls}"
        self.item("custom_tool_call", name=name, input=given, call_id=identity, status="completed")
        return identity

    def answer(self, identity: str, output: object) -> None:
        self.item("function_call_output", call_id=identity, output=output)

    def result(self, identity: str, output: object) -> None:
        self.item("custom_tool_call_output", call_id=identity, output=output)

    def ended(self, identity: str, line: str, code: int | None, output: str = "", **more: Any) -> None:  # noqa: ANN401
        fields = {
            "call_id": identity,
            "command": ["/bin/zsh", "-lc", line],
            "cwd": FOLDER,
            "aggregated_output": output,
            "exit_code": code,
            "duration": {"secs": 1, "nanos": 500_000_000},
            "status": "completed" if code == 0 else "failed",
            "source": "agent",
        }
        self.event("exec_command_end", **{**fields, **more})

    def bytes(self) -> bytes:
        return jsonl(self.records)


def read(log: Rollout | bytes, companions: tuple[Any, ...] = ()) -> Any:  # noqa: ANN401 - an ImportedRun
    return read_with(IMPORTER, log if isinstance(log, bytes) else log.bytes(), companions)[0]


def outputs(log: Rollout | bytes) -> dict[int, bytes]:
    return read_with(IMPORTER, log if isinstance(log, bytes) else log.bytes())[1]


def prompts(run: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - an ImportedRun
    return [(prompt.via, prompt.text) for prompt in of(run, Prompt)]


def notes(run: Any, what: str) -> list[str]:  # noqa: ANN401 - an ImportedRun
    return [context.text for context in of(run, Context) if context.what == what]


def headed(code: int, output: str) -> str:
    return f"Chunk ID: a1b2c3\nWall time: 0.2500 seconds\nProcess exited with code {code}\nOutput:\n{output}"


class TestWhatIsSaid:
    def test_texts_that_are_stored_twice_are_taken_once(self) -> None:
        log = Rollout()
        log.prompt("Fix the total.")
        log.event("agent_reasoning", text="**Looking**")
        log.item("reasoning", summary=[{"type": "summary_text", "text": "**Looking**"}], encrypted_content="gAAA")
        log.say("I look at it.")
        log.say("Done.")
        log.prompt("Fix the total.")
        log.say("Done.")
        run = read(log)
        assert prompts(run) == [("prompt", "Fix the total."), ("prompt", "Fix the total.")]
        assert [message.text for message in of(run, Message)] == ["I look at it.", "Done.", "Done."]
        assert [thought.text for thought in of(run, Thought)] == ["**Looking**"]
        assert [event.turn for event in of(run, Message)] == [1, 1, 2]

    def test_a_thought_that_is_encrypted_is_one_without_text(self) -> None:
        log = Rollout()
        log.item("reasoning", summary=[], content=None, encrypted_content="gAAAAABsk-looks-like-a-key")
        (thought,) = of(read(log), Thought)
        assert thought.text is None

    @pytest.mark.parametrize(
        "said",
        [
            "<environment_context>\n  <cwd>/x</cwd>\n</environment_context>",
            "<user_instructions>\nBe brief.\n</user_instructions>",
            "# AGENTS.md instructions for /x\n\nRun the tests.",
            "<permissions instructions>\nsandbox\n</permissions instructions>",
            "<model_switch>\nnow another\n</model_switch>",
            "<skill>\nname\n</skill>",
        ],
    )
    def test_texts_that_the_program_writes_in_the_users_name_are_no_prompts(self, said: str) -> None:
        log = Rollout()
        log.item("message", role="user", content=[{"type": "input_text", "text": said}])
        log.item("message", role="user", content=[{"type": "input_text", "text": "Fix it."}])
        run = read(log)
        assert prompts(run) == [("prompt", "Fix it.")]
        assert run.unknown == {}

    def test_what_no_event_confirms_is_no_prompt_where_the_log_has_such_events(self) -> None:
        log = Rollout()
        log.item("message", role="user", content=[{"type": "input_text", "text": "Some new kind of injected text."}])
        log.prompt("Fix it.")
        run = read(log)
        assert prompts(run) == [("prompt", "Fix it.")]
        assert any("Some new kind" in note for note in notes(run, "note"))
        assert {event.turn for event in of(run, Prompt)} == {1}

    def test_what_an_editor_puts_before_the_words_is_apart_from_them(self) -> None:
        log = Rollout()
        log.prompt("# Context from my IDE setup:\n\n## Open tabs:\n- a.py\n\n## My request for Codex:\nRename it.\n")
        assert prompts(read(log)) == [("prompt", "Rename it.")]

    def test_a_command_that_the_person_ran_is_theirs_and_counted_once(self) -> None:
        log = Rollout()
        said = (
            "<user_shell_command>\n<command>\ngit status\n</command>\n<result>\nExit code: 0\nDuration: 0.1 seconds\n"
            "Output:\nclean\n</result>\n</user_shell_command>"
        )
        log.item("message", role="user", content=[{"type": "input_text", "text": said}])
        log.ended("x", "git status", 0, "clean", source="user_shell")
        run = read(log)
        assert prompts(run) == [("command", "!git status")]
        assert of(run, Command) == []
        assert notes(run, "note") == ["the person ran git status: exit code 0"]

    def test_answers_of_the_person_are_instructions(self) -> None:
        log = Rollout()
        log.prompt("Plan it.")
        asked = [
            {"id": "db", "header": "Store", "question": "Which store?", "options": [{"label": "SQLite"}]},
            {"id": "ui", "question": "Which front end?"},
        ]
        call = log.call("request_user_input", questions=asked)
        log.answer(call, json.dumps({"answers": {"db": {"answers": ["SQLite", "user_note: no server"]}}}))
        run = read(log)
        assert [(question.text, question.answer) for question in of(run, Question)] == [
            ("Which store?", "SQLite\nuser_note: no server"),
            ("Which front end?", None),
        ]
        assert prompts(run)[1:] == [("answer", "SQLite\nuser_note: no server")]


class TestCommands:
    def test_the_first_shape_an_argument_vector_with_json_in_a_string(self) -> None:
        log = Rollout()
        ok = log.call("shell", command=["bash", "-lc", "pytest -q"], workdir="/home/ana/shop/api", timeout_ms=1000)
        log.answer(
            ok, json.dumps({"output": "3 passed in 0.1s\n", "metadata": {"exit_code": 0, "duration_seconds": 2.5}})
        )
        bad = log.call("shell", command=["ls", "no such"])
        log.answer(bad, json.dumps({"output": "ls: no\n", "metadata": {"exit_code": 2, "duration_seconds": 0.0}}))
        run = read(log)
        first, second = of(run, Command)
        assert (first.line, first.cwd, first.exit_code, first.seconds, first.seconds_from, first.state) == (
            "pytest -q", "/home/ana/shop/api", 0, 2.5, "reported", "passed",
        )  # fmt: skip
        assert (second.line, second.exit_code, second.state, second.seconds) == ("ls 'no such'", 2, "failed", 0.0)
        assert outputs(log)[1] == b"3 passed in 0.1s\n"

    def test_what_the_sandbox_stopped_and_what_ran_too_long(self) -> None:
        log = Rollout()
        call = log.call("shell", command=["bash", "-lc", "npm i"])
        log.answer(
            call, "failed in sandbox MacosSeatbelt with execution error: sandbox denied, exit code: 77, stdout: ,"
        )
        call = log.call("shell", command=["bash", "-lc", "sleep 9"])
        timed = {"output": "command timed out after 1000 milliseconds\n", "metadata": {"exit_code": 124}}
        log.answer(call, json.dumps(timed))
        call = log.call("shell", command=["bash", "-lc", "frob"])
        log.answer(call, "execution error: Io(Os { code: 2 })")
        states = [(command.state, command.exit_code) for command in of(read(log), Command)]
        assert states == [("failed", 77), ("cancelled", 124), ("failed", None)]

    def test_the_second_shape_text_with_the_code_in_its_first_line(self) -> None:
        log = Rollout()
        call = log.call("shell_command", command="npm.cmd run build", workdir="C:\\shop", timeout_ms=1000)
        log.answer(call, "Exit code: 1\nWall time: 14.2 seconds\nTotal output lines: 900\nOutput:\nfailed\n")
        (command,) = of(read(log), Command)
        assert (command.line, command.cwd, command.exit_code, command.seconds) == (
            "npm.cmd run build", "C:\\shop", 1, 14.2,
        )  # fmt: skip
        assert command.log_cut
        assert outputs(log)[1] == b"failed\n"

    def test_the_third_shape_with_polls_is_one_command(self) -> None:
        log = Rollout()
        call = log.call("exec_command", cmd="npm test", workdir=FOLDER, yield_time_ms=1000)
        log.answer(call, "Chunk ID: 1\nWall time: 1.0 seconds\nProcess running with session ID 77\nOutput:\none\n")
        poll = log.call("write_stdin", session_id=77, chars="")
        log.answer(poll, "Chunk ID: 2\nWall time: 5.0 seconds\nProcess running with session ID 77\nOutput:\ntwo\n")
        poll = log.call("write_stdin", session_id=77, chars="")
        log.answer(poll, headed(1, "three\n"))
        run = read(log)
        (command,) = of(run, Command)
        assert (command.exit_code, command.state, command.seconds, command.seconds_from) == (
            1,
            "failed",
            5.0,
            "timestamps",
        )
        assert outputs(log)[1] == b"one\ntwo\nthree\n"
        assert [tool.tool for tool in of(run, Tool)] == ["write_stdin", "write_stdin"]

    def test_a_process_that_runs_on_at_the_end_is_running(self) -> None:
        log = Rollout()
        call = log.call("exec_command", cmd="npm run dev")
        log.answer(call, "Chunk ID: 1\nWall time: 1.0 seconds\nProcess running with session ID 5\nOutput:\nready\n")
        (command,) = of(read(log), Command)
        assert (command.state, command.exit_code, command.seconds) == ("running", None, None)

    @pytest.mark.parametrize("event_first", [True, False])
    def test_an_event_is_the_best_source_and_counts_once(self, event_first: bool) -> None:  # noqa: FBT001 - a case
        log = Rollout()
        for _ in range(2):
            call = log.call("exec_command", cmd="cargo test", workdir=FOLDER)
            if event_first:
                log.ended(call, "cargo test", 101, "all of it\n")
            log.answer(call, headed(101, "a part of it…9 tokens truncated…\n"))
            if not event_first:
                log.ended(call, "cargo test", 101, "all of it\n")
        run = read(log)
        assert [(command.exit_code, command.seconds, command.log_cut) for command in of(run, Command)] == [
            (101, 1.5, False)
        ] * 2
        assert outputs(log) == {1: b"all of it\n", 2: b"all of it\n"}

    def test_an_output_whose_event_never_comes_is_still_read(self) -> None:
        log = Rollout()
        call = log.call("exec_command", cmd="true")
        log.ended(call, "true", 0, "")
        log.answer(call, headed(0, ""))
        call = log.call("exec_command", cmd="false")
        log.answer(call, headed(1, "why\n"))
        assert [command.exit_code for command in of(read(log), Command)] == [0, 1]
        assert outputs(log) == {2: b"why\n"}

    def test_an_event_without_a_call_stands_for_it(self) -> None:
        log = Rollout()
        log.ended("nowhere", "make", 0, "ok\n", cwd="file:///w")
        (command,) = of(read(log), Command)
        assert (command.line, command.cwd, command.state) == ("make", "/w", "passed")

    def test_the_call_of_the_local_shell_and_the_first_form_of_processes(self) -> None:
        log = Rollout()
        action = {"type": "exec", "command": ["bash", "-lc", "ls"], "working_directory": "/w"}
        log.item("local_shell_call", call_id="l1", status="completed", action=action)
        log.answer("l1", json.dumps({"output": "a\n", "metadata": {"exit_code": 0, "duration_seconds": 0.1}}))
        call = log.call("unified_exec", input=["bash", "-i"])
        log.answer(call, json.dumps({"session_id": "0", "output": "$ "}))
        call = log.call("unified_exec", input=["ls\n"], session_id="0")
        log.answer(call, json.dumps({"session_id": "0", "output": "b\n"}))
        run = read(log)
        assert [(command.line, command.cwd, command.state) for command in of(run, Command)] == [
            ("ls", "/w", "passed"),
            ("bash -i", FOLDER, "running"),
        ]
        assert outputs(log)[2] == b"$ b\n"

    def test_refusals_and_what_was_stopped(self) -> None:
        log = Rollout()
        for output in (
            "exec command rejected by user",
            "exec command rejected by user: use pnpm instead",
            "`rm -rf /` rejected: blocked by policy",
            "aborted by user after 31.2s",
            "aborted",
            "failed to parse function arguments: missing field `command`",
        ):
            log.answer(log.call("shell_command", command="rm -rf build"), output)
        call = log.call("exec_command", cmd="rm -rf dist")
        log.ended(call, "rm -rf dist", -1, "exec command rejected by user", status="declined")
        log.answer(call, "exec command rejected by user")
        run = read(log)
        states = [(command.state, command.seconds, command.exit_code) for command in of(run, Command)]
        assert states == [
            ("denied", None, None),
            ("denied", None, None),
            ("denied", None, None),
            ("cancelled", 31.2, None),
            ("cancelled", None, None),
            ("not_run", None, None),
            ("denied", 1.5, None),
        ]
        assert [denial.what for denial in of(run, Denial)] == ["rm -rf build"] * 3 + ["rm -rf dist"]
        assert prompts(run) == [("denial", "use pnpm instead")]

    def test_zero_bytes_in_an_output_are_left_out_and_text_that_looks_like_json_is_text(self) -> None:
        log = Rollout()
        log.answer(log.call("shell_command", command="a"), "Exit code: 0\nWall time: 1 seconds\nOutput:\no\0k\0")
        log.answer(log.call("shell_command", command="b"), '{"a": 1')
        log.answer(log.call("shell_command", command="c"), '[{"type": "text", "text": "x"}]')
        log.answer(log.call("shell_command", command="d"), [{"type": "input_text", "text": headed(3, "y")}])
        run = read(log)
        assert [command.exit_code for command in of(run, Command)] == [0, None, None, 3]
        assert outputs(log)[1] == b"ok"
        assert outputs(log)[2] == b'{"a": 1'

    def test_calls_without_output_at_the_end_are_said(self) -> None:
        log = Rollout()
        log.prompt("Export it.")
        first = log.call("shell_command", command="git log")
        log.call("shell_command", command="git remote -v")
        log.ended(first, "git log", 1, "fatal\n")
        run = read(log)
        assert [command.state for command in of(run, Command)] == ["failed", "not_run"]
        assert of(run, End)[0].reason == "unanswered"
        assert of(run, End)[0].text == "2 calls have no output in the log: shell_command"

    def test_an_output_without_its_call_is_kept(self) -> None:
        log = Rollout()
        log.answer("gone", headed(0, "text"))
        (tool,) = of(read(log), Tool)
        assert (tool.tool, tool.input, tool.ok) == ("result without call", "text", True)


class TestEdits:
    def check(self, run: Any, *, applied: bool | None = True) -> None:  # noqa: ANN401 - an ImportedRun
        edits = of(run, Edit)
        assert [(edit.path, edit.op, edit.applied) for edit in edits] == [
            ("src/app.py", "update", applied),
            ("src/new.py", "add", applied),
            ("src/old.py", "delete", applied),
        ]
        assert (edits[0].added, edits[0].removed, edits[1].added) == (1, 1, 1)
        assert "+    return a + b" in (edits[0].patch or "")
        assert not any(edit.derived for edit in edits)

    def test_by_the_custom_tool_with_the_programs_word_on_the_end(self) -> None:
        log = Rollout()
        call = log.custom("apply_patch", PATCH)
        diff = "@@ -7,3 +7,3 @@\n def total():\n-    return a - b\n+    return a + b\n"
        changes = {
            f"{FOLDER}/src/new.py": {"type": "add", "content": "x = 1\n"},
            f"{FOLDER}/src/app.py": {"type": "update", "unified_diff": diff, "move_path": None},
            f"{FOLDER}/src/old.py": {"type": "delete", "content": "y = 2\n"},
        }
        log.event("patch_apply_end", call_id=call, success=True, stdout="Success.", stderr="", changes=changes)
        log.result(
            call, json.dumps({"output": "Success. Updated the following files:\n", "metadata": {"exit_code": 0}})
        )
        run = read(log)
        self.check(run)
        assert (of(run, Edit)[0].patch or "").startswith("@@ -7,3 +7,3 @@")
        assert of(run, Edit)[2].removed == 1

    def test_by_a_function(self) -> None:
        log = Rollout()
        call = log.call("apply_patch", input=PATCH)
        log.answer(call, "Exit code: 0\nWall time: 0.1 seconds\nOutput:\nSuccess. Updated the following files:\nM a\n")
        self.check(read(log))

    @pytest.mark.parametrize(
        "command",
        [
            ["bash", "-lc", f"apply_patch <<'EOF'\n{PATCH}\nEOF"],
            ["bash", "-lc", f'cd /home/ana/shop && apply_patch <<"PATCH"\n{PATCH}\nPATCH\n'],
            ["apply_patch", PATCH],
        ],
    )
    def test_by_the_shell(self, command: list[str]) -> None:
        log = Rollout()
        call = log.call("shell", command=command)
        log.answer(
            call, json.dumps({"output": "Success. Updated the following files:\n", "metadata": {"exit_code": 0}})
        )
        run = read(log)
        self.check(run)
        assert of(run, Command) == []

    def test_by_a_here_document_in_the_third_shape(self) -> None:
        log = Rollout()
        call = log.call("exec_command", cmd=f"apply_patch <<'EOF'\n{PATCH}\nEOF\n")
        log.event("patch_apply_end", call_id=call, success=True, stdout="", stderr="", changes={})
        log.answer(call, headed(0, "Success."))
        self.check(read(log))

    def test_a_script_that_does_more_than_a_patch_is_a_command(self) -> None:
        log = Rollout()
        call = log.call("exec_command", cmd=f"apply_patch <<'EOF'\n{PATCH}\nEOF\npytest -q")
        log.answer(call, headed(0, "ok"))
        (command,) = of(read(log), Command)
        assert command.line.endswith("pytest -q")

    @pytest.mark.parametrize(
        ("output", "refused"),
        [
            ("apply_patch verification failed: Failed to find expected lines in /x", "apply_patch verification failed"),
            (json.dumps({"output": "patch: no such hunk", "metadata": {"exit_code": 1}}), "patch: no such hunk"),
        ],
    )
    def test_a_patch_that_was_not_taken_is_a_refused_edit(self, output: str, refused: str) -> None:
        log = Rollout()
        log.result(log.custom("apply_patch", PATCH), output)
        run = read(log)
        self.check(run, applied=False)
        assert all((edit.refused or "").startswith(refused) for edit in of(run, Edit))

    def test_a_patch_that_the_person_refused(self) -> None:
        log = Rollout()
        log.result(log.custom("apply_patch", PATCH), "patch rejected by user")
        run = read(log)
        self.check(run, applied=False)
        (denial,) = of(run, Denial)
        assert (denial.tool, denial.what) == ("apply_patch", "src/app.py, src/new.py, src/old.py")

    def test_a_patch_without_answer_is_not_known_to_be_made(self) -> None:
        log = Rollout()
        log.custom("apply_patch", PATCH)
        self.check(read(log), applied=None)

    def test_a_file_that_gets_another_name(self) -> None:
        log = Rollout()
        call = log.custom(
            "apply_patch", "*** Begin Patch\n*** Update File: a.py\n*** Move to: b.py\n@@\n-x\n+y\n*** End Patch"
        )
        diff = "@@ -1 +1 @@\n-x\n+y\n"
        changes = {"/w/a.py": {"type": "update", "unified_diff": diff, "move_path": "/w/b.py"}}
        log.event("patch_apply_end", call_id=call, success=True, changes=changes)
        run = read(log)
        assert [(edit.path, edit.op, edit.added) for edit in of(run, Edit)] == [
            ("b.py", "rename", 1),
            ("a.py", "delete", None),
        ]

    def test_ends_in_the_oldest_form_and_without_any_call(self) -> None:
        log = Rollout()
        changes = {
            "/w/a.py": {"add": {"content": "1\n2\n"}},
            "/w/b.py": {"update": {"unified_diff": "@@ -1 +1 @@\n-a\n+b\n"}},
        }
        log.event("patch_apply_end", call_id="nowhere", success=True, changes=changes)
        assert [(edit.path, edit.op, edit.added, edit.applied) for edit in of(read(log), Edit)] == [
            ("/w/a.py", "add", 2, True),
            ("/w/b.py", "update", 1, True),
        ]


class TestCodeMode:
    def script(self, log: Rollout, source: str, *printed: str, status: str = "completed") -> None:
        call = log.custom("exec", source)
        head = {"type": "input_text", "text": f"Script {status}\nWall time 0.3 seconds\nOutput:\n"}
        log.result(call, [head, *({"type": "input_text", "text": text} for text in printed)])

    def test_calls_that_are_written_out_stand_for_the_script(self) -> None:
        log = Rollout()
        self.script(
            log, 'const r = await tools.exec_command({"cmd":"cargo test","workdir":"/w"});\ntext(r.output);', "ok\n"
        )
        self.script(log, f"const patch = {json.dumps(PATCH)};\ntext(await tools.apply_patch(patch));", "{}")
        self.script(log, 'await tools.update_plan({plan:[{step:"a",status:"completed"}]})', "{}")
        run = read(log)
        (command,) = of(run, Command)
        assert (command.line, command.cwd, command.exit_code) == ("cargo test", "/w", None)
        assert outputs(log)[1] == b"ok\n"
        assert len(of(run, Edit)) == 3
        assert of(run, Plan)[0].steps == (PlanStep("a", "completed"),)
        assert of(run, Tool) == []

    def test_the_end_of_a_patch_is_tied_by_its_paths(self) -> None:
        log = Rollout()
        source = f"text(await tools.apply_patch({json.dumps(PATCH)}));"
        self.script(log, source, "Error: apply_patch verification failed: no", status="failed")
        call = log.custom("exec", source)
        changes = {f"/w/{path}": {"type": "update"} for path in ("src/app.py", "src/new.py", "src/old.py")}
        log.event("patch_apply_end", call_id="exec-1", success=True, changes=changes)
        log.result(
            call, [{"type": "input_text", "text": "Script completed\nOutput:\n"}, {"type": "input_text", "text": "{}"}]
        )
        run = read(log)
        assert [edit.applied for edit in of(run, Edit)] == [False] * 3 + [True] * 3

    def test_an_exit_code_is_known_only_where_the_script_prints_it(self) -> None:
        log = Rollout()
        one = 'text(await tools.exec_command({cmd:"make"}))'
        self.script(log, one, json.dumps({"exit_code": 2, "output": "broken\n"}))
        two = (
            'for (const r of await Promise.all([tools.exec_command({cmd:"a"}), tools.exec_command({cmd:"b"})])) text(r)'
        )
        self.script(log, two, '{"exit_code":0,"output":"x"}', '{"exit_code":1,"output":"y"}')
        self.script(log, two, '{"exit_code":0,"output":"x"}', '{"exit_code":0,"output":"y"}')
        run = read(log)
        assert [command.exit_code for command in of(run, Command)] == [2, None, None, 0, 0]
        assert outputs(log)[1] == b"broken\n"

    def test_a_script_that_runs_on_in_a_cell_ends_with_the_wait(self) -> None:
        log = Rollout()
        call = log.custom("exec", 'const r = await tools.exec_command({cmd:"npm test"}); text(r.output)')
        log.result(call, "Script running with cell ID 7\nWall time 10.0 seconds\nOutput:\n")
        wait = log.call("wait", cell_id="7", yield_time_ms=1000)
        log.answer(wait, [{"type": "input_text", "text": "Script completed\nWall time 1.0 seconds\nOutput:\n"},
                          {"type": "input_text", "text": "5 passed in 0.1s\n"}])  # fmt: skip
        run = read(log)
        (command,) = of(run, Command)
        assert (command.state, command.tests) == ("passed", {"passed": 5})
        assert [tool.tool for tool in of(run, Tool)] == ["wait"]
        assert outputs(log)[1] == b"5 passed in 0.1s\n"

    def test_items_of_newer_versions_tell_the_end_of_what_went_on_inside(self) -> None:
        log = Rollout()
        call = log.custom("exec", 'const r = await tools.exec_command({cmd:"make test"}); text(r.output)')
        done = {"type": "CommandExecution", "id": "exec-1", "command": ["/bin/zsh", "-lc", "make test"], "exit_code": 2,
                "aggregated_output": "all\n", "status": "failed", "duration": {"secs": 3, "nanos": 0}}  # fmt: skip
        log.event("item_completed", item=done)
        log.event("item_completed", item={**done, "id": "exec-2", "command": ["/bin/zsh", "-lc", "ls"], "exit_code": 0})
        log.result(
            call, [{"type": "input_text", "text": "Script completed\nOutput:\n"}, {"type": "input_text", "text": "cut"}]
        )
        run = read(log)
        assert [(command.line, command.exit_code, command.seconds) for command in of(run, Command)] == [
            ("make test", 2, 3.0),
            ("ls", 0, 3.0),
        ]
        assert outputs(log)[1] == b"all\n"

    @pytest.mark.parametrize(
        ("source", "lines", "computed"),
        [
            ("tools.exec_command({cmd: 'a' + \" b\"})", ["a b"], 0),
            ("const c = `x\\ny`; tools.exec_command({cmd: c, workdir: '/w',})", ["x\ny"], 0),
            ("const c = 'q'; tools.exec_command({cmd: `${c} -v`})", ["q -v"], 0),
            ("const o = {cmd: 'a', tty: true}; tools.exec_command(o)", ["a"], 0),
            ("const o = {tty: true}; tools.exec_command({...o, cmd: 'a'})", ["a"], 0),
            ("const o = {cmd: 'a'}; o.cmd = 'b'; tools.exec_command(o)", [], 1),
            ("let c = 'a'; tools.exec_command({cmd: c})", [], 1),
            ("for (const p of ps) tools.exec_command({cmd: p})", [], 1),
            ("const t = tools; t.exec_command({cmd: 'x'})", [], 1),
            ("// tools.exec_command({cmd: 'no'})\ntext('tools.exec_command({cmd: 1})')", [], 1),
            ("tools['exec_command']({'cmd': 'k'})", ["k"], 0),
            ('tools.exec_command({cmd: "\\u00e9\\ud83d\\ude00\\x41\\\\"})', ["é😀A\\"], 0),
            ("tools.exec_command({cmd: String.raw`a\\n`})", ["a\\n"], 0),
            ("tools.exec_command({cmd: f(1)})", [], 1),
            ("tools.exec_command({cmd: 'a'", [], 1),
        ],
    )
    def test_only_what_is_written_out_is_taken(self, source: str, lines: list[str], computed: int) -> None:
        log = Rollout()
        self.script(log, source)
        run = read(log)
        assert [command.line for command in of(run, Command)] == lines
        assert len(of(run, Tool)) == computed


POLICY: Record = {
    "type": "workspace-write",
    "writable_roots": ["/home/ana/.codex/memories"],
    "network_access": False,
}


class TestScope:
    def turn(self, log: Rollout, **more: Any) -> None:  # noqa: ANN401 - any field
        given = {"cwd": FOLDER, "approval_policy": "on-request", "sandbox_policy": POLICY, "model": "gpt-5.4"}
        log.add("turn_context", {**given, **more})

    def test_the_policy_is_in_the_facts_and_noted_when_it_changes(self) -> None:
        log = Rollout(git={"commit_hash": "a" * 40, "branch": "main", "repository_url": "https://example.org/shop.git"})
        self.turn(log)
        self.turn(log)
        self.turn(log, sandbox_policy={"type": "danger-full-access"}, approval_policy="never", model="gpt-5.5")
        self.turn(log, sandbox_policy={"mode": "read-only"}, approval_policy="never", model="gpt-5.5")
        run = read(log)
        info = run.info
        assert (info.sandbox, info.approval, info.network, info.writable) == (
            "danger-full-access", "never", True, ["/home/ana/.codex/memories"],
        )  # fmt: skip
        assert (info.base_commit, info.branches, info.repository) == (
            "a" * 40,
            ["main"],
            "https://example.org/shop.git",
        )
        assert (info.models, info.versions, info.cwds) == (["gpt-5.4", "gpt-5.5"], ["0.122.0"], [FOLDER])
        assert [note.split("; ")[2] for note in notes(run, "scope")] == [
            "sandbox: workspace-write",
            "sandbox: danger-full-access",
            "sandbox: read-only",
        ]
        assert notes(run, "model") == ["model: gpt-5.5"]

    def test_a_profile_and_settings_of_newer_versions(self) -> None:
        log = Rollout()
        entries = [
            {"path": {"type": "special", "value": {"kind": "root"}}, "access": "read"},
            {"path": {"type": "path", "path": "/srv/data"}, "access": "write"},
            {"path": {"type": "path", "path": FOLDER}, "access": "write"},
        ]
        profile = {
            "type": "managed",
            "file_system": {"type": "restricted", "entries": entries},
            "network": "restricted",
        }
        settings = {"model": "m", "approval_policy": "never", "permission_profile": profile,
                    "active_permission_profile": {"id": ":workspace"}, "cwd": FOLDER,
                    "collaboration_mode": {"mode": "plan"}}  # fmt: skip
        log.event("thread_settings_applied", thread_settings=settings)
        info = read(log).info
        assert (info.sandbox, info.network, info.writable, info.permission_modes) == (
            ":workspace", False, ["/srv/data"], ["plan"],
        )  # fmt: skip

    def test_texts_tell_the_policy_only_where_no_record_does(self) -> None:
        said = (
            "<environment_context>\n  <cwd>/w</cwd>\n  <approval_policy>on-request</approval_policy>\n"
            "  <sandbox_mode>read-only</sandbox_mode>\n  <network_access>restricted</network_access>\n"
            "</environment_context>"
        )
        log = Rollout()
        log.item("message", role="user", content=[{"type": "input_text", "text": said}])
        info = read(log).info
        assert (info.sandbox, info.approval, info.network) == ("read-only", "on-request", False)
        self.turn(log)
        info = read(log).info
        assert (info.sandbox, info.approval) == ("workspace-write", "on-request")

    def test_a_request_for_more_is_noted_with_the_agents_reason(self) -> None:
        log = Rollout()
        log.call("exec_command", cmd="npm i", sandbox_permissions="require_escalated", justification="Needs the net",
                 prefix_rule=["npm", "i"])  # fmt: skip
        log.call("shell", command=["bash", "-lc", "make"], with_escalated_permissions=True, justification="why")
        log.call("exec_command", cmd="ls", sandbox_permissions="use_default")
        assert notes(read(log), "scope") == [
            "asked for require_escalated: npm i (Needs the net); always for: npm i",
            "asked for require_escalated: make (why)",
        ]

    def test_nothing_is_said_where_nothing_is_recorded(self) -> None:
        info = read(Rollout()).info
        assert (info.sandbox, info.approval, info.network, info.writable, info.base_commit) == (None,) * 5


class TestTurns:
    def test_tokens_are_those_of_each_step_and_counted_once(self) -> None:
        log = Rollout()
        log.add("turn_context", {"model": "gpt-5.4"})
        one = {"input_tokens": 100, "cached_input_tokens": 60, "output_tokens": 5, "reasoning_output_tokens": 2}
        log.event("token_count", info=None)
        for total in ({"input_tokens": 100}, {"input_tokens": 100}, {"input_tokens": 200}):
            log.event("token_count", info={"total_token_usage": total, "last_token_usage": one})
        used = of(read(log), Usage)
        assert [(use.input_tokens, use.cache_read_tokens, use.output_tokens, use.model) for use in used] == [
            (40, 60, 5, "gpt-5.4")
        ] * 2

    def test_turns_that_were_taken_back_are_discarded_and_their_effects_remain(self) -> None:
        log = Rollout()
        for number in range(4):
            log.prompt(f"Ask {number}.")
            call = log.call("exec_command", cmd=f"touch {number}")
            log.answer(call, headed(0, ""))
            if number == 2:
                log.event("thread_rolled_back", num_turns=2)
        run = read(log)
        assert [(prompt.text, prompt.discarded) for prompt in of(run, Prompt)] == [
            ("Ask 0.", False), ("Ask 1.", True), ("Ask 2.", True), ("Ask 3.", False),
        ]  # fmt: skip
        assert [command.discarded for command in of(run, Command)] == [False, True, True, False]
        assert len(notes(run, "rewind")) == 1
        log.event("thread_rolled_back", num_turns=99)
        assert all(prompt.discarded for prompt in of(read(log), Prompt))

    def test_a_turn_that_was_stopped_is_one_interrupt(self) -> None:
        log = Rollout()
        for first in ("text", "event"):
            log.event("task_started", turn_id="t")
            log.prompt(f"Go on ({first}).")
            log.call("exec_command", cmd="sleep 9")
            text = {"type": "input_text", "text": "<turn_aborted>\nThe user interrupted the turn.\n</turn_aborted>"}
            if first == "text":
                log.item("message", role="user", content=[text])
            log.event("turn_aborted", turn_id="t", reason="interrupted")
            if first == "event":
                log.item("message", role="user", content=[text])
        run = read(log)
        assert notes(run, "interrupt") == ["the person interrupted the agent"] * 2
        assert (of(run, End)[0].reason, len(of(run, Prompt))) == ("interrupted", 2)
        assert [command.state for command in of(run, Command)] == ["not_run", "not_run"]

    def test_a_compaction_is_told_by_three_records_and_is_one(self) -> None:
        log = Rollout()
        log.prompt("Go.")
        log.add("compacted", {"message": "We did this.", "replacement_history": [{"type": "message", "role": "user"}]})
        log.event("context_compacted")
        log.item("compaction", encrypted_content="gAAA")
        run = read(log)
        assert notes(run, "compaction") == ["We did this."]
        assert len(of(run, Prompt)) == 1

    def test_plans_by_tool_event_and_item(self) -> None:
        log = Rollout()
        call = log.call(
            "update_plan", explanation="First.", plan=[{"step": "a", "status": "in_progress"}, {"step": "b"}]
        )
        log.answer(call, "Plan updated")
        log.event("item_completed", item={"type": "Plan", "text": "# Plan\n\nDo it."})
        run = read(log)
        first, second = of(run, Plan)
        assert (first.text, first.steps) == ("First.", (PlanStep("a", "in_progress"), PlanStep("b", "unknown")))
        assert second.text == "# Plan\n\nDo it."
        assert of(run, Tool) == []

    @pytest.mark.parametrize(
        ("last", "reason"),
        [
            ({"type": "task_complete", "last_agent_message": "Done."}, "finished"),
            ({"type": "error", "message": "You've hit your usage limit."}, "limit"),
            ({"type": "error", "message": "unexpected status 500"}, "error"),
            ({"type": "turn_aborted", "reason": "interrupted"}, "interrupted"),
            ({"type": "token_count", "info": None}, "unanswered"),
        ],
    )
    def test_how_it_ended(self, last: Record, reason: str) -> None:
        log = Rollout()
        log.prompt("Go.")
        log.add("event_msg", last)
        assert of(read(log), End)[0].reason == reason

    def test_other_tools_by_what_they_reach(self) -> None:
        log = Rollout()
        call = log.call("mcp__files__list", path="/x")
        log.event("mcp_tool_call_end", call_id=call, invocation={"server": "files", "tool": "list"}, result={"Ok": {}})
        log.answer(call, '[{"type":"text","text":"a"}]')
        log.event("mcp_tool_call_end", call_id="m2", invocation={"server": "s", "tool": "t", "arguments": {"q": 1}},
                  result={"Err": "no"})  # fmt: skip
        action = {"type": "search", "query": "how to"}
        log.event("web_search_end", call_id="ws_1", query="how to", action=action)
        log.item("web_search_call", status="completed", action=action)
        log.answer(
            log.call("view_image", path="/w/a.png"),
            [{"type": "input_image", "image_url": "data:image/png;base64,AAAA"}],
        )
        log.answer(log.call("read_file", file_path="/w/a.py", offset=3, limit=2), "L3: x")
        log.answer(log.call("grep_files", pattern="x", path="/w"), "a.py")
        log.item("ghost_snapshot", ghost_commit={"id": "b" * 40, "parent": None})
        run = read(log)
        assert [(tool.tool, tool.boundary, tool.ok) for tool in of(run, Tool)] == [
            ("mcp__files__list", "mcp", True),
            ("mcp__s__t", "mcp", False),
            ("web_search", "network", True),
        ]
        assert [(event.path, event.first, event.last, event.ok) for event in of(run, Read)] == [
            ("/w/a.png", None, None, True), ("/w/a.py", 3, 4, True),
        ]  # fmt: skip
        assert [(event.pattern, event.path) for event in of(run, Search)] == [("x", "/w")]
        assert notes(run, "snapshot") == [f"snapshot of the folder: commit {'b' * 40}"]

    def test_what_is_not_known_is_counted_by_name(self) -> None:
        log = Rollout()
        log.add("brand_new", {"x": 1})
        log.event("brand_new_event")
        log.item("brand_new_item")
        log.event("item_completed", item={"type": "BrandNew"})
        log.records.append({"type": "other thing"})
        run = read(log)
        assert run.unknown == {
            "brand_new": 1, "event_msg/brand_new_event": 1, "response_item/brand_new_item": 1, "item/BrandNew": 1,
            "other thing": 1,
        }  # fmt: skip
        assert len(of(run, Unknown)) == 5


ENVIRONMENT = (
    "<environment_context>\nCurrent working directory: /w\nApproval policy: never\nSandbox mode: read-only\n"
    "</environment_context>"
)


def words(said: str, role: str = "user") -> Record:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": said}]}


BARE: tuple[Record, ...] = (
    {"id": "c3c4b301-27c8-4c70-b6e4-46b99fdf0236", "timestamp": "2025-08-20T10:00:00.000Z", "instructions": None,
     "git": {"commit_hash": "c" * 40, "branch": "dev"}},
    {"record_type": "state"},
    words(ENVIRONMENT),
    words("Fix it."),
    {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}], "encrypted_content": None},
    {"type": "function_call", "name": "shell", "arguments": '{"command":["bash","-lc","ls"]}', "call_id": "c1"},
    {"record_type": "state"},
    {"type": "function_call_output", "call_id": "c1",
     "output": '{"output":"a\\n","metadata":{"exit_code":0,"duration_seconds":0.5}}'},
    words("Done.", "assistant"),
)  # fmt: skip


def item(number: int, kind: str, moment: str = "completed", **fields: Any) -> Record:  # noqa: ANN401 - any field
    return {"type": f"item.{moment}", "item": {"id": f"item_{number}", "type": kind, **fields}}


RAN: Record = {"command": "bash -lc 'pytest -q'"}
STREAM: tuple[Record, ...] = (
    {"type": "thread.started", "thread_id": MAIN},
    {"type": "turn.started"},
    item(0, "reasoning", text="**Reading**"),
    item(1, "command_execution", "started", **RAN, aggregated_output="", status="in_progress"),
    item(1, "command_execution", **RAN, aggregated_output="1 failed in 0.1s\n", exit_code=1, status="failed"),
    item(2, "file_change", status="completed",
         changes=[{"path": "/w/a.py", "kind": "update"}, {"path": "/w/b.py", "kind": "add"}]),
    item(3, "mcp_tool_call", server="s", tool="t", arguments={}, status="failed", error={"message": "no"}),
    item(4, "web_search", query="q"),
    item(5, "todo_list", "updated", items=[{"text": "a", "completed": False}]),
    item(5, "todo_list", items=[{"text": "a", "completed": True}]),
    {"type": "item.completed", "item": {"id": "item_6", "item_type": "assistant_message", "text": "Done."}},
    {"type": "turn.completed", "usage": {"input_tokens": 10, "cached_input_tokens": 4, "output_tokens": 2}},
)  # fmt: skip


def message(kind: str, **fields: Any) -> Record:  # noqa: ANN401 - any field
    return {"id": "0", "msg": {"type": kind, **fields}}


OLD_STREAM: tuple[Record, ...] = (
    {"provider": "openai", "model": "o4-mini", "workdir": "/w", "sandbox": "read-only", "approval": "never"},
    {"prompt": "Fix it."},
    message("task_started"),
    message("exec_command_begin", call_id="c1", command=["bash", "-lc", "ls"], cwd="/w"),
    message("exec_command_end", call_id="c1", stdout="a\n", stderr="e\n", exit_code=1),
    message("patch_apply_begin", call_id="c2", changes={}),
    message("agent_message", message="Done."),
    message("task_complete", last_agent_message="Done."),
)


class TestForms:
    def test_the_oldest_form_has_no_envelope_and_one_time(self) -> None:
        data = jsonl(BARE)
        assert IMPORTER.sniff(data, "x")
        run = read(data)
        assert prompts(run) == [("prompt", "Fix it.")]
        (command,) = of(run, Command)
        assert (command.line, command.cwd, command.exit_code, command.seconds, command.time) == (
            "ls",
            "/w",
            0,
            0.5,
            None,
        )
        assert (run.info.base_commit, run.info.branches, run.info.started, run.info.ended) == (
            "c" * 40, ["dev"], "2025-08-20T10:00:00.000Z", None,
        )  # fmt: skip
        assert (run.info.sandbox, run.info.approval) == ("read-only", "never")
        assert (of(run, End)[0].reason, run.unknown) == ("finished", {})

    def test_the_stream_of_exec(self) -> None:
        data = jsonl(STREAM)
        assert IMPORTER.sniff(data, "x")
        run = read(data)
        (command,) = of(run, Command)
        assert (command.line, command.exit_code, command.state, command.time) == ("pytest -q", 1, "failed", None)
        assert [(edit.path, edit.op, edit.applied, edit.added) for edit in of(run, Edit)] == [
            ("/w/a.py", "update", True, None), ("/w/b.py", "add", True, None),
        ]  # fmt: skip
        assert [(tool.tool, tool.ok) for tool in of(run, Tool)] == [("mcp__s__t", False), ("web_search", True)]
        assert of(run, Plan)[-1].steps == (PlanStep("a", "completed"),)
        assert [message.text for message in of(run, Message)] == ["Done."]
        assert [(use.input_tokens, use.cache_read_tokens) for use in of(run, Usage)] == [(6, 4)]
        assert (run.info.session_ids, of(run, End)[0].reason, run.unknown) == ([MAIN], "finished", {})

    def test_a_stream_that_failed(self) -> None:
        run = read(jsonl([STREAM[0], {"type": "turn.failed", "error": {"message": "stream disconnected"}}]))
        assert [(error.where, error.text) for error in of(run, Error)] == [("provider", "stream disconnected")]
        assert of(run, End)[0].reason == "error"

    def test_the_older_stream_of_exec(self) -> None:
        data = jsonl(OLD_STREAM)
        assert IMPORTER.sniff(data, "x")
        run = read(data)
        assert prompts(run) == [("prompt", "Fix it.")]
        (command,) = of(run, Command)
        assert (command.line, command.exit_code, command.cwd) == ("ls", 1, "/w")
        assert outputs(data) == {1: b"a\n\ne\n"}
        assert (run.info.models, run.info.sandbox, run.unknown) == (["o4-mini"], "read-only", {})

    def test_items_in_place_of_events(self) -> None:
        log = Rollout(history_mode="paginated")
        log.item("message", role="user", content=[{"type": "input_text", "text": "Fix it."}])
        log.event("item_completed", item={"type": "UserMessage", "content": [{"type": "text", "text": "Fix it."}]})
        log.item("message", role="assistant", content=[{"type": "output_text", "text": "Yes."}])
        log.event("item_completed", item={"type": "AgentMessage", "content": [{"type": "Text", "text": "Yes."}]})
        call = log.custom("apply_patch", PATCH)
        changes = {f"/w/{path}": {"type": "update"} for path in ("src/app.py", "src/new.py", "src/old.py")}
        log.event("item_completed", item={"type": "FileChange", "id": call, "status": "completed", "changes": changes})
        run = read(log)
        assert (prompts(run), [message.text for message in of(run, Message)]) == ([("prompt", "Fix it.")], ["Yes."])
        assert [edit.applied for edit in of(run, Edit)] == [True] * 3

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"{}",
            b'{"type":"session_meta","source":"codex"}\n',
            b'{"type":"message","message":{"role":"user"}}\n',
            b'{"type":"session.start","data":{}}\n',
            b'{"type":"user","uuid":"1","sessionId":"2","message":{}}\n',
            b'[{"role":"user","content":"x"}]',
            b'{"id":"1","msg":{"type":"x"},"more":1}\n',
        ],
    )
    def test_what_is_not_ours(self, data: bytes) -> None:
        assert not IMPORTER.sniff(data, "codex/rollout-2026.jsonl")

    def test_a_long_first_line_and_a_wide_encoding_are_known(self) -> None:
        log = Rollout(base_instructions={"text": "x" * 200_000})
        assert IMPORTER.sniff(log.bytes()[: 1 << 16], "x") or IMPORTER.sniff(
            log.bytes().replace(b", ", b",").replace(b": ", b":")[: 1 << 16], "x"
        )
        wide = Rollout().bytes().decode().encode("utf-16")
        assert IMPORTER.sniff(wide, "x")
        assert read(wide).info.versions == ["0.122.0"]

    def test_an_empty_log_is_refused_in_a_sentence(self) -> None:
        with pytest.raises(BadTranscriptError, match=r"^sessions/1\.jsonl is empty: a session log was expected\.$"):
            read(b"\n\n")


class TestForks:
    def copied(self, log: Rollout) -> None:
        """What a fork repeats of its parent."""
        log.add("session_meta", {"id": MAIN, "cwd": "/elsewhere", "cli_version": "0.99.0"})
        log.event("task_started", turn_id=OLD_TURN)
        log.add("turn_context", {"turn_id": OLD_TURN, "cwd": "/elsewhere", "model": "gpt-old"})
        log.prompt("An old question.")
        log.answer(log.call("exec_command", cmd="old"), headed(0, "old"))
        log.say("An old answer.")

    def own(self, log: Rollout, turn: str = NEW_TURN) -> None:
        log.event("task_started", turn_id=turn)
        log.add("turn_context", {"turn_id": turn, "cwd": FOLDER, "model": "gpt-new"})
        log.prompt("An old question.")
        log.answer(log.call("exec_command", cmd="new"), headed(0, "new"))
        log.say("A new answer.")

    def test_what_a_fork_repeats_is_cut(self) -> None:
        log = Rollout(id=CHILD, forked_from_id=MAIN)
        self.copied(log)
        self.own(log)
        run = read(log)
        assert prompts(run) == [("prompt", "An old question.")]
        assert [command.line for command in of(run, Command)] == ["new"]
        assert outputs(log) == {1: b"new"}
        assert (run.info.models, run.info.session_ids, run.repeated) == (["gpt-new"], [CHILD], 9)
        assert notes(run, "fork") == [f"goes out from session {MAIN}"]

    def test_nothing_is_cut_where_no_id_tells(self) -> None:
        log = Rollout(id="not-a-uuid", forked_from_id="nor-this", timestamp=None)
        self.copied(log)
        self.own(log, "x")
        assert [command.line for command in of(read(log), Command)] == ["old", "new"]

    def test_sub_agents_are_companions_below_who_started_them(self) -> None:
        log = Rollout()
        log.prompt("Do it with help.")
        log.answer(log.call("spawn_agent", message="Test it."), json.dumps({"agent_id": CHILD}))
        spawned = {"subagent": {"thread_spawn": {"parent_thread_id": MAIN, "depth": 1}}}
        child = Rollout(id=CHILD, source=spawned, forked_from_id=MAIN)
        child.clock += timedelta(seconds=2)
        self.copied(child)
        self.own(child)
        grandchild = Rollout(
            id="01a30000-0000-7000-8000-000000000000", parent_thread_id=CHILD, thread_source="subagent"
        )
        grandchild.answer(grandchild.call("exec_command", cmd="deep"), headed(0, ""))
        companions = (
            source(child.bytes(), "sessions/2.jsonl", agent=CHILD),
            source(grandchild.bytes(), "sessions/3.jsonl"),
        )
        run = read(log, companions)
        assert {(command.line, command.agent) for command in of(run, Command)} == {
            ("new", f"root/{CHILD}"),
            ("deep", f"root/{CHILD}/01a30000-0000-7000-8000-000000000000"),
        }
        assert [(prompt.agent, prompt.turn) for prompt in of(run, Prompt)] == [("root", 1), (f"root/{CHILD}", 1)]
        assert run.info.session_ids == [MAIN]

    def test_a_session_taken_up_again_in_the_same_file(self) -> None:
        log = Rollout()
        log.prompt("One.")
        log.add("session_meta", {"id": MAIN, "cli_version": "0.123.0"})
        log.prompt("Two.")
        run = read(log)
        assert (len(of(run, Prompt)), run.info.versions, len(notes(run, "resume"))) == (2, ["0.122.0", "0.123.0"], 1)


def full() -> list[Record]:
    """A log with something of everything."""
    log = Rollout(git={"commit_hash": "a" * 40})
    log.event("task_started", turn_id=NEW_TURN)
    log.add("turn_context", {"cwd": FOLDER, "approval_policy": "never", "sandbox_policy": POLICY, "model": "m"})
    log.prompt("Fix it.")
    log.item("reasoning", summary=[{"type": "summary_text", "text": "Hm."}])
    call = log.call("exec_command", cmd="npm test", sandbox_permissions="require_escalated", justification="x")
    log.answer(call, "Chunk ID: 1\nWall time: 1.0 seconds\nProcess running with session ID 7\nOutput:\none\n")
    log.answer(log.call("write_stdin", session_id=7, chars=""), headed(1, "two\n"))
    call = log.custom("apply_patch", PATCH)
    changes = {"/w/src/app.py": {"type": "update", "unified_diff": "@@ -1 +1 @@\n-a\n+b\n", "move_path": None}}
    log.event("patch_apply_end", call_id=call, success=True, stdout="", stderr="", changes=changes)
    log.result(call, '{"output":"Success.","metadata":{"exit_code":0}}')
    call = log.custom("exec", 'const r = await tools.exec_command({cmd: "ls"}); text(r.output)')
    log.result(
        call, [{"type": "input_text", "text": "Script completed\nOutput:\n"}, {"type": "input_text", "text": "a"}]
    )
    call = log.call("shell", command=["bash", "-lc", "ls"])
    log.ended(call, "ls", 0, "a\n")
    log.answer(call, '{"output":"a","metadata":{"exit_code":0,"duration_seconds":1}}')
    log.answer(log.call("update_plan", plan=[{"step": "a", "status": "pending"}]), "Plan updated")
    log.event("token_count", info={"total_token_usage": {"input_tokens": 1}, "last_token_usage": {"input_tokens": 1}})
    log.event("mcp_tool_call_end", call_id="m", invocation={"server": "s", "tool": "t"}, result={"Ok": {}})
    log.event("web_search_end", call_id="w", query="q", action={"type": "search"})
    log.add("compacted", {"message": "m"})
    log.event("thread_rolled_back", num_turns=1)
    log.event("item_completed", item={"type": "CommandExecution", "id": "i", "command": ["a"], "exit_code": 0})
    log.answer(
        log.call("request_user_input", questions=[{"id": "q", "question": "?"}]), '{"answers":{"q":{"answers":["y"]}}}'
    )
    log.event("turn_aborted", reason="interrupted")
    log.say("Done.")
    return log.records


FORMS = {
    "rollout": full(),
    "bare": list(BARE),
    "stream": list(STREAM),
    "old stream": list(OLD_STREAM),
}


@pytest.mark.parametrize("form", FORMS)
def test_any_spoiled_log_gives_a_run_or_a_sentence(form: str) -> None:
    for data in spoiled(jsonl(FORMS[form]), steps=80):
        stands(IMPORTER, data)


@pytest.mark.parametrize("form", FORMS)
def test_values_of_any_type_stand_anywhere(form: str) -> None:
    log = FORMS[form]
    for number, record in enumerate(log):
        for changed in wrong_types(record):
            stands(IMPORTER, jsonl([*log[max(0, number - 2) : number], changed, *log[number + 1 : number + 3]]))


@pytest.mark.parametrize(
    "script",
    [
        "/*/" * 60_000,
        "const a=[" * 20_000,
        "tools.exec_command({cmd:`" * 20_000,
        "tools.exec_command([" * 20_000,
        "'" * 100_000,
        "const a={};a" + "." * 100_000,
        "tools.x(" + "'a'+" * 50_000,
    ],
)
def test_a_hostile_script_takes_linear_time(script: str) -> None:
    log = Rollout()
    log.result(log.custom("exec", script), "Script completed\nOutput:\n")
    start = time.perf_counter()
    read(log)
    assert time.perf_counter() - start < 2


def test_a_patch_of_many_files_takes_linear_time() -> None:
    log = Rollout()
    patch = "*** Begin Patch\n" + "".join(f"*** Update File: d{number}/a.py\n+x\n" for number in range(2_000))
    call = log.custom("apply_patch", patch)
    changes = {
        f"/w/e{number}/b.py": {"type": "update", "unified_diff": "@@ -0,0 +1 @@\n+x"} for number in range(20_000)
    }
    log.event("patch_apply_end", call_id=call, success=True, changes=changes)
    start = time.perf_counter()
    assert len(of(read(log), Edit)) == 22_000
    assert time.perf_counter() - start < 4


def test_outputs_that_say_the_same_again_and_again_take_linear_time() -> None:
    log = Rollout()
    for said in ("<result>" * 50_000, "[... omitted " * 50_000, "…1 tokens trunc" * 50_000, "Exit code: " * 50_000):
        log.answer(log.call("shell", command=["x"]), said)
        log.answer(log.call("shell", command=["x"]), json.dumps({"output": said, "metadata": {"exit_code": 0}}))
        log.prompt(f"<user_shell_command><command>{said}</command>")
    start = time.perf_counter()
    read(log)
    assert time.perf_counter() - start < 2


def sample(start: str) -> bytes:
    folder = samples_dir() / "transcripts" / "codex"
    return next(path for path in sorted(folder.iterdir()) if path.name.startswith(start)).read_bytes()


def calls(run: Any) -> dict[str, bool | None]:  # noqa: ANN401 - an ImportedRun
    """Return the patches that were asked for, by place, and whether each was taken."""
    return {edit.source: edit.applied for edit in of(run, Edit) if not edit.derived}


def files(run: Any) -> set[str]:  # noqa: ANN401 - an ImportedRun
    """Return the names of the files that were edited, as the index counts them."""
    return {
        edit.path.replace("\\", "/").rsplit("/", 1)[-1] for edit in of(run, Edit) if edit.applied and not edit.derived
    }


def test_sample_with_events_polls_and_interrupts_agrees_with_the_index() -> None:
    data = sample("c03")
    assert IMPORTER.sniff(data[: 1 << 16], "x")
    run = read(data)
    commands = of(run, Command)
    assert (len(of(run, Prompt)), len(commands), len(notes(run, "interrupt"))) == (8, 132, 4)
    assert of(run, Prompt)[0].text.startswith("i dont wanna use this page http://localhost:3000/employer/employees")
    # 19 ended with another code than 0; some of them are answers (`rg` found nothing), not failures.
    assert sum(command.exit_code not in {0, None} for command in commands) == 19
    assert 14 <= sum(command.state == "failed" for command in commands) <= 19
    assert Counter(calls(run).values()) == {True: 11, False: 1}
    assert len(files(run)) == 14
    assert [command.state for command in commands if command.exit_code is None] == ["cancelled", "cancelled"]
    assert sum(note.startswith("asked for require_escalated") for note in notes(run, "scope")) == 6
    assert (run.info.versions, run.info.models, run.unknown) == (["0.122.0"], ["gpt-5.4"], {})
    assert ((run.info.started or "")[:16], (run.info.ended or "")[:16]) == ("2026-04-21T13:47", "2026-04-21T17:07")
    assert of(run, End)[0].reason == "finished"


def test_sample_from_windows_with_plans_agrees_with_the_index() -> None:
    run = read(sample("c04"))
    commands = of(run, Command)
    assert (len(of(run, Prompt)), len(commands), len(of(run, Plan))) == (7, 116, 5)
    assert sum(command.exit_code not in {0, None} for command in commands) == 6
    assert sum(command.state == "failed" for command in commands) == 6
    assert Counter(calls(run).values()) == {True: 19, False: 2}
    assert len(files(run)) == 30
    # Five calls have no output; an event tells the end of four of them all the same.
    assert of(run, End)[0].text == "5 calls have no output in the log: shell_command"
    assert [command.state for command in commands].count("not_run") == 1
    assert (run.info.versions, run.info.models, run.info.sandbox, run.unknown) == (
        ["0.125.0"], ["gpt-5.5"], "workspace-write", {},
    )  # fmt: skip


def test_sample_of_a_stream_agrees_with_the_index() -> None:
    run = read(sample("x04"))
    assert [(command.line, command.exit_code) for command in of(run, Command)] == [("cat test.js", 0)]
    assert (len(of(run, Thought)), len(of(run, Message)), run.unknown) == (2, 1, {})
    assert all(event.time is None for event in run.events)


class TestNewerVersions:
    def test_what_agents_ask_each_other_is_told_and_ties_them(self) -> None:
        log = Rollout()
        log.event("collab_agent_spawn_begin", call_id="c")
        log.event("collab_agent_spawn_end", call_id="c", new_thread_id=CHILD, new_agent_role="worker", prompt="look")
        log.event("collab_waiting_end", call_id="d", agent_statuses=[])
        log.event(
            "item_completed", item={"type": "Extension", "kind": "web", "query": "q", "action": {"type": "search"}}
        )
        log.event("item_completed", item={"type": "Extension", "kind": "timer"})
        run = read(log)
        assert run.unknown == {}
        assert len(notes(run, "subagent")) == 2
        assert [tool.tool for tool in of(run, Tool)] == ["web_search", "timer"]

    def test_a_program_that_keeps_the_items_among_its_own_records_is_another(self) -> None:
        thought = {"type": "reasoning", "summary": [], "encrypted_content": "x"}
        assert IMPORTER.sniff(jsonl([thought]), "x")
        assert not IMPORTER.sniff(jsonl([{"type": "user", "content": "Hi."}, thought]), "x")
