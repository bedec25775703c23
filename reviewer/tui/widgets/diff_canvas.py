"""The surface of the diff: draws screen rows of a document, line by line, and keeps its place when they move.

Knows the document, the look and the screen; nothing of keys, selection or search (`diff_view`). Draws what is there and
never waits; colour is made in a worker thread and arrives late.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeAlias

from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from reviewer.diff.model import RowKind
from reviewer.tui.render.decor import Decor
from reviewer.tui.render.line import View
from reviewer.tui.render.look import Look, State, Surface
from reviewer.tui.render.paint import Painter
from reviewer.tui.render.place import Place, Spot, SpotKind
from reviewer.tui.theme import theme_for

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from textual import events

    from reviewer.diff.model import Side
    from reviewer.tui.render.document import Document
    from reviewer.tui.render.pieces import Piece

Mode: TypeAlias = Literal["auto", "unified", "split"]
SPLIT_FROM: Final = 150
"""Columns from which the automatic mode stands both sides beside each other: two halves of 66 columns of text."""
_MAX_NOTE_WIDTH = 96


class DiffCanvas(ScrollView, can_focus=True):
    """Draws a document. The top line names the file and section that the lines below it are in."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    DiffCanvas {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's names
        super().__init__(name=name, id=id, classes=classes)
        self.document: Document | None = None
        self._mode: Mode = "auto"
        self._numbers = True
        self._words = True
        self._sideways = 0
        self._pattern: re.Pattern[str] | None = None
        self._covered: set[int] = set()
        self._seen_rows: frozenset[int] = frozenset()
        self._cursor = 0
        self._place: Place | None = None
        self._side: Side = "new"
        self._selected: range | None = None
        self._strips: LRUCache[tuple[int, State, Side, int], Strip] = LRUCache(512)
        self._generation = 0
        self._decor = Decor()
        self._painter: Painter | None = None
        self._look: Look | None = None

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines of a frame; what they share is looked up once."""
        self._ready_painter()
        self.ask_for_colour()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the window."""
        painter = self._ready_painter()
        width = self.columns
        top = self.scroll_offset.y
        row = top + y
        if painter is None or self.document is None or row >= self.document.height:
            return Strip.blank(width, self._get_look().role(Surface.PLAIN, State.REST, "foreground"))
        spot = self.document.at(row)
        if y == 0 and not self.shows_itself(top, spot):
            below = self._spot_below(row)
            return Strip(painter.sticky(below, self.status_pieces(below.file)), width)
        state = self._state(row)
        key = (row, state, self._side, self._generation)
        strip = self._strips.get(key)
        if strip is None:
            strip = Strip(painter.paint(spot, state, self._side), width)
            self._strips[key] = strip
        return strip

    def status_pieces(self, file: int) -> tuple[Piece, ...]:
        """Return what stands at the right of the top line when that names this file."""
        del file
        return ()

    def shows_itself(self, top: int, spot: Spot) -> bool:
        """Return whether the first line of the window shows its own row, not the file and section it is in."""
        if top == 0 or spot.file < 0:
            return True
        return spot.kind is SpotKind.ROW and spot.row is not None and self._kind(spot.row) is RowKind.FILE

    def notify_style_update(self) -> None:
        """Forget what was drawn under another theme."""
        super().notify_style_update()
        self._look = None
        self.repaint()

    def repaint(self) -> None:
        """Draw everything anew at the next frame."""
        self._generation += 1
        self._painter = None
        self._strips.clear()
        self.refresh()

    def refresh_row(self, y: int) -> None:
        """Draw one screen row anew at the next frame, and the top line with it."""
        line = y - self.scroll_offset.y
        if 0 < line < self.size.height:
            self.refresh(Region(0, line, self.columns, 1))
        self.refresh(Region(0, 0, self.columns, 1))

    def _ready_painter(self) -> Painter | None:
        if self._painter is None and self.document is not None and self.columns > 0:
            view = View(
                self.columns,
                self._sideways,
                self._numbers,
                self._words,
                self._pattern,
                self._covered,
                self._seen_rows,
            )
            self._painter = Painter(self.document, self._get_look(), self._decor, view)
        return self._painter

    def _get_look(self) -> Look:
        if self._look is None:
            self._look = Look(theme_for(self.app.current_theme))
        return self._look

    def _state(self, row: int) -> State:
        if row == self._cursor:
            return State.CURSOR if self.has_focus else State.BLURRED
        if self._selected is not None and row in self._selected:
            return State.SELECTED
        return State.REST

    def _kind(self, row: int) -> RowKind | None:
        return None if self.document is None else self.document.index.kind(row)

    def _spot_below(self, row: int) -> Spot:
        """Return the first patch row at or below a screen row: the top line speaks of it."""
        assert self.document is not None  # noqa: S101 - only asked while drawing a document
        spot = here = self.document.at(row)
        while here.row is None and row + 1 < self.document.height:
            row += 1
            here = self.document.at(row)
            if here.file != spot.file:
                return spot
        return here

    # Layout

    @property
    def columns(self) -> int:
        """Columns to draw on: the view without its scroll bar."""
        return self.scrollable_content_region.width

    @property
    def window(self) -> range:
        """The screen rows that are visible, without the one that the top line stands over."""
        if self.document is None:
            return range(0)
        top = self.scroll_offset.y
        first = top if top < self.document.height and self.shows_itself(top, self.document.at(top)) else top + 1
        return range(first, min(self.document.height, top + self.size.height))

    @contextmanager
    def keeping_place(self) -> Iterator[None]:
        """Keep the cursor on the same content and at the same line of the window while rows move."""
        document = self.document
        if document is None or not document.height:
            yield
            self._fit()
            return
        place = self._remember_place()
        line = self._cursor - self.scroll_offset.y
        yield
        self._fit()
        self._cursor = document.y_of(place)
        self._place = place
        self.scroll_to(y=self._cursor - line, animate=False)
        self.repaint()

    def _fit(self) -> None:
        document = self.document
        if document is None:
            self.virtual_size = Size(0, 0)
            return
        self._painter = None
        painter = self._ready_painter()
        if painter is not None:
            document.set_note_width(max(16, min(_MAX_NOTE_WIDTH, painter.text_width(-1) - 12)))
        self.virtual_size = Size(self.columns, document.height)
        self.repaint()
        self.settle()

    def _apply_mode(self) -> None:
        document = self.document
        if document is None:
            return
        split = self._mode == "split" or (self._mode == "auto" and self.columns >= SPLIT_FROM)
        if split != document.split:
            with self.keeping_place():
                document.set_split(split=split)

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out for the new width; the cursor stays on its content."""
        if self.document is not None and self.columns:
            self._apply_mode()
            with self.keeping_place():
                pass

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Start to wait until the rows stand still."""
        super().watch_scroll_y(old_value, new_value)
        self.settle()

    # What comes later (`diff_late`)

    def ask_for_colour(self) -> None:
        """Ask for colour of what is on the screen and has none yet."""

    def settle(self) -> None:
        """Begin to wait until the rows on the screen stand still."""

    # Cursor

    def place_of_cursor(self) -> Place | None:
        """Return the name of the place that the cursor is at."""
        return self._remember_place() if self.document is not None and self.document.height else None

    def _remember_place(self) -> Place:
        """Return the cursor's place; a removed row stays the one meant while it stands beside an added one."""
        assert self.document is not None  # noqa: S101 - only asked of a document with rows
        self._cursor = min(self._cursor, self.document.height - 1)
        if self._place is None or self.document.y_of(self._place) != self._cursor:
            self._place = self.document.at(self._cursor).place
        return self._place
