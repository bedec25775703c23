"""Rows inserted between base rows: unfolded notes, opened gaps, the rest of a long line.

Knows heights and places only. O(inserts) memory; screen row <-> base row by bisect.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Insert(Generic[T]):
    """`height` screen rows directly below base row `after` (-1: above the first); equal places stand by `rank`."""

    after: int
    rank: int
    height: int
    content: T


class Overlay(Generic[T]):
    """A sorted set of inserts over base rows."""

    __slots__ = ("_after", "_starts", "_through", "height", "inserts")

    def __init__(self, inserts: Iterable[Insert[T]] = ()) -> None:
        """Sort the inserts; those of no height are left out."""
        self.inserts = sorted((i for i in inserts if i.height > 0), key=lambda i: (i.after, i.rank))
        self._after: list[int] = [i.after for i in self.inserts]
        self._starts: list[int] = []
        self._through: list[int] = []
        total = 0
        for insert in self.inserts:
            self._starts.append(insert.after + 1 + total)
            total += insert.height
            self._through.append(total)
        self.height = total
        """Screen rows that all inserts take together."""

    def screen_of(self, base: int) -> int:
        """Return the screen row of a base row."""
        place = bisect_left(self._after, base)
        return base + (self._through[place - 1] if place else 0)

    def at(self, screen: int) -> tuple[int, Insert[T] | None, int]:
        """Return the base row at or above a screen row, and the insert and the row inside it when it is in one."""
        place = bisect_right(self._starts, screen) - 1
        if place < 0:
            return screen, None, 0
        insert, inside = self.inserts[place], screen - self._starts[place]
        if inside < insert.height:
            return insert.after, insert, inside
        return screen - self._through[place], None, 0

    def screen_of_insert(self, place: int) -> int:
        """Return the first screen row of the insert at `place` in `inserts`."""
        return self._starts[place]
