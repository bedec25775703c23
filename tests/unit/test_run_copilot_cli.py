"""Copilot: the events of its command line, and its chats in VS Code."""

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
    Thought,
    Tool,
    Usage,
)
from reviewer.run.importers.copilot_cli import CopilotCli
from tests.support.imported import jsonl, of, read_with, spoiled, stands, wrong_types
from tests.support.samples import samples_dir

IMPORTER = CopilotCli()


class Log:
    """Session events in the making: ids and times of their own."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.add(
            "session.start",
            sessionId="s1",
            copilotVersion="1.0.45",
            selectedModel="gpt-5",
            context={
                "cwd": "/repo",
                "branch": "main",
                "headCommit": "a" * 40,
                "repository": "o/r",
                "repositoryHost": "github.com",
            },
        )

    def add(self, kind: str, *, agent: str | None = None, **data: Any) -> str:  # noqa: ANN401 - any JSON
        number = len(self.records)
        record = {"type": kind, "data": data, "id": f"e{number}", "timestamp": f"2026-05-12T00:00:{number:02}.000Z"}
        self.records.append(record if agent is None else {**record, "agentId": agent})
        return f"e{number}"

    def call(self, identity: str, name: str, arguments: object, **complete: Any) -> None:  # noqa: ANN401
        self.add("assistant.message", content="", toolRequests=[request(identity, name, arguments)])
        self.add("tool.execution_start", toolCallId=identity, toolName=name, arguments=arguments)
        if complete:
            self.add("tool.execution_complete", toolCallId=identity, **complete)

    def run(self) -> tuple[Any, dict[int, bytes]]:
        return read_with(IMPORTER, jsonl(self.records))


def request(identity: str, name: str, arguments: object) -> dict[str, object]:
    return {"toolCallId": identity, "name": name, "arguments": arguments}


def full() -> Log:
    """A log with most of what there is."""
    log = Log()
    log.add("user.message", content="fix it", transformedContent="<reminder>…</reminder> fix it", attachments=[{}])
    log.add("assistant.reasoning", content="hm")
    log.add("assistant.message", content="On it.", reasoningText="hm", outputTokens=7, model="gpt-5")
    log.call("c1", "view", {"path": "/repo/a.py", "view_range": [1, 20]}, success=True, result={"content": "x"})
    log.call(
        "c2", "bash", {"command": "pytest"}, success=True, result={"content": "1 failed\n<exited with exit code 1>"}
    )
    log.call(
        "c3", "edit", {"path": "/repo/a.py", "old_str": "a", "new_str": "b"}, success=True, result={"content": "ok"}
    )
    log.call("c4", "update_todo", {"todos": "- [x] one\n- [ ] two"}, success=True, result={"content": "ok"})
    parts = [{"type": "shell_exit", "exitCode": 0, "outputTruncated": True}, {"type": "text", "text": "x"}]
    log.call("c5", "bash", {"command": "x", "mode": "async"}, success=True, result={"contents": parts})
    log.add("permission.requested", requestId="r", permissionRequest={"kind": "shell", "fullCommandText": "git push"})
    log.add("permission.completed", requestId="r", result={"kind": "denied-interactively-by-user", "feedback": "no"})
    log.add("user_input.requested", requestId="q", question="Which?", choices=["a", "b"])
    log.add("user_input.completed", requestId="q", answer="b")
    log.add("exit_plan_mode.requested", requestId="p", planContent="1. do\n- [ ] a", summary="s", actions=[])
    log.add("exit_plan_mode.completed", requestId="p", approved=False, feedback="smaller")
    log.add("session.error", errorType="query", message="no", statusCode=500)
    log.add("subagent.started", toolCallId="c9", agentName="x", agentDisplayName="X")
    log.add("hook.start", hookInvocationId="h", hookType="preToolUse")
    log.add("hook.end", hookInvocationId="h", hookType="preToolUse", success=True)
    log.add("session.compaction_complete", success=True, preCompactionTokens=9, summaryContent="so far")
    log.add("session.snapshot_rewind", upToEventId="e1", eventsRemoved=3)
    log.add("session.shutdown", shutdownType="routine", codeChanges={"filesModified": ["a.py"]}, modelMetrics={})
    return log


def test_the_sample_agrees_with_its_index() -> None:
    data = (samples_dir() / "transcripts" / "copilot" / "cp01-cli-events-fixture.jsonl").read_bytes()
    assert IMPORTER.sniff(data, "x")
    run, _ = read_with(IMPORTER, data)
    assert [edit.path for edit in of(run, Edit)] == ["/Users/test/project/hello.py"]
    assert of(run, Edit)[0].op == "add"
    assert run.info.base_commit == "3a97d3e01e093f632865982193c9506debda3a87"
    assert run.records == 6
    assert not run.unknown


def test_a_session_says_where_and_from_which_commit_it_began() -> None:
    run, _ = Log().run()
    info = run.info
    assert (info.cwds, info.branches, info.base_commit) == (["/repo"], ["main"], "a" * 40)
    assert (info.repository, info.models, info.versions) == ("https://github.com/o/r", ["gpt-5"], ["1.0.45"])


def test_the_prompt_is_what_was_typed() -> None:
    run, _ = full().run()
    (prompt,) = of(run, Prompt)[:1]
    assert (prompt.text, prompt.attachments, prompt.turn) == ("fix it", 1, 1)


@pytest.mark.parametrize("more", [{"source": "skill-pdf"}, {"source": "agent-1"}, {"isAutopilotContinuation": True}])
def test_what_the_program_injects_is_no_prompt(more: dict[str, Any]) -> None:
    log = Log()
    log.add("user.message", content="read this", **more)
    run, _ = log.run()
    assert not of(run, Prompt)


def test_a_thought_that_stands_in_two_events_is_one() -> None:
    run, _ = full().run()
    assert [thought.text for thought in of(run, Thought)] == ["hm"]


@pytest.mark.parametrize(
    ("complete", "code", "output"),
    [
        ({"success": True, "result": {"content": "out\n<exited with exit code 2>"}}, 2, b"out"),
        ({"success": True, "result": {"content": "out\n<shellId: 3 completed with exit code 0>"}}, 0, b"out"),
        (
            {"success": True, "result": {"content": "out", "contents": [{"type": "shell_exit", "exitCode": 3}]}},
            3,
            b"out",
        ),
        ({"success": True, "result": {"contents": [{"type": "terminal", "text": "out", "exitCode": 4}]}}, 4, b"out"),
        ({"success": False, "error": {"message": "out"}, "shellExecution": {"exitCode": 5}}, 5, b"out"),
        ({"success": True, "result": "out"}, None, b"out"),
        ({"success": False, "error": {"message": "out", "code": "failure"}}, None, b"out"),
    ],
)
def test_an_exit_code_is_taken_from_wherever_it_stands(
    complete: dict[str, object], code: int | None, output: bytes
) -> None:
    log = Log()
    log.call("c", "bash", {"command": "make"}, **complete)
    run, outputs = log.run()
    (command,) = of(run, Command)
    assert (command.exit_code, outputs[1]) == (code, output)
    assert command.seconds_from == "timestamps"


def test_no_exit_code_is_not_a_pass() -> None:
    log = Log()
    log.call("c", "bash", {"command": "make"}, success=True, result={"content": "fine"})
    assert of(log.run()[0], Command)[0].state == "unknown"


def test_arguments_may_be_json_in_a_text_and_the_start_may_be_missing() -> None:
    log = Log()
    log.add("assistant.message", content="", toolRequests=[request("c", "bash", json.dumps({"command": "ls"}))])
    log.add("tool.execution_complete", toolCallId="c", success=True, result={"content": "<exited with exit code 0>"})
    run, _ = log.run()
    assert [(command.line, command.state) for command in of(run, Command)] == [("ls", "passed")]


def test_a_background_command_ends_where_it_is_looked_at() -> None:
    log = Log()
    still = "working\n<command with shellId: 7 is still running after 10 seconds. Use read_bash to continue waiting.>"
    log.call("c", "bash", {"command": "make", "mode": "async"}, success=True, result={"content": still})
    log.call("d", "read_bash", {"shellId": "7"}, success=True, result={"content": "done\n<exited with exit code 0>"})
    run, outputs = log.run()
    (command,) = of(run, Command)
    assert (command.state, command.exit_code, command.background) == ("passed", 0, True)
    assert outputs[1] == b"workingdone"


def test_a_background_command_that_nobody_asked_about_still_runs() -> None:
    log = Log()
    log.call("c", "bash", {"command": "serve"}, success=True, result={"content": "<shellId: 7 is still running>"})
    assert of(log.run()[0], Command)[0].state == "running"


@pytest.mark.parametrize("after", [False, True])
def test_a_refusal_is_one_denial_with_the_persons_words(after: bool) -> None:  # noqa: FBT001 - a case
    log = Log()
    log.call("c", "bash", {"command": "rm -rf x"})
    log.add(
        "permission.requested",
        requestId="r",
        permissionRequest={"kind": "shell", "toolCallId": "c", "fullCommandText": "rm -rf x"},
    )
    log.add(
        "permission.completed",
        requestId="r",
        toolCallId="c",
        result={"kind": "denied-interactively-by-user", "feedback": "use git clean"},
    )
    if after:
        log.add("tool.execution_complete", toolCallId="c", success=False, error={"code": "denied", "message": "no"})
    run, _ = log.run()
    assert [(denial.tool, denial.what) for denial in of(run, Denial)] == [("bash", "rm -rf x")]
    assert [(prompt.text, prompt.via) for prompt in of(run, Prompt)] == [("use git clean", "denial")]
    assert of(run, Command)[0].state == "denied"


def test_what_was_approved_for_the_session_is_scope() -> None:
    log = Log()
    log.add("permission.requested", requestId="r", permissionRequest={"kind": "shell", "fullCommandText": "git add ."})
    log.add(
        "permission.completed",
        requestId="r",
        result={"kind": "approved-for-session", "approval": {"kind": "commands", "commandIdentifiers": ["git add"]}},
    )
    run, _ = log.run()
    assert run.info.allowed_commands == ["git add"]
    assert [event.text for event in of(run, Context) if event.what == "scope"] == [
        "approved for session (git add): git add ."
    ]


def test_a_rewind_takes_back_and_leaves_what_was_done() -> None:
    log = Log()
    first = log.add("user.message", content="wrong")
    log.call("c", "create", {"path": "a", "file_text": "x\n"}, success=True, result={"content": "ok"})
    log.add("session.snapshot_rewind", upToEventId=first, eventsRemoved=4)
    log.add("user.message", content="right")
    run, _ = log.run()
    assert [(prompt.text, prompt.discarded) for prompt in of(run, Prompt)] == [("wrong", True), ("right", False)]
    assert [edit.discarded for edit in of(run, Edit)] == [True]
    assert [event.what for event in of(run, Context)] == ["rewind"]


def test_rewinds_inside_and_beyond_others_leave_what_comes_after() -> None:
    log = Log()
    first = log.add("user.message", content="0")
    for number in range(1, 5):
        inner = log.add("user.message", content=str(number))
        log.add("session.snapshot_rewind", upToEventId=first if number == 3 else inner)
    log.add("user.message", content="kept")
    run, _ = log.run()
    assert [(prompt.text, prompt.discarded) for prompt in of(run, Prompt)] == [
        *((str(number), True) for number in range(5)),
        ("kept", False),
    ]


def test_a_patch_is_an_edit_of_each_of_its_files() -> None:
    log = Log()
    patch = "*** Begin Patch\n*** Add File: n.py\n+x = 1\n*** Update File: o.py\n@@\n-a\n+b\n*** End Patch\n"
    log.call("c", "apply_patch", patch, success=True, result={"content": "ok"})
    run, _ = log.run()
    assert [(edit.path, edit.op, edit.applied, edit.added, edit.removed) for edit in of(run, Edit)] == [
        ("n.py", "add", True, 1, 0),
        ("o.py", "update", True, 1, 1),
    ]


def test_an_edit_shows_the_diff_of_its_result() -> None:
    log = Log()
    shown = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -3,1 +3,1 @@\n-old\n+new\n"
    log.call(
        "c",
        "edit",
        {"path": "/repo/a.py", "old_str": "old", "new_str": "new"},
        success=True,
        result={"content": "ok", "detailedContent": shown},
    )
    (edit,) = of(log.run()[0], Edit)
    assert edit.patch == "@@ -3,1 +3,1 @@\n-old\n+new"


def test_sub_agents_have_their_own_chain_and_their_prompt_is_none_of_a_person() -> None:
    log = Log()
    log.add("assistant.message", content="", toolRequests=[request("t", "task", {"prompt": "look"})])
    log.add("subagent.started", toolCallId="t", agentName="explore", agentDisplayName="Explore", agent="a1")
    log.add("user.message", content="look", agent="a1")
    log.add("tool.execution_start", toolCallId="c", toolName="view", arguments={"path": "x"}, agent="a1")
    log.add("subagent.completed", toolCallId="t", agentName="explore", agentDisplayName="Explore", agent="a1")
    run, _ = log.run()
    assert not of(run, Prompt)
    assert of(run, Read)[0].agent == "root/a1"


@pytest.mark.parametrize("known", [True, False])
def test_tokens_are_counted_once(known: bool) -> None:  # noqa: FBT001 - a case
    log = Log()
    log.add("assistant.message", content="a", outputTokens=5, model="m")
    if known:
        log.add("assistant.usage", model="m", inputTokens=10, outputTokens=5, cost=1.0)
    usage = {"inputTokens": 10, "outputTokens": 5, "cacheReadTokens": 0, "cacheWriteTokens": 0}
    log.add("session.shutdown", shutdownType="routine", modelMetrics={"m": {"requests": {}, "usage": usage}})
    run, _ = log.run()
    assert [(each.input_tokens, each.output_tokens, each.usd) for each in of(run, Usage)] == [(10, 5, None)]


def test_a_question_and_its_answer() -> None:
    log = Log()
    log.add("user_input.requested", requestId="q", question="Which?", choices=["a", "b"])
    log.add("user_input.completed", requestId="q", answer="b")
    assert [(each.text, each.answer) for each in of(log.run()[0], Question)] == [("Which?", "b")]


def test_a_plan_that_was_sent_back_is_a_denial_with_words() -> None:
    log = Log()
    log.add("exit_plan_mode.requested", requestId="p", planContent="1. do\n- [ ] a", summary="s", actions=[])
    log.add("exit_plan_mode.completed", requestId="p", approved=False, feedback="smaller")
    run, _ = log.run()
    assert of(run, Plan)[0].steps[0].text == "a"
    assert [(prompt.text, prompt.via) for prompt in of(run, Prompt)] == [("smaller", "denial")]


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("abort", {"reason": "user_initiated"}, "interrupted"),
        ("session.error", {"errorType": "rate_limit", "message": "slow down"}, "error"),
        ("session.shutdown", {"shutdownType": "error", "errorReason": "crash"}, "error"),
        ("session.task_complete", {"summary": "done"}, "finished"),
        ("session.shutdown", {"shutdownType": "routine"}, "finished"),
        ("user.message", {"content": "and?"}, "unanswered"),
    ],
)
def test_how_it_ended(kind: str, data: dict[str, Any], reason: str) -> None:
    log = Log()
    log.add("assistant.message", content="done")
    log.add(kind, **data)
    assert of(log.run()[0], End)[0].reason == reason


def test_a_call_that_was_cut_off_by_an_abort_was_cancelled() -> None:
    log = Log()
    log.call("c", "bash", {"command": "make"})
    log.add("tool.execution_partial_result", toolCallId="c", partialOutput="half")
    log.add("abort", reason="user_initiated")
    assert of(log.run()[0], Command)[0].state == "cancelled"


def test_an_error_of_the_provider_is_one() -> None:
    log = Log()
    log.add("session.error", errorType="query", message="no", statusCode=500)
    assert [(error.where, error.text) for error in of(log.run()[0], Error)] == [("provider", "no (500)")]


def test_a_copied_event_counts_once_and_an_unknown_one_is_kept() -> None:
    log = Log()
    log.add("session.brand_new", x=1)
    log.records.append(log.records[-1])
    run, _ = log.run()
    assert (run.unknown, run.repeated) == ({"session.brand_new": 1}, 1)


CHAT: dict[str, Any] = {
    "version": 3,
    "sessionId": "v1",
    "creationDate": 1763727100000,
    "responderUsername": "GitHub Copilot",
    "customTitle": "Build fix",
    "requests": [
        {
            "requestId": "r1",
            "timestamp": 1763727104742,
            "message": {"text": "fix the build"},
            "modelId": "copilot/gpt-4.1",
            "response": [
                {"value": "Looking "},
                {"kind": "inlineReference", "inlineReference": {"fsPath": "/w/a.go"}},
                {"value": " now."},
                {"kind": "thinking", "value": "hm"},
                {
                    "kind": "toolInvocationSerialized",
                    "toolId": "copilot_readFile",
                    "toolCallId": "t0",
                    "isComplete": True,
                    "isConfirmed": {"type": 1},
                    "pastTenseMessage": {"value": "Read [](file:///w/my%20app/a.go)"},
                },
                {
                    "kind": "toolInvocationSerialized",
                    "toolId": "run_in_terminal",
                    "toolCallId": "t1",
                    "isComplete": True,
                    "toolSpecificData": {
                        "kind": "terminal",
                        "commandLine": {"original": "go build"},
                        "terminalCommandOutput": {"text": "fail"},
                        "terminalCommandState": {"exitCode": 1, "duration": 1500},
                    },
                },
                {
                    "kind": "toolInvocationSerialized",
                    "toolId": "copilot_replaceString",
                    "toolCallId": "t2__vscode-9",
                    "isComplete": True,
                },
                {"kind": "textEditGroup", "uri": {"path": "/w/a.go"}, "edits": [[{"text": "b\n"}]], "done": True},
                {"kind": "toolInvocationSerialized", "toolId": "run_in_terminal", "isConfirmed": {"type": 0}},
                {"value": "Done."},
            ],
            "result": {
                "timings": {"totalElapsed": 5000},
                "metadata": {
                    "toolCallRounds": [
                        {
                            "toolCalls": [
                                {
                                    "id": "t2",
                                    "name": "replace_string_in_file",
                                    "arguments": '{"filePath": "/w/a.go", "oldString": "a", "newString": "b"}',
                                },
                                {"id": "t3", "name": "mystery", "arguments": "{}"},
                            ]
                        }
                    ],
                    "toolCallResults": {"t2": {"content": [{"value": "edited"}]}},
                },
            },
        }
    ],
}


def test_a_chat_of_the_editor() -> None:
    data = json.dumps(CHAT).encode()
    assert IMPORTER.sniff(data, "x")
    run, outputs = read_with(IMPORTER, data)
    assert run.info.agent == "GitHub Copilot in VS Code"
    assert [prompt.text for prompt in of(run, Prompt)] == ["fix the build"]
    assert [message.text for message in of(run, Message)] == ["Looking /w/a.go now.", "Done."]
    assert [read.path for read in of(run, Read)] == ["/w/my app/a.go"]
    first, second = of(run, Command)
    assert (first.line, first.exit_code, first.seconds, first.state) == ("go build", 1, 1.5, "failed")
    assert (second.state, outputs) == ("denied", {1: b"fail"})
    (edit,) = of(run, Edit)
    assert (edit.path, edit.applied, edit.patch) == ("/w/a.go", True, "@@ @@\n-a\n+b")
    assert [tool.tool for tool in of(run, Tool)] == ["mystery"]
    assert run.info.ended == "2025-11-21T12:11:49.742Z"


def test_a_chat_stored_as_changes_is_the_same_chat() -> None:
    request = CHAT["requests"][0]
    log = jsonl(
        [
            {"kind": 0, "v": {**CHAT, "requests": []}},
            {"kind": 2, "k": ["requests"], "v": [{**request, "response": []}, {"message": {"text": "dropped"}}]},
            {"kind": 2, "k": ["requests"], "v": [], "i": 1},
            {"kind": 2, "k": ["requests", 0, "response"], "v": request["response"][:3]},
            {"kind": 2, "k": ["requests", 0, "response"], "v": request["response"][2:], "i": 2},
            {"kind": 1, "k": ["x", "y"], "v": 1},
        ]
    )
    assert IMPORTER.sniff(log, "x")
    run, _ = read_with(IMPORTER, log)
    other, _ = read_with(IMPORTER, json.dumps(CHAT).encode())
    assert run.unknown == {"change": 1}
    assert [event.kind for event in run.events if event.kind != "unknown"] == [event.kind for event in other.events]


def test_any_spoiled_log_gives_a_run_or_a_sentence() -> None:
    for data in (jsonl(full().records), json.dumps(CHAT, indent=1).encode()):
        for each in spoiled(data):
            stands(IMPORTER, each)


def test_values_of_any_type_stand_anywhere() -> None:
    log = full()
    for number, record in enumerate(log.records):
        for changed in wrong_types(record):
            stands(IMPORTER, jsonl([*log.records[:number], changed, *log.records[number + 1 :]]))
    for changed in wrong_types(CHAT):
        stands(IMPORTER, json.dumps(changed).encode())
    changes = [{"kind": 0, "v": CHAT}, {"kind": 2, "k": ["requests", 0, "response"], "v": [{"value": "x"}], "i": 1}]
    for changed in wrong_types(changes[1]):
        stands(IMPORTER, jsonl([changes[0], changed]))
