"""From a screen row to segments: gutter, numbers, sign, text with syntax, changed words, matches and hazards.

Draws what is there now and never waits: colour that is not ready is simply not there yet. One instance serves one
frame's settings. Knows the document and the look; nothing of widgets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment

from reviewer.diff.model import RowKind
from reviewer.tui.render.cells import cut_columns, faint_codes, mark, with_end_mark
from reviewer.tui.render.lines import banner, hunk_line, note_line, tail_line
from reviewer.tui.render.look import FAINT, HAZARD, MATCH, WORD, Look, State, Surface
from reviewer.tui.render.pieces import Piece
from reviewer.tui.render.place import Spot, SpotKind
from reviewer.tui.render.shown import READ_LIMIT, Shown, show

if TYPE_CHECKING:
    from collections.abc import Container

    from reviewer.diff.intraline import Spans
    from reviewer.diff.model import Side
    from reviewer.tui.render.decor import Decor
    from reviewer.tui.render.document import Document
    from reviewer.tui.render.note import Note

_RUN = re.compile(rb"(.)\1*", re.DOTALL)
_SURFACES = {
    RowKind.FILE: Surface.FILE,
    RowKind.META: Surface.META,
    RowKind.HUNK: Surface.HUNK,
    RowKind.CONTEXT: Surface.PLAIN,
    RowKind.ADDED: Surface.ADDED,
    RowKind.REMOVED: Surface.REMOVED,
    RowKind.NO_NEWLINE: Surface.META,
}
_SIGNS = {RowKind.ADDED: "+", RowKind.REMOVED: "-"}
_SIGN_ROLES = {Surface.ADDED: "added-sign", Surface.REMOVED: "removed-sign"}
_NUMBER_ROLES = {Surface.ADDED: "added-number", Surface.REMOVED: "removed-number"}
COVERED = "covered: looks like a secret"
_TWO_NUMBERS_FROM = 92
_HALF_GUTTER = 5
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class View:
    """Settings of a frame.

    Attributes:
        width: columns of the view.
        sideways: columns of text scrolled off to the left.
        numbers, words: whether line numbers and changed words are shown.
        pattern: what is searched for, matched against shown text.
        covered: patch rows whose text is not shown.
        seen: ids of units marked as seen, by the row of their hunk or file.
    """

    width: int
    sideways: int = 0
    numbers: bool = True
    words: bool = True
    pattern: re.Pattern[str] | None = None
    covered: Container[int] = frozenset()
    seen: Container[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Line:
    """One half of a row, or a whole one."""

    surface: Surface
    sign: str
    number: str
    shown: Shown
    codes: bytearray


class Painter:
    """Paints screen rows of one document under one look."""

    def __init__(self, document: Document, look: Look, decor: Decor, view: View) -> None:
        """Draw `document` with the colours of `look` and `decor` and the settings of `view`."""
        self.document = document
        self.look = look
        self.decor = decor
        self.view = view
        self._index = document.index
        self._digits_of: dict[int, int] = {}

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
            kind = self._index.kind(row)
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

    def gutter(self, file: int) -> int:
        """Return the columns left of the text: cursor and glyph, numbers, sign. In the split layout: of one half."""
        digits = self._digits(file)
        if not self.view.numbers:
            return 4
        if self.document.split:
            return _HALF_GUTTER + digits
        return 4 + (2 * digits + 2 if self.two_numbers else digits + 1)

    @property
    def two_numbers(self) -> bool:
        """Whether there is room for the numbers of both sides."""
        return self.view.width >= _TWO_NUMBERS_FROM

    def text_width(self, file: int) -> int:
        """Return the columns for text (in one half, in the split layout)."""
        width = (self.view.width - 1) // 2 if self.document.split else self.view.width
        return max(1, width - self.gutter(file))

    def cells(self, spot: Spot) -> int:
        """Return the columns that the text of a screen row takes, 0 for rows that are no text."""
        if spot.kind not in (SpotKind.ROW, SpotKind.CONTEXT):
            return 0
        rows = dict.fromkeys((spot.left, spot.right)) if spot.kind is SpotKind.ROW else {None: None}
        return max(self._line(spot, row, None).shown.cells for row in rows if row is not None or len(rows) == 1)

    def rest_height(self, spot: Spot) -> int:
        """Return how many rows below a screen row the rest of its text takes."""
        room = self.text_width(spot.file)
        return max(0, -(-self.cells(spot) // room) - 1)

    # Rows of text

    def _unified(self, spot: Spot, state: State) -> list[Segment]:
        line = self._line(spot, spot.row, None)
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
                line = self._line(spot, row, half)
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
        kind = self._index.kind(row)
        if kind is RowKind.NO_NEWLINE and row:
            kind = self._index.kind(row - 1)
        return "new" if kind is RowKind.ADDED else "old" if kind is RowKind.REMOVED else None

    def _line(self, spot: Spot, row: int | None, half: Side | None) -> _Line:
        if spot.kind is SpotKind.CONTEXT or row is None:
            raw = self.document.context_line(spot)
            shown = show(raw[:READ_LIMIT], len(raw))
            codes = self._codes_of(shown, self.decor.of_line(spot.file, spot.new), ())
            return _Line(
                Surface.PLAIN,
                " ",
                self._numbers(spot.old, spot.new, half, spot.file),
                shown,
                codes,
            )
        found = self._index.row(row, READ_LIMIT + 1)
        surface, content = _SURFACES[found.kind], found.raw[1:]
        if found.kind in (RowKind.META, RowKind.NO_NEWLINE):
            content = found.raw
        if row in self.view.covered:
            shown = Shown(COVERED, faint=((0, len(COVERED)),), cells=len(COVERED))
            return _Line(
                surface,
                _SIGNS.get(found.kind, " "),
                self._numbers(found.old, found.new, half, spot.file),
                shown,
                faint_codes(shown),
            )
        start, end = self._index.extent(row)
        shown = show(content, max(len(content), end - start - 2) if len(found.raw) > READ_LIMIT else None)
        codes = self._coloured(row, shown)
        return _Line(
            surface, _SIGNS.get(found.kind, " "), self._numbers(found.old, found.new, half, spot.file), shown, codes
        )

    def _coloured(self, row: int, shown: Shown) -> bytearray:
        return self._codes_of(shown, *self.decor.of(row))

    def _codes_of(self, shown: Shown, syntax: bytes | None, words: Spans) -> bytearray:
        codes = (
            bytearray(syntax) if syntax is not None and len(syntax) == len(shown.text) else bytearray(len(shown.text))
        )
        if self.view.words:
            for start, end in words:
                mark(codes, start, end, WORD)
        if self.view.pattern is not None:
            for match in self.view.pattern.finditer(shown.text):
                mark(codes, *match.span(), MATCH)
        for start, end in shown.faint:
            codes[start:end] = bytes((FAINT,)) * (end - start)
        for start, end in shown.hazards:
            mark(codes, start, end, HAZARD)
        return codes

    def _draw(
        self, spot: Spot, line: _Line, state: State, width: int, *, bar: bool, notes: tuple[Note, ...]
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

    def _text(self, line: _Line, state: State, room: int, *, cut: bool) -> list[Segment]:
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
        line = self._line(spot, row, None)
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

    # Gutter

    def _digits(self, file: int) -> int:
        digits = self._digits_of.get(file)
        if digits is None:
            digits = self._digits_of[file] = self._count_digits(file)
        return digits

    def _count_digits(self, file: int) -> int:
        if file < 0:
            return _DIGITS
        span = self._index.files[file]
        if not span.hunk_count:
            return _DIGITS
        last = self._index.hunk(span.hunk_last - 1)
        return max(_DIGITS, len(str(max(last.old_start + last.old_count, last.new_start + last.new_count))))

    def _numbers(self, old: int | None, new: int | None, half: Side | None, file: int) -> str:
        if not self.view.numbers:
            return ""
        digits = self._digits(file)
        if half is not None:
            number = old if half == "old" else new
            return f"{number or '':>{digits}} "
        if self.two_numbers:
            return f"{old or '':>{digits}} {new or '':>{digits}} "
        return f"{new or old or '':>{digits}} "

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
