"""The policy that a review is held to: the project's own as the base has it, else the shipped one.

The change under review has no say in it: what it does to its own policy counts from the next change on. Without the
repository nothing is known of a project's policy, and nothing that it switches off is switched off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks.finding import CheckResult, SwitchedOff
from reviewer.policy.load import default_policy, parse
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.finding import Mode
    from reviewer.policy.model import Policy
    from reviewer.workflow.open import OpenedPacket

POLICY = ".reviewer/policy.toml"
"""Where a repository keeps its policy."""
UNKNOWN = f"the shipped policy; no repository is at hand to say whether the project has its own ({POLICY})"


def policy_of(opened: OpenedPacket) -> Policy:
    """Return the policy that a packet is reviewed by.

    Raises:
        BadInputError: the base has a policy that is not as it has to be.
        GitError: the base's tree is malformed.
    """
    tree = opened.tree("old")
    if tree is None:
        return replace(default_policy(), source=UNKNOWN)
    data = tree.read(POLICY)
    if data is None:
        return default_policy()
    source = f"{POLICY} of base {opened.manifest.change.base[:12]}"
    return parse(data, source, source=source)


def switched_off(policy: Policy, mode: Mode) -> tuple[SwitchedOff, ...]:
    """Return what a policy does without in one mode."""
    source = policy.source or "the shipped policy"
    return tuple(
        SwitchedOff(mode=mode, rule=one.rule, reason=one.reason, source=source)
        for one in policy.off
        if one.mode == mode
    )


def without(mode: Mode, version: int, off: Sequence[SwitchedOff]) -> CheckResult | None:
    """Return the result of a check that is switched off as a whole, None if it is not."""
    whole = next((one for one in off if not one.rule), None)
    if whole is None:
        return None
    reason = f"switched off by the project: {whole.reason}"
    return CheckResult(mode=mode, status="not_applicable", reason=reason, version=version, off=tuple(off))


def trimmed(result: CheckResult, off: Sequence[SwitchedOff]) -> CheckResult:
    """Return a result without the findings of rules that are switched off, which it counts and says."""
    rules = {one.rule: one for one in off if one.rule}
    if not rules:
        return result
    kept = tuple(finding for finding in result.findings if finding.by or finding.rule not in rules)
    told = [result.reason] if result.reason else []
    for rule, one in rules.items():
        count = sum(finding.rule == rule and not finding.by for finding in result.findings)
        left = f" ({plural(count, 'finding')} left out)" if count else ""
        told.append(f"switched off by the project: {rule}{left}: {one.reason}")
    return replace(result, findings=kept, reason="; ".join(told), off=tuple(off))
