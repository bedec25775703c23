"""Which sessions made a change: those run in the repository, at its time, that edited it. Pure.

Knows candidates and what each did; nothing is looked up on disk. Every session is told of, taken or left, with the
reason.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from reviewer.run.derive.paths import PathMap
from reviewer.text import plural
from reviewer.workflow.sessions.reading import NotReadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from reviewer.workflow.sessions.activity import Activity
    from reviewer.workflow.sessions.candidate import Candidate

SLACK = 600
"""A session may end a little after its last commit, and clocks differ; seconds."""
MAX_READ = 60
"""So many sessions that fit otherwise are read, the newest."""
_SHORTEST_ID = 7


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """When a change was made: seconds since 1970 of its first and last moment; 0 is not known."""

    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What sessions are held against.

    Attributes:
        roots: folders of the repository's work trees.
        span: when the change was made.
        changed: its paths with `/`, old names of renames included; None where there is no change to hold against.
        commits: full ids of its commits.
        named: session ids that its commits name.
        is_there: tells whether a folder is on this machine: one that is not was a work tree or a container, maybe.
    """

    roots: tuple[Path, ...]
    span: TimeSpan = TimeSpan()
    changed: frozenset[str] | None = None
    commits: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    is_there: Callable[[str], bool] = field(default=lambda _: True, compare=False)


class Place(Enum):
    """Where a session was run, seen from the repository."""

    HERE = "here"
    ABOVE = "above"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Judged:
    """A session, and whether it belongs to the change.

    Attributes:
        taken: it does; None where there is no change to hold it against.
        why: the reason, as a phrase: "it was run here ..." of one that is taken, "edits no file" of one that is left.
        place: where it was run.
        in_time: whether its time fits.
        activity: what it did, None if it was not read.
        touched: the changed paths that it edited; without a change, the repository's paths; None if it was not read.
    """

    candidate: Candidate
    taken: bool | None
    why: str
    place: Place
    in_time: bool
    activity: Activity | None = None
    touched: frozenset[str] | None = None

    @property
    def is_of_repository(self) -> bool:
        """Whether it was run in the repository; where its folder does not say so, its edits may."""
        return self.place is Place.HERE or (self.place is not Place.ELSEWHERE and bool(self.touched))


def judge(
    candidates: Iterable[Candidate],
    wanted: Wanted,
    activity: Callable[[Candidate], Activity],
) -> tuple[Judged, ...]:
    """Return every session with the answer, the newest first.

    Args:
        candidates: sessions, in any order.
        wanted: the change.
        activity: gives what a session did, or raises NotReadableError; asked only where the rest fits.
    """
    judged: list[Judged] = []
    taken: dict[tuple[str, str], Candidate] = {}
    read = 0
    for candidate in sorted(candidates, key=lambda entry: entry.newest_first):
        identity = (candidate.agent, candidate.session or candidate.reference)
        early = _before_reading(candidate, wanted, taken.get(identity))
        if early is None and read >= MAX_READ:
            early = f"was not read: {MAX_READ} newer sessions fit as well"
        if early is not None:
            judged.append(_left(candidate, wanted, early))
            continue
        read += 1
        try:
            judged.append(_after_reading(candidate, wanted, activity(candidate)))
        except NotReadableError as error:
            judged.append(_left(candidate, wanted, error.why))
        if judged[-1].taken is not False:
            taken[identity] = candidate
    return tuple(judged)


def _before_reading(candidate: Candidate, wanted: Wanted, newer: Candidate | None) -> str | None:
    """Return why a session is left without being read, None if it has to be."""
    if not candidate.readable:
        return candidate.why_not
    if newer is not None:
        return f"is the same session as {newer.path.name}, which was written later"
    if is_named(candidate, wanted.named):
        return None
    if place_of(candidate, wanted) is Place.ELSEWHERE:
        return _where(candidate, candidate.cwds, Place.ELSEWHERE)
    return other_time(candidate, wanted.span)


def _left(candidate: Candidate, wanted: Wanted, why: str) -> Judged:
    return Judged(
        candidate,
        taken=None if wanted.changed is None else False,
        why=why,
        place=place_of(candidate, wanted),
        in_time=other_time(candidate, wanted.span) is None,
    )


def _after_reading(candidate: Candidate, wanted: Wanted, did: Activity) -> Judged:
    cwds = (*candidate.cwds, *did.cwds)
    place = place_of(candidate, wanted, did.cwds)
    touched = _touched(did, cwds, wanted, is_anywhere=is_named(candidate, wanted.named))
    taken, why = _decision(candidate, wanted, did, place, touched)
    in_time = other_time(candidate, wanted.span) is None
    return Judged(candidate, taken, why, place, in_time, did, touched)


def _decision(
    candidate: Candidate, wanted: Wanted, did: Activity, place: Place, touched: frozenset[str]
) -> tuple[bool | None, str]:
    where = _where(candidate, (*candidate.cwds, *did.cwds), place)
    if wanted.changed is None:
        return None, where
    count = f"{len(touched)} of {plural(len(wanted.changed), 'changed file')}"
    does = "names" if did.only_named else "edits"
    made = next((short for short in did.commits if _is_of(short, wanted.commits)), None)
    if is_named(candidate, wanted.named):
        return True, f"the commits name it, and it {does} {count}"
    if place is Place.ELSEWHERE:
        return False, where
    if made is not None:
        return True, f"it made commit {made[:12]} of the range, and {does} {count}"
    if not touched:
        return False, "edits no file" if not did.edited else f"{does} none of the changed files"
    if place is Place.UNKNOWN and 2 * len(touched) < len(wanted.changed):
        return False, f"{where}, and {does} only {count}"
    if place is Place.UNKNOWN:
        return True, f"it overlaps the range, and {does} {count}; it {where}"
    return True, f"it {where}, overlaps the range, and {does} {count}"


def _where(candidate: Candidate, cwds: Sequence[str], place: Place) -> str:
    folder = cwds[0] if cwds else ""
    return {
        Place.HERE: "was run here",
        Place.ABOVE: f"was run in {folder}, above the repository",
        Place.UNKNOWN: f"was run in {folder}, which is not here" if cwds else "does not say where it was run",
        Place.ELSEWHERE: candidate.elsewhere or f"was run in {folder}",
    }[place]


def _touched(did: Activity, cwds: Sequence[str], wanted: Wanted, *, is_anywhere: bool) -> frozenset[str]:
    """Return the changed paths that a session edited; without a change, those of the repository."""
    if did.only_named:
        return did.edited
    changed = wanted.changed or frozenset()
    # The innermost first: a work tree may lie in another one.
    roots = sorted((str(root) for root in wanted.roots), key=len, reverse=True)
    maps = [PathMap(changed, root, cwds) for root in roots]
    if wanted.changed is None:
        # Without a folder nothing says what a relative path is relative to.
        own = did.edited if cwds else filter(posixpath.isabs, did.edited)
        return frozenset(path for name in own for path in _mapped(name, maps)[:1])
    if is_anywhere or not cwds or not all(map(wanted.is_there, cwds)):
        # A container, another machine, a work tree that was removed: the paths themselves tell their root.
        maps.append(PathMap(changed, None, cwds, did.edited))
    return frozenset(path for name in did.edited for path in _mapped(name, maps) if path in changed)


def _mapped(name: str, maps: Sequence[PathMap]) -> list[str]:
    return [path for each in maps if (path := each.repo_path(name)) is not None]


def is_named(candidate: Candidate, named: Collection[str]) -> bool:
    """Tell whether a session is one of those that the commits name."""
    return any(session in named for session in (candidate.session, *candidate.sessions))


def place_of(candidate: Candidate, wanted: Wanted, more: Sequence[str] = ()) -> Place:
    """Return where a session was run, as far as its candidate and `more` folders from its log tell; the nearest counts.

    A folder that is not there any more says nothing: it may have been a work tree of the repository.
    """
    cwds, roots = (*candidate.cwds, *more), [str(root) for root in wanted.roots]
    if any(_lies_in(cwd, root) for cwd in cwds for root in roots):
        return Place.HERE
    if any(_lies_in(root, cwd) for cwd in cwds for root in roots):
        return Place.ABOVE
    if candidate.elsewhere is not None or any(map(wanted.is_there, cwds)):
        return Place.ELSEWHERE
    return Place.UNKNOWN


def _lies_in(path: str, folder: str) -> bool:
    folder = posixpath.normpath(folder) if folder else "\0"
    return f"{posixpath.normpath(path)}/".startswith(f"{folder.rstrip('/')}/")


def other_time(candidate: Candidate, span: TimeSpan) -> str | None:
    """Return why a session is of another time than the change, None if it is not; unknown ends do not speak."""
    if candidate.started is None and candidate.ended is None:
        return "does not say when it was run"
    if span.start and candidate.ended is not None and candidate.ended < span.start - SLACK:
        return "ended before the base commit"
    if span.end and candidate.started is not None and candidate.started > span.end + SLACK:
        return "began after the head commit"
    return None


def _is_of(short: str, commits: Collection[str]) -> bool:
    return len(short) >= _SHORTEST_ID and any(full.startswith(short) for full in commits)
