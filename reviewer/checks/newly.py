"""Which of the things that a tool says of the new side it did not say of the old one.

Compares multisets, as lines move: a sentence about a file counts as new when it is said more often than before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.diagnostics import Diagnostic

_Key: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Gained:
    """What is new, by path on the new side."""

    by_path: Mapping[str, Sequence[Diagnostic]]

    def of(self, path: str) -> Sequence[Diagnostic]:
        """Return what is new in a file, in order of place."""
        return self.by_path.get(path, ())


def added_lines(case: Case) -> dict[str, frozenset[int]]:
    """Return the numbers of the added lines by path."""
    return {file.path: frozenset(line.number for line in file.added) for file in case.files}


def gained(case: Case, before: Iterable[Diagnostic], after: Iterable[Diagnostic]) -> Gained:
    """Return what is said on added lines, no more often than the file has more of it than before.

    A sentence that left one file of the change for another is not new.
    """
    new_paths = {file.old_path: file.path for file in case.files if file.old_path}
    lines = added_lines(case)
    had = Counter(_key(one, new_paths.get(one.path, one.path)) for one in before)
    has: dict[_Key, list[Diagnostic]] = defaultdict(list)
    for one in after:
        has[_key(one, one.path)].append(one)
    left: Counter[tuple[str, str, str]] = Counter()
    for key, times in had.items():
        left[key[1:]] += max(0, times - len(has.get(key, ())))
    found: dict[str, list[Diagnostic]] = defaultdict(list)
    for key, said in has.items():
        room = len(said) - had[key]
        for one in said:
            if room <= 0:
                break
            if one.line not in lines.get(one.path, ()):
                continue
            room -= 1
            if left[key[1:]] > 0:
                left[key[1:]] -= 1
                continue
            found[one.path].append(one)
    return Gained({path: sorted(said, key=lambda one: (one.line, one.tool)) for path, said in found.items()})


def _key(one: Diagnostic, path: str) -> _Key:
    return (path, one.tool, one.rule, one.message)
