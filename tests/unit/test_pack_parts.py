"""Parts of making a packet that need neither a repository nor a whole run."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.digest import sha256
from reviewer.errors import BadInputError, BadTranscriptError
from reviewer.git.commit import CommitInfo
from reviewer.packet.limits import Limits
from reviewer.packet.manifest import Operator
from reviewer.run.event import Command
from reviewer.run.redact import Redactor
from reviewer.workflow.packing import apart, outputs
from reviewer.workflow.packing.budget import Budget
from reviewer.workflow.packing.identity import slug, time_text, title_text
from reviewer.workflow.packing.origin import agent_of, find_operator, find_origin, parse_operator, touched_before
from reviewer.workflow.packing.run_log import ChosenLog, LoggedPlace, RunRecord, add_transcripts, read_run
from reviewer.workflow.packing.tables import GradedTable, clipped, plain

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = CommitInfo(
    oid="1" * 40,
    tree="2" * 40,
    parents=(),
    author_name="Ana Example",
    author_email="ana@example.org",
    author_time=100,
    committer_name="Ana Example",
    committer_email="ana@example.org",
    committer_time=200,
    message=b"Fix it\n",
)
BY_CLAUDE = dataclasses.replace(PLAIN, message=b"Fix it\n\nCo-Authored-By: Claude Opus <noreply@anthropic.com>\n")
TOKEN = "ghp_" + "a1B2c3D4e5F6a1B2c3D4e5F6a1B2c3D4e5F6"


def records(*, output: str = "1 passed\n", command: str = "pytest -q") -> bytes:
    """A small session: a prompt, a command, its output, an answer."""
    shared = {"sessionId": "s1", "cwd": "/work", "version": "2.0.1", "isSidechain": False}
    rows: list[dict[str, Any]] = [
        {"type": "user", "message": {"role": "user", "content": "Run the tests."}},
        {
            "type": "assistant",
            "message": {
                "id": "m1",
                "role": "assistant",
                "model": "claude-opus-4",
                "content": [{"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": command}}],
            },
        },
        {
            "type": "user",
            "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": output}]},
            "toolUseResult": {"stdout": output, "stderr": "", "interrupted": False},
        },
        {
            "type": "assistant",
            "message": {
                "id": "m2",
                "role": "assistant",
                "model": "claude-opus-4",
                "content": [{"type": "text", "text": "All tests pass."}],
            },
        },
    ]
    lines = []
    for number, row in enumerate(rows):
        parent = f"u{number - 1}" if number else None
        head = {"uuid": f"u{number}", "parentUuid": parent, "timestamp": f"2026-01-01T00:00:0{number}.000Z"}
        lines.append(json.dumps(shared | head | row) + "\n")
    return "".join(lines).encode()


def edit_records(*paths: str, read: bool = True) -> bytes:
    """A session that reads and edits files below /elsewhere/project, from the first second of 2026 on."""
    rows: list[dict[str, Any]] = [{"type": "user", "message": {"role": "user", "content": "Edit them."}}]
    for number, path in enumerate(paths):
        target = f"/elsewhere/project/{path}"
        calls: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
            ("Edit", {"old_string": "one", "new_string": "two"}, {"filePath": target, "structuredPatch": []})
        ]
        if read:
            calls.insert(0, ("Read", {}, {"type": "text", "file": {"filePath": target, "content": "one"}}))
        for name, given, result in calls:
            call = f"{name}{number}"
            use = {"type": "tool_use", "id": call, "name": name, "input": {"file_path": target, **given}}
            shown = {"type": "tool_result", "tool_use_id": call, "content": "done"}
            rows += [
                {
                    "type": "assistant",
                    "message": {"id": f"m{call}", "role": "assistant", "model": "x", "content": [use]},
                },
                {"type": "user", "message": {"role": "user", "content": [shown]}, "toolUseResult": result},
            ]
    shared = {"sessionId": "s2", "cwd": "/elsewhere/project", "version": "2.0.1", "isSidechain": False}
    lines = []
    for number, row in enumerate(rows):
        head = {"uuid": f"e{number}", "parentUuid": f"e{number - 1}" if number else None}
        lines.append(json.dumps(shared | head | {"timestamp": f"2026-01-01T00:01:{number:02}.500Z"} | row) + "\n")
    return "".join(lines).encode()


def read(place: Path, data: bytes, budget: Budget | None = None) -> tuple[RunRecord, Redactor]:
    log = place / "session.jsonl"
    log.write_bytes(data)
    staging = place / "staging"
    staging.mkdir()
    redactor = Redactor()
    chosen = (ChosenLog(log, "it was named"),)
    found = read_run(chosen, LoggedPlace(), staging, redactor, budget or Budget(Limits()), progress=lambda *_: None)
    return found, redactor


def content(record: RunRecord, name: str) -> bytes:
    member = record.members[name]
    return member if isinstance(member, bytes) else member.read_bytes()


class TestOrigin:
    def test_edits_in_the_log_make_it_the_agents(self) -> None:
        found = find_origin([PLAIN], paths=["a", "b"], edited={"a"}, touched_before=())
        assert (found.kind, found.agent) == ("agent", None)

    def test_a_file_committed_before_the_session_makes_it_mixed(self) -> None:
        assert find_origin([PLAIN], paths=["a", "b"], edited={"a"}, touched_before={"b"}).kind == "mixed"
        assert find_origin([PLAIN], paths=["a", "b"], edited={"a"}, touched_before={"a"}).kind == "agent"

    def test_without_a_log_the_commits_speak(self) -> None:
        def kind(*commits: CommitInfo) -> tuple[str | None, str | None]:
            found = find_origin(commits, paths=["a"], edited=(), touched_before=())
            return found.kind, found.agent

        assert kind(BY_CLAUDE) == ("agent", "claude-code")
        assert kind(BY_CLAUDE, PLAIN) == ("mixed", "claude-code")
        assert kind(PLAIN) == (None, None)

    @pytest.mark.parametrize(
        ("name", "email", "agent"),
        [
            ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com", "copilot"),
            ("Claude", "noreply@anthropic.com", "claude-code"),
            ("Claude Dupont", "claude@example.org", None),
            ("Ana", "1+ana@users.noreply.github.com", None),
        ],
    )
    def test_only_an_agents_own_name_counts(self, name: str, email: str, agent: str | None) -> None:
        assert agent_of(dataclasses.replace(PLAIN, author_name=name, author_email=email)) == agent

    def test_only_commits_from_before_the_session_are_before(self) -> None:
        changes = {PLAIN.oid: ["a"]}
        assert touched_before(changes, [PLAIN], 101) == {"a"}
        assert touched_before(changes, [PLAIN], 100) == frozenset()
        assert touched_before(changes, [PLAIN], None) == frozenset()

    def test_the_committer_ran_it_unless_a_program_did(self) -> None:
        assert find_operator(PLAIN) == Operator(name="Ana Example", email="ana@example.org")
        for name, email in (("GitHub", "noreply@github.com"), ("x[bot]", "x@y"), ("Claude", "noreply@anthropic.com")):
            assert find_operator(dataclasses.replace(PLAIN, committer_name=name, committer_email=email)) is None

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Ana Example <ana@example.org>", Operator(name="Ana Example", email="ana@example.org")),
            ("Ana", Operator(name="Ana")),
            ("<ana@example.org>", None),
            ("Ana <a b>", None),
            ("", None),
        ],
    )
    def test_an_operator_is_a_name_with_or_without_address(self, text: str, expected: Operator | None) -> None:
        assert parse_operator(text) == expected


class TestRun:
    def test_a_session_becomes_timeline_logs_and_transcript(self, tmp_path: Path) -> None:
        record, redactor = read(tmp_path, records())
        add_transcripts(record, redactor, Budget(Limits()), wanted=True)
        assert content(record, "logs/1.log").rstrip() == b"1 passed"
        assert content(record, "transcript/1.jsonl") == records()
        assert content(record, "timeline.jsonl").startswith(b'{"kind":"prompt"')
        (log,) = record.transcripts
        assert (log.format, log.sha256, log.size, log.records) == (
            "claude-code",
            sha256(records()),
            len(records()),
            4,
        )
        assert (log.path, log.left_out, log.chosen_because) == ("transcript/1.jsonl", None, "it was named")

    def test_a_secret_is_masked_everywhere_and_counted_by_file(self, tmp_path: Path) -> None:
        data = records(output=f"token {TOKEN}\n", command=f"curl -H 'Authorization: Bearer {TOKEN}' x")
        record, redactor = read(tmp_path, data)
        add_transcripts(record, redactor, Budget(Limits()), wanted=True)
        for name in record.members:
            assert TOKEN.encode() not in content(record, name), name
        files = {file for file, _ in redactor.counts}
        assert files == {"transcript/1.jsonl", "timeline.jsonl", "logs/1.log"}
        assert record.transcripts[0].sha256 == sha256(data)

    def test_a_log_that_is_not_wanted_leaves_its_reason_and_no_counts(self, tmp_path: Path) -> None:
        record, redactor = read(tmp_path, records(output=f"token {TOKEN}\n"))
        add_transcripts(record, redactor, Budget(Limits()), wanted=False)
        assert "transcript/1.jsonl" not in record.members
        assert record.transcripts[0].left_out == "not wanted (--no-transcript)"
        assert {file for file, _ in redactor.counts} == {"timeline.jsonl", "logs/1.log"} - (
            set() if ("timeline.jsonl", "GitHub Token") in redactor.counts else {"timeline.jsonl"}
        )

    def test_a_log_without_room_leaves_its_reason(self, tmp_path: Path) -> None:
        record, redactor = read(tmp_path, records())
        add_transcripts(record, redactor, Budget(Limits(max_unpacked=100, max_manifest=0)), wanted=True)
        assert record.transcripts[0].left_out == "packet budget"
        assert [row.reason for row in record.omissions] == ["packet budget"]

    def test_a_long_output_loses_its_middle_loudly(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outputs, "MAX_LOG", 1_000)
        monkeypatch.setattr(outputs, "_HEAD", 300)
        record, _ = read(tmp_path, records(output="first\n" + "x" * 5_000 + "\n1 passed\n"))
        data = content(record, "logs/1.log")
        assert data.startswith(b"first\n")
        assert data.rstrip().endswith(b"1 passed")
        assert "bytes of this output are not in the packet⟧".encode() in data
        (command,) = [event for event in record.events if isinstance(event, Command)]
        assert command.log_cut
        assert "bytes over" in record.omissions[0].reason

    def test_an_output_without_room_is_left_out_loudly(self, tmp_path: Path) -> None:
        record, _ = read(tmp_path, records(output="x" * 5_000), Budget(Limits(max_unpacked=9_000, max_manifest=0)))
        (command,) = [event for event in record.events if isinstance(event, Command)]
        assert command.log is None
        assert record.omissions[0].what == "output of command 1"

    def test_no_session_is_an_empty_timeline(self, tmp_path: Path) -> None:
        record = read_run((), LoggedPlace(), tmp_path, Redactor(), Budget(Limits()), progress=lambda *_: None)
        assert record.members == {"timeline.jsonl": b""}
        assert (record.events, record.infos, record.logs) == ((), (), [])

    def test_masking_in_a_process_of_its_own_changes_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = records(output=f"token {TOKEN}\n" * 3) * 40 + b'{"torn": "'
        (tmp_path / "here").mkdir()
        here, counted_here = read(tmp_path / "here", data)
        monkeypatch.setattr(apart, "_WORTH_IT", 0)
        (tmp_path / "there").mkdir()
        there, counted_there = read(tmp_path / "there", data)
        assert there.transcripts == here.transcripts
        assert there.events == here.events
        assert counted_there.counts == counted_here.counts
        assert [log.copy.read_bytes() for log in there.logs] == [log.copy.read_bytes() for log in here.logs]

    def test_a_masking_process_that_ends_too_soon_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(apart, "_WORTH_IT", 0)
        monkeypatch.setattr("sys.executable", "/bin/false")
        with pytest.raises(BadTranscriptError, match="ended before it was done"):
            read(tmp_path, records())

    def test_without_a_process_a_large_log_is_masked_here(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(apart, "_WORTH_IT", 0)
        monkeypatch.setattr("sys.executable", str(tmp_path / "none"))
        record, _ = read(tmp_path, records())
        assert record.logs[0].copy.read_bytes() == records()

    def test_what_is_no_log_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(BadTranscriptError, match="is not a session log that reviewer knows"):
            read(tmp_path, b"hello\n")

    def test_a_log_that_cannot_be_read_is_said(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for number, (name, words) in enumerate(
            (("none", "No such file"), ("pipe", "is not a file"), (".", "is not a file"))
        ):
            staging = tmp_path / str(number)
            staging.mkdir()
            with pytest.raises(BadTranscriptError, match=words):
                read_run(
                    (ChosenLog(tmp_path / name, ""),),
                    LoggedPlace(),
                    staging,
                    Redactor(),
                    Budget(Limits()),
                    progress=lambda *_: None,
                )


class TestWords:
    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("Allow for clock skew", "allow-for-clock-skew"),
            ("Größe: 10 % mehr!", "groe-10-mehr"),
            ("漢字", "change"),
            ("", "change"),
            ("word " * 30, "word-word-word-word-word-word-word-word-word"),
            ("x" * 100, "x" * 48),
        ],
    )
    def test_a_slug_is_plain(self, title: str, expected: str) -> None:
        assert slug(title) == expected

    def test_a_title_is_one_short_line(self) -> None:
        assert title_text("  a \t b\nc") == "a b"
        assert len(title_text("x" * 500)) == 100

    def test_times_stay_within_what_can_be_written(self) -> None:
        assert time_text(1_767_225_600) == "2026-01-01T00:00:00Z"
        assert time_text(-5) == "1970-01-01T00:00:00Z"
        assert time_text(10**15) == "9999-12-31T23:59:59Z"

    def test_what_is_declared_stands_over_what_was_recorded(self) -> None:
        table = GradedTable()
        table.put("recorded", network="open", hosts=None, allowed_tools=[])
        table.declare({"network": "deny"})
        assert table.tables() == {
            "network": "deny",
            "allowed_tools": [],
            "known": {"network": "declared", "allowed_tools": "recorded"},
        }

    def test_texts_become_writable_and_short_with_a_mark(self) -> None:
        assert plain(["a\udcff", {"k": "é"}]) == ["a\ufffd\ufffd\ufffd", {"k": "é"}]
        assert clipped({"a": ["x" * 10]}, 4) == {"a": ["xxxx⟦cut: 6 characters⟧"]}

    def test_a_budget_counts_members_and_bytes(self) -> None:
        budget = Budget(Limits(max_unpacked=2_000, max_members=7, max_manifest=0))
        assert budget.take(300)
        assert not budget.take(300, keep=1_000)
        assert budget.take(0)
        assert not budget.take(0)


def test_bad_input_is_the_family_of_errors() -> None:
    assert issubclass(BadTranscriptError, BadInputError)
