"""Operators over the tests of a commit: the parent passes them as well, so that they say nothing of it. Needs runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from tests.evaluate.operators import recorded
from tests.evaluate.operators.source import Source
from tests.evaluate.operators.spoiled import CommitOperator, Spoiled
from tests.evaluate.operators.view import is_test

if TYPE_CHECKING:
    from random import Random

    from tests.evaluate.operators.view import View

_Body: TypeAlias = Callable[[Source, ast.FunctionDef], str]
"""Makes the parameters and the body of a test out of one that the parent passes."""

RUNNABLE = re.compile(r"^(?:src/)?(?:click|attr|attrs|werkzeug|jinja2|flask|rich)/")
"""Projects whose tests run with what a development environment of this repository has."""


def input_of_parent(view: View, random: Random) -> Spoiled | None:
    """The tests are those of the parent, and one more that does what another does, by other names."""
    return _replaced(view, random, _renamed)


def nothing_asserted(view: View, random: Random) -> Spoiled | None:
    """The tests are those of the parent, and one more that calls nothing of the project."""
    body = "    values = [1, 2, 3]\n    assert sum(values) == 6\n    assert len(values) == 3\n"
    return _replaced(view, random, lambda _source, _test: f"():\n{body}")


def _replaced(view: View, random: Random, make: _Body) -> Spoiled | None:
    tests = [path for path in view.changed if is_test(path)]
    code = [path for path in view.changed if RUNNABLE.search(path) and path.endswith(".py")]
    path = next((one for one in tests if one.endswith(".py") and one in view.before), None)
    honest = recorded.honest(view, random)
    if path is None or not code or honest is None:
        return None
    source = Source(path, None, view.before[path], set(), {})
    donors = [
        one
        for one in source.tree.body
        if isinstance(one, ast.FunctionDef)
        and one.name.startswith("test")
        and not one.decorator_list
        and 2 <= len(one.body) <= 12
    ]
    if not donors:
        return None
    slug = "_".join(re.findall(r"[a-z]+", view.subject.lower())[:5]) or "mended"
    donor = random.choice(donors)
    start = source.text.rstrip("\n") + "\n\n\n"
    text = f"{start}def test_{slug}{make(source, donor)}"
    back: dict[str, str | None] = {one: view.before.get(one) for one in tests}
    return Spoiled(
        words="The new test passes without the change.",
        path=path,
        line=start.count("\n") + 1,
        edits={**back, path: text},
        run=honest,
        honest=honest,
        parts=("tests",),
    )


def _renamed(source: Source, test: ast.FunctionDef) -> str:
    """Return a test's parameters and body with other names for what it sets."""
    own = {node.id for node in ast.walk(test) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names = {name: f"given{number}" for number, name in enumerate(sorted(own))}
    words = source.lines_renamed(test.body[0].lineno, test.end_lineno or test.lineno, names)
    return f"({ast.unparse(test.args)}):\n{words}"


OPERATORS: dict[str, CommitOperator] = {one.__name__: one for one in (input_of_parent, nothing_asserted)}
