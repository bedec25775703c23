"""Each gate, shut and passed, and what waiving does."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks.finding import CheckResult, Mode, Severity
from reviewer.checks.ident import Fact, identify
from reviewer.policy.gates import GateInputs, evaluate
from reviewer.policy.load import default_policy
from reviewer.review.coverage import Coverage
from reviewer.review.state import AnswerGiven, Disposition, ReviewState
from tests.support.cases import make_case

if TYPE_CHECKING:
    from reviewer.policy.model import GateResult

ALL_SEEN = Coverage(seen_units=3, units=3, seen_lines=9, lines=9, files_seen=1, files=1)
TESTED = [{"n": 1, "line": "pytest", "kind": "test", "state": "passed", "after_last_edit": True}]
NOTE = {"strategy": "Revert the commit."}


def result(mode: Mode, severity: Severity, rule: str = "rule", message: str = "A fact.") -> CheckResult:
    fact = Fact(rule=rule, severity=severity, message=message, why="", quote=message)
    return CheckResult(mode=mode, status="done", findings=identify(mode, [fact]))


def answered(**other: AnswerGiven) -> MappingProxyType[str, AnswerGiven]:
    clear = {item.id: AnswerGiven(item.clear, "", "now") for item in default_policy().checklist}
    return MappingProxyType({**clear, **other})


def inputs(path: str = "src/app.py", **change: Any) -> GateInputs:  # noqa: ANN401 - fields of GateInputs
    tables = {"command": TESTED, "rollback": NOTE, **change.pop("tables", {})}
    whole = GateInputs(
        policy=default_policy(),
        manifest=make_case({}, {path: "x\n"}, **tables).manifest,
        results=(CheckResult(mode="scope", status="done"),),
        state=ReviewState(answers=answered()),
        coverage=ALL_SEEN,
        breaks=(),
        checks_done=True,
    )
    return replace(whole, **change)


def gate(name: str, given: GateInputs) -> GateResult:
    return next(one for one in evaluate(given) if one.gate.id == name)


def test_a_change_with_everything_in_order_passes_every_gate() -> None:
    assert {one.state for one in evaluate(inputs())} == {"passed"}
    assert [one.opens_by for one in evaluate(inputs())] == [""] * len(evaluate(inputs()))


SHUT: dict[str, dict[str, Any]] = {
    "packet_intact": {"breaks": ("blob 1 does not hash to its name",)},
    "journal_understood": {"state": ReviewState(answers=answered(), unknown=1)},
    "diff_parsed": {"coverage": replace(ALL_SEEN, files=0, units=1, seen_units=1), "unread": ("a.py",)},
    "checks_complete": {"results": (CheckResult(mode="scope", status="incomplete", reason="lost"),)},
    "tests_after_last_edit": {"tables": {"command": [{**TESTED[0], "after_last_edit": False}]}},
    "required_commands": {
        "tables": {"task": {"done_when": ["pytest"]}},
        "results": (result("claim_vs_evidence", "high", "required-not-run"),),
    },
    "scope_respected": {"results": (result("scope", "medium", "path-outside"),)},
    "rollback_note": {"tables": {"rollback": {}}},
    "senior_review": {"results": (result("security_boundary", "info"),)},
    "hunks_seen": {"coverage": replace(ALL_SEEN, seen_units=2)},
    "checklist_complete": {"state": ReviewState()},
    "high_findings": {"results": (result("test_theater", "high"),)},
    "two_persons": {"path": "src/auth/a.py"},
}


@pytest.mark.parametrize("name", SHUT)
def test_a_gate_that_is_not_passed_says_why_and_what_opens_it(name: str) -> None:
    found = gate(name, inputs(**SHUT[name]))
    assert found.state in {"shut", "open"}
    assert found.reason
    assert found.opens_by
    assert ("waive" in found.opens_by) == found.gate.waivable


@pytest.mark.parametrize("name", SHUT)
def test_a_waiver_counts_only_where_the_policy_allows_it(name: str) -> None:
    change = dict(SHUT[name])
    state = change.pop("state", ReviewState(answers=answered()))
    found = gate(name, inputs(state=replace(state, waivers=MappingProxyType({name: "seen on paper"})), **change))
    assert found.state == ("waived" if found.gate.waivable else found.state)
    assert (found.state == "waived") == found.gate.waivable
    assert not found.gate.waivable or "seen on paper" in found.reason


def test_gates_of_other_classes_are_not_asked() -> None:
    names = {one.gate.id for one in evaluate(inputs("README.md"))}
    assert names.isdisjoint({"tests_after_last_edit", "rollback_note", "two_persons"})
    assert "two_persons" not in {one.gate.id for one in evaluate(inputs())}


def test_the_second_person_holds_back_the_merge_and_not_the_first_signature() -> None:
    alone = gate("two_persons", inputs("src/auth/a.py", reviewer="ana@x.test"))
    assert (alone.state, alone.holds_back) == ("shut", False)
    twice = gate("two_persons", inputs("src/auth/a.py", reviewer="ana@x.test", approved_by=("Ana@x.test",)))
    assert twice.state == "shut"
    both = gate("two_persons", inputs("src/auth/a.py", reviewer="ana@x.test", approved_by=("bo@x.test",)))
    assert both.state == "passed"


def test_nothing_passes_while_the_checks_run() -> None:
    running = inputs(results=(), checks_done=False)
    waiting = {one.gate.id for one in evaluate(running) if one.state == "open"}
    assert {"packet_intact", "checks_complete", "scope_respected", "senior_review", "high_findings"} <= waiting


def test_a_senior_named_by_the_policy_opens_the_boundary() -> None:
    policy = replace(default_policy(), senior=("Kim@x.test",))
    touched: dict[str, Any] = {"policy": policy, "results": (result("security_boundary", "info"),)}
    assert gate("senior_review", inputs(reviewer="kim@x.test", **touched)).state == "passed"
    assert gate("senior_review", inputs(reviewer="ana@x.test", **touched)).state == "shut"


def test_a_high_finding_is_decided_one_by_one_and_a_scope_finding_by_dismissal() -> None:
    high = result("scope", "high", "path-forbidden")
    name = high.findings[0].id
    for kind, state in (("adopted", "shut"), ("dismissed", "passed")):
        decided = MappingProxyType({name: Disposition(kind, "agreed", "now")})  # type: ignore[arg-type]
        given = inputs(results=(high,), state=ReviewState(answers=answered(), dispositions=decided))
        assert gate("high_findings", given).state == "passed"
        assert gate("scope_respected", given).state == state


@pytest.mark.parametrize(
    ("answer", "note", "state"),
    [("unsure", "x", "open"), ("yes", "", "open"), ("yes", "needed for x", "passed"), ("not_applicable", "", "passed")],
)
def test_an_answer_that_raises_a_concern_needs_a_note(answer: Any, note: str, state: str) -> None:  # noqa: ANN401
    given = answered(new_dependency=AnswerGiven(answer, note, "now"))
    assert gate("checklist_complete", inputs(state=ReviewState(answers=given))).state == state


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"state": "failed"}, "failed"),
        ({"not_conclusive": "pipe", "state": "not_conclusive"}, "proves nothing"),
        ({"kind": "lint"}, "no test command"),
        ({"state": "denied"}, "no test command"),
    ],
)
def test_only_a_conclusive_pass_proves_tests(row: dict[str, Any], told: str) -> None:
    found = gate("tests_after_last_edit", inputs(tables={"command": [{**TESTED[0], **row}]}))
    assert (found.state, told in found.reason) == ("shut", True)
