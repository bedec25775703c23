"""Python handlers that do nothing because the way of failure stands elsewhere: after the `try`, or before it.

Knows one function at a time, and no other side of a change.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks.python_nodes import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.python_source import Function

_NEAR = 3
_Block: TypeAlias = "tuple[Sequence[ast.stmt], Sequence[ast.stmt]]"


def fallbacks(function: Function) -> dict[int, str]:
    """Return, by the identity of a `try`, where its failure goes: "after", or "before" to a value that is asked for."""
    found: dict[int, str] = {}
    waiting: list[_Block] = [(getattr(function.node, "body", []), [])]
    while waiting:
        block, later = waiting.pop()
        for number, statement in enumerate(block):
            rest = block[number + 1 :]
            waiting.extend(_inner(statement, rest or later))
            if not isinstance(statement, ast.Try):
                continue
            if _leaves(statement) and _does(rest or later):
                found[id(statement)] = "after"
            elif _is_set(statement.body, block[max(0, number - _NEAR) : number]) and _is_asked(
                statement.body, rest[:_NEAR]
            ):
                found[id(statement)] = "before"
    return found


def _inner(statement: ast.stmt, rest: Sequence[ast.stmt]) -> Iterator[_Block]:
    """Yield the blocks of a statement, each with what is done after its end."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    # After the end of a loop's body comes the loop again.
    after = [] if isinstance(statement, ast.For | ast.AsyncFor | ast.While) else rest
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if isinstance(block, list):
            yield block, after
    for handler in getattr(statement, "handlers", ()):
        yield handler.body, after


def _leaves(statement: ast.Try) -> bool:
    """Return whether what succeeds leaves the function."""
    waiting: list[ast.AST] = [*statement.body, *statement.orelse]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            waiting.extend(children(node))
    return False


def _does(rest: Sequence[ast.stmt]) -> bool:
    """Return whether statements do more than to end with a fixed answer."""
    if not rest:
        return False
    first = rest[0]
    if isinstance(first, ast.Return):
        return not (first.value is None or isinstance(first.value, ast.Constant) or _is_empty(first.value))
    return not isinstance(first, ast.Pass | ast.Continue | ast.Break)


def _is_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        return not value.elts
    return isinstance(value, ast.Dict) and not value.keys


def _is_set(body: Sequence[ast.stmt], before: Sequence[ast.stmt]) -> bool:
    """Return whether all that a block does is to give names a value that had a fixed one just before."""
    fixed = {
        target.id
        for one in before
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    return bool(body) and all(
        isinstance(one, ast.Assign)
        and all(isinstance(target, ast.Name) and target.id in fixed for target in one.targets)
        for one in body
    )


def _is_asked(body: Sequence[ast.stmt], after: Sequence[ast.stmt]) -> bool:
    """Return whether a condition soon after looks at what a block gives a value to."""
    names = {node.id for one in body for node in walk(one) if isinstance(node, ast.Name) and _is_store(node)}
    return any(
        isinstance(part, ast.Name) and part.id in names
        for one in after
        if isinstance(one, ast.If | ast.While | ast.Assert)
        for part in walk(one.test)
    )


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
