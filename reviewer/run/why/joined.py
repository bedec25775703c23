"""Added lines as one text, to find in it what a formatter broke or joined.

Pure; knows cells and nothing of edits.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

from reviewer.run.why.words import run_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.why.column import Cell


class Joined:
    """A run of added lines as one text without blanks, commas and brackets."""

    def __init__(self, cells: list[Cell]) -> None:
        """Join `cells`, which stand one below the other."""
        keys = [run_key(cell.text) for cell in cells]
        self.text = "".join(keys)
        self._cells = cells
        self._starts = list(accumulate(map(len, keys), initial=0))

    def find(self, wanted: str) -> Iterator[list[Cell]]:
        """Yield the lines that hold exactly this text."""
        place = self.text.find(wanted)
        while place >= 0:
            first, last = bisect_left(self._starts, place), bisect_left(self._starts, place + len(wanted))
            if self._starts[first] == place and last < len(self._starts) and self._starts[last] == place + len(wanted):
                # A closing bracket on a line of its own belongs to what it closes.
                while last < len(self._cells) and self._cells[last].text.strip() in {")", ");", "),"}:
                    last += 1
                while first < last and self._starts[first + 1] == self._starts[first]:
                    first += 1
                yield self._cells[first:last]
            place = self.text.find(wanted, place + 1)
