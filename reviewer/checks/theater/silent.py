"""New Python tests that compare nothing: they can fail only where the code raises.

That is all that is to be asked of a call whose refusals are expected by a test beside it; this is worth knowing then.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.oracles.model import RAISES
from reviewer.checks.theater.facts import NOTHING, fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.checks.finding import Severity
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Function
    from reviewer.checks.theater.python_tests import Scope

_NAMED = 4
_MOST = 2_000


def silent(tests: Sequence[Function], scope: Scope, source: Callable[[Function], str]) -> Iterator[Fact]:
    """Yield a fact for each file and weight.

    Args:
        tests: new tests that demand nothing.
        scope: their side.
        source: gives the text of one.
    """
    refusing: dict[str, frozenset[str]] = {}
    groups: dict[tuple[str, Severity], list[Function]] = {}
    for test in tests:
        if _measures(test) or _answers(test):
            continue
        if test.file not in refusing:
            refusing[test.file] = _refusing(test.file, scope)
        # Who prints wants to see something, and nobody looks.
        known = refusing[test.file] & _called(test) and "print(" not in source(test)
        severity: Severity = "info" if known else "low"
        groups.setdefault((test.file, severity), []).append(test)
    for (path, severity), some in groups.items():
        names = ", ".join(shown(test.name, 60) for test in some[:_NAMED]) + (" …" if len(some) > _NAMED else "")
        printing = any("print(" in source(test) for test in some)
        message = f"The new test {names} {'prints and compares' if printing else 'compares'} nothing."
        if len(some) > 1:
            message = f"{len(some):,} new tests compare nothing: {names}."
        if severity == "info":
            message += " Tests beside expect what is called here to refuse other values."
        quote = " ".join(test.name for test in some)
        yield fact(some[0].name, path, severity, message, NOTHING, quote, some[0].line, rule="no-oracle")


def _measures(function: Function) -> bool:
    """Return whether a function measures time, which needs no comparison."""
    node = function.node
    arguments = node.args.args if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    return "bench" in function.file.lower() or any("bench" in one.arg for one in arguments)


def _answers(function: Function) -> bool:
    """Return whether a function computes a value for whoever calls it, as no test does."""
    return any(
        isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant)
        for node in function.node.body
    )


def _refusing(path: str, scope: Scope) -> frozenset[str]:
    """Return what of a file's imports is called by tests that expect an exception."""
    file = scope.file(path)
    if file is None:
        return frozenset()
    imported = {
        alias.asname or alias.name
        for node in file.tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    found: set[str] = set()
    for test in file.all[:_MOST]:
        if file.is_test(test) and any(oracle.subject == RAISES for oracle in scope.own(test)):
            found |= _called(test)
    return frozenset(found & imported)


def _called(function: Function) -> frozenset[str]:
    """Return what a test calls by name, or is given as a case."""
    called = {
        node.func.id
        for node in ast.walk(function.node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    marks = [mark for mark in getattr(function.node, "decorator_list", []) if isinstance(mark, ast.Call)]
    given = {part.id for mark in marks for one in mark.args for part in ast.walk(one) if isinstance(part, ast.Name)}
    return frozenset(called | given)
