"""What a screen row of the diff view shows, and names of places that survive every change of layout.

Plain values; knows nothing of how they are found or drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from reviewer.tui.render.gap import Gap
    from reviewer.tui.render.note import Note


class SpotKind(StrEnum):
    """What stands on a screen row: a patch row (or two), the tail of a file, or something inserted."""

    ROW = "row"
    TAIL = "tail"
    CONTEXT = "context"
    NOTE = "note"
    REST = "rest"


class Place(NamedTuple):
    """A place by its content: a patch row, a file's tail, a line (`at`) of a gap, or a line of a note."""

    kind: SpotKind
    name: int | str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """One screen row.

    Attributes:
        file: number of the file, -1 for text above the first file.
        left, right: patch rows of the old and new half; equal when one row fills the width.
        paired: the row stands in a block whose removed and added rows share screen rows.
        gap, old, new: the gap and the line numbers of an opened context line.
        note, part: the note, and which of its lines.
    """

    kind: SpotKind
    file: int
    left: int | None = None
    right: int | None = None
    paired: bool = False
    gap: Gap | None = None
    old: int = 0
    new: int = 0
    note: Note | None = None
    part: int = 0

    @property
    def row(self) -> int | None:
        """The patch row to speak of: the new side's where both are there."""
        return self.left if self.right is None else self.right

    @property
    def place(self) -> Place:
        """The name of this place."""
        if self.kind is SpotKind.TAIL:
            return Place(self.kind, self.file)
        if self.kind is SpotKind.CONTEXT and self.gap is not None:
            return Place(self.kind, self.gap.key, self.new)
        if self.kind is SpotKind.NOTE and self.note is not None:
            return Place(self.kind, self.note.id, self.part)
        return Place(SpotKind.ROW, self.row or 0)
