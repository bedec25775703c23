"""Phrases by which an agent's sentence is an assumption, or a claim that a check passed.

Data: English, as these agents write. A sentence that asks, plans or denies is no claim.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.run.event import CommandKind


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_GAP = r"[^.;:\n]{0,40}?\b"
_HELD = (
    r"(?:(?:now |all |still |also |are |is |were |have |has |successfully )*"
    r"(?:pass(?:es|ed|ing)?|succeed(?:s|ed)?|green|clean|ok)\b)"
)
_NONE = r"(?:no|0|zero) (?:errors|issues|warnings)\b"
_PASSES = r"\bpass(?:es|ed)?\b[^.;\n]{0,24}?\b"

ASSUMES = _any(
    r"\bassum(?:e[sd]?|ing|ptions?)\b",
    r"\bI(?:'|’)ll treat\b|\bI will treat\b",
    r"\bpresumably\b|\bshould be fine\b|\btaking (?:it )?for granted\b",
    r"\bnot verified\b|\bunverified\b|\bwithout running\b|\buntested\b",
    r"\bI (?:did not|didn(?:'|’)t) (?:run|test|verify|check)\b",
    r"\b(?:have not|haven(?:'|’)t) (?:run|tested|verified|checked)\b",
    r"\b(?:could not|couldn(?:'|’)t) (?:run|test|verify)\b",
)

ASSUMES_STEMS = (
    *("assum", "ll treat", "will treat", "presumab", "be fine", "granted", "verified", "without running", "untested"),
    *("did not", "didn", "have not", "haven", "could not", "couldn"),
)
"""One of these stands in every text that `ASSUMES` finds; looked for first, since logs are long."""
CLAIMS_STEMS = (
    "test",
    "spec",
    "suite",
    "lint",
    "ruff",
    "clippy",
    "formatting",
    "type",
    "mypy",
    "pyright",
    "tsc",
    "buil",
    "compil",
)
"""One of these stands in every text that `CLAIMS` finds."""

CLAIMS: tuple[tuple[CommandKind, re.Pattern[str]], ...] = (
    ("test", _any(rf"\b(?:tests?|test suite|specs?|suite)\b{_GAP}{_HELD}", rf"\bpassing tests\b|{_PASSES}tests?\b")),
    (
        "lint",
        _any(
            rf"\b(?:lint(?:er|ing)?|eslint|ruff|clippy|formatting)\b{_GAP}(?:{_HELD}|{_NONE})",
            r"\bno (?:more |remaining )?lint(?:ing|er)? (?:errors|issues|warnings)\b",
            rf"{_PASSES}(?:lint(?:er|ing)?|eslint|ruff|clippy)\b",
        ),
    ),
    (
        "type",
        _any(
            rf"\b(?:type ?check(?:er|ing|s)?|mypy|pyright|tsc)\b{_GAP}(?:{_HELD}|{_NONE})",
            rf"{_PASSES}(?:type ?checks?|mypy|pyright|tsc)\b",
        ),
    ),
    (
        "build",
        _any(
            r"\b(?:build|compilation|it|code|project)\b[^.;:\n]{0,20}?\b(?:builds|compiles|compiled|built)\b"
            r"(?: successfully| cleanly| fine)?",
            rf"\bbuild\b[^.;:\n]{{0,20}}?\b{_HELD}",
        ),
    ),
)

NOT_SAID = _any(
    r"\b(?:if|whether|should|would|could|will|must|until|once|when|before|unless|hopefully)\b",
    r"\b(?:ensure|make sure|making sure|so that|let me|let(?:'|’)s|going to)\b",
    r"\bto (?:verify|see|check|confirm)\b|\b(?:needs?|wants?|expects?|expected) to\b",
    r"\b(?:not|never|no longer|fail(?:s|ed|ing)?)\b|n['’]t\b",
    r"\?\s*$",
)

ALL = _any(r"\b(?:all|every|entire|whole|full)\b")
