"""Reads the records of a Codex log, one after another, into drafts of events.

Knows the envelopes (`{timestamp, type, payload}`, bare response items, the streams of `codex exec --json`). No record
is dropped: what is not understood is counted by name and kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.importers.codex.events import Events
from reviewer.run.importers.codex.log import Log
from reviewer.run.importers.codex.responses import Responses
from reviewer.run.importers.values import Json, compact, some_text, table, text, time

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.importers.jsonl import Record
    from reviewer.run.importers.recording import Recording

_ONCE = frozenset(("world_state", "inter_agent_communication_metadata", "retained_context"))
_STREAMS = frozenset(("thread", "turn", "item", "error"))


class Reader:
    """Reads one log.

    Attributes:
        log: its parts.
    """

    def __init__(self, state: Recording, name: str, *, main: bool, agent: str | None = None) -> None:
        self._state = state
        self._name = name
        self.log = Log(state, name, main=main, agent=agent)
        self._responses = Responses(self.log)
        self._events = Events(self.log)
        self._takers: dict[str, Callable[[Json], None]] = {
            "response_item": self._responses.take,
            "event_msg": self._events.take,
            "turn_context": self.log.context,
            "session_meta": self.log.meta,
            "compacted": self._compacted,
            "inter_agent_communication": self._responses.between,
        }

    def take(self, record: Record) -> None:
        """Take one record."""
        state = self._state
        state.source = f"{self._name}:{record.line}"
        state.replaced += record.replaced
        if record.problem:
            state.broken(record)
            return
        state.records += 1
        value = record.value
        if not isinstance(value, dict):
            state.not_understood("not an object", compact(value))
            return
        payload = value.get("payload")
        if isinstance(payload, dict):
            self._enveloped(value, payload)
        else:
            self._bare(value)

    def _enveloped(self, record: Json, payload: Json) -> None:
        stamp = time(record.get("timestamp"))
        if stamp is not None:
            self._state.time = stamp
            if self.log.first is None:
                self.log.first = stamp
        kind = record.get("type")
        taker = self._takers.get(kind) if isinstance(kind, str) else None
        if taker is not None:
            taker(payload)
        elif isinstance(kind, str) and kind in _ONCE:
            self.log.noted(kind, payload)
        else:
            self._state.not_understood(kind if isinstance(kind, str) else "no type", compact(record))

    def _compacted(self, payload: Json) -> None:
        self.log.session.compacted(text(payload.get("message")) or "", "record")

    def _bare(self, record: Json) -> None:
        """Take a record without envelope: the oldest rollouts, and what `codex exec --json` prints."""
        kind = record.get("type")
        message = record.get("msg")
        if isinstance(message, dict):
            self._events.take(message)
        elif self._responses.knows(kind):
            self._responses.take(record)
        elif isinstance(kind, str) and kind.partition(".")[0] in _STREAMS:
            self._stream(kind, record)
        elif kind is None and "record_type" in record:
            self.log.noted("state", record)
        elif kind is None and "id" in record and "timestamp" in record:
            # Only the head has a time: what follows has none, and the head's would be wrong for it.
            self.log.first = self.log.first or time(record.get("timestamp"))
            self.log.meta(record)
        elif kind is None and isinstance(record.get("prompt"), str):
            self.log.talk.user_event({"message": record["prompt"]})
        elif kind is None and "workdir" in record:
            self._configured(record)
        else:
            self._state.not_understood(kind if isinstance(kind, str) else "no type", compact(record))

    def _configured(self, record: Json) -> None:
        """Take the first line of the older stream: the settings in words."""
        self.log.session.turn(
            {
                "cwd": record.get("workdir"),
                "model": record.get("model"),
                "sandbox_policy": record.get("sandbox"),
                "approval_policy": record.get("approval"),
            }
        )

    def _stream(self, kind: str, record: Json) -> None:
        log = self.log
        match kind:
            case "item.completed":
                log.done = False
                log.items.completed(table(record.get("item")))
            case "item.started" | "item.updated":
                log.items.began(table(record.get("item")))
            case "thread.started":
                log.session.meta({"id": record.get("thread_id")})
            case "turn.started":
                log.done = False
            case "turn.completed":
                log.session.usage(table(record.get("usage")))
                log.complete({})
            case "turn.failed" | "error":
                log.failed(_trouble(record))
            case _:
                self._state.not_understood(kind, compact(record))


def _trouble(record: Json) -> str:
    """Return the words of an error record of a stream."""
    error = record.get("error")
    inner = error if isinstance(error, str) else some_text(table(error).get("message"))
    return inner or some_text(record.get("message")) or compact(record)
