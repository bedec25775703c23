"""What is known while a log is read: the record at hand, the drafts so far, the agents, the session.

Knows how to add a draft with its place, and how commands and their outputs come together; nothing of any format. What
records mean stands in the importers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewer.run.event import Command, Context, End, Prompt, Unknown
from reviewer.run.importers.draft import Draft, settle
from reviewer.run.importers.importer import ImportedRun

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviewer.run.event import ContextKind, Event
    from reviewer.run.importers.document import Part
    from reviewer.run.importers.importer import SessionInfo
    from reviewer.run.importers.jsonl import Record
    from reviewer.run.importers.spool import OutputSpool

MOST_KEPT = 10_000
"""Of what was not understood so much is kept; beyond, it is counted: a log of empty records fills no memory."""
_MOST_NAMES = 200
_KEPT_TEXT = 1024
_MOST = 2_000
"""A list of models, folders or grants is kept this long: looking through more for each record takes too long."""
_KEPT_NOTE = 16_384
"""Notes of the program (skills, reminders) are kept this far, in characters; what people and agents say, whole."""


@dataclass(slots=True)
class Recording:
    """A run being read from its log.

    Attributes:
        drafts: events of the log at hand, in its order.
        unknown: what was not understood, by name.
        time, agent, source, node, cwd: of the record at hand.
        launched_by: sub-agent id to the agent that started it.
        commands: shell commands so far; the spool's provisional numbers.
        records: whole records taken; torn: bytes at the end of the log that are no whole record.
        replaced: records with bytes that are not UTF-8.
        noted: bookkeeping records that were noted already, by type.
        kept: how much of what was not understood is among the drafts.
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
    records: int = 0
    torn: int = 0
    replaced: int = 0
    noted: set[str] = field(default_factory=set)
    kept: int = 0

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

    def prompt(self, said: str, **fields: Any) -> Draft:  # noqa: ANN401 - the event's own fields
        """Add what a person asked; a new turn starts with it."""
        draft = self.add(Prompt, text=said, **fields)
        draft.bumps = True
        return draft

    def command(self, line: str, **fields: Any) -> Draft:  # noqa: ANN401 - the event's own fields
        """Add a shell command as asked for; until `ended` is set in its fields it counts as not run.

        Args:
            line: the command line.
            fields: others of `Command`, and `ended` ("ok", "failed", "cancelled", "running", "denied", "not_run",
                "unknown"), from which `state` follows together with the exit code and the output.
        """
        self.commands += 1
        draft = self.add(Command, **{"line": line, "cwd": self.cwd, "ended": "not_run", **fields})
        draft.command = self.commands
        return draft

    def output(self, command: Draft, shown: str, *, whole: bool = False) -> None:
        """Add to the output of a command; `whole` when it is all there is, and stands in place of what was there."""
        data = shown.encode("utf-8", "replace")
        if whole:
            self.spool.replace(command.command, data)
        else:
            self.spool.append(command.command, data)

    def broken(self, record: Record | Part) -> None:
        """Keep a record that is not JSON; the torn end of a log is counted in bytes."""
        self.node = None
        self.not_understood("torn line" if record.problem == "torn" else record.problem, record.text)
        if record.problem == "torn":
            self.torn += record.size

    def finished(
        self,
        reason: str,
        text: str = "",
        *,
        repeated: int = 0,
        beside: Sequence[list[Draft]] = (),
        gone: Collection[str] = frozenset(),
    ) -> ImportedRun:
        """Return the run: the drafts in their order, and how it ended.

        Args:
            reason: of the `End`; "cut" stands in its place when the log ends inside a record.
            text: with it.
            repeated: records left out because an earlier one has the same id.
            beside: drafts of the logs that belong to this one, of each in its order.
            gone: nodes on branches that were given up.
        """
        self.node, self.agent = None, ""
        if self.replaced:
            self.add(
                Context, what="note", text=f"{self.replaced} records hold bytes that are not UTF-8; they were replaced"
            )
        if more := sum(self.unknown.values()) - self.kept:
            self.add(Context, what="note", text=f"{more:,} more that were not understood are counted, and not kept")
        drafts, self.drafts = self.drafts, []
        if self.torn:
            reason, text = "cut", f"the last {self.torn:,} bytes of the log are not a whole record"
        self.add(End, reason=reason, text=text)
        events = settle(
            [drafts, *beside],
            self.drafts,
            spool=self.spool,
            launched_by=self.launched_by,
            is_discarded=gone.__contains__,
        )
        return ImportedRun(
            events=events,
            info=self.info,
            records=self.records,
            unknown=self.unknown,
            torn=self.torn,
            repeated=repeated,
        )

    def not_understood(self, name: str, text: str) -> None:
        """Count and keep something that we do not understand."""
        name = name[:100]
        if name not in self.unknown and len(self.unknown) >= _MOST_NAMES:
            name = "others"
        self.unknown[name] = self.unknown.get(name, 0) + 1
        if self.kept < MOST_KEPT:
            self.kept += 1
            self.add(Unknown, record=name, text=text[:_KEPT_TEXT])


def remember(values: list[str], value: str | None) -> bool:
    """Add a value that the list does not have yet; return whether it was added."""
    if not value or value in values or len(values) >= _MOST:
        return False
    values.append(value)
    return True
