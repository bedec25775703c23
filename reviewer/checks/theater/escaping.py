"""New Python tests that can pass without having asserted anything: past a loop over nothing, an `if`, a `try`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.oracles.escapes import escapes
from reviewer.checks.oracles.given import Given
from reviewer.checks.oracles.places import name_of
from reviewer.checks.oracles.python import asserting, text
from reviewer.checks.theater.facts import OFF, fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.finding import Severity
    from reviewer.checks.ident import Fact
    from reviewer.checks.oracles.escapes import Way
    from reviewer.checks.python_source import Function
    from reviewer.checks.theater.python_tests import Scope

_WAYS: dict[Way, tuple[Severity, str]] = {
    "loop": ("low", "asserts only in a loop over {on}, and nothing says that this is not empty"),
    "filter": ("low", "asserts only for some of {on}, and nothing says that there are any"),
    "all": ("low", "asserts only something of all of {on}, and nothing says that this is not empty"),
    "if": ("low", "asserts only where {on}"),
    "leave": ("low", "ends before it asserts anything where {on}"),
    "except": ("medium", "asserts only after {on} is raised, and passes where nothing is"),
    "try": ("low", "passes without asserting anything where {on} is raised"),
}
_MOST = 60


def escaping(tests: Sequence[Function], scope: Scope) -> Iterator[Fact]:
    """Yield a fact for each new test that some way leads past all its assertions.

    Args:
        tests: new tests.
        scope: their side.
    """
    for test in tests:
        file = scope.file(test.file)
        if file is None or not scope.demands(test):
            continue
        helpers = {name for name, (helper, _) in scope.helpers(test).items() if scope.demands(helper)}

        def holds(statement: ast.stmt, helpers: set[str] = helpers) -> bool:
            return asserting(statement) or any(
                isinstance(part, ast.Call) and name_of(part) in helpers
                for one in ast.iter_child_nodes(statement)
                if not isinstance(one, ast.stmt)
                for part in ast.walk(one)
            )

        found = next(escapes(test, holds, Given(test, file.defined)), None)
        if found is not None:
            severity, form = _WAYS[found.way]
            on = shown(text(found.on), _MOST) if found.on is not None else "any exception"
            message = f"The new test {shown(test.name)} {form.format(on=on)}."
            yield fact(test.name, test.file, severity, message, OFF, on, found.node.lineno, rule="oracle-escaped")
