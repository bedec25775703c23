"""The diff as a column of screen rows: patch rows in reading order with notes, opened gaps and wrapped lines between.

Any question ("what is on screen row 731,204", "where is this place now") is answered by bisect; memory grows with
files, notes and opened gaps, never with rows. Knows nothing of text styles or widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.diff.model import RowKind
from reviewer.tui.render.blobs import BlobLines
from reviewer.tui.render.gap import Gap, Opened, gap_above, gap_behind, widen
from reviewer.tui.render.marks import Marks
from reviewer.tui.render.note import note_lines
from reviewer.tui.render.order import ReadingOrder
from reviewer.tui.render.overlay import Insert, Overlay
from reviewer.tui.render.pieces import section_text
from reviewer.tui.render.place import Place, Spot, SpotKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewer.diff.model import DiffIndex, FileSpan
    from reviewer.tui.render.blobs import BlobSource
    from reviewer.tui.render.note import Note

# Order of inserts at the same place: the rest of a line, then what is said about it, then what follows it.
_REST, _NOTE, _CONTEXT = 0, 1, 1_000


class Document:
    """Screen rows of a patch."""

    def __init__(self, index: DiffIndex, blob: BlobSource | None = None) -> None:
        """Lay out `index` unified, in the order of the patch, with nothing inserted."""
        self.index = index
        self.order = ReadingOrder(index)
        self.blobs = BlobLines(blob)
        self.marks = Marks(index)
        self.note_width = 72
        self.hunk_words: Mapping[int, str] = {}
        self.hunk_marks: Mapping[int, tuple[str, bool]] = {}
        """A few words for the rows of some hunks, by the hunk's number."""
        self._opened: dict[int, Opened] = {}
        self._gaps: dict[int, Gap] = {}
        self._rest: tuple[Place, int] | None = None
        self._overlay: Overlay[Spot] = Overlay()

    @property
    def height(self) -> int:
        """Screen rows in all."""
        return self.order.height + self._overlay.height

    @property
    def split(self) -> bool:
        """Whether removed and added rows stand side by side."""
        return self.order.split

    def grow(self) -> None:
        """Take in what the index has found since."""
        self.order.grow()
        self.marks.place(self.marks.notes)
        self.rebuild()

    def set_order(self, order: Sequence[int]) -> None:
        """Read files in this order."""
        self.order.set_order(order)
        self.rebuild()

    def set_split(self, *, split: bool) -> None:
        """Stand removed beside added rows, or not."""
        self.order.set_split(split)
        self.rebuild()

    def set_notes(self, notes: Sequence[Note]) -> None:
        """Show these notes; which of them are unfolded stays."""
        self.marks.place(notes)
        self.rebuild()

    def fold(self, note: str, *, folded: bool) -> None:
        """Fold or unfold a note."""
        self.marks.fold(note, folded=folded)
        self.rebuild()

    def set_note_width(self, width: int) -> None:
        """Wrap notes to this many columns."""
        if width != self.note_width:
            self.note_width = width
            if self.marks.notes:
                self.rebuild()

    def set_rest(self, place: Place | None, height: int = 0) -> bool:
        """Keep `height` screen rows below `place` for the rest of its long line; None takes them back.

        Returns whether anything moved.
        """
        rest = None if place is None or height <= 0 else (place, height)
        if rest == self._rest:
            return False
        self._rest = rest
        self.rebuild()
        return True

    @property
    def has_rest(self) -> bool:
        """Whether the rest of a long line is unfolded."""
        return self._rest is not None

    def is_unfolded(self, spot: Spot) -> bool:
        """Return whether the rest of a screen row's long line is unfolded below it."""
        return self._rest is not None and spot.kind is SpotKind.ROW and self._rest[0] == spot.place

    def toggle_header(self, file: int) -> None:
        """Show or fold git's own header rows of a file."""
        self.order.toggle_header(file)
        self.rebuild()

    # Gaps

    def gap_of(self, spot: Spot) -> Gap | None:
        """Return the gap that a screen row stands for, None when it stands for none. May read a blob at a tail."""
        if spot.kind is SpotKind.TAIL:
            return self.tail_gap(self.index.files[spot.file])
        if spot.kind is SpotKind.ROW and spot.row is not None and self.index.kind(spot.row) is RowKind.HUNK:
            return self.hunk_gap(spot.row)
        return spot.gap

    def hunk_gap(self, row: int) -> Gap | None:
        """Return the gap above the hunk whose `@@` row this is."""
        hunk, file = self.index.hunk_at(row), self.index.file_at(row)
        if hunk is None or file is None:
            return None
        above = self.index.hunk(hunk.number - 1) if hunk.number > file.hunk_first else None
        return gap_above(file, hunk, above)

    def tail_gap(self, file: FileSpan) -> Gap | None:
        """Return the gap behind a file's last hunk. May read a blob."""
        if not file.hunk_count or file.status in ("A", "D"):
            return None
        count = self.blobs.count(file)
        return None if count is None else gap_behind(file, self.index.hunk(file.hunk_last - 1), count)

    def opened(self, gap: Gap) -> Opened:
        """Return how much of a gap is open."""
        return self._opened.get(gap.key, Opened())

    def open_gap(self, gap: Gap, *, whole: bool = False) -> bool:
        """Open a gap one step further, or whole; False when there is nothing more or nobody has the lines."""
        before = self.opened(gap)
        lines = self.blobs.lines(self.index.files[gap.file])
        if before.total >= gap.count or lines is None or gap.new_first - 1 + gap.count > len(lines):
            return False
        self._gaps[gap.key] = gap
        self._opened[gap.key] = widen(gap, before, whole=whole)
        self.rebuild()
        return True

    def close_gap(self, gap: Gap) -> None:
        """Close a gap again."""
        self._opened.pop(gap.key, None)
        self._gaps.pop(gap.key, None)
        self.rebuild()

    def context_line(self, spot: Spot) -> bytes:
        """Return the bytes of an opened context line."""
        lines = self.blobs.lines(self.index.files[spot.file])
        return b"" if lines is None or spot.new > len(lines) else lines[spot.new - 1]

    # Places

    def at(self, y: int) -> Spot:
        """Return what stands on screen row `y`, 0 up to `height` (exclusive)."""
        base, insert, inside = self._overlay.at(y)
        if insert is None:
            row = self.order.at(base)
            kind = SpotKind.TAIL if row.row is None else SpotKind.ROW
            return Spot(kind, row.file, row.left, row.right, row.paired)
        spot = insert.content
        if spot.kind is SpotKind.CONTEXT:
            return Spot(spot.kind, spot.file, gap=spot.gap, old=spot.old + inside, new=spot.new + inside)
        return Spot(spot.kind, spot.file, spot.left, spot.right, note=spot.note, part=spot.part + inside)

    def y_of(self, place: Place) -> int:
        """Return the screen row of a place; of a place that is gone, the one that stands nearest to it."""
        for number, insert in enumerate(self._overlay.inserts):
            spot = insert.content
            if spot.kind is not place.kind:
                continue
            here = spot.place
            inside = place.at - here.at
            if here.name == place.name and 0 <= inside < insert.height and spot.kind is not SpotKind.REST:
                return self._overlay.screen_of_insert(number) + inside
        return min(self._overlay.screen_of(self._base_of(place)), max(0, self.height - 1))

    def y_of_row(self, row: int) -> int:
        """Return the screen row of a patch row; a folded header row is shown by its file's."""
        return self._overlay.screen_of(self.order.base_of(row))

    def y_of_tail(self, file: int) -> int:
        """Return the screen row behind a file's last."""
        return self._overlay.screen_of(self.order.tail_of(file))

    def note_anchors(self) -> list[tuple[int, Note]]:
        """Return the screen row that each note stands at, in reading order."""
        anchors = [(self.y_of(self.marks.anchors[note.id]), note) for note in self.marks.notes if self.has(note.id)]
        return sorted(anchors, key=lambda anchor: anchor[0])

    def has(self, note: str) -> bool:
        """Return whether a note's file is in the patch, so that the note has a place."""
        return note in self.marks.anchors

    def notes_at(self, spot: Spot) -> tuple[Note, ...]:
        """Return the notes that stand at a screen row, those folded into a closed gap included."""
        if not self.marks.by_place or spot.kind is SpotKind.NOTE:
            return ()
        notes: list[Note] = []
        for row in dict.fromkeys((spot.left, spot.right)):
            if spot.kind is SpotKind.ROW and row is not None:
                notes += self.marks.by_place.get(Place(SpotKind.ROW, row), ())
        if spot.kind is not SpotKind.ROW:
            notes += self.marks.by_place.get(spot.place, ())
        if (key := self._gap_key(spot)) is not None:
            for line in self.marks.lines_of_gap(key):
                place = Place(SpotKind.CONTEXT, key, line)
                notes += () if self._is_open(place) else self.marks.by_place[place]
        return tuple(notes)

    def _gap_key(self, spot: Spot) -> int | None:
        if spot.kind is SpotKind.TAIL:
            return -1 - spot.file
        if spot.kind is SpotKind.ROW and spot.row is not None and self.index.kind(spot.row) is RowKind.HUNK:
            hunk = self.index.hunk_at(spot.row)
            return None if hunk is None else hunk.number
        return None

    def section_at(self, spot: Spot) -> str:
        """Return what git says a screen row is inside of (often the function's line), empty outside of hunks."""
        if spot.kind is not SpotKind.ROW or spot.row is None:
            return ""
        hunk = self.index.hunk_at(spot.row)
        return "" if hunk is None else section_text(hunk)

    # Inserts

    def rebuild(self) -> None:
        """Work out where everything inserted stands."""
        inserts = list(self._gap_inserts())
        inserts += self._note_inserts()
        if self._rest is not None:
            place, height = self._rest
            if place.kind is SpotKind.ROW and isinstance(place.name, int):
                base = self.order.base_of(place.name)
                row = self.order.at(base)
                inserts.append(Insert(base, _REST, height, Spot(SpotKind.REST, row.file, place.name, place.name)))
        self._overlay = Overlay(inserts)

    def _base_of(self, place: Place) -> int:
        if place.kind is SpotKind.NOTE:
            place = self.marks.anchors.get(str(place.name), Place(SpotKind.ROW, 0))
        name = place.name if isinstance(place.name, int) else 0
        if place.kind is SpotKind.TAIL:
            return self.order.tail_of(name)
        if place.kind is SpotKind.CONTEXT:
            return self.order.tail_of(-1 - name) if name < 0 else self.order.base_of(self.index.hunk(name).first)
        return self.order.base_of(name)

    def _gap_inserts(self) -> Iterator[Insert[Spot]]:
        for key, opened in self._opened.items():
            gap = self._gaps[key]
            here = self._base_of(Place(SpotKind.CONTEXT, key))
            yield from self._context(gap, 0, opened.top, here - 1)
            yield from self._context(gap, gap.count - opened.bottom, opened.bottom, here)

    def _context(self, gap: Gap, skip: int, count: int, after: int) -> Iterator[Insert[Spot]]:
        """Yield context lines in pieces, cut where a note stands between them."""
        first, last = gap.new_first + skip, gap.new_first + skip + count
        rank = _CONTEXT
        cuts = [new + 1 for new in self.marks.lines_of_gap(gap.key) if first <= new < last]
        for low, high in zip([first, *cuts], [*cuts, last], strict=True):
            yield Insert(after, rank, high - low, self._context_spot(gap, low))
            rank += 1
            for note in self.marks.by_place.get(Place(SpotKind.CONTEXT, gap.key, high - 1), ()):
                if not self.marks.folded(note):
                    yield self._note_insert(note, gap.file, after, rank)
                    rank += 1

    def _context_spot(self, gap: Gap, new: int) -> Spot:
        old = gap.old_first + new - gap.new_first
        return Spot(SpotKind.CONTEXT, gap.file, gap=gap, old=old, new=new)

    def _note_inserts(self) -> Iterator[Insert[Spot]]:
        for number, note in enumerate(self.marks.notes):
            place = self.marks.anchors.get(note.id)
            if place is None or self.marks.folded(note) or self._is_open(place):
                continue
            base = self._base_of(place)
            yield self._note_insert(note, self.order.at(base).file, base, _NOTE + min(number, _CONTEXT - 2))

    def _note_insert(self, note: Note, file: int, after: int, rank: int) -> Insert[Spot]:
        height = len(note_lines(note, self.note_width))
        return Insert(after, rank, height, Spot(SpotKind.NOTE, file, note=note))

    def _is_open(self, place: Place) -> bool:
        if place.kind is not SpotKind.CONTEXT or not isinstance(place.name, int):
            return False
        opened, gap = self._opened.get(place.name), self._gaps.get(place.name)
        if opened is None or gap is None:
            return False
        skip = place.at - gap.new_first
        return 0 <= skip < opened.top or gap.count - opened.bottom <= skip < gap.count
