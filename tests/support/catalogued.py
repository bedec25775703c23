"""Findings held to the catalogue of rules."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reviewer.checks import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.finding import CheckResult


def misfits(results: Iterable[CheckResult]) -> list[str]:
    """Return what findings have that their rule's entry does not allow; a rule without an entry is told elsewhere."""
    found = []
    for finding in (finding for result in results for finding in result.findings):
        rule = catalogue.entry(finding.mode, finding.rule)
        if rule is not None and finding.severity not in dict(rule.severities):
            found.append(
                f"{rule.key} is {finding.severity} here: say when under [{rule.name}.severities]"
                f" in reviewer/checks/catalogue/{rule.mode}.toml, or mend the rule ({finding.message})"
            )
        found += [f"{finding.rule}: {name} is {value}" for name, value in finding.numbers if not math.isfinite(value)]
    return found
