"""A change taken back from a commit: a three-way merge of each path, as `git revert` does it, in no work tree.

The contents come from the quarantine, hashed; git merges three files of ours at a time and sees no repository but our
own empty one. What cannot be merged is a conflict by its path and is left to the person.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import ReviewerError, UndeterminedError
from reviewer.git.command import attempt
from reviewer.git.tree import GITLINK, SYMLINK
from reviewer.probe.files import Files
from reviewer.probe.rehearsal import TakenBack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.git.quarantine import Quarantine
    from reviewer.git.tree import TreeEntry

_SECONDS = 30
_TOO_LARGE = 32 << 20
_ERROR = 128
NOT_THERE = "the target does not have the change yet: it was merged into it first"
CLASHES = "the change cannot be merged into the target without a conflict, so taking it back says nothing"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the change would be taken back: a commit and the name that led to it."""

    commit: str
    name: str


def target_of(quarantine: Quarantine, named: str | None) -> Target:
    """Return where the change would be taken back: where the person says, else the branch that changes go to.

    Raises:
        GitError: there is no such commit.
        UndeterminedError: nothing says which branch that is.
    """
    name = named or quarantine.default_branch()
    if name is None:
        raise UndeterminedError("nothing says where the change would be taken back", hint="name it: --target REF")
    return Target(quarantine.resolve(name), name)


def take_back(quarantine: Quarantine, base: str, head: str, target: Target) -> TakenBack:
    """Take the change from `base` to `head` back from the target.

    Raises:
        GitError: git fails, or an object is altered.
    """
    before, after = (_Side.of(quarantine, each) for each in (base, head))
    now = _Side.of(quarantine, target.commit)
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="reviewer-merge-") as room:
        merge = _Merge(quarantine, Path(room))
        if not _holds(quarantine, target.commit, head) and not _has_it(now, before, after):
            notes.append(NOT_THERE)
            now, clashes = merge.of(before, now, after)
            if clashes:
                return TakenBack(target.commit, target.name, None, clashes, (*notes, CLASHES))
        left, conflicts = merge.of(after, now, before)
    files = None if conflicts else left.files
    return TakenBack(target.commit, target.name, files, conflicts, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Side:
    """One commit's files: entries of git by path, and as they can be run."""

    entries: Mapping[str, TreeEntry]
    files: Files

    @classmethod
    def of(cls, quarantine: Quarantine, commit: str) -> _Side:
        tree = quarantine.tree(commit)
        rows = {path.decode("utf-8", "surrogateescape"): entry for path, entry in tree.entries()}
        return cls(rows, Files.of(tree))

    def state(self, path: str) -> tuple[str, str] | None:
        """Return mode and key of a path as it can be compared, None where there is none."""
        row = self.files.rows.get(path)
        return None if row is None else (row.mode, row.key)


def _holds(quarantine: Quarantine, target: str, head: str) -> bool:
    try:
        return quarantine.is_ancestor(head, target)
    except ReviewerError:
        return False


def _has_it(now: _Side, before: _Side, after: _Side) -> bool:
    """Return whether each changed path is on the target as the change leaves it (a squashed or copied commit)."""
    changed = [path for path in {*before.entries, *after.entries} if before.state(path) != after.state(path)]
    return all(now.state(path) == after.state(path) for path in changed)


class _Merge:
    def __init__(self, quarantine: Quarantine, room: Path) -> None:
        self._environment = quarantine.environment
        self._room = room

    def of(self, base: _Side, ours: _Side, theirs: _Side) -> tuple[_Side, tuple[str, ...]]:
        """Return `ours` with what leads from `base` to `theirs`, and the paths where that clashes."""
        moved = _moves(base, ours)
        contents: dict[str, bytes | None] = {}
        conflicts: list[str] = []
        files = ours.files
        for path in sorted({*base.files.rows, *theirs.files.rows}):
            start, aim = base.state(path), theirs.state(path)
            if start == aim:
                continue
            place = moved.get(path, path)
            here = ours.state(place)
            if here == aim:
                continue
            if here == start:
                # Nobody else touched it: it becomes what it is to be, at the place where it is now.
                if place == path:
                    files = files.overlaid(theirs.files, [path])
                else:
                    contents[place] = theirs.files.read(path) if aim is not None else None
                continue
            merged = self._file(*(side.files.read(name) for side, name in _three(base, ours, theirs, path, place)))
            if merged is None or _is_odd(start, here, aim):
                conflicts.append(path)
            else:
                contents[place] = merged
        return _Side(ours.entries, files.replaced(contents)), tuple(conflicts)

    def _file(self, base: bytes | None, ours: bytes | None, theirs: bytes | None) -> bytes | None:
        """Return three contents merged, None where they clash."""
        names = []
        for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
            if data is None or len(data) > _TOO_LARGE:
                return None
            (self._room / name).write_bytes(data)
            names.append(str(self._room / name))
        outcome = attempt(["merge-file", "-p", "-q", "--diff3", *names], self._environment, timeout=_SECONDS)
        return outcome.stdout if outcome.code == 0 else None


def _three(base: _Side, ours: _Side, theirs: _Side, path: str, place: str) -> tuple[tuple[_Side, str], ...]:
    return (base, path), (ours, place), (theirs, path)


def _is_odd(*states: tuple[str, str] | None) -> bool:
    """Return whether one of these is no plain file, or their modes differ."""
    modes = {None if state is None else state[0] for state in states}
    return len(modes) != 1 or not modes.isdisjoint({None, SYMLINK, GITLINK})


def _moves(base: _Side, ours: _Side) -> dict[str, str]:
    """Return where files of `base` are in `ours` that went elsewhere unchanged, by old path."""
    gone = {path: row.key for path, row in base.files.rows.items() if path not in ours.files.rows}
    come: dict[str, list[str]] = {}
    for path, row in ours.files.rows.items():
        if path not in base.files.rows:
            come.setdefault(row.key, []).append(path)
    return {path: come[key][0] for path, key in gone.items() if len(come.get(key, ())) == 1}
