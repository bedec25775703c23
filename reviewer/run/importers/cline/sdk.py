"""Sessions of the Cline SDK, `<id>.messages.json`: messages with calls and results as blocks.

Knows its messages and its results, one for each part of a call. A command that succeeded exited with 0: the program
reports every other code as an error, and names it only where the command wrote nothing about it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import Prompt, Read, Thought
from reviewer.run.importers.cline import history
from reviewer.run.importers.document import parts
from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.recording import remember
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import Json, compact, joined, some_text, table, tables, text

if TYPE_CHECKING:
    from reviewer.run.importers.document import Part
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.toolset import Ended, Kind

_CODE = re.compile(r"Command exited with code (-?\d{1,9})\b", re.ASCII)
_STOPPED = ("Command timed out", "Command was aborted")
_CUT = "[Output truncated:"
_INJECTED = ("<system", "<SYSTEM_NOTICE>", "<hook", "<environment", "<task_notification", "[SYSTEM")


def read(
    log: LogSource,
    state: Recording,
    status: tuple[str, str],
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> ImportedRun:
    """Return the run of a session; `status` is how it ended as far as its session file says.

    Raises:
        ImportCancelledError: `cancelled` said so.
    """
    info = state.info
    began, ended = info.started, info.ended
    info.started = info.ended = None
    session = _Session(state, log.name)
    for part in parts(log, progress, cancelled):
        session.take(part)
    info.started = _first(info.started, began)
    info.ended = max(filter(None, (info.ended, ended)), default=None)
    if session.last == "call" or status[0] == "unknown":
        return session.finished()
    return state.finished(*status)


def _first(one: str | None, other: str | None) -> str | None:
    return other if one is None else one


class _Session(history.Conversation):
    """One session being read."""

    def take(self, part: Part) -> None:
        """Take one part of the document: a message, or what stands beside them."""
        if part.problem or (part.key == "messages" and part.number is not None):
            super().take(part)
        elif part.key == "sessionId":
            remember(self.state.info.session_ids, some_text(part.value))
        elif part.key == "agent" and part.value not in (None, "lead"):
            self.state.note("note", f"agent: {text(part.value)}")

    def _user(self, message: Json) -> None:
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else tables(content)
        said: list[str] = []
        files: list[str] = []
        pictures = 0
        for block in blocks:
            kind = text(block.get("type"))
            if kind == "text":
                self._text(message, text(block.get("text")) or "", said)
            elif kind == "tool_result":
                self._answered(block)
            elif kind == "file":
                files.append(some_text(block.get("path")) or "")
            elif kind in {"image", "image_url"}:
                pictures += 1
            else:
                self.state.not_understood(f"user/{kind}", compact(block))
        self._asked("\n".join(said), len(files) + pictures)
        for path in files:
            # The model gets an attached file whole.
            self.state.add(Read, path=path, whole=True, ok=True)

    def _text(self, message: Json, part: str, said: list[str]) -> None:
        """Take one text of a message: a person's words, or what the program put in their place or beside them."""
        if table(message.get("metadata")).get("kind") == "compaction_summary":
            self.state.note("compaction", part)
        elif part.lstrip().startswith(_INJECTED):
            self.state.note("note", part)
        else:
            said.append(part)

    def _asked(self, said: str, attached: int) -> None:
        if said.strip() or attached:
            self.state.prompt(said, attachments=attached)
            self.last = "asked"

    def _answered(self, block: Json) -> None:
        identity = some_text(block.get("tool_use_id"))
        call = self.calls.open.get(identity or "")
        kind: Kind = call.kind if call is not None else "other"
        failed = block.get("is_error") is True
        found = [_result(each, kind, failed=failed) for each in _parts(block.get("content"))]
        self.calls.closed(identity, *(found or [Result("failed" if failed else "ok")]))
        if kind == "question" and found and found[0].ended == "ok" and found[0].text:
            self.state.add(Prompt, text=found[0].text, via="answer")
        self.last = "result"

    def _said(self, said: str) -> None:
        if said.strip() == "[REDACTED]":
            self.state.add(Thought, text=None)
        else:
            super()._said(said)


def _parts(content: object) -> list[object]:
    """Return the results in a block: of each part of the call, or of the whole of it."""
    if isinstance(content, str) and content.lstrip().startswith(("{", "[")):
        try:
            content, _ = lenient(content.encode("utf-8", "replace"))
        except ValueError:
            return [content]
    if isinstance(content, list) and not any(table(each).get("type") for each in content):
        return list(content)
    return [joined(content) if isinstance(content, list) else content]


def _result(value: object, kind: Kind, *, failed: bool) -> Result:
    if not isinstance(value, dict):
        said = value if isinstance(value, str) else compact(value)
        return Result("failed" if failed else "ok", said)
    error = some_text(value.get("error"))
    shown = value.get("result")
    said = error or (shown if isinstance(shown, str) else joined(shown) or compact(shown) if shown else "")
    if value.get("success") is False or error is not None:
        if "denied" in said[:200].lower() or "rejected" in said[:200].lower():
            return Result("denied", said)
        code = _CODE.search(said[:4000])
        ended: Ended = "cancelled" if said.startswith(_STOPPED) else "failed"
        return Result(ended, said, exit_code=int(code.group(1)) if code and kind == "command" else None)
    if kind == "command":
        running = "still running" in said[:400] or "in the background" in said[:400]
        cut = _CUT in said[-300:]
        return Result("running" if running else "ok", said, exit_code=None if running else 0, cut=cut)
    created = True if kind in {"edit", "write"} and said.startswith(("Created ", "File created")) else None
    return Result("ok", said, created=created)
