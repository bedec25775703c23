"""Glyphs and words for severities, answers, dispositions and gates: one glyph a meaning, everywhere the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.tui.row import Piece, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.finding import Finding, Severity
    from reviewer.review.event import Answer

ANSWER_WORDS: dict[Answer, str] = {"yes": "yes", "no": "no", "not_applicable": "n/a", "unsure": "unsure"}
_SEVERITIES: dict[Severity, tuple[str, Tone]] = {
    "high": ("●", "high"),
    "medium": ("◆", "medium"),
    "low": ("○", "low"),
    "info": ("·", "dim"),
}
_RANK: dict[Severity, int] = {"info": 0, "low": 1, "medium": 2, "high": 3}
_GATES: dict[str, tuple[str, Tone]] = {
    "passed": ("✓", "good"),
    "shut": ("✗", "bad"),
    "open": ("○", "normal"),
    "waived": ("!", "warn"),
}


def severity(level: Severity) -> Piece:
    """Return the glyph of a severity."""
    glyph, tone = _SEVERITIES[level]
    return Piece(glyph, tone)


def worst(findings: Iterable[Finding]) -> Severity | None:
    """Return the highest severity, None when there is no finding."""
    return max((finding.severity for finding in findings), key=_RANK.__getitem__, default=None)


def gate(state: str) -> Piece:
    """Return the glyph of a gate's state."""
    glyph, tone = _GATES.get(state, ("⊘", "dim"))
    return Piece(glyph, tone)


def place(finding: Finding) -> str:
    """Return where a finding is: `session.py:42`, or an empty text when it is about the run or the whole change."""
    if finding.file is None:
        return ""
    name = finding.file.rsplit("/", 1)[-1]
    return f"{name}:{finding.line}" if finding.line else name


def sentence(text: str) -> str:
    """Return a title with its first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]
