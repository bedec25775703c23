"""Assertions of a Python test that cannot fail: never reached, caught, not called, or compared with themselves."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeGuard

from reviewer.checks.oracles.places import after_raise, name_of, placed
from reviewer.checks.oracles.python import compared, once, resolve, text
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.python_source import Function

Idle: TypeAlias = Literal["unreached", "caught", "void", "circular", "misused"]
_VOID_ASSERTED = frozenset(
    {"called_once", "called_with", "called_once_with", "not_called", "has_calls", "any_call", "called_any"}
)
_MISSPELT = re.compile(r"(?:asser|asert|assret|aseert|assrt|asset|assertt|asssert)_\w+")
_EQUALITY = re.compile(
    r"(?i)eq|ident|hash|same|nan|reflex|singleton|compar|repeat|twice|determin|cache|stable|sort|order"
)
_EARLIER = re.compile(
    r"(?i)^(?:first|before|earlier|previous|prev|initial|once|cached|original|again|second|one|a)(?:$|_)"
)
# A value that was asked for earlier is compared on purpose: the second answer is what is in question.
_BARE = frozenset({"raises", "assertRaises", "warns", "assertWarns"})
_WHOLE = 400
_CATCHES = frozenset({"", "Exception", "BaseException", "AssertionError"})


@dataclass(frozen=True, slots=True)
class Dead:
    """One assertion that cannot fail, and why, as the rest of a sentence."""

    kind: Idle
    text: str
    line: int
    why: str = ""


def idle(function: Function) -> list[Dead]:
    """Return the assertions of a function that cannot fail, in source order."""
    found: list[Dead] = []
    expecting = _expecting(function)
    for one in placed(function):
        node = one.node
        if one.never and (isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and _asserts(node.value))):
            found.append(Dead("unreached", text(node), node.lineno, one.never))
        if isinstance(node, ast.With | ast.AsyncWith):
            found.extend(
                Dead("unreached", text(late), late.lineno, "it stands after what raises") for late in after_raise(node)
            )
            found.extend(_suppressed(node))
        if isinstance(node, ast.Expr) and node.lineno not in expecting:
            found.extend(_void(node))
        if isinstance(node, ast.Assert):
            found.extend(_void_assert(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found.extend(_misused(node.value))
    found.extend(caught(function))
    if not _EQUALITY.search(function.name):
        found.extend(_circular(function))
    return sorted(found, key=lambda one: one.line)


def caught(function: Function) -> Iterator[Dead]:
    """Yield handlers that catch the failure of an assertion of their own block and drop it."""
    for node in own(function.node):
        if not isinstance(node, ast.Try) or not any(_may_fail(p) for s in node.body for p in ast.walk(s)):
            continue
        for handler in node.handlers:
            names = {""}
            if handler.type:
                names = {name_of(part) for part in ast.walk(handler.type) if isinstance(part, ast.Name | ast.Attribute)}
            silent = not any(
                isinstance(p, ast.Raise | ast.Assert) or (isinstance(p, ast.Call) and name_of(p) not in _HARMLESS)
                for s in handler.body
                for p in ast.walk(s)
            )
            if silent and names & _CATCHES:
                yield Dead("caught", f"except {text(handler.type) if handler.type else ''}".strip(), handler.lineno, "")


def _may_fail(node: ast.AST) -> bool:
    """Return whether a node raises AssertionError where an assertion fails; `pytest.fail` raises something else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        held = name_of(node.func.value)
        return (held == "self" and (node.func.attr.startswith("assert") or node.func.attr == "fail")) or bool(
            _MOCKED.fullmatch(node.func.attr)
        )
    return isinstance(node, ast.Assert)


_MOCKED = re.compile(r"assert_(?:any_|not_)?(?:called|awaited)\w{0,20}|assert_has_(?:calls|awaits)")
_HARMLESS = frozenset({"print", "format", "str", "repr", "debug", "info", "warning", "log"})


def _suppressed(node: ast.With | ast.AsyncWith) -> Iterator[Dead]:
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and name_of(call) == "suppress":
            names = {name_of(one) for one in call.args}
            inner = (part for statement in node.body for part in ast.walk(statement))
            if names & _CATCHES and any(isinstance(part, ast.Assert) for part in inner):
                yield Dead("caught", text(call), node.lineno)


def _expecting(function: Function) -> set[int]:
    """Return the lines inside blocks that expect something to be raised, where a bare comparison is a test."""
    lines: set[int] = set()
    for node in ast.walk(function.node):
        if isinstance(node, ast.With | ast.AsyncWith | ast.Try):
            lines.update(part.lineno for part in node.body)
    return lines


def _asserts(node: ast.expr) -> bool:
    name = name_of(node) if isinstance(node, ast.Call) else ""
    return name.startswith("assert") or name == "fail"


def _void(statement: ast.Expr) -> Iterator[Dead]:
    value = statement.value
    if isinstance(value, ast.Compare):
        yield Dead("void", text(value), statement.lineno, "the comparison stands alone and is not asserted")
    elif isinstance(value, ast.Attribute) and (value.attr.startswith("assert") or value.attr in _VOID_ASSERTED):
        yield Dead("void", text(value), statement.lineno, "it is named and not called")
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        name = value.func.attr
        if name in _VOID_ASSERTED or _MISSPELT.fullmatch(name):
            yield Dead("void", text(value), statement.lineno, f"{name} is not the name of an assertion")
        elif name in _BARE and len(value.args) == 1 and not value.keywords:
            yield Dead("void", text(value), statement.lineno, "without a block it expects nothing")


def _void_assert(statement: ast.Assert) -> Iterator[Dead]:
    test = statement.test
    name = name_of(test)
    if isinstance(test, ast.Attribute | ast.Call) and (name in _VOID_ASSERTED or _assert_named(test)):
        yield Dead("void", text(test), statement.lineno, f"{name} of a mock is always true")


def _assert_named(test: ast.expr) -> bool:
    return isinstance(test, ast.Attribute) and re.match(r"assert_|called_once", test.attr) is not None


def _misused(call: ast.Call) -> Iterator[Dead]:
    if name_of(call) in {"assertTrue", "assertFalse"} and len(call.args) > 1:
        second = call.args[1]
        number = isinstance(second, ast.Constant) and not isinstance(second.value, str)
        if number or isinstance(second, ast.List | ast.Dict | ast.Tuple | ast.Set):
            yield Dead("misused", text(call), call.lineno, "the second value is only the message")


def _circular(function: Function) -> Iterator[Dead]:
    known = once(function)
    for said, line, left, right in compared(function):
        names = [side.id for side in (left, right) if isinstance(side, ast.Name)]
        if any(_EARLIER.search(name) for name in names):
            continue
        one, other = (resolve(text(side), known) for side in (left, right))
        # What is too long to be told whole is cut, and may differ further on.
        if one == other and "(" in one and len(one) < _WHOLE and not _is_earlier(function, names, line):
            yield Dead("circular", said, line, f"both sides are {one}")


def _is_earlier(function: Function, names: list[str], line: int) -> bool:
    """Return whether a compared name is a value from before, and something was done since then.

    Two names for two calls are no such thing.
    """
    if len(names) != 1:
        return False
    set_at = max((node.lineno for node in ast.walk(function.node) if _sets(node, names[0])), default=line)
    return any(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and set_at < node.lineno < line
        for node in ast.walk(function.node)
    )


def _sets(node: ast.AST, name: str) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name
