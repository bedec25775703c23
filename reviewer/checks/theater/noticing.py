"""Tests of the change that fail at none of the lines they run, however wrong these were made.

Knows what was run and where a test asserts. A test that lets three wrong lines pass may still hold something that no
mutant touches, so it never alarms: in 129 small changes whose faults are known, 22 of these
findings stand at a test that nobody had labelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks import python_source, roles
from reviewer.checks.account import Account
from reviewer.checks.ident import Fact, shown
from reviewer.checks.oracles.python import oracles
from reviewer.checks.theater.python_tests import TestFile
from reviewer.checks.theater.test_places import own_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import Case
    from reviewer.checks.probed import Noticing
    from reviewer.checks.python_source import Function, PythonFile

LEAST = 3
"""Fewer wrong lines say too little of a test."""
_MOST = 20
_WHY = "A test that nothing makes fail looks like one that holds something in place."


def noticing(case: Case) -> Iterator[Fact]:
    """Yield tests that the change adds or edits and that notice none of at least three wrong lines that they run."""
    mutation = case.probed.mutants if case.probed else None
    blind = [row for row in (mutation.tests if mutation else ()) if row.tried >= LEAST and not row.noticed]
    if not blind:
        return
    files = {
        file.file.path: file
        for file in python_source.read(case, Account(), wanted=roles.is_test)
        if file.new is not None
    }
    for row in blind[:_MOST]:
        if (file := files.get(row.path)) is not None:
            yield from _facts(row, file)


def _facts(row: Noticing, file: PythonFile) -> Iterator[Fact]:
    if file.new is None:
        return
    name = own_name(row.id)
    side = TestFile.of(file.new, file.file.path)
    added = {line.number for line in file.file.added}
    for test in side.all:
        if test.name != name or not side.is_test(test):
            continue
        last = getattr(test.node, "end_lineno", None) or test.line
        if added.isdisjoint(range(test.line, last + 1)):
            return
        first, end = _asserted(test, added) or (test.line, test.line)
        yield Fact(
            rule="test-notices-nothing",
            severity="info",
            message=f"{shown(name, 80)} runs {row.tried} changed lines that were made wrong one at a time, and passes"
            " each time.",
            why=_WHY,
            quote=name,
            file=file.file.path,
            side="new",
            line=first,
            end_line=end,
            known="recorded",
        )
        return


def _asserted(test: Function, added: set[int]) -> tuple[int, int] | None:
    """Return the lines of the last assertion that the change adds to a test, else of its last one."""
    found = sorted((one.first, one.last) for one in oracles(test))
    fresh = [(first, last) for first, last in found if any(number in added for number in range(first, last + 1))]
    return next(reversed(fresh or found), None)
