"""How a session is tied to the commits of a change (rule `session-link`), the strongest tie that holds.

Pure: a session's own facts and plain values from git in, a tie with its evidence out. Nothing is tied because it came
next: a trailer that names a session which edits none of the changed files is told as a contradiction, and ties nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.run.derive.patches import same_changes
from reviewer.run.derive.trace import DID_NOT_RUN
from reviewer.run.event import Command, Edit
from reviewer.run.shell.command_line import analyse
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewer.run.event import Event
    from reviewer.run.importers.importer import SessionInfo

Kind: TypeAlias = Literal["note", "trailer", "patch", "commit", "time_and_files", "files", "unrelated"]
SLACK = 600
"""A session may end a little before its commit, and clocks differ; seconds."""
_SHORTEST_ID, _SHORTEST_OID, _SHOWN = 8, 7, 12
_COMMITTED = re.compile(r"^\[[^\]\n]{1,300}? ([0-9a-f]{7,64})\] ", re.MULTILINE)
_ID = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the range: its id, when it was written and made (seconds since 1970), and its trailers."""

    oid: str
    times: tuple[int, ...] = ()
    trailers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """What git says of the change, as plain values.

    Attributes:
        commits: of the range.
        changed: paths of the change, old names of renames included.
        diff: the lines of the change's diff by path, as git writes them; what a handed-in patch is held against.
        noted: session id to where a note or an attribution record names it ("refs/notes/ai of 1a2b3c4d5e6f").
        trailed: session id to the trailer that leads to it over a checkpoint ("Entire-Checkpoint: 82579310fc of …").
        printed: commit ids, whole or short, that commit commands of the session printed (`printed_commits`).
    """

    commits: tuple[Commit, ...] = ()
    changed: frozenset[str] = frozenset()
    diff: Mapping[str, Sequence[str]] = field(default_factory=dict)
    noted: Mapping[str, str] = field(default_factory=dict)
    trailed: Mapping[str, str] = field(default_factory=dict)
    printed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """How a session is tied to the commits, and by what, one sentence."""

    kind: Kind
    evidence: str


def link(info: SessionInfo, events: Sequence[Event], change: CommitFacts) -> Link:
    """Return how one session is tied to the change.

    Args:
        info: what its log says of it.
        events: of this session only, edits with their `repo_path`.
        change: the commits.
    """
    edited = frozenset(
        edit.repo_path or edit.path for edit in events if isinstance(edit, Edit) and edit.applied is not False
    )
    both = edited & change.changed
    shared = (
        f"{len(both):,} of {plural(len(change.changed), 'changed file')} {'is' if len(both) == 1 else 'are'} edited"
    )
    noted = next((f"{where} names session {one}" for one in info.session_ids if (where := change.noted.get(one))), None)
    if noted is not None:
        return Link(
            "note", f"{noted}{'' if both or not edited else ', though its log edits none of the changed files'}"
        )
    trailer = next(_trailers(info, change), None)
    if trailer is not None and (both or not edited):
        return Link("trailer", f"{trailer}; {shared if edited else 'its log has no edits to compare'}")
    found = _patch(info, change) or _commit(info, change) or _by_files(info, change, both, shared)
    if trailer is None:
        return found
    if found.kind == "unrelated":
        return Link("unrelated", f"{trailer}, but its log edits none of the changed files: the trailer ties nothing")
    return Link(found.kind, f"{found.evidence}; {trailer}, though its log edits none of the changed files")


def commit_commands(events: Sequence[Event]) -> list[Command]:
    """Return the commands of a session that may have made a commit; their output says which."""
    return [
        event
        for event in events
        if isinstance(event, Command) and event.state not in DID_NOT_RUN and analyse(event.line).commits
    ]


def printed_commits(output: str) -> frozenset[str]:
    """Return the short commit ids that `git commit` printed ("[main 1a2b3c4] Subject")."""
    return frozenset(_COMMITTED.findall(output))


def _trailers(info: SessionInfo, change: CommitFacts) -> Iterator[str]:
    """Yield the trailers that name the session itself, or lead to it."""
    wanted = {one for one in info.session_ids if len(one) >= _SHORTEST_ID}
    for commit in change.commits:
        for key, value in commit.trailers:
            if wanted.intersection((value.strip(), *_ID.findall(value[:1000]))):
                yield f"the trailer {key}: {value.strip()[:100]} of commit {commit.oid[:_SHOWN]} names this session"
    for one in info.session_ids:
        if one in change.trailed:
            yield f"the trailer {change.trailed[one]} leads to this session"


def _patch(info: SessionInfo, change: CommitFacts) -> Link | None:
    how = same_changes(info.patch, change.diff) if info.patch and change.diff else None
    return None if how is None else Link("patch", f"the patch that the run handed in equals the change {how}")


def _commit(info: SessionInfo, change: CommitFacts) -> Link | None:
    for made, how in (
        (info.commits, "recorded as made by the run"),
        (sorted(change.printed), "printed by a commit in it"),
    ):
        for short in made:
            oid = short.lower()
            found = next(
                (one.oid for one in change.commits if len(oid) >= _SHORTEST_OID and one.oid.startswith(oid)), None
            )
            if found is not None:
                return Link("commit", f"commit {found[:_SHOWN]} is {how}")
    return None


def _by_files(info: SessionInfo, change: CommitFacts, both: frozenset[str], shared: str) -> Link:
    if not both:
        return Link("unrelated", "it edits none of the changed files")
    start, end = _moment(info.started), _moment(info.ended)
    if start is None or end is None:
        zone = "its times have no zone" if info.started else "it does not say when it was run"
        return Link("files", f"{shared} in it, and {zone}")
    apart, nearest = min(
        ((max(start - time, time - end, 0), commit) for commit in change.commits for time in commit.times),
        key=lambda one: one[0],
        default=(inf, None),
    )
    if nearest is None or apart > SLACK:
        return Link("files", f"{shared} in it, and no commit was made at its time")
    when = "while it ran" if not apart else f"within {SLACK // 60} minutes of it"
    return Link("time_and_files", f"{shared} in it, and commit {nearest.oid[:_SHOWN]} was made {when}")


def _moment(time: str | None) -> float | None:
    """Return a time as seconds since 1970, None without a zone: such a time can be compared with no other."""
    try:
        at = datetime.fromisoformat(time) if time else None
    except ValueError:
        return None
    if at is None or at.tzinfo is None:
        return None
    try:
        return at.astimezone(UTC).timestamp()
    except OverflowError:
        return None
