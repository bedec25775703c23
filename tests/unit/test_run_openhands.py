"""OpenHands: events of both generations, exported lists, and the records of benchmarks and of the resolver."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from reviewer.run.event import (
    Command,
    Context,
    Denial,
    Edit,
    End,
    Error,
    Message,
    Plan,
    Prompt,
    Read,
    Thought,
    Tool,
    Usage,
)
from reviewer.run.importers.openhands import OpenHands
from reviewer.run.importers.openhands.literals import calls_in
from tests.support.imported import jsonl, of, read_with, source, spoiled, stands, wrong_types
from tests.support.samples import samples_dir

IMPORTER = OpenHands()
Record = dict[str, Any]


class Events:
    """Events of the older generation in the making: ids and local times of their own."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def add(self, **fields: Any) -> int:  # noqa: ANN401 - any field
        number = len(self.records)
        base = {"id": number, "timestamp": f"2025-04-30T16:32:{number:02}.500000", "source": "agent"}
        self.records.append({**base, **fields})
        return number

    def act(self, action: str, source: str = "agent", **arguments: Any) -> int:  # noqa: ANN401 - any argument
        return self.add(action=action, source=source, args=arguments)

    def see(self, observation: str, cause: int | None, content: str = "", **extras: Any) -> None:  # noqa: ANN401
        named = {} if cause is None else {"cause": cause}
        self.add(observation=observation, content=content, extras=extras, **named)

    def run(self, line: str, output: str, code: int, folder: str = "/w/app", **arguments: Any) -> None:  # noqa: ANN401
        call = self.act("run", command=line, **arguments)
        metadata = {"exit_code": code, "working_dir": folder, "suffix": ""}
        self.see("run", call, output, command=line, metadata=metadata)


def full() -> Events:
    log = Events()
    log.act("system", content="You are.", openhands_version="0.50.0", tools=[{"function": {"name": "execute_bash"}}])
    log.act("message", "user", content="Fix it.", image_urls=["data:image/png;base64,AA"])
    log.act("recall", "user", query="Fix")
    log.see("recall", 2, "Added", repo_name="o/r", microagent_knowledge=[{"name": "github"}])
    log.run("pytest", "1 passed in 1s", 0, thought="First the tests.")
    read = log.act("read", path="/w/app/a.py", start=0, end=-1, view_range=[1, 9])
    log.see("read", read, "1\tx", path="/w/app/a.py")
    edit = log.act("edit", path="/w/app/a.py", command="str_replace", old_str="a", new_str="b", content="")
    log.see("edit", edit, "ERROR:\nNo replacement was performed", path="/w/app/a.py", diff="")
    edit = log.act("edit", path="/w/app/a.py", command="str_replace", old_str="x", new_str="y", content="")
    log.see("edit", edit, "edited", prev_exist=True, diff="--- a\n+++ a\n@@ -3 +3 @@\n-x\n+y")
    edit = log.act("edit", path="/w/app/new.py", command="create", file_text="one\ntwo\n")
    log.see("edit", edit, "File created", prev_exist=False, diff="")
    plan = log.act("task_tracking", command="plan", task_list=[{"id": "1", "title": "test", "status": "done"}])
    log.see("task_tracking", plan, "ok", command="plan", task_list=[])
    call = log.act("call_tool_mcp", name="fetch", arguments={"url": "https://a.example"})
    log.see("mcp", call, '{"isError": false}', name="fetch")
    call = log.act("browse", url="https://b.example")
    log.see("browse", call, "page", error=False)
    log.act("think", thought="Hm.")
    log.see("think", 20, "logged")
    log.act("condensation", forgotten_event_ids=[1, 2], summary="so far")
    call = log.act("run", command="rm -r /", confirmation_state="awaiting_confirmation", security_risk="HIGH")
    log.see("user_rejected", call, "Action has been rejected by the user! Waiting for further user input.")
    log.see("agent_state_changed", None, "", agent_state="running")
    log.see("error", None, "the model is away")
    log.act("finish", final_thought="Done.", task_completed="true", thought="I tested it.")
    log.see("agent_state_changed", None, "", agent_state="finished")
    return log


def test_the_events_of_a_run() -> None:
    data = jsonl(full().records)
    assert IMPORTER.sniff(data, "x")
    run, outputs = read_with(IMPORTER, data)
    assert not run.unknown
    (prompt,) = of(run, Prompt)
    assert (prompt.text, prompt.attachments, prompt.turn) == ("Fix it.", 1, 1)
    tests, refused = of(run, Command)
    assert (tests.line, tests.cwd, tests.exit_code, tests.state, tests.seconds) == (
        "pytest",
        "/w/app",
        0,
        "passed",
        1.0,
    )
    assert (refused.state, outputs) == ("denied", {1: b"1 passed in 1s"})
    assert tests.time == "2025-04-30T16:32:04.500000"
    (read,) = of(run, Read)
    assert (read.first, read.last, read.whole, read.ok) == (1, 9, False, True)
    missed, changed, made = of(run, Edit)
    assert (missed.applied, missed.refused) == (False, "ERROR:\nNo replacement was performed")
    assert (changed.applied, changed.patch) == (True, "@@ -3 +3 @@\n-x\n+y")
    assert (made.op, made.patch) == ("add", "@@ -0,0 +1,2 @@\n+one\n+two")
    (plan,) = of(run, Plan)
    assert [(step.text, step.status) for step in plan.steps] == [("test", "completed")]
    assert [(tool.tool, tool.boundary) for tool in of(run, Tool)] == [("fetch", "mcp"), ("browse", "network")]
    assert [denial.what for denial in of(run, Denial)] == ["rm -r /"]
    assert [thought.text for thought in of(run, Thought)] == ["First the tests.", "Hm.", "I tested it."]
    assert [message.text for message in of(run, Message)] == ["Done."]
    assert [error.text for error in of(run, Error)] == ["the model is away"]
    scope = [context.text for context in of(run, Context) if context.what == "scope"]
    assert scope == [
        "tools: execute_bash",
        "the person is asked before actions (confirmation mode)",
        "rated high risk: rm -r /",
    ]
    assert [context.text for context in of(run, Context) if context.what == "compaction"] == [
        "2 events forgotten: so far"
    ]
    assert (run.info.versions, run.info.approval) == (["0.50.0"], "confirmation mode")
    assert (run.info.allowed_tools, run.info.cwds) == (["execute_bash"], ["/w/app"])
    end = of(run, End)[0]
    assert (end.reason, end.text) == ("finished", "task completed: true")


def test_a_list_and_a_member_of_a_document_are_the_same_run() -> None:
    records = full().records
    lines, _ = read_with(IMPORTER, jsonl(records))
    for document in (records, {"trajectory": records}):
        for indent in (None, 2):
            data = json.dumps(document, indent=indent).encode()
            assert IMPORTER.sniff(data, "x")
            run, _ = read_with(IMPORTER, data)
            assert [event.kind for event in run.events] == [event.kind for event in lines.events]


def test_pairs_without_ids_are_tied_by_their_order() -> None:
    pairs = [
        [{"action": "message", "args": {"content": "Go."}, "source": "user"}, {"observation": "null", "content": ""}],
        [
            {"action": "run", "args": {"command": "false"}, "source": "agent"},
            {"observation": "run", "content": "no", "extras": {"exit_code": 1, "command": "false"}},
        ],
    ]
    data = json.dumps({"instance_id": "x__y-1", "history": pairs, "instruction": "Go."}).encode()
    assert IMPORTER.sniff(data, "x")
    run, outputs = read_with(IMPORTER, data)
    assert [(command.exit_code, command.state) for command in of(run, Command)] == [(1, "failed")]
    assert outputs == {1: b"no"}
    assert [prompt.text for prompt in of(run, Prompt)] == ["Go."]


def test_the_oldest_form_has_its_arguments_on_top() -> None:
    history = [
        {"action": "message", "content": "Go.", "wait_for_response": False},
        {"action": "run", "command": "ls", "thought": "Look.", "is_confirmed": "confirmed"},
        {"observation": "run", "content": "a", "command": "ls", "exit_code": 0, "command_id": -1},
        {"action": "message", "content": "Ready.", "wait_for_response": True},
    ]
    data = json.dumps({"issue": {"number": 1}, "issue_type": "issue", "history": history, "git_patch": "d"}).encode()
    assert IMPORTER.sniff(data, "x")
    run, _ = read_with(IMPORTER, data)
    assert [command.exit_code for command in of(run, Command)] == [0]
    assert ([prompt.text for prompt in of(run, Prompt)], [message.text for message in of(run, Message)]) == (
        ["Go."],
        ["Ready."],
    )
    assert run.info.patch == "d"


class TestShell:
    def test_a_look_at_a_running_command_joins_it(self) -> None:
        log = Events()
        log.run("make all", "one", -1)
        log.run("", "two", -1)
        log.run("C-c", "three", 130, is_input=True)
        run, outputs = read_with(IMPORTER, jsonl(log.records))
        (command,) = of(run, Command)
        assert (command.exit_code, command.state, command.seconds) == (130, "cancelled", 5.0)
        assert outputs == {1: b"one\ntwo\nthree"}
        assert [tool.tool for tool in of(run, Tool)] == ["execute_bash (look)"] * 2

    def test_a_command_that_never_ends_is_running(self) -> None:
        log = Events()
        log.run("npm start", "up", -1)
        run, _ = read_with(IMPORTER, jsonl(log.records))
        assert [(command.exit_code, command.state) for command in of(run, Command)] == [(None, "running")]

    def test_what_the_shell_is_too_busy_for_does_not_run(self) -> None:
        log = Events()
        log.run("make", "", -1)
        call = log.act("run", command="ls")
        said = '\n[Your command "ls" is NOT executed. The previous command is still running'
        log.see("run", call, "", metadata={"exit_code": -1, "suffix": said})
        run, _ = read_with(IMPORTER, jsonl(log.records))
        assert [command.state for command in of(run, Command)] == ["running", "not_run"]

    def test_several_commands_at_once_do_not_run(self) -> None:
        log = Events()
        call = log.act("run", command="a\nb")
        log.see("error", call, "ERROR: Cannot execute multiple commands at once.")
        run, _ = read_with(IMPORTER, jsonl(log.records))
        assert [command.state for command in of(run, Command)] == ["not_run"]
        assert len(of(run, Error)) == 1

    def test_the_folder_is_that_before_the_command(self) -> None:
        log = Events()
        log.run("cd sub && make", "", 0, folder="/w/sub")
        log.run("make", "", 0, folder="/w/sub")
        run, _ = read_with(IMPORTER, jsonl(log.records))
        assert [command.cwd for command in of(run, Command)] == [None, "/w/sub"]

    def test_an_old_timeout_is_a_stop(self) -> None:
        log = Events()
        call = log.act("run", command="sleep 999")
        log.see("run", call, 'Command: "sleep 999" timed out. Sending SIGINT to the process', exit_code=-1)
        run, _ = read_with(IMPORTER, jsonl(log.records))
        assert [(command.exit_code, command.state) for command in of(run, Command)] == [(None, "cancelled")]

    def test_a_cut_output_is_marked(self) -> None:
        log = Events()
        log.run("cat big", "a\n[... Observation truncated due to length ...]\nz", 0)
        run, _ = read_with(IMPORTER, jsonl(log.records))
        assert of(run, Command)[0].log_cut


CELL = '''edit_file_by_replace(
    '/w/a.py',
    to_replace="""one
  open_file('/not/this')""",
    new_content='two\\n\\tthree',
)
'''


class TestCells:
    def cell(self, code: str, shown: str) -> Any:  # noqa: ANN401 - a run
        log = Events()
        call = log.act("run_ipython", code=code)
        log.see("run_ipython", call, shown)
        return read_with(IMPORTER, jsonl(log.records))[0]

    def test_an_edit_that_took_effect(self) -> None:
        run = self.cell(CELL, "[File: /w/a.py (9 lines total after edit)]\n1|two")
        (edit,) = of(run, Edit)
        assert (edit.path, edit.applied, edit.tool) == ("/w/a.py", True, "edit_file_by_replace")
        assert edit.patch == "@@ @@\n-one\n-  open_file('/not/this')\n+two\n+\tthree"
        assert not of(run, Read)
        assert [(tool.tool, tool.ok) for tool in of(run, Tool)] == [("execute_ipython_cell", None)]

    @pytest.mark.parametrize(
        "shown",
        [
            "[Your proposed edit has introduced new syntax error(s). Please",
            "[No exact match found in /w/a.py for",
            "Traceback (most recent call last):\n  x",
        ],
    )
    def test_an_edit_that_was_refused(self, shown: str) -> None:
        (edit,) = of(self.cell(CELL, shown), Edit)
        assert (edit.applied, edit.refused) == (False, shown)

    def test_files_that_plain_python_writes(self) -> None:
        run = self.cell("with open('/w/b.txt', 'w') as f:\n    f.write('a\\n')\n    f.write('b')\n", "")
        assert [(edit.path, edit.applied, edit.patch) for edit in of(run, Edit)] == [
            ("/w/b.txt", True, "@@ @@\n+a\n+b")
        ]
        run = self.cell("with open('/w/b.txt', 'w') as f:\n    f.write(text)\n", "")
        assert [edit.patch for edit in of(run, Edit)] == [None]

    def test_paths_that_are_no_plain_text_are_not_recorded(self) -> None:
        run = self.cell("open(name, 'w').write('x')\nopen(f'/w/{x}', 'w')\nopen('/w/r.txt').read()", "")
        assert not of(run, Edit)

    def test_the_editor_in_a_cell(self) -> None:
        code = "print(file_editor(**{'command': 'view', 'path': '/w/a.py', 'view_range': [2, 5], 'x': None}))"
        (read,) = of(self.cell(code, "2\tx"), Read)
        assert (read.path, read.first, read.last, read.ok) == ("/w/a.py", 2, 5, True)
        code = "print(file_editor(**{'command': 'str_replace', 'path': '/w/a.py', 'old_str': 'a', 'new_str': 'b'}))"
        (edit,) = of(self.cell(code, "The file /w/a.py has been edited. Here"), Edit)
        assert (edit.applied, edit.patch) == (True, "@@ @@\n-a\n+b")

    def test_two_edits_of_which_one_was_refused_are_not_told_apart(self) -> None:
        shown = "[File: /w/a.py (9 lines total after edit)]\n[No exact match found in /w/a.py for"
        assert [edit.applied for edit in of(self.cell(CELL + CELL, shown), Edit)] == [None, None]

    def test_files_that_are_created_and_opened(self) -> None:
        run = self.cell("create_file('/w/n.py')", "[File: /w/n.py (1 lines total)]\n[File /w/n.py created.]")
        assert [(edit.op, edit.applied) for edit in of(run, Edit)] == [("add", True)]
        assert [read.ok for read in of(self.cell("open_file('/w/n.py', 20)", "[File: /w/n.py (40 lines"), Read)] == [
            True
        ]


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("f('a' 'b', 1, x + 1, [1, 2])", ["ab", 1, "?", [1, 2]]),
        ("f(g('a'), 'b' + c, r'\\n', None)", ["?", "?", "\\n", None]),
        ("f('a'", ["a"]),
        ("f(", []),
    ],
)
def test_plain_literals_are_read_and_nothing_else(code: str, values: list[object]) -> None:
    (call,) = calls_in(code, frozenset(("f",)))
    assert [value if isinstance(value, (str, int, list, type(None))) else "?" for value in call.values] == values


@pytest.mark.parametrize("code", ["'f(1)'", "# f(1)", "'''\nf(1)\n'''", "f", "def f", "'open f(1)", 'x = "f(1)'])
def test_a_call_in_a_text_is_none(code: str) -> None:
    assert calls_in(code, frozenset(("f",))) == []


class TestCost:
    def test_totals_are_counted_once(self) -> None:
        log = Events()
        for prompt, read, cost in ((100, 0, 0.1), (300, 150, 0.4), (300, 150, 0.4)):
            usage = {"model": "m", "prompt_tokens": prompt, "completion_tokens": 5, "cache_read_tokens": read}
            log.add(action="think", args={"thought": "x"}, llm_metrics={
                "accumulated_cost": cost, "accumulated_token_usage": usage,
            })  # fmt: skip
        total = {"accumulated_cost": 0.5, "accumulated_token_usage": {"prompt_tokens": 310, "completion_tokens": 5}}
        data = json.dumps({"instance_id": "x", "history": log.records, "metrics": total, "instruction": "i"}).encode()
        run, _ = read_with(IMPORTER, data)
        assert [(use.input_tokens, use.cache_read_tokens, use.usd) for use in of(run, Usage)] == [
            (100, 0, 0.1),
            (50, 150, 0.3),
            (10, None, 0.1),
        ]

    def test_an_answer_is_counted_once_however_many_calls_it_has(self) -> None:
        log = Events()
        usage = {"prompt_tokens": 90, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 40}}
        for _ in range(2):
            log.add(
                action="think",
                args={"thought": "x"},
                tool_call_metadata={"model_response": {"id": "r1", "model": "m", "usage": usage}},
            )
        run, _ = read_with(IMPORTER, jsonl(log.records))
        assert [(use.input_tokens, use.output_tokens, use.cache_read_tokens) for use in of(run, Usage)] == [(50, 9, 40)]

    def test_a_counter_that_starts_anew_is_added(self) -> None:
        log = Events()
        for cost in (0.5, 0.2):
            log.add(action="think", args={"thought": "x"}, llm_metrics={"accumulated_cost": cost})
        run, _ = read_with(IMPORTER, jsonl(log.records))
        assert [use.usd for use in of(run, Usage)] == [0.5, 0.2]


def test_several_instances_in_one_file_are_several_runs() -> None:
    records = [
        {"instance_id": f"a__b-{n}", "instruction": f"Do {n}.", "history": full().records[4:6], "test_result": {
            "git_patch": f"p{n}"}} for n in range(2)
    ]  # fmt: skip
    run, _ = read_with(IMPORTER, jsonl(records))
    sessions = [context for context in of(run, Context) if context.what == "session"]
    assert [context.text for context in sessions] == ["run of a__b-0", "run of a__b-1"]
    assert [prompt.text for prompt in of(run, Prompt)] == ["Do 0.", "Do 1."]
    assert [command.turn for command in of(run, Command)] == [1, 2]
    assert run.info.patch is None
    assert any("2 runs in one log" in context.text for context in of(run, Context))


def test_a_pretty_printed_record_is_read_part_by_part() -> None:
    record = {
        "instance_id": "a__b-1",
        "instruction": "Do.",
        "metadata": {"llm_config": {"model": "m"}, "git_commit": "0123456789abcdef", "max_iterations": 30},
        "instance": {"base_commit": "c" * 40, "repo": "o/r"},
        "history": full().records[4:6],
        "test_result": {"git_patch": "p"},
        "error": "AgentRuntimeError: Agent reached maximum iteration",
    }
    data = json.dumps(record, indent=2).encode()
    assert IMPORTER.sniff(data, "x")
    run, _ = read_with(IMPORTER, data)
    assert [event.kind for event in run.events[:3]] == ["context", "prompt", "thought"]
    assert (run.info.base_commit, run.info.patch, run.info.models) == ("c" * 40, "p", ["m"])
    assert of(run, End)[0].reason == "limit"


def test_a_delegate_works_as_a_sub_agent() -> None:
    log = Events()
    log.act("message", "user", content="Go.")
    call = log.act("delegate", agent="BrowsingAgent", inputs={"task": "look"})
    log.act("message", "user", content="TASK: look")
    log.run("ls", "a", 0)
    log.act("finish", final_thought="seen")
    log.see("delegate", call, "done", outputs={})
    log.run("pwd", "/w", 0)
    run, _ = read_with(IMPORTER, jsonl(log.records))
    assert [command.agent for command in of(run, Command)] == ["root/BrowsingAgent-1", "root"]
    assert [prompt.text for prompt in of(run, Prompt)] == ["Go."]
    assert of(run, End)[0].reason == "unknown"


def sdk(kind: str, number: int, **fields: Any) -> Record:  # noqa: ANN401 - any field
    stamp = f"2026-06-16T05:39:{number:02}.000000"
    return {"id": f"e{number}", "timestamp": stamp, "source": "agent", "kind": kind, **fields}


def sdk_log() -> list[Record]:
    text = [{"type": "text", "text": "Go."}]
    metadata = {"exit_code": 1, "working_dir": "/w"}
    terminal = {"kind": "TerminalObservation", "content": [{"type": "text", "text": "bad"}], "exit_code": 1,
                "command": "make", "metadata": metadata, "is_error": False}  # fmt: skip
    return [
        {"id": "c1", "agent": {"llm": {"model": "m"}, "tools": [{"name": "terminal"}]}, "execution_status": "finished",
         "workspace": {"working_dir": "/w", "kind": "LocalWorkspace"}, "confirmation_policy": {"kind": "ConfirmRisky"},
         "stats": {"usage_to_metrics": {"a": {"accumulated_cost": 0.5}, "b": {"accumulated_cost": 0.25}}}},
        sdk("SystemPromptEvent", 1, system_prompt={"type": "text", "text": "You"}, tools=[{"name": "terminal"}]),
        sdk("MessageEvent", 2, source="user", llm_message={"role": "user", "content": text}),
        sdk("ActionEvent", 3, thought=[{"type": "text", "text": "<think>why</think>\nNow."}], reasoning_content="why",
            action={"kind": "TerminalAction", "command": "make", "is_input": False}, tool_name="terminal",
            tool_call_id="t1", summary="Build", security_risk="HIGH"),
        sdk("ObservationEvent", 4, source="environment", action_id="e3", tool_call_id="t1", observation=terminal),
        sdk("ActionEvent", 5, action={"kind": "FileEditorAction", "command": "create", "path": "/w/a",
            "file_text": "x\n"}, tool_name="file_editor", tool_call_id="t2"),
        sdk("ObservationEvent", 6, action_id="e5", observation={"kind": "FileEditorObservation", "command": "create",
            "prev_exist": False, "content": [{"type": "text", "text": "made"}]}),
        sdk("ActionEvent", 7, action={"kind": "MCPToolAction", "data": {"q": 1}}, tool_name="search",
            tool_call_id="t3"),
        sdk("AgentErrorEvent", 8, tool_call_id="t3", tool_name="search", error="no such tool"),
        sdk("ActionEvent", 9, action={"kind": "TerminalAction", "command": "push"}, tool_name="terminal",
            tool_call_id="t4"),
        sdk("UserRejectObservation", 10, source="user", action_id="e9", rejection_reason="not yet",
            rejection_source="user"),
        sdk("Condensation", 11, forgotten_event_ids=["e1"], summary="so far"),
        sdk("HookExecutionEvent", 12, source="hook", hook_event_type="PreToolUse", hook_command="check", blocked=True),
        sdk("ActionEvent", 13, action=None, tool_name="terminal", tool_call_id="t5",
            tool_call={"name": "terminal", "arguments": '{"command": "ls"}'}),
        sdk("ActionEvent", 14, action={"kind": "TaskTrackerAction", "command": "plan",
            "task_list": [{"title": "a", "status": "in_progress"}]}, tool_name="task_tracker", tool_call_id="t6"),
        sdk("ConversationStateUpdateEvent", 15, source="environment", key="stats", value={"usage_to_metrics": {
            "a": {"model_name": "m", "accumulated_cost": 0.5}}}),
        sdk("ActionEvent", 16, action={"kind": "FinishAction", "message": "Done."}, tool_name="finish",
            tool_call_id="t7"),
        sdk("ObservationEvent", 17, action_id="e16", observation={"kind": "FinishObservation", "content": []}),
    ]  # fmt: skip


def test_the_events_of_the_newer_generation() -> None:
    data = jsonl(sdk_log())
    assert IMPORTER.sniff(data, "x")
    run, outputs = read_with(IMPORTER, data)
    assert not run.unknown
    made, pushed, listed = of(run, Command)
    assert (made.exit_code, made.state, made.cwd, made.description) == (1, "failed", "/w", "Build")
    assert (pushed.state, listed.state, outputs) == ("denied", "not_run", {1: b"bad"})
    assert [thought.text for thought in of(run, Thought)] == ["why", "Now."]
    assert [(edit.path, edit.op, edit.applied) for edit in of(run, Edit)] == [("/w/a", "add", True)]
    assert [(tool.tool, tool.boundary, tool.ok) for tool in of(run, Tool)] == [("search", "mcp", False)]
    assert [(prompt.text, prompt.via) for prompt in of(run, Prompt)] == [("Go.", "prompt"), ("not yet", "denial")]
    assert [step.status for plan in of(run, Plan) for step in plan.steps] == ["in_progress"]
    assert [use.usd for use in of(run, Usage)] == [0.5, 0.25]
    assert (run.info.approval, run.info.session_ids, run.info.cwds) == ("ConfirmRisky", ["c1"], ["/w"])
    assert of(run, Message)[0].text == "Done."
    assert of(run, End)[0].reason == "finished"


def test_a_branch_that_was_left_is_discarded() -> None:
    def said(number: int, source: str, text: str, parent: str | None) -> Record:
        content = [{"type": "text", "text": text}]
        return sdk("MessageEvent", number, source=source, llm_message={"content": content}, parent_id=parent)

    log = [
        said(1, "user", "One.", None),
        said(2, "agent", "first", "e1"),
        said(3, "user", "Two.", "e2"),
        said(4, "agent", "second", "e3"),
        said(5, "user", "Two again.", "e2"),
        said(6, "agent", "third", "e5"),
    ]
    run, _ = read_with(IMPORTER, jsonl(log))
    assert [message.text for message in of(run, Message) if message.discarded] == ["second"]


def test_the_end_follows_the_last_thing() -> None:
    def ended(*more: Record) -> str:
        return of(read_with(IMPORTER, jsonl([*sdk_log()[:4], *more]))[0], End)[0].reason

    assert ended() == "unanswered"
    assert ended(sdk("PauseEvent", 20, source="user")) == "interrupted"
    state = sdk("ConversationStateUpdateEvent", 20, source="environment", key="execution_status", value="stuck")
    assert ended(sdk_log()[4], state) == "error"
    assert ended(sdk("ConversationErrorEvent", 20, code="MaxIterationsReached", detail="500")) == "limit"
    assert ended(sdk("ConversationErrorEvent", 20, code="LLMError", detail="down")) == "error"


def test_an_event_that_nobody_knows_is_kept() -> None:
    log = [*full().records[:2], {"action": "dance", "args": {}, "id": 90}, sdk("DanceEvent", 91), {"x": 1}, 5, [1]]
    run, _ = read_with(IMPORTER, jsonl(log))
    assert run.unknown == {"action/dance": 1, "DanceEvent": 1, "no kind": 1, "not an object": 2}
    run, _ = read_with(IMPORTER, jsonl([*sdk_log(), {"kind": "UnreadableEvent", "file": "7.json", "why": "is torn"}]))
    assert (run.unknown, run.info.lost) == ({"UnreadableEvent": 1}, {"events": "7.json: is torn"})


def test_the_log_of_a_sub_agent_beside() -> None:
    log = source(jsonl(sdk_log()[2:5]), "sessions/2.jsonl", agent="sub")
    run, _ = read_with(IMPORTER, jsonl(full().records), [log])
    assert [command.agent for command in of(run, Command)] == ["root", "root", "root/sub"]
    assert [prompt.text for prompt in of(run, Prompt)] == ["Fix it."]
    assert [context.text for context in of(run, Context) if context.what == "subagent"] == ["Go."]


def test_sample_of_a_benchmark() -> None:
    data = (samples_dir() / "transcripts/openhands/o01-ponyc-4595.output.jsonl").read_bytes()
    assert IMPORTER.sniff(data[: 1 << 16], "x")
    run, _ = read_with(IMPORTER, data)
    own = [event for event in run.events if not getattr(event, "derived", False)]
    assert Counter(event.kind for event in own if event.kind in {"command", "read", "edit"}) == {
        "command": 13,
        "read": 6,
        "edit": 2,
    }
    assert Counter(command.exit_code for command in of(run, Command)) == {0: 8, 127: 3, 2: 2}
    assert [edit.applied for edit in of(run, Edit) if not edit.derived] == [False, True]
    assert sum(use.input_tokens or 0 for use in of(run, Usage)) == 565158
    assert run.info.patch is not None
    assert run.info.patch.strip() == (samples_dir() / "transcripts/openhands/o01-ponyc-4595.diff").read_text().strip()
    assert (of(run, End)[0].reason, of(run, End)[0].text) == ("finished", "task completed: partial")


def test_sample_of_the_resolver() -> None:
    data = (samples_dir() / "transcripts/openhands/o12-resolver-issue-1.output.jsonl").read_bytes()
    assert IMPORTER.sniff(data[: 1 << 16], "x")
    run, _ = read_with(IMPORTER, data)
    cells = [tool for tool in of(run, Tool) if tool.tool == "execute_ipython_cell"]
    # The index says that the one command has no exit code; it has one, on top of its record.
    assert ([command.exit_code for command in of(run, Command)], len(cells)) == ([0], 20)
    edits = of(run, Edit)
    assert Counter(edit.applied for edit in edits) == {False: 11, True: 4}
    assert {edit.path for edit in edits if edit.applied} == {
        "/workspace/src/App.css",
        "/workspace/src/PullRequestViewer.tsx",
    }
    assert [use.usd for use in of(run, Usage)] == [1.152933]
    assert run.info.patch is not None


def test_sample_of_the_newer_generation() -> None:
    data = (samples_dir() / "transcripts/openhands/v1-sdk-events.jsonl").read_bytes()
    run, _ = read_with(IMPORTER, data)
    assert [(command.exit_code, command.state) for command in of(run, Command)] == [
        (None, "not_run"),
        (None, "not_run"),
        (1, "failed"),
    ]
    assert sum(use.output_tokens or 0 for use in of(run, Usage)) == 1347


@pytest.mark.parametrize("log", [full().records, sdk_log()])
def test_any_spoiled_log_gives_a_run_or_a_sentence(log: list[Record]) -> None:
    for data in (jsonl(log), json.dumps(log, indent=1).encode(), json.dumps({"instance_id": "x", "history": log})):
        for each in spoiled(data if isinstance(data, bytes) else data.encode(), steps=40):
            stands(IMPORTER, each)


@pytest.mark.parametrize("log", [full().records, sdk_log()])
def test_values_of_any_type_stand_anywhere(log: list[Record]) -> None:
    for number, record in enumerate(log):
        for changed in wrong_types(record):
            stands(IMPORTER, jsonl([*log[max(0, number - 2) : number], changed, *log[number + 1 : number + 3]]))
    record = {"instance_id": "x", "history": [], "metadata": {"llm_config": {"model": 1}}, "metrics": {}, "error": ""}
    for changed in wrong_types(record):
        stands(IMPORTER, jsonl([changed]))
