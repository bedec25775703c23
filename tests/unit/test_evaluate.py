"""The labelled changes fit their projects, labels stand on real lines, and checks that need no tool find enough."""

from __future__ import annotations

import ast
from collections import Counter
from random import Random

import pytest

from reviewer.checks import PLAIN, catalogue
from reviewer.checks.finding import MODES
from reviewer.checks.runner import run
from tests.evaluate import measured, small_set
from tests.evaluate.examined import Examined, Said
from tests.evaluate.model import Change, Label
from tests.evaluate.operators import python_code, python_planted, python_tests, settings
from tests.evaluate.operators.source import Operator, Source
from tests.evaluate.places import Places
from tests.evaluate.score import Rates, judge
from tests.support.cases import make_case

FIRST = small_set.load()
CHANGES = (*FIRST, *small_set.load_second())
RUN_MODES = {"scope", "rollback", "claim_vs_evidence", "stop_rule"}
TOOL_MODES = {"hallucinated_api", "tests_on_parent"}
FLOOR = 0.5
"""Of the labels of the open half that need neither a run nor a tool; the held half is looked at by people alone."""


def said(change: Change) -> tuple[Said, ...]:
    case = make_case(change.before, change.after, trees=True)
    return tuple(
        Said(one.mode, one.rule, one.severity, one.file, one.side, one.line, one.end_line, one.message)
        for result in run(case, PLAIN)
        for one in result.findings
    )


def test_the_set_is_as_large_as_it_says() -> None:
    assert len(FIRST) >= 60
    assert sum(len(one.labels) for one in FIRST) >= 75
    assert sum(not one.labels for one in FIRST) >= 10
    assert {label.mode for one in FIRST for label in one.labels} == set(MODES)
    assert Counter(one.half for one in FIRST)["held"] == len(FIRST) // 2


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.name)
def test_labels_point_at_lines_of_files_that_changed(change: Change) -> None:
    assert change.before != change.after
    for label in change.labels:
        if label.path is None:
            assert label.line is None
            assert change.events is not None
            continue
        assert change.before.get(label.path) != change.after.get(label.path)
        text = (change.before if label.side == "old" else change.after).get(label.path, "")
        if label.line is not None:
            assert text.splitlines()[label.line - 1].strip()
        assert label.words.endswith(".")


def test_enough_is_found_without_tools() -> None:
    found = labels = 0
    for change in (one for one in FIRST if one.half == "open"):
        wanted = [one for one in change.labels if one.mode not in RUN_MODES | TOOL_MODES]
        findings, places = said(change), Places(change)
        labels += len(wanted)
        found += sum(any(places.found(label, one) for one in findings) for label in wanted)
    assert found >= FLOOR * labels, f"{found} of {labels}"


BEFORE = "a\nb\nc\nd\n"
AFTER = "a\nnew\nnew\nb\nd\n"


def change_with(*labels: Label) -> Change:
    return Change(
        name="x",
        language="python",
        half="open",
        asked="",
        before={"f.py": BEFORE},
        after={"f.py": AFTER},
        labels=labels,
    )


def one(line: int | None, side: str = "new", rule: str = "r", severity: str = "low", file: str | None = "f.py") -> Said:
    return Said("scope", rule, severity, file, side, line, None, "")


def test_a_finding_is_at_a_place_within_two_lines_on_either_side() -> None:
    label = Label(mode="scope", path="f.py", line=2)
    places = Places(change_with(label))
    assert places.found(label, one(4))
    assert not places.found(label, one(5))
    assert places.found(label, one(1, "old"))
    assert not places.found(label, one(None))
    assert not places.found(label, one(2, file="g.py"))
    assert places.found(Label(mode="scope", path="f.py", line=None), one(None))


def test_quiet_kinds_come_first_until_the_budget_is_spent() -> None:
    rates = Rates(1000, 3, {("high", "a"): 8, ("high", "b"): 1, ("medium", "c"): 1, ("info", "d"): 0})
    seen = [("high", "a"), ("high", "b"), ("medium", "c"), ("info", "d"), ("low", "new")]
    assert rates.allowed(0.2, seen) == {("high", "b")}
    assert rates.allowed(1.0, seen) == {("high", "a"), ("high", "b"), ("medium", "c"), ("low", "new")}


def test_faults_of_a_run_need_a_finding_each() -> None:
    labels = (
        Label(mode="scope", path=None, line=None, words="First."),
        Label(mode="scope", path=None, line=None, words="Second."),
    )
    change = change_with(*labels)
    result = Examined(name="x", added=10, findings=(one(None, file=None),), statuses={})
    judged = judge([change], {"x": result}, Rates(0, 0, {}))
    assert judged.tallies["scope"].found == 1
    assert [label.words for _, label in judged.misses] == ["Second."]


def test_what_names_no_file_is_no_alarm_and_rates_are_written_down() -> None:
    findings = (one(1, rule="far"), one(None, rule="note", file=None), one(3, rule="quiet", severity="info"))
    rates = Rates.of([Examined(name="x", added=200, findings=findings, statuses={})])
    assert rates.by_rule() == {"scope.far": (1, 0.5)}
    assert rates.without == 1
    assert measured.as_json(rates, ["a/b"])["rules"] == {"scope/far": {"findings": 1, "per_100": 0.5}}
    read = catalogue.parse_measured(measured.as_toml(rates, ["a/b"]).encode())
    assert read["scope/far"].per_100 == 0.5
    assert read["error_handling/handler-broad-silent"].per_100 == 0.0


def test_an_examination_survives_the_disk() -> None:
    result = Examined(name="x", added=1, findings=(one(1),), statuses={"scope": "done"}, seconds=0.5)
    assert Examined.from_json(result.as_json()) == result


CODE = """\
import os
import requests
from json import dumps


def read_all_rows(path, limit=None):
    if limit is None:
        return []
    if not os.path.exists(path, follow=True):
        raise ValueError(path)
    else:
        rows = dumps(path)
    try:
        rows = int(rows)
    except ValueError as error:
        raise KeyError(path) from error
    try:
        os.remove(path)
    finally:
        os.sync()
    return rows if len(rows) > limit else []


@require_admin
def view(request):
    return read_all_rows(request)
"""
TESTS = """\
import pytest


@pytest.mark.parametrize("value", [1, 2, 3])
def test_values(value):
    assert value + 1 == 2
    assert value


def test_refused():
    with pytest.raises(ValueError):
        int("x")
"""
OPERATORS = {
    **python_code.HALLUCINATED,
    **python_code.PLAUSIBLE,
    **python_code.ERRORS,
    **python_planted.SECURITY,
    **python_planted.STYLE,
    **python_planted.HIDDEN,
    **python_planted.GATES,
}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_spoils_code_at_the_line_that_it_says(name: str) -> None:
    spoiled(OPERATORS[name], Source("app.py", CODE, CODE, set(range(1, 40)), {"other.py": CODE}))


@pytest.mark.parametrize("name", python_tests.OPERATORS)
def test_an_operator_weakens_tests_at_the_line_that_it_says(name: str) -> None:
    spoiled(python_tests.OPERATORS[name], Source("test_app.py", TESTS, TESTS, set(), {}))


def spoiled(operator: Operator, source: Source) -> None:
    mutant = operator(source, Random(1))  # noqa: S311 - the same fault each time
    assert mutant is not None
    assert mutant.text != source.text
    ast.parse(mutant.text)
    assert 1 <= mutant.line <= len((source.text if mutant.is_gone else mutant.text).splitlines())
    again = operator(source, Random(1))  # noqa: S311 - the same fault each time
    assert again == mutant


@pytest.mark.parametrize(
    ("operator", "text", "line"),
    [
        (settings.catch_emptied, "try {\n} catch (e) { log(e); }\n", "} catch (e) {}"),
        (settings.test_skipped, "  it('x', f);\n", "  it.skip('x', f);"),
        (settings.ERRORS["go"]["err_ignored"], "\tif err != nil {\n\t\treturn err\n\t}\n", "\t_ = err"),
        (settings.ERRORS["rust"]["error_made_none"], "    read()?;\n", "    read().ok();"),
    ],
)
def test_an_operator_over_text_says_its_line(operator: settings.TextOperator, text: str, line: str) -> None:
    mutant = operator(text, Random(1))  # noqa: S311 - the same fault each time
    assert mutant is not None
    assert mutant.text.splitlines()[mutant.line - 1] == line
