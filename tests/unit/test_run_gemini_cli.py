"""Gemini CLI: chats as a document, as lines with their rules, and as raw contents."""

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
from reviewer.run.importers.gemini_cli import GeminiCli, shell
from tests.support.imported import jsonl, of, read_with, source, spoiled, stands, wrong_types
from tests.support.samples import samples_dir

IMPORTER = GeminiCli()
Record = dict[str, Any]
SHELL = "run_shell_command"
HEADER = {"sessionId": "s1", "projectHash": "h" * 64, "startTime": "2026-01-15T20:00:00.000Z", "kind": "main"}


def at(second: int) -> str:
    return f"2026-01-15T20:51:{second:02}.000Z"


def user(number: int, text: object, **more: Any) -> Record:  # noqa: ANN401 - any field
    return {"id": f"m{number}", "timestamp": at(number), "type": "user", "content": text, **more}


def model(number: int, text: object = "", *calls: Record, **more: Any) -> Record:  # noqa: ANN401 - any field
    base = {"id": f"m{number}", "timestamp": at(number), "type": "gemini", "content": text, "model": "gemini-3"}
    return {**base, **({"toolCalls": list(calls)} if calls else {}), **more}


def call(name: str, arguments: Record, output: str | None = None, **more: Any) -> Record:  # noqa: ANN401
    answer = {"error": more.pop("error")} if "error" in more else {"output": output}
    result = (
        {"result": [{"functionResponse": {"name": name, "response": answer}}]} if output is not None or answer else {}
    )
    identity = more.pop("id", f"{name}-1")
    return {"id": identity, "name": name, "args": arguments, "status": "success", "timestamp": at(59), **result, **more}


def run_of(*messages: Record, **header: Any) -> Any:  # noqa: ANN401 - a run
    return read_with(IMPORTER, json.dumps({**HEADER, **header, "messages": messages}).encode())[0]


def full() -> list[Record]:
    diff = "Index: a.py\n===\n--- a.py\tCurrent\n+++ a.py\tProposed\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n"
    todos = [{"description": "look", "status": "completed"}, {"description": "fix", "status": "pending"}]
    return [
        user(0, "<session_context>today</session_context>"),
        user(1, [{"text": "Fix @a.py"}, {"text": "\n--- Content from referenced files ---"},
                 {"text": "\nContent from @a.py:\n"}, {"text": "x = 1"}], displayContent="Fix @a.py"),
        model(2, "I look.", call("read_file", {"file_path": "a.py", "offset": 9, "limit": 10}, "text"),
              call("read_many_files", {"include": ["src/*.py"]}, "x", resultDisplay="- `src/a.py`\n- `src/b.py`"),
              call("grep_search", {"pattern": "x", "dir_path": "src"}, "found"),
              thoughts=[{"subject": "Plan", "description": "first", "timestamp": at(1)}],
              tokens={"input": 100, "output": 10, "cached": 60, "thoughts": 5, "tool": 1, "total": 116}),
        model(3, "", call("replace", {"file_path": "a.py", "old_string": "a", "new_string": "b"},
                          "Successfully modified file: a.py (1 replacements).", resultDisplay={"fileDiff": diff}),
              call("replace", {"file_path": "a.py", "old_string": "z", "new_string": "b"}, status="error",
                   error="Failed to edit, 0 occurrences found", id="r2"),
              call("write_file", {"file_path": "n.py", "content": "1\n"}, "Successfully created and wrote")),
        model(4, "", call(SHELL, {"command": "make", "directory": "sub", "description": "build"},
                          "Output: bad\nExit Code: 2\nProcess Group PGID: 7", status="error", timestamp=at(9)),
              call(SHELL, {"command": "rm -r x"}, status="cancelled", id="c2",
                   error="[Operation Cancelled] Reason: User denied execution."),
              call(SHELL, {"command": "ls"}, status="cancelled", id="c3",
                   error="[Operation Cancelled] Reason: User cancelled operation")),
        model(5, "", call("write_todos", {"todos": todos}, "ok"), call("google_web_search", {"query": "q"}, "r"),
              call("mcp_docs_find", {"q": 1}, "r"),
              call("ask_user", {"questions": [{"question": "Which?"}]}, '{"answers": {"0": "the first"}}')),
        {"id": "m6", "timestamp": at(6), "type": "error", "content": "[API Error: quota]"},
        {"id": "m7", "timestamp": at(7), "type": "info", "content": "Chat history compressed from 9 to 1 tokens."},
        {"id": "m8", "timestamp": at(8), "type": "warning", "content": "Loop?"},
        user(9, "System: Please continue."),
        user(10, "/chat save x"),
        user(11, "I ran the following shell command:\n```sh\nls -l\n```\n\nThis produced the following:\n```\na\n```"),
        model(12, "Done."),
    ]  # fmt: skip


def test_the_messages_of_a_chat() -> None:
    data = json.dumps({**HEADER, "messages": full(), "summary": "A fix"}, indent=2).encode()
    assert IMPORTER.sniff(data, "x")
    run, outputs = read_with(IMPORTER, data)
    assert not run.unknown
    assert [(prompt.text, prompt.via, prompt.turn) for prompt in of(run, Prompt)] == [
        ("Fix @a.py", "prompt", 1),
        ("the first", "answer", 1),
        ("/chat save x", "command", 1),
        ("! ls -l", "command", 1),
    ]
    reads = [(read.path, read.first, read.last) for read in of(run, Read)]
    assert reads == [("a.py", None, None), ("a.py", 10, 19), ("src/a.py", None, None), ("src/b.py", None, None)]
    assert [(search.pattern, search.path) for search in of(run, Search)] == [("src/*.py", None), ("x", "src")]
    changed, missed, made = of(run, Edit)
    assert (changed.applied, changed.patch) == (True, "@@ -1,2 +1,2 @@\n-a\n+b\n c")
    assert (missed.applied, missed.refused) == (False, "Failed to edit, 0 occurrences found")
    assert (made.op, made.patch) == ("add", "@@ -0,0 +1,1 @@\n+1")
    built, denied, queued = of(run, Command)
    assert (built.cwd, built.exit_code, built.state, built.seconds) == ("sub", 2, "failed", 5.0)
    assert (denied.state, queued.state, outputs) == ("denied", "not_run", {1: b"bad"})
    assert [denial.what for denial in of(run, Denial)] == ["rm -r x"]
    assert [[step.status for step in plan.steps] for plan in of(run, Plan)] == [["completed", "pending"]]
    assert [(tool.tool, tool.boundary) for tool in of(run, Tool)] == [
        ("google_web_search", "network"),
        ("mcp_docs_find", "mcp"),
    ]
    assert [(question.text, question.answer) for question in of(run, Question)] == [("Which?", "the first")]
    (use,) = of(run, Usage)
    assert (use.input_tokens, use.output_tokens, use.cache_read_tokens, use.model) == (41, 15, 60, "gemini-3")
    assert [(thought.text, thought.time) for thought in of(run, Thought)] == [("Plan: first", at(1))]
    assert [error.where for error in of(run, Error)] == ["provider"]
    assert Counter(context.what for context in of(run, Context)) == {"note": 3, "compaction": 1}
    assert (run.info.title, run.info.session_ids, run.info.cwds) == ("A fix", ["s1"], [])
    assert of(run, End)[0].reason == "finished"


def test_all_forms_of_a_chat_are_the_same_run() -> None:
    document = {**HEADER, "messages": full()}
    forms = [
        json.dumps(document, indent=2).encode(),
        json.dumps(document).encode(),
        json.dumps(document).encode() + b"\n",
        jsonl([HEADER, *full()]),
        jsonl(full()),
    ]
    kinds = []
    for data in forms:
        assert IMPORTER.sniff(data, "x")
        kinds.append([event.kind for event in read_with(IMPORTER, data)[0].events])
    assert all(each == kinds[0] for each in kinds)


class TestLines:
    def test_a_message_that_is_written_again_takes_the_place_of_the_first(self) -> None:
        first = model(2, "", call(SHELL, {"command": "ls"}, status="executing"))
        again = model(2, "Here.", call(SHELL, {"command": "ls"}, "Output: a\nProcess Group PGID: 1"))
        run, outputs = read_with(IMPORTER, jsonl([HEADER, user(1, "Go."), first, user(3, "And?"), again]))
        assert [event.kind for event in run.events] == ["prompt", "message", "command", "prompt", "end"]
        assert [(command.exit_code, command.state) for command in of(run, Command)] == [(0, "passed")]
        assert (outputs, run.repeated) == ({1: b"a"}, 1)

    def test_what_was_rewound_stays_and_is_marked(self) -> None:
        shell = call(SHELL, {"command": "rm x"}, "Output: (empty)")
        log = [HEADER, user(1, "One."), model(2, "", shell), user(3, "Two."), {"$rewindTo": "m2"}, user(4, "Three.")]
        run, _ = read_with(IMPORTER, jsonl(log))
        assert [(prompt.text, prompt.discarded) for prompt in of(run, Prompt)] == [
            ("One.", False),
            ("Two.", True),
            ("Three.", False),
        ]
        assert [command.discarded for command in of(run, Command)] == [True]
        assert [context.what for context in of(run, Context)] == ["rewind"]

    def test_an_id_that_comes_back_after_a_rewind_is_another_message(self) -> None:
        log = [HEADER, user(1, "One."), {"$rewindTo": "m1"}, user(1, "One again.")]
        run, _ = read_with(IMPORTER, jsonl(log))
        assert [(prompt.text, prompt.discarded) for prompt in of(run, Prompt)] == [
            ("One.", True),
            ("One again.", False),
        ]

    def test_a_rewind_to_nowhere_leaves_nothing(self) -> None:
        run, _ = read_with(IMPORTER, jsonl([HEADER, user(1, "One."), {"$rewindTo": "gone"}]))
        assert [prompt.discarded for prompt in of(run, Prompt)] == [True]

    def test_settings_are_set_later(self) -> None:
        log = [HEADER, user(1, "Go."), {"$set": {"summary": "T", "directories": ["/other"], "lastUpdated": at(50)}}]
        run, _ = read_with(IMPORTER, jsonl(log))
        assert (run.info.title, run.info.writable, run.info.ended) == ("T", ["/other"], at(50))
        assert [context.text for context in of(run, Context)] == ["folders of the workspace: /other"]

    def test_a_new_memory_keeps_what_happened(self) -> None:
        shell = call(SHELL, {"command": "make"}, "Output: long\nProcess Group PGID: 1")
        masked = call(SHELL, {"command": "make"}, "<tool_output_masked>\nOutput: l\n</tool_output_masked>")
        summary = user(8, "<state_snapshot>so far</state_snapshot>")
        messages = [summary, model(3, "", masked), model(4, "Kept.")]
        log = [HEADER, user(1, "Go."), model(2, "I do."), model(3, "", shell), model(4, "Kept."),
               {"$set": {"messages": messages}}]  # fmt: skip
        run, outputs = read_with(IMPORTER, jsonl(log))
        assert outputs == {1: b"long"}
        assert [message.text for message in of(run, Message)] == ["I do.", "Kept."]
        assert [context.what for context in of(run, Context)] == ["compaction", "compaction"]
        assert not any(event.discarded for event in run.events)

    def test_a_broken_line_is_kept_and_a_torn_one_ends_the_log(self) -> None:
        data = jsonl([HEADER, user(1, "Go.")]) + b'{"id": "m2", \n' + jsonl([model(3, "Done.")]) + b'{"id": "m4", "ty'
        run, _ = read_with(IMPORTER, data)
        assert run.unknown == {"not JSON": 1, "torn line": 1}
        assert (of(run, End)[0].reason, run.torn) == ("cut", 16)


class TestShell:
    @pytest.mark.parametrize(
        ("text", "failed", "expected"),
        [
            ("Command: a\nDirectory: (root)\nOutput: x\ny\nError: (none)\nExit Code: 1\nSignal: 0\nBackground PIDs: 3",
             False, ("failed", "x\ny", 1, None)),
            ("Command: a\nDirectory: sub\nStdout: out\nStderr: err\nError: (none)\nExit Code: 0\nSignal: (none)",
             False, ("ok", "out\nerr", 0, "sub")),
            ("Command: a\nDirectory: (root)\nOutput: (empty)\nError: x\nfailed\nExit Code: (none)\nSignal: 0", False,
             ("failed", "", None, None)),
            ("Output: Exit Code: 7\nExit Code: 3\nProcess Group PGID: 3", True, ("failed", "Exit Code: 7", 3, None)),
            ("Output: fine\nProcess Group PGID: 3", False, ("ok", "fine", 0, None)),
            ("Output: (empty)", False, ("ok", "", 0, None)),
            ("Output: half\nSignal: SIGKILL", False, ("cancelled", "half", None, None)),
            ("<untrusted_context>\nOutput: x\nExit Code: 9\n</untrusted_context>", True, ("failed", "x", 9, None)),
            ("Command was cancelled by user before it could complete. Below is the output before it was cancelled:\nx",
             False, ("cancelled", "x", None, None)),
            ("Command was automatically cancelled because it exceeded the timeout of 5.0 minutes without output.",
             False, ("cancelled", ..., None, None)),
            ("Command was cancelled by user before it could start.", False, ("not_run", ..., None, None)),
            ("Command moved to background (PID: 4). Output hidden.", False, ("running", ..., None, None)),
            ("Command substitution using $() is not allowed", True, ("not_run", ..., None, None)),
            ("The build passes.", False, (None, "The build passes.", None, None)),
        ],
    )  # fmt: skip
    def test_what_a_result_says(self, text: str, failed: bool, expected: tuple[Any, ...]) -> None:  # noqa: FBT001
        shown = shell.read(text, failed=failed)
        ended, output, code, folder = expected
        assert (shown.ended, shown.exit_code, shown.folder) == (ended, code, folder)
        assert output is ... or shown.output == output

    def test_a_summary_of_an_output_has_no_exit_code(self) -> None:
        run = run_of(model(1, "", call(SHELL, {"command": "make test"}, "All is well.")))
        assert [(command.exit_code, command.state) for command in of(run, Command)] == [(None, "unknown")]

    def test_what_was_masked_is_lost(self) -> None:
        masked = "<tool_output_masked>\nOutput: a\nExit Code: 1\n\nOutput too large. Full output available at: /x\n"
        run = run_of(model(1, "", call(SHELL, {"command": "make"}, f"{masked}</tool_output_masked>")))
        (command,) = of(run, Command)
        assert command.log_cut
        assert run.info.lost == {"tool output": "masked by the program; the whole stood in a file beside"}


def test_calls_without_status_and_result_are_not_recorded_not_failed() -> None:
    run = run_of(
        user(1, "Go."),
        model(2, "", {"name": "replace", "args": {"file_path": "a", "old_string": "x", "new_string": "y"}}),
        model(3, "", {"name": SHELL, "args": {"command": "ls"}}),
    )
    assert [(edit.applied, edit.patch) for edit in of(run, Edit)] == [(None, "@@ @@\n-x\n+y")]
    assert [command.state for command in of(run, Command)] == ["unknown"]


def test_a_policy_that_refuses_is_a_denial() -> None:
    denied = call(
        "write_file", {"file_path": "a", "content": ""}, status="error", error="Tool execution denied by policy."
    )
    run = run_of(model(1, "", denied))
    assert [(denial.tool, denial.what) for denial in of(run, Denial)] == [("write_file", "a")]
    assert [edit.applied for edit in of(run, Edit)] == [False]


def test_the_chat_of_a_sub_agent_beside() -> None:
    started = call("invoke_agent", {"agent_name": "x"}, "ok", agentId="sub1")
    shell = call(SHELL, {"command": "ls"}, "Output: a")
    below = jsonl([{**HEADER, "sessionId": "sub1", "kind": "subagent"}, user(1, "Look."), model(2, "Seen.", shell)])
    log = source(below, "sessions/2.jsonl", agent="sub1")
    run, _ = read_with(IMPORTER, jsonl([HEADER, user(1, "Go."), model(2, "", started)]), [log])
    assert [(command.agent, command.turn) for command in of(run, Command)] == [("root/sub1", 1)]
    assert [prompt.text for prompt in of(run, Prompt)] == ["Go."]
    assert [context.what for context in of(run, Context)] == ["subagent"]
    assert run.info.session_ids == ["s1"]


def test_the_chat_of_a_sub_agent_alone() -> None:
    run, _ = read_with(IMPORTER, jsonl([{**HEADER, "kind": "subagent"}, user(1, "Look."), model(2, "Seen.")]))
    assert not of(run, Prompt)
    assert [context.text for context in of(run, Context)] == ["this is the log of a sub-agent", "Look."]


CONTENTS = [
    {"role": "user", "parts": [{"text": "This is the Gemini CLI. We are setting up the context for our chat."}]},
    {"role": "model", "parts": [{"text": "Got it. Thanks for the context!"}]},
    {"role": "user", "parts": [{"text": "Go."}, {"inlineData": {"mimeType": "image/png", "data": "AA"}}]},
    {"role": "model", "parts": [{"text": "hm", "thought": True}, {"text": "I look."},
                                {"functionCall": {"name": SHELL, "args": {"command": "ls"}}}]},
    {"role": "user", "parts": [{"functionResponse": {"name": SHELL,
                                                     "response": {"output": "Output: a\nExit Code: 1"}}}]},
    {"role": "model", "parts": [{"text": "Done."}]},
]  # fmt: skip


def test_raw_contents() -> None:
    for document in (CONTENTS, {"history": CONTENTS, "authType": "oauth"}):
        data = json.dumps(document).encode()
        assert IMPORTER.sniff(data, "x")
        run, outputs = read_with(IMPORTER, data)
        assert [(prompt.text, prompt.attachments) for prompt in of(run, Prompt)] == [("Go.", 1)]
        assert [(command.exit_code, command.state) for command in of(run, Command)] == [(1, "failed")]
        assert outputs == {1: b"a"}
        assert [message.text for message in of(run, Message)] == ["I look.", "Done."]


def test_copies_of_calls_in_the_memory_are_not_counted_twice() -> None:
    done = call(SHELL, {"command": "ls"}, "Output: a", id="k1")
    asked = {"functionCall": {"id": "k1", "name": SHELL, "args": {"command": "ls"}}}
    answer = {"functionResponse": {"id": "k1", "name": SHELL, "response": {"output": "Output: a"}}}
    run = run_of(user(1, "Go."), model(2, [{"text": "I."}, asked], done), user(3, [answer]), model(4, "Done."))
    assert len(of(run, Command)) == 1
    assert len(of(run, Prompt)) == 1


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (user(9, "And?"), "unanswered"),
        ({"id": "m9", "timestamp": at(9), "type": "info", "content": "Request cancelled."}, "interrupted"),
        ({"id": "m9", "timestamp": at(9), "type": "error", "content": "It broke."}, "error"),
        (model(9, "", call(SHELL, {"command": "x"}, status="awaiting_approval")), "unanswered"),
        (
            model(9, "", call("glob", {"pattern": "x"}, status="cancelled", error="[Operation Cancelled] x")),
            "interrupted",
        ),
        (model(9, "Done."), "finished"),
    ],
)
def test_the_end_follows_the_last_message(last: Record, reason: str) -> None:
    assert of(run_of(user(1, "Go."), last), End)[0].reason == reason


def test_records_that_nobody_knows_are_kept() -> None:
    run, _ = read_with(IMPORTER, jsonl([HEADER, user(1, "Go."), {"id": "x", "type": "dance"}, {"y": 1}, 5]))
    assert run.unknown == {"dance": 1, "no type": 1, "not an object": 1}


def test_sample_of_a_document() -> None:
    data = (samples_dir() / "transcripts/gemini-cli/gm01-wrong-file-then-undo.json").read_bytes()
    run, _ = read_with(IMPORTER, data)
    assert run.records == 13
    own = [event for event in run.events if not getattr(event, "derived", False)]
    assert Counter(event.kind for event in own if event.kind in {"command", "read", "edit"}) == {
        "command": 6,
        "read": 2,
        "edit": 1,
    }
    assert Counter(command.exit_code for command in of(run, Command)) == {0: 6}
    assert [(edit.path, edit.op, edit.applied) for edit in of(run, Edit) if not edit.derived] == [
        ("docs/blue.md", "add", True)
    ]


def test_sample_of_lines() -> None:
    data = (samples_dir() / "transcripts/gemini-cli/gm05-jsonl-variant-fixture.jsonl").read_bytes()
    run, _ = read_with(IMPORTER, data)
    assert (run.records, len(of(run, Edit)), len(of(run, Read))) == (7, 2, 2)
    assert [edit.tool for edit in of(run, Edit)] == ["replace", "replace"]


def test_any_spoiled_chat_gives_a_run_or_a_sentence() -> None:
    lines = jsonl([HEADER, *full(), {"$set": {"messages": full()[:3]}}, {"$rewindTo": "m3"}, user(20, "x")])
    for data in (lines, json.dumps({**HEADER, "messages": full()}, indent=1).encode(), json.dumps(CONTENTS).encode()):
        for each in spoiled(data, steps=40):
            stands(IMPORTER, each)


def test_values_of_any_type_stand_anywhere() -> None:
    for message in (*full(), HEADER, {"$set": {"messages": full()[1:3], "directories": ["/x"]}}):
        for changed in wrong_types(message):
            stands(IMPORTER, jsonl([HEADER, user(1, "Go."), changed, model(90, "Done.")]))
    for changed in wrong_types(CONTENTS):
        stands(IMPORTER, json.dumps(changed).encode())
