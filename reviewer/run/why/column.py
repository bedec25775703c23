"""The lines of one file that the change shows, as they stood when an edit ended: a list that is taken back in time.

Begins as the file is after the change; undoing an edit takes its lines out and puts back what it had removed. Lines
between hunks are not known: a gap fits everything. Every step costs what it touches, whatever the size of the file.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from enum import IntEnum
from operator import attrgetter
from typing import TYPE_CHECKING

from reviewer.run.why.words import common, line_key, plain

__all__ = ["Cell", "Column", "Kind", "TooLargeError", "TraceCancelledError"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.run.why.model import How, HunkText

_FAR = 4_000
"""Lines that are looked past for the nearest line that was there before the change."""
_MORE = 3
_MAX_STEPS = 5_000_000
"""Lines of one file that are looked at, again and again, before it is given up (some seconds)."""
_ASK_EVERY = 50_000
_order = attrgetter("order")


class Kind(IntEnum):
    """What a cell stands for; PASSING is a line that is neither before nor after the change, only between edits."""

    GAP = 0
    CONTEXT = 1
    ADDED = 2
    REMOVED = 3
    PASSING = 4


class TooLargeError(Exception):
    """So much was changed in a file that tracing it would take too long."""


class TraceCancelledError(Exception):
    """Nobody waits for the answer any more."""


class Cell:
    """One line.

    Attributes:
        raw, text, key: the line as it is, as logs write it down, and what a formatter leaves of it.
        kind: what it is in the change.
        order: its place in the change; a passing line has that of the line above it.
        line: its number after the change, None if it has none.
        hunk: number of its hunk.
        above, below: neighbours that stand there now; None when it does not.
        here: whether it stands there now.
        sign: "+" or "-" where the change adds or removes it, else " ".
        by, how: the edit that put it in or took it out for good, and how that is known.
        soft: an edit wrote it again without changing it, as far as is known; an earlier one may account for it.
    """

    __slots__ = (
        *("above", "below", "by", "here", "how", "hunk", "key", "kind"),
        *("line", "order", "raw", "sign", "soft", "text"),
    )

    def __init__(self, kind: Kind, text: str, order: int, hunk: int, line: int | None = None) -> None:
        self.kind = kind
        self.raw = text
        self.text = plain(text)
        self.key = line_key(self.text)
        self.order = order
        self.hunk = hunk
        self.line = line
        self.above: Cell | None = None
        self.below: Cell | None = None
        self.here = False
        self.sign = "+" if kind is Kind.ADDED else "-" if kind is Kind.REMOVED else " "
        self.soft = False
        self.by: int | None = None
        self.how: How = "not traceable"

    @property
    def is_base(self) -> bool:
        """Whether the line was in the file before the change."""
        return self.kind in (Kind.CONTEXT, Kind.REMOVED)

    @property
    def wanted(self) -> bool:
        """Whether it is an added or removed line that no edit accounts for yet."""
        return self.sign != " " and (self.by is None or self.soft)


class Column:
    """The lines of a file's hunks."""

    def __init__(self, hunks: Sequence[HunkText], cancelled: Callable[[], bool] | None = None) -> None:
        """Stand as the file is after the change; `cancelled` is asked now and then."""
        self._cancelled = cancelled
        self._asks_at = _ASK_EVERY
        self.cells: list[Cell] = []
        self.texts: dict[str, dict[Cell, None]] = {}
        self.keys: dict[str, dict[Cell, None]] = {}
        self._ghosts: dict[str, list[Cell]] = {}
        self._ghost_keys: dict[str, list[Cell]] = {}
        self._steps = 0
        self._last = Cell(Kind.GAP, "", 0, -1)
        self._add(self._last)
        self._old = {number for number, hunk in enumerate(hunks) if any(line[0] != "+" for line in hunk.lines)}
        for number, hunk in enumerate(hunks):
            for sign, text, line in hunk.lines:
                kind = Kind.ADDED if sign == "+" else Kind.REMOVED if sign == "-" else Kind.CONTEXT
                self._add(Cell(kind, text, len(self.cells), number, line))
            self._add(Cell(Kind.GAP, "", len(self.cells), -1))

    def _add(self, cell: Cell) -> None:
        self.cells.append(cell)
        if cell.kind is Kind.REMOVED:
            self._keep_ghost(cell)
        else:
            self._link(cell, self._last)
            self._last = cell

    def spend(self, steps: int) -> None:
        """Count work.

        Raises:
            TooLargeError: it is too much.
            TraceCancelledError: `cancelled` said so.
        """
        self._steps += steps
        if self._steps > self._asks_at:
            self._asks_at += _ASK_EVERY
            if self._cancelled is not None and self._cancelled():
                raise TraceCancelledError
        if self._steps > _MAX_STEPS:
            raise TooLargeError

    def is_new(self, hunk: int) -> bool:
        """Return whether nothing of a hunk was in the file before the change."""
        return hunk not in self._old

    # What stands there now

    def _link(self, cell: Cell, above: Cell) -> None:
        if cell is above:
            return
        cell.above, cell.below = above, above.below
        if above.below is not None:
            above.below.above = cell
        above.below = cell
        cell.here = True
        if cell.kind is not Kind.GAP:
            self.texts.setdefault(cell.text, {})[cell] = None
            self.keys.setdefault(cell.key, {})[cell] = None

    def take_out(self, cell: Cell) -> None:
        """Take a line out; one that was there before the change can come back."""
        above, below = cell.above, cell.below
        if above is not None:
            above.below = below
        if below is not None:
            below.above = above
        cell.above = cell.below = None
        cell.here = False
        self.texts[cell.text].pop(cell, None)
        self.keys[cell.key].pop(cell, None)
        if cell.is_base:
            self._keep_ghost(cell)

    def put_back(self, texts: Sequence[str], above: Cell, hunk: int) -> list[Cell]:
        """Put lines in below `above`: those that the change removed there, else ones that only passed through."""
        ghosts = self._matching(texts, above)
        cells: list[Cell] = []
        for place, text in enumerate(texts):
            cell = ghosts.get(place)
            if cell is None:
                cell = Cell(Kind.PASSING, text, above.order, hunk)
            else:
                self._forget_ghost(cell)
            self._link(cell, above)
            cells.append(cell)
            above = cell
        return cells

    def _matching(self, texts: Sequence[str], above: Cell) -> dict[int, Cell]:
        """Return the removed lines of the changed part around `above` that some texts are, by the texts' places."""
        if not any(self._ghosts.get(text) for text in texts):
            return {}
        low, high = self._around(above)
        ghosts = [cell for cell in self.cells[low + 1 : high] if cell.kind is Kind.REMOVED and not cell.here]
        self.spend(high - low)
        blocks = common(texts, [ghost.text for ghost in ghosts])
        return {old + n: ghosts[new + n] for old, new, size in blocks for n in range(size)}

    # Lines that the change removed

    def _keep_ghost(self, cell: Cell) -> None:
        for ghosts, name in ((self._ghosts, cell.text), (self._ghost_keys, cell.key)):
            insort(ghosts.setdefault(name, []), cell, key=_order)

    def forget(self, cell: Cell) -> None:
        """Let a line that was taken out never come back."""
        self._forget_ghost(cell)

    def _forget_ghost(self, cell: Cell) -> None:
        for ghosts, name in ((self._ghosts, cell.text), (self._ghost_keys, cell.key)):
            row = ghosts[name]
            place = bisect_left(row, cell.order, key=_order)
            if place < len(row) and row[place] is cell:
                del row[place]

    def ghosts(self, text: str) -> Sequence[Cell]:
        """Return the removed lines with this text that are not back yet, in order."""
        return self._ghosts.get(text, ())

    def ghosts_like(self, key: str) -> Sequence[Cell]:
        """Return the removed lines that a formatter takes for equal."""
        return self._ghost_keys.get(key, ())

    def has_ghosts_near(self, texts: Sequence[str], above: Cell) -> list[bool]:
        """Return for each text whether a line that the change removed around a place is that."""
        rows = [self._ghosts.get(text) for text in texts]
        if not any(rows):
            return [False] * len(texts)
        low, high = self._around(above)
        self.spend(len(texts))
        return [row is not None and _has_between(row, low, high) for row in rows]

    def _around(self, above: Cell) -> tuple[int, int]:
        """Return between which places of the change lines that were removed at a place may stand.

        From the line before the change that stands nearest above, to the one nearest below, and a few more of either:
        which of equal lines are kept is another choice in each difference that anyone makes.
        """
        up: Cell | None = above
        steps, bases = 0, 0
        while up is not None and up.kind is not Kind.GAP and steps < _FAR:
            bases += up.is_base
            if bases > _MORE:
                break
            up, steps = up.above, steps + 1
        down, bases = above.below, 0
        while down is not None and down.kind is not Kind.GAP and steps < 2 * _FAR:
            bases += down.is_base
            if bases > _MORE:
                break
            down, steps = down.below, steps + 1
        self.spend(steps)
        return (-1 if up is None else up.order), (len(self.cells) if down is None else down.order)

    def revive(self, ghost: Cell) -> None:
        """Put a removed line back where the change shows it."""
        # The nearest line that is there, in the order of the change: few lines back, since hunks are short.
        place = ghost.order - 1
        while place > 0 and not self.cells[place].here:
            place -= 1
        self.spend(ghost.order - place)
        self._forget_ghost(ghost)
        self._link(ghost, self.cells[place])

    def added_runs(self) -> Iterator[list[Cell]]:
        """Yield the runs of added lines as the change has them."""
        run: list[Cell] = []
        for cell in self.cells:
            if cell.kind is Kind.ADDED:
                run.append(cell)
            elif run and cell.kind is not Kind.REMOVED:
                yield run
                run = []
        if run:
            yield run


def _has_between(row: Sequence[Cell], low: int, high: int) -> bool:
    place = bisect_right(row, low, key=_order)
    return place < len(row) and row[place].order < high
