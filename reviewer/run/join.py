"""Several imported sessions as one run: in the order of time, each event with the session that it is of.

Pure; knows events and what their logs say of themselves, nothing of any format. Inside one session the order of its log
holds, whatever its clock says. A session without times that can be compared follows the one that was given before it.
What two logs of one session both tell is counted once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from heapq import merge
from typing import TYPE_CHECKING, Any

from reviewer.run import copied
from reviewer.run.event import Command, Context, End

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.event import Event
    from reviewer.run.importers.importer import ImportedRun, SessionInfo


@dataclass(frozen=True, slots=True)
class JoinedSession:
    """One session of a joined run.

    Attributes:
        n: its number in the order of start, from 1; events have it.
        place: which of the runs that were given it is, from 0.
        info: what its log says of it.
        end: how it ended.
        copied: events left out since another of the sessions has them.
    """

    n: int
    place: int
    info: SessionInfo
    end: End
    copied: int = 0


@dataclass(slots=True)
class JoinedRun:
    """A run of one or more sessions.

    Attributes:
        events: in order, the last one an `End`.
        sessions: in the order of start.
        contained: runs that another one holds whole (place, place of the other): earlier states of the same log.
        commands: of each command, in the order of its number, the run that it is of and its number there.
        unknown: what was not understood, by name; records, torn, repeated: of all runs together.
    """

    events: list[Event]
    sessions: tuple[JoinedSession, ...]
    contained: dict[int, int] = field(default_factory=dict)
    commands: list[tuple[int, int]] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    records: int = 0
    torn: int = 0
    repeated: int = 0

    @property
    def infos(self) -> tuple[SessionInfo, ...]:
        """What each session's log says, in the order of start."""
        return tuple(session.info for session in self.sessions)


@dataclass(slots=True)
class _Part:
    """A run on its way into the joined one; times are compared as text in UTC without their `Z`."""

    place: int
    run: ImportedRun
    events: list[Event]
    start: str
    end: str
    timed: bool
    copied: int = 0
    turns: dict[int, int] = field(default_factory=lambda: {0: 0})


def join(runs: Sequence[ImportedRun]) -> JoinedRun:
    """Return runs as one.

    Args:
        runs: as imported, in the order in which they were given; at least one.
    """
    parts = _parts(runs)
    contained = _leave_copies(parts)
    parts = sorted((part for part in parts if part.place not in contained), key=_by_start)
    events, commands = _merged(parts) if len(parts) > 1 else _alone(parts[0])
    unknown: Counter[str] = Counter()
    for part in parts:
        unknown.update(part.run.unknown)
    return JoinedRun(
        events=events,
        sessions=tuple(
            JoinedSession(n, part.place, part.run.info, _end_of(part.run), part.copied)
            for n, part in enumerate(parts, start=1)
        ),
        contained=contained,
        commands=commands,
        unknown=dict(unknown),
        records=sum(run.records for run in runs),
        torn=sum(part.run.torn for part in parts),
        repeated=sum(part.run.repeated + part.copied for part in parts),
    )


def _alone(part: _Part) -> tuple[list[Event], list[tuple[int, int]]]:
    return part.events, [(part.place, event.n) for event in part.events if isinstance(event, Command)]


def _parts(runs: Sequence[ImportedRun]) -> list[_Part]:
    if len(runs) == 1:
        return [_Part(0, runs[0], runs[0].events, "", "", timed=False)]
    parts: list[_Part] = []
    before = ""
    for place, run in enumerate(runs):
        times = [time for event in run.events if (time := _comparable(event.time)) is not None]
        start, end = (min(times), max(times)) if times else (before, before)
        before = end
        parts.append(_Part(place, run, run.events, start, end, timed=bool(times)))
    return parts


def _comparable(time: str | None) -> str | None:
    """Return a time that can be compared with those of other sessions, None if it says no zone."""
    if time is None:
        return None
    if time.endswith("Z"):
        return time[:-1]
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def _leave_copies(parts: list[_Part]) -> dict[int, int]:
    """Leave out of each run what another one of its session has; return the runs that another one holds whole."""
    kin = {part.place: [other for other in parts if other is not part and _are_kin(part, other)] for part in parts}
    marks = {part.place: copied.marks(part.events) for part in parts if kin[part.place]}
    contained: dict[int, int] = {}
    # The shortest first: an earlier state of a log lies in a later one, and of two that are equal the first one stays.
    for part in sorted(parts, key=lambda part: (len(part.events), -part.place)):
        own = marks.get(part.place, [])
        for other in kin[part.place]:
            if other.place in contained or len(other.events) < len(part.events):
                continue
            if copied.is_whole(own, copied.copied(part.events, own, marks[other.place])):
                contained[part.place] = other.place
                break
    order = [part for part in sorted(parts, key=_by_start) if part.place not in contained]
    for part in order:
        gone: frozenset[int] = frozenset()
        for other in order[: order.index(part)]:
            if other in kin[part.place]:
                gone |= copied.copied(part.run.events, marks[part.place], marks[other.place])
        part.copied = len(gone)
        part.events = [event for place, event in enumerate(part.events) if place not in gone] if gone else part.events
    return contained


def _are_kin(part: _Part, other: _Part) -> bool:
    return copied.are_kin(part.run.info, other.run.info)


def _by_start(part: _Part) -> tuple[str, int]:
    return part.start, part.place


def _merged(parts: Sequence[_Part]) -> tuple[list[Event], list[tuple[int, int]]]:
    """Return the events of several runs in one order, numbered, and where each command comes from."""
    last = max(range(len(parts)), key=lambda n: (parts[n].end, n))
    events: list[Event] = []
    commands: list[tuple[int, int]] = []
    begun = {0}
    turn = 0
    for _, n, place, event in merge(*(_in_time(n, part) for n, part in enumerate(parts))):
        part = parts[n]
        if n not in begun:
            begun.add(n)
            events.append(_beginning(len(events) + 1, n + 1, part, event))
        if event.turn not in part.turns:
            turn += 1
            part.turns[event.turn] = turn
        where: dict[str, Any] = {"seq": len(events) + 1, "turn": part.turns[event.turn], "session": n + 1}
        if isinstance(event, End) and (n != last or place != len(part.events) - 1):
            events.append(_ending(event, **where))
        elif isinstance(event, Command):
            commands.append((part.place, event.n))
            number = len(commands)
            log = None if event.log is None else f"logs/{number}.log"
            events.append(replace(event, n=number, log=log, **where))
        else:
            events.append(replace(event, **where))
    return events, commands


def _in_time(n: int, part: _Part) -> Iterator[tuple[str, int, int, Event]]:
    latest = part.start
    for place, event in enumerate(part.events):
        if part.timed:
            latest = max(latest, _comparable(event.time) or "")
        yield latest, n, place, event


def _beginning(seq: int, session: int, part: _Part, first: Event) -> Context:
    ids = ", ".join(part.run.info.session_ids)
    text = f"{part.run.info.agent}, session {ids}" if ids else part.run.info.agent
    return Context(seq=seq, time=first.time, session=session, source=first.source, what="session", text=text)


def _ending(event: End, seq: int, turn: int, session: int) -> Context:
    text = f"ended: {event.reason}" + (f" ({event.text})" if event.text else "")
    return Context(seq=seq, time=event.time, turn=turn, session=session, source=event.source, what="session", text=text)


def _end_of(run: ImportedRun) -> End:
    last = run.events[-1] if run.events else None
    return last if isinstance(last, End) else End(seq=len(run.events) + 1, reason="unknown")
