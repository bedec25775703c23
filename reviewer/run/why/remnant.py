"""What is left of an edit that does not stand there whole any more.

A line that only one edit ever wrote is that edit's, if it stands where the edit put it: among enough others of it, or
beside a line that stood beside it then. A formatter may have changed blanks, quotes and commas, or broken and joined
lines. One equal line in another place is a coincidence, and nobody's.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from reviewer.run.why.column import Kind
from reviewer.run.why.joined import Joined
from reviewer.run.why.standing import ENOUGH, Standing, next_key
from reviewer.run.why.words import line_key, run_key, weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.why.column import Cell, Column
    from reviewer.run.why.patch import Block

_MIN_RUN = 24
"""Characters, without blanks, that have to be equal where lines were broken or joined."""
_MAX_PLACES = 64
_MAX_SEARCHED = 200_000_000
"""Characters of one file that are searched for broken lines before that is given up."""


class Left:
    """Which lines of a block nothing accounts for yet: by place in `after`, and by place in what it had before."""

    __slots__ = ("added", "removed")

    def __init__(self, block: Block) -> None:
        """Begin with all of them."""
        self.added = list(block.added)
        self.removed = {place: [True] * len(texts) for place, texts in block.removed.items()}


class Remnants:
    """Finds single lines of edits in one file."""

    def __init__(self, column: Column, blocks: Sequence[Block]) -> None:
        """Count which edits wrote and removed each line."""
        self._column = column
        self._writers: dict[str, set[int]] = {}
        self._takers: dict[str, set[int]] = {}
        for block in blocks:
            for text, added in zip(block.after, block.added, strict=True):
                if added:
                    self._writers.setdefault(line_key(text), set()).add(block.seq)
            for texts in block.removed.values():
                for text in texts:
                    self._takers.setdefault(line_key(text), set()).add(block.seq)
        self._joined: list[Joined] | None = None
        self._searched = 0

    def take(self, block: Block, left: Left) -> None:
        """Account for what is left of a block, and take it out."""
        if any(left.added):
            standing = Standing(block, left.added, self._column, self._writers)
            standing.take()
            for first, last in true_runs(left.added):
                self._take_joined(block, standing, first, last)
        if any(map(any, left.removed.values())):
            self._take_removed(block, left)

    # Removed lines

    def _take_removed(self, block: Block, left: Left) -> None:
        """Account for removed lines that only this edit ever took out, and for those beside them that follow."""
        before, wanted = _before(block, left)
        keys = [line_key(text) for text in before]
        cells = self._column.cells
        for n, key in enumerate(keys):
            if not wanted[n] or weight(before[n]) < 2 or self._takers.get(key) != {block.seq}:
                continue
            ghosts = self._column.ghosts_like(key)
            earlier = any(writer < block.seq for writer in self._writers.get(key, ()))
            if earlier or len(ghosts) != 1 or not ghosts[0].wanted:
                continue
            first = last = n
            start = ghosts[0].order - n
            while first > 0 and wanted[first - 1] and _follows(cells, start + first - 1, keys[first - 1]):
                first -= 1
            while last + 1 < len(keys) and wanted[last + 1] and _follows(cells, start + last + 1, keys[last + 1]):
                last += 1
            self._column.spend(last - first + 1)
            enough = sum(weight(text) > 1 for text in before[first : last + 1]) >= ENOUGH
            at_home = _before_key(cells, start + first, -1) == next_key(keys, first, -1)
            at_home = at_home or _before_key(cells, start + last, 1) == next_key(keys, last, 1)
            if not (enough or at_home):
                continue
            for place in range(first, last + 1):
                ghost, wanted[place] = cells[start + place], False
                ghost.by = block.seq
                ghost.how = "line by line" if ghost.text == before[place] else "after a formatter"
                self._column.revive(ghost)

    # Lines that were broken or joined

    def _take_joined(self, block: Block, standing: Standing, first: int, last: int) -> None:
        wanted = "".join(map(run_key, block.after[first:last]))
        if len(wanted) < _MIN_RUN:
            return
        if self._joined is None:
            self._joined = [Joined(run) for run in self._column.added_runs()]
        found: list[list[Cell]] = []
        for joined in self._joined:
            self._searched += len(joined.text)
            if self._searched > _MAX_SEARCHED or len(found) > 1:
                return
            self._column.spend(1 + len(joined.text) // 4096)
            places = islice(joined.find(wanted), _MAX_PLACES)
            found += [cells for cells in places if all(cell.wanted and cell.here for cell in cells)]
        # Lines that are equal one by one were not broken: if nothing else ties them to this edit, neither does this.
        plain = [key for key in standing.keys[first:last] if key]
        if len(found) == 1 and [cell.key for cell in found[0] if cell.key] != plain:
            standing.take_joined(first, last, found[0])


def _before_key(cells: Sequence[Cell], order: int, step: int) -> str | None:
    """Return the key of the next line, not blank, that stood before the change beside a removed one."""
    order += step
    while 0 <= order < len(cells):
        cell = cells[order]
        if cell.kind is Kind.GAP:
            return None
        if cell.sign != "+" and cell.key:
            return cell.key
        order += step
    return None


def _before(block: Block, left: Left) -> tuple[list[str], list[bool]]:
    """Return the lines that stood there before a block, and which of them it took out and nothing accounts for."""
    texts: list[str] = []
    wanted: list[bool] = []
    for place in range(len(block.after) + 1):
        texts += block.removed.get(place, ())
        wanted += left.removed.get(place, ())
        if place < len(block.after) and not block.added[place]:
            texts.append(block.after[place])
            wanted.append(False)
    return texts, wanted


def _follows(cells: Sequence[Cell], order: int, key: str) -> bool:
    if not 0 <= order < len(cells):
        return False
    cell = cells[order]
    return cell.kind is Kind.REMOVED and cell.wanted and not cell.here and cell.key == key


def true_runs(wanted: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield where runs of True begin and end."""
    first = None
    for n, is_wanted in enumerate([*wanted, False]):
        if is_wanted:
            first = n if first is None else first
        elif first is not None:
            yield first, n
            first = None
