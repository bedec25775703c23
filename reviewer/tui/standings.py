"""How much of each changed file is seen, kept from one drawing to the next.

Thousands of files are drawn at each mark: what did not change is not counted again. Pure but for what it remembers.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reviewer.tui.pages.tree import FileStanding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.diff.anchor import Unit
    from reviewer.diff.model import FileSpan
    from reviewer.review.state import ReviewState


class Standings:
    """The standing of every file, by number."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._units: Sequence[Unit] | None = None
        self._state: ReviewState | None = None
        self._file_of: dict[str, int] = {}
        self._counts: Counter[int] = Counter()
        self._known: tuple[FileStanding, ...] = ()

    def of(self, files: Sequence[FileSpan], units: Sequence[Unit], state: ReviewState) -> tuple[FileStanding, ...]:
        """Return the standings; the very tuple of the last call when nothing is different."""
        last = self._state
        if units is not self._units:
            self._units = units
            self._file_of = {unit.id: unit.file.number for unit in units}
            self._counts = Counter(self._file_of.values())
        elif last is not None and last.seen is state.seen and last.comments is state.comments:
            return self._known
        self._state = state
        seen = Counter(self._file_of[unit] for unit in state.seen if unit in self._file_of)
        notes = Counter(comment.file for comment in state.comments.values())
        self._known = tuple(
            FileStanding(file.path, file.status, seen[file.number], self._counts[file.number], notes[file.path])
            for file in files
        )
        return self._known
