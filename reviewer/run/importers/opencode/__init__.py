"""opencode: sessions as `opencode export` writes them, lists of messages, and the lines of `run --format json`.

A session of a sub-agent is a log of its own, tied by the id that the call of the tool `task` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.importers import form
from reviewer.run.importers.document import parts
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.jsonl import records
from reviewer.run.importers.opencode.session import Session
from reviewer.run.importers.opencode.tools import KINDS
from reviewer.run.importers.recording import Recording, remember
from reviewer.run.importers.values import Json, compact, moment, some_text, table, text

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

__all__ = ["KINDS", "OpenCode"]

_LINES = frozenset(("step_start", "step_finish", "tool_use", "text", "reasoning", "error"))
_ROLES = frozenset(("user", "assistant"))
_ABOUT = frozenset(("directory", "projectID", "version", "title"))


class OpenCode:
    """The importer for opencode."""

    name = "opencode"
    title = "opencode"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes start a session of opencode."""
        if form.is_lines(head) and any(_is_line(entry) for entry in form.objects(head)):
            return True
        first = form.first_parts(head)
        if any(part.key in {"", "messages"} and _is_message(part.value) for part in first):
            return True
        about = next((table(part.value) for part in first if part.key == "info"), {})
        return (some_text(about.get("id")) or "").startswith("ses") and bool(_ABOUT & about.keys())

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a session, with the sessions of its sub-agents.

        Raises:
            BadTranscriptError: nothing in the log can be read.
            ImportCancelledError: `cancelled` said so.
        """
        recording = Recording(spool, SessionInfo(self.title))
        main = Session(recording)
        _read(source, main, progress, cancelled)
        if not recording.records and not recording.unknown:
            raise BadTranscriptError(f"{source.name} is empty: a session of opencode was expected.")
        drafts, (reason, why) = recording.drafts, main.end()
        beside: list[list[Draft]] = []
        gone = set(main.gone)
        for log in source.companions:
            recording.drafts, recording.time, recording.cwd = [], None, None
            session = Session(recording, agent=log.agent or log.name)
            _read(log, session, progress, cancelled)
            beside.append(recording.drafts)
            gone |= session.gone
        recording.drafts = drafts
        return recording.finished(reason, why, beside=beside, gone=gone)


def _read(log: LogSource, session: Session, progress: Progress | None, cancelled: Cancelled | None) -> None:
    recording = session.recording
    head = form.head_of(log)
    if form.is_lines(head) and any(_is_line(entry) for entry in form.objects(head)):
        for record in records(log, progress, cancelled):
            recording.source = f"{log.name}:{record.line}"
            recording.replaced += record.replaced
            if record.problem:
                recording.broken(record)
                continue
            recording.records += 1
            _line(session, table(record.value), record.value)
    else:
        for part in parts(log, progress, cancelled):
            recording.source = f"{log.name}:{part.place}" if part.place else log.name
            recording.replaced += part.replaced
            if part.problem:
                recording.broken(part)
            else:
                _part(session, part.key, part.number, part.value)
    session.close()


def _part(session: Session, key: str, number: int | None, value: object) -> None:
    recording = session.recording
    if key == "info" and isinstance(value, dict):
        recording.records += 1
        session.about(value)
    elif number is not None and key in {"messages", ""} and isinstance(value, dict) and "info" in value:
        recording.records += 1
        session.message(value)
    else:
        recording.records += 1
        recording.not_understood(key or "not a message", compact(value))


def _line(session: Session, line: Json, value: object) -> None:
    """Take a line of the stream: a part of an answer as it came, or an error."""
    recording = session.recording
    kind = text(line.get("type"))
    recording.agent, recording.node = session.agent, None
    recording.time = moment(line.get("timestamp"), per_second=1000) or recording.time
    info = recording.info
    info.started, info.ended = info.started or recording.time, recording.time
    remember(info.session_ids, some_text(line.get("sessionID")))
    if kind == "error":
        error = table(line.get("error"))
        name = some_text(error.get("name")) or "error"
        said = some_text(table(error.get("data")).get("message")) or compact(line.get("error"))
        session.failed(name, f"{name}: {said}")
    elif isinstance(line.get("part"), dict):
        session.part(line["part"])
    else:
        recording.not_understood(kind or "not an object", compact(value))


def _is_line(entry: Json) -> bool:
    if text(entry.get("type")) not in _LINES or not (some_text(entry.get("sessionID")) or "").startswith("ses"):
        return False
    return isinstance(entry.get("part"), dict) or "error" in entry


def _is_message(value: object) -> bool:
    info = table(table(value).get("info"))
    return text(info.get("role")) in _ROLES and isinstance(table(value).get("parts"), list) and "id" in info
