"""What checks said, as plain values for programs: one record a finding, one a check.

Knows the public names; who prints them, and how, is for others. Keys are only ever added.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reviewer.checks import catalogue
from reviewer.checks.finding import SEVERITIES

if TYPE_CHECKING:
    from reviewer.checks.finding import CheckResult, Finding, Mode


def finding_record(finding: Finding) -> dict[str, object]:
    """Return a finding as the public JSON has it."""
    rule = catalogue.entry(finding.mode, finding.rule) if not finding.by else None
    figure = None if rule is None else rule.measured
    return {
        "id": finding.id,
        "mode": finding.mode,
        "rule": finding.rule,
        "severity": finding.severity,
        "file": finding.file,
        "side": finding.side,
        "line": finding.line,
        "end_line": finding.end_line,
        "message": finding.message,
        "known": finding.known,
        "why": finding.why,
        "evidence": list(finding.evidence),
        "numbers": dict(finding.numbers),
        "also": list(finding.also),
        "method": None if rule is None else rule.method,
        "measured_fa": None if figure is None else figure.per_100,
        "by": finding.by or None,
    }


def check_record(result: CheckResult) -> dict[str, object]:
    """Return how a check ran as the public JSON has it."""
    counts = Counter(finding.severity for finding in result.findings)
    return {
        "mode": result.mode,
        "version": result.version,
        "by": result.by or None,
        "status": result.status,
        "examined": result.examined,
        "not_examined": result.reason,
        "findings": {severity: counts[severity] for severity in reversed(SEVERITIES)},
        "inputs": result.inputs or None,
        "seconds": round(result.seconds, 3),
        "tools": [
            {"tool": run.tool, "argv": list(run.argv), "seconds": round(run.seconds, 3), "exit": run.code}
            for run in result.tools
        ],
        "switched_off": [{"rule": one.rule or None, "reason": one.reason, "source": one.source} for one in result.off],
    }


def no_check(mode: Mode) -> dict[str, object]:
    """Return the record of a mode that no check looks for."""
    return {"mode": mode, "status": "no_check", "not_examined": "no check for this yet"}
