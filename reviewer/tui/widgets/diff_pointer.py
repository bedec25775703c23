"""The diff under the mouse: click, double click, drag over lines, wheel.

Knows the cursor and the window. Shift-drag stays the terminal's own selection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.tui.render import moves
from reviewer.tui.widgets.diff_select import DiffSelect

if TYPE_CHECKING:
    from textual import events

    from reviewer.tui.render.place import Place

_WHEEL = 3
_SIDEWAYS = 8
_MARGIN = 2


class DiffPointer(DiffSelect):
    """A canvas with a cursor that follows the mouse."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's names
        super().__init__(name=name, id=id, classes=classes)
        self._pressed: Place | None = None

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
