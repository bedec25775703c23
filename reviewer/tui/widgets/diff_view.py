"""The diff under review: one cursor over a column of rows, unified or side by side, of any size.

Takes an index, blobs and notes; gives messages. Opens no file, knows no packet, journal or other widget.

Data in: `load`, `grow`, `set_order`, `set_units`, `set_marks`, `cover`, `uncover`. Looks: `mode`, `wrap`, `words`,
`numbers`. Going places: `goto_row`, `goto_file`, `goto_line`, `goto_note`, the actions of `BINDINGS` (each takes the
count given to `add_count_digit`). Search: `search`, `clear_search`, `match_count`, `match_place`. Reading: `file`,
`cursor_spot`, `location`, `selection`, `selected_text`. Messages out: `CursorMoved`, `HunkShown`, `SelectionChanged`,
`NoteActivated`, `Searched`, `Told`.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from reviewer.tui.render import moves
from reviewer.tui.render.document import Document
from reviewer.tui.render.note import Note
from reviewer.tui.widgets.diff_canvas import Mode
from reviewer.tui.widgets.diff_search import DiffSearch
from reviewer.tui.widgets.diff_select import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from reviewer.diff.model import DiffIndex, FileSpan, HunkSpan, Side
    from reviewer.tui.render.place import Place, Spot
    from reviewer.tui.render.seen import UnitSpan

__all__ = ["DiffView", "Lines", "Mode", "Note"]

_NEXT_MODE: dict[Mode, Mode] = {"auto": "unified", "unified": "split", "split": "auto"}


class DiffView(DiffSearch):
    """Shows a patch; every patch line is shown exactly once in every mode."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "cycle_mode", "Unified, split, auto", show=False, id="cycle_mode"),
        Binding("w", "toggle_wrap", "Wrap the line", show=False, id="toggle_wrap"),
        Binding("W", "toggle_words", "Changed words", show=False, id="toggle_words"),
        Binding("L", "toggle_numbers", "Line numbers", show=False, id="toggle_numbers"),
    ]

    @dataclass
    class CursorMoved(Message):
        """The cursor is on another row; `line` is None where the row is no line of the file, `row` is a patch row."""

        file: FileSpan | None
        hunk: HunkSpan | None
        side: Side
        line: int | None
        row: int | None

    @dataclass
    class HunkShown(Message):
        """These units have been completely on the screen; each is told once."""

        units: tuple[str, ...]

    @dataclass
    class SelectionChanged(Message):
        """Other lines are selected, or none."""

        lines: Lines | None

    @dataclass
    class NoteActivated(Message):
        """A note was opened or folded by the person, named by its id."""

        note: str

    @dataclass
    class Searched(Message):
        """So many rows match so far; `done` when all were looked at."""

        pattern: str
        count: int
        done: bool

    @dataclass
    class Told(Message):
        """Something could not be done: one sentence for the person."""

        sentence: str

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's names
        super().__init__(name=name, id=id, classes=classes)
        self._seen_units: frozenset[str] = frozenset()
        self._units: tuple[UnitSpan, ...] = ()
        self._firsts: list[int] = []
        self._last_told: tuple[Place, Side] | None = None

    # Data in

    def load(self, index: DiffIndex, *, blob: Callable[[FileSpan, Side], bytes | None] | None = None) -> None:
        """Show a patch from its top; what was shown before is forgotten.

        Args:
            index: the patch's rows; it may still be growing.
            blob: gives the bytes of one side of a file, None when nobody has them. Called in the drawing thread, and
                only for a file that is on the screen or asked for.
        """
        self.clear_search()
        self.document = Document(index, blob)
        self._decor.clear()
        self._covered = set()
        self._anchor = self._selected = self._asked = self._last_told = self._place = None
        self._sideways = self._cursor = 0
        self._apply_mode()
        self._fit()
        self.scroll_to(y=0, animate=False)
        self.cursor_to(0)

    def grow(self, index: DiffIndex) -> None:
        """Take in what the index has found since; the cursor and the window stay on their content."""
        document = self.document
        if document is None or document.index is not index:
            self.load(index, blob=None if document is None else document.blobs.source)
            return
        with self.keeping_place():
            document.grow()

    def set_order(self, order: Sequence[int]) -> None:
        """Read files in this order of their numbers; files left out follow. The cursor stays on its content."""
        if self.document is not None:
            with self.keeping_place():
                self.document.set_order(order)
            # The same window shows other rows now.
            self._asked = None

    def set_units(self, units: Iterable[UnitSpan]) -> None:
        """Give the units that marks and `HunkShown` speak of (`diff.anchor.review_units`)."""
        self._units = tuple(sorted(units, key=lambda unit: unit.first))
        self._firsts = [unit.first for unit in self._units]
        self._mark_seen()
        self.watch_units(self._units)

    def set_marks(self, seen: frozenset[str] = frozenset(), notes: Sequence[Note] = ()) -> None:
        """Show which units are marked as seen, and these notes. Which notes are unfolded stays."""
        if seen != self._seen_units:
            self._seen_units = seen
            self._mark_seen()
        if self.document is not None and tuple(notes) != self.document.marks.notes:
            with self.keeping_place():
                self.document.set_notes(notes)
            self._asked = None

    def set_hunk_words(self, words: Mapping[int, str]) -> None:
        """Show a few words in the rows of hunks, by the hunk's place among all, where there is room for them."""
        if self.document is not None and words != self.document.hunk_words:
            self.document.hunk_words = words
            self.repaint()

    def set_hunk_marks(self, marks: Mapping[int, tuple[str, bool]]) -> None:
        """Show in the rows of hunks whether a test defends them: words, and whether all is well, by place."""
        if self.document is not None and marks != self.document.hunk_marks:
            self.document.hunk_marks = marks
            self.repaint()

    def cover(self, rows: Collection[int]) -> None:
        """Hide the text of these patch rows until `uncover`, or Enter on them. A covered row was not on the screen."""
        self._covered = set(rows)
        self.repaint()

    def uncover(self, row: int) -> None:
        """Show the text of a covered patch row."""
        self._covered.discard(row)
        self.repaint()
        self.settle()

    def add_count_digit(self, digit: int) -> None:
        """Take one more digit of the count that the next action uses."""
        self._count = min(10_000_000, self._count * 10 + digit)

    @property
    def pending_count(self) -> int:
        """The count typed so far, 0 without one."""
        return self._count

    def _mark_seen(self) -> None:
        """Mark the first row of each seen unit; a file's own row only when all of the file is seen."""
        seen = [unit for unit in self._units if unit.id in self._seen_units] if self._seen_units else []
        rows = {unit.first for unit in seen}
        for file in {file for unit in seen if (file := self._file_of(unit)) is not None}:
            low, high = (bisect_left(self._firsts, row) for row in (file.first, file.last))
            if all(unit.id in self._seen_units for unit in self._units[low:high]):
                rows.add(file.first)
            else:
                rows.discard(file.first)
        self._seen_rows = frozenset(rows)
        self.repaint()

    def _file_of(self, unit: UnitSpan) -> FileSpan | None:
        document = self.document
        return None if document is None or unit.first >= len(document.index) else document.index.file_at(unit.first)

    # Looks

    @property
    def mode(self) -> Mode:
        """How the sides stand: "unified", "split", or "auto" by width."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._mode = mode
        self._apply_mode()

    @property
    def is_split(self) -> bool:
        """Whether both sides stand beside each other now."""
        return self.document is not None and self.document.split

    @property
    def wrap(self) -> bool:
        """Whether the long line under the cursor unfolds in place (unified only)."""
        return self._wrap

    @wrap.setter
    def wrap(self, wrap: bool) -> None:
        self._wrap = wrap
        self._unfold_rest()

    @property
    def words(self) -> bool:
        """Whether changed words are marked."""
        return self._words

    @words.setter
    def words(self, words: bool) -> None:
        self._words = words
        self.repaint()

    @property
    def numbers(self) -> bool:
        """Whether line numbers are shown."""
        return self._numbers

    @numbers.setter
    def numbers(self, numbers: bool) -> None:
        self._numbers = numbers
        with self.keeping_place():
            pass

    def action_cycle_mode(self) -> None:
        """Change between unified, split and automatic."""
        self.mode = _NEXT_MODE[self._mode]

    def action_toggle_wrap(self) -> None:
        """Unfold the long line under the cursor, or not."""
        self.wrap = not self.wrap

    def action_toggle_words(self) -> None:
        """Mark changed words, or not."""
        self.words = not self.words

    def action_toggle_numbers(self) -> None:
        """Show line numbers, or not."""
        self.numbers = not self.numbers

    # Messages out

    def cursor_moved(self, spot: Spot) -> None:
        """Post `CursorMoved` when the place is another one."""
        document = self.document
        if document is None or (key := (spot.place, self._side)) == self._last_told:
            return
        self._last_told = key
        found = moves.line_of(document, spot, self._side)
        self.post_message(
            self.CursorMoved(
                document.index.files[spot.file] if spot.file >= 0 else None,
                document.index.hunk_at(spot.row) if spot.row is not None else None,
                found[0] if found else self._side,
                found[1] if found else None,
                spot.row,
            )
        )

    def units_shown(self, units: tuple[str, ...]) -> None:
        """Post `HunkShown`."""
        self.post_message(self.HunkShown(units))

    def selection_changed(self, lines: Lines | None) -> None:
        """Post `SelectionChanged`."""
        self.post_message(self.SelectionChanged(lines))

    def note_activated(self, note: str) -> None:
        """Post `NoteActivated`."""
        self.post_message(self.NoteActivated(note))

    def searched(self, pattern: str, count: int, *, done: bool) -> None:
        """Post `Searched`."""
        self.post_message(self.Searched(pattern, count, done))

    def told(self, sentence: str) -> None:
        """Post `Told`."""
        self.post_message(self.Told(sentence))
