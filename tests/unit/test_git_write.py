from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from reviewer.errors import GitError
from reviewer.git.notes import read_note
from reviewer.git.quarantine import Quarantine
from reviewer.git.tree import TreeEntry
from reviewer.git.write import (
    Person,
    RefMovedError,
    RefUpdate,
    append_note,
    commit_tree,
    update_ref,
    update_refs,
    write_blob,
    write_tree,
)
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADA = Person("Ada <evil>\n\x1b", "ada@example.org", 1_767_225_600)
NOTES = "refs/notes/reviewer"


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> ScriptedRepository:
    scripted = ScriptedRepository(tmp_path / "repository", object_format=request.param)
    scripted.commit("first", {"a.txt": "a\n"})
    return scripted


@pytest.fixture
def quarantine(repository: ScriptedRepository) -> Iterator[Quarantine]:
    with Quarantine.of(repository.root) as opened:
        yield opened


def test_objects_are_as_git_itself_would_store_them(repository: ScriptedRepository, quarantine: Quarantine) -> None:
    blob = write_blob(quarantine, b"content\n")
    inner = write_tree(quarantine, [TreeEntry("100644", b"file", blob)])
    tree = write_tree(
        quarantine,
        [TreeEntry("100644", b"a.b", blob), TreeEntry("040000", b"a", inner), TreeEntry("100755", b"a-b", blob)],
    )
    commit = commit_tree(quarantine, tree, [repository.head()], "Subject\n\nBody\n\n", ADA)
    update_ref(quarantine, "refs/heads/new", commit, None)
    repository.git("fsck", "--strict")
    assert repository.git("ls-tree", "-r", "--name-only", "new").split() == ["a-b", "a.b", "a/file"]
    assert repository.git("log", "-1", "--format=%an|%ae|%aI|%B", "new").startswith("Ada evil")
    assert repository.git("status", "--porcelain") == ""


def test_a_reference_moves_only_from_the_value_it_is_said_to_have(
    repository: ScriptedRepository, quarantine: Quarantine
) -> None:
    first = repository.head()
    second = repository.commit("second")
    update_ref(quarantine, "refs/heads/x", first, None)
    with pytest.raises(RefMovedError):
        update_ref(quarantine, "refs/heads/x", second, None)
    with pytest.raises(RefMovedError):
        update_ref(quarantine, "refs/heads/x", first, second)
    update_ref(quarantine, "refs/heads/x", second, first)
    assert repository.git("rev-parse", "x") == second


def test_references_move_together_or_not_at_all(repository: ScriptedRepository, quarantine: Quarantine) -> None:
    head = repository.head()
    with pytest.raises(RefMovedError):
        update_refs(quarantine, [RefUpdate("refs/heads/new", head, None), RefUpdate("refs/heads/main", head, None)])
    assert quarantine.refs.get("refs/heads/new") is None


def test_a_lock_is_waited_for_and_a_stale_one_is_named(
    repository: ScriptedRepository, quarantine: Quarantine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = repository.git_dir / "refs/heads/x.lock"
    lock.touch()
    threading.Timer(0.2, lock.unlink).start()
    update_ref(quarantine, "refs/heads/x", repository.head(), None)
    lock.touch()
    monkeypatch.setattr("reviewer.git.write._PATIENCE", 0.2)
    started = time.monotonic()
    with pytest.raises(GitError, match="cannot be written") as caught:
        update_ref(quarantine, "refs/heads/x", repository.head(), repository.head())
    assert "x.lock" in (caught.value.hint or "")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("ref", ["HEAD", "refs/heads/a b", "refs/heads/x\ndelete refs/heads/main", "refs/heads/../x"])
def test_a_name_that_is_no_reference_is_refused(
    quarantine: Quarantine, repository: ScriptedRepository, ref: str
) -> None:
    with pytest.raises(GitError, match="not the full name"):
        update_ref(quarantine, ref, repository.head(), None)


def test_a_branch_in_the_way_is_one_sentence(repository: ScriptedRepository, quarantine: Quarantine) -> None:
    repository.git("branch", "reviewer")
    with pytest.raises(GitError, match="cannot be written"):
        update_ref(quarantine, "refs/heads/reviewer/ledger", repository.head(), None)


def test_bytes_planted_under_an_id_are_noticed_before_anything_points_to_them(
    repository: ScriptedRepository, quarantine: Quarantine
) -> None:
    oid = repository.git("hash-object", "--stdin", stdin=b"the record\n")
    other = repository.git("hash-object", "-w", "--stdin", stdin=b"another!!!\n")
    repository.path_of(oid).parent.mkdir(exist_ok=True)
    repository.path_of(oid).write_bytes(repository.path_of(other).read_bytes())
    with pytest.raises(GitError, match="does not hash to its id"):
        write_blob(quarantine, b"the record\n")


def test_notes_gain_lines_that_git_shows_and_cannot_be_forged(
    repository: ScriptedRepository, quarantine: Quarantine
) -> None:
    head = repository.head()
    append_note(quarantine, NOTES, head, "approved by Ada\n\x1b[2Jand by Eve", ADA)
    append_note(quarantine, NOTES, head, "approved by Bob", ADA)
    shown = repository.git("notes", "--ref=reviewer", "show", head)
    assert shown.split("\n") == ["approved by Ada⟨U+000A⟩⟨U+001B⟩[2Jand by Eve", "approved by Bob"]
    assert repository.git("log", "-1", "--notes=reviewer").endswith("    approved by Bob")


def test_notes_of_others_stay_in_whatever_folders_git_put_them(
    repository: ScriptedRepository, quarantine: Quarantine
) -> None:
    head = repository.head()
    stream = "commit refs/notes/reviewer\ncommitter A <a@b> 1 +0000\ndata 0\n"
    others = [f"{number:040x}"[::-1].ljust(len(head), "0") for number in range(300)]
    for other in [*others, head]:
        # Two levels of folders, as git makes them for many notes.
        stream += f"M 100644 inline {other[:2]}/{other[2:4]}/{other[4:]}\ndata 4\nold\n\n"
    repository.git("fast-import", "--quiet", stdin=stream.encode())
    append_note(quarantine, NOTES, head, "new", ADA)
    root = quarantine.tree_id(quarantine.refs.get(NOTES))
    assert read_note(quarantine.objects, root, head) == b"old\nnew\n"
    assert all(read_note(quarantine.objects, root, other) == b"old\n" for other in others)
    assert read_note(quarantine.objects, root, "f" * len(head)) is None
    assert repository.git("notes", "--ref=reviewer", "show", head) == "old\nnew"


@pytest.mark.parametrize("link", ["refs/heads/reviewer", "logs/refs/heads/reviewer", "refs/heads/reviewer/ledger"])
def test_a_link_among_the_references_is_not_followed(
    repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path, link: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (repository.git_dir / link).parent.mkdir(parents=True, exist_ok=True)
    (repository.git_dir / link).symlink_to(outside)
    with pytest.raises(GitError, match="symbolic link"):
        update_ref(quarantine, "refs/heads/reviewer/ledger", repository.head(), None)
    assert list(outside.iterdir()) == []
