"""A list of rows with a cursor: one line-API widget behind the brief, the tree, the checklist and every page.

Takes rows in, posts `Moved` and `Opened` out. Draws only what is on the screen, so that a timeline of ten thousand
events costs what a screenful costs. Knows nothing of packets or reviews.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from reviewer.tui.row import Line, Row, layout
from reviewer.tui.widgets.toned import Toned

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from textual import events


class RowList(Toned, ScrollView):
    """Rows with a cursor that passes over labels.

    Attributes:
        idle_cursor: whether the cursor's row is marked while the focus is elsewhere.
        click_opens: whether one click opens a row; otherwise the first selects and the second opens.
        shows_cursor: whether there is a cursor line; pages without one just scroll.
    """

    can_focus = True
    PADDING = 1

    class Moved(Message):
        """The cursor came to another row."""

        def __init__(self, rows: RowList, key: Hashable) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> RowList:
            """The list it happened in."""
            return self.rows

    class Opened(Message):
        """A row was chosen, by Enter or the mouse."""

        def __init__(self, rows: RowList, key: Hashable) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> RowList:
            """The list it happened in."""
            return self.rows

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
        click_opens: bool = False,
        shows_cursor: bool = True,
        idle_cursor: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.click_opens = click_opens
        self.shows_cursor = shows_cursor
        self.idle_cursor = idle_cursor
        self._rows: tuple[Row, ...] = ()
        self._places: dict[Hashable, int] = {}
        self._blocks: dict[int, tuple[Line, ...]] = {}
        self._starts: list[int] = [0]
        self._height = 0
        self._cursor = -1
        self._unplaced = self._to_top = False
        self._width = 0
        self._term = ""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as they were given."""
        return self._rows

    @property
    def key(self) -> Hashable:
        """What the row under the cursor stands for, or None."""
        return self._rows[self._cursor].key if 0 <= self._cursor < len(self._rows) else None

    @property
    def searching(self) -> bool:
        """Whether a search is on."""
        return bool(self._term)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows, with the cursor and the scroll offset kept where they were as far as possible."""
        if tuple(rows) == self._rows:
            return
        key, old = self.key, self._cursor
        self._rows = tuple(rows)
        self._places = {row.key: place for place, row in reversed([*enumerate(self._rows)]) if row.key is not None}
        self._cursor = self._place_of(key) if key is not None else -1
        if self._cursor < 0:
            self._cursor = self._nearest(max(0, old))
        self._lay_out()

    def select(self, key: Hashable, *, top: bool = False) -> bool:
        """Move the cursor to the row that stands for `key`; return whether there is one."""
        place = self._place_of(key)
        if place < 0:
            return False
        self._move_to(place, top=top)
        return True

    def move(self, rows: int) -> None:
        """Move the cursor by that many rows that can be selected; without a cursor, scroll by lines."""
        if not self.shows_cursor:
            self.scroll_to(y=self.scroll_offset.y + rows, animate=False)
            return
        step = 1 if rows > 0 else -1
        place = self._cursor
        for _ in range(abs(rows)):
            after = self._next_selectable(place + step, step)
            if after < 0:
                break
            place = after
        self._move_to(place)
        if place == self._next_selectable(0, 1):
            self.scroll_to(y=0, animate=False)

    def page(self, pages: float) -> None:
        """Move by a part of the height: 0.5 is half a page down."""
        self.move(int(pages * max(2, self.size.height)) or (1 if pages > 0 else -1))

    def top(self) -> None:
        """Go to the first row."""
        self._move_to(self._next_selectable(0, 1))
        self.scroll_to(y=0, animate=False)

    def bottom(self) -> None:
        """Go to the last row."""
        self._move_to(self._next_selectable(len(self._rows) - 1, -1))
        self.scroll_to(y=self.virtual_size.height, animate=False)

    def open(self) -> None:
        """Choose the row under the cursor."""
        if self.key is not None:
            self.post_message(self.Opened(self, self.key))

    def search(self, term: str) -> int:
        """Mark what matches `term` (letter case is ignored; empty clears) and return how many rows match."""
        self._term = term.casefold()
        self.refresh()
        return len(self._matches())

    def next_match(self, step: int = 1) -> tuple[int, int] | None:
        """Go to the next matching row, around the end; return which one of how many, from 1, or None."""
        matches = self._matches()
        if not matches:
            return None
        if step > 0:
            place = next((m for m in matches if m > self._cursor), matches[0])
        else:
            place = next((m for m in reversed(matches) if m < self._cursor), matches[-1])
        self._move_to(place)
        return matches.index(place) + 1, len(matches)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        width = self.size.width
        place = y + self.scroll_offset.y
        if place >= self._height:
            return Strip.blank(width, self.tone("normal"))
        number = bisect_right(self._starts, place) - 1
        line = self._block(number)[place - self._starts[number]]
        over = self._surface_of(number)
        segments = [Segment(" " * self.PADDING, self.tone("normal", over))]
        segments += [Segment(piece.text, self.tone(piece.tone, over)) for piece in line]
        return Strip(segments).adjust_cell_length(width, self.tone("normal", over))

    def on_resize(self, event: events.Resize) -> None:
        """Lay the rows out again for another width."""
        if event.size.width != self._width:
            self._lay_out()
        if self._unplaced and event.size.height:
            self._move_to(self._cursor, top=self._to_top)

    def on_click(self, event: events.Click) -> None:
        """Select the row under the mouse, or open it."""
        event.stop()
        place = int(event.y) + self.scroll_offset.y
        if not 0 <= place < self._height:
            return
        number = bisect_right(self._starts, place) - 1
        if self._rows[number].key is None:
            return
        again = number == self._cursor
        self._move_to(number)
        if self.click_opens or again:
            self.open()

    def on_focus(self) -> None:
        """Draw the cursor in the accent."""
        self.refresh()

    def on_blur(self) -> None:
        """Draw the cursor at rest."""
        self.refresh()

    def _lay_out(self) -> None:
        self._width = self.size.width
        self._blocks = {}
        # A row that does not wrap is one line; what it looks like is worked out when it is on the screen.
        heights = (len(self._block(number)) if row.wrap else 1 for number, row in enumerate(self._rows))
        *starts, self._height = accumulate(heights, initial=0)
        self._starts = starts or [0]
        self.virtual_size = Size(self._width, self._height)
        self.refresh()

    def _block(self, number: int) -> tuple[Line, ...]:
        """Return the lines of a row."""
        found = self._blocks.get(number)
        if found is None:
            found = self._blocks[number] = layout(self._rows[number], max(1, self._width - 2 * self.PADDING))
        return found

    def _move_to(self, place: int, *, top: bool = False) -> None:
        if not 0 <= place < len(self._rows):
            return
        changed = place != self._cursor
        self._cursor, self._to_top = place, top
        # A list that was never on the screen has no height to bring a row into: it is done when it has one.
        self._unplaced = not self.size.height
        if self._height and not self._unplaced:
            first = self._starts[place]
            last = self._starts[place + 1] if place + 1 < len(self._starts) else self._height
            if top:
                self.scroll_to(y=first, animate=False)
            else:
                if place == self._next_selectable(0, 1) and last <= self.size.height:
                    first = 0  # what stands above the first row that can be chosen names it
                region = Region(0, first, 1, min(last - first, max(1, self.size.height)))
                self.scroll_to_region(region, animate=False, force=True)
        self.refresh()
        if changed:
            self.post_message(self.Moved(self, self.key))

    def _matches(self) -> list[int]:
        if not self._term:
            return []
        return [n for n, row in enumerate(self._rows) if row.key is not None and self._term in row.text.casefold()]

    def _place_of(self, key: Hashable) -> int:
        return self._places.get(key, -1)

    def _nearest(self, place: int) -> int:
        after = self._next_selectable(place, 1)
        return after if after >= 0 else self._next_selectable(min(place, len(self._rows) - 1), -1)

    def _next_selectable(self, place: int, step: int) -> int:
        while 0 <= place < len(self._rows):
            if self._rows[place].key is not None:
                return place
            place += step
        return -1

    def _surface_of(self, number: int) -> str:
        if self.shows_cursor and number == self._cursor:
            return "selection" if self.has_focus else "cursor" if self.idle_cursor else ""
        return "match" if self._term and self._term in self._rows[number].text.casefold() else ""
