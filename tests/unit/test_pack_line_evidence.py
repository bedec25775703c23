"""Notes, trace records and checkpoints in a real repository: kept as far as they are about this change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reviewer.git.quarantine import Quarantine
from reviewer.workflow.packing.commit_range import find_range
from reviewer.workflow.packing.line_evidence import LineEvidence, find_evidence
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path

BASE = "one\ntwo\nthree\n"
HEAD = "one\nnew\nnewer\nthree\nlast\n"
META = {"sessions": {"s_1": {"agent_id": {"tool": "claude", "id": "f769", "model": "opus"}}}}


@pytest.fixture
def repository(tmp_path: Path) -> ScriptedRepository:
    made = ScriptedRepository(tmp_path / "repo")
    made.commit("Base", {"src/a.py": BASE, "b.py": "x\n"})
    made.commit("Change", {"src/a.py": HEAD})
    return made


def evidence(repository: ScriptedRepository, tmp_path: Path, revision: str = "HEAD~1..HEAD") -> LineEvidence:
    staging = tmp_path / "staging"
    staging.mkdir(exist_ok=True)
    with Quarantine.of(repository.root) as quarantine:
        span = find_range(quarantine, revision)
        diff = staging / "change.diff"
        quarantine.diff_to(diff, span.base, span.head)
        commits = [quarantine.commit(oid) for oid in span.commits]
        paths = {path.decode() for path in (entry.path for entry in quarantine.change(span.base, span.head))}
        return find_evidence(quarantine, span, commits, paths, diff=diff, staging=staging)


def spans(found: LineEvidence) -> list[tuple[object, ...]]:
    return [(row["path"], row["first"], row["last"], row["by"]) for row in found.rows]


def note(repository: ScriptedRepository, commit: str, text: str) -> None:
    repository.git("notes", "--ref=ai", "add", "-f", "-F", "-", commit, stdin=f"{text}---\n{json.dumps(META)}".encode())


def test_a_note_counts_for_added_lines_alone(repository: ScriptedRepository, tmp_path: Path) -> None:
    note(repository, "HEAD", "src/a.py\n  s_1::t_1 1-2,3\n  h_1 5\nb.py\n  s_1::t_1 1\n")
    found = evidence(repository, tmp_path)
    assert spans(found) == [("src/a.py", 2, 3, "agent"), ("src/a.py", 5, 5, "human")]
    assert found.noted == {"f769"}
    assert found.rows[0]["commit"] == repository.head()
    assert not found.notes


def test_lines_that_a_later_commit_moved_are_told_by_file(repository: ScriptedRepository, tmp_path: Path) -> None:
    earlier = repository.head()
    note(repository, earlier, "src/a.py\n  s_1::t_1 2\n  s_1::t_1 3\n")
    repository.commit("More", {"src/a.py": "zero\n" + HEAD})
    found = evidence(repository, tmp_path, "HEAD~2..HEAD")
    assert [(*span, row["commit"]) for span, row in zip(spans(found), found.rows, strict=True)] == [
        ("src/a.py", None, None, "agent", earlier)
    ]


def test_a_broken_note_is_told_and_stops_nothing(repository: ScriptedRepository, tmp_path: Path) -> None:
    repository.git("notes", "--ref=ai", "add", "-f", "-m", "nothing of the kind", "HEAD")
    found = evidence(repository, tmp_path)
    assert found.rows == []
    assert "no readable JSON" in found.notes[0]


def test_trace_records_are_of_this_change_by_revision_or_time(repository: ScriptedRepository, tmp_path: Path) -> None:
    def record(revision: str, path: str, first: int) -> str:
        ranges = [{"start_line": first, "end_line": first}]
        talk = {"url": f"/x/sessions/{revision[:4]}.jsonl", "contributor": {"type": "ai"}, "ranges": ranges}
        return json.dumps({"vcs": {"revision": revision}, "files": [{"path": path, "conversations": [talk]}]})

    base = repository.git("rev-parse", "HEAD~1")
    flat = {"session_id": "s9", "file_path": str(repository.root / "src/a.py"), "start_line": 5, "end_line": 5}
    now = repository.git("log", "-1", "--format=%cI")
    lines = [
        record(base, "src/a.py", 2),
        record("f" * 40, "src/a.py", 3),
        record(base, "b.py", 1),
        json.dumps({**flat, "tool": "Edit", "timestamp": now}),
        json.dumps({**flat, "tool": "Edit", "timestamp": "2001-01-01T00:00:00Z"}),
    ]
    repository.write(".agent-trace/traces.jsonl", "\n".join(lines))
    found = evidence(repository, tmp_path)
    assert spans(found) == [("src/a.py", 2, 2, "agent"), ("src/a.py", 5, 5, "agent")]
    assert found.noted == {base[:4], "s9"}
    assert found.notes == [".agent-trace/traces.jsonl: 3 records of other changes left aside"]


def checkpoint(repository: ScriptedRepository, touched: list[str], *, own_reference: bool = False) -> None:
    """Write checkpoint 0382579310fc with one session and its log in two parts, and name it in the head's trailer."""
    folder = "" if own_reference else "03/82579310fc/"
    files = {
        f"{folder}metadata.json": json.dumps({"checkpoint_id": "0382579310fc", "sessions": [{"metadata": "/0/x"}]}),
        f"{folder}0/metadata.json": json.dumps({"session_id": "s-1", "agent": "Claude Code", "files_touched": touched}),
        f"{folder}0/full.jsonl": '{"a":1}',
        f"{folder}0/full.jsonl.001": '{"b":2}\n',
    }
    reference = "refs/entire/checkpoints/03/0382579310fc" if own_reference else "refs/heads/entire/checkpoints/v1"
    entries = {
        name: repository.git("hash-object", "-w", "--stdin", stdin=text.encode()) for name, text in files.items()
    }
    variables = {"GIT_INDEX_FILE": str(repository.root.parent / "checkpoint-index")}
    for name, oid in entries.items():
        repository.git("update-index", "--add", "--cacheinfo", f"100644,{oid},{name}", variables=variables)
    tree = repository.git("write-tree", variables=variables)
    repository.git("update-ref", reference, repository.git("commit-tree", tree, "-m", "Checkpoint"))
    repository.git("commit", "-q", "--amend", "--no-gpg-sign", "-m", "Change\n\nEntire-Checkpoint: 0382579310fc\n")


@pytest.mark.parametrize("own_reference", [False, True])
def test_a_checkpoint_leads_to_the_session_log(
    repository: ScriptedRepository, tmp_path: Path, *, own_reference: bool
) -> None:
    checkpoint(repository, ["src/a.py", "other.py"], own_reference=own_reference)
    found = evidence(repository, tmp_path)
    (log,) = found.logs
    assert log.path.read_text() == '{"a":1}\n{"b":2}\n'
    assert (log.session_id, log.agent) == ("s-1", "Claude Code")
    assert "names its checkpoint 0382579310fc in a trailer" in log.because
    assert found.trailed == {"s-1"}
    assert spans(found) == [("src/a.py", None, None, "agent")]


def test_a_trailer_that_points_to_another_change_is_told_and_left(
    repository: ScriptedRepository, tmp_path: Path
) -> None:
    checkpoint(repository, ["elsewhere.py"])
    found = evidence(repository, tmp_path)
    assert (found.logs, found.named, found.rows) == ((), frozenset(), [])
    assert "which touched none of the changed files: it was left" in found.notes[0]


def test_a_checkpoint_that_is_not_here_is_told(repository: ScriptedRepository, tmp_path: Path) -> None:
    repository.commit("More\n\nEntire-Checkpoint: aaaaaaaaaaaa", {"src/a.py": "x\n"})
    assert "names checkpoint aaaaaaaaaaaa, which is not here" in evidence(repository, tmp_path).notes[0]
