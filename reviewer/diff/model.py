"""Random access to the rows of a patch.

`DiffIndex` answers "what is row 731,204" in microseconds and holds about five bytes a row: where the row starts and
what kind it is. Line numbers, paths and content are worked out when asked for. Knows nothing of how rows are found
(`index`) or drawn.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

from reviewer.diff.span import FileList, FileSpan, HunkSpan, Row, RowKind, Side

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    Buffer: TypeAlias = bytes | bytearray | memoryview | mmap

__all__ = ["DiffIndex", "FileList", "FileSpan", "HunkSpan", "Row", "RowKind", "Side", "Tables"]

_BULK_ROWS = 4096
_KINDS = {int(kind): kind for kind in RowKind}
_ADDED = int(RowKind.ADDED)
_REMOVED = int(RowKind.REMOVED)
_CONTEXT = int(RowKind.CONTEXT)


class Tables:
    """The arrays under an index. One builder appends; `rows` is raised last, so that readers never see half a row."""

    __slots__ = (
        "complete",
        "data",
        "file_rows",
        "files",
        "hunk_first",
        "hunk_last",
        "indexed_bytes",
        "kinds",
        "new_count",
        "new_start",
        "old_count",
        "old_start",
        "rows",
        "starts",
        "whole",
    )

    def __init__(self, data: Buffer) -> None:
        """Start empty over `data`."""
        self.data = data
        self.complete = not len(data)
        self.indexed_bytes = 0
        self.rows = 0
        self.starts = array("I" if len(data) < 1 << 32 else "Q")
        self.kinds = bytearray()
        self.files: list[FileSpan] = []
        self.file_rows = array("I")
        self.hunk_first = array("I")
        self.hunk_last = array("I")
        self.old_start = array("I")
        self.old_count = array("I")
        self.new_start = array("I")
        self.new_count = array("I")
        self.whole = bytearray()

    @property
    def memory(self) -> int:
        """Bytes held in arrays (files not counted)."""
        arrays = (self.starts, self.file_rows, self.hunk_first, self.hunk_last)
        counts = (self.old_start, self.old_count, self.new_start, self.new_count)
        return sum(a.itemsize * len(a) for a in (*arrays, *counts)) + len(self.kinds) + len(self.whole)


class DiffIndex:
    """Random access to the rows of a patch.

    While a builder is still at work, the index shows the rows found so far and `complete` is False: every row below
    `len(index)` is final, and the last file's span still grows. One thread builds; any number may read.
    """

    __slots__ = ("_last_numbered", "_tables")

    def __init__(self, tables: Tables) -> None:
        """Look at `tables`, which a builder fills."""
        self._tables = tables
        self._last_numbered = (-1, 0, 0, 0)

    @property
    def data(self) -> Buffer:
        """The patch itself."""
        return self._tables.data

    @property
    def complete(self) -> bool:
        """Whether every byte of the patch stands in a row."""
        return self._tables.complete

    @property
    def indexed_bytes(self) -> int:
        """How many bytes of the patch stand in rows."""
        return self._tables.indexed_bytes

    @property
    def memory(self) -> int:
        """Bytes held in arrays (files not counted)."""
        return self._tables.memory

    def __len__(self) -> int:
        return self._tables.rows

    @property
    def files(self) -> FileList:
        """The files in the order of the patch."""
        return FileList(self._tables.files)

    @property
    def hunk_total(self) -> int:
        """How many hunks the patch has so far."""
        return len(self._tables.hunk_first)

    def kind(self, row: int) -> RowKind:
        """Return what a row is, without its content."""
        self._check(row)
        return _KINDS[self._tables.kinds[row]]

    def kinds(self, first: int, last: int) -> bytes:
        """Return what the rows `first` up to `last` (exclusive) are, one byte each: a `RowKind`'s value."""
        return bytes(self._tables.kinds[first : min(last, self._tables.rows)])

    def extent(self, row: int) -> tuple[int, int]:
        """Return where a row's bytes start and end (exclusive) in the patch, its line feed included."""
        self._check(row)
        following = row + 1
        return self._tables.starts[row], self._tables.starts[
            following
        ] if following < self._tables.rows else self.indexed_bytes

    def raw(self, row: int, limit: int | None = None) -> bytes:
        """Return a row's bytes without its line feed, at most `limit` of them."""
        start, end = self.extent(row)
        if end > start and self.data[end - 1] == 0x0A:
            end -= 1
        if limit is not None:
            end = min(end, start + limit)
        return bytes(self.data[start:end])

    def raws(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes of the rows `first` up to `last` (exclusive), each as `raw` gives it, in bulk."""
        for low in range(first, last, _BULK_ROWS):
            high = min(last, low + _BULK_ROWS)
            start, end = self.extent(low)[0], self.extent(high - 1)[1]
            yield from bytes(self.data[start:end]).removesuffix(b"\n").split(b"\n")

    def row(self, row: int, limit: int | None = None) -> Row:
        """Return a row; of its bytes at most `limit`.

        Raises:
            IndexError: there is no such row (negative rows do not count from the end).
        """
        old, new = self.numbers(row)
        return Row(_KINDS[self._tables.kinds[row]], old, new, self.raw(row, limit))

    def numbers(self, row: int) -> tuple[int | None, int | None]:
        """Return the old and new line number of a row, None on the side where it has none."""
        self._check(row)
        kind = self._tables.kinds[row]
        if kind not in (_CONTEXT, _ADDED, _REMOVED):
            return None, None
        number = bisect_right(self._tables.hunk_first, row) - 1
        near_hunk, near_row, old, new = self._last_numbered
        if near_hunk != number:
            near_row, old, new = (
                self._tables.hunk_first[number] + 1,
                self._tables.old_start[number],
                self._tables.new_start[number],
            )
        low, high, sign = (near_row, row, 1) if near_row <= row else (row, near_row, -1)
        context = self._tables.kinds.count(_CONTEXT, low, high)
        old += sign * (context + self._tables.kinds.count(_REMOVED, low, high))
        new += sign * (context + self._tables.kinds.count(_ADDED, low, high))
        # One assignment, so that readers in other threads see the old or the new note, never half of one.
        self._last_numbered = (number, row, old, new)
        return (None if kind == _ADDED else old), (None if kind == _REMOVED else new)

    def hunk(self, number: int) -> HunkSpan:
        """Return a hunk by its place among all hunks of the patch."""
        first = self._tables.hunk_first[number]
        header = self.raw(first, 4096)
        return HunkSpan(
            number,
            first,
            self._tables.hunk_last[number],
            self._tables.old_start[number],
            self._tables.old_count[number],
            self._tables.new_start[number],
            self._tables.new_count[number],
            header[header.index(b"@@", 2) + 2 :].removeprefix(b" "),
            bool(self._tables.whole[number]),
        )

    def file_at(self, row: int) -> FileSpan | None:
        """Return the file that a row belongs to, None for text above the first file."""
        self._check(row)
        place = bisect_right(self._tables.file_rows, row) - 1
        return self._tables.files[place] if place >= 0 else None

    def hunk_at(self, row: int) -> HunkSpan | None:
        """Return the hunk that a row belongs to (its `@@` row included), or None."""
        self._check(row)
        place = bisect_right(self._tables.hunk_first, row) - 1
        return self.hunk(place) if place >= 0 and row < self._tables.hunk_last[place] else None

    def row_of_line(self, file: FileSpan | int, side: Side, line: int) -> int | None:
        """Return the row that shows a line (from 1) of one side of a file, None when no hunk shows it."""
        span = self._tables.files[file] if isinstance(file, int) else file
        starts, counts = (
            (self._tables.old_start, self._tables.old_count)
            if side == "old"
            else (self._tables.new_start, self._tables.new_count)
        )
        low, high = span.hunk_first, span.hunk_last
        place = bisect_right(starts, line, low, high) - 1
        # A hunk that has no line on this side stands at the line before it.
        while place >= low and not counts[place]:
            place -= 1
        if place < low or line >= starts[place] + counts[place]:
            if span.consistent:
                return None
            place = next((n for n in range(low, high) if starts[n] <= line < starts[n] + counts[n]), -1)
            if place < 0:
                return None
        return self._nth(place, _REMOVED if side == "old" else _ADDED, line - starts[place])

    def _nth(self, hunk: int, kind: int, skip: int) -> int | None:
        low, high = self._tables.hunk_first[hunk] + 1, self._tables.hunk_last[hunk]
        while high - low > 64:
            middle = (low + high) // 2
            here = self._tables.kinds.count(_CONTEXT, low, middle) + self._tables.kinds.count(kind, low, middle)
            if skip < here:
                high = middle
            else:
                skip -= here
                low = middle
        for row in range(low, self._tables.hunk_last[hunk]):
            if self._tables.kinds[row] in (_CONTEXT, kind):
                if not skip:
                    return row
                skip -= 1
        return None

    def _check(self, row: int) -> None:
        if not 0 <= row < self._tables.rows:
            msg = f"row {row} of {self._tables.rows}"
            raise IndexError(msg)
