"""What a repository or a store makes small on disk and huge when it is read: each stays within its bounds."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

import pytest

from reviewer.workflow.packing import checkpoints, line_evidence
from reviewer.workflow.sessions import database
from reviewer.workflow.sessions.reading import NotReadableError
from reviewer.workflow.sessions.stores import opencode
from tests.support.repositories import ScriptedRepository
from tests.unit.test_pack_line_evidence import evidence

if TYPE_CHECKING:
    from pathlib import Path


def test_a_note_with_very_many_entries_of_a_file_with_very_many_hunks_ends(tmp_path: Path) -> None:
    repository = ScriptedRepository(tmp_path / "repo")
    repository.commit("Base", {"f.py": "".join(f"x{n}\n" for n in range(6_000))})
    repository.commit("Change", {"f.py": "".join(f"x{n}\n" if n % 2 else f"y{n}\n" for n in range(6_000))})
    for entry in ("1-9999999", "2"):
        note = "f.py\n" + f"  s_1::t {entry}\n" * 20_000 + "---\n{}"
        repository.git("notes", "--ref=ai", "add", "-f", "-F", "-", "HEAD", stdin=note.encode())
        start = time.monotonic()
        found = evidence(repository, tmp_path)
        assert time.monotonic() - start < 8
        assert len(found.rows) <= line_evidence.MAX_ROWS
    assert not found.rows


def test_notes_of_many_commits_are_bounded_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_evidence, "_MAX_NOTES", 10)
    repository = ScriptedRepository(tmp_path / "repo")
    repository.commit("Base", {"f.py": "0\n"})
    for n in (1, 2):
        repository.commit(f"Change {n}", {"f.py": f"{n}\n"})
        repository.git("notes", "--ref=ai", "add", "-F", "-", "HEAD", stdin=b"f.py\n  h_1 1\n---\n{}")
    found = evidence(repository, tmp_path, "HEAD~2..HEAD")
    assert len(found.rows) == 1
    assert "were not read: there are too many" in found.notes[0]


def test_one_log_named_by_many_checkpoints_is_written_once_and_all_have_one_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = ScriptedRepository(tmp_path / "repo")
    repository.commit("Base", {"f.py": "0\n"})
    names = [f"{n:012x}" for n in range(8)]
    files = {f"{name[:2]}/{name[2:]}/0/full.jsonl": "{}\n" * 100 for name in names[:6]}
    files |= {f"{name[:2]}/{name[2:]}/0/full.jsonl": f"{name}\n" * 100_000 for name in names[6:]}
    files |= {f"{name[:2]}/{name[2:]}/0/metadata.json": '{"files_touched": ["f.py"]}' for name in names}
    repository.commit("Checkpoints", files)
    repository.git("branch", "entire/checkpoints/v1")
    repository.commit("Change\n\n" + "\n".join(f"Entire-Checkpoint: {name}" for name in names), {"f.py": "1\n"})
    monkeypatch.setattr(checkpoints, "MAX_LOGS", 2_000_000)
    found = evidence(repository, tmp_path)
    assert [log.name for log in found.logs] == [f"checkpoint {names[0]}/0", f"checkpoint {names[6]}/0"]
    assert sum("there is too much of such logs" in note for note in found.notes) == 1


@pytest.mark.parametrize("table", ["session", "message"])
def test_a_database_whose_columns_are_computed_is_not_read(tmp_path: Path, table: str) -> None:
    path = tmp_path / "opencode.db"
    blown = dict.fromkeys(("session", "message"), "") | {table: ", data TEXT AS (hex(zeroblob(30000000)))"}
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE session (id TEXT, time_created INT{blown['session']})")
        connection.execute(f"CREATE TABLE message (id TEXT, session_id TEXT{blown['message']})")
        connection.execute("INSERT INTO session (id, time_created) VALUES ('ses_1', 1700000000000)")
    with database.opened(path) as connection:
        assert database.columns(connection, table) == frozenset()
    if table == "session":
        with pytest.raises(NotReadableError):
            list(opencode.sessions_of(path))
