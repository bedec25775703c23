"""What sessions a repository has, held against a range of its commits: what `reviewer sessions` tells.

Knows the repository through the quarantine. Nothing is written and no content of a change is read.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from reviewer.errors import BadInputError, GitError, ReviewerError
from reviewer.git.quarantine import Quarantine
from reviewer.git.repository import find_repository
from reviewer.text import decode
from reviewer.workflow.packing.commit_range import CommitRange, find_range
from reviewer.workflow.packing.line_evidence import find_evidence
from reviewer.workflow.sessions.choice import Judged, Wanted
from reviewer.workflow.sessions.finding import survey
from reviewer.workflow.sessions.places import Places
from reviewer.workflow.sessions.search import with_links_followed
from reviewer.workflow.sessions.stores import AGENTS
from reviewer.workflow.sessions.work_trees import span_of, work_trees


@dataclass(frozen=True, slots=True)
class Overview:
    """The sessions of a repository.

    Attributes:
        span: the range that they are held against, None if there is none.
        changed: how many paths it changes.
        shown: the sessions that were asked for, the newest first.
        hidden: how many more there are, of other folders and times.
        older: how many logs were not opened, being older than the range.
        notes: what else a person should know, one sentence each.
    """

    span: CommitRange | None
    changed: int
    shown: tuple[Judged, ...]
    hidden: int
    older: int
    notes: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether any session fits: is taken for the range, or without one, is there at all."""
        return any(each.taken for each in self.shown) if self.span is not None else bool(self.shown)


def overview(
    start: Path,
    revision: str | None,
    *,
    everywhere: bool = False,
    agent: str | None = None,
    places: Places | None = None,
) -> Overview:
    """Return the sessions of the repository at `start`.

    Args:
        start: any place in it.
        revision: the range, in the forms that `reviewer pack` takes; None for what HEAD adds to the default branch, and
            for no range at all where that is nothing.
        everywhere: also show sessions of other folders and times.
        agent: only those of one program.
        places: where the person keeps things; None to ask the system.

    Raises:
        GitError: there is no repository, or a revision that was given does not exist.
        BadInputError: no agent has that name.
    """
    if agent is not None and agent not in AGENTS:
        raise BadInputError(f"no agent is called '{agent}'", hint=f"there are: {', '.join(AGENTS)}")
    notes: list[str] = []
    with Quarantine(find_repository(start)) as quarantine:
        roots = with_links_followed(work_trees(quarantine.repository))
        span = _range(quarantine, revision)
        wanted = Wanted(roots) if span is None else _wanted(quarantine, span, roots, notes)
    found = survey(wanted, (places or Places.of_this_person(),), everywhere=everywhere, agent=agent)
    shown = tuple(each for each in found.judged if everywhere or each.taken or (each.is_of_repository and each.in_time))
    changed = len(wanted.changed or ())
    return Overview(span, changed, shown, len(found.judged) - len(shown), found.older, (*notes, *found.notes))


def _range(quarantine: Quarantine, revision: str | None) -> CommitRange | None:
    if revision is not None:
        return find_range(quarantine, revision)
    try:
        return find_range(quarantine, None)
    except ReviewerError:
        # On the default branch, or without one, there is nothing to compare: then every session is of interest.
        return None


def _wanted(quarantine: Quarantine, span: CommitRange, roots: tuple[Path, ...], notes: list[str]) -> Wanted:
    base, commits = quarantine.commit(span.base), [quarantine.commit(oid) for oid in span.commits]
    try:
        differences = quarantine.compare(span.base, span.head).differences
    except ValueError as error:
        raise GitError(f"the change cannot be listed: {error}") from None
    changed = frozenset(decode(difference.path) for difference in differences)
    with tempfile.TemporaryDirectory(prefix="reviewer-sessions-") as place:
        diff = Path(place, "change.diff")
        quarantine.diff_to(diff, span.base, span.head)
        evidence = find_evidence(quarantine, span, commits, changed, diff=diff, staging=Path(place))
    notes += [*span.notes, *(f"kept in git: {log.name}: {log.because}" for log in evidence.logs)]
    return Wanted(roots, span_of(base, commits), changed, frozenset(span.commits), evidence.named)
