"""Tasks of Cline and Roo Code, and sessions of the Cline SDK."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

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
from reviewer.run.importers.cline import Cline, results
from reviewer.run.importers.cline.xml_calls import calls_in
from tests.support.imported import of, read_with, source, spoiled, stands, wrong_types
from tests.support.samples import samples_dir

if TYPE_CHECKING:
    from reviewer.run.importers.importer import ImportedRun, LogSource

IMPORTER = Cline()
ENVIRONMENT = "<environment_details>\n# Current Working Directory (/w) Files\na.py\n</environment_details>"
DENIED = "The user denied this operation and provided the following feedback:\n<feedback>\nnot that\n</feedback>"
ROO = "Command executed in terminal within working directory '/w'."
SEARCH = "------- SEARCH\nx = 1\n=======\ny = 1\n+++++++ REPLACE"


class Ui:
    """The interface's messages in the making, with times of their own."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []

    def say(self, kind: str, text: str | None = None, *, side: str = "say", **more: Any) -> Ui:  # noqa: ANN401
        item = {"ts": 1767644899093 + 1000 * len(self.items), "type": side, side: kind, **more}
        self.items.append(item if text is None else {**item, "text": text})
        return self

    def ask(self, kind: str, text: str | None = None, **more: Any) -> Ui:  # noqa: ANN401
        return self.say(kind, text, side="ask", **more)

    def request(self, text: str = "", **facts: Any) -> Ui:  # noqa: ANN401
        return self.say("api_req_started", json.dumps({"request": text, **facts}))

    def tool(self, name: str, *, side: str = "say", **given: Any) -> Ui:  # noqa: ANN401
        return self.say("tool", json.dumps({"tool": name, **given}), side=side)

    def data(self) -> bytes:
        return json.dumps(self.items).encode()

    def run(self, *companions: LogSource) -> tuple[ImportedRun, dict[int, bytes]]:
        return read_with(IMPORTER, self.data(), companions)


def begun() -> Ui:
    return Ui().say("task", "rename x", images=[], files=["a"]).request(f"<task>\nrename x\n</task>\n\n{ENVIRONMENT}")


def message(role: str, *content: object) -> dict[str, Any]:
    return {
        "role": role,
        "content": [{"type": "text", "text": each} if isinstance(each, str) else each for each in content],
    }


def conversation(*messages: dict[str, Any]) -> bytes:
    return json.dumps([message("user", f"<task>\nrename x\n</task>\n{ENVIRONMENT}"), *messages]).encode()


def full() -> Ui:
    """A task with most of what there is."""
    ui = begun()
    ui.say("reasoning", "hm").say("text", "Let me look.", modelInfo={"modelId": "m1", "mode": "act", "providerId": "p"})
    ui.tool("readFile", path="a.py", content="/w/a.py", readLineStart=1, readLineEnd=9)
    ui.say("task_progress", "- [x] read\n- [ ] edit")
    ui.request(f"[read_file for 'a.py'] Result:\nx = 1\n\n{ENVIRONMENT}", tokensIn=9, tokensOut=2, cost=0.5)
    ui.tool("editedExistingFile", path="a.py", content=SEARCH)
    ui.say("checkpoint_created", lastCheckpointHash="c0ffee")
    ui.request("[replace_in_file for 'a.py'] Result:\nThe content was successfully saved to a.py.")
    ui.ask("command", "pytest -qREQ_APP").ask("command_output", "collected")
    ui.request("[execute_command for 'pytest -q'] Result:\nCommand executed.\nOutput:\ncollected")
    ui.say("completion_result", "Done.HAS_CHANGES").ask("completion_result", "")
    return ui


def sample(name: str) -> bytes:
    return (samples_dir() / "transcripts" / "cline" / name).read_bytes()


@pytest.mark.parametrize("with_session", [True, False])
def test_the_sample_agrees_with_its_index(with_session: bool) -> None:  # noqa: FBT001 - a case
    data = sample("cl03-sdk-session.messages.json")
    beside = [source(sample("cl03-sdk-session.json"), "cl03.json")] if with_session else []
    assert IMPORTER.sniff(data, "x")
    run, outputs = read_with(IMPORTER, data, beside)
    assert [edit.applied for edit in of(run, Edit)] == [True] * 4
    attached, *read = of(run, Read)
    assert (attached.whole, len(read)) == (True, 6)
    assert [(command.exit_code, command.state) for command in of(run, Command)] == [(0, "passed")]
    assert len(outputs[1]) > 500
    assert [prompt.turn for prompt in of(run, Prompt)] == [1, 2, 3, 4, 5]
    assert sum(usage.usd or 0 for usage in of(run, Usage)) > 1
    assert run.info.session_ids == ["1784094124598_rruoq"]
    assert run.info.cwds == (["/Users/example/dev/cline"] if with_session else [])
    assert of(run, End)[0].reason == "finished"
    assert not run.unknown


def test_the_session_file_alone_says_what_it_says() -> None:
    data = sample("cl03-sdk-session.json")
    assert IMPORTER.sniff(data, "x")
    run, _ = read_with(IMPORTER, data)
    assert [event.what for event in of(run, Context)] == ["fork"]
    assert of(run, End)[0].reason == "finished"


def test_a_task_is_told_from_other_documents() -> None:
    assert IMPORTER.sniff(full().data(), "x")
    assert IMPORTER.sniff(full().data()[:300], "x")
    assert IMPORTER.sniff(conversation(), "x")
    others: tuple[object, ...] = (
        [{"role": "user", "content": "hi"}],
        [{"role": "user", "parts": []}],
        [{"type": "ask"}],
        [{"action": "run", "ts": 1}],
        {"version": 1, "sessionId": "s", "projectHash": "p", "messages": [{"type": "user", "content": "x"}]},
        {"info": {}, "messages": [{"info": {}, "parts": []}]},
        {"messages": [{"role": "user", "content": "x"}]},
        {"files_in_context": []},
        {},
        [],
    )
    for other in others:
        assert not IMPORTER.sniff(json.dumps(other).encode(), "x")


def test_a_whole_task() -> None:
    run, outputs = full().run()
    (prompt,) = of(run, Prompt)
    assert (prompt.text, prompt.attachments) == ("rename x", 1)
    assert [(read.path, read.first, read.last, read.ok) for read in of(run, Read)] == [("a.py", 1, 9, True)]
    assert [(edit.applied, edit.patch) for edit in of(run, Edit)] == [(True, "@@ @@\n-x = 1\n+y = 1")]
    (command,) = of(run, Command)
    assert (command.line, command.state, command.exit_code, command.cwd) == ("pytest -q", "unknown", None, "/w")
    assert outputs == {1: b"collected"}
    assert [message.text for message in of(run, Message)] == ["Let me look.", "Done."]
    assert [[step.status for step in plan.steps] for plan in of(run, Plan)] == [["completed", "pending"]]
    assert [(usage.input_tokens, usage.usd, usage.model) for usage in of(run, Usage)] == [(9, 0.5, "m1")]
    assert run.info.approval == "asked: execute_command; auto-approved: editedExistingFile, readFile"
    assert (run.info.permission_modes, run.info.started) == (["act"], "2026-01-05T20:28:19.093Z")
    assert [event.text for event in of(run, Context) if event.what == "snapshot"] == ["checkpoint c0ffee"]
    assert of(run, End)[0].reason == "finished"


def test_results_of_the_conversation_stand_in_for_those_that_are_not_shown() -> None:
    ui = begun().say("command", "make").tool("readFile", path="a.py").ask("command", "ls").request("")
    told = "Command executed in terminal within working directory '/w/sub'. Exit code: 2\nOutput:\nno rule"
    api = conversation(
        message("assistant", {"type": "tool_use", "id": "1", "name": "execute_command", "input": {"command": "make"}}),
        message(
            "user",
            {"type": "tool_result", "tool_use_id": "1", "content": f"[execute_command for 'make'] Result:\n{told}"},
        ),
        message("user", f"[read_file for 'a.py'] Result:\nx\n{ENVIRONMENT}"),
        message("user", "[execute_command for 'ls'] Result:\nThe user denied this operation."),
    )
    run, outputs = ui.run(source(api, "api.json"))
    make, listing = of(run, Command)
    assert (make.exit_code, make.cwd, make.state, outputs[1]) == (2, "/w/sub", "failed", b"no rule")
    assert of(run, Read)[0].ok
    assert listing.state == "denied"
    assert len(of(run, Prompt)) == 1


@pytest.mark.parametrize(
    ("text", "ended", "code", "output"),
    [
        ("Command executed.\nOutput:\nhi", "unknown", None, "hi"),
        ("Command executed.", "unknown", None, ""),
        ("Command executed in terminal within working directory '/w'. Exit code: 0\nOutput:\nhi", "ok", 0, "hi"),
        (
            f"{ROO} Command execution was not successful.\nExit code: 1\nOutput:\nExit code: 9",
            "ok",
            1,
            "Exit code: 9",
        ),
        ("Command executed in terminal. Exit code: <undefined, notify user>\nOutput:\nhi", "unknown", None, "hi"),
        ("Command executed.\nProcess terminated by signal SIGINT\nOutput:\nhi", "cancelled", None, "hi"),
        ("Command is still running in the user's terminal.\nHere's the output so far:\nhi", "running", None, "hi"),
        ("The user denied this operation.", "denied", None, "The user denied this operation."),
        ("Skipping tool [x] due to user rejecting a previous tool.", "not_run", None, None),
        ("The tool execution failed with the following error:\n<error>\nno\n</error>", "failed", None, None),
        ('{"status":"error","message":"The tool execution failed","error":"no"}', "failed", None, None),
        ('{"status":"denied","message":"The user denied this operation.","feedback":"no"}', "denied", None, None),
    ],
)
def test_what_a_commands_result_says(text: str, ended: str, code: int | None, output: str | None) -> None:
    result = results.read(f"{text}\n\n{ENVIRONMENT}", "command")
    assert (result.ended, result.exit_code) == (ended, code)
    assert output is None or result.text.strip("\n") == output


def test_a_refusal_is_a_denial_and_its_words_are_said_once() -> None:
    ui = begun().ask("command", "rm -rf x").say("user_feedback", "not that")
    run, _ = ui.request(f"[execute_command for 'rm -rf x'] Result:\n{DENIED}").run()
    assert [(denial.tool, denial.what) for denial in of(run, Denial)] == [("execute_command", "rm -rf x")]
    assert [(prompt.text, prompt.via, prompt.turn) for prompt in of(run, Prompt)] == [
        ("rename x", "prompt", 1),
        ("not that", "denial", 1),
    ]
    assert of(run, Command)[0].state == "denied"


def test_an_edit_that_does_not_fit_is_refused() -> None:
    ui = begun().tool("editedExistingFile", path="a.py", content=SEARCH).say("diff_error", "a.py")
    run, _ = ui.run()
    assert [(edit.applied, edit.refused) for edit in of(run, Edit)] == [
        (False, "the search block does not match the file")
    ]


def test_copies_of_streaming_are_one() -> None:
    ui = (
        begun()
        .say("text", "Le", partial=True)
        .say("text", "Let me", partial=True)
        .say("text", "Let me.", partial=False)
    )
    ui.say("text", "Let me.").tool("readFile", path="a.py").tool("readFile", path="a.py")
    run, _ = ui.run()
    assert [message.text for message in of(run, Message)] == ["Let me."]
    assert (len(of(run, Read)), run.repeated) == (1, 4)


def test_what_never_became_whole_did_not_run() -> None:
    ui = begun().ask("command", "make al", partial=True)
    assert [(command.line, command.state) for command in of(ui.run()[0], Command)] == [("make al", "not_run")]


def test_questions_and_answers() -> None:
    ui = begun().ask("followup", json.dumps({"question": "Which?", "options": ["a"]})).say("user_feedback", "b")
    run, _ = ui.run()
    assert [(question.text, question.answer) for question in of(run, Question)] == [("Which?", "b")]
    assert [prompt.via for prompt in of(run, Prompt)] == ["prompt", "answer"]
    open_question, _ = begun().ask("followup", "Which?").run()
    assert of(open_question, End)[0].reason == "unanswered"


def test_roo_code_is_called_by_its_name() -> None:
    ui = begun().say("checkpoint_saved", "abc", checkpoint={"to": "abc"})
    ui.say("condense_context", contextCondense={"summary": "so far", "prevContextTokens": 9000, "newContextTokens": 10})
    ui.tool("appliedDiff", side="ask", path="a.py", diff=":start_line:1\n@@ -1,1 +1,1 @@\n-x\n+y")
    ui.tool("updateTodoList", todos=[{"id": "1", "content": "one", "status": "in_progress"}])
    ui.tool("readFile", batchFiles=[{"path": "a"}, {"path": "b"}])
    run, _ = ui.run()
    assert run.info.agent == "Roo Code"
    assert [(event.what, event.text) for event in of(run, Context) if event.what != "note"] == [
        ("snapshot", "checkpoint abc"),
        ("compaction", "9,000 tokens before, 10 after\nso far"),
    ]
    assert of(run, Edit)[0].patch == "@@ -1,1 +1,1 @@\n-x\n+y"
    assert of(run, Plan)[0].steps[0].status == "in_progress"
    assert [read.path for read in of(run, Read)] == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "text", "where"),
    [("error_retry", '{"attempt":1}', "provider"), ("api_req_failed", "no", "provider"), ("error", "no", "agent")],
)
def test_trouble(kind: str, text: str, where: str) -> None:
    assert [error.where for error in of(begun().say(kind, text).run()[0], Error)] == [where]


@pytest.mark.parametrize(
    ("reason", "end"), [("user_cancelled", "interrupted"), ("streaming_failed", "error"), (None, "unanswered")]
)
def test_how_a_request_ended(reason: str | None, end: str) -> None:
    ui = begun().request("x", **({"cancelReason": reason} if reason else {}))
    assert of(ui.run()[0], End)[0].reason == end


def test_other_calls() -> None:
    ui = begun().ask("use_mcp_server", json.dumps({"type": "use_mcp_tool", "serverName": "s", "toolName": "t"}))
    ui.tool("searchFiles", path="src", regex="x+").tool("fileDeleted", path="b.py").tool(
        "webFetch", path="https://e.org"
    )
    run, _ = ui.say("brand_new_kind", "x", images=["data:image/png;base64,AAAA"]).run()
    assert [tool.boundary for tool in of(run, Tool)] == ["mcp", "network"]
    assert [(search.pattern, search.path) for search in of(run, Search)] == [("x+", "src")]
    assert [(edit.path, edit.op) for edit in of(run, Edit)] == [("b.py", "delete")]
    assert run.unknown == {"brand_new_kind": 1}
    assert "base64" not in str(run.events)


def test_the_conversation_alone_with_calls_as_xml() -> None:
    run, outputs = read_with(
        IMPORTER,
        conversation(
            message(
                "assistant",
                "<thinking>\nhm\n</thinking>\n\nI look.\n\n<execute_command>\n<command>ls && cat a</command>\n"
                "<requires_approval>false</requires_approval>\n</execute_command>",
            ),
            message(
                "user", "[execute_command for 'ls && cat a'] Result:", f"Command executed.\nOutput:\na\n{ENVIRONMENT}"
            ),
            message(
                "assistant", f"<replace_in_file>\n<path>a.py</path>\n<diff>\n{SEARCH}\n</diff>\n</replace_in_file>"
            ),
            message("user", "[replace_in_file for 'a.py'] Result:\nThe content was successfully saved to a.py."),
            message("assistant", "<ask_followup_question>\n<question>Which?</question>\n</ask_followup_question>"),
            message("user", "[ask_followup_question for 'Which?'] Result:\n<answer>\nthat\n</answer>"),
            message("assistant", "<attempt_completion>\n<result>\nDone.\n</result>\n</attempt_completion>"),
        ),
    )
    assert [(prompt.text, prompt.via) for prompt in of(run, Prompt)] == [("rename x", "prompt"), ("that", "answer")]
    assert [thought.text for thought in of(run, Thought)] == ["hm"]
    assert [message.text for message in of(run, Message)] == ["I look.", "Done."]
    assert [(command.line, command.state, command.cwd) for command in of(run, Command)] == [
        ("ls && cat a", "unknown", "/w")
    ]
    assert [(edit.applied, edit.patch) for edit in of(run, Edit)] == [(True, "@@ @@\n-x = 1\n+y = 1")]
    assert [(question.text, question.answer) for question in of(run, Question)] == [("Which?", "that")]
    assert of(run, End)[0].reason == "finished"
    assert outputs == {}


def test_the_conversation_alone_with_calls_as_blocks() -> None:
    use = {
        "type": "tool_use",
        "id": "1",
        "name": "execute_command",
        "input": {"command": "make", "task_progress": "- [ ] a"},
    }
    run, outputs = read_with(
        IMPORTER,
        conversation(
            {
                **message("assistant", use),
                "ts": 1767644899093,
                "metrics": {"tokens": {"prompt": 5, "completion": 1}, "cost": 0.1},
            },
            message(
                "user",
                {"type": "tool_result", "tool_use_id": "1", "content": "Command executed.\nExit code: 2\nOutput:\nno"},
            ),
            message("user", {"type": "image", "source": {"data": "AAAA"}}, "<feedback>\nmore\n</feedback>"),
        ),
    )
    (command,) = of(run, Command)
    assert (command.exit_code, command.time, outputs[1]) == (2, "2026-01-05T20:28:19.093Z", b"no")
    assert [prompt.text for prompt in of(run, Prompt)] == ["rename x", "more"]
    assert [(usage.input_tokens, usage.usd) for usage in of(run, Usage)] == [(5, 0.1)]
    assert of(run, Plan)[0].steps[0].text == "a"


def test_xml_that_is_none() -> None:
    assert calls_in("a <execute_command> b")[0] == "a "
    assert calls_in("x <read_file><args><file><path>a</path></file><file><path>b</path></file></args></read_file>")[
        1
    ] == [("read_file", {"files": [{"path": "a"}, {"path": "b"}]})]
    assert calls_in("<write_to_file><path>a</path><content><content>x</content></content></write_to_file>")[1] == [
        ("write_to_file", {"path": "a", "content": "<content>x</content>"})
    ]
    assert len(calls_in("<read_file>" * 100_000)[1]) == 1


def sdk(*messages: dict[str, Any]) -> bytes:
    return json.dumps({"version": 1, "agent": "lead", "sessionId": "s", "messages": messages}).encode()


def test_a_call_of_the_sdk_may_be_several() -> None:
    use = {
        "type": "tool_use",
        "id": "1",
        "name": "run_commands",
        "input": {"commands": ["ls", {"command": "git", "args": ["a b"]}]},
    }
    parts = [
        {"query": "ls", "result": "a", "success": True},
        {"query": "git", "error": "Command exited with code 3", "result": "", "success": False},
    ]
    files = {
        "type": "tool_use",
        "id": "2",
        "name": "read_files",
        "input": {"files": [{"path": "a", "start_line": 2}, {"path": "b"}]},
    }
    run, outputs = read_with(
        IMPORTER,
        sdk(
            message("user", "go", {"type": "file", "path": "a", "content": "x"}),
            message("assistant", use, files),
            message(
                "user",
                {"type": "tool_result", "tool_use_id": "1", "content": json.dumps(parts)},
                {
                    "type": "tool_result",
                    "tool_use_id": "2",
                    "content": [{"query": "a", "result": "x", "success": True}],
                },
            ),
        ),
    )
    assert [(command.line, command.exit_code, command.state) for command in of(run, Command)] == [
        ("ls", 0, "passed"),
        ("git 'a b'", 3, "failed"),
    ]
    assert outputs == {1: b"a", 2: b"Command exited with code 3"}
    assert [(read.path, read.first) for read in of(run, Read)] == [("a", None), ("a", 2), ("b", None)]
    assert of(run, Prompt)[0].attachments == 1


def test_what_a_compaction_of_the_sdk_puts_among_the_messages_is_the_programs() -> None:
    told = {"role": "user", "metadata": {"kind": "compaction_summary"}, "content": [{"type": "text", "text": "Goal"}]}
    asked = [{"type": "text", "text": "Go on."}, {"type": "text", "text": "<SYSTEM_NOTICE>\nFiles read: a"}]
    run, _ = read_with(IMPORTER, sdk(told, {"role": "user", "content": asked}))
    assert [prompt.text for prompt in of(run, Prompt)] == ["Go on."]
    assert [context.what for context in of(run, Context)] == ["compaction", "note"]


def test_any_spoiled_log_gives_a_run_or_a_sentence() -> None:
    use = {"type": "tool_use", "id": "1", "name": "run_commands", "input": {"commands": ["ls"]}}
    for value in (
        full().items,
        json.loads(conversation(message("assistant", use))),
        json.loads(sdk(message("assistant", use))),
    ):
        for each in spoiled(json.dumps(value, indent=1).encode()):
            stands(IMPORTER, each)


def test_values_of_any_type_stand_anywhere() -> None:
    items = full().items
    api = source(conversation(message("user", "[execute_command for 'pytest -q'] Result:\nExit code: 0")), "api.json")
    for changed in wrong_types(items):
        stands(IMPORTER, json.dumps(changed).encode(), [api])
    use = {
        "type": "tool_use",
        "id": "1",
        "name": "run_commands",
        "input": {"commands": ["ls", {"command": "x", "args": []}]},
    }
    result = {"type": "tool_result", "tool_use_id": "1", "content": [{"query": "ls", "result": "a", "success": True}]}
    talk = [
        message("assistant", use),
        {**message("user", result), "ts": 1, "metrics": {"cost": 1}, "modelInfo": {"id": "x"}},
    ]
    for changed in wrong_types(talk):
        stands(IMPORTER, sdk(*changed) if isinstance(changed, list) else sdk())
        stands(IMPORTER, json.dumps(changed).encode())
    facts = {
        "session_id": "x",
        "messages_path": "x",
        "status": "failed",
        "metadata": {"fork": {"forkedFromSessionId": "y"}},
    }
    metadata = {"files_in_context": [{"path": "x", "record_source": "user_edited"}], "model_usage": [{"model_id": "m"}]}
    item = {"id": "1", "ts": 1, "task": "x", "tokensIn": 1, "workspace": "/w"}
    for beside in (facts, metadata, item):
        for changed in wrong_types(beside):
            stands(IMPORTER, full().data(), [source(json.dumps(changed).encode(), "b.json")])


def test_files_beside_a_task_add_to_it() -> None:
    metadata = {
        "files_in_context": [{"path": "a.py", "record_source": "user_edited"}],
        "model_usage": [{"model_id": "m2"}],
        "environment_history": [{"cline_version": "3.49.1"}],
    }
    item = {"id": "1767644899093", "ts": 1, "task": "x", "tokensIn": 1, "cwdOnTaskInitialization": "/w2"}
    run, _ = full().run(
        source(json.dumps(metadata).encode(), "task_metadata.json"),
        source(json.dumps(item).encode(), "history_item.json"),
    )
    assert (run.info.versions, run.info.session_ids, run.info.cwds) == (["3.49.1"], ["1767644899093"], ["/w2", "/w"])
    assert "m2" in run.info.models
    assert "edited by the person meanwhile: a.py" in [event.text for event in of(run, Context)]
