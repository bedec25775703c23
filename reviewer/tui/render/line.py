"""One line of content ready to be coloured: its safe text, sign, number and the class of every character.

Also measures: how wide the gutter and the text of a row are. Knows the document and colours that are ready; nothing of
themes or widgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.diff.model import RowKind
from reviewer.tui.render.cells import faint_codes, mark
from reviewer.tui.render.look import FAINT, HAZARD, MATCH, WORD, Surface
from reviewer.tui.render.place import Spot, SpotKind
from reviewer.tui.render.shown import READ_LIMIT, Shown, show

if TYPE_CHECKING:
    import re
    from collections.abc import Container

    from reviewer.diff.intraline import Spans
    from reviewer.diff.model import Side
    from reviewer.tui.render.decor import Decor
    from reviewer.tui.render.document import Document

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
class Line:
    """One half of a row, or a whole one."""

    surface: Surface
    sign: str
    number: str
    shown: Shown
    codes: bytearray


class LineReader:
    """Reads lines of one document under one frame's settings."""

    def __init__(self, document: Document, decor: Decor, view: View) -> None:
        """Read `document` with the colours of `decor`."""
        self.document = document
        self.decor = decor
        self.view = view
        self.index = document.index
        self._digits_of: dict[int, int] = {}

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
        return max(self.line(spot, row, None).shown.cells for row in rows if row is not None or len(rows) == 1)

    def rest_height(self, spot: Spot) -> int:
        """Return how many rows below a screen row the rest of its text takes."""
        room = self.text_width(spot.file)
        return max(0, -(-self.cells(spot) // room) - 1)

    def line(self, spot: Spot, row: int | None, half: Side | None) -> Line:
        """Return the line of a patch row (or an opened context line) for one half, or for the whole width."""
        if spot.kind is SpotKind.CONTEXT or row is None:
            raw = self.document.context_line(spot)
            shown = show(raw[:READ_LIMIT], len(raw))
            codes = self._codes_of(shown, self.decor.of_line(spot.file, spot.new), ())
            return Line(
                Surface.PLAIN,
                " ",
                self._numbers(spot.old, spot.new, half, spot.file),
                shown,
                codes,
            )
        found = self.index.row(row, READ_LIMIT + 1)
        surface, content = _SURFACES[found.kind], found.raw[1:]
        if found.kind in (RowKind.META, RowKind.NO_NEWLINE):
            content = found.raw
        if row in self.view.covered:
            shown = Shown(COVERED, faint=((0, len(COVERED)),), cells=len(COVERED))
            return Line(
                surface,
                _SIGNS.get(found.kind, " "),
                self._numbers(found.old, found.new, half, spot.file),
                shown,
                faint_codes(shown),
            )
        start, end = self.index.extent(row)
        shown = show(content, max(len(content), end - start - 2) if len(found.raw) > READ_LIMIT else None)
        codes = self._coloured(row, shown)
        return Line(
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

    def _digits(self, file: int) -> int:
        digits = self._digits_of.get(file)
        if digits is None:
            digits = self._digits_of[file] = self._count_digits(file)
        return digits

    def _count_digits(self, file: int) -> int:
        if file < 0:
            return _DIGITS
        span = self.index.files[file]
        if not span.hunk_count:
            return _DIGITS
        last = self.index.hunk(span.hunk_last - 1)
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
