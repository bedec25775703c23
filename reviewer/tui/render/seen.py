"""What has been on the screen: parts of a change count as shown only when every one of their rows was.

A part longer than the screen is shown bit by bit. Memory grows with what is shown in part, not with rows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class UnitSpan(Protocol):
    """A part of a change: its name and its rows (last exclusive)."""

    @property
    def id(self) -> str:
        """Return the part's name."""

    @property
    def first(self) -> int:
        """Return its first row."""

    @property
    def last(self) -> int:
        """Return the row behind its last."""


class ShownRows:
    """Keeps which parts have been completely on the screen."""

    def __init__(self, units: Sequence[UnitSpan] = ()) -> None:
        """Watch for `units`, which do not overlap."""
        self._units = sorted(units, key=lambda unit: unit.first)
        self._firsts = [unit.first for unit in self._units]
        self._parts: dict[int, list[tuple[int, int]]] = {}
        self._done: set[int] = set()

    def saw(self, rows: Iterable[int]) -> tuple[str, ...]:
        """Take the rows that are on the screen now and return the names of parts that are complete with them."""
        complete: list[str] = []
        for first, last in ranges(rows):
            place = max(0, bisect_right(self._firsts, first) - 1)
            for number in range(place, bisect_left(self._firsts, last)):
                unit = self._units[number]
                low, high = max(first, unit.first), min(last, unit.last)
                if number in self._done or low >= high:
                    continue
                parts = _joined([*self._parts.get(number, ()), (low, high)])
                if parts == [(unit.first, unit.last)]:
                    self._parts.pop(number, None)
                    self._done.add(number)
                    complete.append(unit.id)
                else:
                    self._parts[number] = parts
        return tuple(complete)


def ranges(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return rows as (first, last exclusive) ranges, rising."""
    return _joined([(row, row + 1) for row in rows])


def _joined(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in sorted(parts):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined
