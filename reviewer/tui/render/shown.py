"""One line of untrusted bytes as text that is safe to draw, with what in it is dangerous.

Every string of a patch or blob becomes a segment through here. Control, invisible and bidirectional characters are
written out, tabs become spaces, long lines are cut with a mark. Knows nothing of rows, styles or widgets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rich.cells import cell_len

from reviewer.text import MAX_COLUMNS, decode, hazards

TAB = 4
"""Columns between tab stops."""
READ_LIMIT = 4 * MAX_COLUMNS
"""Bytes of a row that can ever be shown: four a character at most, and a line is cut at `MAX_COLUMNS`."""
CARRIAGE_RETURN = "^M"

# One word in two scripts that look alike: Latin letters beside Greek, Cyrillic, Armenian or full-width ones.
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_LOOK_ALIKE = re.compile("[\u0370-\u03ff\u0400-\u052f\u0531-\u058f\uff21-\uff3a\uff41-\uff5a]")


@dataclass(frozen=True, slots=True)
class Shown:
    """A line ready to be drawn.

    Attributes:
        text: safe text without tabs; one line.
        hazards: ranges of `text` that stand for or hold a dangerous character.
        faint: ranges of `text` that are not the line's own (the mark of a cut, a carriage return).
        cells: columns that the text takes.
    """

    text: str
    hazards: tuple[tuple[int, int], ...] = ()
    faint: tuple[tuple[int, int], ...] = ()
    cells: int = 0

    @property
    def narrow(self) -> bool:
        """Whether every character takes one column."""
        return self.cells == len(self.text)


def show(raw: bytes, length: int | None = None) -> Shown:
    """Return a line as it is shown.

    Args:
        raw: the line without sign and line feed, or its first `READ_LIMIT` bytes.
        length: bytes of the whole line, when `raw` is only its beginning.
    """
    hidden = 0 if length is None else length - len(raw)
    if raw.isascii():
        text = raw.decode("ascii")
        if text.isprintable() and len(text) <= MAX_COLUMNS and not hidden:
            return Shown(text, cells=len(text))
    else:
        text = decode(raw)
    returned = not hidden and text.endswith("\r")
    if returned:
        text = text[:-1]
    cut = max(0, len(text) - MAX_COLUMNS)
    if cut:
        hidden += len(text[MAX_COLUMNS:].encode("utf-8", "surrogateescape"))
        text = text[:MAX_COLUMNS]
    text, dangerous = _written_out(text)
    dangerous += _look_alikes(text)
    if len(text) > MAX_COLUMNS:
        hidden += len(text) - MAX_COLUMNS
        text = text[:MAX_COLUMNS]
        dangerous = [(a, min(b, MAX_COLUMNS)) for a, b in dangerous if a < MAX_COLUMNS]
    faint: tuple[tuple[int, int], ...] = ()
    if mark := (f" ⋯ {hidden:,} bytes more" if hidden else CARRIAGE_RETURN if returned else ""):
        faint = ((len(text), len(text) + len(mark)),)
        text += mark
    return Shown(text, tuple(sorted(dangerous)), faint, len(text) if text.isascii() else cell_len(text))


def _written_out(text: str) -> tuple[str, list[tuple[int, int]]]:
    found = hazards(text)
    if not found:
        return _expand(text, 0), []
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    column = done = 0
    for hazard in found:
        if hazard.character == "\t":
            continue
        before = _expand(text[done : hazard.offset], column)
        parts += (before, hazard.shown)
        column += len(before) + len(hazard.shown)
        spans.append((column - len(hazard.shown), column))
        done = hazard.offset + len(hazard.character)
    parts.append(_expand(text[done:], column))
    return "".join(parts), spans


def _expand(text: str, column: int) -> str:
    if "\t" not in text:
        return text
    parts: list[str] = []
    pieces = text.split("\t")
    for piece in pieces[:-1]:
        column += len(piece) if piece.isascii() else cell_len(piece)
        gap = TAB - column % TAB
        parts += (piece, " " * gap)
        column += gap
    return "".join((*parts, pieces[-1]))


def _look_alikes(text: str) -> list[tuple[int, int]]:
    if text.isascii() or not _LOOK_ALIKE.search(text):
        return []
    return [
        match.span()
        for match in _WORD.finditer(text)
        if _LATIN.search(match.group()) and _LOOK_ALIKE.search(match.group())
    ]
