"""The files of one tree as they are to be run: content and mode by path, and what is put over them.

A value: putting other contents over some paths gives a new one, and nothing is read before it is written somewhere.
Knows no repository; a tree that can list its entries with modes says so by having `entries`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reviewer.checks.case import SourceTree

PLAIN, EXECUTABLE, LINK, SUBMODULE = "100644", "100755", "120000", "160000"


class ListedEntry(Protocol):
    """What a tree knows of one path."""

    @property
    def mode(self) -> str:
        """Git's octal mode, six digits."""

    @property
    def oid(self) -> str:
        """An id that is equal for equal contents."""


@runtime_checkable
class ListedTree(Protocol):
    """A tree that knows modes and ids."""

    def entries(self) -> Iterable[tuple[bytes, ListedEntry]]:
        """Yield the path's bytes and its entry, for every file, link and submodule."""


@dataclass(frozen=True, slots=True)
class File:
    """One path: git's mode, a key that is equal for equal contents, and how to get the content."""

    mode: str
    key: str
    read: Callable[[], bytes | None]


@dataclass(frozen=True)
class Files:
    """A tree as it is to be run, by path with `/` (bytes that are not UTF-8 as lone surrogates)."""

    rows: Mapping[str, File]

    @classmethod
    def of(cls, tree: SourceTree) -> Files:
        """Return the files of a tree; modes are those it lists, else all are plain files."""
        if isinstance(tree, ListedTree):
            return cls(
                {
                    path: File(entry.mode, entry.oid, _reader(tree, path))
                    for name, entry in tree.entries()
                    for path in (name.decode("utf-8", "surrogateescape"),)
                }
            )
        rows: dict[str, File] = {}
        for path in tree.paths():
            data = tree.read(path)
            if data is not None:
                rows[path] = _held(data)
        return cls(rows)

    @cached_property
    def key(self) -> str:
        """A digest that is equal for equal trees."""
        whole = hashlib.sha256()
        for path in sorted(self.rows):
            row = self.rows[path]
            whole.update(f"{row.mode} {row.key} ".encode() + path.encode("utf-8", "surrogatepass") + b"\0")
        return whole.hexdigest()

    def read(self, path: str) -> bytes | None:
        """Return the content of a path, None if there is none."""
        row = self.rows.get(path)
        return None if row is None else row.read()

    def paths(self) -> Iterable[str]:
        """Return all paths."""
        return self.rows.keys()

    def replaced(self, contents: Mapping[str, bytes | None]) -> Files:
        """Return the tree with other contents at some paths; None removes the path, modes stay."""
        rows = dict(self.rows)
        for path, data in contents.items():
            before = rows.pop(path, None)
            if data is not None:
                rows[path] = _held(data, PLAIN if before is None else before.mode)
        return Files(rows)

    def overlaid(self, other: Files, paths: Iterable[str]) -> Files:
        """Return the tree with some paths as another tree has them; what that tree has not is removed."""
        rows = dict(self.rows)
        for path in paths:
            rows.pop(path, None)
            if (row := other.rows.get(path)) is not None:
                rows[path] = row
        return Files(rows)


def _held(data: bytes, mode: str = PLAIN) -> File:
    return File(mode, hashlib.sha256(data).hexdigest(), lambda: data)


def _reader(tree: SourceTree, path: str) -> Callable[[], bytes | None]:
    return lambda: tree.read(path)
