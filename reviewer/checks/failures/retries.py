"""Loops in Python that try again, and whether the last failure ends in anything but silence."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.failures.model import Place
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AGAIN = frozenset(
    {"attempt", "attempts", "retry", "retries", "tries", "trial", "backoff", "max_retries", "max_attempts"}
)

_SAYS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print"})


def unended_loops(function: ast.AST) -> Iterator[Place]:
    """Yield the loops that return from a `try`, swallow its failure, and after which the function just ends.

    A loop over things to look through is none of these; one that counts attempts or waits is.
    """
    body = getattr(function, "body", None)
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or not isinstance(body, list):
        return
    for place, statement in enumerate(body):
        if not isinstance(statement, ast.For | ast.While | ast.AsyncFor):
            continue
        rest = body[place + 1 :]
        if _tries_again(statement) and not statement.orelse and _says_nothing(rest, statement):
            text = "a loop tries again, and after the last failure the function ends as if there had been none."
            end = rest[-1] if rest else statement
            yield Place(text, end.lineno, end.end_lineno or end.lineno)


def _tries_again(loop: ast.For | ast.While | ast.AsyncFor) -> bool:
    parts = list(own(loop))
    names = {part.id.lower() for part in parts if isinstance(part, ast.Name)}
    waits = any(isinstance(part, ast.Attribute) and part.attr == "sleep" for part in parts) or "sleep" in names
    if not (waits or names & _AGAIN):
        return False
    return any(
        isinstance(part, ast.Try)
        and any(
            isinstance(inner, ast.Return | ast.Break)
            for statement in (*part.body, *part.orelse)
            for inner in walk(statement)
        )
        and part.handlers
        and not any(isinstance(inner, ast.Raise) for handler in part.handlers for inner in walk(handler))
        for part in parts
    )


def _says_nothing(rest: Sequence[ast.stmt], loop: ast.For | ast.While | ast.AsyncFor) -> bool:
    """Return whether what stands after a loop tells nobody but a log, or passes on what the loop may not have set."""
    left = [one for one in rest if not _is_said(one)]
    if not left:
        return True
    only = left[0]
    if len(left) > 1 or not isinstance(only, ast.Return):
        return False
    if isinstance(only.value, ast.Name):
        set_inside = {part.id for part in own(loop) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        return only.value.id in set_inside and any(isinstance(part, ast.Break) for part in own(loop))
    return only.value is None or (isinstance(only.value, ast.Constant) and only.value.value in {None, False, ""})


def _is_said(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    name = call.func if isinstance(call, ast.Call) else None
    last = name.attr if isinstance(name, ast.Attribute) else name.id if isinstance(name, ast.Name) else ""
    return last in _SAYS
