"""What follows from a run: pure rules over its events, each with its name and the events it follows from.

Knows events and paths as texts; opens nothing. Branches that the person gave up count only for what stays on disk:
edits and commands are kept, words are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.run.derive import asked, course, edits, reach, refusals, rows, sessions, spent, words
from reviewer.run.derive.claims import claims
from reviewer.run.derive.facts import Graded, Parting, RunFacts
from reviewer.run.derive.parting import course_rows
from reviewer.run.derive.paths import PathMap
from reviewer.run.derive.plan import plan
from reviewer.run.derive.trace import Trace
from reviewer.run.event import Command, Edit, Read

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviewer.run.event import Event
    from reviewer.run.importers.importer import SessionInfo

__all__ = [
    "Graded",
    "Parting",
    "PathMap",
    "RunFacts",
    "course_rows",
    "derive",
    "path_map",
    "with_repo_paths",
]


def derive(
    events: Sequence[Event],
    changed_paths: Collection[str],
    repo_root: str | None = None,
    info: SessionInfo | Sequence[SessionInfo] | None = None,
) -> RunFacts:
    """Return the facts of a run.

    Args:
        events: in order, as imported; of several joined sessions, each with its number.
        changed_paths: paths of the change with `/`, old names of renames included.
        repo_root: the repository's folder on this machine, None if there is none.
        info: what the logs say about the session, or about each of the joined ones in order; None if nothing.
    """
    infos = _infos(info)
    trace = Trace.of(events, changed_paths, path_map(events, changed_paths, repo_root, infos))
    facts = RunFacts()
    book = edits.ledger(trace)
    edits.fill(facts, trace, book)
    facts.session = sessions.session(trace, infos)
    facts.file_read = rows.file_read(trace)
    facts.command = rows.command(trace)
    facts.edit_refused, tried_again = refusals.refused(trace)
    facts.retry = sorted(rows.retry(trace, facts.command) + tried_again, key=lambda row: row["events"][:1])
    facts.tool_call = reach.tool_call(trace)
    facts.host = reach.host(trace)
    facts.effect = reach.effect(trace, book)
    facts.denial = asked.denial(trace)
    facts.question = asked.question(trace)
    facts.assumption = words.assumption(trace)
    said = claims(trace, book)
    facts.claim = words.claim(said)
    plan(facts.plan, trace)
    spent.cost(facts.cost, trace, infos)
    spent.end(facts.end, trace)
    asked.task(facts.task, trace)
    if infos:
        sessions.scope(facts.scope, infos)
        sessions.origin(facts.origin, infos)
        sessions.lost(facts, infos)
    facts.partings = course.partings(facts, trace, book, said, infos)
    facts.course = course_rows(facts.partings)
    return facts


def path_map(
    events: Sequence[Event],
    changed_paths: Collection[str],
    repo_root: str | None,
    info: SessionInfo | Sequence[SessionInfo] | None,
) -> PathMap:
    """Return how the paths of a log map to those of the repository."""
    infos = _infos(info)
    cwds = dict.fromkeys(cwd for one in infos for cwd in one.cwds)
    cwds |= dict.fromkeys(event.cwd for event in events if isinstance(event, Command) and event.cwd)
    logged = {event.path for event in events if isinstance(event, (Edit, Read)) and event.path}
    first = {number: one.cwds[0] for number, one in enumerate(infos, start=1) if one.cwds}
    return PathMap(changed_paths, repo_root, list(cwds), logged, session_cwds=first if len(infos) > 1 else None)


def with_repo_paths(events: Sequence[Event], paths: PathMap) -> list[Event]:
    """Return the events with `repo_path` set in edits and reads of files of the repository."""
    return [
        replace(event, repo_path=paths.repo_path(event.path, event.session))
        if isinstance(event, (Edit, Read)) and event.path
        else event
        for event in events
    ]


def _infos(info: SessionInfo | Sequence[SessionInfo] | None) -> list[SessionInfo]:
    if info is None:
        return []
    return list(info) if isinstance(info, Sequence) else [info]
