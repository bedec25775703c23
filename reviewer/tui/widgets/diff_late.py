"""What comes late to the diff: colour made in a worker thread, and the knowledge of what was on the screen.

Nothing here is waited for. Knows the document and the window; nothing of keys.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from textual.geometry import Region
from textual.message import Message

from reviewer.diff.model import RowKind
from reviewer.tui.render.decor import line_chunk, make, request_for
from reviewer.tui.render.place import SpotKind
from reviewer.tui.render.seen import ShownRows
from reviewer.tui.widgets.diff_canvas import DiffCanvas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.timer import Timer

    from reviewer.tui.render.decor import Chunk, Coloured, Request
    from reviewer.tui.render.document import Document
    from reviewer.tui.render.place import Spot
    from reviewer.tui.render.seen import UnitSpan

DWELL: Final = 0.25
"""Seconds that rows must stand still on the screen before they count as shown."""
PAUSE: Final = 0.03
"""Seconds without a new frame after which colour is made."""
PAUSE_AT_MOST: Final = 0.12
"""Seconds after which colour is made although frames go on."""


class DiffLate(DiffCanvas):
    """A canvas that gets its colours later and tells what was completely on the screen."""

    class Coloured(Message):
        """Colours of a chunk are ready (from the worker to the view)."""

        bubble = False

        def __init__(self, document: Document | None, coloured: Coloured | None) -> None:
            """Carry the colours of `document`; None of either when the worker is done."""
            super().__init__()
            self.document = document
            self.coloured = coloured

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's names
        super().__init__(name=name, id=id, classes=classes)
        self._colouring = False
        self._pausing = False
        self._drawn_at = self._waits_since = 0.0
        self._asked: tuple[Document, range] | None = None
        self._shown_rows = ShownRows()
        self._settling: Timer | None = None

    # Colour

    def ask_for_colour(self) -> None:
        """Colour what is on the screen once input pauses: a lexer that runs between two keys would slow both."""
        now = monotonic()
        self._drawn_at = now
        if self.document is None or self._colouring or self._pausing or self._asked == (self.document, self.window):
            return
        self._pausing = True
        self._waits_since = now
        self.set_timer(PAUSE, self._colour_if_paused)

    def _colour_if_paused(self) -> None:
        now = monotonic()
        if now - self._drawn_at < PAUSE and now - self._waits_since < PAUSE_AT_MOST:
            self.set_timer(PAUSE, self._colour_if_paused)
            return
        self._pausing = False
        self._start_colouring()

    def _start_colouring(self) -> None:
        document = self.document
        if document is None or self._colouring:
            return
        window = self.window
        self._asked = (document, window)
        requests = list(self._missing(document, range(window.start, min(document.height, window.stop + len(window)))))
        if requests:
            self._colouring = True
            self.run_worker(
                lambda: self._make_colours(document, requests),
                name="highlight",
                group="highlight",
                thread=True,
                exit_on_error=False,
            )

    def _missing(self, document: Document, rows: range) -> Iterator[Request]:
        """Yield what has to be coloured for these screen rows, top first, each once."""
        asked: set[Chunk] = set()
        for y in rows:
            for chunk in self._chunks_of(document, document.at(y)):
                if chunk not in asked and not self._decor.has(chunk):
                    asked.add(chunk)
                    yield request_for(document, chunk)

    def _chunks_of(self, document: Document, spot: Spot) -> Iterator[Chunk]:
        if spot.kind is SpotKind.CONTEXT:
            yield line_chunk(spot.file, spot.new)
        if spot.kind is not SpotKind.ROW:
            return
        for row in {spot.left, spot.right}:
            if row is not None and self._kind(row) in (RowKind.CONTEXT, RowKind.ADDED, RowKind.REMOVED):
                chunk = self._decor.chunk_of(document.index, row)
                if chunk is not None:
                    yield chunk

    def _make_colours(self, document: Document, requests: list[Request]) -> None:
        """Colour what is wanted (in a worker thread)."""
        try:
            for request in requests:
                self.post_message(self.Coloured(document, make(request)))
        finally:
            self.post_message(self.Coloured(None, None))

    def on_diff_late_coloured(self, message: Coloured) -> None:
        """Take colours that are ready and draw the rows that they are for."""
        if message.coloured is None:
            self._colouring = False
            if self._asked != (self.document, self.window):
                self.ask_for_colour()
            return
        document = message.document
        if document is None or document is not self.document:
            return
        self._decor.add(message.coloured)
        self._generation += 1
        for y in self.window:
            if message.coloured.chunk in self._chunks_of(document, document.at(y)):
                self.refresh(Region(0, y - self.scroll_offset.y, self.columns, 1))

    # What was on the screen

    def watch_units(self, units: Sequence[UnitSpan]) -> None:
        """Watch which of these parts of the change have been completely on the screen."""
        self._shown_rows = ShownRows(units)
        self.settle()

    def settle(self) -> None:
        """Begin to wait until the rows on the screen stand still: then they count as shown."""
        if not self.is_attached:
            return
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(DWELL, self._settled)

    def _settled(self) -> None:
        document = self.document
        if document is None or not self.is_on_screen or not self.screen.is_current or not self.size.height:
            return
        rows: set[int] = set()
        for y in self.window:
            spot = document.at(y)
            if spot.kind is SpotKind.TAIL and spot.file >= 0 and not document.blobs.known(spot.file):
                document.tail_gap(document.index.files[spot.file])
                self._strips.clear()
                self.refresh(Region(0, y - self.scroll_offset.y, self.columns, 1))
            if spot.kind is SpotKind.ROW:
                rows.update(self._rows_shown(spot))
        if complete := self._shown_rows.saw(rows - self._covered):
            self.units_shown(complete)

    def _rows_shown(self, spot: Spot) -> Iterator[int]:
        assert self.document is not None  # noqa: S101 - only asked of a document on the screen
        for row in {spot.left, spot.right}:
            if row is None:
                continue
            yield row
            if self._kind(row) is RowKind.FILE and not self.document.order.header_shown(spot.file):
                # Git's own header rows are told by the file's.
                yield from range(row + 1, self.document.order.body_of(spot.file))

    def units_shown(self, units: tuple[str, ...]) -> None:
        """Tell that these parts have been completely on the screen."""
