"""Why each kind of weakening matters, and how facts about gates are put together. Words only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact

if TYPE_CHECKING:
    from reviewer.checks.finding import Severity, Side

WHY_GONE = "What this check caught can now come in unnoticed, with this change as with any later one."
WHY_DEAF = "The check still runs and looks the same, but its failure stops nothing."
WHY_LIMIT = "A limit that moves with the change shows what the change needs, not what was agreed."
WHY_NARROW = "What is left out of a check is not checked by anything that looks like it."
WHY_RIGHTS = "Whoever controls what the pipeline runs gets what the pipeline may do."
WHY_RULE = "The rule was agreed for all code; whether this change is the reason to drop it is a question for a person."
WHY_SILENCED = "A tool had something to say about this line, and was told not to."
WHY_OUTCOME = "A test that fails can then be counted as passed, or as not there."
WHY_OWNER = "Changes under this path no longer ask for the person who answered for it."
WHY_AGENT = "These lines tell the next agent what it may do; the change that loosens them was made by one."
WHY_POLICY = "The policy decides what a reviewer has to look at, in this review as in later ones."

KINDS = {
    "test": "tests",
    "type": "type checks",
    "lint": "lint checks",
    "security": "security checks",
    "coverage": "the coverage report",
    "form": "checks of form",
}
"""What a kind of check is called in a sentence."""


def weakening(
    *,
    rule: str,
    severity: Severity,
    message: str,
    why: str,
    quote: str,
    path: str,
    line: int | None,
    side: Side = "new",
) -> Fact:
    """Return a fact about a gate of one file."""
    return Fact(
        rule=rule,
        severity=severity,
        message=message,
        why=why,
        quote=quote,
        file=path,
        side=side,
        line=line or None,
    )


def lower(severity: Severity) -> Severity:
    """Return the next lower severity; "info" stays."""
    return {"high": "medium", "medium": "low"}.get(severity, "info")  # type: ignore[return-value]
