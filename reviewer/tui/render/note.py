"""Notes beside the diff: findings and comments, and the lines they take when they are unfolded.

Deterministic: the same note at the same width always takes the same lines, so that nothing has to be drawn to be
measured. Texts may be hostile; they leave here safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from rich.cells import cell_len, chop_cells

from reviewer.text import display_block, display_safe

if TYPE_CHECKING:
    from reviewer.checks.finding import Severity
    from reviewer.diff.model import Side

MAX_LINES = 200
"""Lines that one unfolded note may take; the rest is counted."""
LinePart: TypeAlias = Literal["title", "body"]


@dataclass(frozen=True, slots=True)
class Note:
    """One note.

    Attributes:
        id: names the note to whoever made it.
        file: path of a file of the patch (its path after the change).
        side, line, end_line: the lines it is about, from 1; `line` None is a note on the whole file.
        severity: a finding's severity; None for a person's comment.
        glyph: one column, drawn in the gutter.
        title: one line.
        body: any number of lines.
    """

    id: str
    file: str
    side: Side = "new"
    line: int | None = None
    end_line: int | None = None
    severity: Severity | None = None
    glyph: str = "◆"
    title: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One line of an unfolded note."""

    part: LinePart
    text: str


@lru_cache(maxsize=512)
def note_lines(note: Note, width: int) -> tuple[NoteLine, ...]:
    """Return the lines of a note for a text width of `width` columns: its title, then its body, wrapped."""
    width = max(16, width)
    lines = [NoteLine("title", line) for line in wrap(display_safe(note.title).replace("\t", "    "), width)[:3]]
    for paragraph in display_block(note.body).replace("\t", "    ").split("\n") if note.body else ():
        lines.extend(NoteLine("body", line) for line in wrap(paragraph, width))
        if len(lines) > MAX_LINES:
            break
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], NoteLine("body", "⋯ the rest is not shown here")]
    return tuple(lines)


def wrap(text: str, width: int) -> list[str]:
    """Return text in lines of at most `width` columns, broken at blanks where there are any; never empty."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        candidate = f"{line} {word}" if line else word
        if cell_len(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        line = word
        if cell_len(line) > width:
            *full, line = chop_cells(line, width)
            lines.extend(full)
    lines.append(line)
    return lines
