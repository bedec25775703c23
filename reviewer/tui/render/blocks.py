"""Where removed rows stand beside added rows in the split layout.

Knows only the kinds of rows: a run of removed rows followed by a run of added rows shares screen rows. Sixteen bytes a
block, found in one pass; knows nothing of text, files or widgets.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from typing import TYPE_CHECKING

from reviewer.diff.model import RowKind
from reviewer.tui.render.beside import slots

if TYPE_CHECKING:
    from reviewer.diff.model import DiffIndex

# A "no newline" row belongs to the side of the row above it.
_BLOCK = re.compile(
    b"([%c]+[%c]?)([%c]+[%c]?)" % (RowKind.REMOVED, RowKind.NO_NEWLINE, RowKind.ADDED, RowKind.NO_NEWLINE)
)
_KEPT = 512
_CHANGED = bytes((RowKind.REMOVED, RowKind.ADDED, RowKind.NO_NEWLINE))


def kinds_of(index: DiffIndex, first: int, last: int) -> bytes:
    """Return the kind of each row in a range, one byte a row.

    A copy: the index may still grow in another thread, and a view of a growing bytearray would stop it.
    """
    return bytes(index._tables.kinds[first:last])  # noqa: SLF001 - one byte a row, and the only bulk view of it


class Blocks:
    """Paired blocks of a patch, and the one-dimensional coordinate that they shorten.

    The coordinate of a row is the row's number less the screen rows saved above it by standing side by side.
    """

    __slots__ = ("_at", "_index", "_left", "_right", "_scanned", "_slots", "_start")

    def __init__(self, index: DiffIndex) -> None:
        """Start with no blocks: every row then stands alone."""
        self._index = index
        self._slots: OrderedDict[int, tuple[int, ...]] = OrderedDict()
        self._start = array("I")
        self._left = array("I")
        self._right = array("I")
        self._at = array("I")
        self._scanned = 0

    def __len__(self) -> int:
        return len(self._start)

    def scan(self) -> None:
        """Find the blocks of the rows that were not yet there; the last run is looked at again as it may have grown."""
        index = self._index
        while self._start and self._start[-1] >= self._scanned:
            for values in (self._start, self._left, self._right, self._at):
                values.pop()
            self._slots.clear()
        base, end = self._scanned, len(index)
        kinds = kinds_of(index, base, end)
        saved = self._saved()
        for match in _BLOCK.finditer(kinds):
            left, right = len(match.group(1)), len(match.group(2))
            start = base + match.start()
            self._start.append(start)
            self._left.append(left)
            self._right.append(right)
            self._at.append(start - saved)
            saved += min(left, right)
        self._scanned = base + len(kinds.rstrip(_CHANGED))

    def coordinate(self, row: int) -> int:
        """Return where a row stands; both rows of a pair stand at the same place."""
        place = bisect_right(self._start, row) - 1
        if place < 0:
            return row
        start, left, right = self._start[place], self._left[place], self._right[place]
        inside = row - start
        if inside < left:
            return self._at[place] + (inside if left >= right else self._places(place)[inside])
        inside -= left
        if inside < right:
            return self._at[place] + (inside if right >= left else self._places(place)[inside])
        return self._at[place] + max(left, right) + inside - right

    def rows_at(self, coordinate: int) -> tuple[int | None, int | None, bool]:
        """Return the rows at a coordinate: left, right, and whether they stand in a paired block.

        Outside of a block both are the same row.
        """
        place = bisect_right(self._at, coordinate) - 1
        if place < 0:
            return coordinate, coordinate, False
        start, left, right = self._start[place], self._left[place], self._right[place]
        inside = coordinate - self._at[place]
        if inside < max(left, right):
            old = inside if left >= right else self._line_at(place, inside)
            new = inside if right >= left else self._line_at(place, inside)
            return None if old is None else start + old, None if new is None else start + left + new, True
        row = start + left + right + inside - max(left, right)
        return row, row, False

    def _places(self, block: int) -> tuple[int, ...]:
        start = self._start[block]
        found = self._slots.get(start)
        if found is None:
            found = self._slots[start] = slots(self._index, start, self._left[block], self._right[block])
            if len(self._slots) > _KEPT:
                self._slots.popitem(last=False)
        return found

    def _line_at(self, block: int, inside: int) -> int | None:
        """Return which line of the shorter side stands at a place of a block, None when none does."""
        places = self._places(block)
        line = bisect_left(places, inside)
        return line if line < len(places) and places[line] == inside else None

    def _saved(self) -> int:
        if not self._start:
            return 0
        return self._start[-1] - self._at[-1] + min(self._left[-1], self._right[-1])
