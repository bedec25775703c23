"""What is known while a Claude Code log is read: the record at hand, the drafts so far, the agents, the session.

Knows how to add a draft with its place. What records mean stands in the modules beside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewer.run.event import Context, Unknown
from reviewer.run.importers.draft import Draft

if TYPE_CHECKING:
    from reviewer.run.event import ContextKind, Event
    from reviewer.run.importers.importer import SessionInfo
    from reviewer.run.importers.spool import OutputSpool

_KEPT_TEXT = 1024
_KEPT_NOTE = 16_384
"""Notes of the program (skills, reminders) are kept this far, in characters; what people and agents say, whole."""


@dataclass(slots=True)
class State:
    """A log being read.

    Attributes:
        drafts: events of the log at hand, in its order.
        unknown: what was not understood, by name.
        time, agent, source, node, cwd: of the record at hand.
        launched_by: sub-agent id to the agent that started it.
        commands: shell commands so far; the spool's provisional numbers.
        noted: bookkeeping records that were noted already, by type.
    """

    spool: OutputSpool
    info: SessionInfo
    drafts: list[Draft] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    launched_by: dict[str, str] = field(default_factory=dict)
    time: str | None = None
    agent: str = ""
    source: str = ""
    node: str | None = None
    cwd: str | None = None
    commands: int = 0
    noted: set[str] = field(default_factory=set)

    def add(self, cls: type[Event], **fields: Any) -> Draft:  # noqa: ANN401 - the event's own fields
        """Add an event at the record at hand."""
        draft = Draft(cls, fields, time=self.time, agent=self.agent, source=self.source, node=self.node)
        self.drafts.append(draft)
        return draft

    def note(self, what: ContextKind, text: str) -> Draft:
        """Add something that happened to the conversation."""
        if len(text) > _KEPT_NOTE:
            text = f"{text[:_KEPT_NOTE]} … {len(text) - _KEPT_NOTE:,} more characters"
        return self.add(Context, what=what, text=text)

    def not_understood(self, name: str, text: str) -> None:
        """Count and keep something that we do not understand."""
        name = name[:100]
        self.unknown[name] = self.unknown.get(name, 0) + 1
        self.add(Unknown, record=name, text=text[:_KEPT_TEXT])


def remember(values: list[str], value: str | None) -> bool:
    """Add a value that the list does not have yet; return whether it was added."""
    if not value or value in values:
        return False
    values.append(value)
    return True
