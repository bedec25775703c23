"""A session of opencode: what is said of it, its messages, and the parts that they are made of.

Source: `packages/opencode/src/session/message-v2.ts`. Text that the program put into a message of the person is marked
as synthetic; a session that was reverted still holds what was taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Error, Usage
from reviewer.run.importers.opencode.calls import Calls
from reviewer.run.importers.opencode.content import PARTS, QUIET, is_injected, task_text
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, moment, some_text, table, tables, text, whole

if TYPE_CHECKING:
    from reviewer.run.importers.recording import Recording

_ABORTED = "MessageAbortedError"
_LIMITS = frozenset(("MessageOutputLengthError", "ContextOverflowError"))
_PROVIDER = frozenset(("ProviderAuthError", "APIError", "ProviderModelNotFoundError", "AI_APICallError"))
_MOST_COST = 1e9


class Session:
    """A session being read.

    Attributes:
        recording: the run; agent: id of the sub-agent whose session it is, "" for the main one.
        order: ids of its messages; revert: the first that was taken back, None if none was.
        calls: its tool calls; model: that answers now; steps: of the answer at hand that were counted.
        is_summary: the answer at hand is a summary of the conversation.
        last, last_text: what the last thing was, for how it ended.
    """

    def __init__(self, recording: Recording, agent: str = "") -> None:
        self.recording = recording
        self.agent = agent
        self.calls = Calls(recording)
        self.order: list[str] = []
        self.revert: str | None = None
        self.last = ""
        self.last_text = ""
        self._used = False
        self._totals: Json = {}
        self.model: str | None = None
        self.is_summary = False
        self.steps = 0

    @property
    def gone(self) -> set[str]:
        """Ids of the messages that were taken back."""
        return set(self.order[self.order.index(self.revert) :]) if self.revert in self.order else set()

    def about(self, info: Json) -> None:
        """Take what is said of the session itself."""
        recording = self.recording
        known, times = recording.info, table(info.get("time"))
        recording.agent, recording.node = self.agent, None
        self._span(moment(times.get("created"), per_second=1000))
        self._span(moment(times.get("updated"), per_second=1000))
        self._totals = info
        revert = table(info.get("revert"))
        self.revert = some_text(revert.get("messageID"))
        if self.revert is not None:
            files = " and the files were set back" if some_text(revert.get("snapshot")) else ""
            recording.note("rewind", f"the person took back message {self.revert} and what follows{files}")
        if self.agent:
            parent = some_text(info.get("parentID"))
            recording.launched_by.setdefault(self.agent, parent if parent and parent not in known.session_ids else "")
            return
        remember(known.session_ids, some_text(info.get("id")))
        remember(known.cwds, some_text(info.get("directory")))
        remember(known.versions, some_text(info.get("version")))
        remember(known.links, some_text(table(info.get("share")).get("url")))
        known.title = some_text(info.get("title")) or known.title
        parent = some_text(info.get("parentID"))
        if parent is not None:
            recording.note("subagent", f"a sub-agent of session {parent}")
        self._permitted(info)
        counts = [whole(table(info.get("summary")).get(key)) for key in ("files", "additions", "deletions")]
        if any(counts):  # newer versions leave zeros where they count nothing
            changed, added, removed = ("?" if count is None else f"{count:,}" for count in counts)
            recording.note("note", f"summary of the session: {changed} files, +{added} −{removed}")

    def message(self, record: Json) -> None:
        """Take a message with its parts."""
        recording, info = self.recording, table(record.get("info"))
        identity = some_text(info.get("id"))
        recording.agent, recording.node = self.agent, identity
        if identity is not None:
            self.order.append(identity)
        role = info.get("role")
        parts = _sorted(tables(record.get("parts")))
        times = table(info.get("time"))
        recording.time = moment(times.get("created"), per_second=1000) or recording.time
        self._span(recording.time)
        if role == "user":
            self._user(info, parts)
        elif role == "assistant":
            self._assistant(info, parts)
            self._span(moment(times.get("completed"), per_second=1000))
        else:
            recording.not_understood(f"role {text(role) or 'missing'}"[:100], compact(record))
            for part in parts:
                # Whose words they are is not known; what was done was done by the agent.
                if part.get("type") != "text":
                    self.part(part)

    def part(self, part: Json) -> None:
        """Take a part of an answer."""
        kind = some_text(part.get("type")) or "no type"
        taker = PARTS.get(kind)
        at = self.recording.time
        started = moment(table(part.get("time")).get("start"), per_second=1000)
        if started is not None:
            self.recording.time = started
        if taker is not None:
            taker(self, part)
        elif kind not in QUIET:
            self.recording.not_understood(f"part/{kind}", compact(part))
        self.recording.time = at

    def close(self) -> None:
        """End the session: totals count where nothing else did."""
        if not self._used and self._totals:
            self.use(self._totals)

    def end(self) -> tuple[str, str]:
        """Return how the session ended, and what there is to say about it."""
        waiting = self.calls.waiting
        match self.last:
            case "said":
                return "finished", ""
            case "asked":
                return "unanswered", "the agent did not answer"
            case "interrupt":
                return "interrupted", "aborted by the person"
            case "error" | "limit":
                return self.last, self.last_text
        if waiting:
            return "unanswered", f"no result of {waiting} in the log"
        if self.last == "open":
            return "unanswered", "the last answer is not finished"
        return "unknown", ""

    def _user(self, info: Json, parts: list[Json]) -> None:
        recording = self.recording
        self._mode(info)
        self._switched(table(info.get("tools")))
        words = [part for part in parts if part.get("type") == "text" and isinstance(part.get("text"), str)]
        own = [part for part in words if not is_injected(part)]
        files = [part for part in parts if part.get("type") == "file"]
        tasks = [part for part in parts if part.get("type") == "subtask"]
        said = "\n".join(part["text"] for part in own)
        if self.agent:
            recording.note("subagent", said)
        elif own or (files and not words):
            recording.prompt(said, attachments=len(files))
        elif tasks:
            recording.prompt(task_text(tasks[0]), via="command")
        if own or tasks or files:
            self.last = "asked"
        taken = {id(part) for part in own}
        for part in parts:
            if id(part) not in taken:
                self.part(part)

    def _assistant(self, info: Json, parts: list[Json]) -> None:
        recording = self.recording
        path = table(info.get("path"))
        recording.cwd = some_text(path.get("cwd")) or recording.cwd
        if not self.agent:
            remember(recording.info.cwds, some_text(path.get("cwd")))
        self._mode(info)
        self.is_summary = info.get("summary") is True
        self.steps = 0
        self.last = "open"
        for part in parts:
            self.part(part)
        # An answer that never came has zeros where nothing was counted.
        if not self.steps and "completed" in table(info.get("time")) and (table(info.get("tokens")) or "cost" in info):
            self.use(info)
        self._finish(info, parts)
        self.is_summary = False

    def _finish(self, info: Json, parts: list[Json]) -> None:
        error = table(info.get("error"))
        if error:
            name = some_text(error.get("name")) or "error"
            said = some_text(table(error.get("data")).get("message")) or some_text(error.get("message")) or ""
            self.failed(name, f"{name}: {said}" if said else name)
            return
        reason = some_text(info.get("finish"))
        if reason == "length":
            self.last, self.last_text = "limit", "the answer reached the length limit"
        elif reason == "stop" or (reason is None and "completed" in table(info.get("time"))):
            calls_last = bool(parts) and parts[-1].get("type") == "tool"
            self.last = "said" if not calls_last else self.last

    def failed(self, name: str, said: str) -> None:
        """Add an error that ended an answer."""
        recording = self.recording
        if name == _ABORTED:
            recording.note("interrupt", "the person aborted the answer")
            self.last, self.last_text = "interrupt", ""
            return
        recording.add(Error, where="provider" if name in _PROVIDER else "agent", text=said)
        self.last, self.last_text = "limit" if name in _LIMITS else "error", said

    def _mode(self, info: Json) -> None:
        recording = self.recording
        model = table(info.get("model"))
        name = some_text(info.get("modelID")) or some_text(model.get("modelID"))
        provider = some_text(info.get("providerID")) or some_text(model.get("providerID"))
        self.model = f"{provider}/{name}" if provider and name else name or self.model
        if name is not None and remember(recording.info.models, self.model) and len(recording.info.models) > 1:
            recording.note("model", f"model: {self.model}")
        mode = some_text(info.get("agent")) or some_text(info.get("mode"))
        modes = recording.info.permission_modes
        if mode is not None and not self.agent and (not modes or modes[-1] != mode):
            modes.append(mode)
            recording.note("mode", f"agent: {mode}")

    def _switched(self, wanted: Json) -> None:
        off = sorted(name for name, is_on in wanted.items() if is_on is False)
        if off:
            self.recording.note("scope", f"tools switched off: {', '.join(off)}")

    def _permitted(self, info: Json) -> None:
        rules = [
            " ".join(part for key in ("permission", "pattern", "action") if (part := some_text(rule.get(key))))
            for rule in tables(info.get("permission"))
        ]
        if rules:
            self.recording.note("scope", f"permissions: {'; '.join(rules)}")

    def use(self, counted: Json) -> None:
        """Add the tokens and the cost of a step, a message or a whole session."""
        tokens = table(counted.get("tokens"))
        cache = table(tokens.get("cache"))
        cost = counted.get("cost")
        usd = float(cost) if isinstance(cost, (int, float)) and 0 <= cost < _MOST_COST else None
        if not tokens and usd is None:
            return
        self._used = True
        self.recording.add(
            Usage,
            model=self.model,
            input_tokens=whole(tokens.get("input")),
            output_tokens=_output(tokens),
            cache_read_tokens=whole(cache.get("read")),
            cache_write_tokens=whole(cache.get("write")),
            usd=usd,
        )

    def _span(self, stamp: str | None) -> None:
        info = self.recording.info
        if stamp is not None and not self.agent:
            info.started = min(info.started or stamp, stamp)
            info.ended = max(info.ended or stamp, stamp)


def _output(tokens: Json) -> int | None:
    """Return the tokens that the model wrote, with its reasoning where the total says that it is told apart."""
    cache = table(tokens.get("cache"))
    told, thought = whole(tokens.get("output")), whole(tokens.get("reasoning")) or 0
    parts = (tokens.get("input"), told, thought, cache.get("read"), cache.get("write"))
    is_apart = told is not None and sum(whole(part) or 0 for part in parts) == tokens.get("total")
    return told + thought if told is not None and is_apart else told


def _sorted(parts: list[Json]) -> list[Json]:
    """Return the parts of a message in the order of their ids, which is that in which they came."""
    ids = [part.get("id") for part in parts]
    if all(isinstance(identity, str) and identity.startswith("prt_") for identity in ids):
        return sorted(parts, key=lambda part: str(part["id"]))
    return parts
