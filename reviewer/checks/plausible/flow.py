"""Statements that have no effect, or that are never reached, and results that are thrown away."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.finding import Severity
    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign

_WHY_DEAD = "Code that never runs is either not needed or was meant to run."
_WHY_LOST = "The value is made and thrown away, so the line does nothing."
_WHY_NONE = "It changes the list in place and gives None."
_WHY_ONCE = "Only the first element decides; the others are never looked at."
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_TEXT_METHODS = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "casefold", "removeprefix", "removesuffix"}
    | {"zfill", "ljust", "rjust", "splitlines", "isoformat", "union", "intersection", "difference"}
)
_PURE = frozenset({"sorted", "reversed", "len", "str", "abs", "sum", "round", "deepcopy", "isinstance", "any", "all"})
_ACTIONS = frozenset(
    {"close", "save", "commit", "flush", "clear", "reset", "start", "stop", "run", "join", "acquire", "release"}
    | {"lock", "unlock", "connect", "disconnect", "rollback", "shutdown", "cancel", "sort", "reverse", "refresh"}
)


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield what does nothing and what is never reached."""
    yield from _unreachable(outline)
    for statement in outline.of(ast.Expr):
        if what := _lost(statement, outline):
            text = text_of(statement)
            # A class of somebody's own may have a method of that name that changes it in place.
            severity: Severity = "low" if isinstance(statement.value, ast.Call) else "medium"
            yield at(
                outline,
                statement,
                rule="value-discarded",
                severity=severity,
                message=f"“{shown(text)}” {what}.",
                why=_WHY_LOST,
                quote=text,
            )
    yield from _in_place(outline)
    yield from _handlers(outline)
    yield from _once(outline)


def _unreachable(outline: Outline) -> Iterator[Sign]:
    ends = (*outline.of(ast.Return), *outline.of(ast.Raise), *outline.of(ast.Continue), *outline.of(ast.Break))
    told: set[tuple[ast.AST, str]] = set()
    for end in ends:
        parent = outline.parent(end)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if parent is None or not isinstance(block, list) or (parent, name) in told:
                continue
            told.add((parent, name))
            place = next((at_ for at_, one in enumerate(block[:-1]) if isinstance(one, _ENDS)), None)
            if place is not None and not _makes_generator(block[place + 1]):
                text = text_of(block[place + 1])
                message = f"“{shown(text)}” is never reached: “{shown(text_of(block[place]), 40)}” stands before it."
                yield at(
                    outline,
                    block[place + 1],
                    rule="unreachable",
                    severity="medium",
                    message=message,
                    why=_WHY_DEAD,
                    quote=text,
                )


def _makes_generator(statement: ast.stmt) -> bool:
    return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in walk(statement))


def _lost(statement: ast.Expr, outline: Outline) -> str:
    value = statement.value
    if isinstance(value, ast.Compare):
        return "" if _is_expected_to_fail(statement, outline) else "compares and does nothing with the outcome"
    if isinstance(value, ast.Attribute) and value.attr in _ACTIONS:
        return "" if _is_expected_to_fail(statement, outline) else "names an action and does not call it"
    if not isinstance(value, ast.Call) or _is_expected_to_fail(statement, outline):
        return ""
    called = value.func
    if isinstance(called, ast.Name) and called.id in _PURE and value.args:
        return "makes a value that nobody takes"
    if isinstance(called, ast.Attribute) and called.attr in _TEXT_METHODS and len(value.args) <= 1:
        return "makes a new value that nobody takes"
    strings = all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in value.args)
    if isinstance(called, ast.Attribute) and called.attr == "replace" and len(value.args) == 2 and strings:
        return "makes a new string that nobody takes"
    return ""


def _is_expected_to_fail(statement: ast.stmt, outline: Outline) -> bool:
    """Return whether the line is there to see whether it raises."""
    parent = outline.parent(statement)
    return isinstance(parent, ast.Try | ast.With | ast.AsyncWith) and len(parent.body) <= 2


def _in_place(outline: Outline) -> Iterator[Sign]:
    taking: list[ast.Assign | ast.Return] = [*outline.of(ast.Assign), *outline.of(ast.Return)]
    for statement in taking:
        call = statement.value
        if isinstance(call, ast.Call) and (_gives_nothing(call) or _is_bound_again(statement, call)):
            text = text_of(statement)
            message = f"“{shown(text)}” takes None."
            yield at(
                outline, statement, rule="none-taken", severity="medium", message=message, why=_WHY_NONE, quote=text
            )


def _gives_nothing(call: ast.Call) -> bool:
    if dotted(call.func) == "random.shuffle":
        return True
    if not isinstance(call.func, ast.Attribute) or call.args:
        return False
    plain = call.func.attr == "reverse" and not call.keywords
    return plain or (call.func.attr == "sort" and {one.arg for one in call.keywords} <= {"key", "reverse"})


def _is_bound_again(statement: ast.Assign | ast.Return, call: ast.Call) -> bool:
    """Return whether a list is bound to what a method that changes it gives."""
    if not isinstance(statement, ast.Assign) or not isinstance(call.func, ast.Attribute):
        return False
    subject = dotted(call.func.value)
    changing = call.func.attr in {"append", "extend", "insert", "remove", "clear"}
    return changing and bool(subject) and dotted(statement.targets[0]) == subject


def _once(outline: Outline) -> Iterator[Sign]:
    for loop in outline.of(ast.For):
        last = loop.body[-1]
        if isinstance(last, ast.Return | ast.Break) and len(loop.body) > 1 and isinstance(loop.body[0], ast.If):
            if any(isinstance(part, ast.Continue) for one in loop.body for part in walk(one)):
                continue
            text = text_of(loop.iter)
            message = (
                f"The loop over {shown(text)} ends in its first round: “{shown(text_of(last))}” is not conditional."
            )
            yield at(outline, last, rule="loop-once", severity="medium", message=message, why=_WHY_ONCE, quote=text)


def _handlers(outline: Outline) -> Iterator[Sign]:
    attempts: list[ast.Try | ast.TryStar] = [*outline.of(ast.Try), *outline.of(ast.TryStar)]
    for attempt in attempts:
        caught: list[type[BaseException]] = []
        for handler in attempt.handlers:
            kinds = _kinds(handler.type)
            if kinds and all(any(issubclass(kind, wider) for wider in caught) for kind in kinds):
                text = text_of(handler.type)
                message = f"The handler of {shown(text)} is never reached: one before it catches it already."
                yield at(
                    outline,
                    handler,
                    rule="unreachable",
                    severity="medium",
                    message=message,
                    why=_WHY_DEAD,
                    quote=f"except {text}",
                )
            caught += kinds if handler.type is not None else [BaseException]


def _kinds(caught: ast.expr | None) -> list[type[BaseException]]:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught] if caught is not None else []
    kinds = [getattr(builtins, one.id, None) if isinstance(one, ast.Name) else None for one in names]
    known = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseException)]
    return known if len(known) == len(names) else [kind for kind in known if not names]
