"""The cursor of the diff: moving by lines, pages, hunks, files and notes.

Knows the document and the window. What happened is told through methods that `diff_view` turns into messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from reviewer.tui.render import moves
from reviewer.tui.render.pieces import Piece
from reviewer.tui.render.place import Place, Spot, SpotKind
from reviewer.tui.widgets.diff_late import DiffLate

if TYPE_CHECKING:
    from reviewer.diff.model import FileSpan
    from reviewer.tui.render.document import Document

_MARGIN = 2
_SIDEWAYS = 8


class DiffCursor(DiffLate):
    """A canvas with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Line down", show=False, id="cursor_down"),
        Binding("k,up", "cursor_up", "Line up", show=False, id="cursor_up"),
        Binding("ctrl+d", "half_page_down", "Half a page down", show=False, id="half_page_down"),
        Binding("ctrl+u", "half_page_up", "Half a page up", show=False, id="half_page_up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="page_down"),
        Binding("pageup", "page_up", "Page up", show=False, id="page_up"),
        Binding("g,home", "top", "To the top", show=False, id="top"),
        Binding("G,end", "bottom", "To the bottom", show=False, id="bottom"),
        Binding("h,left", "text_left", "Sideways left", show=False, id="text_left"),
        Binding("l,right", "text_right", "Sideways right", show=False, id="text_right"),
        Binding("right_square_bracket", "next_hunk", "Next hunk", show=False, id="next_hunk"),
        Binding("left_square_bracket", "previous_hunk", "Previous hunk", show=False, id="previous_hunk"),
        Binding("full_stop", "next_file", "Next file", show=False, id="next_file"),
        Binding("comma", "previous_file", "Previous file", show=False, id="previous_file"),
        Binding("right_curly_bracket", "next_note", "Next note", show=False, id="next_note"),
        Binding("left_curly_bracket", "previous_note", "Previous note", show=False, id="previous_note"),
    ]

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's names
        super().__init__(name=name, id=id, classes=classes)
        self._wrap = False
        self._count = 0

    # Told to whoever shows the view

    def cursor_moved(self, spot: Spot) -> None:
        """Tell that the cursor is on another place."""

    def select_to_cursor(self) -> None:
        """Take the rows up to the cursor into the selection, when lines are being selected."""

    def told(self, sentence: str) -> None:
        """Tell that something could not be done."""

    # Reading

    @property
    def filled(self) -> Document | None:
        """The document when it has any row, else None."""
        return self.document if self.document is not None and self.document.height else None

    @property
    def cursor_spot(self) -> Spot | None:
        """What the cursor is on."""
        if self.document is None or not self.document.height:
            return None
        return self.document.at(min(self._cursor, self.document.height - 1))

    @property
    def file(self) -> FileSpan | None:
        """The file that the cursor is in."""
        spot = self.cursor_spot
        return None if spot is None or spot.file < 0 or self.document is None else self.document.index.files[spot.file]

    # Moving

    def cursor_to(self, y: int) -> None:
        """Put the cursor on a screen row and scroll no further than it needs."""
        document = self.document
        if document is None or not document.height:
            return
        before, y = self._cursor, max(0, min(y, document.height - 1))
        self._cursor = y
        self._remember_place()
        self.select_to_cursor()
        self._unfold_rest()
        self._scroll_into_view(self._cursor)
        self.refresh_row(before)
        self.refresh_row(self._cursor)
        self.cursor_moved(document.at(self._cursor))

    def jump(self, y: int) -> None:
        """Put the cursor on a screen row that may be far; one that is off the screen comes to its upper third."""
        if self.filled is None:
            return
        if y not in self.window:
            self.scroll_to(y=max(0, y - self.size.height // 4), animate=False)
        self.cursor_to(y)

    def _scroll_into_view(self, y: int) -> None:
        top, height = self.scroll_offset.y, self.size.height
        margin = min(_MARGIN, max(0, height // 4 - 1))
        if y - 1 - margin < top:
            self.scroll_to(y=max(0, y - 1 - margin), animate=False)
        elif y + margin > top + height - 1:
            self.scroll_to(y=y + margin - height + 1, animate=False)

    def _unfold_rest(self) -> None:
        """Unfold the long line under the cursor (and fold the one it left) when lines wrap."""
        document, painter = self.document, self._ready_painter()
        if document is None or painter is None or not document.height or not (self._wrap or document.has_rest):
            return
        spot = document.at(self._cursor)
        height = 0
        if self._wrap and spot.kind is SpotKind.ROW and spot.row is not None and not document.split:
            height = painter.rest_height(spot)
        place = spot.place
        if document.set_rest(place if height else None, height):
            self._fit()
            self._cursor = document.y_of(place)

    def take_count(self, default: int = 1) -> int:
        """Return the count typed before this action, and forget it."""
        count, self._count = self._count or default, 0
        return count

    def _move(self, lines: int) -> None:
        if self.document is not None and self.document.height:
            self.cursor_to(moves.step_lines(self.document, self._cursor, lines))

    def _page(self, lines: int) -> None:
        """Move window and cursor together, so that the cursor stays at its line of the screen."""
        document = self.document
        if document is None or not document.height:
            return
        step = 1 if lines > 0 else -1
        target = max(0, min(document.height - 1, self._cursor + lines))
        y = moves.near_stop(document, target, step)
        if y is None:
            y = moves.near_stop(document, target, -step)
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)
        self.cursor_to(self._cursor if y is None else y)

    def action_cursor_down(self) -> None:
        """Move down by the count."""
        self._move(self.take_count())

    def action_cursor_up(self) -> None:
        """Move up by the count."""
        self._move(-self.take_count())

    def action_half_page_down(self) -> None:
        """Move down by half a window."""
        self._page(max(1, self.size.height // 2) * self.take_count())

    def action_half_page_up(self) -> None:
        """Move up by half a window."""
        self._page(-max(1, self.size.height // 2) * self.take_count())

    def action_page_down(self) -> None:
        """Move down by a window, two lines kept."""
        self._page(max(1, self.size.height - 3) * self.take_count())

    def action_page_up(self) -> None:
        """Move up by a window, two lines kept."""
        self._page(-max(1, self.size.height - 3) * self.take_count())

    def action_top(self) -> None:
        """Go to the first row."""
        self.take_count()
        self.scroll_to(y=0, animate=False)
        self.cursor_to(0)

    def action_bottom(self) -> None:
        """Go to the last row."""
        self.take_count()
        if (
            self.document is not None
            and (y := moves.near_stop(self.document, self.document.height - 1, -1)) is not None
        ):
            self.scroll_to(y=self.document.height, animate=False)
            self.cursor_to(y)

    def action_text_left(self) -> None:
        """Bring text on the left into view."""
        self._scroll_text(-_SIDEWAYS * self.take_count())

    def action_text_right(self) -> None:
        """Bring text on the right into view."""
        self._scroll_text(_SIDEWAYS * self.take_count())

    def _scroll_text(self, columns: int) -> None:
        painter = self._ready_painter()
        if self.document is None or painter is None:
            return
        widest = max((painter.cells(self.document.at(y)) for y in self.window), default=0)
        limit = max(0, widest - 8) if columns > 0 else self._sideways
        sideways = max(0, min(self._sideways + columns, max(limit, 0)))
        if sideways != self._sideways:
            self._sideways = sideways
            self.repaint()

    def action_next_hunk(self) -> None:
        """Go to the next hunk, on across files."""
        self._next_part(1)

    def action_previous_hunk(self) -> None:
        """Go to the previous hunk, on across files."""
        self._next_part(-1)

    def _next_part(self, step: int) -> None:
        document = self.filled
        for _ in range(self.take_count()):
            y = None if document is None else moves.next_part(document, self._cursor, step)
            if y is None:
                self.told("This is the last hunk." if step > 0 else "This is the first hunk.")
                return
            self.show_part(y)

    def show_part(self, y: int) -> None:
        """Put the cursor on a row of a hunk, with the hunk's head and as much of it as fits on the screen."""
        assert self.document is not None  # noqa: S101 - only called with a place in the document
        first, last = moves.part_extent(self.document, y)
        window = self.window
        if first not in window or (last not in window and first > window.start + self.size.height // 3):
            self.scroll_to(y=max(0, first - 2), animate=False)
        self.cursor_to(y)

    def action_next_file(self) -> None:
        """Go to the next file."""
        self._next_file(1)

    def action_previous_file(self) -> None:
        """Go to the top of the file, then to the previous one."""
        self._next_file(-1)

    def _next_file(self, step: int) -> None:
        for _ in range(self.take_count()):
            y = None if self.filled is None else moves.next_file(self.filled, self._cursor, step)
            if y is None:
                self.told("This is the last file." if step > 0 else "This is the first file.")
                return
            self.scroll_to(y=y, animate=False)
            self.cursor_to(y)

    def action_next_note(self) -> None:
        """Go to the next note and unfold it."""
        self._next_note(1)

    def action_previous_note(self) -> None:
        """Go to the previous note and unfold it."""
        self._next_note(-1)

    def _next_note(self, step: int) -> None:
        found = None
        for _ in range(self.take_count()):
            found = None if self.filled is None else moves.next_note(self.filled, self._cursor, step)
        if found is None:
            self.told("There is no note below." if step > 0 else "There is no note above.")
        else:
            self.goto_note(found[1].id)

    def goto_note(self, note: str) -> bool:
        """Unfold a note and put the cursor on it; False when its file is not in the patch."""
        document = self.document
        if document is None or not document.has(note):
            return False
        with self.keeping_place():
            document.fold(note, folded=False)
        self.jump(document.y_of(Place(SpotKind.NOTE, note)))
        return True

    def status_pieces(self, file: int) -> tuple[Piece, ...]:
        """Return which hunk the cursor is in, when it is in the file that the top line names."""
        spot = self.cursor_spot
        if spot is None or self.document is None or spot.file != file or file < 0:
            return ()
        span = self.document.index.files[file]
        hunk = None if spot.row is None else self.document.index.hunk_at(spot.row)
        if hunk is None:
            return ()
        return (Piece(f"hunk {hunk.number - span.hunk_first + 1}/{span.hunk_count}", "label"),)
