"""Lines that a patch leaves out between its hunks, and how much of them is opened.

Knows hunk headers and line counts; the lines themselves come from whoever holds the packet's blobs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.diff.model import FileSpan, HunkSpan

STEP = 20
"""Lines that one step opens at each side of a gap."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines left out above a hunk, or behind a file's last one (`hunk` None).

    Attributes:
        file: number of the file.
        hunk: number of the hunk below the gap.
        old_first, new_first: line number of the first line left out, on each side.
        count: lines left out.
        leading: the gap is at the top of its file.
    """

    file: int
    hunk: int | None
    old_first: int
    new_first: int
    count: int
    leading: bool = False

    @property
    def key(self) -> int:
        """A number that names the gap as long as the patch is the same."""
        return -1 - self.file if self.hunk is None else self.hunk


@dataclass(frozen=True, slots=True)
class Opened:
    """How many lines of a gap are shown: `top` below the hunk above it, `bottom` above the hunk below it."""

    top: int = 0
    bottom: int = 0

    @property
    def total(self) -> int:
        """Lines shown."""
        return self.top + self.bottom


def gap_above(file: FileSpan, hunk: HunkSpan, above: HunkSpan | None) -> Gap:
    """Return the gap above `hunk`; `above` is the hunk before it in the same file."""
    old_first, new_first = (1, 1) if above is None else _behind(above)
    count = _start(hunk.new_start, hunk.new_count) - new_first
    return Gap(file.number, hunk.number, old_first, new_first, max(0, count), leading=above is None)


def gap_behind(file: FileSpan, last: HunkSpan, lines: int) -> Gap:
    """Return the gap behind the last hunk of a file whose new side has `lines` lines."""
    old_first, new_first = _behind(last)
    return Gap(file.number, None, old_first, new_first, max(0, lines - new_first + 1))


def widen(gap: Gap, opened: Opened, *, whole: bool = False) -> Opened:
    """Return the gap opened by one step more: `STEP` lines at each side that has a hunk, or all that is left."""
    left = gap.count - opened.total
    sides = (gap.hunk is not None) + (not gap.leading)
    if whole or left <= STEP * sides:
        # At the top of a file the lines belong to the hunk below; everywhere else they go on from above.
        return Opened(opened.top, opened.bottom + left) if gap.leading else Opened(opened.top + left, opened.bottom)
    return Opened(
        opened.top + (0 if gap.leading else STEP),
        opened.bottom + (0 if gap.hunk is None else STEP),
    )


def _start(start: int, count: int) -> int:
    # A side without lines names the line before it (git-diff-generate-patch, "combined" aside).
    return start if count else start + 1


def _behind(hunk: HunkSpan) -> tuple[int, int]:
    return (
        _start(hunk.old_start, hunk.old_count) + hunk.old_count,
        _start(hunk.new_start, hunk.new_count) + hunk.new_count,
    )
