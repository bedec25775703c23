"""Why each part of a change is there: the diff's hunks joined with the run, file by file, when they are asked for.

Knows the diff's index and the events; opens nothing and shows nothing. What a file costs is paid once, by whoever asks
for it first.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from reviewer.diff.model import RowKind
from reviewer.run.event import Command
from reviewer.run.why import HunkText, TraceCancelledError, Why, WhyIndex
from reviewer.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reviewer.diff.anchor import Unit
    from reviewer.diff.model import DiffIndex, FileSpan
    from reviewer.diff.span import HunkSpan
    from reviewer.run.event import Event

_SIGNS = {int(RowKind.CONTEXT): " ", int(RowKind.ADDED): "+", int(RowKind.REMOVED): "-"}
_seq = attrgetter("seq")
_MAX_ROWS = 150_000
"""Rows of one file up to which its hunks are read as texts: some hundred bytes each while it is traced."""


class Reasons:
    """Why the hunks of one change are there. Several threads may ask."""

    def __init__(self, index: DiffIndex, events: Sequence[Event]) -> None:
        """Stand ready; nothing is worked out yet.

        Args:
            index: the whole diff.
            events: the run, in order.
        """
        self._index = index
        self._events = events
        self._run: WhyIndex | None = None
        self._known: dict[int, Mapping[int, Why]] = {}
        self._lock = threading.Lock()

    def is_known(self, file: FileSpan) -> bool:
        """Return whether a file is traced; never waits."""
        return file.number in self._known

    def known(self, unit: Unit) -> Why | None:
        """Return why a part of the change is there, None if its file is not traced yet; never waits."""
        known = self._known.get(unit.file.number)
        if known is None:
            return None
        return self._of_header(unit.file) if unit.hunk is None else known.get(unit.hunk.number)

    def all_known(self) -> Iterator[tuple[int, Why]]:
        """Yield what is known by now, by the hunk's place among all hunks of the patch."""
        for whys in list(self._known.values()):
            yield from whys.items()

    def event(self, number: int) -> Event | None:
        """Return an event by its number, None if there is none."""
        place = bisect_left(self._events, number, key=_seq)
        event = self._events[place] if place < len(self._events) else None
        return event if event is not None and event.seq == number else None

    def command(self, number: int) -> Command | None:
        """Return a command by its number, None if there is none."""
        return self._commands.get(number)

    @cached_property
    def _commands(self) -> Mapping[int, Command]:
        return {event.n: event for event in self._events if isinstance(event, Command)}

    def of(self, file: FileSpan, cancelled: Callable[[], bool] | None = None) -> Mapping[int, Why]:
        """Return why the hunks of a file are there, by the hunk's place among all hunks of the patch; may be slow.

        Args:
            file: of the diff.
            cancelled: asked now and then; True gives nothing, and the next to ask begins anew.
        """
        known = self._known.get(file.number)
        if known is not None:
            return known
        with self._lock:
            if file.number not in self._known:
                try:
                    self._known[file.number] = self._trace(file, cancelled)
                except TraceCancelledError:
                    return {}
            return self._known[file.number]

    def of_unit(self, unit: Unit) -> Why:
        """Return why a part of the change is there: a hunk, or what a file's header alone says."""
        if unit.hunk is not None:
            return self.of(unit.file)[unit.hunk.number]
        return self._of_header(unit.file)

    def _of_header(self, file: FileSpan) -> Why:
        return self._runs().of_file(file.path, file.old_path, file.status)

    def _runs(self) -> WhyIndex:
        if self._run is None:
            self._run = WhyIndex.build(self._events)
        return self._run

    def _trace(self, file: FileSpan, cancelled: Callable[[], bool] | None) -> dict[int, Why]:
        hunks = file.hunks
        if reason := self._runs().untouched(file.path, file.old_path):
            return {hunk.number: self._untold(hunk, reason) for hunk in hunks}
        if file.last - file.first > _MAX_ROWS:
            return {hunk.number: self._untold(hunk, "too large to trace") for hunk in hunks}
        if not file.consistent:
            return {hunk.number: self._untold(hunk, "header and rows of this file disagree") for hunk in hunks}
        whys = self._runs().of([_text_of(self._index, file, hunk) for hunk in hunks], cancelled)
        return {hunk.number: why for hunk, why in zip(hunks, whys, strict=True)}

    def _untold(self, hunk: HunkSpan, reason: str) -> Why:
        kinds = self._index.kinds(hunk.first, hunk.last)
        changed = kinds.count(RowKind.ADDED) + kinds.count(RowKind.REMOVED)
        return Why(hunk.number, "not traceable", changed, reason=reason)


def rows(reasons: Reasons, units: Iterable[Unit]) -> Iterator[dict[str, Any]]:
    """Yield a row for each part of the change, as plain data: its name, its place, and why it is there."""
    yield from ({**_place(unit), "why": as_row(reasons.of_unit(unit))} for unit in units)


def as_row(why: Why) -> dict[str, Any]:
    """Return a why as plain data; what is not known is left out."""
    row: dict[str, Any] = {"how": why.how, "lines": why.lines, "lines_traced": why.lines_traced}
    if not why.traced:
        return {**row, "reason": why.reason}
    said = why.said
    row |= {"edits": [{"event": seq, "lines": share} for seq, share in zip(why.edits, why.shares, strict=True)]}
    row |= {"main": why.main, "turn": why.turn, "session": why.session, "agent": why.agent}
    if said is not None:
        row["said"] = {"event": said.seq, "kind": said.kind, "text": said.text}
    row |= {name: n for name, n in (("failed", why.failed), ("passed", why.passed)) if n is not None}
    return {**row, "known": "derived", "rules": list(why.rules)}


def _place(unit: Unit) -> dict[str, Any]:
    row: dict[str, Any] = {"id": unit.id, "path": unit.file.path}
    if unit.file.old_path is not None:
        row["old_path"] = unit.file.old_path
    hunk = unit.hunk
    if hunk is None:
        return {**row, "part": "header"}
    row |= {"old_start": hunk.old_start, "old_lines": hunk.old_count}
    return {**row, "new_start": hunk.new_start, "new_lines": hunk.new_count}


def _text_of(index: DiffIndex, file: FileSpan, hunk: HunkSpan) -> HunkText:
    kinds = index.kinds(hunk.first + 1, hunk.last)
    line = hunk.new_start

    def numbered() -> Iterator[tuple[str, str, int | None]]:
        nonlocal line
        for kind, raw in zip(kinds, index.raws(hunk.first + 1, hunk.last), strict=True):
            sign = _SIGNS.get(kind)
            if sign is None:
                continue
            yield sign, decode(raw[1:]), None if sign == "-" else line
            line += sign != "-"

    return HunkText(file.path, file.old_path, hunk.new_start, tuple(numbered()))
