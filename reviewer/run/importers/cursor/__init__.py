"""Agent transcripts of Cursor: JSON Lines of messages, and the same as plain text.

Checked with transcripts up to August 2026. They have no ids, no results and no exit codes, and a time only where the
person asked: how a command ended and whether an edit took effect is not recorded, and is never made up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.importers.cursor.reader import Reader
from reviewer.run.importers.cursor.text_form import TextReader
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.jsonl import first_records, records, stretches
from reviewer.run.importers.recording import Recording
from reviewer.run.importers.text_lines import lines

if TYPE_CHECKING:
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

_HEAD = 1 << 16
_TEXT = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:user|human):[ \t]*\r?\n", re.IGNORECASE)
_TEXT_WORDS = (b"<user_query>", b"\n[Tool call] ", b"\n[Thinking]")
_LONG_FIRST_LINE = re.compile(rb'\A\s*\{"role":\s?"(?:user|assistant)",\s?"message":\s?\{"content":')
_KEYS = frozenset(("role", "message", "timestamp", "id", "model", "turnId"))
_BLOCKS = frozenset(("text", "tool_use", "tool_result", "thinking", "image"))


class Cursor:
    """The importer for Cursor."""

    name = "cursor"
    title = "Cursor"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes start an agent transcript."""
        if _is_text(head):
            return True
        found = first_records(head, 10)
        said = [record for record in found if "role" in record]
        if said and all(_is_message(record) for record in said):
            return all("role" in record or record.get("type") == "turn_ended" for record in found)
        return not found and _LONG_FIRST_LINE.match(head) is not None

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a transcript, with those of its sub-agents.

        Raises:
            BadTranscriptError: nothing in the log can be read.
            ImportCancelledError: `cancelled` said so.
        """
        state = Recording(spool, SessionInfo(self.title))
        reason = ""
        for place, log in enumerate((source, *source.companions)):
            state.agent = log.agent or ""
            state.time = None
            ended = _read(state, log, progress if not place else None, cancelled)
            reason = ended if not place else reason
        if not state.records and not state.unknown:
            raise BadTranscriptError(f"{source.name} is empty: an agent transcript was expected.")
        # Without times nobody can say when a sub-agent did what: its events come after those of the main one.
        return state.finished(reason)


def _read(state: Recording, log: LogSource, progress: Progress | None, cancelled: Cancelled | None) -> str:
    """Read one transcript; return how it ended."""
    head = next((block for _, block in stretches(log)), b"")[:_HEAD]
    if _is_text(head):
        text = TextReader(state, log.name)
        for line in lines(log, progress, cancelled):
            text.take(line)
        return text.finished()
    reader = Reader(state, log.name)
    for record in records(log, progress, cancelled):
        reader.take(record)
    return reader.finished()


def _is_text(head: bytes) -> bool:
    return _TEXT.match(head) is not None and any(word in head for word in _TEXT_WORDS)


def _is_message(record: dict[str, object]) -> bool:
    message = record.get("message")
    if record["role"] not in ("user", "assistant") or not isinstance(message, dict) or not record.keys() <= _KEYS:
        return False
    content = message.get("content")
    if isinstance(content, list):
        return all(isinstance(block, dict) and str(block.get("type")) in _BLOCKS for block in content[:5])
    return isinstance(content, str)
