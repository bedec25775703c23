"""Tests that fail at none of the wrong lines they run: where that is told, and when it is not."""

from __future__ import annotations

from dataclasses import replace

from reviewer.checks.probed import Mutation, Noticing, Probed
from reviewer.checks.theater.noticing import LEAST, noticing
from tests.support.cases import make_case

TEST = "tests/test_app.py"
OLD = "def test_old():\n    assert f(1) == 2\n"
NEW = OLD + "\n\nclass TestF:\n    def test_new(self):\n        got = f(3)\n        assert got\n        print(got)\n"


def told(*rows: Noticing, after: str = NEW) -> list[tuple[str, int | None, int | None]]:
    found = Probed(
        base_tree="3" * 40, head_tree="4" * 40, environment="e", containment="none", mutants=Mutation(tests=rows)
    )
    case = replace(make_case({TEST: OLD}, {TEST: after}), probed=found)
    return [(fact.message, fact.line, fact.end_line) for fact in noticing(case)]


def row(name: str, tried: int = LEAST, noticed: int = 0, path: str = TEST) -> Noticing:
    return Noticing(id=f"{TEST}::{name}", path=path, tried=tried, noticed=noticed)


def test_it_stands_at_the_assertion_that_the_change_adds() -> None:
    ((message, line, end),) = told(row("TestF::test_new", 4))
    assert message.startswith("TestF.test_new runs 4 changed lines")
    assert (line, end) == (8, 8)


def test_too_few_lines_or_one_that_is_noticed_say_nothing() -> None:
    assert told(row("TestF::test_new", LEAST - 1)) == []
    assert told(row("TestF::test_new", 9, 1)) == []


def test_tests_that_were_there_before_are_left_alone() -> None:
    assert told(row("test_old")) == []


def test_rows_of_tests_and_files_that_are_not_there_are_passed_over() -> None:
    assert told(row("test_gone"), row("test_new", path="tests/test_gone.py"), row("")) == []


def test_a_file_that_is_no_python_says_nothing() -> None:
    assert told(row("TestF::test_new"), after="def (\n") == []
