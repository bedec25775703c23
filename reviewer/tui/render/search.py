"""Search in the rows of a patch: over its bytes in slices, so that a million rows neither freeze nor are copied.

Knows the index; nothing of the screen. A match is a row; where in the row it is, whoever draws the row finds again.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from reviewer.diff.model import RowKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.diff.model import DiffIndex
    from reviewer.tui.render.order import ReadingOrder

SLICE_ROWS = 8_192
"""Rows between two chances to stop: a few milliseconds."""
MAX_MATCHES = 200_000
_SEARCHED = (RowKind.CONTEXT, RowKind.ADDED, RowKind.REMOVED, RowKind.META)


def compiled(pattern: str) -> re.Pattern[str]:
    """Return what to look for: plain text, and upper case only matters when the pattern has any."""
    return re.compile(re.escape(pattern), 0 if pattern != pattern.lower() else re.IGNORECASE)


def matching_rows(index: DiffIndex, pattern: str) -> Iterator[array[int]]:
    """Yield the rows that hold `pattern`, slice by slice, rising; signs and the numbers of hunk headers do not count.

    Upper and lower case are the same when the pattern is all lower case (of ASCII letters; others as they are).
    """
    needle = pattern.encode("utf-8", "surrogateescape")
    flags = 0 if pattern != pattern.lower() else re.IGNORECASE
    # A match stays in its line and off the sign in front of it.
    expression = re.compile(re.escape(needle), flags)
    rows = len(index)
    for first in range(0, rows, SLICE_ROWS):
        last = min(rows, first + SLICE_ROWS)
        found: array[int] = array("I")
        begin, end = index.extent(first)[0], index.extent(last - 1)[1]
        row = first
        for match in expression.finditer(bytes(index.data[begin:end])):
            at = begin + match.start()
            row = _row_at(index, at, row, last)
            if (not found or found[-1] != row) and _counts(index, row, at):
                found.append(row)
        yield found


def _row_at(index: DiffIndex, at: int, low: int, high: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        if index.extent(middle)[0] <= at:
            low = middle
        else:
            high = middle
    return low


def _counts(index: DiffIndex, row: int, at: int) -> bool:
    kind = index.kind(row)
    if kind is RowKind.FILE:
        return True
    if kind is RowKind.HUNK:
        header = index.raw(row, 4096)
        return at >= index.extent(row)[0] + header.index(b"@@", 2) + 2
    return kind in _SEARCHED and (kind is RowKind.META or at > index.extent(row)[0])


class Matches:
    """Rows that match, and the next of them in reading order."""

    def __init__(self) -> None:
        """Start with none."""
        self.rows: array[int] = array("I")

    def __len__(self) -> int:
        return len(self.rows)

    def after(self, order: ReadingOrder, row: int, *, forward: bool = True) -> int | None:
        """Return the next matching row behind (or before) `row` in reading order, around the end; None without any."""
        if not self.rows:
            return None
        files = order.files
        here = order.file_of(row)
        first, last = order.extent_of(here) if here >= 0 else (0, row + 1)
        low, high = bisect_left(self.rows, first), bisect_left(self.rows, last)
        place = bisect_right(self.rows, row, low, high) if forward else bisect_left(self.rows, row, low, high) - 1
        if low <= place < high:
            return self.rows[place]
        start = order.position_of(here) if here >= 0 else -1
        step = 1 if forward else -1
        for offset in range(1, len(files) + 1):
            first, last = order.extent_of(files[(start + step * offset) % len(files)])
            low, high = bisect_left(self.rows, first), bisect_left(self.rows, last)
            if low < high:
                return self.rows[low if forward else high - 1]
        return self.rows[0]

    def ordinal(self, row: int) -> int:
        """Return a matching row's place among all, from 1, in the order of the patch."""
        return bisect_left(self.rows, row) + 1
