"""Functions that give a value on some ways and none on others, and names that are bound on some ways only."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.lost import always_returns
from reviewer.checks.plausible.outline import text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY = "On the way that nobody thought of the caller gets None and fails somewhere else."


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield functions that can end without the value that they otherwise give."""
    for function in outline.functions():
        if always_returns(function.body):
            continue
        inside = list(own(function))
        if any(isinstance(part, ast.Yield | ast.YieldFrom) for part in inside):
            continue
        values = [part.value for part in inside if isinstance(part, ast.Return)]
        given = [value for value in values if value is not None]
        if not given or len(given) < len(values) or any(_is_none(value) for value in given):
            continue
        if _says_none(function) or not _has_several_ways(function):
            continue
        last = function.body[-1]
        message = f"{shown(function.name)} gives a value at {_places(inside)} and can end without one."
        yield at(outline, last, rule="return-missing", severity="low", message=message, why=_WHY, quote=function.name)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _says_none(function: Definition) -> bool:
    said = text_of(function.returns)
    return any(word in said for word in ("None", "Optional", "Any", "NoReturn"))


def _has_several_ways(function: Definition) -> bool:
    """Return whether the end is a choice of ways, of which some return: the one left out is likely forgotten."""
    last = function.body[-1]
    return isinstance(last, ast.If | ast.Try | ast.Match | ast.For | ast.While | ast.With) and any(
        isinstance(part, ast.Return) for part in walk(last)
    )


def _places(inside: list[ast.AST]) -> str:
    lines = [str(part.lineno) for part in inside if isinstance(part, ast.Return)]
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(lines[:3])}{' and more' if len(lines) > 3 else ''}"
