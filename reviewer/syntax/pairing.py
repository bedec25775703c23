"""The functions of a change before and after, matched across renames and moves; equal code is left out.

By file and name, then by equal body, then by equal own name with similar lines, then by similar lines alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.syntax.function import MODULE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.syntax.function import Function

_SIMILAR = 0.6
_RELATED = 0.3
_FEW_LINES = 4
_COMPARISONS = 40_000


@dataclass(frozen=True, slots=True)
class Sided:
    """A function and the path of its file in the change (the new one of a rename), for both sides."""

    file: str
    function: Function


@dataclass(frozen=True, slots=True)
class FilePair:
    """The functions of one changed file on both sides; empty for a side that does not exist."""

    path: str
    old: Sequence[Function]
    new: Sequence[Function]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same function before and after; one side is None if it was added or removed."""

    old: Sided | None
    new: Sided | None


def pair(files: Sequence[FilePair]) -> tuple[Pair, ...]:
    """Return the functions that differ, by file and place."""
    old: list[Sided] = []
    new: list[Sided] = []
    pairs: list[Pair] = []
    for file in files:
        matched, before, after = _by_name(file)
        pairs.extend(matched)
        old.extend(before)
        new.extend(after)
    pairs.extend(_by_likeness(old, new))
    pairs.extend(Pair(one, None) for one in old)
    pairs.extend(Pair(None, one) for one in new)
    order = {file.path: number for number, file in enumerate(files)}
    changed = [
        one for one in pairs if one.old is None or one.new is None or one.old.function.shape != one.new.function.shape
    ]
    return tuple(sorted(changed, key=lambda one: _position(one, order)))


def _by_name(file: FilePair) -> tuple[list[Pair], list[Sided], list[Sided]]:
    """Match the functions of one file; of several of one name those of equal shape first, then in order."""
    named: dict[str, list[Function]] = defaultdict(list)
    for one in file.new:
        named[_name(one)].append(one)
    pairs: list[Pair] = []
    later: list[Function] = []
    for one in file.old:
        others = named.get(_name(one), [])
        same = next((other for other in others[:_FEW_LINES] if _equal(one, other)), None)
        if same is None:
            later.append(one)
        else:
            others.remove(same)
    left: list[Sided] = []
    for one in later:
        others = named.get(_name(one), [])
        if others:
            pairs.append(Pair(Sided(file.path, one), Sided(file.path, others.pop(0))))
        else:
            left.append(Sided(file.path, one))
    rest = {id(other) for others in named.values() for other in others}
    return pairs, left, [Sided(file.path, one) for one in file.new if id(one) in rest]


def _by_likeness(old: list[Sided], new: list[Sided]) -> Iterator[Pair]:
    """Yield matches among the functions that are left, and take them out of both lists."""
    lines = {id(one): _lines(one.function) for one in (*old, *new)}
    shapes: dict[str, list[Sided]] = defaultdict(list)
    for one in new:
        if one.function.name != MODULE:
            shapes[one.function.body_shape].append(one)
    for one in [left for left in old if left.function.name != MODULE]:
        # A body of one line is in many functions.
        equal = (
            other
            for other in shapes.get(one.function.body_shape, ())[:_FEW_LINES]
            if _own_name(one) == _own_name(other) or lines[id(one)].total() > 1
        )
        moved = next(equal, None)
        if moved is not None:
            shapes[one.function.body_shape].remove(moved)
            old.remove(one)
            new.remove(moved)
            yield Pair(one, moved)
    if len(old) * len(new) > _COMPARISONS:
        return
    alike: tuple[Callable[[Sided, Sided], bool], ...] = (
        lambda one, other: _own_name(one) == _own_name(other) and _shared(lines[id(one)], lines[id(other)]) >= _RELATED,
        lambda one, other: (
            min(lines[id(one)].total(), lines[id(other)].total()) >= _FEW_LINES
            and _shared(lines[id(one)], lines[id(other)]) >= _SIMILAR
        ),
    )
    for same in alike:
        for one in [left for left in old if left.function.name != MODULE]:
            other_ = next((right for right in new if right.function.name != MODULE and same(one, right)), None)
            if other_ is not None:
                old.remove(one)
                new.remove(other_)
                yield Pair(one, other_)


def _equal(one: Function, other: Function) -> bool:
    if one.kind != "module" and not one.inner and not one.marks and not other.marks and one.node.raw == other.node.raw:
        return True
    return one.shape == other.shape


def _name(function: Function) -> str:
    return function.name.split("#")[0] if function.kind != "callback" else function.name


def _own_name(one: Sided) -> str:
    return _name(one.function).rsplit(".", 1)[-1]


def _lines(function: Function) -> Counter[str]:
    body = function.body or function.node
    return Counter(line for raw in body.text.split("\n") if len(line := " ".join(raw.split())) > 1)


def _shared(one: Counter[str], other: Counter[str]) -> float:
    return (one & other).total() / max(1, (one | other).total())


def _position(one: Pair, order: dict[str, int]) -> tuple[int, int]:
    sided = one.new or one.old
    return (0, 0) if sided is None else (order.get(sided.file, 0), sided.function.first)
