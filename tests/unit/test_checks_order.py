"""What is read first, what is told once, and what is folded."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.checks import catalogue, order
from reviewer.checks.finding import SEVERITIES, CheckResult, Finding, Mode, Severity

MODE_OF: dict[str, Mode] = {
    "ci-trigger": "security_boundary",
    "code-evaluated": "security_boundary",
    "trigger-privileged": "gate_weakened",
    "lint-new": "style_drift",
    "path-outside": "scope",
}


def finding(rule: str, line: int | None = 3, severity: Severity = "high", said: str = "x", path: str = "a") -> Finding:
    return Finding(
        id=f"{rule}-{line}-{said}-{path}",
        mode=MODE_OF[rule],
        rule=rule,
        severity=severity,
        message=said,
        why="w",
        file=path,
        side="new" if line else None,
        line=line,
        evidence=(f"file:{rule}",),
    )


def result(*found: Finding, by: str = "") -> CheckResult:
    return CheckResult(mode=found[0].mode, status="done", findings=found, by=by)


def test_two_modes_that_say_the_same_of_one_line_tell_it_once() -> None:
    first, second = finding("ci-trigger"), finding("trigger-privileged")
    for results in ([result(first), result(second)], [result(second), result(first)]):
        (told,) = [one for each in order.settle(results) for one in each.findings]
        assert (told.id, told.also) == (first.id, ("gate_weakened/trigger-privileged",))
        assert told.evidence == ("file:ci-trigger", "file:trigger-privileged")
        assert told.modes == ("security_boundary", "gate_weakened")
        assert order.about([told], ["gate_weakened"]) == (told,)
        assert order.about([told], ["scope"]) == ()


def test_the_more_severe_one_tells_it() -> None:
    light, grave = finding("ci-trigger", severity="info"), finding("trigger-privileged", severity="medium")
    found = [one for each in order.settle([result(light), result(grave)]) for one in each.findings]
    assert [one.id for one in found] == [grave.id]


@pytest.mark.parametrize(
    "other",
    [
        finding("trigger-privileged", line=4),
        finding("trigger-privileged", line=None),
        finding("trigger-privileged", path="b"),
        finding("path-outside"),
    ],
)
def test_another_place_or_another_fact_stands_for_itself(other: Finding) -> None:
    results = (result(finding("ci-trigger")), result(other))
    assert order.settle(results) == results


def test_a_linter_is_joined_by_its_code_only() -> None:
    ours = finding("code-evaluated")
    same, unlike = finding("lint-new", said="ruff S307: Use of eval", severity="low"), finding("lint-new", said="E501")
    left = order.settle([result(ours), result(same, unlike)])
    assert [one.id for one in left[1].findings] == [unlike.id]
    assert left[0].findings[0].also == ("style_drift/lint-new",)


def test_what_a_check_from_elsewhere_says_is_never_taken_away() -> None:
    results = (result(finding("ci-trigger")), result(finding("trigger-privileged"), by="acme"))
    assert order.settle(results) == results


@given(st.lists(st.sampled_from([*itertools.product(MODE_OF, (None, 3, 4), SEVERITIES)]), max_size=12))
def test_settling_loses_no_place_and_is_done_after_once(rows: list[tuple[str, int | None, Severity]]) -> None:
    made = {f"{n}": finding(rule, line, severity, f"{n}") for n, (rule, line, severity) in enumerate(rows)}
    results = [result(one) for one in made.values()]
    settled = order.settle(results)
    left = [one for each in settled for one in each.findings]
    assert {(one.file, one.line) for one in left} == {(one.file, one.line) for one in made.values()}
    assert {one.id for one in left} <= {one.id for one in made.values()}
    assert max((SEVERITIES.index(one.severity) for one in left), default=0) == max(
        (SEVERITIES.index(one.severity) for one in made.values()), default=0
    )
    again = order.settle(settled)
    assert [one.id for each in again for one in each.findings] == [one.id for one in left]


def test_the_gravest_comes_first_then_the_rarest_then_by_place(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {"scope/path-outside": 0.2, "security_boundary/ci-trigger": 0.01, "style_drift/lint-new": 0.3}
    monkeypatch.setattr(
        catalogue, "measured", lambda: {key: catalogue.Measured(value, 1, "") for key, value in figures.items()}
    )
    rows = [
        finding("lint-new"),
        finding("path-outside"),
        finding("ci-trigger", line=9),
        finding("ci-trigger", line=2),
        finding("trigger-privileged", severity="low"),
    ]
    assert [(one.rule, one.line) for one in order.arranged(reversed(rows))] == [
        ("ci-trigger", 2),
        ("ci-trigger", 9),
        ("path-outside", 3),
        ("lint-new", 3),
        ("trigger-privileged", 3),
    ]


def test_light_findings_of_style_are_folded_after_a_few() -> None:
    rows = [finding("lint-new", line=line, severity="low") for line in range(1, 9)] + [finding("ci-trigger")]
    shown, more = order.folded(rows)
    assert (len(shown), more) == (6, 3)
    assert shown[-1].rule == "ci-trigger"
    assert order.folded([finding("lint-new", line=n, severity="medium") for n in range(1, 9)])[1] == 0


def test_results_of_one_mode_are_one_and_the_louder_status_wins() -> None:
    ours = CheckResult(mode="scope", status="not_applicable", reason="nothing to do")
    theirs = CheckResult(
        mode="scope", status="incomplete", reason="broken", findings=(finding("path-outside"),), by="a"
    )
    both = order.by_mode([ours, theirs])["scope"]
    assert (both.status, both.reason, len(both.findings)) == ("incomplete", "broken (by a)", 1)
    assert order.by_mode([ours]) == {"scope": ours}


def test_groups_name_rules_that_there_are() -> None:
    known = {rule.key for rule in catalogue.everything()}
    named = {name.partition(":")[0] for group in order.groups_in_order() for name in group}
    assert named <= known
