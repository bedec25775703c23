"""Assertions that no passing test executes, and changed lines of code that no test runs.

One run of the changed tests over the head, with the executed lines of the changed files written down a test. An
assertion counts as rotten where a passing test enters the function that holds it and none reaches it (rotten green
tests: Delplanque et al., ICSE 2019).
"""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.probed import Rotten, RottenLine
from reviewer.probe.assertions import assertions, runnable_lines
from reviewer.probe.matrix import HEAD_NEW
from reviewer.probe.suite import Lines, Selection
from reviewer.probe.workshop import Job

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewer.probe.change import Change
    from reviewer.probe.suite import SuiteRun
    from reviewer.probe.workshop import Workshop

MAX_ROWS = 5_000
_LIMIT = 2 << 20


def traced_run(change: Change, shop: Workshop, *, whole: bool = False) -> SuiteRun:
    """Run the changed tests, or the whole suite, over the head and watch the lines of every changed Python file."""
    paths = tuple(file.path for file in change.files if file.status != "D" and roles.language(file.path) == "python")
    selection = Selection() if whole else Selection(paths=change.new_tests)
    return shop.run(Job(files=change.after, words=f"{HEAD_NEW}, line by line", selection=selection, trace=paths))


def rotten(change: Change, shop: Workshop, *, whole: bool = False) -> Rotten:
    """Return assertions that are never executed, and changed lines that no test runs."""
    if not change.new_tests and not whole:
        return Rotten(gaps=("the change adds and edits no test: which lines tests run was not looked at",))
    if not shop.framework.traces:
        return Rotten(gaps=(f"{shop.framework.name} does not tell which lines its tests run",))
    run = traced_run(change, shop, whole=whole)
    if run.lines is None or not run.complete:
        return Rotten(runs=(run.ran,), gaps=run.gaps or ("no executed lines were told",))
    added = {file.path: frozenset(line.number for line in file.added) for file in change.files}
    gaps = list(run.gaps)
    if not whole:
        gaps.append("only the changed test files were run: other tests may run lines that are listed here")
    rows = [row for path in change.new_tests for row in never_executed(path, change.after.read(path), run, added[path])]
    uncovered, changed = _uncovered(change, run.lines, gaps)
    return Rotten(
        rows=tuple(rows[:MAX_ROWS]),
        uncovered=tuple(uncovered[:MAX_ROWS]),
        changed=changed,
        runs=(run.ran,),
        gaps=tuple(gaps),
    )


def never_executed(path: str, data: bytes | None, run: SuiteRun, added: frozenset[int]) -> list[RottenLine]:
    """Return the assertions of a test file that no passing test executes, though one enters their function.

    Only those in functions with an added line: what was rotten before is not of this change.
    """
    module = parse(path, data)
    if module is None or data is None or run.lines is None:
        return []
    passing = {test for test, row in run.tests.items() if row.outcome == "passed"}
    by_test = {test: lines for test, lines in run.lines.rows.get(path, {}).items() if test in passing}
    text = data.split(b"\n")
    found: list[RottenLine] = []
    for assertion in assertions(module):
        if added.isdisjoint(assertion.body):
            continue
        entered = [test for test, lines in by_test.items() if not lines.isdisjoint(assertion.body)]
        if entered and not any(not lines.isdisjoint(assertion.lines) for lines in by_test.values()):
            line = text[assertion.line - 1].strip() if assertion.line <= len(text) else b""
            words = line.decode("utf-8", "surrogateescape")[:500]
            found.append(RottenLine(path=path, line=assertion.line, text=words, test=min(entered)))
    return found


def _uncovered(change: Change, lines: Lines, gaps: list[str]) -> tuple[list[tuple[str, int]], int]:
    found: list[tuple[str, int]] = []
    changed = 0
    for file in change.code:
        if file.status == "D" or roles.language(file.path) != "python" or not file.added:
            continue
        module = parse(file.path, change.after.read(file.path))
        if module is None:
            gaps.append("a changed file cannot be parsed: its lines were not looked at")
            continue
        statements = runnable_lines(module)
        inside = _in_functions(module)
        # What stands outside of functions runs at the import, perhaps before anyone watched.
        numbers = {
            statements[line.number] for line in file.added if line.number in statements and line.number in inside
        }
        changed += len(numbers)
        found += [
            (file.path, number) for number in sorted(numbers) if not _any_ran(lines, file.path, statements, number)
        ]
    return found, changed


def _in_functions(module: ast.Module) -> frozenset[int]:
    return frozenset(
        line
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for line in range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1)
    )


def _any_ran(lines: Lines, path: str, statements: Mapping[int, int], number: int) -> bool:
    # A statement of several lines may tell any of them.
    return any(lines.ran(path, line) for line in _own_lines(statements, number))


def _own_lines(statements: Mapping[int, int], number: int) -> Iterable[int]:
    line = number
    while statements.get(line) == number:
        yield line
        line += 1


def parse(path: str, data: bytes | None) -> ast.Module | None:
    """Return the syntax tree of a Python file, None if it is none or cannot be parsed."""
    if data is None or roles.language(path) != "python" or len(data) > _LIMIT:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
