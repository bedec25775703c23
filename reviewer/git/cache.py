"""Keep what was read lately, up to a weight. Knows nothing of git."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class Cache(Generic[_Value]):
    """Values by name; the one that was used longest ago goes first when all together weigh too much."""

    def __init__(self, limit: int) -> None:
        """Keep values of at most this weight together, in whatever unit `put` is told."""
        self._limit = limit
        self._weight = 0
        self._kept: OrderedDict[str, tuple[_Value, int]] = OrderedDict()

    def __contains__(self, name: str) -> bool:
        return name in self._kept

    def get(self, name: str) -> _Value | None:
        """Return the value kept under this name, or None."""
        found = self._kept.get(name)
        if found is None:
            return None
        self._kept.move_to_end(name)
        return found[0]

    def put(self, name: str, value: _Value, weight: int = 1) -> _Value:
        """Keep a value, which may push others out, and return it."""
        self._weight += weight - self._kept.get(name, (None, 0))[1]
        self._kept[name] = (value, weight)
        while self._weight > self._limit and len(self._kept) > 1:
            self._weight -= self._kept.popitem(last=False)[1][1]
        return value
