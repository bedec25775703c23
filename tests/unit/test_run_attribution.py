"""Recorders beside the agents: whatever they write is read by its form, and what is not understood is counted."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reviewer.run.attribution import LineRecord, agent_trace, entire, git_ai
from tests.support.samples import samples_dir

COMMIT = "a" * 40
META = {
    "schema_version": "authorship/3.0.0",
    "base_commit_sha": "b" * 40,
    "sessions": {"s_74a31c9b27ce26": {"agent_id": {"tool": "claude", "id": "f769", "model": "opus"}}},
    "humans": {"h_00112233445566": {"author": "Ana"}},
    "prompts": {
        "75b8b35dceb7e11d": {"agent_id": {"tool": "codex", "id": "0198"}, "messages_url": "https://x.example/1"}
    },
}
NOTE = f"""src/a.py
  s_74a31c9b27ce26::t_6ae824fd1529af 4,8-10
  h_00112233445566 1-2
"docs/my page.md"
  75b8b35dceb7e11d 3
---
{json.dumps(META)}
""".encode()


def spans(records: tuple[LineRecord, ...]) -> list[tuple[Any, ...]]:
    return [(row.path, row.first, row.last, row.by, row.agent, row.session_id) for row in records]


def test_a_note_tells_who_wrote_which_lines() -> None:
    found = git_ai.parse(NOTE, COMMIT, "refs/notes/ai")
    assert spans(found.lines) == [
        ("src/a.py", 4, 4, "agent", "claude", "f769"),
        ("src/a.py", 8, 10, "agent", "claude", "f769"),
        ("src/a.py", 1, 2, "human", None, None),
        ("docs/my page.md", 3, 3, "agent", "codex", "0198"),
    ]
    assert [(pointer.session_id, pointer.place) for pointer in found.sessions] == [
        ("f769", None),
        ("0198", "https://x.example/1"),
    ]
    assert not found.problems
    assert {row.commit for row in found.lines} == {COMMIT}


def test_a_key_that_nothing_explains_is_unknown_and_no_person() -> None:
    note = b'a.py\n  s_ffffffffffffff::t_0 1\n  0123456789abcdef 2\n---\n{"sessions": 3}\n'
    assert [row.by for row in git_ai.parse(note, COMMIT, "n").lines] == ["unknown", "unknown"]


def test_what_a_note_has_wrong_is_counted() -> None:
    note = b"a.py\n  key 5-1\n  key x\n  key 0\n  key 7\n---\n{broken"
    found = git_ai.parse(note, COMMIT, "refs/notes/ai")
    assert [(row.first, row.last) for row in found.lines] == [(7, 7)]
    assert [problem.partition(":")[2].strip() for problem in found.problems] == [
        "the note of aaaaaaaaaaaa has no readable JSON after its line '---'",
        "3 entries of the note of aaaaaaaaaaaa were not understood or too many",
    ]


def test_the_recorded_note() -> None:
    note = (samples_dir() / "transcripts/git-ai/ga02-prompts-and-sessions.note.txt").read_bytes()
    found = git_ai.parse(note, COMMIT, "refs/notes/ai")
    assert not found.problems
    assert {row.by for row in found.lines} == {"agent"}
    assert {pointer.session_id for pointer in found.sessions} == {
        "ffd64922-c64c-40e8-9619-70e9280abcfa",
        "f769e90b-24f1-4f4b-92c3-236cbea1cee2",
    }
    (own,) = {row.session_id for row in found.lines if row.path == "src/transcripts/processor.rs"}
    assert own == "f769e90b-24f1-4f4b-92c3-236cbea1cee2"


def trace(**fields: Any) -> bytes:  # noqa: ANN401 - any field
    record = {
        "version": "0.1.0",
        "id": "1",
        "timestamp": "2026-01-02T03:04:05Z",
        "vcs": {"type": "git", "revision": COMMIT},
        "tool": {"name": "cursor", "version": "2"},
        "files": [
            {
                "path": "src/a.py",
                "conversations": [
                    {
                        "url": "https://api.cursor.example/conversations/12345",
                        "contributor": {"type": "ai", "model_id": "m"},
                        "ranges": [
                            {"start_line": 1, "end_line": 3},
                            {"start_line": 9, "end_line": 9, "contributor": {"type": "human"}},
                            {"start_line": 9, "end_line": 2},
                        ],
                    }
                ],
            }
        ],
    }
    return json.dumps({**record, **fields}).encode()


def test_a_trace_record_of_the_specification() -> None:
    found = agent_trace.parse(trace() + b"\n", "t")
    assert spans(found.lines) == [
        ("src/a.py", 1, 3, "agent", "cursor", "12345"),
        ("src/a.py", 9, 9, "human", "cursor", "12345"),
    ]
    assert {(row.parent, row.source) for row in found.lines} == {(COMMIT, "t:1")}


def test_the_flat_form_is_read_and_lines_that_are_none_are_counted() -> None:
    data = (samples_dir() / "transcripts/agent-trace/at02-flat-variant.jsonl").read_bytes()
    found = agent_trace.parse(data + b'{"a": 1}\nnot json\n', "t")
    assert len(found.lines) == data.count(b"\n")
    assert {row.by for row in found.lines} == {"agent"}
    assert found.problems == ("t: 2 records were not understood or too many",)


def test_trailers_name_checkpoints() -> None:
    trailers = [
        ("Entire-Checkpoint", "0382579310fc"),
        ("entire-checkpoint", "0382579310fc"),
        ("Entire-Checkpoint", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("Entire-Checkpoint", "../../x"),
        ("Signed-off-by", "Ana"),
    ]
    assert entire.checkpoint_ids(trailers) == ("0382579310fc", "01ARZ3NDEKTSV4RRFFQ69G5FAV")


def test_a_recorded_checkpoint() -> None:
    data = (samples_dir() / "transcripts/claude-code/e01-ci-test-fix.checkpoint.json").read_bytes()
    session = entire.parse_metadata(data)
    assert session.touched == ("cmd/entire/cli/integration_test/setup_cmd_test.go",)
    assert session.session_id is not None
    assert session.session_id.endswith("ccc58457-00a5-4a2f-82a9-175e4473c60b")


def test_the_parts_of_a_long_log_are_in_order() -> None:
    names = ["full.jsonl.010", "full.jsonl", "prompt.txt", "full.jsonl.002", "full.jsonl.x"]
    assert entire.log_parts(names) == ("full.jsonl", "full.jsonl.002", "full.jsonl.010")


@given(st.binary(max_size=300))
def test_anything_is_read(data: bytes) -> None:
    for record in (*git_ai.parse(data, COMMIT, "n").lines, *agent_trace.parse(data, "t").lines):
        assert record.first is not None
        assert record.last is not None
        assert 0 < record.first <= record.last


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 255))
def test_a_note_with_one_byte_changed_is_read(place: int, byte: int) -> None:
    changed = NOTE[:place] + bytes([byte]) + NOTE[place + 1 :]
    found = git_ai.parse(changed, COMMIT, "n")
    assert len(found.lines) + len(found.problems) > 0
