"""A repository in which a given diff is the change: the old files are made up around what the diff shows of them.

For recorded runs whose patch is at hand and whose repository is not. Lines that the diff does not show are numbered
fillers, so that every hunk stands where it stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path

    from unidiff.patch import PatchedFile


@dataclass(frozen=True, slots=True)
class DiffRepository:
    """The repository, and the two commits around the change."""

    repository: ScriptedRepository
    base: str
    head: str

    @property
    def root(self) -> Path:
        """The work tree."""
        return self.repository.root

    @property
    def span(self) -> str:
        """The range."""
        return f"{self.base}..{self.head}"


def repository_of(root: Path, diff: str, *, time: int, message: str = "Change") -> DiffRepository:
    """Return a new repository whose last commit is this diff.

    Args:
        root: a folder that is not there yet.
        diff: unified, in git's form; a whole `git show` may stand around it.
        time: of the change, seconds since 1970; the base is an hour older.
        message: of the commit.
    """
    from unidiff.patch import PatchSet

    patches = PatchSet(diff)
    made = ScriptedRepository(root)
    old = {file.source_file.removeprefix("a/"): _old(file) for file in patches if not file.is_added_file}
    base = made.commit("Base", {"README": "made up\n", **old}, **_dates(time - 3600))
    for file in patches:
        if file.is_removed_file or file.is_rename:
            (made.root / file.source_file.removeprefix("a/")).unlink()
        if not file.is_removed_file:
            made.write(file.path, _new(file))
    head = made.commit(message, {}, **_dates(time))
    return DiffRepository(made, base, head)


def _dates(time: int) -> dict[str, str]:
    return {"GIT_AUTHOR_DATE": f"{time} +0000", "GIT_COMMITTER_DATE": f"{time} +0000"}


def _old(file: PatchedFile) -> str:
    return _text(file, removed=True)


def _new(file: PatchedFile) -> str:
    return _text(file, removed=False)


def _text(file: PatchedFile, *, removed: bool) -> str:
    """Return one side of a file: what the hunks show, and fillers between them that are equal on both sides."""
    lines: list[str] = []
    done = 0
    for hunk in file:
        fillers = range(done + 1, hunk.source_start if hunk.source_length else hunk.source_start + 1)
        lines += [f"line {number}\n" for number in fillers]
        kept = [line for line in hunk if line.is_context or (line.is_removed if removed else line.is_added)]
        lines += [line.value if line.value.endswith("\n") else f"{line.value}\n" for line in kept]
        done = hunk.source_start + hunk.source_length - 1 if hunk.source_length else hunk.source_start
    if not file.is_added_file and not file.is_removed_file:
        lines += [f"line {number}\n" for number in range(done + 1, done + 4)]
    return "".join(lines)
