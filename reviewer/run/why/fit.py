"""Where a recorded block stands among the lines that are there now: whole, in one place, for sure, or not at all.

A block fits where all its lines stand in one run, as far as the change shows the file. Where it fits in more than one
place, what it removed and the recorded line numbers decide; a block that says too little by itself fits nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.run.why.column import Kind
from reviewer.run.why.words import weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.run.why.column import Cell, Column
    from reviewer.run.why.model import HunkText
    from reviewer.run.why.patch import Block

_MAX_PLACES = 64
"""A line that stands in more places than this is no place to begin at."""
_DEEP = 2_000
"""Lines into a hunk up to which line numbers are counted."""
_ENOUGH = 4
"""Two lines that say something, side by side."""


@dataclass(slots=True)
class Run:
    """Lines `first`, `first` + 1, ... of a block's `after`, each at its cell.

    Attributes:
        fresh: changed lines that the edit put in and that nothing later accounts for.
        taken: removed lines of the change that the edit took out there.
        strange: lines that the edit took out there, though nobody knows of them.
        weight: how much the lines say.
    """

    first: int
    cells: list[Cell]
    fresh: int = 0
    taken: int = 0
    strange: int = 0
    weight: int = 0

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        """What makes one place better than another."""
        return bool(self.strange), -self.taken, -self.fresh, -self.weight


class Fitting:
    """Finds places for the blocks of one file, from the latest to the earliest."""

    def __init__(self, column: Column, hunks: list[HunkText], writers: Mapping[str, set[int]]) -> None:
        """Look into `column`.

        Args:
            column: the lines that are there now.
            hunks: the change.
            writers: for each text, the edits that put it in.
        """
        self._column = column
        self._writers = writers
        self._tops = [(hunk.new_start, 0) for hunk in hunks]
        self._undone: list[tuple[int, int]] = []

    def undone(self, block: Block) -> None:
        """Remember that a block is undone, for the line numbers of what stands below it."""
        if block.start is not None and block.grows:
            self._undone.append((block.start + block.first_change, block.grows))

    def runs(self, block: Block) -> list[Run]:
        """Return where a block stands, in the order of its lines; several where it reaches over hunks."""
        texts, after = self._column.texts, block.after
        places = [(len(texts[text]), n) for n, text in enumerate(after) if texts.get(text) and weight(text)]
        # Lines that the edit put in are looked for first, the rarest of them before all.
        places.sort(key=lambda place: (not block.added[place[1]], place))
        done = [False] * len(after)
        found: list[Run] = []
        for count, n in places:
            if done[n] or count > _MAX_PLACES:
                continue
            for run in self._best(block, n):
                found.append(run)
                done[run.first : run.first + len(run.cells)] = [True] * len(run.cells)
        return sorted(found, key=lambda run: (run.first, run.cells[0].order))

    def _best(self, block: Block, n: int) -> list[Run]:
        runs = [run for cell in list(self._column.texts[block.after[n]]) if (run := self._grow(block, n, cell))]
        sure = [run for run in runs if self._is_sure(block, run, alone=len(runs) == 1)]
        if not sure:
            return []
        top = min(run.rank for run in sure)
        best = [run for run in sure if run.rank == top]
        if len(best) > 1 and block.start is not None:
            # Distance counts last, since unrecorded changes shift the lines.
            return [min(best, key=lambda run: self._off(block, run))]
        # Equal in all that is known: one call may have replaced all of them. Runs share no lines.
        taken: set[int] = set()
        kept = []
        for run in best:
            if not taken.intersection(map(id, run.cells)):
                taken.update(map(id, run.cells))
                kept.append(run)
        return kept

    def _grow(self, block: Block, n: int, cell: Cell) -> Run | None:
        """Return the run around a line, None when the block ends or the file goes on in another way."""
        above = list(self._same(block, n, cell, -1))
        below = list(self._same(block, n, cell, 1))
        cells = [*reversed(above), cell, *below]
        self._column.spend(len(cells) + 2)
        first, last = n - len(above), n + len(below)
        up, down = cells[0].above, cells[-1].below
        if first > 0 and up is not None and up.kind is not Kind.GAP:
            return None
        if last + 1 < len(block.after) and down is not None and down.kind is not Kind.GAP:
            return None
        run = Run(first, cells)
        self._weigh(block, run)
        return run

    def _same(self, block: Block, n: int, cell: Cell, step: int) -> Iterator[Cell]:
        after = block.after
        here: Cell | None = cell
        while here is not None:
            n += step
            here = here.above if step < 0 else here.below
            if not 0 <= n < len(after) or here is None or here.kind is Kind.GAP or here.text != after[n]:
                return
            yield here

    def _weigh(self, block: Block, run: Run) -> None:
        last = run.first + len(run.cells)
        run.weight = sum(map(weight, block.after[run.first : last]))
        run.fresh = sum(
            cell.wanted or (cell.kind is Kind.PASSING and cell.by is not None)
            for cell, added in zip(run.cells, block.added[run.first : last], strict=True)
            if added
        )
        for place, texts in block.removed.items():
            if not run.first <= place <= last:
                continue
            here = run.cells[place - run.first] if place < last else run.cells[-1]
            above = here.above if place < last and here.above is not None else here
            near = self._column.has_ghosts_near(texts, above)
            for text, is_near in zip(texts, near, strict=True):
                if is_near:
                    run.taken += 1
                elif weight(text) and not any(seq < block.seq for seq in self._writers.get(text, ())):
                    run.strange += 1

    def _is_sure(self, block: Block, run: Run, *, alone: bool) -> bool:
        if not run.weight:
            return False
        if run.taken:
            return True
        if run.fresh and not run.strange and run.weight >= _ENOUGH:
            return True
        last = run.first + len(run.cells)
        only = any(
            added and weight(text) > 1 and len(self._writers.get(text, ())) == 1
            for text, added in zip(block.after[run.first : last], block.added[run.first : last], strict=True)
        )
        if run.fresh and alone and (only or run.weight >= _ENOUGH):
            return True
        # Too little to tell by itself, or nothing of the change (worth undoing for what stands below it): only at its
        # very place.
        return self._off(block, run) == 0

    def _off(self, block: Block, run: Run) -> int:
        """Return how many lines a place is from the recorded one; very many where none is recorded."""
        line = None if block.start is None else self._line_of(run.cells[0])
        return _DEEP**2 if line is None or block.start is None else abs(line - block.start - run.first)

    def _line_of(self, cell: Cell) -> int | None:
        """Return the number that a line has at the moment that is looked at, None deep inside a long hunk."""
        above, steps = cell.above, 0
        while above is not None and above.kind is not Kind.GAP and steps < _DEEP:
            above, steps = above.above, steps + 1
        self._column.spend(steps)
        return None if steps == _DEEP else self._top_of(cell.hunk) + steps

    def _top_of(self, hunk: int) -> int:
        top, known = self._tops[hunk]
        later = self._undone[known:]
        for change, grows in later:
            if change < top:
                top -= grows
        self._column.spend(len(later) // 8)
        self._tops[hunk] = (top, len(self._undone))
        return top
