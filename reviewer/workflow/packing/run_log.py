"""The record of the run: session logs masked as they are imported, joined, with the outputs of commands.

Knows importers and the packet's members. Each log is read once, and importers see only what was masked, so a secret
reaches no event.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from reviewer.packet import member
from reviewer.packet.manifest import Omission
from reviewer.run.derive import RunFacts, derive, path_map, with_repo_paths
from reviewer.run.importers.checked import CHECKED, beyond
from reviewer.run.importers.own_timeline import OwnTimeline
from reviewer.run.importers.spool import OutputSpool
from reviewer.run.join import JoinedSession, join
from reviewer.run.timeline import dump_event
from reviewer.workflow.packing.chosen import ChosenLog
from reviewer.workflow.packing.log_groups import distinct, group
from reviewer.workflow.packing.masked_copy import MaskedCopy
from reviewer.workflow.packing.outputs import keep_outputs
from reviewer.workflow.packing.read_logs import ReadLog, read_logs
from reviewer.workflow.packing.session_links import Commits, link_sessions
from reviewer.workflow.packing.staged import StagedMember

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reviewer.packet.manifest import Transcript
    from reviewer.packet.writer import Member
    from reviewer.run.derive.link import Link
    from reviewer.run.event import Event
    from reviewer.run.importers.importer import ImportedRun, SessionInfo
    from reviewer.run.join import JoinedRun
    from reviewer.run.redact import Redactor
    from reviewer.workflow.packing.apart import MaskingProcess
    from reviewer.workflow.packing.budget import Budget
    from reviewer.workflow.packing.log_groups import LogGroup
    from reviewer.workflow.packing.request import Progress

__all__ = ["ChosenLog", "LoggedPlace", "RunRecord", "add_transcripts", "read_run"]


@dataclass(frozen=True, slots=True)
class LoggedPlace:
    """What logs are compared with: the changed paths, old names too, the work tree (None if bare), the commits."""

    paths: frozenset[str] = frozenset()
    root: str | None = None
    commits: Commits = field(default_factory=Commits)


@dataclass(slots=True)
class RunRecord:
    """What is known of the run.

    Attributes:
        events: in order.
        sessions: what was joined, in the order of start; none without a log.
        facts: what follows from the events.
        logs: one for each log, main logs and those that belong to them.
        members: timeline, outputs and, where kept, the masked logs.
        omissions: outputs and logs that were cut or left out.
        notes: what the person should know.
    """

    events: tuple[Event, ...] = ()
    sessions: tuple[JoinedSession, ...] = ()
    facts: RunFacts = field(default_factory=RunFacts)
    logs: list[ReadLog] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    omissions: list[Omission] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def transcripts(self) -> list[Transcript]:
        """Return the rows of the manifest for the logs."""
        return [log.row for log in self.logs]

    @property
    def infos(self) -> tuple[SessionInfo, ...]:
        """Return what the logs say of each session."""
        return tuple(session.info for session in self.sessions)

    @property
    def formats(self) -> tuple[str, ...]:
        """Return the short names of the agents, in the order of their first session.

        A log in our own form says itself whose it is.
        """
        return tuple(
            {
                session.info.agent if log.row.format == OwnTimeline.name else log.row.format: None
                for session in self.sessions
                for log in self.logs
                if log.session == session.n
            }
        )

    @property
    def started(self) -> str | None:
        """When the first session began, None if no log has a time with a zone."""
        return min((info.started for info in self.infos if info.started and info.started.endswith("Z")), default=None)


def read_run(
    logs: Sequence[ChosenLog],
    place: LoggedPlace,
    staging: Path,
    redactor: Redactor,
    budget: Budget,
    *,
    progress: Progress,
    ahead: MaskingProcess | None = None,
) -> RunRecord:
    """Return the run of one or more sessions, of one or several agents.

    Args:
        logs: each session's main log before those that belong to it.
        place: which paths the change has, and where the repository is.
        staging: a folder of our own.
        redactor: masks, and counts by member.
        budget: what the packet has room for; outputs are asked for here, logs in `add_transcripts`.
        progress: told what is being done.
        ahead: a process that masks one of the logs already.

    Raises:
        BadTranscriptError: a log cannot be read or is of no known format.
        ImportCancelledError: never from here; `progress` may raise to end the work.
    """
    record = RunRecord(members={member.TIMELINE: b""})
    kept, record.notes = distinct(logs)
    with ExitStack() as held:
        copies = [
            held.enter_context(MaskedCopy(log, number, staging, redactor, ahead if _is_of(ahead, log) else None))
            for number, log in enumerate(kept, start=1)
        ]
        groups = group(copies, record.notes)
        if not groups:
            return record
        for number, copy in enumerate((copy for each in groups for copy in each.copies), start=1):
            copy.number = number
        spool = held.enter_context(OutputSpool())
        runs, joined = _imported(groups, spool, progress)
        record.sessions = joined.sessions
        record.logs = read_logs(groups, runs, joined)
        _tell_of_damage(record, groups)
        infos = joined.infos
        paths = path_map(joined.events, place.paths, place.root, infos)
        placed = with_repo_paths(joined.events, paths)
        links = link_sessions(joined.sessions, placed, spool, place.commits)
        outputs = keep_outputs(placed, spool, staging, redactor=redactor, budget=budget)
        # What was changed on the way here is not held twice.
        for events in (placed, joined.events, *(run.events for run in runs)):
            events.clear()
        record.events = outputs.events
        record.members |= outputs.members
        record.omissions += outputs.omissions
        record.facts = derive(record.events, place.paths, place.root, infos)
    _tie(record, links)
    timeline = StagedMember(staging / member.TIMELINE)
    with timeline:
        for event in record.events:
            timeline.write(line := dump_event(event))
            redactor.recount(line, member.TIMELINE)
    budget.spend(timeline.size)
    record.members[member.TIMELINE] = timeline.stretch()
    return record


def _is_of(ahead: MaskingProcess | None, log: ChosenLog) -> bool:
    return ahead is not None and ahead.log == log.path


def _imported(
    groups: Sequence[LogGroup], spool: OutputSpool, progress: Progress
) -> tuple[list[ImportedRun], JoinedRun]:
    """Return each session's run, and all as one, whose outputs are in the spool."""
    runs: list[ImportedRun] = []
    spools = [spool] if len(groups) == 1 else [spool.beside() for _ in groups]
    for number, (each, own) in enumerate(zip(groups, spools, strict=True), start=1):
        what = "reading the session" if len(groups) == 1 else f"reading session {number} of {len(groups)}"
        main, *others = (copy.source() for copy in each.copies)
        source = replace(main, companions=tuple(others))
        runs.append(each.importer.read(source, own, partial(progress, what)))
        for copy in each.copies:
            copy.finish()
    joined = join(runs)
    if len(groups) > 1:
        for number, (place, n) in enumerate(joined.commands, start=1):
            spool.take(spools[place], n, number)
    return runs, joined


def _tie(record: RunRecord, links: Sequence[Link]) -> None:
    """Say in each session's row how it ended and how it is tied to the commits; loudly where nothing ties it."""
    for row, session, tie in zip(record.facts.session, record.sessions, links, strict=True):
        row |= {"end": session.end.reason, "link": tie.kind, "link_evidence": tie.evidence}
        if tie.kind == "unrelated":
            which = "the session" if len(links) == 1 else f"session {session.n} of {len(links)}"
            logs = ", ".join(log.called for log in record.logs if log.session == session.n)
            record.notes.append(f"UNRELATED: nothing ties {which} ({logs}) to this change: {tie.evidence}")
        if (version := beyond(row["agent"], row["versions"])) is not None:
            checked = CHECKED[row["agent"]].last
            record.notes.append(
                f"{row['agent']} {version} is newer than {checked}, the last that was checked: look twice"
            )


def _tell_of_damage(record: RunRecord, groups: Sequence[LogGroup]) -> None:
    for each in groups:
        for copy in each.copies:
            if copy.told.damage:
                said = f"the rest of session log {copy.number}"
                record.omissions.append(Omission(what=said, reason=copy.told.damage))


def add_transcripts(record: RunRecord, redactor: Redactor, budget: Budget, *, wanted: bool) -> None:
    """Put the masked logs into the packet, as far as they are wanted and there is room; say why where not."""
    for number, log in enumerate(record.logs):
        reason = "not wanted (--no-transcript)" if not wanted else log.within
        if reason is None and not budget.take(log.copy.size):
            reason = "packet budget"
        if reason is None:
            record.members[log.name] = log.copy
            record.logs[number] = replace(log, row=log.row.model_copy(update={"path": log.name}))
            continue
        record.logs[number] = replace(log, row=log.row.model_copy(update={"left_out": reason}))
        record.omissions.append(Omission(what=f"session log {number + 1} ({log.row.size:,} bytes)", reason=reason))
        # What was masked in a file that is not there says nothing about the packet.
        for key in [key for key in redactor.counts if key[0] == log.name]:
            del redactor.counts[key]
