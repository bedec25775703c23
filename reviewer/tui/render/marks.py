"""Which place of the patch each note belongs to, and which notes are unfolded.

A note on a line that no hunk shows belongs to the gap that hides the line. Knows the index and notes; nothing of the
screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.tui.render.gap import gap_above, gap_behind
from reviewer.tui.render.place import Place, SpotKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.diff.model import DiffIndex, FileSpan
    from reviewer.tui.render.note import Note


class Marks:
    """The notes of a patch by place. Comments stand open until folded, findings folded until opened."""

    def __init__(self, index: DiffIndex) -> None:
        """Start without notes."""
        self._index = index
        self.notes: tuple[Note, ...] = ()
        self.anchors: dict[str, Place] = {}
        self.by_place: dict[Place, list[Note]] = {}
        self._folded: dict[str, bool] = {}

    def place(self, notes: Sequence[Note]) -> None:
        """Find the place of every note; one whose file is not in the patch has none and is not shown."""
        self.notes = tuple(notes)
        self.anchors = {}
        self.by_place = {}
        if not self.notes:
            return
        wanted = {note.file for note in self.notes}
        files: dict[str, FileSpan] = {}
        for file in self._index.files:
            for path in (file.old_path, file.path):
                if path in wanted:
                    files[path] = file
        for note in self.notes:
            if (span := files.get(note.file)) is not None and span.first < len(self._index):
                place = self._anchor(note, span)
                self.anchors[note.id] = place
                self.by_place.setdefault(place, []).append(note)

    def folded(self, note: Note) -> bool:
        """Return whether a note is folded into its glyph."""
        return self._folded.get(note.id, note.severity is not None)

    def fold(self, note: str, *, folded: bool) -> None:
        """Fold or unfold a note."""
        self._folded[note] = folded

    def lines_of_gap(self, gap: int) -> list[int]:
        """Return the lines (new side) of a gap that have notes, rising."""
        return sorted({place.at for place in self.by_place if place.kind is SpotKind.CONTEXT and place.name == gap})

    def _anchor(self, note: Note, file: FileSpan) -> Place:
        header = Place(SpotKind.ROW, file.first)
        if note.line is None:
            return header
        # A note on several lines stands below the last of them that is shown.
        for line in dict.fromkeys((note.end_line or note.line, note.line)):
            row = self._index.row_of_line(file, note.side, line)
            if row is not None and row < len(self._index):
                return Place(SpotKind.ROW, row)
        return self._in_gap(note, file, note.line) or header

    def _in_gap(self, note: Note, file: FileSpan, line: int) -> Place | None:
        above = None
        for number in range(file.hunk_first, file.hunk_last):
            hunk = self._index.hunk(number)
            gap = gap_above(file, hunk, above)
            skip = line - (gap.old_first if note.side == "old" else gap.new_first)
            if 0 <= skip < gap.count:
                return Place(SpotKind.CONTEXT, gap.key, gap.new_first + skip)
            above = hunk
        if above is None:
            return None
        gap = gap_behind(file, above, 0)
        skip = line - (gap.old_first if note.side == "old" else gap.new_first)
        return Place(SpotKind.CONTEXT, gap.key, gap.new_first + skip) if skip >= 0 else None
