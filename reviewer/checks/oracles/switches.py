"""What keeps a Python test from running or from failing: marks, calls, and names that no collector looks for."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks.oracles.places import ENVIRONMENT, constant, length, name_of
from reviewer.checks.oracles.python import text
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.python_source import Function

Switch: TypeAlias = Literal["skip", "skipif", "xfail", "lenient"]
"""Always; under a condition; may fail; may pass although it was to fail."""
_MARKS: dict[str, Switch] = {
    "skip": "skip",
    "skipif": "skipif",
    "skipunless": "skipif",
    "xfail": "xfail",
    "expectedfailure": "xfail",
}
_CALLS = frozenset({"skip", "skipTest", "xfail"})


@dataclass(frozen=True, slots=True)
class Off:
    """One thing that switches a test off, as it is written; `outside` if the condition is about the machine."""

    kind: Switch
    text: str
    line: int
    outside: bool = False


def switches(function: Function, classes: Mapping[int, ast.ClassDef] | None = None) -> list[Off]:
    """Return what keeps a test from running or failing, with that of the class it stands in.

    Args:
        function: the test.
        classes: the class of each method, by the identity of its node.
    """
    found = [off for decorator in getattr(function.node, "decorator_list", []) for off in _marked(decorator)]
    owner = (classes or {}).get(id(function.node))
    if owner is not None:
        found.extend(off for decorator in owner.decorator_list for off in _marked(decorator))
        found.extend(_marks(owner.body))
    body = function.node.body if isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    for position, statement in enumerate(body):
        found.extend(_left(statement, last=position == len(body) - 1))
    return found


def module_switches(function: Function) -> list[Off]:
    """Return the marks that hold for all tests of a module."""
    return list(_marks([node for node in own(function.node) if isinstance(node, ast.Assign | ast.Expr)]))


def _marks(body: list[ast.stmt]) -> Iterator[Off]:
    for node in body:
        if isinstance(node, ast.Assign) and any(text(target) == "pytestmark" for target in node.targets):
            values = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
            for value in values:
                yield from _marked(value)
        elif isinstance(node, ast.Assign) and any(text(target) == "__test__" for target in node.targets):
            if constant(node.value) is False:
                yield Off("skip", text(node), node.lineno)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            keywords = {one.arg for one in node.value.keywords}
            if text(node.value.func) in {"pytest.skip", "skip"} and "allow_module_level" in keywords:
                yield Off("skip", text(node), node.lineno)


def _marked(decorator: ast.expr) -> Iterator[Off]:
    name = name_of(decorator).lower()
    kind = _MARKS.get(name)
    if kind is None:
        if name == "parametrize" and isinstance(decorator, ast.Call):
            yield from _cases(decorator)
        return
    call = decorator if isinstance(decorator, ast.Call) else None
    if kind == "xfail" and call is not None:
        if any(one.arg == "strict" and constant(one.value) is False for one in call.keywords):
            yield Off("lenient", text(decorator), decorator.lineno)
        if call.args or any(one.arg == "condition" for one in call.keywords):
            kind = "skipif"
    if kind == "skipif" and call is not None:
        condition = next(iter(call.args), None) or next((k.value for k in call.keywords if k.arg == "condition"), None)
        # A condition in quotes is code that the runner evaluates.
        worded = isinstance(condition, ast.Constant) and isinstance(condition.value, str)
        truth = None if condition is None or worded else constant(condition)
        if truth is not None:
            if truth is not (name == "skipunless"):
                yield Off("skip", text(decorator), decorator.lineno)
            return
    yield Off(kind, text(decorator), decorator.lineno, ENVIRONMENT.search(text(decorator)) is not None)


def _cases(decorator: ast.Call) -> Iterator[Off]:
    values = decorator.args[1] if len(decorator.args) > 1 else None
    if values is not None and length(values) == 0:
        yield Off("skip", text(decorator), decorator.lineno)
    if isinstance(values, ast.List | ast.Tuple):
        for value in values.elts[:1_000]:
            marks = [one.value for one in value.keywords if one.arg == "marks"] if isinstance(value, ast.Call) else []
            for mark in marks:
                for each in mark.elts if isinstance(mark, ast.List | ast.Tuple) else [mark]:
                    for off in _marked(each):
                        yield Off("skipif", text(value), value.lineno, off.outside)


def _left(statement: ast.stmt, *, last: bool) -> Iterator[Off]:
    """Yield how a statement at the top of a test ends it."""
    if isinstance(statement, ast.Return) and not last:
        yield Off("skip", "return before the end", statement.lineno)
    elif isinstance(statement, ast.Raise) and name_of(statement.exc or statement) == "SkipTest":
        yield Off("skip", text(statement), statement.lineno)
    elif isinstance(statement, ast.Expr | ast.Assign) and isinstance(statement.value, ast.Call):
        name = name_of(statement.value)
        if name == "importorskip":
            yield Off("skipif", text(statement.value), statement.lineno, outside=True)
        elif name in _CALLS:
            yield Off("skip", text(statement.value), statement.lineno)
    elif isinstance(statement, ast.If):
        yield from _left_if(statement)


def _left_if(statement: ast.If) -> Iterator[Off]:
    truth = constant(statement.test)
    inner = statement.body[-1]
    if truth is False or isinstance(inner, ast.If):
        return
    condition = text(statement.test)
    for off in _left(inner, last=False):
        what = f"{off.text} if {condition}"
        if truth:
            yield Off("skip", what, off.line)
        elif off.text != "return before the end":
            yield Off("skipif", what, off.line, ENVIRONMENT.search(condition) is not None)
