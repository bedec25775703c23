"""ATIF: trajectories of any agent, of any version 1.x."""

from __future__ import annotations

import json
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
    Question,
    Read,
    Search,
    Thought,
    Tool,
    Usage,
)
from reviewer.run.importers.atif import Atif
from tests.support.imported import of, read_with, source, spoiled, stands, wrong_types
from tests.support.samples import samples_dir

IMPORTER = Atif()
Record = dict[str, Any]


def step(number: int, who: str, message: object = "", *calls: Record, **more: Any) -> Record:  # noqa: ANN401
    base = {"step_id": number, "timestamp": f"2026-01-01T00:00:{number:02}Z", "source": who, "message": message}
    return {**base, **({"tool_calls": list(calls)} if calls else {}), **more}


def call(identity: str, name: str, **arguments: Any) -> Record:  # noqa: ANN401 - any argument
    return {"tool_call_id": identity, "function_name": name, "arguments": arguments}


def seen(*results: tuple[str | None, object]) -> Record:
    found = [{"content": content, **({"source_call_id": by} if by else {})} for by, content in results]
    return {"results": found}


def trajectory(agent: str, *steps: Record, **more: Any) -> Record:  # noqa: ANN401 - any field
    return {
        "schema_version": "ATIF-v1.6",
        "session_id": "s1",
        "agent": {"name": agent, "version": "1.0", "model_name": "m"},
        "steps": list(steps),
        **more,
    }


def run_of(agent: str, *steps: Record, **more: Any) -> Any:  # noqa: ANN401 - a run
    return read_with(IMPORTER, json.dumps(trajectory(agent, *steps, **more)).encode())[0]


def one(agent: str, name: str, said: object, **arguments: Any) -> Any:  # noqa: ANN401 - a run
    """Return the run of one call with its result."""
    return run_of(agent, step(1, "user", "Go."), step(2, "agent", "", call("c", name, **arguments),
                                                      observation=seen(("c", said))))  # fmt: skip


def full() -> Record:
    todos = [{"content": "look", "status": "completed"}]
    return trajectory(
        "claude-code",
        step(1, "system", "You are."),
        step(2, "user", [{"type": "text", "text": "Fix it."}, {"type": "image", "source": {"path": "a.png"}}]),
        step(3, "user", "<system-reminder>be quick</system-reminder>"),
        step(4, "agent", "I look.", call("a", "Read", file_path="/w/a.py", offset=5, limit=3),
             call("b", "Bash", command="make", description="Build"), reasoning_content="Hm.", model_name="m2",
             observation=seen(("b", "Exit code 2\nbad"), ("a", "text")),
             metrics={"prompt_tokens": 100, "completion_tokens": 9, "cached_tokens": 60, "cost_usd": 0.5}),
        step(5, "agent", "", call("c", "Edit", file_path="/w/a.py", old_string="a", new_string="b"),
             call("d", "Edit", file_path="/w/a.py", old_string="z", new_string="b"), call("e", "Grep", pattern="x"),
             call("f", "TodoWrite", todos=todos), call("g", "mcp__x__y", q=1),
             call("h", "AskUserQuestion", questions=[{"question": "Which?"}]), call("i", "Bash", command="rm x"),
             observation=seen(("c", "The file /w/a.py has been updated."), ("d", "<tool_use_error>String to replace"),
                              ("e", "found"), ("f", "ok"), ("g", "r"), ("h", "the first"),
                              ("i", "The user doesn't want to proceed with this tool use."))),
        step(6, "agent", "Done."),
        final_metrics={"total_prompt_tokens": 999},
        notes="a note",
        extra={"x": 1},
    )  # fmt: skip


def test_the_steps_of_a_trajectory() -> None:
    data = json.dumps(full(), indent=2).encode()
    assert IMPORTER.sniff(data, "x")
    run, outputs = read_with(IMPORTER, data)
    assert not run.unknown
    assert [(prompt.text, prompt.attachments) for prompt in of(run, Prompt)] == [("Fix it.", 1)]
    assert [(read.path, read.first, read.last, read.ok) for read in of(run, Read)] == [("/w/a.py", 5, 7, True)]
    built, denied = of(run, Command)
    assert (built.exit_code, built.state, built.seconds, built.description) == (2, "failed", None, "Build")
    assert (denied.state, outputs) == ("denied", {1: b"bad"})
    assert len(of(run, Denial)) == 1
    assert [(edit.applied, edit.patch) for edit in of(run, Edit)] == [(True, "@@ @@\n-a\n+b"), (False, None)]
    assert [search.pattern for search in of(run, Search)] == ["x"]
    assert [step.status for plan in of(run, Plan) for step in plan.steps] == ["completed"]
    assert [(tool.tool, tool.boundary) for tool in of(run, Tool)] == [("mcp__x__y", "mcp")]
    assert [(question.text, question.answer) for question in of(run, Question)] == [("Which?", "the first")]
    assert [(use.input_tokens, use.cache_read_tokens, use.usd, use.model) for use in of(run, Usage)] == [
        (40, 60, 0.5, "m2")
    ]
    assert [thought.text for thought in of(run, Thought)] == ["Hm."]
    assert [message.text for message in of(run, Message)] == ["I look.", "Done."]
    info = run.info
    assert (info.agent, info.versions, info.models, info.session_ids) == ("claude-code", ["1.0"], ["m", "m2"], ["s1"])
    assert (info.started, info.ended) == ("2026-01-01T00:00:01Z", "2026-01-01T00:00:06Z")
    assert of(run, End)[0].reason == "finished"


@pytest.mark.parametrize("version", ["ATIF-v1.0", "ATIF-v1.2", "ATIF-v1.7", "ATIF-v1.11"])
def test_any_version_is_read(version: str) -> None:
    document = {**full(), "schema_version": version}
    for data in (json.dumps(document), json.dumps(document, indent=2), json.dumps(dict(reversed(document.items())))):
        assert IMPORTER.sniff(data.encode(), "x")
        assert len(of(read_with(IMPORTER, data.encode())[0], Command)) == 2


def test_another_exchange_format_is_none() -> None:
    assert not IMPORTER.sniff(b'{"schema_version": "2.0", "steps": []}', "x")
    assert not IMPORTER.sniff(b'{"schema_version": "ATIF-v2.0", "steps": []}', "x")


class TestExitCodes:
    @pytest.mark.parametrize(
        ("agent", "name", "said", "told"),
        [
            ("codex", "shell", '{"output":"x","metadata":{"exit_code":3,"duration_seconds":1.5}}', (3, "failed", 1.5)),
            ("codex", "shell_command", "Exit code: 0\nWall time: 0.2 seconds\nOutput:\nx", (0, "passed", 0.2)),
            ("codex", "exec_command", "Wall time: 0.5 seconds\nProcess exited with code 1\nx", (1, "failed", 0.5)),
            ("mini-swe-agent", "bash_command", "<returncode>1</returncode>\n<output>\nx</output>", (1, "failed", None)),
            ("openhands", "execute_bash", "x\n[The command completed with exit code 0.]", (0, "passed", None)),
            ("openhands", "execute_bash", "x\n[Command finished with exit code 4]", (4, "failed", None)),
            ("gemini-cli", "run_shell_command", "Output: x\nExit Code: 5\nProcess Group PGID: 1", (5, "failed", None)),
            ("gemini-cli", "run_shell_command", "Output: x", (0, "passed", None)),
            ("claude-code", "Bash", "Exit code 127\nx", (127, "failed", None)),
            ("claude-code", "Bash", "x\n[error] tool reported failure", (None, "failed", None)),
            ("claude-code", "Bash", "x", (None, "unknown", None)),
            ("opencode", "bash", "x", (None, "unknown", None)),
            ("an unknown one", "bash", "x", (None, "unknown", None)),
        ],
    )  # fmt: skip
    def test_what_an_agent_says(self, agent: str, name: str, said: str, told: tuple[object, ...]) -> None:
        (command,) = of(one(agent, name, said, command="make"), Command)
        assert (command.exit_code, command.state, command.seconds) == told

    def test_what_a_converter_put_beside(self) -> None:
        calls = call("c", "Bash", command="make")
        told = step(2, "agent", "", calls, observation=seen(("c", "x")), extra={"tool_use_result": {"exitCode": 6}})
        assert [command.exit_code for command in of(run_of("x", told), Command)] == [6]
        error = step(2, "agent", "", calls, observation=seen(("c", "x")), extra={"tool_result_is_error": True})
        assert [command.state for command in of(run_of("x", error), Command)] == ["failed"]
        told["tool_calls"].append(call("d", "Bash", command="ls"))
        assert [command.exit_code for command in of(run_of("x", told), Command)] == [None, None]


class TestAgents:
    @pytest.mark.parametrize(
        ("agent", "name", "arguments", "kind"),
        [
            ("codex", "update_plan", {"plan": [{"step": "a", "status": "pending"}]}, Plan),
            ("cursor-cli", "Read", {"path": "a"}, Read),
            ("Cursor CLI", "StrReplace", {"path": "a", "old_string": "x", "new_string": "y"}, Edit),
            ("gemini-cli", "read_file", {"absolute_path": "a"}, Read),
            ("openhands", "str_replace_editor", {"command": "view", "path": "a"}, Read),
            ("swe-agent", "str_replace_editor", {"command": "create", "path": "a", "file_text": "x"}, Edit),
            ("opencode", "read", {"filePath": "a"}, Read),
            ("goose", "developer__shell", {"command": "ls"}, Command),
            ("kimi-cli", "StrReplaceFile", {"path": "a"}, Edit),
            ("copilot-cli", "view", {"path": "a"}, Read),
            ("nobody knows", "execute_command", {"command": "ls"}, Command),
            ("nobody knows", "dance", {"x": 1}, Tool),
        ],
    )
    def test_tools_mean_what_they_mean_to_their_agent(
        self, agent: str, name: str, arguments: Record, kind: type[Any]
    ) -> None:
        assert len(of(one(agent, name, "ok", **arguments), kind)) == 1

    def test_lines_are_counted_from_one(self) -> None:
        (read,) = of(one("gemini-cli", "read_file", "x", file_path="a", offset=9, limit=2), Read)
        assert (read.first, read.last) == (10, 11)

    def test_a_patch_is_an_edit_of_each_file(self) -> None:
        patch = "*** Begin Patch\n*** Add File: n.py\n+1\n*** Delete File: o.py\n*** End Patch"
        run = one("codex", "apply_patch", "Success. Updated the following files:\nA n.py", input=patch)
        assert [(edit.path, edit.op, edit.applied) for edit in of(run, Edit)] == [
            ("n.py", "add", True),
            ("o.py", "delete", True),
        ]
        run = one("codex", "apply_patch", "apply_patch verification failed: x", input=patch)
        assert [edit.applied for edit in of(run, Edit)] == [False, False]

    def test_an_edit_without_a_word_of_success_is_not_recorded_as_applied(self) -> None:
        run = one("an unknown one", "edit", "hm", path="a", old_string="x", new_string="y")
        assert [edit.applied for edit in of(run, Edit)] == [None]


class TestTerminus:
    def test_typed_keys_are_commands_and_the_wait_is_no_duration(self) -> None:
        typed = [call("a", "bash_command", keystrokes="make\n", duration=60.0),
                 call("b", "bash_command", keystrokes="pytest\n", duration=1)]  # fmt: skip
        run, outputs = read_with(IMPORTER, json.dumps(trajectory(
            "terminus-2",
            step(1, "user", "Task."),
            step(2, "agent", "", *typed, observation=seen((None, "New Terminal Output:\n$ make\n$ pytest"))),
            step(3, "agent", "", call("c", "bash_command", keystrokes="", duration=9), observation=seen((None, "3"))),
            step(4, "agent", "", call("d", "bash_command", keystrokes="C-c"), observation=seen((None, "^C"))),
        )).encode())  # fmt: skip
        first, second = of(run, Command)
        assert [(command.line, command.exit_code, command.seconds) for command in (first, second)] == [
            ("make", None, None),
            ("pytest", None, None),
        ]
        assert first.state == "unknown"
        assert outputs == {2: b"New Terminal Output:\n$ make\n$ pytest\n3\n^C"}
        assert [tool.tool for tool in of(run, Tool)] == ["bash_command (keys)"] * 2

    def test_what_comes_back_to_no_call_is_an_error_of_form(self) -> None:
        run = run_of(
            "terminus-2", step(1, "user", "Task."), step(2, "agent", "{", observation=seen((None, "bad JSON")))
        )
        assert [(error.where, error.text) for error in of(run, Error)] == [("tool", "bad JSON")]
        assert of(run, End)[0].reason == "error"

    def test_only_the_first_words_are_a_persons(self) -> None:
        run = run_of("terminus-2", step(1, "user", "Task."), step(2, "agent", "a"), step(3, "user", "Summarise."))
        assert [prompt.text for prompt in of(run, Prompt)] == ["Task."]


def test_results_in_another_order_and_without_ids() -> None:
    calls = [call("a", "Bash", command="one"), call("b", "Bash", command="two")]
    swapped = step(2, "agent", "", *calls, observation=seen(("b", "2"), ("a", "1")))
    run, outputs = read_with(IMPORTER, json.dumps(trajectory("claude-code", swapped)).encode())
    assert outputs == {1: b"1", 2: b"2"}
    unnamed = step(2, "agent", "", *calls, observation=seen((None, "1"), (None, "2")))
    run, outputs = read_with(IMPORTER, json.dumps(trajectory("claude-code", unnamed)).encode())
    assert outputs == {1: b"1", 2: b"2"}
    later = [step(2, "agent", "", *calls), step(3, "agent", "", observation=seen(("a", "1"), ("b", "2")))]
    run, outputs = read_with(IMPORTER, json.dumps(trajectory("claude-code", *later)).encode())
    assert (outputs, of(run, Error)) == ({1: b"1", 2: b"2"}, [])


def test_copied_steps_are_not_counted_twice() -> None:
    steps = full()["steps"]
    copied = [{**each, "is_copied_context": True} for each in steps[:4]]
    run = run_of("claude-code", *copied, *steps[4:])
    assert (len(of(run, Command)), len(of(run, Prompt)), run.repeated) == (1, 0, 4)
    assert [context.text for context in of(run, Context) if context.what == "resume"] == [
        "4 steps repeat an earlier part and are left out"
    ]


def test_totals_count_only_where_no_step_does() -> None:
    totals = {
        "total_prompt_tokens": 70,
        "total_completion_tokens": 5,
        "total_cached_tokens": 20,
        "total_cost_usd": 0.25,
    }
    run = run_of("x", step(1, "user", "Go."), step(2, "agent", "Done."), final_metrics=totals)
    assert [(use.input_tokens, use.output_tokens, use.cache_read_tokens, use.usd) for use in of(run, Usage)] == [
        (50, 5, 20, 0.25)
    ]


def delegating() -> Record:
    named = {"source_call_id": "a", "content": "ok", "subagent_trajectory_ref": [{"trajectory_id": "t2"}]}
    inner = {"source_call_id": "b", "content": "ok", "subagent_trajectory_ref": [{"trajectory_id": "t3"}]}
    deep = trajectory("claude-code", step(1, "user", "Deeper."), step(2, "agent", "Deep."), trajectory_id="t3")
    below = trajectory(
        "claude-code",
        step(1, "user", "Look."),
        step(2, "agent", "", call("b", "Task", prompt="Deeper."), observation={"results": [inner]}),
        trajectory_id="t2",
        subagent_trajectories=[deep],
    )
    return trajectory(
        "claude-code",
        step(1, "user", "Go."),
        step(2, "agent", "", call("a", "Task", prompt="Look."), observation={"results": [named]}),
        step(3, "agent", "Done."),
        subagent_trajectories=[below],
    )


def test_sub_agents_inside_stand_where_they_are_named() -> None:
    run, _ = read_with(IMPORTER, json.dumps(delegating()).encode())
    assert [(event.kind, event.agent) for event in run.events] == [
        ("prompt", "root"),
        ("tool", "root"),
        ("context", "root/t2"),
        ("tool", "root/t2"),
        ("context", "root/t2/t3"),
        ("message", "root/t2/t3"),
        ("message", "root"),
        ("end", "root"),
    ]
    assert [prompt.text for prompt in of(run, Prompt)] == ["Go."]


def test_sub_agents_nested_without_end_are_bounded() -> None:
    document = delegating()
    for _ in range(40):
        document = {**document, "subagent_trajectories": [document]}
    run, _ = read_with(IMPORTER, json.dumps(document).encode())
    assert "sub-agents nested too deep" in run.unknown


def test_steps_of_a_sub_agent_in_another_file() -> None:
    named = {"content": "ok", "subagent_trajectory_ref": [{"session_id": "x", "trajectory_path": "sub.json"}]}
    data = json.dumps(trajectory("terminus-2", step(1, "user", "Go."), step(2, "system", "Performed context "
                      "summarization", observation={"results": [named]}))).encode()  # fmt: skip
    run, _ = read_with(IMPORTER, data)
    assert run.info.lost == {"steps of sub-agents": "they stand in sub.json"}
    below = json.dumps(trajectory("terminus-2", step(1, "user", "Sum up."), step(2, "agent", "Sum."))).encode()
    run, _ = read_with(IMPORTER, data, [source(below, "sessions/2.json", agent="x")])
    assert run.info.lost == {}
    assert [message.agent for message in of(run, Message)] == ["root/x"]


def test_a_run_that_goes_on_in_another_file() -> None:
    data = json.dumps(trajectory("x", step(1, "user", "Go."), continued_trajectory_ref="part2.json")).encode()
    run, _ = read_with(IMPORTER, data)
    assert run.info.lost == {"later steps": "they stand in part2.json"}
    assert (of(run, End)[0].reason, of(run, End)[0].text) == ("unknown", "the run goes on in part2.json")
    more = json.dumps(
        trajectory("x", step(1, "user", "Go.", is_copied_context=True), step(2, "agent", "Done."))
    ).encode()
    run, _ = read_with(IMPORTER, data, [source(more, "sessions/2.json")])
    assert run.info.lost == {}
    assert [event.kind for event in run.events if event.kind != "context"] == ["prompt", "message", "end"]
    assert of(run, End)[0].reason == "finished"


def test_parts_that_nobody_knows_are_kept() -> None:
    run = run_of("x", step(1, "dance"), 5, unheard_of=1)  # type: ignore[arg-type]
    assert run.unknown == {"source dance": 1, "steps that is no object": 1, "unheard_of": 1}


def test_sample() -> None:
    data = (samples_dir() / "transcripts/atif/t2-hello-world-invalid-json.trajectory.json").read_bytes()
    run, outputs = read_with(IMPORTER, data)
    assert run.records == 5
    assert [command.line for command in of(run, Command)] == ["printf 'Hello, world!\\n' > hello.txt"]
    assert [command.exit_code for command in of(run, Command)] == [None]
    assert len(of(run, Error)) == 1
    assert sum(use.input_tokens or 0 for use in of(run, Usage)) == 2417
    assert list(outputs) == [1]
    assert of(run, End)[0].reason == "finished"


def test_any_spoiled_trajectory_gives_a_run_or_a_sentence() -> None:
    for data in (json.dumps(full(), indent=1).encode(), json.dumps(delegating()).encode()):
        for each in spoiled(data, steps=40):
            stands(IMPORTER, each)


def test_values_of_any_type_stand_anywhere() -> None:
    for document in (full(), delegating()):
        for changed in wrong_types(document):
            stands(IMPORTER, json.dumps(changed).encode())


class TestCallsWrittenAsText:
    """Answers of agents whose program reads the calls out of the words."""

    JSON = json.dumps(
        {"analysis": "Nothing yet.", "plan": "Make it.", "commands": [{"keystrokes": "make\n"}, {"keystrokes": "ls\n"}]}
    )

    def test_commands_in_the_json_of_an_answer_are_commands(self) -> None:
        run, outputs = read_with(IMPORTER, json.dumps(trajectory(
            "terminus-2",
            step(1, "user", "Task."),
            step(2, "agent", self.JSON, observation=seen((None, "New Terminal Output:\n$ make"))),
            step(3, "agent", '{"commands": [], "task_complete": true}', observation=seen((None, "Are you sure?"))),
        )).encode())  # fmt: skip
        assert [command.line for command in of(run, Command)] == ["make", "ls"]
        assert outputs == {2: b"New Terminal Output:\n$ make"}
        assert of(run, Message)[0].text == "Analysis: Nothing yet.\nPlan: Make it."
        assert [tool.tool for tool in of(run, Tool)] == ["mark_task_complete"]
        assert (of(run, Error), of(run, End)[0].reason) == ([], "finished")

    def test_commands_of_an_answer_that_was_refused_did_not_run(self) -> None:
        refused = seen((None, "Previous response had parsing errors:\nERROR: Missing required fields"))
        run = run_of("terminus-2", step(1, "user", "Task."), step(2, "agent", self.JSON, observation=refused))
        assert of(run, Command) == []
        assert len(of(run, Error)) == 1

    def test_commands_in_xml(self) -> None:
        said = '<response><commands><keystrokes duration="0.1">make\n</keystrokes></commands></response>'
        run = run_of("terminus-2", step(1, "user", "Task."), step(2, "agent", said))
        assert [command.line for command in of(run, Command)] == ["make"]

    def test_functions_in_tags(self) -> None:
        said = "I look.\n<function=execute_bash>\n<parameter=command>\nmake\n</parameter>\n</function>"
        view = "<function=str_replace_editor>\n<parameter=command>view</parameter>\n<parameter=path>/a</parameter>\n"
        asked = "Here's an example.\n{0} NEW TASK DESCRIPTION {0}\nTask.\n{0} END OF NEW TASK DESCRIPTION {0}\nPLEASE"
        run = run_of(
            "openhands",
            step(1, "user", asked.format("-" * 21)),
            step(2, "agent", said, observation=seen((None, "ok\n[Command finished with exit code 0]"))),
            step(3, "agent", f"{view}<parameter=view_range>[1, 5]</parameter>\n</function>"),
        )
        assert [prompt.text for prompt in of(run, Prompt)] == ["Task."]
        assert [(command.line, command.exit_code) for command in of(run, Command)] == [("make", 0)]
        assert [(read.path, read.first, read.last) for read in of(run, Read)] == [("/a", 1, 5)]
        assert [message.text for message in of(run, Message)] == ["I look."]
