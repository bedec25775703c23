"""A run that its agent wrote down itself, in the form of a packet's `timeline.jsonl`: for agents without an importer.

One JSON object a line. Only `kind` and the fields that say something are needed; numbers, turns and what follows from a
command's line and output are worked out. A wrong field is told and left out, and the rest of its line counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run import timeline
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.jsonl import first_records, records
from reviewer.run.importers.own_timeline.head import RunHead
from reviewer.run.importers.own_timeline.reader import Reader
from reviewer.run.importers.recording import Recording

if TYPE_CHECKING:
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool
    from reviewer.run.importers.values import Json

__all__ = ["OwnTimeline", "RunHead"]


class OwnTimeline:
    """The importer for runs in our own form."""

    name = "timeline"
    title = "timeline.jsonl"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes hold events of ours among their first lines."""
        found = first_records(head, 10)
        ours = [record for record in found if _is_ours(record)]
        return len(ours) * 2 > len(found)

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run.

        Raises:
            BadTranscriptError: the first line is no event, so the file is something else.
            ImportCancelledError: `cancelled` said so.
        """
        reader = Reader(Recording(spool, SessionInfo("an agent without an importer")), source.name)
        for record in records(source, progress, cancelled):
            reader.take(record)
        if not reader.state.records:
            raise BadTranscriptError(f"{source.name} is empty: a timeline was expected.")
        return reader.finished()


def _is_ours(record: Json) -> bool:
    kind = record.get("kind")
    if not isinstance(kind, str):
        return False
    if kind == "run":
        return bool(record.keys() & {"agent", "cwd", "session_id"})
    if timeline.class_of(kind) is None:
        return False
    names = set(timeline.field_names(kind))
    needed = timeline.required(kind) - {"seq", "n"}
    return needed <= record.keys() and (len(record.keys() - names) <= 2 or "seq" in record)
