"""What is left of an edit that does not stand there whole any more.

A line that only one edit ever wrote is that edit's, if it stands where the edit put it: among enough others of it, or
beside a line that stood beside it then. A formatter may have changed blanks, quotes and commas, or broken and joined
lines. One equal line in another place is a coincidence, and nobody's.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from reviewer.run.why.column import Kind
from reviewer.run.why.words import line_key, run_key, weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.why.column import Cell, Column
    from reviewer.run.why.model import How
    from reviewer.run.why.patch import Block

_MIN_RUN = 24
"""Characters, without blanks, that have to be equal where lines were broken or joined."""
_ENOUGH = 3
"""So many lines that say something, side by side, are no coincidence."""
_BLANKS = 6
_MAX_PLACES = 64
"""A line that stands in more places than this is nobody's."""
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
        self._times: dict[tuple[int, str], int] = {}
        for block in blocks:
            for text, added in zip(block.after, block.added, strict=True):
                if added:
                    key = line_key(text)
                    self._writers.setdefault(key, set()).add(block.seq)
                    self._times[block.seq, key] = self._times.get((block.seq, key), 0) + 1
            for texts in block.removed.values():
                for text in texts:
                    self._takers.setdefault(line_key(text), set()).add(block.seq)
        self._joined: list[_Joined] | None = None
        self._searched = 0

    def take(self, block: Block, left: Left) -> None:
        """Account for what is left of a block, and take it out."""
        if any(left.added):
            keys = [line_key(text) for text in block.after]
            gone = {line_key(text) for texts in block.removed.values() for text in texts}
            for n, text in enumerate(block.after):
                if left.added[n] and weight(text) > 1:
                    for cell in self._own(block.seq, keys[n], gone):
                        self._take_added(block, keys, n, cell, left.added)
            for first, last in true_runs(left.added):
                self._take_joined(block, keys, first, last, left.added)
        if any(map(any, left.removed.values())):
            self._take_removed(block, left)

    def _own(self, seq: int, key: str, gone: set[str]) -> list[Cell]:
        """Return the new lines with this key, if they are as few as the edit wrote and the change did not move them."""
        row = self._column.keys.get(key, {})
        if not 0 < len(row) <= _MAX_PLACES:
            return []
        self._column.spend(len(row))
        cells = [cell for cell in row if cell.kind is Kind.ADDED and cell.wanted]
        if len(cells) > self._times[seq, key] or (key not in gone and self._column.ghosts_like(key)):
            return []
        return cells

    def _take_added(self, block: Block, keys: Sequence[str], n: int, cell: Cell, left: list[bool]) -> None:
        """Take a line with those beside it that follow as the edit wrote them, if they stand where it put them."""
        found = {n: cell}
        for step in (-1, 1):
            place, here = n + step, cell.above if step < 0 else cell.below
            while 0 <= place < len(left) and left[place] and here is not None:
                if here.kind is not Kind.ADDED or not here.wanted or here.key != keys[place]:
                    break
                found[place] = here
                place, here = place + step, here.above if step < 0 else here.below
        self._column.spend(len(found))
        first, last = min(found), max(found)
        enough = sum(weight(block.after[place]) > 1 for place in found) >= _ENOUGH
        at_home = _beside(found[first], above=True) == _next_key(keys, first, -1)
        at_home = at_home or _beside(found[last], above=False) == _next_key(keys, last, 1)
        if self._writers[keys[n]] != {block.seq}:
            if not (enough and at_home):
                return
        elif not (enough or at_home or self._column.is_new(cell.hunk)):
            return
        if self._is_older(block, keys, cell.hunk) or _shows_without(block, keys, found[first], found[last]):
            return
        for place, here in found.items():
            left[place] = False
            self._credit(block.seq, here, "line by line" if here.text == block.after[place] else "after a formatter")

    def _is_older(self, block: Block, keys: Sequence[str], hunk: int) -> bool:
        """Return whether lines of the edit were in the file before the change: then the change came after it.

        Unless the change also removes what the edit removed: then a line only looks old by the way the two were
        compared.
        """
        taken = (ghost for texts in block.removed.values() for text in texts for ghost in self._column.ghosts(text)[:1])
        if any(weight(ghost.text) > 1 and ghost.hunk == hunk for ghost in taken):
            return False
        self._column.spend(len(keys))
        rows = (
            self._column.keys.get(key, {})
            for key, text, added in zip(keys, block.after, block.added, strict=True)
            if added and weight(text) > 1 and self._writers[key] == {block.seq}
        )
        return any(
            cell.kind is Kind.CONTEXT and cell.hunk == hunk and cell.by is None
            for row in rows
            if len(row) <= _MAX_PLACES
            for cell in row
        )

    def _credit(self, seq: int, cell: Cell, how: How) -> None:
        cell.by, cell.how, cell.soft = seq, how, False
        if cell.here:
            self._column.take_out(cell)

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
            enough = sum(weight(text) > 1 for text in before[first : last + 1]) >= _ENOUGH
            at_home = _before_key(cells, start + first, -1) == _next_key(keys, first, -1)
            at_home = at_home or _before_key(cells, start + last, 1) == _next_key(keys, last, 1)
            if not (enough or at_home):
                continue
            for place in range(first, last + 1):
                ghost, wanted[place] = cells[start + place], False
                ghost.by = block.seq
                ghost.how = "line by line" if ghost.text == before[place] else "after a formatter"
                self._column.revive(ghost)

    # Lines that were broken or joined

    def _take_joined(self, block: Block, keys: Sequence[str], first: int, last: int, left: list[bool]) -> None:
        wanted = "".join(map(run_key, block.after[first:last]))
        if len(wanted) < _MIN_RUN:
            return
        if self._joined is None:
            self._joined = [_Joined(run) for run in self._column.added_runs()]
        found: list[list[Cell]] = []
        for joined in self._joined:
            self._searched += len(joined.text)
            if self._searched > _MAX_SEARCHED or len(found) > 1:
                return
            self._column.spend(1 + len(joined.text) // 4096)
            places = islice(joined.find(wanted), _MAX_PLACES)
            found += [cells for cells in places if all(cell.wanted and cell.here for cell in cells)]
        # Lines that are equal one by one were not broken: if nothing else ties them to this edit, neither does this.
        plain = [key for key in keys[first:last] if key]
        if len(found) != 1 or [cell.key for cell in found[0] if cell.key] == plain:
            return
        if not _shows_without(block, keys, found[0][0], found[0][-1]):
            left[first:last] = [False] * (last - first)
            for cell in found[0]:
                self._credit(block.seq, cell, "after a formatter")


class _Joined:
    """A run of added lines as one text without blanks, commas and brackets."""

    def __init__(self, cells: list[Cell]) -> None:
        keys = [run_key(cell.text) for cell in cells]
        self.text = "".join(keys)
        self._cells = cells
        self._starts = list(accumulate(map(len, keys), initial=0))

    def find(self, wanted: str) -> Iterator[list[Cell]]:
        """Yield the lines that hold exactly this text."""
        place = self.text.find(wanted)
        while place >= 0:
            first, last = bisect_left(self._starts, place), bisect_left(self._starts, place + len(wanted))
            if self._starts[first] == place and last < len(self._starts) and self._starts[last] == place + len(wanted):
                # A closing bracket on a line of its own belongs to what it closes.
                while last < len(self._cells) and self._cells[last].text.strip() in {")", ");", "),"}:
                    last += 1
                while first < last and self._starts[first + 1] == self._starts[first]:
                    first += 1
                yield self._cells[first:last]
            place = self.text.find(wanted, place + 1)


def _shows_without(block: Block, keys: Sequence[str], first: Cell, last: Cell) -> bool:
    """Return whether a block shows the place without what was added there: then that came later, from elsewhere."""
    above, below = first.above, last.below
    while above is not None and above.kind in (Kind.ADDED, Kind.PASSING):
        above = above.above
    while below is not None and below.kind in (Kind.ADDED, Kind.PASSING):
        below = below.below
    if above is None or below is None or Kind.GAP in (above.kind, below.kind):
        return False
    upper = _with_next(above, above=True)
    lower = _with_next(below, above=False)
    shown = [*reversed(upper), *lower]
    if shown[0] not in keys or shown[-1] not in keys:
        return False
    places = (n for n in range(len(keys) - len(shown) + 1) if list(keys[n : n + len(shown)]) == shown)
    return any(not any(block.added[n : n + len(shown)]) for n in places)


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


def _next_key(keys: Sequence[str], place: int, step: int) -> str:
    """Return the next key that is not empty; "-" where there is none, which is no key of a line beside a cell."""
    place += step
    while 0 <= place < len(keys):
        if keys[place]:
            return keys[place]
        place += step
    return "\n"


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
