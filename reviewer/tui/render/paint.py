"""From a screen row to segments: gutter, numbers, sign, text with syntax, changed words, matches and hazards.

Draws what is there now and never waits: colour that is not ready is simply not there yet. One instance serves one
frame's settings. Knows the document and the look; nothing of widgets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.segment import Segment

from reviewer.diff.model import RowKind
from reviewer.tui.render.cells import cut_columns, with_end_mark
from reviewer.tui.render.line import Line, LineReader, View
from reviewer.tui.render.lines import banner, hunk_line, note_line, tail_line
from reviewer.tui.render.look import Look, State, Surface
from reviewer.tui.render.pieces import Piece
from reviewer.tui.render.place import Spot, SpotKind

if TYPE_CHECKING:
    from reviewer.diff.model import Side
    from reviewer.tui.render.decor import Decor
    from reviewer.tui.render.document import Document
    from reviewer.tui.render.note import Note

_RUN = re.compile(rb"(.)\1*", re.DOTALL)
_SIGN_ROLES = {Surface.ADDED: "added-sign", Surface.REMOVED: "removed-sign"}
_NUMBER_ROLES = {Surface.ADDED: "added-number", Surface.REMOVED: "removed-number"}


class Painter(LineReader):
    """Paints screen rows of one document under one look."""

    def __init__(self, document: Document, look: Look, decor: Decor, view: View) -> None:
        """Draw `document` with the colours of `look` and `decor` and the settings of `view`."""
        super().__init__(document, decor, view)
        self.look = look

    def paint(self, spot: Spot, state: State, side: Side = "new") -> list[Segment]:
        """Return the segments of a screen row; `side` is the cursor's half in the split layout."""
        if spot.kind is SpotKind.NOTE:
            return self._note(spot, state)
        if spot.kind is SpotKind.TAIL:
            return self._pieces(
                self._edge(spot, state, tail_line(self.document, spot, self.view)), Surface.PLAIN, state
            )
        if spot.kind is SpotKind.REST:
            return self._rest(spot, state)
        row = spot.row
        if spot.kind is SpotKind.ROW and row is not None:
            kind = self.index.kind(row)
            if kind is RowKind.FILE:
                line = banner(self.document, spot.file, self.view.width - 2, self.view.seen)
                return self._pieces(self._edge(spot, state, line), Surface.FILE, state)
            if kind is RowKind.HUNK:
                line = hunk_line(
                    self.document, spot, self.view, self.gutter(spot.file), at_cursor=state is State.CURSOR
                )
                return self._pieces(self._edge(spot, state, line), Surface.HUNK, state)
            if kind is RowKind.META or (kind is RowKind.NO_NEWLINE and self._owner(row) is None):
                return self._unified(spot, state)
        return self._split(spot, state, side) if self.document.split else self._unified(spot, state)

    # Rows of text

    def _unified(self, spot: Spot, state: State) -> list[Segment]:
        line = self.line(spot, spot.row, None)
        return self._draw(spot, line, state, self.view.width, bar=True, notes=self.document.notes_at(spot))

    def _split(self, spot: Spot, state: State, side: Side) -> list[Segment]:
        left_width = (self.view.width - 1) // 2
        segments: list[Segment] = []
        notes = self.document.notes_at(spot)
        halves: tuple[tuple[Side, int, int | None], ...] = (
            ("old", left_width, spot.left),
            ("new", self.view.width - 1 - left_width, spot.right),
        )
        for half, width, row in halves:
            present = spot.kind is SpotKind.CONTEXT or self._belongs(row, half)
            if half == "new":
                segments.append(Segment(" ", self.look.role(Surface.PLAIN, State.REST, "dim")))
            mine = tuple(note for note in notes if note.side == half)
            active = state in (State.CURSOR, State.BLURRED) and (side == half or not present)
            if present:
                line = self.line(spot, row, half)
                segments += self._draw(spot, line, state, width, bar=active and side == half, notes=mine)
            else:
                segments.append(Segment(" " * width, self.look.role(Surface.ABSENT, State.REST, "dim")))
        return segments

    def _belongs(self, row: int | None, half: Side) -> bool:
        if row is None:
            return False
        owner = self._owner(row)
        return owner is None or owner == half

    def _owner(self, row: int) -> Side | None:
        """Return the one half that a row belongs to, None when it is for both."""
        kind = self.index.kind(row)
        if kind is RowKind.NO_NEWLINE and row:
            kind = self.index.kind(row - 1)
        return "new" if kind is RowKind.ADDED else "old" if kind is RowKind.REMOVED else None

    def _draw(
        self, spot: Spot, line: Line, state: State, width: int, *, bar: bool, notes: tuple[Note, ...]
    ) -> list[Segment]:
        look, surface = self.look, line.surface
        sign_role = _SIGN_ROLES.get(surface, "gutter")
        mark, mark_role = _glyph(notes)
        at_cursor = state in (State.CURSOR, State.BLURRED)
        segments = [
            Segment(
                "▌" if bar and at_cursor else " ",
                look.role(surface, state, "cursor-bar" if state is State.CURSOR else "gutter"),
            ),
            Segment(mark, look.role(surface, state, mark_role, bold=True)),
        ]
        if line.number:
            number_role = "label" if at_cursor else _NUMBER_ROLES.get(surface, "gutter")
            segments.append(Segment(line.number, look.role(surface, state, number_role)))
        segments.append(Segment(line.sign + " ", look.role(surface, state, sign_role, bold=True)))
        room = max(1, width - self.gutter(spot.file))
        segments += self._text(line, state, room, cut=not self.document.is_unfolded(spot))
        return segments

    def _text(self, line: Line, state: State, room: int, *, cut: bool) -> list[Segment]:
        shown, left = line.shown, self.view.sideways
        text, codes = shown.text, bytes(line.codes)
        pad = room
        if shown.narrow:
            text, codes = text[left : left + room], codes[left : left + room]
            pad -= len(text)
        else:
            text, codes, used = cut_columns(text, codes, left, room)
            pad -= used
        over = cut and shown.cells > left + room
        segments: list[Segment] = []
        at = 0
        for run in _RUN.finditer(codes):
            length = run.end() - run.start()
            segments.append(Segment(text[at : at + length], self.look.code(line.surface, state, run.group(1)[0])))
            at += length
        if pad > 0:
            segments.append(Segment(" " * pad, self.look.code(line.surface, state, 0)))
        if over and segments:
            segments = with_end_mark(segments, self.look.role(line.surface, state, "cursor-bar"))
        return segments

    def _rest(self, spot: Spot, state: State) -> list[Segment]:
        row = spot.row or 0
        line = self.line(spot, row, None)
        room = self.text_width(spot.file)
        start = room * (spot.part + 1)
        text, codes, used = cut_columns(line.shown.text, bytes(line.codes), start, room)
        blank = self.look.role(line.surface, state, "gutter")
        segments = [Segment(" " * (self.gutter(spot.file) - 2) + "↳ ", blank)]
        at = 0
        for run in _RUN.finditer(codes):
            length = run.end() - run.start()
            segments.append(Segment(text[at : at + length], self.look.code(line.surface, state, run.group(1)[0])))
            at += length
        filled = self.gutter(spot.file) + used
        segments.append(Segment(" " * (self.view.width - filled), blank))
        return segments

    def _note(self, spot: Spot, state: State) -> list[Segment]:
        left_width = (self.view.width - 1) // 2
        width, before, after = self.view.width, 0, 0
        if self.document.split and spot.note is not None:
            # A note stands in the half that it is about.
            width = left_width if spot.note.side == "old" else self.view.width - 1 - left_width
            before, after = (0, self.view.width - width) if spot.note.side == "old" else (left_width + 1, 0)
        at_cursor = state in (State.CURSOR, State.BLURRED)
        bar = Piece("▌" if at_cursor else " ", "cursor-bar" if state is State.CURSOR else "gutter")
        line = [bar, *note_line(self.document, spot, width - 1, self.gutter(spot.file) - 1)]
        blank = self.look.role(Surface.PLAIN, State.REST, "dim")
        segments = self._pieces(line, Surface.NOTE, state)
        if before:
            segments.insert(0, Segment(" " * before, blank))
        if after:
            segments.append(Segment(" " * after, blank))
        return segments

    # Pieces

    def _edge(self, spot: Spot, state: State, pieces: list[Piece]) -> list[Piece]:
        at_cursor = state in (State.CURSOR, State.BLURRED)
        mark, role = _glyph(self.document.notes_at(spot))
        bar = Piece("▌" if at_cursor else " ", "cursor-bar" if state is State.CURSOR else "gutter")
        return [bar, Piece(mark, role, bold=True), *pieces]

    def _pieces(self, pieces: list[Piece], surface: Surface, state: State) -> list[Segment]:
        return [Segment(p.text, self.look.role(surface, state, p.role, bold=p.bold)) for p in pieces if p.text]

    def sticky(self, spot: Spot, right: tuple[Piece, ...]) -> list[Segment]:
        """Return the line that stays at the top: the file and the section that `spot` is in."""
        section = self.document.section_at(spot)
        line = banner(self.document, spot.file, self.view.width - 2, self.view.seen, section=section, right=right)
        return self._pieces([Piece("  "), *line], Surface.FILE, State.REST)


def _glyph(notes: tuple[Note, ...]) -> tuple[str, str]:
    if not notes:
        return " ", "dim"
    order = ("high", "medium", "low", "info")
    worst = min(notes, key=lambda note: order.index(note.severity) if note.severity else len(order))
    glyph = worst.glyph if len(worst.glyph) == 1 and worst.glyph.isprintable() else "◆"
    return glyph, f"severity-{worst.severity}" if worst.severity else "comment"
