"""Codex CLI sessions: rollouts of all versions, and what `codex exec --json` prints (checked with 0.114 to 0.144).

The format has no promise of stability: what a version adds is counted and kept as unknown, never dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.importers.codex.reader import Reader
from reviewer.run.importers.form import plain
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.jsonl import first_records, records
from reviewer.run.importers.recording import Recording
from reviewer.run.importers.values import Json, table, tables, text, words_of

if TYPE_CHECKING:
    from reviewer.run.importers.codex.log import Log
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

_ENVELOPES = words_of("session_meta response_item event_msg turn_context compacted world_state")
_CALLS = words_of("function_call function_call_output custom_tool_call custom_tool_call_output local_shell_call")
_STREAM = words_of("thread.started turn.started turn.completed turn.failed item.started item.updated item.completed")
_PARTS = words_of("input_text output_text")
_FOREIGN = ("user", "assistant", "system")
"""Records of programs that keep the provider's items among records of their own."""
_LONG_FIRST_LINE = re.compile(
    rb'\A\s*\{"timestamp":\s*"[^"]{10,40}",\s*(?:"ordinal":\s*\d{1,12},\s*)?'
    rb'"type":\s*"(?:session_meta|response_item|event_msg|turn_context|compacted)",\s*"payload":\s*\{'
)


class Codex:
    """The importer for Codex."""

    name = "codex"
    title = "Codex"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes start a Codex log."""
        found = first_records(head)
        if any(record.get("type") in _FOREIGN for record in found):
            return False
        return any(_is_ours(record) for record in found) or (
            not found and _LONG_FIRST_LINE.match(plain(head)) is not None
        )

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a session, with the rollouts of its sub-agents.

        Raises:
            BadTranscriptError: nothing in the log can be read.
            ImportCancelledError: `cancelled` said so.
        """
        state = Recording(spool, SessionInfo(self.title))
        sources = (source, *source.companions)
        before, in_all = 0, sum(log.size for log in sources)
        read: list[Log] = []
        streams: list[list[Draft]] = []
        gone: set[str] = set()
        for log in sources:
            reader = Reader(state, log.name, main=not read, agent=log.agent if read else None)
            for record in records(log, _shifted(progress, before, in_all), cancelled):
                reader.take(record)
            before += log.size
            drafts, taken_back = reader.log.finish()
            streams.append(drafts)
            gone |= taken_back
            read.append(reader.log)
        if not state.records and not state.unknown:
            raise BadTranscriptError(f"{source.name} is empty: a session log was expected.")
        _hang(state, read)
        reason, words = read[0].end()
        state.drafts = streams[0]
        repeated = sum(log.repeated for log in read)
        return state.finished(reason, words, repeated=repeated, beside=streams[1:], gone=gone)


def _hang(state: Recording, logs: list[Log]) -> None:
    """Hang each sub-agent below the agent whose session it goes out from."""
    agents = {log.session.identity: log.agent for log in logs if log.session.identity}
    for log in logs:
        if log.agent:
            state.launched_by[log.agent] = agents.get(log.parent or "") or state.launched_by.get(log.agent, "")


def _is_ours(record: Json) -> bool:
    kind = record.get("type")
    payload = record.get("payload")
    if isinstance(payload, dict):
        return isinstance(kind, str) and kind in _ENVELOPES
    if isinstance(kind, str):
        return _is_bare(kind, record)
    if kind is None and record.get("record_type") == "state":
        return True
    if isinstance(table(record.get("msg")).get("type"), str) and "id" in record:
        return len(record) == 2
    return {"id", "timestamp", "instructions"} <= set(record)


def _is_bare(kind: str, record: Json) -> bool:
    if kind in _STREAM:
        return kind.startswith("turn.") or "thread_id" in record or isinstance(record.get("item"), dict)
    if kind in _CALLS:
        return "call_id" in record and ("output" in record or "arguments" in record or "input" in record)
    if kind == "reasoning":
        return "encrypted_content" in record and "summary" in record
    if kind == "message" and "role" in record:
        return any(text(part.get("type")) in _PARTS for part in tables(record.get("content")))
    return False


def _shifted(progress: Progress | None, before: int, in_all: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _: progress(before + done, max(in_all, before + done))
