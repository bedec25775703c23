"""opencode: exported sessions, lists of messages, and the lines of a run."""

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
    Question,
    Read,
    Search,
    Thought,
    Tool,
    Usage,
)
from reviewer.run.importers.opencode import OpenCode
from tests.support.imported import jsonl, of, read_with, source, spoiled, stands, wrong_types

IMPORTER = OpenCode()
Record = dict[str, Any]
START = 1_750_000_000_000
INFO = {
    "id": "ses_1",
    "title": "A fix",
    "directory": "/w",
    "version": "1.15.6",
    "time": {"created": START, "updated": START + 90_000},
    "share": {"url": "https://opncd.ai/s/1"},
    "permission": [{"permission": "bash", "pattern": "rm *", "action": "ask"}],
}


def user(number: int, *parts: Record, **more: Any) -> Record:  # noqa: ANN401 - any field
    info = {"id": f"msg_{number}", "sessionID": "ses_1", "role": "user", "time": {"created": START + number * 1000}}
    model = {"providerID": "p", "modelID": "m"}
    return {"info": {**info, "agent": "build", "model": model, **more}, "parts": list(parts)}


def answer(number: int, *parts: Record, **more: Any) -> Record:  # noqa: ANN401 - any field
    times = {"created": START + number * 1000, "completed": START + number * 1000 + 900}
    info = {"id": f"msg_{number}", "sessionID": "ses_1", "role": "assistant", "time": times, "modelID": "m",
            "providerID": "p", "mode": "build", "path": {"cwd": "/w", "root": "/w"}, "finish": "stop"}  # fmt: skip
    return {"info": {**info, **more}, "parts": list(parts)}


def text(said: str, **more: Any) -> Record:  # noqa: ANN401 - any field
    return {"type": "text", "text": said, **more}


def tool(name: str, given: Record, output: str | None = "ok", **more: Any) -> Record:  # noqa: ANN401 - any field
    state: Record = {"status": "completed", "input": given, "output": output, "title": "", "metadata": {}}
    state["time"] = {"start": START + 5000, "end": START + 7500}
    if "error" in more:
        state["status"] = "error"
    return {"type": "tool", "tool": name, "callID": f"call_{name}", "state": {**state, **more}}


def run_of(*messages: Record, **info: Any) -> Any:  # noqa: ANN401 - a run
    return read_with(IMPORTER, json.dumps({"info": {**INFO, **info}, "messages": messages}).encode())[0]


REJECTED = "The user rejected permission to use this specific tool call."
DIFF = "Index: /w/a.py\n===\n--- /w/a.py\n+++ /w/a.py\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n"


def full() -> list[Record]:
    tokens = {"input": 10, "output": 5, "reasoning": 2, "cache": {"read": 30, "write": 4}}
    todos = [{"content": "look", "status": "completed"}, {"content": "fix", "status": "in_progress"}]
    return [
        user(1, text("Fix it."), text("Called the Read tool", synthetic=True), {
            "type": "file", "mime": "text/plain", "filename": "b.py", "url": "file:///w/my%20b.py"},
            tools={"webfetch": False}),
        answer(2, {"type": "step-start"}, {"type": "reasoning", "text": "Hm.", "time": {"start": START}},
               text("I look."),
               tool("read", {"filePath": "/w/a.py", "offset": 9, "limit": 2}, "<file>\n00010| a\n00011| b\n\n(File"),
               tool("grep", {"pattern": "x", "path": "/w"}),
               tool("edit", {"filePath": "/w/a.py", "oldString": "a", "newString": "b"}, metadata={"diff": DIFF}),
               tool("edit", {"filePath": "/w/a.py", "oldString": "q", "newString": "b"}, error="oldString not found"),
               tool("write", {"filePath": "/w/n.py", "content": "1\n"}, metadata={"exists": False}),
               tool("bash", {"command": "make", "description": "Build", "workdir": "/w/sub"}, "bad",
                    metadata={"exit": 2, "truncated": True}),
               tool("bash", {"command": "rm x"}, error=f"{REJECTED[:-1]} with the following feedback: leave it"),
               tool("bash", {"command": "sleep 9"}, "x\n(Command timed out after 5 ms)", metadata={"exit": None}),
               {"type": "step-finish", "reason": "tool-calls", "cost": 0.01, "tokens": tokens},
               {"type": "patch", "hash": "h", "files": ["/w/a.py"]}, cost=0.01, tokens=tokens),
        answer(3, tool("todowrite", {"todos": todos}), tool("webfetch", {"url": "https://a.example"}),
               tool("question", {"questions": [{"question": "Which?"}, {"question": "When?"}]},
                    'User has answered your questions: "Which?"="first"', metadata={"answers": [["first"], []]}),
               tool("task", {"description": "look", "prompt": "p"}, metadata={"sessionId": "ses_2"}),
               {"type": "retry", "attempt": 2, "error": {"name": "APIError", "data": {"message": "overloaded"}}},
               {"type": "compaction", "auto": True}, {"type": "snapshot", "snapshot": "abc"},
               text("Done."), cost=0.02, tokens={**tokens, "reasoning": 0}),
    ]  # fmt: skip


def test_the_messages_of_a_session() -> None:
    data = json.dumps({"info": INFO, "messages": full()}, indent=2).encode()
    assert IMPORTER.sniff(data, "x")
    run, outputs = read_with(IMPORTER, data)
    assert not run.unknown
    assert [(prompt.text, prompt.via, prompt.attachments) for prompt in of(run, Prompt)] == [
        ("Fix it.", "prompt", 1),
        ("leave it", "denial", 0),
        ("first", "answer", 0),
    ]
    first, second = of(run, Read)
    assert (first.path, second.path, second.first, second.last, second.whole) == (
        "/w/my b.py",
        "/w/a.py",
        10,
        11,
        False,
    )
    assert [(search.pattern, search.path) for search in of(run, Search)] == [("x", "/w")]
    changed, missed, made = of(run, Edit)
    assert (changed.applied, changed.patch) == (True, "@@ -1,2 +1,2 @@\n-a\n+b\n c")
    assert (missed.applied, missed.refused) == (False, "oldString not found")
    assert (made.op, made.patch) == ("add", "@@ -0,0 +1,1 @@\n+1")
    built, denied, slept = of(run, Command)
    assert (built.cwd, built.exit_code, built.state, built.description) == ("/w/sub", 2, "failed", "Build")
    assert (built.seconds, built.seconds_from, built.log_cut) == (2.5, "reported", True)
    assert (denied.state, slept.state, slept.exit_code, slept.cwd) == ("denied", "cancelled", None, "/w")
    assert outputs == {1: b"bad", 3: b"x\n(Command timed out after 5 ms)"}
    assert [denial.what for denial in of(run, Denial)] == ["rm x"]
    assert [[step.status for step in plan.steps] for plan in of(run, Plan)] == [["completed", "in_progress"]]
    assert [(question.text, question.answer) for question in of(run, Question)] == [
        ("Which?", "first"),
        ("When?", None),
    ]
    assert [(tool.tool, tool.boundary) for tool in of(run, Tool)] == [("webfetch", "network"), ("task", "host")]
    uses = of(run, Usage)
    assert [(use.usd, use.input_tokens, use.cache_read_tokens, use.cache_write_tokens) for use in uses] == [
        (0.01, 10, 30, 4),
        (0.02, 10, 30, 4),
    ]
    assert [error.text for error in of(run, Error)] == ["overloaded (attempt 2)"]
    assert [thought.text for thought in of(run, Thought)] == ["Hm."]
    assert Counter(context.what for context in of(run, Context)) == {
        "scope": 2, "mode": 1, "note": 1, "snapshot": 2, "compaction": 1,
    }  # fmt: skip
    info = run.info
    assert (info.session_ids, info.cwds, info.versions, info.models) == (["ses_1"], ["/w"], ["1.15.6"], ["p/m"])
    assert (info.title, info.links, info.permission_modes) == ("A fix", ["https://opncd.ai/s/1"], ["build"])
    assert (info.started, info.ended) == ("2025-06-15T15:06:40.000Z", "2025-06-15T15:08:10.000Z")
    assert of(run, End)[0].reason == "finished"


def test_a_list_of_messages_and_another_order_are_the_same_run() -> None:
    whole, _ = read_with(IMPORTER, json.dumps({"info": INFO, "messages": full()}).encode())
    for document in (full(), {"messages": full(), "info": INFO}):
        data = json.dumps(document).encode()
        assert IMPORTER.sniff(data, "x")
        run, _ = read_with(IMPORTER, data)
        kinds = [event.kind for event in run.events if event.kind != "context"]
        assert kinds == [event.kind for event in whole.events if event.kind != "context"]


def test_the_lines_of_a_run() -> None:
    def line(kind: str, number: int, part: Record) -> Record:
        return {"type": kind, "timestamp": START + number * 1000, "sessionID": "ses_1", "part": part}

    log = [
        line("step_start", 1, {"type": "step-start"}),
        line("tool_use", 2, tool("bash", {"command": "ls"}, "a", metadata={"exit": 0})),
        line("text", 3, text("Done.")),
        line("step_finish", 4, {"type": "step-finish", "cost": 0.5, "tokens": {"input": 1, "output": 2}}),
    ]
    data = jsonl(log)
    assert IMPORTER.sniff(data, "x")
    run, _ = read_with(IMPORTER, data)
    assert [event.kind for event in run.events] == ["command", "message", "usage", "end"]
    assert run.info.session_ids == ["ses_1"]
    failed = {"type": "error", "timestamp": START, "sessionID": "ses_1", "error": {"name": "APIError", "data": {}}}
    run, _ = read_with(IMPORTER, jsonl([*log, failed]))
    assert of(run, End)[0].reason == "error"


class TestCalls:
    @pytest.mark.parametrize(
        ("more", "state", "code"),
        [
            ({"metadata": {"exit": 0}}, "passed", 0),
            ({"metadata": {"exit": 1}}, "failed", 1),
            ({"metadata": {"exit": None}}, "cancelled", None),
            ({"metadata": {}}, "unknown", None),
            ({"error": "Tool execution aborted"}, "cancelled", None),
            ({"error": REJECTED}, "denied", None),
            ({"error": "The user has specified a rule which prevents you from using"}, "denied", None),
            ({"error": "spawn failed"}, "failed", None),
            ({"status": "running", "time": {"start": START}}, "running", None),
            ({"status": "pending"}, "not_run", None),
            ({"output": "x\n<shell_metadata>\nshell tool terminated command after exceeding timeout 5 ms",
              "metadata": {"exit": 1}}, "cancelled", 1),
        ],
    )  # fmt: skip
    def test_how_a_command_ended(self, more: Record, state: str, code: int | None) -> None:
        given = {"output": "ok", **more}
        run = run_of(user(1, text("Go.")), answer(2, tool("bash", {"command": "make"}, **given)))
        assert [(command.state, command.exit_code) for command in of(run, Command)] == [(state, code)]

    def test_a_patch_is_an_edit_of_each_file(self) -> None:
        patch = "*** Begin Patch\n*** Add File: n.py\n+1\n*** Update File: a.py\n@@\n-a\n+b\n*** End Patch"
        files = [
            {"filePath": "/w/n.py", "relativePath": "n.py", "type": "add", "patch": "--- /w/n.py\n@@ -0,0 +1 @@\n+1"},
            {"filePath": "/w/a.py", "relativePath": "a.py", "type": "update", "patch": "x\n@@ -4 +4 @@\n-a\n+b\n"},
        ]
        done = tool("apply_patch", {"patchText": patch}, metadata={"files": files})
        run = run_of(user(1, text("Go.")), answer(2, done))
        assert [(edit.path, edit.op, edit.applied, edit.patch) for edit in of(run, Edit)] == [
            ("n.py", "add", True, "@@ -0,0 +1 @@\n+1"),
            ("a.py", "update", True, "@@ -4 +4 @@\n-a\n+b"),
        ]
        failed = tool("apply_patch", {"patchText": patch}, error="apply_patch verification failed: x")
        run = run_of(user(1, text("Go.")), answer(2, failed))
        assert [edit.applied for edit in of(run, Edit)] == [False, False]

    @pytest.mark.parametrize(
        ("output", "given", "expected"),
        [
            ("<file>\n00001| a\n00002| b\n\n(End of file - total 2 lines)\n</file>", {}, (None, None, True)),
            ("<content>\n51: a\n52: b\n\n(Showing lines 51-52", {"offset": 51, "limit": 2}, (51, 52, False)),
            ("<file>\n00001| a\n(File has more lines", {}, (1, 1, False)),
            ("", {"offset": 5}, (5, None, False)),
        ],
    )
    def test_which_lines_were_read(self, output: str, given: Record, expected: tuple[object, ...]) -> None:
        run = run_of(user(1, text("Go.")), answer(2, tool("read", {"filePath": "/w/a", **given}, output)))
        (read,) = of(run, Read)
        assert (read.first, read.last, read.whole) == expected

    def test_an_output_that_was_cleared_is_lost(self) -> None:
        done = tool("bash", {"command": "x"}, "[Old tool result content cleared]", metadata={"exit": 0})
        run = run_of(user(1, text("Go.")), answer(2, done))
        assert (of(run, Command)[0].log_cut, list(run.info.lost)) == (True, ["tool output"])

    def test_a_question_that_was_dismissed_stays_open(self) -> None:
        asked = tool("question", {"questions": [{"question": "Which?"}]}, error="The user dismissed this question")
        run = run_of(user(1, text("Go.")), answer(2, asked))
        assert [question.answer for question in of(run, Question)] == [None]
        assert not of(run, Denial)


class TestMessages:
    def test_what_was_taken_back_stays_and_is_marked(self) -> None:
        revert = {"messageID": "msg_3", "snapshot": "abc"}
        messages = (user(1, text("One.")), answer(2, text("a")), user(3, text("Two.")), answer(4, text("b")))
        run = run_of(*messages, revert=revert)
        assert [prompt.discarded for prompt in of(run, Prompt)] == [False, True]
        assert [message.discarded for message in of(run, Message)] == [False, True]
        assert any("files were set back" in context.text for context in of(run, Context))

    def test_a_summary_of_the_conversation_is_no_message(self) -> None:
        run = run_of(user(1, text("Go.")), answer(2, text("So far."), summary=True))
        assert not of(run, Message)
        assert [context.text for context in of(run, Context) if context.what == "compaction"] == ["So far."]

    def test_parts_come_in_the_order_of_their_ids(self) -> None:
        run = run_of(user(1, text("Go.")), answer(2, text("b", id="prt_2"), text("a", id="prt_1")))
        assert [message.text for message in of(run, Message)] == ["a", "b"]

    def test_another_agent_and_another_model_are_noted(self) -> None:
        run = run_of(user(1, text("Go."), agent="plan"), answer(2, text("a"), mode="build", modelID="n"))
        assert run.info.permission_modes == ["plan", "build"]
        assert [context.text for context in of(run, Context) if context.what == "model"] == ["model: p/n"]

    def test_a_command_that_starts_a_sub_task_is_a_prompt(self) -> None:
        part = {"type": "subtask", "command": "review", "agent": "plan", "description": "d", "prompt": "p"}
        run = run_of(user(1, part), answer(2, text("a")))
        assert [(prompt.text, prompt.via, prompt.turn) for prompt in of(run, Prompt)] == [
            ("review: plan: d: p", "command", 1)
        ]

    def test_tokens_of_an_answer_that_never_came_are_not_recorded(self) -> None:
        zero = {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}}
        run = run_of(user(1, text("Go.")), answer(2, time={"created": START}, finish=None, cost=0, tokens=zero))
        assert not of(run, Usage)

    def test_reasoning_is_written_too_where_the_total_says_so(self) -> None:
        counted = [{"input": 7, "output": 3, "reasoning": 5, "total": total} for total in (15, 10)]
        steps = [{"type": "step-finish", "cost": 0, "tokens": tokens} for tokens in counted]
        run = run_of(user(1, text("Go.")), answer(2, *steps))
        assert [use.output_tokens for use in of(run, Usage)] == [8, 3]

    def test_totals_of_the_session_count_where_nothing_else_does(self) -> None:
        run = run_of(user(1, text("Go.")), answer(2, text("a")), cost=1.5, tokens={"input": 7, "output": 3})
        assert [(use.usd, use.input_tokens) for use in of(run, Usage)] == [(1.5, 7)]


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (user(9, text("And?")), "unanswered"),
        (answer(9, text("a"), error={"name": "MessageAbortedError", "data": {"message": "x"}}), "interrupted"),
        (answer(9, text("a"), error={"name": "ProviderAuthError", "data": {"message": "x"}}), "error"),
        (answer(9, text("a"), error={"name": "MessageOutputLengthError", "data": {}}), "limit"),
        (answer(9, text("a"), finish="length"), "limit"),
        (answer(9, tool("bash", {"command": "x"}, status="running"), finish=None, time={}), "unanswered"),
        (answer(9, {"type": "step-start"}, finish=None, time={}), "unanswered"),
        (answer(9, text("a")), "finished"),
    ],
)
def test_the_end_follows_the_last_message(last: Record, reason: str) -> None:
    assert of(run_of(user(1, text("Go.")), last), End)[0].reason == reason


def test_the_session_of_a_sub_agent_beside() -> None:
    below = {"info": {**INFO, "id": "ses_2", "parentID": "ses_1"}, "messages": [
        user(5, text("Look.")), answer(6, tool("bash", {"command": "ls"}, metadata={"exit": 0}), text("Seen.")),
    ]}  # fmt: skip
    log = source(json.dumps(below).encode(), "sessions/2.json", agent="ses_2")
    run, _ = read_with(IMPORTER, json.dumps({"info": INFO, "messages": full()}).encode(), [log])
    assert [command.agent for command in of(run, Command)].count("root/ses_2") == 1
    assert [prompt.via for prompt in of(run, Prompt)] == ["prompt", "denial", "answer"]
    assert run.info.session_ids == ["ses_1"]
    alone, _ = read_with(IMPORTER, json.dumps({"info": INFO, "messages": full()[:1]}).encode(), [log])
    assert [command.agent for command in of(alone, Command)] == ["root/ses_2"]


def test_parts_that_nobody_knows_are_kept() -> None:
    orphans = [text("whose?"), tool("bash", {"command": "ls"}, metadata={"exit": 0})]
    run = run_of(user(1, text("Go.")), answer(2, {"type": "dance"}), {"info": {"id": "msg_3"}, "parts": orphans})
    assert run.unknown == {"part/dance": 1, "role missing": 1}
    assert [command.exit_code for command in of(run, Command)] == [0]


def test_any_spoiled_session_gives_a_run_or_a_sentence() -> None:
    lines = jsonl([{"type": "text", "timestamp": START, "sessionID": "ses_1", "part": text("x")} for _ in range(4)])
    for data in (json.dumps({"info": INFO, "messages": full()}, indent=1).encode(), json.dumps(full()).encode(), lines):
        for each in spoiled(data, steps=40):
            stands(IMPORTER, each)


def test_values_of_any_type_stand_anywhere() -> None:
    for number, message in enumerate(full()):
        for changed in wrong_types(message):
            stands(IMPORTER, json.dumps({"info": INFO, "messages": [*full()[:number], changed]}).encode())
    for changed in wrong_types({**INFO, "revert": {"messageID": "msg_1"}, "summary": {"files": 1}, "tokens": {}}):
        stands(IMPORTER, json.dumps({"info": changed, "messages": [user(1, text("Go."))]}).encode())
