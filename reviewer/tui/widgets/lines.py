"""The single lines around the panes: header, footer, and the line that says where one is in the diff.

Each takes pieces from the left and from the right and draws them on one surface. Nothing moves when data arrives:
what is not known yet keeps its place as blanks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip

from reviewer.tui.row import Piece, Row, layout
from reviewer.tui.widgets.toned import Toned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.geometry import Size


class OneLine(Toned):
    """One line of pieces: some from the left, some from the right; the right ones are never cut."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._groups: tuple[tuple[Piece, ...], ...] = ()
        self._right: tuple[Piece, ...] = ()

    @property
    def text(self) -> str:
        """What the line says when there is room for all of it."""
        return "   ".join("".join(piece.text for piece in group) for group in (*self._groups, self._right))

    def show(self, groups: Sequence[Sequence[Piece]], right: Sequence[Piece] = ()) -> None:
        """Show other pieces: `groups` from the left, each whole or not at all (the first is cut), then `right`."""
        shown, end = tuple(tuple(group) for group in groups), tuple(right)
        if (shown, end) != (self._groups, self._right):
            self._groups, self._right = shown, end
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        base = self.tone("normal")
        if y:
            return Strip.blank(width, base)
        room = max(1, width - 2)
        first = sum(piece.cells for piece in self._groups[0]) if self._groups else 0
        right_cells = sum(piece.cells for piece in self._right)
        right = self._right if right_cells < max(room // 2, room - first - 1) else ()
        left = fit(self._groups, room - sum(piece.cells for piece in right) - 2)
        pieces = layout(Row(tuple(left), right), room)[0]
        segments = [Segment(" ", base)]
        segments += [Segment(piece.text, self.tone(piece.tone)) for piece in pieces]
        return Strip(segments).adjust_cell_length(width, base)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return one line."""
        del container, viewport, width
        return 1


def fit(groups: Sequence[Sequence[Piece]], width: int, gap: int = 3) -> list[Piece]:
    """Return the groups side by side, leaving out whole groups from the end that do not fit in `width` columns."""
    line: list[Piece] = list(groups[0]) if groups else []
    used = sum(piece.cells for piece in line)
    for group in groups[1:]:
        size = sum(piece.cells for piece in group) + (gap if line else 0)
        if used + size > width:
            break
        if line:
            line.append(Piece(" " * gap))
        line.extend(group)
        used += size
    return line
