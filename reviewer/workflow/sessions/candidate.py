"""One recorded session as its store tells of it: where it lies, whose it is, when and in which folder it was run.

Knows no agent's format and reads nothing. Everything in it is hostile text from other programs' files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PART = "#"
"""Stands between a file that holds several sessions and the one that is meant: `opencode.db#ses_1`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A session that may be the one.

    Attributes:
        agent: short name of the program that wrote it ("claude-code", "roo").
        path: of its log, of the folder that holds it, or of the file that holds it among others.
        session: the program's id for it, the newest where it has several; "" if it says none.
        sessions: all ids that it is known by.
        part: which session of `path` it is, where that holds several.
        cwds: folders that it was run in as far as its ends tell; empty if they do not.
        elsewhere: how it is known to be of another folder where that has no name here, as a phrase; else None.
        started, ended: seconds since 1970, None if not recorded.
        size: bytes, 0 if unknown.
        parent: the session that started it as its sub-agent, None for one that a person started.
        companions: logs of its sub-agents with their ids, and other files of the same session.
        readable: whether an importer can have it; `why_not` says why not, as a phrase.
    """

    agent: str
    path: Path
    session: str = ""
    sessions: tuple[str, ...] = ()
    part: str | None = None
    cwds: tuple[str, ...] = ()
    elsewhere: str | None = None
    started: float | None = None
    ended: float | None = None
    size: int = 0
    parent: str | None = None
    companions: tuple[tuple[Path, str | None], ...] = ()
    readable: bool = True
    why_not: str = ""

    @property
    def reference(self) -> str:
        """What `gather` and `reviewer pack --session` take for it."""
        return str(self.path) if self.part is None else f"{self.path}{PART}{self.part}"

    @property
    def newest_first(self) -> tuple[float, str]:
        """What candidates are ordered by."""
        return (-(self.ended or self.started or 0.0), self.reference)

    @property
    def in_time_order(self) -> tuple[float, str]:
        """What sessions that were taken are ordered by: their start."""
        return (self.started or self.ended or 0.0, self.reference)


def closed(agent: str, path: Path, why: str, *, session: str = "", modified: float | None = None) -> Candidate:
    """Return a session that is there and cannot be read, with the reason."""
    return Candidate(agent, path, session, ended=modified, readable=False, why_not=why)


def families(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the sessions that people started, each with those of its sub-agents, and theirs, as companions.

    One whose parent is not here stands for itself.
    """
    everyone = list(found)
    by_id = {each.session: each for each in everyone if each.session}
    children: dict[int, list[Candidate]] = {}
    tops: list[Candidate] = []
    for each in everyone:
        top = _eldest(each, by_id)
        if top is each:
            tops.append(each)
        else:
            children.setdefault(id(top), []).append(each)
    for top in tops:
        own = sorted(children.get(id(top), ()), key=lambda child: child.in_time_order)
        yield replace(top, companions=(*top.companions, *((child.path, child.session) for child in own)))


def _eldest(one: Candidate, by_id: dict[str, Candidate]) -> Candidate:
    seen = {one.session}
    while one.parent is not None and one.parent not in seen and (parent := by_id.get(one.parent)) is not None:
        seen.add(one.parent)
        one = parent
    return one
