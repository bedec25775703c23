"""Which line stands beside which, inside one paired block of the split layout.

The longer side fills the block; each line of the shorter side stands beside the line that it became, as far as the
order of both allows. Worked out when a block comes near the screen, from a bounded number of lines.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reviewer.diff.intraline import pair_lines
from reviewer.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.diff.model import DiffIndex

MAX_LINES = 48
"""Blocks with a longer side stand line by line from the top: reading them all would take too long for a frame."""
_READ = 400


def slots(index: DiffIndex, start: int, left: int, right: int) -> tuple[int, ...]:
    """Return the place in the block of each line of the shorter side, rising.

    Args:
        index: the patch.
        start: first removed row of the block; `left` removed rows, then `right` added rows.
        left: removed rows.
        right: added rows.
    """
    shorter, longer = min(left, right), max(left, right)
    if longer > MAX_LINES or left == right:
        return tuple(range(shorter))
    text = partial(_text, index)
    pairs = pair_lines(
        [text(row) for row in range(start, start + left)],
        [text(row) for row in range(start + left, start + left + right)],
    )
    wanted = pairs if left < right else [(new, old) for old, new in pairs]
    return placed(shorter, longer, wanted)


def placed(shorter: int, longer: int, wanted: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Return rising places below `longer` for `shorter` lines: the wanted one where it is free, else the next."""
    wishes = dict(wanted)
    places: list[int] = []
    for line in range(shorter):
        low = places[-1] + 1 if places else 0
        places.append(min(max(low, wishes.get(line, low)), longer - (shorter - line)))
    return tuple(places)


def _text(index: DiffIndex, row: int) -> str:
    return decode(index.raw(row, _READ)[1:])
