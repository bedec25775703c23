"""SWE-agent trajectories: `.traj` of 0.x and 1.x, and files that hold nothing but the history of messages.

Checked with 0.5 to 1.1; the format is described in the project's `docs/usage/trajectories.md` and `sweagent/types.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.importers.document import parts
from reviewer.run.importers.form import first_parts
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.recording import Recording
from reviewer.run.importers.swe_agent.reader import Reader
from reviewer.run.importers.values import table, tables

if TYPE_CHECKING:
    from reviewer.run.importers.document import Part
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool
    from reviewer.run.importers.values import Json

_STEP = b'"trajectory"'
_IN_STEP = (b'"action"', b'"observation"', b'"thought"')


class SweAgent:
    """The importer for SWE-agent."""

    name = "swe-agent"
    title = "SWE-agent"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes start a trajectory of SWE-agent."""
        found = first_parts(head)
        if any(_is_ours(part) for part in found):
            return True
        # One step, with the messages that led to it, can be longer than what is looked at.
        torn = bool(found) and found[-1].problem == "torn" and found[-1].key in {"trajectory", "attempts"}
        return torn and _STEP in head and all(name in head for name in _IN_STEP)

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a trajectory.

        Raises:
            BadTranscriptError: nothing in the file can be read.
            ImportCancelledError: `cancelled` said so.
        """
        reader = Reader(Recording(spool, SessionInfo(self.title)), source.name)
        for part in parts(source, progress, cancelled):
            reader.take(part)
        if not reader.state.records and not reader.state.unknown:
            raise BadTranscriptError(f"{source.name} is empty: a trajectory was expected.")
        return reader.finished()


def _is_ours(part: Part) -> bool:
    value = table(part.value)
    if part.number is None:
        return False
    if part.key == "trajectory":
        return _is_step(value)
    if part.key == "attempts":
        return any(_is_step(step) for step in tables(value.get("trajectory"))[:5])
    return part.key == "history" and _is_message(value)


def _is_step(step: Json) -> bool:
    return "action" in step and "observation" in step and ("thought" in step or "response" in step)


def _is_message(message: Json) -> bool:
    return "role" in message and "content" in message and bool({"agent", "message_type", "is_demo"} & set(message))
