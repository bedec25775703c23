"""Sections 7 to 9: what was taken for granted, how to undo the change, and what the run cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.text import plural
from reviewer.tui.pages.field import field, grade, heading, known_of, listed, moment, seconds
from reviewer.tui.row import BLANK, Piece, Row, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.tui.pages.subject import Subject

_RISKS: dict[str | None, tuple[str, Tone]] = {
    "high": ("●", "high"),
    "medium": ("◆", "medium"),
    "low": ("○", "low"),
    None: ("⊘", "dim"),
}


_SPENT = {
    "input_tokens": "Input tokens",
    "output_tokens": "Output tokens",
    "cache_tokens": "Cache tokens",
    "turns": "Turns",
    "subagents": "Sub-agents",
    "rereads": "Read whole again",
    "loops": "Loops",
    "provider_retries": "Provider retries",
    "compactions": "Compactions",
}


def assumptions(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 7: each assumption with its risk and its place."""
    if not subject.manifest.assumption:
        yield Row((Piece("⊘ ", "dim"), Piece("No assumptions recorded", "dim")), grade("absent"))
    for number, entry in enumerate(subject.manifest.assumption):
        glyph, tone = _RISKS[entry.risk]
        sure = "" if entry.confidence is None else f"{entry.confidence:.0%} sure  "
        left = (Piece(f"{glyph} ", tone), Piece(entry.text, "prose"))
        right = (Piece(f"{sure}{entry.known}", "dim"),)
        key = ("place", entry.where) if entry.where else ("assumption", number)
        yield Row(left, right, key=key, hanging=2, wrap=True)
        notes = [note for note in (f"risk {entry.risk}" if entry.risk else "risk not recorded", entry.where) if note]
        yield Row((Piece("  " + " · ".join(notes), "dim"),))
    asked = subject.manifest.question
    if asked:
        yield from heading("Asked of the person", str(len(asked)))
    for question in asked:
        open_ = question.answer is None
        left = (Piece("? ", "warn" if open_ else "dim"), Piece(question.text, "prose"))
        answer = Piece("no answer recorded" if open_ else "answered", "dim")
        yield Row(left, (answer,), key=moment(question.events), hanging=2, wrap=True)
        if question.answer is not None:
            yield Row((Piece("│ ", "dim"), Piece(question.answer, "prose")), indent=2, hanging=2, wrap=True)


def rollback(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 8."""
    undo = subject.manifest.rollback
    yield field("Strategy", undo.strategy, known_of(undo.known, "strategy"), tone="bright")
    for name, values in (("steps", undo.steps), ("triggers", undo.triggers)):
        known = known_of(undo.known, name)
        yield from listed(name.capitalize(), values or (None if known == "absent" else []), known)
    yield field("Rehearsed by", undo.verified, known_of(undo.known, "verified"))
    for finding in subject.of_mode("rollback"):
        yield BLANK
        left = (Piece("! ", "warn"), Piece(finding.message))
        yield Row(left, key=("finding", finding.id), hanging=2, wrap=True)
        yield Row((Piece(f"  {finding.why}", "dim"),), wrap=True, hanging=2)


def cost(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 9: what was spent, against the size of what came out."""
    spent, change = subject.manifest.cost, subject.manifest.change
    dollars = None if spent.usd is None else f"${spent.usd:,.2f}"
    yield field("Dollars", dollars, known_of(spent.known, "usd"), tone="bright")
    yield field(
        "Time", None if spent.seconds is None else seconds(spent.seconds) or "0 s", known_of(spent.known, "seconds")
    )
    for name, title in _SPENT.items():
        yield field(title, getattr(spent, name), known_of(spent.known, name))
    yield BLANK
    yield field("Change", f"{plural(change.files, 'file')}, +{change.added:,} −{change.removed:,}", "recorded")
    read = len(subject.manifest.file_read)
    yield field("Files read", read or None, "recorded")
    again = [row for row in subject.manifest.file_read if row.times > 2]
    for row in sorted(again, key=lambda entry: -entry.times)[:10]:
        yield Row((Piece(" " * 16), Piece(row.path)), (Piece(f"read {row.times} times", "dim"),))
