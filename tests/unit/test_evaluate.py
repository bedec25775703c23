"""The labelled changes fit their projects, labels stand on real lines, and checks that need no tool find enough."""

from __future__ import annotations

from collections import Counter

import pytest

from reviewer.checks import PLAIN
from reviewer.checks.finding import MODES
from reviewer.checks.runner import run
from tests.evaluate import measured, small_set
from tests.evaluate.examined import Examined, Said
from tests.evaluate.model import Change, Label
from tests.evaluate.places import Places
from tests.evaluate.score import Rates, judge
from tests.support.cases import make_case

CHANGES = small_set.load()
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
    assert len(CHANGES) >= 60
    assert sum(len(one.labels) for one in CHANGES) >= 75
    assert sum(not one.labels for one in CHANGES) >= 10
    assert {label.mode for one in CHANGES for label in one.labels} == set(MODES)
    assert Counter(one.half for one in CHANGES)["held"] == len(CHANGES) // 2


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
    for change in (one for one in CHANGES if one.half == "open"):
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
    assert '"scope/far" = 0.5' in measured.as_toml(rates, ["a/b"])


def test_an_examination_survives_the_disk() -> None:
    result = Examined(name="x", added=1, findings=(one(1),), statuses={"scope": "done"}, seconds=0.5)
    assert Examined.from_json(result.as_json()) == result
