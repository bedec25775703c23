"""Gemini CLI: chats as one document (until early 2026), as lines, and as raw contents that `/chat save` writes.

The folder of a chat is named only by a hash, so the working folder is not recorded; nor are the branch, the approval
mode and the cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.importers import form
from reviewer.run.importers.document import parts
from reviewer.run.importers.gemini_cli.chat import SETTINGS, Chat
from reviewer.run.importers.gemini_cli.tools import KINDS
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.jsonl import records
from reviewer.run.importers.recording import Recording
from reviewer.run.importers.values import Json, compact, table, text, time

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

__all__ = ["KINDS", "GeminiCli"]

_TYPES = frozenset(("user", "gemini", "info", "error", "warning"))
_ROLES = frozenset(("user", "model"))
_MESSAGE = frozenset(("id", "timestamp", "type", "content", "displayContent"))
_LISTS = frozenset(("messages", "history"))
_PARTS = frozenset(
    ("text", "functionCall", "functionResponse", "inlineData", "fileData", "thought", "thoughtSignature")
)
_REASONS = {
    "said": ("finished", ""),
    "asked": ("unanswered", "the agent did not answer"),
    "call": ("unanswered", "the last call has no result in the log"),
    "interrupt": ("interrupted", "cancelled by the person"),
    "error": ("error", ""),
    "limit": ("limit", ""),
}


class GeminiCli:
    """The importer for Gemini CLI."""

    name = "gemini-cli"
    title = "Gemini CLI"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes start a chat of Gemini CLI."""
        found = form.objects(head)
        if any(_is_line(entry) for entry in found):
            return True
        first = form.first_parts(head)
        keys = {part.key for part in first}
        if {"sessionId", "projectHash"} <= keys and not keys & {"uuid", "payload"}:
            return True
        contents = [part.value for part in first if part.key in {"", "history"} and part.number is not None]
        return bool(contents) and all(_is_content(entry) for entry in contents[:20])

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a chat, with the chats of its sub-agents.

        Raises:
            BadTranscriptError: nothing in the log can be read.
            ImportCancelledError: `cancelled` said so.
        """
        recording = Recording(spool, SessionInfo(self.title))
        main = Chat(recording)
        _read(source, main, progress, cancelled)
        if not recording.records and not recording.unknown:
            raise BadTranscriptError(f"{source.name} is empty: a chat of Gemini CLI was expected.")
        beside: list[list[Draft]] = []
        gone = set(main.gone)
        for log in source.companions:
            chat = Chat(recording, agent=log.agent or log.name)
            recording.launched_by.setdefault(chat.agent, "")
            recording.time = None
            _read(log, chat, progress, cancelled)
            beside.append(chat.drafts())
            gone |= chat.gone
        recording.drafts = main.drafts()
        reason, why = _REASONS.get(main.last(), ("unknown", ""))
        return recording.finished(reason, why, repeated=main.repeated, beside=beside, gone=gone)


def _read(log: LogSource, chat: Chat, progress: Progress | None, cancelled: Cancelled | None) -> None:
    recording = chat.recording
    head = form.head_of(log)
    # A document can stand on one line; the lines of a chat never hold the list of messages on top.
    if form.is_lines(head) and not any(part.key == "messages" for part in form.first_parts(head)):
        for record in records(log, progress, cancelled):
            recording.source = f"{log.name}:{record.line}"
            recording.replaced += record.replaced
            if record.problem:
                chat.broken(record)
                continue
            recording.records += 1
            _take(chat, record.value)
        return
    settings: Json = {}
    for part in parts(log, progress, cancelled):
        recording.source = f"{log.name}:{part.place}"
        recording.replaced += part.replaced
        if part.problem:
            chat.broken(part)
        elif part.number is not None and part.key in {*_LISTS, ""}:
            recording.records += 1
            _take(chat, part.value)
        elif part.number is None and part.key:
            settings[part.key] = part.value
        elif part.key == "directories":
            settings[part.key] = [*settings.get(part.key, []), part.value]
        else:
            chat.not_understood(part.key or "not a list", compact(part.value))
    recording.source = log.name
    if settings:
        recording.records += not recording.records
        chat.settings(settings)


def _take(chat: Chat, value: object) -> None:
    """Take one record; a whole document on one line is its settings and its messages."""
    if not isinstance(value, dict):
        chat.not_understood("not an object", compact(value))
        return
    messages = next((value[key] for key in ("messages", "history") if isinstance(value.get(key), list)), None)
    if messages is not None and "id" not in value:
        chat.settings(value)
        for message in messages:
            _take(chat, message)
    else:
        chat.take(value)


def _is_line(entry: Json) -> bool:
    if isinstance(entry.get("$rewindTo"), str) or SETTINGS & table(entry.get("$set")).keys():
        return True
    if "sessionId" in entry and "projectHash" in entry:
        return True
    if text(entry.get("type")) not in _TYPES or not isinstance(entry.get("id"), str) or "content" not in entry:
        return False
    return time(entry.get("timestamp")) is not None and (entry["type"] == "gemini" or entry.keys() <= _MESSAGE)


def _is_content(entry: object) -> bool:
    if not isinstance(entry, dict) or text(entry.get("role")) not in _ROLES:
        return False
    found = entry.get("parts")
    return isinstance(found, list) and all(
        isinstance(part, dict) and "type" not in part and bool(part.keys() & _PARTS) for part in found
    )
