"""What the recorded run says about tests and required commands, as a gate needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.finding import CheckResult
    from reviewer.packet.manifest import Manifest
    from reviewer.policy.model import GateState


def tests_after_last_edit(manifest: Manifest) -> tuple[GateState, str]:
    """Return whether a conclusive test run passed after the last edit, with the fact in words."""
    if not manifest.command:
        return "shut", "the packet records no command"
    tests = [row for row in manifest.command if row.kind == "test" and row.state not in {"denied", "not_run"}]
    if not tests:
        return "shut", "the run has no test command"
    fresh = [row for row in tests if row.after_last_edit]
    if not fresh:
        return "shut", f"the last test run, command {tests[-1].n}, is from before the last edit"
    last = fresh[-1]
    if last.state == "failed" and last.not_conclusive is None:
        return "shut", f"the last test run, command {last.n}, failed"
    proof = next((row for row in reversed(fresh) if row.state == "passed" and row.not_conclusive is None), None)
    if proof is None:
        why = last.not_conclusive or last.state.replace("_", " ")
        return "shut", f"command {last.n} ran tests after the last edit, and its result proves nothing ({why})"
    return "passed", f"command {proof.n} passed after the last edit"


def commands_missing(results: Sequence[CheckResult]) -> list[str]:
    """Return what the check of claims found about required commands, one sentence each."""
    return [
        finding.message
        for result in results
        for finding in result.findings
        if finding.mode == "claim_vs_evidence" and is_of_required(finding.rule)
    ]


def is_of_required(rule: str) -> bool:
    """Return whether a rule of the check of claims is about required commands."""
    return rule.startswith("required-") or rule == "exit-masked"
