"""The code around a change: files of the old side, nearest first, read and parsed within a budget.

What lies nearest says most about how a file is written. Nothing is read before somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.python_trees import tree_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from reviewer.checks.case import Case, SourceTree

LARGEST = 400_000
"""Bytes of a file beyond which it is not looked at: no person wrote it."""
_READ_BYTES = 24_000_000
_READ_FILES = 6_000
_PARSED_BYTES = 3_000_000
_PATHS = 200_000


@dataclass(slots=True)
class Around:
    """The old side of a change, one language at a time.

    Attributes:
        cut: something was not looked at for its size.
    """

    before: SourceTree | None
    language: roles.Language = "python"
    cut: bool = False
    _paths: tuple[str, ...] | None = None
    _folders: dict[bool, dict[str, list[str]]] | None = None
    _nearest: dict[tuple[str, bool], tuple[str, ...]] = field(default_factory=dict)
    _contents: dict[str, bytes | None] = field(default_factory=dict)
    _trees: dict[str, ast.Module | None] = field(default_factory=dict)
    _read: int = 0
    _parsed: int = 0

    @classmethod
    def of(cls, case: Case, language: roles.Language = "python") -> Around:
        """Return the code around a change; empty where no repository is at hand."""
        return cls(case.before, language)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the language that people write, in the order of the tree."""
        if self._paths is None:
            found: list[str] = []
            for number, path in enumerate(self.before.paths() if self.before is not None else ()):
                if number >= _PATHS:
                    self.cut = True
                    break
                if roles.language(path) == self.language and not roles.is_foreign(path):
                    found.append(path)
            self._paths = tuple(found)
        return self._paths

    def nearest(self, path: str, *, tests: bool, leave_out: frozenset[str] = frozenset()) -> list[str]:
        """Return the other files, those of the same folder first; tests or no tests."""
        home = path.rpartition("/")[0]
        if (home, tests) not in self._nearest:
            self._nearest[home, tests] = self._ordered(home, tests=tests)
        return [one for one in self._nearest[home, tests] if one != path and one not in leave_out]

    def _ordered(self, home: str, *, tests: bool) -> tuple[str, ...]:
        """Return the files from a folder outwards: what is near is the same for all files of one folder."""
        if self._folders is None:
            self._folders = {True: {}, False: {}}
            for one in self.paths:
                if not roles.is_example(one):
                    self._folders[roles.is_test(one)].setdefault(one.rpartition("/")[0], []).append(one)
        start = home.split("/") if home else []
        rings: dict[int, list[str]] = {}
        for folder, paths in self._folders[tests].items():
            rings.setdefault(_distance(start, folder.split("/") if folder else []), []).extend(paths)
        return tuple(one for distance in sorted(rings) for one in sorted(rings[distance]))

    def content(self, path: str) -> bytes | None:
        """Return a file's content, None if it is not there, too large, written by a program, or the budget is spent."""
        if path not in self._contents:
            if self._read >= _READ_BYTES or len(self._contents) >= _READ_FILES or self.before is None:
                self.cut = True
                return None
            data = self.before.read(path)
            if data is not None:
                self._read += len(data)
                if len(data) > LARGEST or roles.generated_line(data) is not None:
                    data = None
            self._contents[path] = data
        return self._contents[path]

    def tree(self, path: str) -> ast.Module | None:
        """Return a file's syntax tree, None where there is none or the budget is spent."""
        if path not in self._trees:
            data = self.content(path)
            if data is not None and self._parsed + len(data) > _PARSED_BYTES:
                self.cut = True
                return None
            self._parsed += len(data or b"")
            self._trees[path] = None if data is None else tree_of(data, "old", path)
        return self._trees[path]

    def trees(self, paths: list[str], most: int) -> Iterator[tuple[str, ast.Module]]:
        """Yield the trees of the first files that have one."""
        for path in paths:
            if most <= 0:
                return
            tree = self.tree(path)
            if tree is not None:
                most -= 1
                yield path, tree


def _distance(one: list[str], other: list[str]) -> int:
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return len(one) + len(other) - 2 * shared
