"""The edits of one file taken back, from the latest to the first, to see which of them made each changed line.

What stands in a file as an edit left it is that edit's; what it had removed is then there again for earlier ones. Lines
whose edit does not stand there whole any more are told by what only that edit ever wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run.why.column import Column, Kind
from reviewer.run.why.fit import Fitting
from reviewer.run.why.remnant import Left, Remnants, true_runs
from reviewer.run.why.words import weight

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.run.why.column import Cell
    from reviewer.run.why.fit import Run
    from reviewer.run.why.model import How, HunkText
    from reviewer.run.why.patch import Block

_NEAR = 400
"""Lines that one edit put in, up to which the change may show an equal one beside them as new."""


@dataclass(slots=True)
class Trail:
    """What is known of one hunk.

    Attributes:
        lines: how many by the edit that accounts for them; added: how many of them are new.
        ways: how the added lines are accounted for; taken: how the removed ones are.
        before: earlier edits that later ones wrote over.
    """

    lines: dict[int, int] = field(default_factory=dict)
    added: dict[int, int] = field(default_factory=dict)
    ways: set[How] = field(default_factory=set)
    taken: set[How] = field(default_factory=set)
    before: set[int] = field(default_factory=set)


class Replay:
    """Takes the blocks of one file back.

    Attributes:
        column: the lines of the file.
        blocks: of all edits of the file, in order.
        before: by hunk, edits that have a part in it though none of its lines is theirs.
    """

    def __init__(
        self, hunks: Sequence[HunkText], blocks: Sequence[Block], cancelled: Callable[[], bool] | None = None
    ) -> None:
        """Stand at the end of the run.

        Args:
            hunks: of one file of the change.
            blocks: of all edits of that file, in order.
            cancelled: asked now and then.
        """
        self.column = Column(hunks, cancelled)
        self.blocks = blocks
        writers: dict[str, set[int]] = {}
        for block in blocks:
            for text, added in zip(block.after, block.added, strict=True):
                if added:
                    writers.setdefault(text, set()).add(block.seq)
        self._fitting = Fitting(self.column, list(hunks), writers)
        self._remnants = Remnants(self.column, blocks)
        self.before: dict[int, set[int]] = {}
        self._lent: dict[Cell, int] = {}

    def run(self) -> None:
        """Take all back.

        Raises:
            TooLargeError: it would take too long.
            TraceCancelledError: `cancelled` said so.
        """
        for block in reversed(self.blocks):
            runs = self._fitting.runs(block)
            whole = block.writes_whole and any(cell.is_base for run in runs for cell in run.cells)
            left = Left(block)
            for run in runs:
                if whole:
                    self._written_again(block, run)
                else:
                    self._undo(block, run, left)
                left.added[run.first : run.first + len(run.cells)] = [False] * len(run.cells)
            self._remnants.take(block, left)
            self._fitting.undone(block)
        for cell, seq in self._lent.items():
            if cell.by is None:
                cell.by, cell.how = seq, "exact"

    def trails(self, count: int) -> list[Trail]:
        """Return what is known of each of `count` hunks by now."""
        trails = [Trail() for _ in range(count)]
        for cell in self.column.cells:
            if cell.sign != " " and cell.by is not None:
                trail = trails[cell.hunk]
                trail.lines[cell.by] = trail.lines.get(cell.by, 0) + 1
                trail.added[cell.by] = trail.added.get(cell.by, 0) + (cell.sign == "+")
                (trail.taken if cell.sign == "-" else trail.ways).add(cell.how)
        for hunk, earlier in self.before.items():
            trails[hunk].before |= earlier - trails[hunk].lines.keys()
        return trails

    def _written_again(self, block: Block, run: Run) -> None:
        """Account for lines of a file that was written as a whole: nobody recorded which of them are new."""
        low, high = run.cells[0].order, run.cells[-1].order
        self.column.spend(high - low)
        for cell in self.column.cells[low : high + 1]:
            if cell.wanted:
                cell.by, cell.how, cell.soft = block.seq, "whole file written", True

    def _undo(self, block: Block, run: Run, left: Left) -> None:
        counts = bool(run.fresh or run.taken)
        added = block.added[run.first : run.first + len(run.cells)]
        if counts:
            self._lend(block.seq, run.cells, added)
        for first, last in true_runs(added):
            self._slide(block.seq, run.cells[first:last])
        # An edit that put in what was there before the change is older than the change, and none of its history.
        older = any(
            is_added and cell.is_base and weight(cell.text) > 1 for cell, is_added in zip(run.cells, added, strict=True)
        )
        above = run.cells[0].above or self.column.cells[0]
        hunk = run.cells[0].hunk
        for place, cell in enumerate(run.cells, run.first):
            above = self._put_back(block, place, above, hunk, left, counts=counts)
            if block.added[place]:
                self._take(block.seq, cell, older=older)
            else:
                above = cell
        self._put_back(block, run.first + len(run.cells), above, hunk, left, counts=counts)

    def _lend(self, seq: int, cells: Sequence[Cell], added: Sequence[bool]) -> None:
        """Remember new lines that an edit left as they were, between lines that it put in.

        Where much was moved, the change may show as new what the edit kept, and as kept what it wrote.
        """
        marks = [place for place, is_added in enumerate(added) if is_added]
        for place in range(marks[0], marks[-1]) if marks else ():
            if not added[place] and cells[place].wanted:
                self._lent.setdefault(cells[place], seq)

    def _slide(self, seq: int, cells: Sequence[Cell]) -> None:
        """Where the change shows the lines beside what an edit put in as new, and not some of those, it means the same.

        A new function between two others begins or ends with a brace that either side could call its own.
        """
        size = min(len(cells), _NEAR)
        # As many lines as are shown as old at one end have to be shown as new beyond the other.
        for row, above in ((cells, False), (cells[::-1], True)):
            kept = next((place for place, cell in enumerate(row) if cell.kind is not Kind.CONTEXT), len(row))
            if not 0 < kept < len(row):
                continue
            beside = _beside(row[-1], min(kept, size), above=above)
            self.column.spend(kept)
            pairs = list(zip(row[:kept], beside, strict=False))
            if len(pairs) == kept and all(near.text == cell.text and _is_free(near) for cell, near in pairs):
                for cell, near in pairs:
                    self._credit(seq, near, "exact")
                    near.kind, cell.kind = Kind.CONTEXT, Kind.PASSING

    def _put_back(self, block: Block, place: int, above: Cell, hunk: int, left: Left, *, counts: bool) -> Cell:
        texts = block.removed.get(place)
        if not texts:
            return above
        for number, cell in enumerate(self.column.put_back(texts, above, hunk)):
            if cell.kind is not Kind.PASSING:
                left.removed[place][number] = False
            elif counts:
                cell.by = block.seq
            if cell.wanted:
                self._credit(block.seq, cell, "exact")
            above = cell
        return above

    def _take(self, seq: int, cell: Cell, *, older: bool) -> None:
        if cell.wanted:
            self._credit(seq, cell, "exact")
        elif cell.kind is Kind.PASSING and cell.by is not None and not older and weight(cell.text) > 1:
            # A later edit of this hunk wrote over it.
            self.before.setdefault(cell.hunk, set()).add(seq)
        self.column.take_out(cell)

    def _credit(self, seq: int, cell: Cell, how: How) -> None:
        if cell.by is not None:
            self.before.setdefault(cell.hunk, set()).add(cell.by)
        cell.by, cell.how, cell.soft = seq, how, False


def _beside(cell: Cell, count: int, *, above: bool) -> list[Cell]:
    """Return the lines next to a line that stand there now, the nearest first, up to the next gap."""
    found: list[Cell] = []
    here = cell.above if above else cell.below
    while here is not None and here.kind is not Kind.GAP and len(found) < count:
        found.append(here)
        here = here.above if above else here.below
    return found


def _is_free(cell: Cell) -> bool:
    return cell.kind is Kind.ADDED and cell.by is None
