"""What the tests of a change gained: where an assertion or a test went that is gone from its place.

Knows tests as bags of words and the texts of their oracles, and no language.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks.oracles.standing import constants

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewer.checks.oracles.model import Oracle

_WORD = re.compile(r"[A-Za-z_]\w+|\d+(?:\.\d+)?")
_COMMON = frozenset(
    {
        "def",
        "self",
        "assert",
        "pytest",
        "mark",
        "parametrize",
        "raises",
        "param",
        "with",
        "as",
        "func",
        "testing",
        "void",
    }
    | {"function", "const", "let", "var", "it", "expect", "to", "assertEqual", "async", "await", "fn", "test", "public"}
)
_MOST_WORDS = 20_000
_ENOUGH = 0.7
_ALIKE = 0.6
_FEW = 5
_COMPARISONS = 40_000


@dataclass(slots=True)
class Gained:
    """What some test demands now and did not before, and the words that tests use now and did not before.

    Attributes:
        texts: of oracles.
        words: of functions that demand something.
        gone: names that the code outside tests no longer has.
        kinds: the bases of each class of the repository.
        cased: the texts of the oracles of each test that runs many cases now and did not.
    """

    texts: Counter[str] = field(default_factory=Counter)
    constants: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    gone: frozenset[str] = frozenset()
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cased: list[frozenset[str]] = field(default_factory=list)

    def add(self, old: str, new: str, before: Iterable[Oracle], after: Sequence[Oracle]) -> None:
        """Note one function of the change: its source and its oracles on both sides; "" if it has no such side."""
        self.texts.update(Counter(one.text for one in after) - Counter(one.text for one in before))
        if after:
            self.constants |= constants(new) - constants(old)
            self.words |= words(new) - words(old)

    def took(self, oracle: Oracle, *, loosely: bool = False) -> bool:
        """Return whether a test demands this now, something of the same telling values, or its subject is gone."""
        if self.texts[oracle.text] > 0:
            return True
        if loosely and not self.gone.isdisjoint(words(oracle.text)):
            return True
        telling = constants(oracle.text) if loosely else set()
        return bool(telling) and telling <= self.constants

    def without(self, texts: Iterable[str]) -> Gained:
        """Return this without what one test gained itself: a test that says the same twice moved nothing."""
        left = self.texts.copy()
        left.subtract(texts)
        return Gained(left, self.constants, self.words, self.gone, self.kinds, self.cased)

    def runs(self, texts: frozenset[str]) -> bool:
        """Return whether all that a test demanded is demanded by one test that runs many cases now."""
        return bool(texts) and any(texts <= one for one in self.cased)


def words(source: str) -> set[str]:
    """Return the names, numbers and words of texts in source."""
    return set(_WORD.findall(source[: _MOST_WORDS * 4]))


def folded(test: str, others: Iterable[set[str]], gained: Gained, name: str = "") -> bool:
    """Return whether what is particular to a removed test stands in tests that gained it.

    Args:
        test: source of the removed test.
        others: the words of the other tests that its file had.
        gained: what tests of the change gained.
        name: of the removed test.
    """
    particular = words(test) - _COMMON - {name}
    for other in others:
        particular -= other
    return len(particular) > 1 and len(particular & gained.words) >= _ENOUGH * len(particular)


def rewritten(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of numbers of sources that are the same test in other words, each used once."""
    if len(old) * len(new) > _COMPARISONS:
        return []
    before, after = [words(one) for one in old], [words(one) for one in new]
    scored = [
        (len(left & right) / len(left | right), number, other)
        for number, left in enumerate(before)
        for other, right in enumerate(after)
        if len(left) >= _FEW and len(left & right) >= _ALIKE * len(left | right)
    ]
    pairs: list[tuple[int, int]] = []
    used: tuple[set[int], set[int]] = (set(), set())
    for _, number, other in sorted(scored, key=lambda one: (-one[0], one[1], one[2])):
        if number not in used[0] and other not in used[1]:
            pairs.append((number, other))
            used[0].add(number)
            used[1].add(other)
    return pairs
