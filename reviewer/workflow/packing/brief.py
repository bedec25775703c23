"""The brief: what git, the run and the contract say, joined field by field, each with how it is known.

Knows which source stands over which: the contract over the log for what was asked and allowed, the log for what was
said and done, git for what changed. Reads nothing itself but which commit touched what.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reviewer.run.importers.own_timeline import OwnTimeline
from reviewer.workflow.packing.course import course
from reviewer.workflow.packing.facts import held_rows, manifest_path, run_rows, run_table
from reviewer.workflow.packing.origin import find_operator, find_origin, touched_before
from reviewer.workflow.packing.tables import GradedTable, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.git.commit import CommitInfo
    from reviewer.git.quarantine import Quarantine
    from reviewer.packet.manifest import Operator
    from reviewer.run.derive import RunFacts
    from reviewer.workflow.contract import Contract
    from reviewer.workflow.packing.agent_notes import AgentNotes
    from reviewer.workflow.packing.git_change import FileRow, GitChange
    from reviewer.workflow.packing.line_evidence import LineEvidence
    from reviewer.workflow.packing.run_log import RunRecord

_MAX_COMMITS = 200
"""Commits of a range that are looked into for who touched what; in longer ones nothing is derived from it."""


@dataclass(frozen=True, slots=True)
class Brief:
    """Every table of the manifest that says what was asked, allowed, done and left."""

    tables: dict[str, Any]


def build_brief(
    quarantine: Quarantine,
    change: GitChange,
    commits: Sequence[CommitInfo],
    head: CommitInfo,
    *,
    run: RunRecord,
    contract: Contract | None,
    operator: Operator | None,
    notes: AgentNotes | None = None,
    evidence: LineEvidence | None = None,
) -> Brief:
    """Return the brief of a change.

    Args:
        quarantine: the repository.
        change: what changed.
        commits: of the range, the oldest first.
        head: the last one.
        run: what is known of the run.
        contract: what was ordered, None if nothing was written down.
        operator: who ran the agent, if the person who packs says so.
        notes: what the agent wrote down about its work.
        evidence: what recorders say of single lines.
    """
    facts = run.facts
    scope, rollback = run_table(facts.scope), GradedTable()
    if notes is not None:
        rollback.declare(notes.rollback())
    if contract is not None:
        scope.declare(contract.declared("scope"))
        rollback.declare(contract.declared("rollback"))
    tables: dict[str, Any] = {
        "origin": _origin(quarantine, change, commits, head, run=run, operator=operator).tables(),
        "task": _task(facts, contract).tables(),
        "scope": scope.tables(),
        "plan": run_table(facts.plan).tables(),
        "rollback": rollback.tables(),
        "cost": run_table(facts.cost).tables(),
        "end": run_table(facts.end).tables(),
        "file_changed": [_file_row(row, facts) for row in change.files],
        **run_rows(facts),
        "course": plain(course(facts, change.files, contract)),
        "session": _sessions(run),
        "attribution": plain(evidence.rows) if evidence is not None else [],
    }
    if notes is not None:
        # What the agent wrote down for this is worth more than what its words let guess.
        tables["assumption"] = [*plain(notes.assumptions()), *tables["assumption"]]
    return Brief(tables)


def _sessions(run: RunRecord) -> list[dict[str, Any]]:
    """Return the rows of the sessions, each with its format and the places of its logs."""
    rows = held_rows(run.facts.session)
    for row in rows:
        logs = [(place, log.row.format) for place, log in enumerate(run.logs, start=1) if log.session == row["n"]]
        row["transcript"] = [place for place, _ in logs]
        row["agent"] = logs[0][1] if logs and logs[0][1] != OwnTimeline.name else row["agent"]
    return rows


def _task(facts: RunFacts, contract: Contract | None) -> GradedTable:
    table = GradedTable()
    if contract is not None:
        table.declare(contract.declared("task"))
    # What was really asked stands over what the contract says would be asked.
    asked = run_table(facts.task)
    table.join(asked)
    if asked.has("prompt") and not asked.has("follow_ups"):
        # A log that has the request and nothing after it says that there was nothing.
        table.put("recorded", follow_ups=[])
    return table


def _origin(
    quarantine: Quarantine,
    change: GitChange,
    commits: Sequence[CommitInfo],
    head: CommitInfo,
    *,
    run: RunRecord,
    operator: Operator | None,
) -> GradedTable:
    facts = run.facts
    table = GradedTable()
    written = [row.path for row in change.files if not row.generated]
    started = _seconds(run.started)
    early = touched_before(_touched(quarantine, commits), commits, started) if facts.edited else frozenset()
    found = find_origin(commits, paths=written, edited=facts.edited, touched_before=early)
    table.put("derived", kind=found.kind, agent=found.agent)
    if run.infos:
        table.join(run_table(facts.origin))
        agents = ", ".join(run.formats) or None
        table.put("recorded", agent=agents, transcript=[row.model_dump() for row in run.transcripts])
    if operator is not None:
        table.put("declared", operator=operator.model_dump())
    elif (committer := find_operator(head)) is not None:
        table.put("recorded", operator=committer.model_dump())
    return table


def _touched(quarantine: Quarantine, commits: Sequence[CommitInfo]) -> dict[str, list[str]]:
    if len(commits) > _MAX_COMMITS:
        return {}
    return {
        commit.oid: [
            difference.path.decode("utf-8", "surrogateescape")
            for difference in quarantine.compare(next(iter(commit.parents), None), commit.oid).differences
        ]
        for commit in commits
        # What a merge brings in is the work of the commits that it merges.
        if len(commit.parents) < 2
    }


def _file_row(row: FileRow, facts: RunFacts) -> dict[str, Any]:
    names = {row.path, row.old_path} - {None}
    by_agent = bool(names & facts.edited)
    by_shell = by_agent and names & facts.edited <= facts.by_shell
    read = [facts.read_before_edit[name] for name in names if name in facts.read_before_edit]
    return {
        "path": manifest_path(row.path),
        "old_path": None if row.old_path is None else manifest_path(row.old_path),
        "status": row.status,
        "added": row.added,
        "removed": row.removed,
        "by": "agent" if by_agent else "unknown",
        "generated": row.generated,
        "read_before_edit": any(read) if read and by_agent and row.status != "A" else None,
        "rule": "edits-by-shell" if by_shell else "edits-in-log" if by_agent else None,
    }


def _seconds(time: str | None) -> int | None:
    try:
        return None if time is None else int(datetime.fromisoformat(time).timestamp())
    except ValueError:
        return None
