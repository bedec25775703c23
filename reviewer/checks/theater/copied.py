"""New Python tests that expect what they compute with the very expression of the code under test."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.oracles.given import Given
from reviewer.checks.oracles.places import name_of
from reviewer.checks.oracles.python import compared, text
from reviewer.checks.theater.facts import fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Function
    from reviewer.checks.theater.subjects import Subject

_WHY = "A mistake in the code is in the expectation as well."
_STEPS = (ast.BinOp, ast.Call, ast.Subscript, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.comprehension, ast.IfExp)
_PLAIN = (ast.Name, ast.Constant, ast.Attribute, ast.UnaryOp, ast.Subscript)
_FEWEST = 3
_MOST = 2_000
_MOST_PARTS = 400
_MOST_TOLD = 20


def copied(tests: Sequence[Function], found: Mapping[str, Subject]) -> Iterator[Fact]:
    """Yield a fact for each comparison of a new test with the code's own expression.

    Args:
        tests: new tests.
        found: the functions of the change.
    """
    for test in tests if found else ():
        given = Given(test)
        for said, line, left, right in compared(test):
            for asked, expected in ((left, right), (right, left)):
                names = given.calls(asked) & found.keys()
                if not names or given.calls(expected) & names:
                    continue
                parts = [part for part in ast.walk(_value(expected, given)) if _steps(part) >= _FEWEST]
                told = next((one for one in parts[:_MOST_TOLD] if _standing(one, names, found)), None)
                if isinstance(told, ast.expr):
                    name = _standing(told, names, found)
                    message = (
                        f"{shown(test.name)} expects what it computes as {shown(name)} itself does: "
                        f"{shown(text(told))} in {shown(said)}."
                    )
                    yield fact(test.name, test.file, "low", message, _WHY, said, line, rule="oracle-copied")
                    break


def _standing(told: ast.AST, names: frozenset[str], found: Mapping[str, Subject]) -> str:
    """Return which of the functions has an expression of a test, "" if none."""
    if not isinstance(told, ast.expr):
        return ""
    return next((name for name in sorted(names) if name in found and _stands(told, found[name])), "")


def _value(node: ast.expr, given: Given) -> ast.expr:
    """Return what a name stands for, if it is given one value; about what is what."""
    if isinstance(node, ast.Call) and name_of(node) == "approx" and node.args:
        node = node.args[0]
    values = given.of(node.id) if isinstance(node, ast.Name) else []
    return values[0] if len(values) == 1 else node


def _steps(node: ast.AST) -> int:
    return sum(isinstance(part, _STEPS) for part in ast.walk(node))


def _stands(told: ast.expr, subject: Subject) -> bool:
    """Return whether an expression stands in a function, with other names or values for its names."""
    for function in subject.nodes:
        parts = [part for part in ast.walk(function) if type(part) is type(told) and isinstance(part, ast.expr)]
        if any(_same(part, told) for part in parts[:_MOST_PARTS]):
            return True
    return False


def _same(code: ast.expr, test: ast.expr) -> bool:
    """Return whether two expressions are one but for what their names stand for."""
    bound: dict[str, str] = {}
    pending: list[tuple[object, object]] = [(code, test)]
    for _ in range(_MOST):
        if not pending:
            return True
        one, other = pending.pop()
        inner = _parts(one, other, bound)
        if inner is None:
            return False
        pending.extend(inner)
    return False


def _parts(one: object, other: object, bound: dict[str, str]) -> list[tuple[object, object]] | None:
    """Return what has to be the same for two parts to be, None if they are not."""
    if isinstance(one, ast.Call) and isinstance(other, ast.Call) and isinstance(one.func, ast.Name):
        # What is called has to be the same; what it is called with may have other names.
        same = text(one.func) == text(other.func)
        return [(one.args, other.args), (one.keywords, other.keywords)] if same else None
    if isinstance(one, ast.Attribute) and isinstance(other, ast.Attribute) and isinstance(one.value, ast.Name):
        # Whose attribute it is may be anything.
        told = text(other.value)
        return [] if one.attr == other.attr and bound.setdefault(one.value.id, told) == told else None
    if isinstance(one, ast.Name) and isinstance(other, _PLAIN):
        told = text(other) if isinstance(one.ctx, ast.Load) else getattr(other, "id", "")
        return [] if bound.setdefault(one.id, told) == told else None
    if isinstance(one, list) and isinstance(other, list):
        return list(zip(one, other, strict=True)) if len(one) == len(other) else None
    if isinstance(one, ast.AST) and type(one) is type(other):
        fields = [name for name in one._fields if name not in {"ctx", "kind", "type_comment"}]
        return [(getattr(one, name, None), getattr(other, name, None)) for name in fields]
    return [] if not isinstance(one, ast.AST) and one == other else None
