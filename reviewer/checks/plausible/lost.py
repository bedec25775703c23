"""What a changed function no longer has: guards that left it early, cases, locks, steps and return values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.align import align, rows
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.python_nodes import nodes, walk

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    from reviewer.checks.plausible.align import Aligned, Row
    from reviewer.checks.python_source import Function, Pair

_WHY_GUARD = "The value that it stopped now goes on to code that did not have to expect it."
_WHY_CASE = "What was in that case now falls through to something else."
_WHY_HELD = "What was done under it is done without it now."
_WHY_RETURN = "Callers that use the value get None on that way."
_WHY_STEP = "Nothing else in the change does what this step did."
_HOLDS = ("lock", "mutex", "semaphore", "transaction", "atomic", "begin", "savepoint", "closing", "timeout", "rlock")
_STEPS = frozenset(
    {
        "commit",
        "flush",
        "close",
        "save",
        "release",
        "unlock",
        "rollback",
        "clear",
        "reset",
        "validate",
        "check",
        "verify",
    }
    | {"strip", "sort", "update", "append", "add", "discard", "remove", "invalidate", "seek", "join", "wait", "notify"}
    | {"refresh", "normalize", "escape", "authorize", "cancel", "stop", "unlink", "setdefault"}
)


def signs(pair: Pair, gained: Counter[str]) -> Iterator[Sign]:
    """Yield what one function lost; `gained` are statements that are new somewhere in the change."""
    if pair.old is None or pair.new is None:
        return
    aligned = align(pair.old.node, pair.new.node)
    if aligned is None or len(aligned.gone) > len(aligned.kept) + len(aligned.edited):
        return
    gone = [row for row in aligned.gone if gained[row.shape] <= 0]
    yield from _guards(pair.old, gone, aligned)
    yield from _cases(pair.old, gone, aligned)
    yield from _held(pair.old, gone)
    yield from _steps(pair.old, gone, aligned)
    yield from _returns(pair.old, pair.new)


def _guards(function: Function, gone: Sequence[Row], aligned: Aligned) -> Iterator[Sign]:
    new_tests = sum(isinstance(row.node, ast.If) for row in aligned.new)
    for row in gone:
        node = row.node
        if not isinstance(node, ast.If) or node.orelse or len(node.body) > 2 or new_tests:
            continue
        last = node.body[-1]
        leaves = isinstance(last, ast.Return | ast.Continue | ast.Break)
        fills = isinstance(last, ast.Assign) and name_of(last.targets[0]) in text_of(node.test)
        if (leaves or fills) and all(any(one is each.node for each in aligned.gone) for one in node.body):
            text = f"if {text_of(node.test)}: {text_of(last)}"
            yield _sign(
                function, row, rule="guard-removed", what=f"no longer has “{shown(text)}”", why=_WHY_GUARD, quote=text
            )


def _cases(function: Function, gone: Sequence[Row], aligned: Aligned) -> Iterator[Sign]:
    arms = {id(one) for row in aligned.kept for one in getattr(row[0].node, "orelse", []) if isinstance(one, ast.If)}
    new_cases = sum(isinstance(row.node, ast.match_case | ast.If) for row in aligned.new)
    for row in gone:
        node = row.node
        if new_cases:
            return
        if isinstance(node, ast.match_case):
            text = f"case {text_of(node.pattern)}"
        elif isinstance(node, ast.If) and id(node) in arms:
            text = f"elif {text_of(node.test)}"
        else:
            continue
        yield _sign(
            function, row, rule="case-dropped", what=f"no longer has “{shown(text)}”", why=_WHY_CASE, quote=text
        )


def _held(function: Function, gone: Sequence[Row]) -> Iterator[Sign]:
    for row in gone:
        node = row.node
        if not isinstance(node, ast.With | ast.AsyncWith):
            continue
        for item in node.items:
            name = dotted(item.context_expr.func if isinstance(item.context_expr, ast.Call) else item.context_expr)
            if any(word in name.lower() for word in _HOLDS):
                text = f"with {text_of(item.context_expr)}"
                yield _sign(
                    function, row, rule="hold-dropped", what=f"no longer has “{shown(text)}”", why=_WHY_HELD, quote=text
                )
                break


def _steps(function: Function, gone: Sequence[Row], aligned: Aligned) -> Iterator[Sign]:
    if aligned.new or len(gone) > 2:
        return
    for row in gone:
        node = row.node
        value = node.value if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign) else None
        if isinstance(value, ast.Await):
            value = value.value
        called = name_of(value.func) if isinstance(value, ast.Call) else ""
        known = any(called == step or called.startswith((f"{step}_", f"_{step}")) for step in _STEPS)
        # A name that a module or a class no longer makes need not be taken away again.
        tidies = isinstance(node, ast.Delete) and isinstance(function.node, ast.Module)
        if known or (isinstance(node, ast.AugAssign | ast.Delete) and not tidies):
            text = text_of(node)
            yield _sign(
                function, row, rule="step-dropped", what=f"no longer does “{shown(text)}”", why=_WHY_STEP, quote=text
            )


def _returns(old: Function, new: Function) -> Iterator[Sign]:
    if isinstance(old.node, ast.Module) or isinstance(new.node, ast.Module):
        return
    if not (always_returns(old.node.body) and _has_value(old.node) and _has_value(new.node)):
        return
    if always_returns(new.node.body) or _is_generator(new.node):
        return
    last = new.node.body[-1]
    yield Sign(
        rule="return-dropped",
        severity="low",
        message=f"{shown(new.name)} gave a value on every way, and can now end without one.",
        why=_WHY_RETURN,
        quote=new.name,
        line=last.lineno,
        last=last.end_lineno,
        scope=new.name,
    )


def _has_value(node: ast.AST) -> bool:
    values = [part.value for part in nodes(node, ast.Return)]
    return any(value is not None and not _is_none(value) for value in values)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_generator(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in walk(node))


def always_returns(body: Sequence[ast.stmt]) -> bool:
    """Return whether a block never falls off its end."""
    pending: list[Sequence[ast.stmt]] = [body]
    while pending:
        block = pending.pop()
        ways = _ways(block[-1]) if block else None
        if ways is None:
            return False
        pending += ways
    return True


def _ways(last: ast.stmt) -> list[Sequence[ast.stmt]] | None:
    """Return the blocks that have to end for a statement to end the block it is in, None if it does not."""
    match last:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return []
        case ast.If():
            return [last.body, last.orelse]
        case ast.With() | ast.AsyncWith():
            return [last.body]
        case ast.Try() | ast.TryStar():
            if last.finalbody and isinstance(last.finalbody[-1], ast.Return | ast.Raise):
                return []
            return [last.orelse or last.body, *(handler.body for handler in last.handlers)]
        case ast.Match():
            wild = any(isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None for case in last.cases)
            return [case.body for case in last.cases] if wild else None
        case ast.While(test=ast.Constant(value=value)) if value:
            return []
        case ast.Expr(value=ast.Call(func=func)) if name_of(func) in _ENDING:
            return []
        case _:
            return None


_ENDING = frozenset({"exit", "_exit", "abort", "fail", "assert_never", "error", "reraise", "skip"})


def _sign(function: Function, row: Row, *, rule: str, what: str, why: str, quote: str) -> Sign:
    return Sign(
        rule=rule,
        severity="low",
        message=f"{shown(function.name)} {what}.",
        why=why,
        quote=quote,
        line=row.line,
        side="old",
        scope=function.name,
    )


def gained(pairs: Sequence[Pair]) -> Iterator[str]:
    """Yield the statements that the new side of some function has and its old one has not."""
    for one in pairs:
        if one.new is None:
            continue
        had = [row.shape for row in rows(one.old.node)] if one.old is not None else []
        left = dict.fromkeys(had, 0)
        for shape in had:
            left[shape] += 1
        for row in rows(one.new.node):
            if left.get(row.shape, 0) > 0:
                left[row.shape] -= 1
            else:
                yield row.shape
