"""Look through the stores of all agents for the sessions of a change.

Knows the order: stores give candidates, the choice is made, each answer has its reason. See `find`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.text import plural
from reviewer.workflow.sessions.activity import Activities
from reviewer.workflow.sessions.choice import SLACK, Judged, TimeSpan, Wanted, judge
from reviewer.workflow.sessions.places import Places
from reviewer.workflow.sessions.search import Search, with_links_followed
from reviewer.workflow.sessions.stores import STORES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from reviewer.workflow.sessions.candidate import Candidate


@dataclass(frozen=True, slots=True)
class Taken:
    """A session that belongs to the change, and why, as a phrase.

    `candidate.reference` is what `gather` takes for it.
    """

    candidate: Candidate
    why: str


@dataclass(frozen=True, slots=True)
class Left:
    """A session that was not taken, and why, as a phrase."""

    candidate: Candidate
    why: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.candidate.path


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        taken: the sessions to read, in order of time; none if none fits.
        why: what the search came to, one sentence.
        left: other sessions of this repository, each with its reason: those that were read first, newer before older.
        notes: what else a person should know: what was not looked at.
    """

    taken: tuple[Taken, ...]
    why: str
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """All sessions that were found, judged, the newest first; and what a person should know about the search."""

    judged: tuple[Judged, ...]
    notes: tuple[str, ...] = ()
    older: int = 0


def find(
    roots: Sequence[Path],
    span: TimeSpan,
    changed: Collection[str],
    folders: Sequence[Path] | None = None,
    named: frozenset[str] = frozenset(),
    *,
    commits: Collection[str] = (),
) -> Found:
    """Return the sessions, of any agent, that made a change.

    A session is taken if it was run in a work tree at the time of the change and edited what it changes, or made one of
    its commits; or if the commits name it. `gather(taken.candidate.reference, staging)` gives the logs of each; two of
    them may share one (of a sub-agent, where a session was forked).

    Args:
        roots: folders of the repository's work trees, the one at hand first.
        span: when the change was made (`span_of` tells).
        changed: its paths with `/`, old names of renames included.
        folders: homes to look in; None for that of the person, with the variables that move parts of it.
        named: ids of sessions that the commits' trailers or notes name.
        commits: full ids of the commits.
    """
    wanted = Wanted(
        with_links_followed(roots), span, frozenset(changed), frozenset(commits), frozenset(filter(None, named))
    )
    places = (Places.of_this_person(),) if folders is None else tuple(Places(home) for home in folders)
    found = survey(wanted, places)
    taken = sorted((each for each in found.judged if each.taken), key=lambda each: each.candidate.in_time_order)
    others = [each for each in found.judged if not each.taken and each.is_of_repository]
    left = sorted(others, key=lambda each: each.activity is None)
    return Found(
        tuple(Taken(each.candidate, each.why) for each in taken),
        _sentence(len(taken), len(left)),
        tuple(Left(each.candidate, each.why) for each in left),
        found.notes,
    )


def _sentence(taken: int, left: int) -> str:
    if taken:
        return f"{plural(taken, 'session')} of {taken + left} fit{'s' if taken == 1 else ''} this range"
    if left:
        return f"none of {plural(left, 'session')} fits this range"
    return f"no session of this repository was found (looked for: {', '.join(store.title for store in STORES)})"


def survey(wanted: Wanted, places: Sequence[Places], *, everywhere: bool = False, agent: str | None = None) -> Survey:
    """Return all sessions, judged.

    Args:
        wanted: the change, or only the repository.
        places: whose sessions.
        everywhere: also sessions of other folders and other times.
        agent: only those of this program; None for all.
    """
    since = wanted.span.start - SLACK if wanted.span.start and not everywhere else None
    searches = [Search(each, wanted.roots, since, everywhere, wanted.named) for each in places]
    found = list(_candidates(searches, agent))
    judged = judge(found, replace(wanted, is_there=_is_there), Activities(wanted.changed or ()).of)
    notes = list(dict.fromkeys(note for search in searches for note in search.notes))
    closed = [each for each in judged if not each.candidate.readable and not each.is_of_repository]
    if closed and not everywhere:
        notes.append(f"{plural(len(closed), 'log')} cannot be read; reviewer sessions --all says why")
    return Survey(judged, tuple(notes), sum(search.older for search in searches))


def _candidates(searches: Sequence[Search], agent: str | None) -> Iterator[Candidate]:
    seen: set[tuple[str, str | None]] = set()
    for search in searches:
        for store in STORES:
            if agent is not None and agent not in store.agents:
                continue
            for candidate in store.candidates(search):
                # Two folders may be one by a link, and two variables may name the same one.
                key = (os.path.realpath(candidate.path) if candidate.readable else str(candidate.path), candidate.part)
                if key not in seen and agent in {None, candidate.agent}:
                    seen.add(key)
                    yield candidate


def _is_there(folder: str) -> bool:
    try:
        return os.path.isdir(folder)  # noqa: PTH112 - a text from a log, which Path may refuse
    except ValueError:
        return False
