"""What the checklist says of checks that did not run, and of findings that two rules or others tell."""

from __future__ import annotations

from reviewer.checks.finding import CheckResult, Finding, SwitchedOff
from reviewer.checks.order import by_mode
from reviewer.policy.load import default_policy
from reviewer.review.state import ReviewState
from reviewer.tui.pages.checklist import Answers, checklist_rows, findings_in_order

OFF = SwitchedOff(mode="rollback", rule="", reason="nothing is deployed", source="policy own")
SILENT = CheckResult(
    mode="rollback", status="not_applicable", reason="switched off by the project: nothing is deployed", off=(OFF,)
)


def said(*results: CheckResult, running: bool = False) -> list[str]:
    answers = Answers(
        policy=default_policy(),
        state=ReviewState(),
        results=by_mode(results),
        running=running,
        unfolded=frozenset({("item", "rollback"), ("item", "claims"), ("item", "test_theater")}),
    )
    return ["".join(piece.text for piece in (*row.left, *row.right)) for row in checklist_rows(answers)]


def test_a_check_that_is_switched_off_is_not_one_that_found_nothing() -> None:
    rows = said(SILENT)
    (row,) = [row for row in rows if "Rollback" in row]
    assert "⊘" in row
    assert "0" not in row
    assert "rollback: switched off by the project: nothing is deployed" in rows
    (done,) = [row for row in said(CheckResult(mode="rollback", status="done")) if "Rollback" in row]
    assert "0" in done
    (waits,) = [row for row in said(running=True) if "Rollback" in row]
    assert "◐" in waits


def test_an_opened_row_says_in_how_many_languages_the_rules_look() -> None:
    rows = said(CheckResult(mode="test_theater", status="done", examined="2 test files"))
    (row,) = [row for row in rows if row.startswith("of its ")]
    assert "rules: Python " in row
    assert "JavaScript " in row
    assert not [row for row in said(running=True) if row.startswith("of its ")]


def test_a_finding_stands_beside_the_questions_of_all_rules_that_tell_it() -> None:
    finding = Finding(
        id="1" * 16,
        mode="gate_weakened",
        rule="trigger-privileged",
        severity="high",
        message="m",
        why="w",
        also=("claim_vs_evidence/required-failed",),
        by="acme-checks",
    )
    result = CheckResult(mode="gate_weakened", status="done", findings=(finding,))
    rows = said(result, CheckResult(mode="claim_vs_evidence", status="done"))
    assert len([row for row in rows if row.endswith(" m")]) == 2
    assert any("also claim_vs_evidence/required-failed · by acme-checks" in row for row in rows)
    answers = Answers(policy=default_policy(), state=ReviewState(), results=by_mode([result]))
    assert findings_in_order(answers) == (finding,)
