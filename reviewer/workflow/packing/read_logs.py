"""What the manifest says of each session log that was read: which session it is of, and what was made of it.

Knows runs, copies and rows; reads nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.packet.manifest import Transcript
from reviewer.run.event import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.packet.content import Stretch
    from reviewer.run.importers.importer import ImportedRun
    from reviewer.run.join import JoinedRun
    from reviewer.workflow.packing.log_groups import LogGroup
    from reviewer.workflow.packing.masked_copy import MaskedCopy


@dataclass(frozen=True, slots=True)
class ReadLog:
    """A log that was read.

    Attributes:
        row: of the manifest.
        name: of its masked copy in the packet; `copy` is where that is now.
        called: what people know the log by.
        session: which of the joined sessions it is of.
        within: why it is not put into the packet, None if nothing speaks against it.
    """

    row: Transcript
    name: str
    copy: Stretch
    called: str
    session: int
    within: str | None = None


def read_logs(groups: Sequence[LogGroup], runs: Sequence[ImportedRun], joined: JoinedRun) -> list[ReadLog]:
    """Return the logs, session by session as they were given, each with what the manifest says of it."""
    numbers = {session.place: session.n for session in joined.sessions}
    found: list[ReadLog] = []
    for place, (each, run) in enumerate(zip(groups, runs, strict=True)):
        holder = joined.contained.get(place)
        while holder in joined.contained:
            holder = joined.contained[holder]
        session = numbers[place if holder is None else holder]
        within = None if holder is None else f"session log {groups[holder].copies[0].number} has all of it"
        found += [
            ReadLog(row, copy.name, copy.told.copy, copy.log.called, session, within)
            for copy, row in zip(each.copies, _rows(each, run), strict=True)
        ]
    return found


def _rows(each: LogGroup, run: ImportedRun) -> list[Transcript]:
    unknown, records = _unknown(each.copies, run), _records(each.copies, run)
    torn = _torn_in(unknown)
    return [
        Transcript(
            format=each.importer.name,
            sha256=copy.told.sha256,
            size=copy.told.size,
            records=records[place],
            unknown=dict(unknown[place]),
            torn=run.torn if place == torn else 0,
            chosen_because=copy.log.because,
        )
        for place, copy in enumerate(each.copies)
    ]


def _unknown(copies: Sequence[MaskedCopy], run: ImportedRun) -> list[dict[str, int]]:
    """Return what was not understood of each log; of what no event tells the log, the main one."""
    if len(copies) == 1:
        return [run.unknown]
    places = {copy.name: place for place, copy in enumerate(copies)}
    found: list[Counter[str]] = [Counter() for _ in copies]
    for event in run.events:
        if isinstance(event, Unknown) and event.record in run.unknown:
            place = places.get(event.source.partition(":")[0], 0)
            found[place][event.record] += 1
    told = sum(found, Counter())
    found[0].update({name: count - told[name] for name, count in run.unknown.items() if count > told[name]})
    return [dict(counts) for counts in found]


def _torn_in(unknown: Sequence[dict[str, int]]) -> int:
    return next((place for place, counts in enumerate(unknown) if "torn line" in counts), 0)


def _records(copies: Sequence[MaskedCopy], run: ImportedRun) -> list[int]:
    """Return the records of each log: importers count them together, so those of the others are counted by line.

    A document among the others counts by what came of it, since its lines say nothing.
    """
    if len(copies) == 1:
        return [run.records]
    counts = [copy.told.lines for copy in copies]
    for place, copy in enumerate(copies):
        if copy.form != "jsonl":
            counts[place] = len({event.source for event in run.events if event.source.startswith(f"{copy.name}:")})
    counts[0] = max(run.records - sum(counts[1:]), 0)
    return counts
