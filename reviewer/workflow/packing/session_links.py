"""How each session of a run is tied to the commits, for `[[session]]` and for the person who packs.

Knows git's values and the outputs in the spool, and asks `reviewer.run.derive.link`, which decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewer.run.derive.link import Commit, CommitFacts, Link, commit_commands, link, printed_commits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reviewer.git.commit import CommitInfo
    from reviewer.run.event import Event
    from reviewer.run.importers.importer import SessionInfo
    from reviewer.run.importers.spool import OutputSpool
    from reviewer.run.join import JoinedSession
    from reviewer.workflow.packing.line_evidence import LineEvidence

_MAX_DIFF = 64 << 20
"""A longer diff is not held against a patch, bytes; no agent hands in one like it."""
_MOST_COMMITS = 500
_MOST_COMMANDS = 200
_SHOWN = 64 << 10


@dataclass(frozen=True, slots=True)
class Commits:
    """What sessions are held against: the commits' facts, and the diff as a file (None where there is none)."""

    facts: CommitFacts = field(default_factory=CommitFacts)
    diff: Path | None = None


def commits_of(commits: Sequence[CommitInfo], paths: frozenset[str], diff: Path, evidence: LineEvidence) -> Commits:
    """Return what git and the recorders beside it say of a change.

    Args:
        commits: of the range.
        paths: of the change, old names of renames included.
        diff: the change as git writes it.
        evidence: notes, records and checkpoints.
    """
    known = tuple(
        Commit(commit.oid, (commit.author_time, commit.committer_time), commit.trailers)
        for commit in commits[-_MOST_COMMITS:]
    )
    sources = _sources(evidence)
    noted = {session: sources.get(session, "a note or a record") for session in evidence.noted}
    trailed = {session: sources.get(session, "of a checkpoint") for session in evidence.trailed}
    return Commits(CommitFacts(known, paths, noted=noted, trailed=trailed), diff)


def _sources(evidence: LineEvidence) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in evidence.rows:
        if row["session_id"] is not None:
            commit = f" of {row['commit'][:12]}" if row["commit"] else ""
            found.setdefault(row["session_id"], f"{row['source']}{commit}")
    return found


def link_sessions(
    sessions: Sequence[JoinedSession], events: Sequence[Event], spool: OutputSpool, commits: Commits
) -> list[Link]:
    """Return how each session is tied to the commits, in their order.

    Args:
        sessions: of the run.
        events: of the run, edits with their `repo_path`.
        spool: outputs of its commands, by number.
        commits: what they are held against.
    """
    facts = commits.facts
    if any(session.info.patch for session in sessions):
        facts = replace(facts, diff=_diff_lines(commits.diff))
    return [_link(session.info, _own(events, session, len(sessions)), spool, facts) for session in sessions]


def _own(events: Sequence[Event], session: JoinedSession, count: int) -> Sequence[Event]:
    return events if count == 1 else [event for event in events if event.session == session.n]


def _link(info: SessionInfo, events: Sequence[Event], spool: OutputSpool, facts: CommitFacts) -> Link:
    printed: set[str] = set()
    for command in commit_commands(events)[-_MOST_COMMANDS:]:
        printed |= printed_commits(spool.tail(command.n, _SHOWN).decode("utf-8", "replace"))
    return link(info, events, replace(facts, printed=frozenset(printed)))


def _diff_lines(diff: Path | None) -> Mapping[str, Sequence[str]]:
    """Return the lines of a diff by path; nothing of one that is too long to be held against a patch."""
    if diff is None or diff.stat().st_size > _MAX_DIFF:
        return {}
    from reviewer.diff.index import IndexBuilder  # seldom needed

    data = diff.read_bytes()
    builder = IndexBuilder(data)
    while not builder.step():
        pass
    index = builder.index
    return {
        span.path: [raw.decode("utf-8", "replace") for raw in index.raws(span.first, span.last)]
        for span in index.files
        if not span.binary
    }
