"""Agent transcripts of Cursor, as JSON Lines and as plain text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reviewer.run.event import Command, Context, Denial, Edit, End, Message, Plan, Prompt, Read, Search, Thought, Tool
from reviewer.run.importers.cursor import Cursor
from tests.support.imported import jsonl, of, read_with, source, spoiled, stands, wrong_types

IMPORTER = Cursor()


def user(said: str) -> dict[str, Any]:
    return {"role": "user", "message": {"content": [{"type": "text", "text": said}]}}


def agent(*blocks: object) -> dict[str, Any]:
    made = [{"type": "text", "text": block} if isinstance(block, str) else block for block in blocks]
    return {"role": "assistant", "message": {"content": made}}


def use(name: str, given: object) -> dict[str, Any]:
    return {"type": "tool_use", "name": name, "input": given}


LOG = [
    user("<timestamp>Friday, Jul 31, 2026, 5:10 PM (UTC-5)</timestamp>\n<user_query>\nfix the build\n</user_query>"),
    agent("Looking.\n\n[REDACTED]", use("Read", {"path": "/w/a.go", "offset": 3, "limit": 2})),
    agent(
        use("Grep", {"pattern": "x", "path": "/w"}), use("Shell", {"command": "go build", "working_directory": "/w"})
    ),
    agent(use("StrReplace", {"path": "/w/a.go", "old_string": "x", "new_string": "y"})),
    agent(use("ApplyPatch", "*** Begin Patch\n*** Add File: /w/n.go\n+package main\n*** End Patch")),
    agent(use("TodoWrite", {"todos": [{"id": "1", "content": "one", "status": "pending"}], "merge": False})),
    agent(use("TodoWrite", {"todos": [{"id": "1", "status": "completed"}], "merge": True})),
    agent(use("CallMcpTool", {"server": "s", "toolName": "t"}), "Done."),
    {"type": "turn_ended", "status": "success"},
]

TEXT = """user:
<user_query>
fix it
assistant:
</user_query>

assistant:
[Thinking] Let me look.
First I look.
[Tool call] Read
  path: /w/a.go
  limit: 20
[Tool result] Read
  package main
I will write.

[Tool call] Write
  path: /w/b.go
  contents: package b

func f() {}
[Tool call] Shell
  command: go test ./...
  description: run the tests

A:
All done.
"""


def test_it_is_told_from_other_logs_of_messages() -> None:
    assert IMPORTER.sniff(jsonl(LOG), "x")
    assert IMPORTER.sniff(TEXT.encode(), "x")
    assert IMPORTER.sniff(jsonl(LOG)[:60], "x")
    for other in (
        [{"role": "user", "content": "hi"}],
        [{"type": "user", "uuid": "u", "sessionId": "s", "message": {"role": "user", "content": "hi"}}],
        [{"role": "user", "message": {"content": "hi"}, "uuid": "u", "sessionId": "s"}],
        [{"role": "tool", "message": {"content": "hi"}}],
        [{"role": "user", "message": "hi"}],
        [{"role": "user", "message": {"content": [{"type": "input_text"}]}}],
        [{"type": "turn_ended", "status": "success"}],
    ):
        assert not IMPORTER.sniff(jsonl(other), "x")
    assert not IMPORTER.sniff(b"user:\nsome chat\n\nassistant:\nhello\n", "x")


def test_a_transcript_is_read_and_nothing_is_made_up() -> None:
    run, outputs = read_with(IMPORTER, jsonl(LOG))
    (prompt,) = of(run, Prompt)
    assert (prompt.text, prompt.time) == ("fix the build", "2026-07-31T22:10:00Z")
    (read,) = of(run, Read)
    assert (read.path, read.first, read.last, read.ok) == ("/w/a.go", 3, 4, None)
    (command,) = of(run, Command)
    assert (command.state, command.exit_code, command.cwd, command.log) == ("unknown", None, "/w", None)
    assert [(edit.path, edit.op, edit.applied, edit.patch) for edit in of(run, Edit)] == [
        ("/w/a.go", "update", None, "@@ @@\n-x\n+y"),
        ("/w/n.go", "add", None, "@@ @@\n+package main"),
    ]
    assert [[step.status for step in plan.steps] for plan in of(run, Plan)] == [["pending"], ["completed"]]
    assert of(run, Plan)[1].steps[0].text == "one"
    assert [tool.boundary for tool in of(run, Tool)] == ["mcp"]
    assert of(run, Search)[0].pattern == "x"
    assert of(run, End)[0].reason == "finished"
    assert not outputs
    assert {event.time for event in run.events} == {None, "2026-07-31T22:10:00Z"}


def test_words_that_the_program_keeps_are_lost_not_said() -> None:
    run, _ = read_with(IMPORTER, jsonl(LOG))
    assert [message.text for message in of(run, Message)] == ["Looking.", "Done."]
    assert [thought.text for thought in of(run, Thought)] == [None]
    assert run.info.lost == {"words": "[REDACTED] stands in their place 1 times"}


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("Friday, Jul 31, 2026, 5:10 PM (UTC-5)", "2026-07-31T22:10:00Z"),
        ("Jul 31, 2026, 12:05 AM (UTC+5:30)", "2026-07-30T18:35:00Z"),
        ("Friday, Jul 31, 2026, 5:10 PM", "2026-07-31T17:10:00"),
        ("Friday, Jul 99, 2026, 5:10 PM", None),
        ("yesterday", None),
    ],
)
def test_a_time_is_as_it_is_written(stamp: str, time: str | None) -> None:
    run, _ = read_with(IMPORTER, jsonl([user(f"<timestamp>{stamp}</timestamp>\n<user_query>x</user_query>")]))
    assert of(run, Prompt)[0].time == time


@pytest.mark.parametrize(
    ("said", "prompts", "notes"),
    [
        ("<system_reminder>x</system_reminder>", [], ["<system_reminder>x</system_reminder>"]),
        (
            "<attached_files>a</attached_files>\n<user_query>go</user_query>",
            ["go"],
            ["<attached_files>a</attached_files>"],
        ),
        ("plain words", ["plain words"], []),
        ("<user_query>cut", ["cut"], []),
        ("", [], []),
    ],
)
def test_a_prompt_is_what_the_person_wrote(said: str, prompts: list[str], notes: list[str]) -> None:
    run, _ = read_with(IMPORTER, jsonl([user(said)]))
    assert [prompt.text for prompt in of(run, Prompt)] == prompts
    assert [note.text for note in of(run, Context)] == notes


def test_results_count_where_a_version_records_them() -> None:
    call = {"type": "tool_use", "id": "1", "name": "Shell", "input": {"command": "make"}}
    result = {"type": "tool_result", "tool_use_id": "1", "content": "Exit code: 2\nno rule"}
    run, outputs = read_with(IMPORTER, jsonl([agent(call), {"role": "user", "message": {"content": [result]}}]))
    (command,) = of(run, Command)
    assert (command.exit_code, command.state, outputs[1]) == (2, "failed", b"Exit code: 2\nno rule")
    assert not of(run, Prompt)


def test_the_text_form_reads_the_same() -> None:
    run, outputs = read_with(IMPORTER, TEXT.encode())
    assert [prompt.text for prompt in of(run, Prompt)] == ["fix it\nassistant:"]
    assert [thought.text for thought in of(run, Thought)] == ["Let me look.\nFirst I look."]
    assert [(read.path, read.ok) for read in of(run, Read)] == [("/w/a.go", None)]
    assert [message.text for message in of(run, Message)] == ["I will write.", "All done."]
    assert [(edit.path, edit.added, edit.applied) for edit in of(run, Edit)] == [("/w/b.go", 3, None)]
    assert [(command.line, command.description) for command in of(run, Command)] == [("go test ./...", "run the tests")]
    assert not outputs
    assert not of(run, Denial)


def test_transcripts_of_sub_agents_have_their_own_chain() -> None:
    beside = source(jsonl([user("look"), agent(use("Read", {"path": "b"}))]), "sub.jsonl", agent="k1")
    run, _ = read_with(IMPORTER, jsonl(LOG), [beside])
    assert [read.agent for read in of(run, Read)] == ["root", "root/k1"]
    assert len(of(run, Prompt)) == 1


@pytest.mark.parametrize(
    ("status", "reason"), [("success", "finished"), ("cancelled", "interrupted"), ("error", "error")]
)
def test_how_a_turn_ended(status: str, reason: str) -> None:
    run, _ = read_with(IMPORTER, jsonl([*LOG[:-1], {"type": "turn_ended", "status": status}]))
    assert of(run, End)[0].reason == reason


def test_any_spoiled_log_gives_a_run_or_a_sentence() -> None:
    for data in (jsonl(LOG), TEXT.encode()):
        for each in spoiled(data):
            stands(IMPORTER, each)


def test_values_of_any_type_stand_anywhere() -> None:
    for number, record in enumerate(LOG):
        for changed in wrong_types(record):
            stands(IMPORTER, jsonl([*LOG[:number], changed, *LOG[number + 1 :]]))
    assert json.loads(jsonl(LOG[:1])) == LOG[0]
