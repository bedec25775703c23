"""Search in the diff: small patches at once, big ones in a worker that never stops the screen.

Knows the document's rows; nothing of the search field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from reviewer.diff.model import RowKind, Side
from reviewer.tui.render import moves
from reviewer.tui.render.search import Matches, compiled, matching_rows
from reviewer.tui.widgets.diff_pointer import DiffPointer

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence

    from reviewer.diff.model import DiffIndex

_SEARCH_NOW_ROWS = 20_000


class DiffSearch(DiffPointer):
    """A canvas with a cursor that can go to lines, files and matches."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next_match", "Next match", show=False, id="next_match"),
        Binding("N", "previous_match", "Previous match", show=False, id="previous_match"),
    ]

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's names
        super().__init__(name=name, id=id, classes=classes)
        self._matches = Matches()
        self._searching: str | None = None

    def searched(self, pattern: str, count: int, *, done: bool) -> None:
        """Tell how many rows match so far."""

    def search(self, pattern: str) -> int:
        """Look for plain text and go to the first match from the cursor on; return how many rows match so far.

        Small patches are searched at once. Big ones in a worker: then the count grows, and `Searched` tells of it.
        """
        self.clear_search()
        if not pattern or self.document is None:
            return 0
        self._searching, self._pattern = pattern, compiled(pattern)
        self.repaint()
        index = self.document.index
        if len(index) > _SEARCH_NOW_ROWS:
            self.run_worker(
                lambda: self._search_rows(index, pattern),
                group="search",
                exclusive=True,
                thread=True,
                exit_on_error=False,
            )
            return 0
        for found in matching_rows(index, pattern):
            self._matches.rows.extend(found)
        self._go_to_match(forward=True, here=True)
        self.searched(pattern, len(self._matches), done=True)
        return len(self._matches)

    def clear_search(self) -> None:
        """Forget the pattern and its matches."""
        if self._searching is not None:
            self._searching = self._pattern = None
            self._matches = Matches()
            self.repaint()

    @property
    def match_count(self) -> int:
        """How many rows match so far."""
        return len(self._matches)

    @property
    def match_place(self) -> int | None:
        """Which match the cursor is on, from 1 in the order of the patch; None when it is on none."""
        spot = self.cursor_spot
        return None if spot is None or spot.row is None else self._matches.ordinal(spot.row)

    def action_next_match(self) -> None:
        """Go to the next match."""
        for _ in range(self.take_count()):
            self._go_to_match(forward=True)

    def action_previous_match(self) -> None:
        """Go to the previous match."""
        for _ in range(self.take_count()):
            self._go_to_match(forward=False)

    def _search_rows(self, index: DiffIndex, pattern: str) -> None:
        """Search slice by slice (in a worker thread)."""
        worker = get_current_worker()
        for found in matching_rows(index, pattern):
            if worker.is_cancelled or self._searching != pattern:
                return
            if found:
                self.app.call_from_thread(self._take_matches, pattern, found, done=False)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._take_matches, pattern, (), done=True)

    def _take_matches(self, pattern: str, rows: array[int] | Sequence[int], *, done: bool) -> None:
        if self._searching != pattern:
            return
        first = not len(self._matches)
        self._matches.rows.extend(rows)
        if (first and len(self._matches)) or (done and not len(self._matches)):
            self._go_to_match(forward=True, here=True)
        self.searched(pattern, len(self._matches), done=done)

    def _go_to_match(self, *, forward: bool, here: bool = False) -> None:
        document, spot = self.document, self.cursor_spot
        if document is None or spot is None:
            return
        row = spot.row if spot.row is not None else 0
        found = self._matches.after(document.order, row - 1 if here and row else row, forward=forward)
        if found is None:
            self.told("No row matches." if self._searching else "Nothing is searched for yet.")
            return
        self.goto_row(found, side="old" if document.index.kind(found) is RowKind.REMOVED else "new")

    # Going places

    def goto_row(self, row: int, *, side: Side | None = None) -> None:
        """Put the cursor on a patch row."""
        if self.document is not None and 0 <= row < len(self.document.index):
            self._side = side or self._side
            self.jump(self.document.y_of_row(row))

    def goto_file(self, number: int) -> None:
        """Put the cursor on a file's header, at the top of the window."""
        if self.document is not None and 0 <= number < len(self.document.index.files):
            y = self.document.y_of_row(self.document.index.files[number].first)
            self.scroll_to(y=y, animate=False)
            self.cursor_to(y)

    def goto_line(self, line: int, *, file: int | None = None, side: Side = "new") -> bool:
        """Put the cursor on a line of a file (the cursor's file by default), opening the gap that hides it.

        Returns False when the file has no such line or nobody has the lines of the gap; then the cursor goes as near
        as it can.
        """
        document, here = self.document, self.file
        number = file if file is not None else None if here is None else here.number
        if document is None or number is None or not 0 <= number < len(document.index.files):
            return False
        with self.keeping_place():
            place = moves.line_place(document, number, side, line)
        if place is None:
            return False
        self._side = side
        self.jump(document.y_of(place))
        return self.place_of_cursor() == place
