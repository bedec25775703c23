"""The record of the run: session logs masked as they are imported, with the outputs of commands.

Knows importers, outputs and the packet's members. Each log is read once, and importers see only what was masked, so a
secret reaches no event.
"""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.packet import member
from reviewer.packet.manifest import Omission, Transcript
from reviewer.run.derive import RunFacts, derive, path_map, with_repo_paths
from reviewer.run.event import Command, Event
from reviewer.run.importers.detect import detect
from reviewer.run.importers.importer import LogSource
from reviewer.run.importers.spool import OutputSpool
from reviewer.run.timeline import dump_event
from reviewer.text import plural
from reviewer.workflow.packing.masked_copy import MaskedCopy
from reviewer.workflow.packing.staged import StagedFile, StagedMember

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reviewer.packet.content import Stretch
    from reviewer.packet.writer import Member
    from reviewer.run.importers.importer import ImportedRun, Importer, SessionInfo
    from reviewer.run.redact import Redactor
    from reviewer.workflow.packing.apart import MaskingProcess
    from reviewer.workflow.packing.budget import Budget
    from reviewer.workflow.packing.request import Progress

MAX_LOG = 1 << 20
"""Bytes of one command's output that are kept."""

_HEAD = 256 << 10
_LOGS_SHARE = 3
_SHOWN_OMISSIONS = 20


@dataclass(frozen=True, slots=True)
class ChosenLog:
    """A session log to read: where, why it was taken, and the sub-agent that it is of, if it is of one."""

    path: Path
    because: str
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedPlace:
    """What a log's paths are compared with: the changed paths, old names too, and the work tree (None if bare)."""

    paths: frozenset[str] = frozenset()
    root: str | None = None


@dataclass(slots=True)
class RunRecord:
    """What is known of the run.

    Attributes:
        events: in order.
        info: what the logs say about the session, None without a log.
        facts: what follows from the events.
        transcripts: one for each log, main logs and those of sub-agents.
        members: timeline, outputs and, where kept, the masked logs.
        copies: the masked logs, in the order of `transcripts`.
        omissions: outputs and logs that were cut or left out.
    """

    events: tuple[Event, ...] = ()
    info: SessionInfo | None = None
    facts: RunFacts = field(default_factory=RunFacts)
    transcripts: list[Transcript] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    copies: list[Stretch] = field(default_factory=list)
    omissions: list[Omission] = field(default_factory=list)


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
    """Return the run of one or more session logs of the same agent program.

    Args:
        logs: the main log first.
        place: which paths the change has, and where the repository is.
        staging: a folder of our own.
        redactor: masks, and counts by member.
        budget: what the packet has room for; outputs are asked for here, logs in `add_transcripts`.
        progress: told what is being done.
        ahead: a process that masks the main log already, into its place in `staging`.

    Raises:
        BadTranscriptError: a log cannot be read or is of no known format.
        ImportCancelledError: never from here; `progress` may raise to end the work.
    """
    if not logs:
        return RunRecord(members={member.TIMELINE: b""})
    (staging / "transcript").mkdir(exist_ok=True)
    with ExitStack() as held:
        copies = [
            held.enter_context(
                MaskedCopy(
                    log.path,
                    staging,
                    member.transcript_name(number),
                    redactor,
                    ahead if ahead is not None and number == 1 and ahead.log == log.path else None,
                )
            )
            for number, log in enumerate(logs, start=1)
        ]
        importer = _one_importer(copies)
        main, *others = (_source(copy, log) for copy, log in zip(copies, logs, strict=True))
        source = dataclasses.replace(main, companions=tuple(others))
        spool = held.enter_context(OutputSpool())
        run = importer.read(source, spool, lambda done, total: progress("reading the session", done, total))
        record = RunRecord(info=run.info, transcripts=_transcripts(importer.name, copies, logs, run))
        record.copies = [copy.told.copy for copy in copies]
        paths = path_map(run.events, place.paths, place.root, run.info)
        placed = with_repo_paths(run.events, paths)
        record.events = _with_outputs(placed, spool, staging, record, redactor=redactor, budget=budget)
        record.facts = derive(record.events, place.paths, place.root, run.info)
    timeline = StagedMember(staging / member.TIMELINE)
    with timeline:
        for event in record.events:
            timeline.write(line := dump_event(event))
            redactor.recount(line, member.TIMELINE)
    budget.spend(timeline.size)
    record.members[member.TIMELINE] = timeline.stretch()
    return record


def add_transcripts(record: RunRecord, redactor: Redactor, budget: Budget, *, wanted: bool) -> None:
    """Put the masked logs into the packet, as far as they are wanted and there is room; say why where not."""
    for number, log in enumerate(record.transcripts):
        name = member.transcript_name(number + 1)
        copy = record.copies[number]
        reason = None if wanted else "not wanted (--no-transcript)"
        if reason is None and not budget.take(copy.size):
            reason = "packet budget"
        if reason is None:
            record.members[name] = copy
            record.transcripts[number] = log.model_copy(update={"path": name})
            continue
        record.transcripts[number] = log.model_copy(update={"left_out": reason})
        record.omissions.append(Omission(what=f"session log {number + 1} ({log.size:,} bytes)", reason=reason))
        # What was masked in a file that is not there says nothing about the packet.
        for key in [key for key in redactor.counts if key[0] == name]:
            del redactor.counts[key]


def _source(copy: MaskedCopy, log: ChosenLog) -> LogSource:
    return LogSource(name=copy.name, size=copy.found_size, open=copy.raw, agent=log.agent, blocks=copy.blocks)


def _one_importer(copies: Sequence[MaskedCopy]) -> Importer:
    importers = [detect(copy.head(), copy.log.name) for copy in copies]
    for importer, copy in zip(importers, copies, strict=True):
        if importer is not importers[0]:
            raise BadTranscriptError(
                f"{copy.log.name}: is a log of {importer.title}, and the first one is of {importers[0].title}",
                hint="give logs of one program; make a packet for each run",
            )
    return importers[0]


def _transcripts(
    format_name: str, copies: Sequence[MaskedCopy], logs: Sequence[ChosenLog], run: ImportedRun
) -> list[Transcript]:
    # What was not understood is counted for the run as a whole, and stands with its main log.
    return [
        Transcript(
            format=format_name,
            sha256=copy.told.sha256,
            size=copy.told.size,
            records=run.records if len(logs) == 1 else copy.told.lines,
            unknown=run.unknown if place == 0 else {},
            torn=run.torn if place == 0 else 0,
            chosen_because=log.because,
        )
        for place, (copy, log) in enumerate(zip(copies, logs, strict=True))
    ]


def _with_outputs(
    found: Sequence[Event],
    spool: OutputSpool,
    staging: Path,
    record: RunRecord,
    *,
    redactor: Redactor,
    budget: Budget,
) -> tuple[Event, ...]:
    rest = budget.left - budget.left // _LOGS_SHARE
    left_out: list[Omission] = []
    events: list[Event] = []
    # One file for all outputs: a run has thousands, and making a file costs more than what is written into it.
    with StagedFile(staging / "outputs") as kept:
        for event in found:
            if not isinstance(event, Command):
                events.append(event)
                continue
            if not spool.size(event.n):
                events.append(dataclasses.replace(event, log=None) if event.log else event)
                continue
            data, cut = _capped(spool, event.n)
            name = member.log_name(event.n)
            if not budget.take(len(data), keep=rest):
                left_out.append(Omission(what=f"output of command {event.n}", reason="packet budget"))
                events.append(dataclasses.replace(event, log=None))
                continue
            redactor.recount(data, name)
            record.members[name] = kept.add(data)
            if cut:
                left_out.append(
                    Omission(what=f"the middle of the output of command {event.n}", reason=f"{cut:,} bytes over")
                )
            is_said = event.log == name and not cut
            events.append(
                event if is_said else dataclasses.replace(event, log=name, log_cut=event.log_cut or bool(cut))
            )
    record.omissions += left_out[:_SHOWN_OMISSIONS]
    if more := left_out[_SHOWN_OMISSIONS:]:
        record.omissions.append(Omission(what=plural(len(more), "more output"), reason="packet budget or over 1 MiB"))
    return tuple(events)


def _capped(spool: OutputSpool, number: int) -> tuple[bytes, int]:
    """Return an output, its middle cut out where it is too long, and how many bytes were cut."""
    size = spool.size(number)
    if size <= MAX_LOG:
        return spool.read(number), 0
    # The end has the summary of a test run, the start its command and first error.
    cut = size - MAX_LOG
    mark = f"\n⟦cut: {cut:,} bytes of this output are not in the packet⟧\n".encode()
    return spool.read(number, _HEAD) + mark + spool.tail(number, MAX_LOG - _HEAD), cut
