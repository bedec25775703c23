"""Where the cursor goes: lines that can be stood on, hunks and files in reading order, notes.

Knows the document; nothing of scrolling or widgets. Every answer is a screen row, or None when there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.diff.model import RowKind
from reviewer.tui.render.blocks import kinds_of
from reviewer.tui.render.pieces import gap_text
from reviewer.tui.render.place import Place, SpotKind

if TYPE_CHECKING:
    from reviewer.diff.model import Side
    from reviewer.tui.render.document import Document
    from reviewer.tui.render.note import Note
    from reviewer.tui.render.place import Spot

_CHANGED = (int(RowKind.ADDED), int(RowKind.REMOVED))


def is_stop(document: Document, y: int) -> bool:
    """Return whether the cursor may stand on a screen row: not inside notes, nor on empty rows."""
    spot = document.at(y)
    if spot.kind is SpotKind.NOTE:
        return spot.part == 0
    if spot.kind is SpotKind.TAIL:
        return has_tail_gap(document, spot)
    return spot.kind is not SpotKind.REST


def has_tail_gap(document: Document, spot: Spot) -> bool:
    """Return whether lines behind a file's last hunk can be opened, as far as that is known by now."""
    if spot.file < 0 or not document.blobs.known(spot.file):
        return False
    gap = document.tail_gap(document.index.files[spot.file])
    return gap is not None and bool(gap_text(gap, document.opened(gap)))


def near_stop(document: Document, y: int, step: int) -> int | None:
    """Return the first stop from `y` on in the direction of `step` (1 or -1), `y` included."""
    while 0 <= y < document.height:
        if is_stop(document, y):
            return y
        y += step
    return None


def step_lines(document: Document, y: int, lines: int) -> int:
    """Return the stop `lines` stops away (less at an end)."""
    step = 1 if lines > 0 else -1
    for _ in range(abs(lines)):
        following = near_stop(document, y + step, step)
        if following is None:
            break
        y = following
    return y


def first_change(document: Document, hunk: int) -> int:
    """Return the first added or removed row of a hunk (a patch row, not a screen row)."""
    span = document.index.hunk(hunk)
    for place, kind in enumerate(kinds_of(document.index, span.first, span.last)):
        if kind in _CHANGED:
            return span.first + place
    return span.first


def next_part(document: Document, y: int, step: int) -> int | None:
    """Return the screen row of the next (or previous) hunk, across files; a file without hunks counts as one."""
    index, order = document.index, document.order
    spot = document.at(y)
    if spot.file >= 0:
        span = index.files[spot.file]
        numbers = range(span.hunk_first, span.hunk_last)
        for number in numbers if step > 0 else reversed(numbers):
            here = document.y_of_row(first_change(document, number))
            if (here - y) * step > 0:
                return here
    position = order.position_of(spot.file) if spot.file >= 0 else -1
    while 0 <= (position := position + step) < len(order.files):
        span = index.files[order.files[position]]
        if not span.hunk_count:
            return document.y_of_row(span.first)
        return document.y_of_row(first_change(document, span.hunk_first if step > 0 else span.hunk_last - 1))
    return None


def part_extent(document: Document, y: int) -> tuple[int, int]:
    """Return the first and last screen row of the hunk at a screen row; the row itself outside of hunks."""
    spot = document.at(y)
    hunk = None if spot.row is None else document.index.hunk_at(spot.row)
    if hunk is None:
        return y, y
    return document.y_of_row(hunk.first), document.y_of_row(min(hunk.last, len(document.index)) - 1)


def next_file(document: Document, y: int, step: int) -> int | None:
    """Return the screen row of the next file's header; backwards, first that of the file one is in."""
    order = document.order
    spot = document.at(y)
    position = order.position_of(spot.file) if spot.file >= 0 else -1
    if step < 0 and spot.file >= 0 and y > document.y_of_row(order.extent_of(spot.file)[0]):
        position += 1
    position += step
    if not 0 <= position < len(order.files):
        return None
    return document.y_of_row(order.extent_of(order.files[position])[0])


def next_note(document: Document, y: int, step: int) -> tuple[int, Note] | None:
    """Return the next (or previous) note and the screen row that it stands at."""
    spot = document.at(y)
    anchors = document.note_anchors()
    if spot.kind is SpotKind.NOTE and spot.note is not None:
        place = next((n for n, (_, note) in enumerate(anchors) if note.id == spot.note.id), -1) + step
        return anchors[place] if 0 <= place < len(anchors) else None
    found = [anchor for anchor in anchors if (anchor[0] - y) * step > 0]
    if not found:
        return None
    return found[0] if step > 0 else found[-1]


def line_place(document: Document, file: int, side: Side, line: int, *, open_gap: bool = True) -> Place | None:
    """Return the place of a line of a file; a gap that hides it is opened when `open_gap` says so."""
    span = document.index.files[file]
    row = document.index.row_of_line(span, side, line)
    if row is not None:
        return Place(SpotKind.ROW, row)
    gaps = [document.hunk_gap(document.index.hunk(n).first) for n in range(span.hunk_first, span.hunk_last)]
    for gap in (*gaps, document.tail_gap(span)):
        if gap is None:
            continue
        skip = line - (gap.old_first if side == "old" else gap.new_first)
        if 0 <= skip < gap.count:
            if open_gap:
                document.open_gap(gap, whole=True)
            return Place(SpotKind.CONTEXT, gap.key, gap.new_first + skip)
    return None


def line_of(document: Document, spot: Spot, side: Side) -> tuple[Side, int] | None:
    """Return the side and line number that a screen row stands for: of `side` where it has one, else of the other."""
    if spot.kind is SpotKind.CONTEXT:
        return side, spot.old if side == "old" else spot.new
    if spot.kind is not SpotKind.ROW:
        return None
    for wanted, row in ((side, spot.left if side == "old" else spot.right), (side, spot.row), (None, spot.left)):
        if row is None:
            continue
        old, new = document.index.numbers(row)
        number = old if wanted == "old" else new
        if number is not None and wanted is not None:
            return wanted, number
        if new is not None:
            return "new", new
        if old is not None:
            return "old", old
    return None
