"""The messages of a chat as they stand in the end: later lines replace, rewind and set what earlier ones wrote.

Knows the rules by which the lines of a chat are put together; what a message means stands beside. What was rewound or
left out of the model's memory still happened: it is kept, and marked.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import orjson

from reviewer.run.importers.gemini_cli.message import Messages
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, some_text, table, tables, texts, time

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.importers.document import Part
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.jsonl import Record
    from reviewer.run.importers.recording import Recording

_MASK = b"tool_output_masked"
SETTINGS = frozenset(
    (
        "sessionId", "projectHash", "startTime", "lastUpdated", "kind", "directories", "summary", "messages",
        "memoryScratchpad",
    )
)  # fmt: skip
"""What a chat says about itself."""


@dataclass(slots=True)
class _Slot:
    """One message, or something between two: what it stands for, and what it says of the end.

    Attributes:
        identity: of the message, "" between two; node: the same, told from one of that id before a rewind.
    """

    identity: str
    node: str
    drafts: list[Draft]
    last: str


@dataclass(slots=True)
class Chat:
    """A chat being read.

    Attributes:
        recording: the run; agent: id of the sub-agent whose chat it is, "" for the main one.
        gone: nodes of messages that the person went back past.
        repeated: messages that were written again.
    """

    recording: Recording
    agent: str = ""
    gone: set[str] = field(default_factory=set)
    repeated: int = 0
    _slots: list[_Slot] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)
    _alive: list[int] = field(default_factory=list)
    _messages: Messages | None = None
    _rewinds: int = 0

    @property
    def messages(self) -> Messages:
        """What reads the messages."""
        if self._messages is None:
            self._messages = Messages(self.recording)
        return self._messages

    def take(self, record: Json) -> None:
        """Take a line of a chat, or an element of its list of messages."""
        self.recording.agent = self.agent
        back = record.get("$rewindTo")
        if isinstance(back, str):
            self._rewind(back)
        elif "$set" in record:
            self._set(table(record["$set"]))
        elif "id" in record or "type" in record or "role" in record:
            self._message(record)
        elif "sessionId" in record:
            self.settings(record)
        else:
            self.not_understood("no type", compact(record))

    def settings(self, record: Json) -> None:
        """Take what a chat says about itself, at its start or later."""
        info = self.recording.info
        if not self.agent:
            remember(info.session_ids, some_text(record.get("sessionId")))
            info.title = some_text(record.get("summary")) or info.title
        elif (own := some_text(record.get("sessionId"))) is not None and own != self.agent:
            self.recording.launched_by.setdefault(self.agent, "")
        self._span(record.get("startTime"))
        self._span(record.get("lastUpdated"))
        folders = texts(record.get("directories"))
        if folders and folders != info.writable:
            info.writable = folders
            self._apart(lambda: self.recording.note("scope", f"folders of the workspace: {', '.join(folders)}"))
        if record.get("kind") == "subagent":
            self.messages.is_subagent = True
            if not self.agent:
                self._apart(lambda: self.recording.note("subagent", "this is the log of a sub-agent"))
        for key in sorted(record.keys() - SETTINGS):
            if key not in self.recording.noted:
                self.recording.noted.add(key)
                text = f"{key}: {compact(record[key])[:300]}"
                self._apart(partial(self.recording.note, "note", text))

    def drafts(self) -> list[Draft]:
        """Return the events of all messages in their order."""
        return [draft for slot in self._slots for draft in slot.drafts]

    def last(self) -> str:
        """Return what the last message was that says how the chat ended."""
        return next((slot.last for slot in reversed(self._slots) if slot.last and slot.node not in self.gone), "")

    def _message(self, record: Json) -> None:
        identity = some_text(record.get("id")) or f"#{len(self._slots)}"
        stamp = time(record.get("timestamp"))
        self._span(record.get("timestamp"))
        self.recording.time = stamp or self.recording.time
        self._place(identity, record)

    def _place(self, identity: str, record: Json) -> None:
        place = self._places.get(identity)
        node = f"{identity}/{self._rewinds}"
        self.recording.node = node
        self.recording.drafts = []
        last = self.messages.take(record)
        slot = _Slot(identity, node, self.recording.drafts, last)
        self.recording.drafts = []
        if place is None:
            self._places[identity] = len(self._slots)
            self._alive.append(len(self._slots))
            self._slots.append(slot)
        else:
            self.repeated += 1
            self._slots[place] = slot

    def broken(self, record: Record | Part) -> None:
        """Keep a record that cannot be read."""
        self._apart(lambda: self.recording.broken(record))

    def not_understood(self, name: str, text: str) -> None:
        """Keep a record that is none of a chat."""
        self._apart(lambda: self.recording.not_understood(name, text))

    def _apart(self, add: Callable[[], object]) -> None:
        """Put something between the messages that is none."""
        self.recording.node = None
        self.recording.drafts = []
        add()
        self._slots.append(_Slot("", "", self.recording.drafts, ""))
        self.recording.drafts = []

    def _rewind(self, identity: str) -> None:
        """Drop a message and all after it; of an unknown one, all (so does the program)."""
        start = bisect_left(self._alive, self._places.get(identity, 0))
        # Each message goes once, so that a log of nothing but rewinds costs no more than its length.
        for place in self._alive[start:]:
            slot = self._slots[place]
            self.gone.add(slot.node)
            self._places.pop(slot.identity, None)
        del self._alive[start:]
        self._rewinds += 1
        self._apart(lambda: self.recording.note("rewind", "the person went back; what was done before remains on disk"))

    def _set(self, changes: Json) -> None:
        self.settings(changes)
        stamp = time(changes.get("lastUpdated"))
        self.recording.time = stamp or self.recording.time
        if not isinstance(changes.get("messages"), list):
            return
        known = new = 0
        for message in tables(changes["messages"]):
            identity = some_text(message.get("id"))
            place = self._places.get(identity) if identity is not None else None
            if place is None:
                new += 1
                self._message(message)
            else:
                known += 1
                self._synced(str(identity), place, message)
        left = len(self._places) - known - new
        if left > 0:
            text = f"{left} messages left the model's memory; they stay in this record"
            self._apart(lambda: self.recording.note("compaction", text))

    def _synced(self, identity: str, place: int, message: Json) -> None:
        """Take a known message again, unless the program masked its outputs since."""
        try:
            is_masked = _MASK in orjson.dumps(message)
        except (orjson.JSONEncodeError, RecursionError):
            is_masked = True
        if is_masked or (self._slots[place].drafts and "toolCalls" not in message):
            self.repeated += 1
            return
        at = self.recording.time
        self.recording.time = time(message.get("timestamp")) or at
        self._place(identity, message)
        self.recording.time = at

    def _span(self, value: object) -> None:
        stamp, info = time(value), self.recording.info
        if stamp is not None:
            info.started = min(info.started or stamp, stamp)
            info.ended = max(info.ended or stamp, stamp)
