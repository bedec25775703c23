"""Claude Code sessions: JSON Lines, one record a content block (checked with 1.0.111 to 2.1.42).

The format has no promise of stability: what a version adds is counted and kept as unknown, never dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.event import End
from reviewer.run.importers.claude_code.reader import Reader
from reviewer.run.importers.draft import Draft, discarded_nodes, settle
from reviewer.run.importers.importer import ImportedRun, SessionInfo
from reviewer.run.importers.jsonl import first_records, records
from reviewer.run.importers.recording import Recording
from reviewer.run.importers.values import table

if TYPE_CHECKING:
    from reviewer.run.importers.importer import Cancelled, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

_CONVERSATION = frozenset(("user", "assistant", "system", "progress", "attachment"))
_MARKS: dict[str, str] = {
    "summary": "leafUuid",
    "file-history-snapshot": "messageId",
    "queue-operation": "operation",
    "pr-link": "prUrl",
    "permission-mode": "permissionMode",
    "last-prompt": "sessionId",
    "ai-title": "sessionId",
    "custom-title": "sessionId",
    "mode": "sessionId",
    "agent-setting": "sessionId",
    "agent-name": "sessionId",
}
_LONG_FIRST_LINE = re.compile(rb'\A\s*\{.*"parentUuid":(?:null|").*"sessionId":"', re.DOTALL)
_REASONS = {
    "said": "finished",
    "interrupt": "interrupted",
    "error": "error",
    "limit": "limit",
    "call": "unanswered",
    "asked": "unanswered",
}


class ClaudeCode:
    """The importer for Claude Code."""

    name = "claude-code"
    title = "Claude Code"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing (pitfall 14)
        """Return whether these bytes start a Claude Code log."""
        found = first_records(head)
        for record in found:
            kind = record.get("type")
            if not isinstance(kind, str):
                continue
            if "parts" in table(record.get("message")) or "systemPayload" in record:
                return False  # the same envelope around the messages of another agent (Qwen Code)
            if kind in _CONVERSATION and "uuid" in record and ("parentUuid" in record or "sessionId" in record):
                return True
            if kind in _MARKS and _MARKS[kind] in record:
                return True
        return not found and _LONG_FIRST_LINE.match(head) is not None

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a session, with the logs of its sub-agents and of its copies.

        Raises:
            BadTranscriptError: nothing in the log can be read.
            ImportCancelledError: `cancelled` said so.
        """
        reader = Reader(Recording(spool, SessionInfo(self.title)))
        sources = (source, *source.companions)
        before, in_all = 0, sum(log.size for log in sources)
        streams: list[list[Draft]] = []
        last = ""
        for place, log in enumerate(sources):
            reader.start(log.name, log.agent)
            for record in records(log, _shifted(progress, before, in_all), cancelled):
                reader.take(record)
            before += log.size
            if not log.agent or not place:
                last = reader.last
            streams.append(reader.state.drafts)
        if not reader.records and not reader.state.unknown:
            raise BadTranscriptError(f"{source.name} is empty: a session log was expected.")
        return _run(reader, streams, last)


def _run(reader: Reader, streams: list[list[Draft]], last: str) -> ImportedRun:
    state = reader.state
    state.drafts, state.agent, state.node = [], "", None
    reader.close()
    gone = (
        discarded_nodes(reader.envelopes.parents, reader.prompts, reader.answers, reader.envelopes.order)
        if reader.envelopes.order
        else frozenset()
    )
    state.add(End, **_end(reader, last))
    closing = state.drafts
    _mark_rewinds(streams, gone)
    reader.forget()
    events = settle(
        [streams[0], *streams[1:]],
        closing,
        spool=state.spool,
        launched_by=state.launched_by,
        is_discarded=gone.__contains__,
    )
    return ImportedRun(
        events=events,
        info=state.info,
        records=reader.records,
        unknown=state.unknown,
        torn=reader.torn,
        repeated=reader.repeated,
    )


def _end(reader: Reader, last: str) -> dict[str, str]:
    if reader.torn:
        return {"reason": "cut", "text": f"the last {reader.torn:,} bytes of the log are not a whole record"}
    open_calls = [call for call in reader.calls.open_calls.values() if not call.closed]
    if last == "interrupt":
        return {"reason": "interrupted", "text": "interrupted by the person"}
    if open_calls and last != "said":
        names = ", ".join(dict.fromkeys(call.name for call in open_calls))
        return {"reason": "unanswered", "text": f"no result of {names} in the log"}
    reason = _REASONS.get(last, "unknown")
    return {"reason": reason, "text": "the agent did not answer" if last == "asked" else ""}


def _mark_rewinds(streams: list[list[Draft]], gone: frozenset[str]) -> None:
    """Say where the person went back: before the first event after a discarded stretch."""
    if not gone:
        return
    from reviewer.run.event import Context

    for stream in streams:
        before = False
        marked: list[Draft] = []
        for draft in stream:
            now = draft.node is not None and draft.node in gone
            if before and not now and draft.node is not None:
                note = Draft(
                    Context,
                    {
                        "what": "rewind",
                        "text": "the person went back; what was done on the branch before remains on disk",
                    },
                    time=draft.time,
                    agent=draft.agent,
                    source=draft.source,
                    node=None,
                )
                marked.append(note)
            if draft.node is not None:
                before = now
            marked.append(draft)
        stream[:] = marked


def _shifted(progress: Progress | None, before: int, in_all: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _: progress(before + done, max(in_all, before + done))
