"""What the cursor of the diff takes and opens: line ranges as places and as text, gaps, notes, covered rows.

Knows the document and the cursor. What happened is told through methods that `diff_view` turns into messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from reviewer.diff.model import FileSpan, RowKind, Side
from reviewer.tui.render import moves
from reviewer.tui.render.place import Place, Spot, SpotKind
from reviewer.tui.render.shown import READ_LIMIT, show
from reviewer.tui.widgets.diff_cursor import DiffCursor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.selection import Selection


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one side of a file: numbers from 1, `end_line` included."""

    file: FileSpan
    side: Side
    line: int
    end_line: int


class DiffSelect(DiffCursor):
    """A canvas with a cursor that selects and opens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "toggle_selection", "Select lines", show=False, id="toggle_selection"),
        Binding("enter", "activate", "Open", show=False, id="activate"),
        Binding("O", "open_whole", "Open the whole gap", show=False, id="open_whole"),
    ]

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's names
        super().__init__(name=name, id=id, classes=classes)
        self._anchor: Place | None = None

    def selection_changed(self, lines: Lines | None) -> None:
        """Tell that other lines are selected, or none."""

    def note_activated(self, note: str) -> None:
        """Tell that a note was opened."""

    # Reading

    @property
    def location(self) -> Lines | None:
        """The selected lines, or the line under the cursor; None where there is no line."""
        return self.selection or self._line_at(self.cursor_spot)

    @property
    def selection(self) -> Lines | None:
        """The selected lines of one file and side (the cursor's), None without a selection."""
        if self.document is None or self._selected is None:
            return None
        here = self._line_at(self.cursor_spot)
        found = [lines for y in self._selected if (lines := self._line_at(self.document.at(y))) is not None]
        same = [
            lines for lines in found if here is None or (lines.file.number, lines.side) == (here.file.number, here.side)
        ]
        if not same:
            return None
        numbers = [lines.line for lines in same if lines.side == same[-1].side]
        return Lines(same[-1].file, same[-1].side, min(numbers), max(numbers))

    def selected_text(self) -> str:
        """Return the selected rows (or the cursor's) as safe text, signs included, joined by LF."""
        return "\n".join(self._texts(self._selected or range(self._cursor, self._cursor + 1)))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text of a range of screen rows, without making the text of any other row."""
        if self.document is None:
            return None
        start = 0 if selection.start is None else selection.start.y
        end = self.document.height - 1 if selection.end is None else selection.end.y
        return "\n".join(self._texts(range(start, min(end + 1, self.document.height)))), "\n"

    def _texts(self, rows: range) -> Iterator[str]:
        if self.document is None or not self.document.height:
            return
        for y in rows:
            spot = self.document.at(y)
            if spot.kind is SpotKind.CONTEXT:
                yield " " + show(self.document.context_line(spot)[:READ_LIMIT]).text
            elif spot.kind is SpotKind.ROW:
                for row in dict.fromkeys((spot.left, spot.right)):
                    if row is not None and row not in self._covered:
                        yield show(self.document.index.raw(row, READ_LIMIT)).text

    def _line_at(self, spot: Spot | None) -> Lines | None:
        if spot is None or spot.file < 0 or self.document is None:
            return None
        found = moves.line_of(self.document, spot, self._side)
        return None if found is None else Lines(self.document.index.files[spot.file], found[0], found[1], found[1])

    # Selecting

    def action_toggle_selection(self) -> None:
        """Begin to select lines at the cursor, or end it."""
        if self.filled is None:
            return
        if self._anchor is None:
            self._anchor = self.place_of_cursor()
            self.select_to_cursor()
        else:
            self.clear_selection()

    def clear_selection(self) -> None:
        """Select nothing."""
        if self._anchor is not None:
            self._anchor = self._selected = None
            self.repaint()
            self.selection_changed(None)

    def select_to_cursor(self) -> None:
        """Take the rows up to the cursor into the selection, when lines are being selected."""
        if self.document is None or self._anchor is None:
            return
        start, end = sorted((self.document.y_of(self._anchor), self._cursor))
        before, self._selected = self._selected, range(start, end + 1)
        if before != self._selected:
            self.repaint()
            self.selection_changed(self.selection)

    # Opening

    def action_activate(self) -> None:
        """Open what the cursor is on: a gap by a step, a note, a file's own header rows, a covered row."""
        self._activate(whole=False)

    def action_open_whole(self) -> None:
        """Open all that the gap under the cursor hides."""
        self._activate(whole=True)

    def _activate(self, *, whole: bool) -> None:
        document, spot = self.document, self.cursor_spot
        if document is None or spot is None:
            return
        row = spot.row
        if spot.kind is SpotKind.NOTE and spot.note is not None:
            self._toggle_note(spot.note.id, folded=True)
        elif row is not None and spot.kind is SpotKind.ROW and self._covered & {spot.left, spot.right}:
            self._covered -= {spot.left, spot.right}
            self.repaint()
            self.settle()
        elif notes := document.notes_at(spot):
            folded = all(document.marks.folded(note) for note in notes)
            for note in notes:
                self._toggle_note(note.id, folded=not folded)
        elif row is not None and spot.kind is SpotKind.ROW and self._kind(row) is RowKind.FILE and spot.file >= 0:
            with self.keeping_place():
                document.toggle_header(spot.file)
        else:
            self._open_gap(spot, whole=whole)

    def _open_gap(self, spot: Spot, *, whole: bool) -> None:
        document = self.document
        gap = None if document is None or spot.kind is SpotKind.CONTEXT else document.gap_of(spot)
        if document is None or gap is None:
            return
        hidden = gap.count > document.opened(gap).total
        with self.keeping_place():
            opened = document.open_gap(gap, whole=whole)
        if hidden and not opened:
            self.told("The packet does not hold this file's lines.")

    def _toggle_note(self, note: str, *, folded: bool) -> None:
        assert self.document is not None  # noqa: S101 - only called for a note of the document
        with self.keeping_place():
            self.document.fold(note, folded=folded)
        self.note_activated(note)
