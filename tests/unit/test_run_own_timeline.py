"""Runs that their agent wrote down itself, in the form of a packet's timeline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.errors import BadTranscriptError
from reviewer.run import timeline
from reviewer.run.event import Command, Context, Edit, End, Message, Prompt, Read, Thought, Unknown
from reviewer.run.importers.own_timeline import OwnTimeline
from tests.support.imported import jsonl, of, read_with, spoiled, stands, wrong_types
from tests.support.samples import claude_code_samples
from tests.support.session_log import read_log

if TYPE_CHECKING:
    from reviewer.run.event import Event
    from reviewer.run.importers.importer import ImportedRun

IMPORTER = OwnTimeline()
LOG: list[dict[str, Any]] = [
    {"kind": "run", "agent": "my-agent", "version": "1", "cwd": "/w", "models": ["m"], "base_commit": "a" * 40},
    {"kind": "prompt", "text": "go", "time": "2026-03-02T09:00:00Z"},
    {"kind": "thought"},
    {"kind": "plan", "steps": [{"text": "one", "status": "completed"}]},
    {"kind": "read", "path": "a.py", "whole": True},
    {"kind": "edit", "path": "a.py", "applied": True, "patch": "@@ @@\n-a\n+b"},
    {"kind": "command", "line": "pytest -q", "exit_code": 0, "output": "3 passed in 0.1s\n"},
    {"kind": "message", "text": "Done.", "agent": "root/helper/deep", "discarded": True},
]


def read(*rows: dict[str, Any]) -> ImportedRun:
    return read_with(IMPORTER, jsonl(rows))[0]


def told(run: ImportedRun) -> list[str]:
    return [event.text for event in of(run, Unknown)]


def test_only_what_is_known_has_to_be_there() -> None:
    run, outputs = read_with(IMPORTER, jsonl(LOG))
    (command,) = of(run, Command)
    assert (command.n, command.state, command.command_kind, command.cwd) == (1, "passed", "test", "/w")
    assert (command.tests, command.log, outputs) == ({"passed": 3}, "logs/1.log", {1: b"3 passed in 0.1s\n"})
    assert of(run, Prompt)[0].turn == 1
    assert of(run, Thought)[0].text is None
    (message,) = of(run, Message)
    assert (message.agent, message.discarded, message.source) == ("root/helper/deep", True, "sessions/1.jsonl:8")
    assert of(run, Edit)[0].applied
    assert (run.info.agent, run.info.versions, run.info.models, run.info.cwds) == ("my-agent", ["1"], ["m"], ["/w"])
    assert (run.info.base_commit, run.info.started) == ("a" * 40, "2026-03-02T09:00:00Z")
    assert not run.unknown


def test_it_is_told_from_other_logs_with_kinds() -> None:
    assert IMPORTER.sniff(jsonl(LOG), "x")
    assert IMPORTER.sniff(timeline.dump(read(*LOG).events), "x")
    for other in (
        [{"kind": 0, "v": {}}],
        [{"kind": "MessageEvent", "id": "1", "source": "user"}],
        [{"kind": "message", "id": "1", "role": "user", "content": "x", "ts": 1}],
        [{"kind": "command"}],
        [{"type": "prompt", "text": "x"}],
    ):
        assert not IMPORTER.sniff(jsonl(other), "x")


def _alike(event: Event) -> Event:
    """Return an event without what a packet knows of it and the log alone does not."""
    bare = replace(event, source="", session=1)
    return replace(bare, log=None) if isinstance(bare, Command) else bare


def test_the_timeline_of_a_packet_reads_as_what_it_was() -> None:
    for path in claude_code_samples():
        events = read_log(path.read_bytes()).events
        run, _ = read_with(IMPORTER, timeline.dump(events))
        assert [_alike(event) for event in run.events] == [_alike(event) for event in events]
        assert set(run.unknown) == {event.record for event in events if isinstance(event, Unknown)}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("exit_code", "0", "line 2: 'exit_code' has to be a whole number, it is \"0\"; the field was left out"),
        ("exitcode", 0, "line 2: an event 'command' has no 'exitcode'; did you mean 'exit_code'?"),
        ("time", "yesterday", "line 2: 'time' has to be a time such as 2026-03-02T09:00:00Z, it is \"yesterday\""),
        ("output", 5, "line 2: 'output' has to be text, it is 5"),
        ("state", "great", "line 2: 'state' has to be one of passed, failed"),
        ("zzz", 1, "line 2: an event 'command' has no 'zzz'"),
    ],
)
def test_a_wrong_field_costs_nothing_but_itself(field: str, value: object, sentence: str) -> None:
    run = read(LOG[1], {"kind": "command", "line": "make", field: value})
    (one,) = told(run)
    assert one.startswith(sentence)
    assert [(command.line, command.exit_code, command.state) for command in of(run, Command)] == [
        ("make", None, "unknown")
    ]


def test_an_event_without_what_it_needs_is_kept_as_it_is() -> None:
    run = read(LOG[1], {"kind": "edit", "applied": True}, {"kind": "brand_new", "x": 1}, {"x": 1})
    assert told(run)[0].startswith("line 2: an event 'edit' needs 'path'")
    assert run.unknown == {"edit": 1, "brand_new": 1, "no kind": 1}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b'{"kind": "promt", "text": "x"}\n', "line 1: 'kind' has to be one of run, prompt, "),
        (b'{"text": "x"}\n', "line 1: 'kind' is missing; it has to be one of run, prompt, "),
        (b"[1]\n", "line 1: a JSON object with 'kind' was expected, one of run, prompt, "),
        (b"hello\n", "line 1: a JSON object was expected"),
        (b"", "is empty"),
    ],
)
def test_a_first_line_that_is_none_refuses_the_file(line: bytes, sentence: str) -> None:
    with pytest.raises(BadTranscriptError) as error:
        read_with(IMPORTER, line)
    assert sentence in error.value.sentence


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"state": "passed"}, "passed"),
        ({"state": "denied"}, "denied"),
        ({"state": "not_conclusive", "not_conclusive": "pipe"}, "not_conclusive"),
        ({"state": "passed", "exit_code": 1}, "failed"),
        ({"exit_code": 1}, "failed"),
        ({}, "unknown"),
    ],
)
def test_a_state_is_worked_out_unless_it_is_told(given: dict[str, Any], state: str) -> None:
    run = read({"kind": "command", "line": "make"}, {"kind": "command", "line": "make", **given})
    assert [command.state for command in of(run, Command)] == ["unknown", state]
    assert len(told(run)) == (given == {"state": "passed", "exit_code": 1})


def test_what_follows_from_a_command_is_not_there_twice() -> None:
    shown = {"kind": "command", "line": "cat a.py", "exit_code": 0}
    run = read(shown, {"kind": "read", "path": "a.py", "derived": True})
    assert [(read.path, read.derived) for read in of(run, Read)] == [("a.py", True)]
    assert run.repeated == 1


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"kind": "end", "reason": "limit", "text": "x"}], "limit"),
        ([{"kind": "message", "text": "x"}], "finished"),
        ([{"kind": "prompt", "text": "x"}], "unanswered"),
        ([{"kind": "command", "line": "x"}], "unknown"),
    ],
)
def test_how_it_ended(rows: list[dict[str, Any]], reason: str) -> None:
    assert of(read(LOG[1], *rows), End)[0].reason == reason


def test_outputs_that_lie_beside_are_lost_not_empty() -> None:
    run = read({"kind": "command", "line": "x", "log": "logs/1.log"})
    assert "outputs" in run.info.lost
    assert of(run, Command)[0].log is None


def test_a_wrong_word_of_the_run_itself_is_told() -> None:
    run = read({"kind": "run", "agent": 5, "models": ["m", 1], "network": "no", "modell": "x"}, LOG[1])
    assert len(told(run)) == 4
    assert run.info.models == ["m"]
    assert not of(run, Context)


def test_any_spoiled_log_gives_a_run_or_a_sentence() -> None:
    for each in spoiled(jsonl(LOG)):
        stands(IMPORTER, each)


def test_values_of_any_type_stand_anywhere() -> None:
    for number, record in enumerate(LOG):
        for changed in wrong_types(record):
            stands(IMPORTER, jsonl([*LOG[:number], changed, *LOG[number + 1 :]]))
