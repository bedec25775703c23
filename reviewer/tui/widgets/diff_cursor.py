"""The cursor of the diff: moving, selecting lines, opening what it is on, by key and by mouse.

Knows the document and the window. What happened is told through methods that `diff_view` turns into messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from reviewer.diff.model import FileSpan, RowKind, Side
from reviewer.tui.render import moves
from reviewer.tui.render.pieces import Piece
from reviewer.tui.render.place import Place, Spot, SpotKind
from reviewer.tui.render.shown import READ_LIMIT, show
from reviewer.tui.widgets.diff_canvas import DiffCanvas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events
    from textual.selection import Selection

    from reviewer.tui.render.document import Document

_MARGIN = 2
_SIDEWAYS = 8
_WHEEL = 3


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one side of a file: numbers from 1, `end_line` included."""

    file: FileSpan
    side: Side
    line: int
    end_line: int


class DiffCursor(DiffCanvas):
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
        Binding("v", "toggle_selection", "Select lines", show=False, id="toggle_selection"),
        Binding("enter", "activate", "Open", show=False, id="activate"),
        Binding("O", "open_whole", "Open the whole gap", show=False, id="open_whole"),
    ]

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's names
        super().__init__(name=name, id=id, classes=classes)
        self._wrap = False
        self._anchor: Place | None = None
        self._pressed: Place | None = None
        self._count = 0

    # Told to whoever shows the view

    def cursor_moved(self, spot: Spot) -> None:
        """Tell that the cursor is on another place."""

    def selection_changed(self, lines: Lines | None) -> None:
        """Tell that other lines are selected, or none."""

    def note_activated(self, note: str) -> None:
        """Tell that a note was opened."""

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
        if self.document is None:
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

    # Moving

    def cursor_to(self, y: int) -> None:
        """Put the cursor on a screen row and scroll no further than it needs."""
        document = self.document
        if document is None or not document.height:
            return
        before, y = self._cursor, max(0, min(y, document.height - 1))
        self._cursor = y
        self._remember_place()
        if self._anchor is not None:
            self._select_to_cursor()
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
        if document is None or painter is None or not (self._wrap or document.has_rest):
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

    # Selecting

    def action_toggle_selection(self) -> None:
        """Begin to select lines at the cursor, or end it."""
        if self.filled is None:
            return
        if self._anchor is None:
            self._anchor = self.place_of_cursor()
            self._select_to_cursor()
        else:
            self.clear_selection()

    def clear_selection(self) -> None:
        """Select nothing."""
        if self._anchor is not None:
            self._anchor = self._selected = None
            self.repaint()
            self.selection_changed(None)

    def _select_to_cursor(self) -> None:
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
            self._settle()
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

    # Mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor where the mouse is pressed; from here a drag selects."""
        y = self._row_under(event.y)
        if event.button != 1 or y is None or self.document is None:
            return
        self.focus(scroll_visible=False)
        self.clear_selection()
        if self.document.split:
            self._side = "old" if event.x < (self.columns - 1) // 2 else "new"
        stop = moves.near_stop(self.document, y, -1)
        if stop is not None:
            self.cursor_to(stop)
            self._pressed = self.place_of_cursor()
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select from where the mouse was pressed to where it is."""
        if self._pressed is None or self.document is None:
            return
        y = self._row_under(max(0, min(event.y, self.size.height - 1)))
        stop = None if y is None else moves.near_stop(self.document, y, -1)
        if stop is not None and (self._anchor is not None or stop != self._cursor):
            self._anchor = self._anchor or self._pressed
            self.cursor_to(stop)

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """End a drag."""
        if self._pressed is not None:
            self._pressed = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """Open what is clicked twice; a glyph in the gutter is opened by one click."""
        spot = self.cursor_spot
        if event.chain == 2 or (event.x == 1 and spot is not None and self.document and self.document.notes_at(spot)):
            self.action_activate()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down; the cursor stays in the window."""
        self._wheel(event, _WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; the cursor stays in the window."""
        self._wheel(event, -_WHEEL)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Bring text on the right into view."""
        event.stop()
        event.prevent_default()
        self._scroll_text(_SIDEWAYS)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Bring text on the left into view."""
        event.stop()
        event.prevent_default()
        self._scroll_text(-_SIDEWAYS)

    def _wheel(self, event: events.MouseEvent, lines: int) -> None:
        event.stop()
        event.prevent_default()
        if self.document is None or not self.document.height:
            return
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)
        window = self.window
        if self._cursor not in window and window:
            inside = window[min(_MARGIN, len(window) - 1)] if lines > 0 else window[max(0, len(window) - 1 - _MARGIN)]
            stop = moves.near_stop(self.document, inside, 1 if lines > 0 else -1)
            if stop is not None:
                self.cursor_to(stop)

    def _row_under(self, line: int) -> int | None:
        """Return the screen row under a line of the window; the top line stands for its file's header."""
        y = self.scroll_offset.y + line
        return y if self.document is not None and 0 <= y < self.document.height else None

    def status_pieces(self) -> tuple[Piece, ...]:
        """Return which hunk of the file the cursor is in."""
        spot = self.cursor_spot
        if spot is None or self.document is None or spot.file < 0:
            return ()
        file = self.document.index.files[spot.file]
        hunk = None if spot.row is None else self.document.index.hunk_at(spot.row)
        if hunk is None:
            return ()
        return (Piece(f"hunk {hunk.number - file.hunk_first + 1}/{file.hunk_count}", "label"),)
