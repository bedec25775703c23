"""A patch as a run handed it in, held against the change as git has it.

Pure. Ids of blobs, modes, line numbers and blanks at line ends do not count: the same patch written by another tool, or
kept by one that strips blanks, is the same patch.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Hunks: TypeAlias = list[list[str]]
_HUNK = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_GIT = re.compile(r'diff --git (?:"?a/.*?"? )?"?b/(.*?)"?$')
_MAX_PATCH = 64_000_000


def same_changes(patch: str, diff: Mapping[str, Sequence[str]]) -> str | None:
    """Return how far a patch equals a diff, as the end of a sentence, None if it does not.

    Args:
        patch: a unified diff of any number of files.
        diff: the lines of the change's diff by path.
    """
    if len(patch) > _MAX_PATCH:
        return None
    given = {path: hunks for path, hunks in _files(patch.split("\n")).items() if hunks}
    there = {path: hunks for path, lines in diff.items() if (hunks := _all_hunks(lines))}
    if not given or given.keys() != there.keys():
        return None
    if given == there:
        return "hunk for hunk"
    if all(_bare(given[path]) == _bare(there[path]) for path in given):
        return "line for line, but for the context"
    return None


def _files(lines: Sequence[str]) -> dict[str, Hunks]:
    """Return the hunks of a patch by path; the new name stands for a file, the old one for a file that is gone."""
    found: dict[str, Hunks] = {}
    old = path = ""
    reader = _Hunks()
    for line in lines:
        if reader.take(line):
            continue
        if (match := _GIT.match(line)) is not None:
            path = old = match[1]
            reader.hunks = found.setdefault(path, [])
        elif line.startswith("--- "):
            old = _name(line, "a/")
        elif line.startswith("+++ "):
            path = _name(line, "b/")
            path = old if path == "/dev/null" else path
            reader.hunks = found.setdefault(path, [])
    return found


def _name(line: str, prefix: str) -> str:
    name = line[4:].split("\t", 1)[0].rstrip().strip('"')
    return name.removeprefix(prefix)


def _all_hunks(lines: Iterable[str]) -> Hunks:
    reader = _Hunks()
    for line in lines:
        reader.take(line.rstrip("\r\n"))
    return reader.hunks


class _Hunks:
    """The hunks so far; a hunk ends when it has the lines that its head promises."""

    def __init__(self) -> None:
        self.hunks: Hunks = []
        self._old = self._new = 0

    def take(self, line: str) -> bool:
        """Take a line if it belongs to a hunk, and return whether it does."""
        if self._old > 0 or self._new > 0:
            sign = line[:1]
            if sign == "\\":
                return True
            self._old -= sign != "+"
            self._new -= sign != "-"
            self.hunks[-1].append(line.rstrip())
            return True
        head = _HUNK.match(line)
        if head is None:
            return line.startswith("\\")
        self._old, self._new = int(head[1] or "1"), int(head[2] or "1")
        self.hunks.append([])
        return True


def _bare(hunks: Hunks) -> list[str]:
    return [line for hunk in hunks for line in hunk if line[:1] in {"+", "-"}]
