"""Python tests whose own code is as it was, and around which something changed: their class, its name, a constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.python_source import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.python_source import Function
    from reviewer.checks.theater.python_tests import TestFile

_MOST = 5_000


def untouched(pairs: Sequence[Pair], old: Sequence[TestFile], new: Sequence[TestFile]) -> Iterator[Pair]:
    """Yield the tests of changed files that are in none of the pairs, with what they are now.

    Args:
        pairs: those whose code differs.
        old: the test files as they were.
        new: the test files as they are.
    """
    seen = {id(side.node) for one in pairs for side in (one.old, one.new) if side is not None}
    after = {(file.path, one.name): one for file in new for one in file.all[:_MOST]}
    elsewhere: dict[str, Function] = {}
    for file in new:
        for one in file.all[:_MOST]:
            elsewhere.setdefault(_own(one), one)
    for file in old:
        for one in file.all[:_MOST]:
            if id(one.node) in seen or not file.is_test(one):
                continue
            other = after.get((file.path, one.name)) or elsewhere.get(_own(one))
            if other is not None and id(other.node) not in seen:
                yield Pair(one, other)


def _own(function: Function) -> str:
    return function.name.rsplit(".", 1)[-1]
