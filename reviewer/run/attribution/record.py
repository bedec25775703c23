"""The form of what a recorder says, whatever recorder: lines of a file and who wrote them, and which session it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Contributor: TypeAlias = Literal["agent", "human", "mixed", "unknown"]

MAX_RECORDS = 20_000
"""Line records that are taken from one source; what is beyond is counted."""


@dataclass(frozen=True, slots=True)
class LineRecord:
    """Lines of one file by one contributor.

    Attributes:
        path: as recorded; may be absolute or of another machine.
        first, last: lines from 1 in the file after the change, both None for the whole file.
        by: who.
        agent, model, session_id: as recorded, None if not.
        commit: full id of the commit that the record is about; `parent` when it is the one before it.
        time: RFC 3339 as recorded, None if not.
        source: where it stands.
    """

    path: str
    first: int | None
    last: int | None
    by: Contributor
    agent: str | None = None
    model: str | None = None
    session_id: str | None = None
    commit: str | None = None
    parent: str | None = None
    time: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class SessionPointer:
    """A run that a recorder names: the agent program's own session id, or a place where its log is."""

    session_id: str | None
    agent: str | None = None
    place: str | None = None
    commit: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one source says.

    Attributes:
        lines, sessions: in its order.
        problems: what could not be read, one phrase each.
    """

    lines: tuple[LineRecord, ...] = ()
    sessions: tuple[SessionPointer, ...] = ()
    problems: tuple[str, ...] = ()
