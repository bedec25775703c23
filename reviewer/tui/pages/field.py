"""How one field of the manifest is shown: its name, its value, and the grade that says how it is known.

Not recorded, none and 0 are three different things and are shown as three different things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.text import plural
from reviewer.tui.row import BLANK, Piece, Row, Tone

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from reviewer.packet.manifest import Known

NOT_RECORDED = "not recorded"
LOST = "lost: it was recorded, and is no more"
LABEL_COLUMNS = 18
_STATES: dict[str, tuple[str, Tone, str]] = {
    "passed": ("✓", "good", "passed"),
    "failed": ("✗", "bad", "failed"),
    "denied": ("✗", "warn", "denied"),
    "not_run": ("○", "warn", "not run"),
    "cancelled": ("✗", "warn", "cancelled"),
    "running": ("◐", "warn", "running"),
    "not_conclusive": ("○", "warn", "not conclusive"),
    "unknown": ("⊘", "dim", NOT_RECORDED),
}


def heading(text: str, *right: str | Piece) -> list[Row]:
    """Return a blank row and the name of a group."""
    tail = tuple(Piece(part, "dim") if isinstance(part, str) else part for part in right)
    return [BLANK, Row((Piece(text, "name"),), tail)]


def grade(known: str | None) -> tuple[Piece, ...]:
    """Return the grade for the right edge."""
    return (Piece(known or "absent", "dim"),)


def field(
    name: str, value: object, known: Known | str | None, *, key: Hashable = None, tone: Tone = "normal", note: str = ""
) -> Row:
    """Return the row of a field.

    Args:
        name: its name in words.
        value: None is not recorded, an empty list is none, anything else is itself.
        known: its grade.
        key: what the row stands for, if it can be opened.
        tone: of the value.
        note: more about the value, in the dim tone.
    """
    if known == "lost":
        return Row((Piece(name.ljust(LABEL_COLUMNS), "dim"), Piece("✗ ", "warn"), Piece(LOST)), key=key)
    left = [Piece(name.ljust(LABEL_COLUMNS), "dim"), *_value(value, tone)]
    if note:
        left.append(Piece(f"  {note}", "dim"))
    # "Not recorded" says it already: the grade would only repeat it.
    right = () if value is None else grade(known)
    return Row(tuple(left), right, key=key, hanging=LABEL_COLUMNS, wrap=True)


def listed(name: str, values: Sequence[str] | None, known: Known | str | None) -> Iterator[Row]:
    """Yield the rows of a list: one line each, the name at the first."""
    if not values:
        yield field(name, values, known)
        return
    yield field(name, values[0], known)
    for value in values[1:]:
        left = (Piece(" " * LABEL_COLUMNS), Piece(value))
        yield Row(left, hanging=LABEL_COLUMNS, wrap=True)


def prose(name: str, text: str | None, known: Known | str | None, *, covered: bool = False) -> Iterator[Row]:
    """Yield the rows of somebody's own words, set apart by a bar and marked with whose they are."""
    yield BLANK
    yield Row((Piece(name, "name"),), () if text is None else grade(known))
    if text is None:
        yield Row((Piece("⊘ ", "dim"), Piece(NOT_RECORDED, "dim")))
        return
    if covered:
        yield Row((Piece("Covered until every hunk has been seen (B uncovers it).", "dim"),), wrap=True)
        return
    for line in text.replace("\r\n", "\n").rstrip("\n").split("\n"):
        yield Row((Piece("│ ", "dim"), Piece(line, "prose")), hanging=2, wrap=True)


def state_pieces(state: str) -> tuple[Piece, str]:
    """Return the glyph of a command's state, and the word."""
    glyph, tone, word = _STATES.get(state, _STATES["unknown"])
    return Piece(glyph, tone), word


def seconds(value: float | None) -> str:
    """Return a duration as people say it, or an empty text when it is not recorded."""
    if value is None:
        return ""
    if value < 10:
        return f"{value:.1f} s"
    if value < 120:
        return f"{value:.0f} s"
    if value < 7200:
        return f"{value / 60:.0f} min"
    return f"{value / 3600:.1f} h"


def known_of(table: Mapping[str, Known], name: str) -> Known:
    """Return the grade of a field; one that is not named is absent."""
    return table.get(name, "absent")


def none_or(count: int, noun: str) -> str:
    """Return a count with its noun, or `none`."""
    return plural(count, noun) if count else "none"


def _value(value: object, tone: Tone) -> Iterator[Piece]:
    if value is None:
        yield Piece("⊘ ", "dim")
        yield Piece(NOT_RECORDED, "dim")
    elif isinstance(value, list | tuple):
        yield Piece(", ".join(map(str, value)), tone) if value else Piece("none", "dim")
    elif isinstance(value, bool):
        yield Piece("yes" if value else "no", tone)
    elif isinstance(value, int):
        yield Piece(f"{value:,}", tone)
    else:
        yield Piece(str(value), tone)


def moment(events: Sequence[int]) -> Hashable:
    """Return the key that leads to the first of a row's events, None where it names none."""
    return ("moment", events[0]) if events else None
