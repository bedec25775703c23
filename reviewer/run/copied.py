"""Which events of a session stand in another log of it, too: programs copy records when a session is resumed or forked.

Pure. Two events are one where time, agent and words agree; how a call ended may have been told later, and does not
count. Without times only what both logs begin with can be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from reviewer.run.event import Command, Edit, End, Plan, Read, Search, Tool, Unknown, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.event import Event
    from reviewer.run.importers.importer import SessionInfo

Marks: TypeAlias = list[int]
"""What each event is known by, 0 for one that is of its log alone."""


def are_kin(one: SessionInfo, other: SessionInfo) -> bool:
    """Return whether two logs tell of one session of one program."""
    return one.agent == other.agent and bool(set(one.session_ids) & set(other.session_ids))


def marks(events: Sequence[Event]) -> Marks:
    """Return what each event is known by in other logs of its session."""
    return [0 if _is_of_its_log(event) else hash(_known_by(event)) or 1 for event in events]


def copied(events: Sequence[Event], own: Marks, others: Marks) -> frozenset[int]:
    """Return the places of events that another log of the session has, too.

    Args:
        events: of the one log.
        own: their marks.
        others: marks of the other log.
    """
    seen = frozenset(others) - {0}
    places = {place for place, event in enumerate(events) if event.time is not None and own[place] in seen}
    for place, (one, other) in enumerate(zip(own, others, strict=False)):
        if one != other:
            break
        places.add(place)
    return frozenset(places)


def is_whole(own: Marks, places: frozenset[int]) -> bool:
    """Return whether all that a log tells was found in another one."""
    return all(mark == 0 or place in places for place, mark in enumerate(own))


def _is_of_its_log(event: Event) -> bool:
    return isinstance(event, End) or (isinstance(event, Unknown) and event.record == "torn line")


def _known_by(event: Event) -> tuple[object, ...]:
    head = (event.kind, event.time, event.agent)
    match event:
        case Command():
            return (*head, event.line)
        case Edit():
            return (*head, event.path, event.op)
        case Read():
            return (*head, event.path, event.first, event.last)
        case Search():
            return (*head, event.pattern, event.path)
        case Tool():
            return (*head, event.tool, event.input)
        case Usage():
            return (*head, event.model)
        case Plan():
            return (*head, event.text, event.steps)
        case Unknown():
            return (*head, event.record, event.text)
        case _:
            return (*head, getattr(event, "text", None) or getattr(event, "what", None))
