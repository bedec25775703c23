"""Which of several failure paths are gone, where some have the same words. Knows no language."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.failures.model import FailurePaths, Place


def kept_first(before: FailurePaths, after: FailurePaths) -> tuple[Place, ...]:
    """Return the raises of before, those whose condition still stands before those whose condition is gone."""
    there = {(text, place.text) for text, place in after.guards}
    gone = {(text, place.first) for text, place in before.guards if (text, place.text) not in there}
    return tuple(sorted(before.raises, key=lambda place: (place.text, place.first) in gone))


def fewer(old: tuple[Place, ...], new: tuple[Place, ...], elsewhere: Counter[str]) -> list[Place]:
    """Return what is gone, as many as there are fewer: a raise with other words is still a raise."""
    if len(old) <= len(new):
        return []
    still = Counter(place.text for place in new)
    same = Counter(place.text for place in old)
    gone = []
    for place in reversed(old):
        # Of several with the same words, as many are gone as there are fewer.
        if still[place.text] < same[place.text] and elsewhere[place.text] <= 0:
            same[place.text] -= 1
            gone.append(place)
    return gone[::-1][: len(old) - len(new)]
