"""Which removed line became which added line, and which words of it changed.

Token-level, as people read (rules: design, style 6.7): lines are paired greedily by distance, very long or very
different pairs are left plain, and hostile lines cannot make it slow. Pure; offsets are code points.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Spans: TypeAlias = tuple[tuple[int, int], ...]

MAX_CHARACTERS = 2_000
MAX_CHANGED = 0.6
"""A line of which more than this share changed is another line: colouring its words would only be noise."""

_MAX_DISTANCE = 0.6
_LOOK_AHEAD = 8
_MAX_COMPARISONS = 400
_MAX_STEPS = 20_000
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def pair_lines(removed: Sequence[str], added: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return pairs (place in `removed`, place in `added`), both rising, of lines alike enough to be one edited line."""
    pairs: list[tuple[int, int]] = []
    start = comparisons = 0
    bags = [_bag(line) for line in added]
    for old_place, old in enumerate(removed):
        bag = _bag(old)
        if bag is None:
            continue
        for new_place in range(start, min(len(added), start + _LOOK_AHEAD)):
            other = bags[new_place]
            if other is None:
                continue
            if comparisons >= _MAX_COMPARISONS:
                return tuple(pairs)
            comparisons += 1
            if _distance(bag, other) <= _MAX_DISTANCE:
                pairs.append((old_place, new_place))
                start = new_place + 1
                break
    return tuple(pairs)


def word_spans(old: str, new: str) -> tuple[Spans, Spans]:
    """Return the changed parts of a pair of lines as (start, end) offsets; nothing for pairs that are left plain."""
    if old == new or max(len(old), len(new)) > MAX_CHARACTERS:
        return (), ()
    old_tokens, new_tokens = _TOKEN.findall(old), _TOKEN.findall(new)
    head, tail = _common_ends(old_tokens, new_tokens)
    old_middle, new_middle = old_tokens[head : len(old_tokens) - tail], new_tokens[head : len(new_tokens) - tail]
    counts = Counter(new_middle)
    if sum(counts[token] for token in old_middle) > _MAX_STEPS:
        return (), ()
    changed_old, changed_new = [False] * len(old_tokens), [False] * len(new_tokens)
    matcher = SequenceMatcher(None, old_middle, new_middle, autojunk=False)
    for tag, old_low, old_high, new_low, new_high in matcher.get_opcodes():
        if tag != "equal":
            changed_old[head + old_low : head + old_high] = [True] * (old_high - old_low)
            changed_new[head + new_low : head + new_high] = [True] * (new_high - new_low)
    if _share(old_tokens, changed_old) > MAX_CHANGED or _share(new_tokens, changed_new) > MAX_CHANGED:
        return (), ()
    return _spans(old_tokens, changed_old), _spans(new_tokens, changed_new)


def _bag(line: str) -> Counter[str] | None:
    """Return how many characters each word has in the line; None for lines that are never paired."""
    if len(line) > MAX_CHARACTERS:
        return None
    bag: Counter[str] = Counter()
    for token in _TOKEN.findall(line):
        if not token.isspace():
            bag[token] += len(token)
    return bag or None


def _distance(old: Counter[str], new: Counter[str]) -> float:
    return 1 - 2 * (old & new).total() / (old.total() + new.total())


def _common_ends(old: list[str], new: list[str]) -> tuple[int, int]:
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail


def _share(tokens: list[str], changed: list[bool]) -> float:
    sizes = [0 if token.isspace() else len(token) for token in tokens]
    return sum(size for size, is_changed in zip(sizes, changed, strict=True) if is_changed) / max(1, sum(sizes))


def _spans(tokens: list[str], changed: list[bool]) -> Spans:
    spans: list[tuple[int, int]] = []
    gap = -1
    at = 0
    for token, is_changed in zip(tokens, changed, strict=True):
        if is_changed:
            # Two changed words with only a blank between them read as one change.
            if gap >= 0 and at - gap <= 1:
                spans[-1] = (spans[-1][0], at + len(token))
            else:
                spans.append((at, at + len(token)))
            gap = at + len(token)
        elif not token.isspace():
            gap = -1
        at += len(token)
    return tuple(spans)
