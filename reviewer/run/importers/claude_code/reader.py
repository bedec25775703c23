"""Reads the records of a Claude Code session, one after another, into drafts of events.

Knows the envelope of a record, the tree of record ids, and which module takes what. No record is dropped: what is not
understood is counted by name and kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Context, Error, Message, Plan, Prompt, Thought, Usage
from reviewer.run.importers.claude_code import notes, outcome, words
from reviewer.run.importers.claude_code.calls import Calls
from reviewer.run.importers.claude_code.envelope import Envelopes
from reviewer.run.importers.claude_code.queue import Queue
from reviewer.run.importers.recording import Recording, remember
from reviewer.run.importers.values import (
    Json,
    compact,
    joined,
    some_text,
    table,
    tables,
    text,
    time,
    whole,
    words_of,
)

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.jsonl import Record

_BOOKKEEPING = words_of(
    "summary pr-link last-prompt ai-title custom-title permission-mode mode agent-setting agent-name agent-color "
    "tag worktree-state content-replacement marble-origami-commit marble-origami-snapshot task-summary "
    "speculation-accept attribution-snapshot context-collapse started result session-meta file-history-delta "
    "frame-link relocated bridge-session atis-latch"
)
_USAGE = (
    ("input_tokens", "input_tokens"),
    ("output_tokens", "output_tokens"),
    ("cache_read_input_tokens", "cache_read_tokens"),
    ("cache_creation_input_tokens", "cache_write_tokens"),
)
_SYNTHETIC = "<synthetic>"
_LIMIT_WORDS = ("usage limit reached", "limit reached", "Prompt is too long", "You've hit your")


class Reader:
    """One run being read: the main log and those that belong to it.

    Attributes:
        state: the drafts of the log at hand and what is known of the session.
        envelopes: the tree of records; prompts, answers: which of them are a person's and the agent's.
        records: whole records read; repeated: those left out as copies; torn: bytes cut off at the end.
    """

    def __init__(self, state: Recording) -> None:
        self.state = state
        self.calls = Calls()
        self.queue = Queue(self.calls.commands)
        self.envelopes = Envelopes(state)
        self.prompts: set[str] = set()
        self.answers: set[str] = set()
        self.records = 0
        self.repeated = 0
        self.torn = 0
        self.replaced = 0
        self.last = ""
        self._usage: dict[str, Draft] = {}
        self._shown: set[tuple[str, int]] = set()
        self._name = ""

    def start(self, name: str, agent: str | None) -> None:
        """Begin another log: `agent` is the sub-agent's id where the file name tells it."""
        self._name = name
        self.envelopes.start(agent or "")
        self.state.drafts = []
        self.state.agent = agent or ""
        self.state.cwd = None

    def take(self, record: Record) -> None:
        """Take one record of a log."""
        state = self.state
        state.source = f"{self._name}:{record.line}"
        self.replaced += record.replaced
        if record.problem:
            self._broken(record)
            return
        self.records += 1
        if not isinstance(record.value, dict):
            state.node = None
            state.not_understood("not an object", compact(record.value))
            return
        self._record(record.value)

    def _broken(self, record: Record) -> None:
        self.state.node = None
        self.state.not_understood("torn line" if record.problem == "torn" else record.problem, record.text)
        if record.problem == "torn":
            self.torn += record.size

    def _record(self, record: Json) -> None:
        state = self.state
        identity = some_text(record.get("uuid"))
        if identity is not None and identity in self.envelopes.parents:
            self.repeated += 1
            return
        stamp = time(record.get("timestamp"))
        state.time = stamp or state.time
        state.node = identity
        kind = record.get("type")
        if identity is not None:
            self.envelopes.enter(record, identity, stamp)
        if kind == "assistant":
            self._assistant(record, identity)
        elif kind == "user":
            self._user(record, identity)
        elif kind == "progress":
            self._progress(record)
        else:
            self._noted(record, kind)

    def _noted(self, record: Json, kind: object) -> None:
        state = self.state
        if kind == "system":
            notes.system(state, record)
        elif kind == "attachment":
            notes.attachment(state, record, self.queue)
        elif kind == "file-history-snapshot":
            notes.snapshot(state, record)
        elif kind == "queue-operation":
            self.queue.operation(state, record)
        elif isinstance(kind, str) and kind in _BOOKKEEPING:
            notes.bookkeeping(state, record)
        else:
            state.not_understood(kind if isinstance(kind, str) else "no type", compact(record))

    def _assistant(self, record: Json, identity: str | None) -> None:
        state = self.state
        message = table(record.get("message"))
        if identity is not None and not state.agent:
            self.answers.add(identity)
        if record.get("isApiErrorMessage") is True:
            said = joined(message.get("content")) or compact(record.get("error"))
            state.add(Error, where="provider", text=said)
            self.last = "limit" if any(word in said for word in _LIMIT_WORDS) else "error"
            return
        model = some_text(message.get("model"))
        if model and model != _SYNTHETIC and remember(state.info.models, model) and len(state.info.models) > 1:
            state.note("model", f"model: {model}")
        self._count(message, model, identity)
        content = message.get("content")
        if isinstance(content, str):
            self._say(content, message)
        for block in tables(content):
            self._block(block, message)
        if not isinstance(content, (str, list)):
            state.not_understood("assistant without content", compact(record))

    def _count(self, message: Json, model: str | None, identity: str | None) -> None:
        """Keep the last usage of each message: several lines of one message repeat it, with growing numbers."""
        usage = table(message.get("usage"))
        key = some_text(message.get("id")) or identity
        if not usage or key is None or model == _SYNTHETIC:
            return
        draft = self._usage.get(key)
        if draft is None:
            draft = self._usage[key] = self.state.add(Usage, model=model)
        for name, field in _USAGE:
            value = whole(usage.get(name))
            if value is not None:
                draft.fields[field] = value

    def _block(self, block: Json, message: Json) -> None:
        state, kind = self.state, text(block.get("type"))
        if kind == "text":
            self._say(text(block.get("text")) or "", message)
        elif kind == "thinking":
            state.add(Thought, text=some_text(block.get("thinking")))
        elif kind == "redacted_thinking":
            state.add(Thought, text=None)
        elif kind in {"tool_use", "server_tool_use", "mcp_tool_use"}:
            name = text(block.get("name")) or "unknown"
            self.calls.opened(state, some_text(block.get("id")), name, table(block.get("input")))
            self.last = "call"
        elif isinstance(kind, str) and kind.endswith("_tool_result"):
            self._result(block, None)
        else:
            state.not_understood(f"assistant/{kind}", compact(block))

    def _say(self, said: str, message: Json) -> None:
        key = (some_text(message.get("id")) or "", hash(said))
        if self.state.agent:
            # A sub-agent's words can stand in the main log's progress records and in its own file.
            if key[0] and key in self._shown:
                return
            self._shown.add(key)
        else:
            self.last = "said"
        if said:
            self.state.add(Message, text=said)

    def _user(self, record: Json, identity: str | None) -> None:
        state = self.state
        message = table(record.get("message"))
        content = message.get("content")
        blocks = tables(content)
        results = [block for block in blocks if block.get("type") == "tool_result"]
        for block in results:
            self._result(block, record.get("toolUseResult") if len(results) == 1 else None)
        said = [content] if isinstance(content, str) else [
            block["text"] for block in blocks if block.get("type") == "text" and isinstance(block.get("text"), str)
        ]  # fmt: skip
        pictures = sum(1 for block in blocks if text(block.get("type")) in {"image", "document"})
        for block in blocks:
            if text(block.get("type")) not in {"tool_result", "text", "image", "document"}:
                state.not_understood(f"user/{block.get('type')}", compact(block))
        if not isinstance(content, (str, list)):
            state.not_understood("user without content", compact(record))
        if said or pictures:
            self._words(record, said, pictures, identity, beside_result=bool(results))

    def _words(
        self, record: Json, said: list[str], pictures: int, identity: str | None, *, beside_result: bool
    ) -> None:
        state = self.state
        whole_text = "\n".join(said)
        if record.get("isCompactSummary") is True:
            state.note("compaction", whole_text)
        elif record.get("isMeta") is True or record.get("isVisibleInTranscriptOnly") is True:
            state.note("note", whole_text)
        elif state.agent:
            # What a sub-agent is asked comes from the agent that started it.
            state.note("subagent", whole_text)
        else:
            asked = []
            for part in said:
                read = words.read(part)
                if read.role == "prompt" and not beside_result:
                    asked.append(part)
                else:
                    self._marked(record, read, identity, beside_result=beside_result)
            if asked or (pictures and not beside_result):
                self._prompt("\n".join(asked), identity, pictures=pictures)

    def _marked(self, record: Json, read: words.Words, identity: str | None, *, beside_result: bool) -> None:
        state = self.state
        if read.role == "interrupt":
            state.note("interrupt", read.text)
            self.last = "interrupt"
        elif read.role == "notification":
            self.calls.commands.notified(state, read.text)
            state.note("note", read.text)
        elif read.role == "compaction":
            state.note("compaction", read.text)
        elif beside_result or read.role == "injected":
            state.note("note", read.text)
        elif read.role == "plan":
            self._prompt(read.text, identity, via="plan")
            state.add(Plan, text=some_text(record.get("planContent")) or words.plan_of(read.text))
        else:
            shown = f"! {read.text}" if read.role == "shell" else read.text
            state.add(Prompt, text=shown, via="command").bumps = read.asks
            if identity is not None and read.asks:
                self.prompts.add(identity)

    def _prompt(self, said: str, identity: str | None, *, via: str = "prompt", pictures: int = 0) -> None:
        self.queue.delivered(said)
        self.state.add(Prompt, text=said, via=via, attachments=pictures).bumps = True
        self.last = "asked"
        if identity is not None:
            self.prompts.add(identity)

    def _result(self, block: Json, twin: object) -> None:
        result = outcome.read(block, twin)
        identity = some_text(block.get("tool_use_id"))
        self.calls.closed(self.state, identity, result)
        if not self.state.agent:
            self.last = (
                "interrupt" if result.end == "cancelled" and "interrupted by user" in result.text[:200] else "result"
            )

    def _progress(self, record: Json) -> None:
        """A sub-agent's own records stand inside progress records where it has no file of its own."""
        data = table(record.get("data"))
        inner = table(data.get("message"))
        if data.get("type") != "agent_progress" or not table(inner.get("message")):
            notes.progress(self.state, record)
            return
        agent = some_text(data.get("agentId")) or "unnamed"
        outer = self.state.agent
        self.state.launched_by.setdefault(agent, outer)
        if inner.get("type") in {"assistant", "user"}:
            copy = {**inner, "agentId": agent, "isSidechain": True, "parentUuid": record.get("uuid")}
            self._record(copy)
        self.state.agent = outer

    def close(self) -> None:
        """End the main log and those beside it: nothing is open that could still be answered."""
        if self.replaced:
            self.state.add(
                Context, what="note", text=f"{self.replaced} records hold bytes that are not UTF-8; they were replaced"
            )

    def forget(self) -> None:
        """Give back the memory of what was only needed while reading; the drafts and the state stay."""
        for held in (
            self.envelopes.parents,
            self.envelopes.order,
            self.answers,
            self.prompts,
            self._usage,
            self._shown,
        ):
            held.clear()
