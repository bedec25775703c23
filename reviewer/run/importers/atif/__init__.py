"""ATIF: trajectories in the exchange format of Harbor, any version 1.x; unknown fields are ignored.

One document is one trajectory; trajectories of sub-agents stand inside it (from 1.7) or in files of their own, and a
long run can go on in another file. What a tool means depends on the agent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.importers import form
from reviewer.run.importers.atif.trajectory import Trajectory
from reviewer.run.importers.document import parts
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.recording import Recording
from reviewer.run.importers.values import text

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

__all__ = ["Atif"]

_VERSION = re.compile(r"ATIF-v1(?:\.\d{1,4})*\Z")
_TOP = frozenset(("steps", "agent", "session_id", "trajectory_id", "final_metrics"))


class Atif:
    """The importer for ATIF."""

    name = "atif"
    title = "ATIF"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes start a trajectory."""
        first = form.first_parts(head)
        if any(part.key == "schema_version" and _VERSION.match(text(part.value) or "") for part in first):
            return True
        keys = {part.key for part in first}
        steps = [part.value for part in first if part.key == "steps" and isinstance(part.value, dict)]
        # A document without its version, or with it at the end, is known by its steps.
        return "agent" in keys & _TOP and any({"step_id", "source", "message"} <= step.keys() for step in steps)

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a trajectory, with those of its sub-agents and those in which it goes on.

        Raises:
            BadTranscriptError: nothing in the log can be read.
            ImportCancelledError: `cancelled` said so.
        """
        recording = Recording(spool, SessionInfo(self.title))
        main = Trajectory(recording)
        _read(source, main, progress, cancelled)
        if not recording.records and not recording.unknown:
            raise BadTranscriptError(f"{source.name} is empty: a trajectory was expected.")
        drafts = main.finished()
        last = main
        beside: list[list[Draft]] = []
        for log in source.companions:
            recording.time = None
            other = Trajectory(recording, agent=log.agent or "")
            _read(log, other, progress, cancelled)
            if log.agent:
                recording.launched_by.setdefault(log.agent, "")
                beside.append(other.finished())
            else:
                drafts += other.finished()
                last = other
        if not any(log.agent for log in source.companions):
            main.note_lost()
        if last.goes_on and last is main:
            recording.info.lost["later steps"] = f"they stand in {last.goes_on}"
        reason, why = last.end()
        recording.drafts = drafts
        return recording.finished(
            reason, why, repeated=main.copied + (last.copied if last is not main else 0), beside=beside
        )


def _read(log: LogSource, trajectory: Trajectory, progress: Progress | None, cancelled: Cancelled | None) -> None:
    recording = trajectory.recording
    for part in parts(log, progress, cancelled):
        recording.source = f"{log.name}:{part.place}" if part.place else log.name
        recording.replaced += part.replaced
        if part.problem:
            recording.agent = trajectory.agent
            recording.broken(part)
        else:
            trajectory.take(part.key, part.number, part.value)
