"""A finding: one fact with a place, how it is known and what it could mean. Never a verdict.

Knows nothing of how findings are found or shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

Mode: TypeAlias = Literal[
    "scope",
    "dependency_creep",
    "error_handling",
    "security_boundary",
    "test_theater",
    "claim_vs_evidence",
    "rollback",
    "hidden_text",
    "hallucinated_api",
    "style_drift",
    "plausible_wrong",
    "tests_on_parent",
    "gate_weakened",
    "stop_rule",
]
Severity: TypeAlias = Literal["info", "low", "medium", "high"]
Known: TypeAlias = Literal["recorded", "declared", "derived", "absent", "lost"]
Side: TypeAlias = Literal["old", "new"]
Status: TypeAlias = Literal["done", "incomplete", "not_applicable"]

MODES: tuple[Mode, ...] = get_args(Mode)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From least to most severe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fact.

    Attributes:
        id: stable for the same fact: digest of rule, file, quoted text and its number among equals (16 hex digits).
        mode: failure mode, a name of `MODES`.
        rule: name of the rule inside its mode ("dependency-added").
        file: path in the change with `/`, None when the fact is about the run or the whole change.
        side, line, end_line: place in that file, lines from 1; None when there is no line.
        message: the fact, one sentence, no judgement.
        why: why it matters, one sentence.
        known: how the fact is known.
        evidence: references a person can follow ("command:14", "event:203", "file:src/a.py:12").
        numbers: what was counted or measured, by name ("assertions before", 3), in the order to be read.
        also: other rules that say the same of this place ("test_theater/test-skipped").
        by: the distribution whose check said it, "" for the checks of this package.
    """

    id: str
    mode: Mode
    rule: str
    severity: Severity
    message: str
    why: str
    known: Known = "derived"
    file: str | None = None
    side: Side | None = None
    line: int | None = None
    end_line: int | None = None
    evidence: tuple[str, ...] = ()
    numbers: tuple[tuple[str, float], ...] = ()
    also: tuple[str, ...] = ()
    by: str = ""

    @property
    def modes(self) -> tuple[str, ...]:
        """Its mode, and those of the rules in `also`."""
        return (self.mode, *(name.partition("/")[0] for name in self.also))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRun:
    """A program whose answers a check judged.

    Attributes:
        tool: name and version ("ty 0.0.104").
        argv: what was run, with a placeholder where the name of a temporary folder stood; empty if nobody kept it.
        code: exit code, None if it is not known.
    """

    tool: str
    argv: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)
    code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedOff:
    """A check, or a rule of it, that the project does without.

    Attributes:
        rule: "" when the whole check is meant.
        reason: the project's own words, hostile text.
        source: who says so: the policy and the commit that it was read from.
    """

    mode: Mode
    rule: str
    reason: str
    source: str

    @property
    def name(self) -> str:
        """What is switched off: "scope", or "scope/symlink"."""
        return f"{self.mode}/{self.rule}" if self.rule else self.mode


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check says: its findings, and as loudly what it did not examine.

    Attributes:
        status: "incomplete" when something needed was not at hand.
        reason: what was not examined, whatever the status; empty only if nothing was left out.
        examined: what was looked at, in numbers ("12 added lines of 3 Python files").
        tools: the programs whose answers were judged.
        inputs: digest of everything that the check looked at; equal digests and versions give equal results.
        off: what the project switched off in this mode.
        by: the distribution that the check comes from, "" for this package.
    """

    mode: Mode
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    examined: str = ""
    version: int = 1
    seconds: float = field(default=0.0, compare=False)
    tools: tuple[ToolRun, ...] = ()
    inputs: str = ""
    off: tuple[SwitchedOff, ...] = ()
    by: str = ""

    @property
    def is_off(self) -> bool:
        """Whether the project does without the whole check, so that it did not run."""
        return any(not one.rule for one in self.off)
