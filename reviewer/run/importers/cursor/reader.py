"""Reads the messages of a Cursor transcript, one after another, into drafts of events.

Knows messages, blocks and the end of a turn. No result is recorded in most versions: a call that nothing answers is
closed as unknown.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from reviewer.run.event import Error, Message, Question, Thought, Tool
from reviewer.run.importers.cursor import tools, words
from reviewer.run.importers.open_calls import OpenCalls
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import Json, compact, joined, some_text, table, text

if TYPE_CHECKING:
    from reviewer.run.importers.jsonl import Record
    from reviewer.run.importers.open_calls import Call
    from reviewer.run.importers.recording import Recording

_EXIT = re.compile(r"\AExit code: (-?\d{1,9})(?:\n|\Z)", re.ASCII)
_REASONS = {"said": "finished", "asked": "unanswered", "interrupt": "interrupted", "error": "error"}


class Conversation:
    """What both forms of a transcript share: the person's words, the agent's, and calls."""

    def __init__(self, state: Recording) -> None:
        self.state = state
        self.last = ""
        self._calls = OpenCalls(state, tools.KINDS, patches=tools.PATCHES)
        self._todos = tools.Todos()
        self._number = 0
        self._order: deque[str] = deque()
        self._redacted = 0

    def asked(self, said: str, images: int = 0) -> None:
        """Take a user's text."""
        state = self.state
        read = words.read(said)
        info = state.info
        if read.time is not None:
            info.started = info.started or read.time
            info.ended = read.time
        state.time = read.time
        if read.around:
            state.note("note", read.around)
        if read.asked is not None and (read.asked.strip() or read.images or images):
            if state.agent:
                state.note("subagent", read.asked)
            else:
                state.prompt(read.asked, attachments=read.images + images)
                self.last = "asked"
        # A time is recorded where the person asked, and nowhere after.
        state.time = None

    def said(self, said: str) -> None:
        """Take the agent's text, and what is left of words that the program keeps to itself."""
        parts = [part for part in said.split("\n") if part.strip() != words.REDACTED]
        if len(parts) != said.count("\n") + 1:
            self._redacted += 1
            self.state.add(Thought, text=None)
            said = "\n".join(parts).strip("\n")
        if said.strip():
            self.state.add(Message, text=said)
            self._now("said")

    def thought(self, said: str) -> None:
        """Take the agent's words to itself."""
        if said.strip() == words.REDACTED:
            self._redacted += 1
            self.state.add(Thought, text=None)
        elif said.strip():
            self.state.add(Thought, text=said)

    def call(self, identity: str | None, name: str, given: object) -> str:
        """Add a call; return the id under which it is open."""
        self._number += 1
        identity = identity or f"#{self._number}"
        arguments = tools.arguments_of(given)
        self._order.append(identity)
        call = self._calls.opened(identity, name, arguments)
        self._complete(call, table(arguments))
        self._now("call")
        return identity

    def _complete(self, call: Call, given: Json) -> None:
        draft = call.drafts[0]
        if call.name in tools.MCP and draft.cls is Tool:
            draft.fields["boundary"] = "mcp"
        elif call.kind == "plan":
            if "todos" in given:
                draft.fields["steps"] = self._todos.told(given)
            draft.fields["text"] = some_text(given.get("plan")) or some_text(given.get("overview"))
        elif draft.cls is Question:
            draft.fields["text"] = tools.asked(given) or draft.fields["text"]

    def answered(self, identity: str | None, result: Result) -> None:
        """Take a result; without an id it is of the oldest call that is open."""
        while identity is None and self._order:
            oldest = self._order.popleft()
            identity = oldest if oldest in self._calls.open else None
        self._calls.closed(identity, result)
        self._now("result")

    def end(self) -> str:
        """Close what nothing answered, and return how the log ended."""
        for identity in list(self._calls.open):
            self._calls.closed(identity, Result("unknown"))
        if self._redacted:
            self.state.info.lost["words"] = f"{words.REDACTED} stands in their place {self._redacted} times"
        return _REASONS.get(self.last, "unknown")

    def _now(self, last: str) -> None:
        if not self.state.agent:
            self.last = last


class Reader:
    """One transcript of JSON Lines being read."""

    def __init__(self, state: Recording, name: str) -> None:
        self._talk = Conversation(state)
        self._state = state
        self._name = name

    def take(self, record: Record) -> None:
        """Take one record of a log."""
        state = self._state
        state.source = f"{self._name}:{record.line}"
        state.replaced += record.replaced
        if record.problem:
            state.broken(record)
            return
        state.records += 1
        if isinstance(record.value, dict):
            self._record(record.value)
        else:
            state.not_understood("not an object", compact(record.value))

    def finished(self) -> str:
        """Return how the transcript ended."""
        return self._talk.end()

    def _record(self, record: Json) -> None:
        role = text(record.get("role"))
        content = table(record.get("message")).get("content")
        if record.get("type") == "turn_ended":
            self._turn_ended(record)
        elif role not in {"user", "assistant"} or not isinstance(content, (str, list)):
            kind = role or text(record.get("type")) or "no role"
            self._state.not_understood(kind, compact(record))
        elif isinstance(content, str):
            self._text(role == "user", content)
        elif role == "user":
            self._user(content)
        else:
            for block in content:
                self._block(table(block), block)

    def _turn_ended(self, record: Json) -> None:
        status = some_text(record.get("status")) or ""
        if status in {"cancelled", "canceled", "aborted", "interrupted"}:
            self._state.note("interrupt", status)
            self._talk.last = "interrupt"
        elif status in {"error", "failed"}:
            self._state.add(Error, where="agent", text=some_text(record.get("error")) or f"turn ended: {status}")
            self._talk.last = "error"
        elif status == "success" and self._talk.last != "asked":
            self._talk.last = "said"

    def _user(self, content: list[object]) -> None:
        said = [each for block in content if (each := text(table(block).get("text"))) is not None]
        images = sum(1 for block in content if table(block).get("type") == "image")
        for block in content:
            kind = text(table(block).get("type"))
            if kind == "tool_result":
                self._result(table(block))
            elif kind not in {"text", "image"}:
                self._state.not_understood(f"user/{kind}", compact(block))
        if said or images:
            self._talk.asked("\n".join(said), images)

    def _text(self, asked: bool, said: str) -> None:  # noqa: FBT001 - whose words
        if asked:
            self._talk.asked(said)
        else:
            self._talk.said(said)

    def _block(self, block: Json, raw: object) -> None:
        kind = block.get("type")
        if kind == "text":
            self._talk.said(text(block.get("text")) or "")
        elif kind == "thinking":
            self._talk.thought(text(block.get("thinking")) or "")
        elif kind == "tool_use":
            identity = some_text(block.get("id"))
            self._talk.call(identity, some_text(block.get("name")) or "unknown", block.get("input"))
        elif kind == "tool_result":
            self._result(block)
        else:
            self._state.not_understood(f"assistant/{text(kind)}", compact(raw))

    def _result(self, block: Json) -> None:
        shown = joined(block.get("content"))
        code = _EXIT.match(shown)
        failed = block.get("is_error") is True
        self._talk.answered(
            some_text(block.get("tool_use_id")),
            Result("failed" if failed else "ok", shown, exit_code=int(code.group(1)) if code else None),
        )
