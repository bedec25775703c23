"""OpenHands: event logs of both generations, and the records of its benchmarks and of its issue resolver.

A file is a line for each event, one list of events, or a line for each benchmark instance with its `history`. Several
instances in one file are several runs: all are read, and each begins with a note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.importers import form
from reviewer.run.importers.document import parts
from reviewer.run.importers.draft import discarded_nodes
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.jsonl import records
from reviewer.run.importers.openhands.reader import Reader
from reviewer.run.importers.openhands.story import Story, is_base_state, is_event, is_instance
from reviewer.run.importers.openhands.tools import KINDS
from reviewer.run.importers.recording import Recording

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

__all__ = ["KINDS", "OpenHands"]

_LISTS = frozenset(("history", "trajectory", "events"))


class OpenHands:
    """The importer for OpenHands."""

    name = "openhands"
    title = "OpenHands"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes start an OpenHands log."""
        found = form.objects(head)
        if any(is_event(entry) or is_base_state(entry) or is_instance(set(entry)) for entry in found):
            return True
        first = form.first_parts(head)
        if any(part.key in _LISTS and is_event(part.value) for part in first):
            return True
        # A record of a benchmark is longer than what is looked at.
        return is_instance({part.key for part in first})

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a log, with the logs of its sub-agents.

        Raises:
            BadTranscriptError: nothing in the log can be read.
            ImportCancelledError: `cancelled` said so.
        """
        recording = Recording(spool, SessionInfo(self.title))
        reader = Reader(recording)
        story = Story(reader)
        _read(source, story, progress, cancelled)
        if not recording.records and not recording.unknown:
            raise BadTranscriptError(f"{source.name} is empty: a log of OpenHands was expected.")
        story.close()
        main, (reason, text) = recording.drafts, reader.end()
        beside = [_companion(log, recording, progress, cancelled) for log in source.companions]
        recording.drafts = main
        order = reader.order
        if reader.leaf is not None and reader.leaf in reader.parents:
            order = [*(node for node in order if node != reader.leaf), reader.leaf]
        gone = discarded_nodes(reader.parents, reader.prompts, reader.answers, order) if order else frozenset()
        return recording.finished(reason, text, repeated=reader.repeated, beside=beside, gone=gone)


def _companion(
    log: LogSource, recording: Recording, progress: Progress | None, cancelled: Cancelled | None
) -> list[Draft]:
    """Return the drafts of the log of a sub-agent."""
    recording.drafts, recording.time, recording.node = [], None, None
    reader = Reader(recording, is_beside=True)
    agent = log.agent or log.name
    recording.launched_by.setdefault(agent, "")
    reader.delegates = [agent]
    story = Story(reader)
    _read(log, story, progress, cancelled)
    story.close()
    return recording.drafts


def _read(log: LogSource, story: Story, progress: Progress | None, cancelled: Cancelled | None) -> None:
    recording = story.reader.recording
    if form.is_lines(form.head_of(log)):
        for record in records(log, progress, cancelled):
            recording.source = f"{log.name}:{record.line}"
            recording.replaced += record.replaced
            if record.problem:
                recording.broken(record)
                continue
            recording.records += 1
            story.take(record.value, recording.source)
        return
    for part in parts(log, progress, cancelled):
        recording.source = f"{log.name}:{part.place}" if part.place else log.name
        recording.replaced += part.replaced
        if part.problem:
            recording.broken(part)
            continue
        recording.records += part.number is not None or not part.key
        story.take_part(part.key, part.number, part.value)
