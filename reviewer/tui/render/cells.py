"""Text and its classes by column: cutting at columns, marking ranges, the mark of more text on the right.

Knows widths of characters; nothing of rows or the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from reviewer.tui.render.look import FAINT

if TYPE_CHECKING:
    from rich.style import Style

    from reviewer.tui.render.shown import Shown


def faint_codes(shown: Shown) -> bytearray:
    """Return plain classes for a line, its faint ranges marked."""
    codes = bytearray(len(shown.text))
    for start, end in shown.faint:
        codes[start:end] = bytes((FAINT,)) * (end - start)
    return codes


def mark(codes: bytearray, start: int, end: int, flag: int) -> None:
    """Set a flag on a range of characters."""
    for place in range(start, min(end, len(codes))):
        codes[place] |= flag


def with_end_mark(segments: list[Segment], style: Style) -> list[Segment]:
    """Return segments with the last column replaced by the mark of more text on the right."""
    last = segments[-1]
    kept = set_cell_size(last.text, cell_len(last.text) - 1)
    return [*segments[:-1], Segment(kept, last.style), Segment("›", style)]


def cut_columns(text: str, codes: bytes, left: int, room: int) -> tuple[str, bytes, int]:
    """Return the characters in columns `left` to `left + room` and their codes, blanks for halves of wide ones."""
    out: list[str] = []
    kept = bytearray()
    column = used = 0
    for character, code in zip(text, codes, strict=True):
        size = cell_len(character)
        begin, column = column, column + size
        if column <= left and not (size == 0 and begin == left):
            continue
        if column > left + room:
            break
        if begin < left:
            out.append(" " * (column - left))
            kept += bytes((code,)) * (column - left)
            used += column - left
            continue
        out.append(character)
        kept.append(code)
        used += size
    return "".join(out), bytes(kept), used
