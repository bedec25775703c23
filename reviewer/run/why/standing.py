"""Single added lines of an edit that still stand where it put them.

A line counts among enough others of the edit, beside a line that stood beside it then, or in its order with such. One
equal line anywhere else is a coincidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.why.column import Kind
from reviewer.run.why.words import line_key, weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewer.run.why.column import Cell, Column
    from reviewer.run.why.model import How
    from reviewer.run.why.patch import Block

ENOUGH = 3
"""So many lines that say something, side by side, are no coincidence."""
_BLANKS = 6
_MAX_PLACES = 64
"""A line that stands in more places than this is nobody's."""


class Standing:
    """The added lines of one block that nothing accounts for yet.

    Attributes:
        keys: of the block's lines, as a formatter leaves them.
    """

    def __init__(self, block: Block, left: list[bool], column: Column, writers: Mapping[str, set[int]]) -> None:
        """Look for the lines of `block` that are `left`; those found are not left any more.

        Args:
            block: of an edit.
            left: for each of its lines, whether it is looked for.
            column: the lines that are there now.
            writers: for each key, the edits that wrote it.
        """
        self.keys = [line_key(text) for text in block.after]
        self._block = block
        self._left = left
        self._column = column
        self._writers = writers
        self._gone = {line_key(text) for texts in block.removed.values() for text in texts}
        self._times: dict[str, int] = {}
        for key, added in zip(self.keys, block.added, strict=True):
            self._times[key] = self._times.get(key, 0) + added
        self._sure: list[tuple[int, Cell]] = []
        self._older: dict[int, bool] = {}

    def take(self) -> None:
        """Account for what stands where the edit put it, then for what stands in its order above or below that."""
        for _ in range(2):
            refused: set[int] = set()
            for n, text in enumerate(self._block.after):
                if self._left[n] and n not in refused and weight(text) > 1:
                    for cell in self._own(self.keys[n]):
                        self._try(n, cell, refused)
            if not self._sure:
                return

    def take_joined(self, first: int, last: int, cells: Sequence[Cell]) -> None:
        """Account for lines that a formatter broke or joined, unless the edit shows their place without them."""
        if not self._shows_without(cells[0], cells[-1]):
            self._left[first:last] = [False] * (last - first)
            for cell in cells:
                self._credit(cell, "after a formatter")

    def _own(self, key: str) -> list[Cell]:
        """Return the new lines with this key, if they are as few as the edit wrote and the change did not move them."""
        row = self._column.keys.get(key, {})
        if not 0 < len(row) <= _MAX_PLACES:
            return []
        self._column.spend(len(row))
        cells = [cell for cell in row if cell.kind is Kind.ADDED and cell.wanted]
        if len(cells) > self._times[key] or (key not in self._gone and self._column.ghosts_like(key)):
            return []
        return cells

    def _try(self, n: int, cell: Cell, refused: set[int]) -> None:
        """Take a line with those beside it that follow as the edit wrote them, if they stand where it put them."""
        if not self._left[n] or n in refused:
            return
        found = {n: cell}
        for step in (-1, 1):
            place, here = n + step, cell.above if step < 0 else cell.below
            while 0 <= place < len(self._left) and self._left[place] and here is not None:
                if here.kind is not Kind.ADDED or not here.wanted or here.key != self.keys[place]:
                    break
                found[place] = here
                place, here = place + step, here.above if step < 0 else here.below
        self._column.spend(len(found))
        first, last = min(found), max(found)
        only = self._writers[self.keys[n]] == {self._block.seq}
        if (
            not self._is_at_its_place(found, only=only)
            or self._is_older(cell.hunk)
            or self._shows_without(found[first], found[last])
        ):
            refused.update(found)
            return
        self._sure += [(first, found[first]), (last, found[last])]
        for place, here in found.items():
            self._left[place] = False
            self._credit(here, "line by line" if here.text == self._block.after[place] else "after a formatter")

    def _credit(self, cell: Cell, how: How) -> None:
        cell.by, cell.how, cell.soft = self._block.seq, how, False
        if cell.here:
            self._column.take_out(cell)

    def _is_at_its_place(self, found: Mapping[int, Cell], *, only: bool) -> bool:
        first, last = min(found), max(found)
        enough = sum(weight(self._block.after[place]) > 1 for place in found) >= ENOUGH
        at_home = _beside(found[first], above=True) == next_key(self.keys, first, -1)
        at_home = at_home or _beside(found[last], above=False) == next_key(self.keys, last, 1)
        if not only:
            return enough and at_home
        if enough or at_home or self._column.is_new(found[first].hunk):
            return True
        same = [(place, cell.order) for place, cell in self._sure if cell.hunk == found[first].hunk]
        order = found[first].order
        return bool(same) and all((place < first) == (other < order) for place, other in same)

    def _is_older(self, hunk: int) -> bool:
        """Return whether lines of the edit were in the file before the change: then the change came after it.

        Unless the change also removes what the edit removed: then a line only looks old by the way the two were
        compared.
        """
        known = self._older.get(hunk)
        if known is None:
            known = self._older[hunk] = not self._removes_what_was_there(hunk) and self._stands_as_old(hunk)
        return known

    def _removes_what_was_there(self, hunk: int) -> bool:
        texts = (text for texts in self._block.removed.values() for text in texts if weight(text) > 1)
        return any(ghost.hunk == hunk for text in texts for ghost in self._column.ghosts(text)[:1])

    def _stands_as_old(self, hunk: int) -> bool:
        self._column.spend(len(self.keys))
        rows = (
            self._column.keys.get(key, {})
            for key, text, added in zip(self.keys, self._block.after, self._block.added, strict=True)
            if added and weight(text) > 1 and self._writers[key] == {self._block.seq}
        )
        return any(
            cell.kind is Kind.CONTEXT and cell.hunk == hunk and cell.by is None
            for row in rows
            if len(row) <= _MAX_PLACES
            for cell in row
        )

    def _shows_without(self, first: Cell, last: Cell) -> bool:
        """Return whether the block shows the place without what was added there: then that came later."""
        above, below, steps = first.above, last.below, 0
        while above is not None and above.kind in (Kind.ADDED, Kind.PASSING):
            above, steps = above.above, steps + 1
        while below is not None and below.kind in (Kind.ADDED, Kind.PASSING):
            below, steps = below.below, steps + 1
        self._column.spend(steps)
        if above is None or below is None or Kind.GAP in (above.kind, below.kind):
            return False
        upper = _with_next(above, above=True)
        lower = _with_next(below, above=False)
        shown = [*reversed(upper), *lower]
        if shown[0] not in self._times or shown[-1] not in self._times:
            return False
        self._column.spend(len(self.keys))
        places = (n for n in range(len(self.keys) - len(shown) + 1) if list(self.keys[n : n + len(shown)]) == shown)
        return any(not any(self._block.added[n : n + len(shown)]) for n in places)


def _with_next(cell: Cell, *, above: bool) -> list[str]:
    following = cell.above if above else cell.below
    far = following is None or following.kind is Kind.GAP
    return [cell.key] if far or following is None else [cell.key, following.key]


def _beside(cell: Cell, *, above: bool) -> str | None:
    """Return the key of the next line that is not blank, None at a gap."""
    here = cell.above if above else cell.below
    for _ in range(_BLANKS):
        if here is None or here.kind is Kind.GAP:
            return None
        if here.key:
            return here.key
        here = here.above if above else here.below
    return None


def next_key(keys: Sequence[str], place: int, step: int) -> str:
    """Return the next key that is not empty; a line feed where there is none, which is no key."""
    place += step
    while 0 <= place < len(keys):
        if keys[place]:
            return keys[place]
        place += step
    return "\n"
