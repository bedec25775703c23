"""The assertions of a Python test file that ought to be executed, and the lines of a file that can be at all.

Left out are those that say "this must not be reached", those that are never meant to run on this machine, and those in
functions that are themselves stubs of other code.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_MUST_NOT = frozenset({"fail", "xfail", "skip", "skipTest", "exit"})
_CHECKS = ("assert", "expect", "verify", "check")
_MACHINE = frozenset({"platform", "version_info", "TYPE_CHECKING", "implementation", "maxsize", "PY2", "PY3", "WIN"})
_Blocks: TypeAlias = (
    ast.If | ast.For | ast.AsyncFor | ast.While | ast.With | ast.AsyncWith | ast.Try | ast.TryStar | ast.Match
)


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assertion.

    Attributes:
        line: where it begins.
        lines: all lines of it.
        body: lines of the statements of the function that holds it; a test that runs one of these entered it.
    """

    line: int
    lines: frozenset[int]
    body: frozenset[int]


def assertions(module: ast.Module) -> Iterator[Assertion]:
    """Yield every assertion in a function that ought to be executed."""
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
        statements = list(_statements(function))
        body = frozenset(number for statement, _ in statements for number in _head(statement))
        for statement, special in statements:
            if not special and _is_assertion(statement):
                yield Assertion(statement.lineno, frozenset(_head(statement)), body)


def runnable_lines(module: ast.Module) -> dict[int, int]:
    """Return, for each line that belongs to a statement with an effect, the line where that statement begins."""
    found: dict[int, int] = {}
    for node in ast.walk(module):
        if not isinstance(node, ast.stmt) or _is_idle(node):
            continue
        for number in _head(node):
            found[number] = max(found.get(number, 0), node.lineno)
    return found


def _statements(function: _Function) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield the statements of a function, not those of functions in it, and whether they need a special machine."""
    waiting: list[tuple[ast.stmt, bool]] = [(statement, False) for statement in function.body]
    while waiting:
        statement, special = waiting.pop()
        yield statement, special
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        inner = special or (isinstance(statement, ast.If) and _asks_machine(statement.test))
        for name in ("body", "orelse", "finalbody"):
            waiting += [(each, inner) for each in getattr(statement, name, ())]
        for handler in getattr(statement, "handlers", ()):
            # What only runs if something else goes wrong says so by being there.
            waiting += [(each, True) for each in handler.body]
        for case in getattr(statement, "cases", ()):
            waiting += [(each, inner) for each in case.body]


def _is_assertion(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assert):
        return not (isinstance(statement.test, ast.Constant) and not statement.test.value)
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    name = _name(statement.value.func)
    return name not in _MUST_NOT and name.lower().startswith(_CHECKS)


def _asks_machine(test: ast.expr) -> bool:
    return any(
        _name(node) in _MACHINE
        or (isinstance(node, ast.Attribute) and node.attr == "name" and _name(node.value) == "os")
        for node in ast.walk(test)
        if isinstance(node, ast.Attribute | ast.Name)
    )


def _is_idle(node: ast.stmt) -> bool:
    """Return whether a statement leaves nothing that is executed."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Global | ast.Nonlocal | ast.Try | ast.TryStar):
        return True
    return isinstance(node, ast.AnnAssign) and node.value is None


def _head(statement: ast.stmt) -> range:
    """Return the lines of a statement without those of the blocks in it."""
    last = statement.end_lineno or statement.lineno
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | _Blocks):
        inner = getattr(statement, "body", None) or [case.body[0] for case in getattr(statement, "cases", ())]
        first = statement.lineno
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and statement.decorator_list:
            first = min(first, *(each.lineno for each in statement.decorator_list))
        return range(first, max(statement.lineno + 1, min(_first(each) for each in inner)))
    return range(statement.lineno, last + 1)


def _first(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", None) or []
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
