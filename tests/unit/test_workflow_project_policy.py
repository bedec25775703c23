"""The policy of the base decides: what it switches off, what it asks, and what a change cannot do to it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.approval import statement
from reviewer.checks.finding import CheckResult, Finding, SwitchedOff
from reviewer.cli import main
from reviewer.errors import BadInputError
from reviewer.policy.load import default_policy
from reviewer.workflow import approve
from reviewer.workflow.open import open_packet
from reviewer.workflow.project_policy import POLICY, UNKNOWN, policy_of, switched_off, trimmed, without
from reviewer.workflow.review import Review, ReviewSettings
from tests.support import approvals
from tests.support.git_packets import git_packet
from tests.support.packets import make_packet
from tests.support.records import NOW
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path

HEAD = b'schema = "reviewer-policy/1"\nid = "own"\n'
RULE = b'[[check_off]]\nmode = "security_boundary"\nrule = "code-evaluated"\nreason = "a calculator \\u001b[31m"\n'
WHOLE = b'[[check_off]]\nmode = "hidden_text"\nreason = "our texts are Arabic"\n'
SCOPE = b'[[check_off]]\nmode = "scope"\nreason = "agents may touch all"\n'
CODE = b"def f(x):\n    return eval(x)\n"


def packet(tmp_path: Path, base: bytes | None, head: bytes | None = None) -> tuple[Path, ScriptedRepository]:
    """Write a packet whose base has a policy, and whose change has another."""
    repository = ScriptedRepository(tmp_path / "work")
    first = repository.commit("one", {"a.py": b"x = 1\n"} | ({} if base is None else {POLICY: base}))
    second = repository.commit("two", {"a.py": CODE} | ({} if head is None else {POLICY: head}))
    return git_packet(tmp_path / "x.packet", repository.root, first, second), repository


def report(path: Path, repository: ScriptedRepository, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    with pytest.raises(SystemExit) as ended:
        main(["check", str(path), "--report", "--repo", str(repository.root)])
    assert ended.value.code == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_what_the_base_switches_off_is_not_told_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = report(*packet(tmp_path, HEAD + RULE + WHOLE), capsys)
    assert not [one for one in told["findings"] if one["rule"] == "code-evaluated"]
    by_mode = {one["mode"]: one for one in told["checks"]}
    boundary, hidden = by_mode["security_boundary"], by_mode["hidden_text"]
    assert boundary["status"] == "done"
    assert "switched off by the project: code-evaluated (1 finding left out): a calculator" in boundary["not_examined"]
    assert boundary["switched_off"][0]["rule"] == "code-evaluated"
    assert (hidden["status"], hidden["not_examined"]) == (
        "not_applicable",
        "switched off by the project: our texts are Arabic",
    )
    assert hidden["switched_off"][0]["source"].startswith(f"{POLICY} of base ")


def test_a_change_cannot_switch_off_what_would_tell_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = report(*packet(tmp_path, HEAD, HEAD + RULE), capsys)
    rules = {(one["mode"], one["rule"]) for one in told["findings"]}
    assert ("security_boundary", "code-evaluated") in rules
    assert ("gate_weakened", "policy-weakened") in rules
    told = report(*packet(tmp_path / "new", None, HEAD + RULE), capsys)
    assert ("gate_weakened", "policy-weakened") in {(one["mode"], one["rule"]) for one in told["findings"]}


@pytest.mark.parametrize("bad", [HEAD + b"more = 1\n", b"\xff", HEAD + RULE.replace(b"code-evaluated", b"code")])
def test_a_bad_policy_of_the_base_is_one_sentence(
    tmp_path: Path, bad: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path, repository = packet(tmp_path, bad)
    with pytest.raises(SystemExit) as ended:
        main(["check", str(path), "--repo", str(repository.root)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"reviewer: {POLICY} of base ")
    assert "Traceback" not in said
    with pytest.raises(BadInputError), open_packet(path, repository=repository.root) as opened:
        policy_of(opened)


def test_without_the_repository_the_shipped_policy_is_asked_and_said(tmp_path: Path) -> None:
    settings = ReviewSettings(by="ana@example.org", journal_root=tmp_path / "journals")
    path = make_packet(tmp_path)
    with Review.open(path, settings, lambda: datetime(2026, 1, 1, tzinfo=UTC), lambda: "1") as review:
        assert review.policy == replace(default_policy(), source=UNKNOWN)
        review.examine()
        gates = {one.gate.id: one for one in review.gates()}
        assert gates["checks_complete"].state == "shut"
        drafted = approve.draft(review, "rejected", approvals.reviewer(), NOW)
    assert any(UNKNOWN in line for section in drafted.words for line in section.lines)


def test_the_review_and_its_record_are_held_to_the_policy_of_the_base(tmp_path: Path) -> None:
    path, repository = packet(tmp_path, HEAD + SCOPE)
    settings = ReviewSettings(by="ana@example.org", journal_root=tmp_path / "journals")
    numbers = iter(range(100))
    with Review.open(
        path, settings, lambda: datetime(2026, 1, 1, tzinfo=UTC), lambda: str(next(numbers)), repository=repository.root
    ) as review:
        review.examine()
        assert review.policy.id == "own"
        gates = {one.gate.id: one for one in review.gates()}
        assert gates["scope_respected"].state == "shut"
        assert "scope is switched off by" in gates["scope_respected"].reason
        assert "agents may touch all" in gates["scope_respected"].reason
        drafted = approve.draft(review, "rejected", approvals.reviewer(), NOW)
    said = statement.parse(drafted.statement_bytes).predicate
    assert said.checklist.policy_source is not None
    assert said.checklist.policy_source.startswith(POLICY)
    scope = next(one for one in said.findings.checks if one.mode == "scope")
    assert scope.switched_off[0].rule is None
    assert scope.switched_off[0].reason == "agents may touch all"
    assert any("switched off by" in line for section in drafted.words for line in section.lines)


def test_a_finding_of_a_check_from_elsewhere_is_not_left_out_by_the_name_of_its_rule() -> None:
    ours = Finding(id="1" * 16, mode="scope", rule="symlink", severity="low", message="m", why="w")
    theirs = Finding(id="2" * 16, mode="scope", rule="symlink", severity="low", message="m", why="w", by="acme")
    off = SwitchedOff(mode="scope", rule="symlink", reason="we link", source="p")
    result = CheckResult(mode="scope", status="done", findings=(ours, theirs), reason="more")
    left = trimmed(result, [off])
    assert left.findings == (theirs,)
    assert left.reason == "more; switched off by the project: symlink (1 finding left out): we link"
    assert trimmed(result, []) is result
    assert without("scope", 1, [off]) is None
    assert switched_off(default_policy(), "scope") == ()
