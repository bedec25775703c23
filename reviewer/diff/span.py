"""Rows, hunks and files of a patch, as positions in its bytes.

Plain values; the index (`model`) makes them. Paths and bytes in them are hostile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, Protocol, TypeAlias, overload

Side: TypeAlias = Literal["old", "new"]


class RowKind(IntEnum):
    """What a row of a patch is. META is every row that is not content: headers, binary data, text nobody expected."""

    FILE = 1
    META = 2
    HUNK = 3
    CONTEXT = 4
    ADDED = 5
    REMOVED = 6
    NO_NEWLINE = 7


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its kind, its line number on each side (from 1, None where it has none) and its bytes, no line feed."""

    kind: RowKind
    old: int | None
    new: int | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class HunkSpan:
    """One hunk: rows `first` (its `@@` row) up to `last` (exclusive), and what its header says.

    Attributes:
        number: its place among all hunks of the patch, from 0.
        section: what git wrote behind the second `@@` (often the function's line), hostile.
        whole: the rows are exactly as many as the header says.
    """

    number: int
    first: int
    last: int
    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: bytes
    whole: bool = True


class Hunks(Protocol):
    """Whoever can make a hunk by its number; the index."""

    def hunk(self, number: int) -> HunkSpan:
        """Return the hunk of this number among all of the patch, from 0."""


@dataclass(frozen=True, slots=True)
class FileSpan:
    """One file of the patch: rows `first` up to `last` (exclusive).

    Attributes:
        number: its place in the patch, from 0.
        path: name after the change, bytes that are not UTF-8 as lone surrogates; the old name for a deleted file.
        old_path: name before, when it differs.
        status: git's letter (A M D R C T).
        old_mode, new_mode: git's octal modes where the header says them.
        old_id, new_id: object ids of the `index` row.
        binary: content is not shown as lines.
        combined: a merge's combined diff, shown raw.
        added, removed: rows of each kind.
        unparsed: rows of this file that are no part of the format.
        consistent: header names agree, hunks are whole, in order and do not overlap, and nothing is unparsed.
    """

    number: int
    first: int
    last: int
    path: str
    old_path: str | None
    status: str
    old_mode: str | None
    new_mode: str | None
    binary: bool
    added: int
    removed: int
    old_id: str | None = None
    new_id: str | None = None
    combined: bool = False
    unparsed: int = 0
    consistent: bool = True
    hunk_first: int = 0
    hunk_last: int = 0
    _index: Hunks | None = field(default=None, repr=False, compare=False)

    @property
    def hunks(self) -> tuple[HunkSpan, ...]:
        """The file's hunks in order, made anew at each call."""
        index = self._index
        return () if index is None else tuple(index.hunk(n) for n in range(self.hunk_first, self.hunk_last))

    @property
    def hunk_count(self) -> int:
        """How many hunks the file has, without making them."""
        return self.hunk_last - self.hunk_first


class FileList(Sequence[FileSpan]):
    """The files of an index that may still be growing."""

    __slots__ = ("_files",)

    def __init__(self, files: list[FileSpan]) -> None:
        """Look at `files`, which the builder goes on filling."""
        self._files = files

    @overload
    def __getitem__(self, key: int) -> FileSpan: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[FileSpan]: ...
    def __getitem__(self, key: int | slice) -> FileSpan | Sequence[FileSpan]:
        return self._files[key]

    def __len__(self) -> int:
        return len(self._files)
