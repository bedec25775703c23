"""Whether a Python test came to run many cases, so that fewer assertions in it demand no less."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.oracles.places import length, name_of
from reviewer.checks.theater.moved import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.oracles.model import Oracle
    from reviewer.checks.python_source import Function

_FEW = 2


def spread(before: Function, after: Function, oracles: Sequence[Oracle]) -> bool:
    """Return whether a test has an assertion for each of many cases that it did not have before.

    Args:
        before: the test as it was.
        after: as it is.
        oracles: what it demands now.
    """
    known = set(_varied(before))
    return any(not known & {name} and any(name in words(one.text) for one in oracles) for name in _varied(after))


def gained_cases(before: Function | None, after: Function) -> bool:
    """Return whether a test is run for cases that it did not have before, whatever it asserts."""
    return bool(set(_varied(after)) - set(_varied(before) if before else ()))


def _varied(function: Function) -> Iterator[str]:
    """Yield the names that get one value after the other: parameters by mark, targets of loops over several."""
    for decorator in getattr(function.node, "decorator_list", []):
        if isinstance(decorator, ast.Call) and name_of(decorator) == "parametrize" and decorator.args:
            if len(decorator.args) > 1 and (length(decorator.args[1]) or _FEW) < _FEW:
                continue
            yield from words(ast.unparse(decorator.args[0]))
    for node in ast.walk(function.node):
        if isinstance(node, ast.For) and (length(node.iter) or 0) >= _FEW:
            yield from words(ast.unparse(node.target))
