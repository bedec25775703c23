"""What the other reviewers of the same packet did, read from their journals and never written.

A journal that cannot be read, or is of another packet, is no reason to stop: it is told as a sentence, and its reviewer
counts as absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.errors import JournalError
from reviewer.review.journal import journal_name, read
from reviewer.review.state import ReviewState, fold
from reviewer.text import display_safe

if TYPE_CHECKING:
    from pathlib import Path

MAX_PARTNERS = 50


@dataclass(frozen=True, slots=True)
class _Known:
    stamp: tuple[int, int, int]
    by: str
    state: ReviewState
    problem: str


class Partners:
    """The other journals of a folder; each is read again only when its file has changed."""

    def __init__(self, folder: Path, own: Path, packet: str) -> None:
        """Watch `folder`, without the journal `own`, for reviews of the packet with this key."""
        self._folder = folder
        self._own = own
        self._packet = packet
        self._known: dict[str, _Known] = {}

    @property
    def states(self) -> dict[str, ReviewState]:
        """The states of those who did something, by reviewer."""
        return {known.by: known.state for _, known in sorted(self._known.items()) if known.by}

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be read, one sentence each."""
        return tuple(known.problem for _, known in sorted(self._known.items()) if known.problem)

    @property
    def highest(self) -> int:
        """The highest counter that any of them wrote."""
        return max((known.state.seq for known in self._known.values()), default=0)

    def refresh(self) -> bool:
        """Look at the folder again and return whether anything is new."""
        before = self._known
        try:
            names = sorted(path.name for path in self._folder.iterdir() if path.suffix == ".jsonl")
        except OSError:
            names = []
        paths = [self._folder / name for name in names if name != self._own.name][:MAX_PARTNERS]
        self._known = {path.name: known for path in paths if (known := self._look(path, before)) is not None}
        return self._known != before

    def _look(self, path: Path, before: dict[str, _Known]) -> _Known | None:
        try:
            status = path.lstat()
        except OSError:
            return None
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
        known = before.get(path.name)
        if known is not None and known.stamp == stamp:
            return known
        try:
            return self._read(path, stamp)
        except JournalError as error:
            return _Known(stamp, "", ReviewState(), display_safe(error.sentence))

    def _read(self, path: Path, stamp: tuple[int, int, int]) -> _Known | None:
        entries = read(path).entries
        if not entries:
            return None
        by, state = entries[0].by, fold(entries)
        if journal_name(by) != path.name:
            raise JournalError(f"{path.name}: the journal is by '{by}', whose file would have another name")
        if state.started is None or state.started.packet != self._packet:
            raise JournalError(f"{path.name}: the journal is of another packet")
        return _Known(stamp, by, state, "")
