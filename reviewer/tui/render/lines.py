"""The rows that are not content: file headers, hunk rows, tails and note lines, as pieces that fill a width.

Knows the document; nothing of styles or widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.tui.render.note import note_lines
from reviewer.tui.render.pieces import (
    Piece,
    counts,
    file_marks,
    fit,
    gap_text,
    one_line,
    path_pieces,
    section_text,
    width_of,
)

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from reviewer.tui.render.document import Document
    from reviewer.tui.render.line import View
    from reviewer.tui.render.place import Spot

_WORDS_FROM = 60
"""Columns from which a hunk's row has room for a few words about it beside its section."""
_WORDS = {"high": "high", "medium": "medium", "low": "low", "info": "info"}


def banner(
    document: Document,
    file: int,
    width: int,
    seen: Container[int],
    *,
    section: str = "",
    right: Sequence[Piece] = (),
) -> list[Piece]:
    """Return a file's header: path, what is special about it, the section below the top, counts."""
    if file < 0:
        return fit([Piece("text above the first file", "label")], (), width)
    span = document.index.files[file]
    end = [*counts(span), *((Piece("  "), *right) if right else ()), Piece(" ")]
    if span.first in seen:
        end = [Piece("✓ seen  ", "seen"), *end]
    start = path_pieces(span.path, max(16, width - width_of(end) - 2))
    if section:
        start += [Piece("  ", "label"), Piece(section, "label")]
    else:
        for mark in file_marks(span):
            start += [Piece("  "), mark]
    return fit(start, end, width)


def hunk_line(document: Document, spot: Spot, view: View, gutter: int, *, at_cursor: bool) -> list[Piece]:
    """Return a hunk's row: how many lines are left out above it, the section it is in, whether it was seen."""
    row = spot.row or 0
    hunk, file = document.index.hunk_at(row), document.index.file_at(row)
    width = view.width - 2
    if hunk is None or file is None:
        return fit([Piece(one_line(document.index.raw(row, 4096).decode("utf-8", "replace")), "hunk-text")], (), width)
    gap = document.hunk_gap(row)
    hidden = "" if gap is None else gap_text(gap, document.opened(gap))
    left = [Piece(("⋯" if hidden else "┄").rjust(max(1, gutter - 5)) + "   ", "gutter")]
    if hidden:
        left.append(Piece(hidden, "dim" if not at_cursor else "label"))
        if at_cursor:
            left.append(Piece("  Enter opens", "cursor-bar"))
        left.append(Piece("  "))
    left.append(Piece(section_text(hunk), "hunk-text"))
    right = []
    if hunk.first in view.seen:
        right.append(Piece("✓ seen  ", "seen"))
    if not hunk.whole:
        right.append(Piece("cut short  ", "severity-high"))
    count = Piece(f"{hunk.number - file.hunk_first + 1}/{file.hunk_count} ", "dim")
    mark = document.hunk_marks.get(hunk.number)
    if mark is not None:
        right.append(Piece(f"{mark[0]}  ", "seen" if mark[1] else "severity-medium"))
    words = document.hunk_words.get(hunk.number)
    if words and width >= _WORDS_FROM:
        right.append(Piece(f"{one_line(words)}  ", "dim"))
    return fit(left, [*right, count], width)


def tail_line(document: Document, spot: Spot, view: View) -> list[Piece]:
    """Return the row behind a file: empty, or how many lines follow when that is known by now."""
    width = view.width - 2
    if spot.file < 0 or not document.blobs.known(spot.file):
        return fit((), (), width)
    gap = document.tail_gap(document.index.files[spot.file])
    hidden = "" if gap is None else gap_text(gap, document.opened(gap))
    return fit([Piece("   ⋯   " + hidden, "dim")] if hidden else (), (), width)


def note_line(document: Document, spot: Spot, width: int, gutter: int) -> list[Piece]:
    """Return one line of an unfolded note, in `width` columns with its text `gutter` columns in."""
    note = spot.note
    if note is None:
        return fit((), (), width)
    line = note_lines(note, document.note_width)[spot.part]
    role = f"severity-{note.severity}" if note.severity else "comment"
    edge = [Piece(" " * (gutter - 2)), Piece("▎ ", role)]
    if line.part == "body":
        return fit([*edge, Piece(line.text)], (), width)
    if spot.part:
        return fit([*edge, Piece(line.text, "bright", bold=True)], (), width)
    right = [Piece((_WORDS[note.severity] if note.severity else "comment") + " ", role)]
    return fit([*edge, Piece(line.text, "bright", bold=True)], right, width)
