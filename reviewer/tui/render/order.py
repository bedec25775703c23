"""The patch's files in the order of reading, and the screen row of every patch row before anything is inserted.

A file takes one screen row for its header (git's own header rows are folded into it), one for each row below, and one
empty row behind it. Knows the index and the paired blocks; nothing of notes, gaps, text or widgets.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.diff.model import RowKind
from reviewer.tui.render.blocks import Blocks, kinds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.diff.model import DiffIndex

LEAD = -1
"""The number that stands for "no file": text above the first file."""


@dataclass(frozen=True, slots=True)
class BaseRow:
    """What stands on one base row: patch rows on the left and right (the same when it fills the row), or a tail.

    `file` is the file's number, or `LEAD`. A tail, the empty row behind a file, has neither row.
    """

    file: int
    left: int | None
    right: int | None
    paired: bool = False

    @property
    def row(self) -> int | None:
        """The patch row to speak of: the new side's where both are there."""
        return self.left if self.right is None else self.right


class ReadingOrder:
    """Base rows of a whole patch: O(files) memory, any look-up by bisect."""

    def __init__(self, index: DiffIndex, *, split: bool = False) -> None:
        """Take the files that `index` has so far, in the order of the patch."""
        self.index = index
        self.split = split
        self.blocks = Blocks(index)
        self._wanted: tuple[int, ...] = ()
        self._shown_headers: set[int] = set()
        self._first = array("I")
        self._body = array("I")
        self._last = array("I")
        self._lead = 0
        self._files = array("i")
        self._top = array("L")
        self._position = array("i")
        self.height = 0
        self.grow()

    def grow(self) -> None:
        """Take in rows and files that the index has found since."""
        index = self.index
        # Another thread may be adding: take the count of rows once, and leave files for later that begin behind it.
        rows = len(index)
        count = len(index.files)
        while count and index.files[count - 1].first >= rows:
            count -= 1
        self._lead = index.files[0].first if count else rows
        # The last known file may have grown; those before it are final.
        for number in range(max(0, len(self._first) - 1), count):
            file = index.files[number]
            last = file.last if number < count - 1 else rows
            if number == len(self._first):
                self._first.append(file.first)
                self._body.append(0)
                self._last.append(0)
            self._body[number] = self._body_of(number, last)
            self._last[number] = last
        self.arrange()

    def set_order(self, order: Sequence[int]) -> None:
        """Read files in this order; files that it leaves out follow in the order of the patch, each exactly once."""
        self._wanted = tuple(dict.fromkeys(order))
        self.arrange()

    def set_split(self, split: bool) -> None:  # noqa: FBT001 - the one argument of a setter
        """Stand removed beside added rows, or all rows below each other."""
        self.split = split
        self.arrange()

    def toggle_header(self, file: int) -> None:
        """Show or fold git's own header rows of a file."""
        self._shown_headers ^= {file}
        self._body[file] = self._body_of(file, self._last[file])
        self.arrange()

    def header_shown(self, file: int) -> bool:
        """Return whether git's own header rows of a file are shown."""
        return self._body[file] == self._first[file] + 1

    def arrange(self) -> None:
        """Work out where each file begins on the screen."""
        if self.split:
            self.blocks.scan()
        count = len(self._first)
        wanted = [number for number in self._wanted if 0 <= number < count]
        rest = sorted(set(range(count)).difference(wanted)) if wanted else range(count)
        self._files = array("i", (*((LEAD,) if self._lead else ()), *wanted, *rest))
        self._position = array("i", bytes(4 * count))
        self._top = array("L")
        y = 0
        for position, number in enumerate(self._files):
            self._top.append(y)
            if number != LEAD:
                self._position[number] = position
            y += self._height(number)
        self.height = y

    @property
    def files(self) -> Sequence[int]:
        """File numbers in the order of reading (text above the first file left out)."""
        return self._files[1:] if self._lead else self._files

    def at(self, base: int) -> BaseRow:
        """Return what stands on base row `base`, 0 up to `height` (exclusive)."""
        position = bisect_right(self._top, base) - 1
        number = self._files[position]
        inside = base - self._top[position]
        if number == LEAD:
            return BaseRow(LEAD, inside, inside)
        if inside == 0:
            return BaseRow(number, self._first[number], self._first[number])
        if base + 1 == self._top[position] + self._height(number):
            return BaseRow(number, None, None)
        if not self.split:
            row = self._body[number] + inside - 1
            return BaseRow(number, row, row)
        left, right, paired = self.blocks.rows_at(self.blocks.coordinate(self._body[number]) + inside - 1)
        return BaseRow(number, left, right, paired)

    def base_of(self, row: int) -> int:
        """Return the base row where patch row `row` is shown; a folded header row is shown by its file's."""
        number = self.file_of(row)
        if number == LEAD:
            return row
        top = self._top[self._position[number]]
        body = self._body[number]
        if row < body:
            return top
        if self.split:
            return top + 1 + self.blocks.coordinate(row) - self.blocks.coordinate(body)
        return top + 1 + row - body

    def file_of(self, row: int) -> int:
        """Return the number of the file that a patch row belongs to, or `LEAD`."""
        return bisect_right(self._first, row) - 1

    def top_of(self, file: int) -> int:
        """Return the base row of a file's header."""
        return self._top[self._position[file]]

    def tail_of(self, file: int) -> int:
        """Return the base row of the empty row behind a file."""
        return self.top_of(file) + self._height(file) - 1

    def position_of(self, file: int) -> int:
        """Return a file's place in the order of reading, from 0."""
        return self._position[file] - (1 if self._lead else 0)

    def body_of(self, file: int) -> int:
        """Return the patch row below a file's header (and its folded rows)."""
        return self._body[file]

    def extent_of(self, file: int) -> tuple[int, int]:
        """Return the first and last (exclusive) patch row of a file."""
        return self._first[file], self._last[file]

    def _height(self, number: int) -> int:
        if number == LEAD:
            return self._lead
        body, last = self._body[number], self._last[number]
        if self.split:
            return 2 + self.blocks.coordinate(last) - self.blocks.coordinate(body)
        return 2 + last - body

    def _body_of(self, number: int, last: int) -> int:
        file = self.index.files[number]
        if file.unparsed or file.combined or number in self._shown_headers:
            return file.first + 1
        found = kinds_of(self.index, file.first, last).find(RowKind.HUNK)
        return last if found < 0 else file.first + found
