"""Sessions of GitHub Copilot: the events of its command line, and its chats in VS Code.

Checked with the session events of the official SDK (github/copilot-sdk, up to August 2026). Events that the program
marks as ephemeral may be missing from the file: tokens then come from its shutdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.importers.copilot_cli import vscode
from reviewer.run.importers.copilot_cli.reader import Reader
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.jsonl import first_records, records
from reviewer.run.importers.recording import Recording

if TYPE_CHECKING:
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

_TYPE = re.compile(
    r"(?:session|user|assistant|tool|permission|subagent|hook|system|skill|user_input|external_tool)\.[a-z_.]+|abort"
)
_LONG_FIRST_LINE = re.compile(rb'\A\s*\{"type":"(?:session|user|assistant|tool)\.[a-z_]+","data":\{')


class CopilotCli:
    """The importer for GitHub Copilot."""

    name = "copilot-cli"
    title = "GitHub Copilot"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes start a log of Copilot CLI, or a chat of Copilot in VS Code."""
        found = first_records(head, 5)
        for record in found:
            kind, data = record.get("type"), record.get("data")
            if isinstance(kind, str) and _TYPE.fullmatch(kind) and isinstance(data, dict):
                return True
        if not found and _LONG_FIRST_LINE.match(head):
            return True
        return vscode.sniff(head, found)

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a session.

        Raises:
            BadTranscriptError: nothing in the log can be read.
            ImportCancelledError: `cancelled` said so.
        """
        if vscode.is_chat(source):
            return vscode.read(source, spool, progress, cancelled)
        reader = Reader(Recording(spool, SessionInfo("GitHub Copilot CLI")), source.name)
        for record in records(source, progress, cancelled):
            reader.take(record)
        if not reader.state.records and not reader.state.unknown:
            raise BadTranscriptError(f"{source.name} is empty: a session log was expected.")
        return reader.finished()
