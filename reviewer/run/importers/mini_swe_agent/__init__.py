"""mini-SWE-agent trajectories: `.traj.json` of version 1 and 2, and files that hold nothing but the list of messages.

Checked with 1.13 to 2.2; the format is described in the project's `docs/usage/output_files.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.importers.document import parts
from reviewer.run.importers.form import first_parts
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.mini_swe_agent.reader import Reader
from reviewer.run.importers.recording import Recording
from reviewer.run.importers.values import Json, joined, some_text, table, tables

if TYPE_CHECKING:
    from reviewer.run.importers.document import Part
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

_FORMAT = "mini-swe-agent"
_MARKS = (b'"mini_version"', b'"minisweagent.')
_SAID = ("COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT", "MINI_SWE_AGENT_FINAL_OUTPUT")


class MiniSweAgent:
    """The importer for mini-SWE-agent."""

    name = "mini-swe-agent"
    title = "mini-SWE-agent"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes start a trajectory of mini-SWE-agent."""
        found = first_parts(head)
        if any(_is_ours(part) for part in found):
            return True
        # The settings can be longer than what is looked at.
        return bool(found) and found[-1].key == "info" and any(mark in head for mark in _MARKS)

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
    value = part.value
    if part.key == "trajectory_format":
        return isinstance(value, str) and value.startswith(_FORMAT)
    if part.key == "info":
        return _is_info(table(value))
    return part.key in {"", "messages"} and part.number is not None and _is_message(table(value))


def _is_info(info: Json) -> bool:
    config = table(info.get("config"))
    kinds = (some_text(config.get(key)) or "" for key in ("agent_type", "model_type", "environment_type"))
    if "mini_version" in info or any(kind.startswith("minisweagent") for kind in kinds):
        return True
    return "exit_status" in info and "agent" in config and "environment" in config


def _is_message(message: Json) -> bool:
    extra = table(message.get("extra"))
    actions = tables(extra.get("actions"))
    if any("command" in action for action in actions) or "interrupt_type" in extra:
        return True
    if "returncode" in extra and "raw_output" in extra:
        return True
    said = joined(message.get("content")) if "role" in message else ""
    return said.startswith("<returncode>") or any(mark in said for mark in _SAID)
