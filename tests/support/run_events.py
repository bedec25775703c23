"""Runs as lists of events, written in a few words: for rules that look at what happened and not at any log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from reviewer.run.derive import RunFacts, derive
from reviewer.run.event import (
    Command,
    Context,
    Denial,
    Edit,
    End,
    Error,
    Message,
    Plan,
    PlanStep,
    Prompt,
    Question,
    Read,
    Search,
    Thought,
    Tool,
    Usage,
)
from reviewer.run.shell.command_line import analyse

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviewer.run.event import Event
    from reviewer.run.importers.importer import SessionInfo

ROOT = "/home/ana/shop"


@dataclass(slots=True)
class RunEvents:
    """A run in the making; `session`, `agent` and `turn` are those of the events that follow."""

    events: list[Event] = field(default_factory=list)
    session: int = 1
    agent: str = "root"
    turn: int = 1
    commands: int = 0

    def add(self, cls: type[Event], **fields: Any) -> Self:  # noqa: ANN401 - the event's own fields
        """Add an event; each comes a second after the one before."""
        seq = len(self.events) + 1
        time = f"2026-03-02T09:{seq // 60 % 60:02}:{seq % 60:02}Z"
        head = {"time": time, "turn": self.turn, "session": self.session, "agent": self.agent, "source": f"log:{seq}"}
        self.events.append(cls(seq=seq, **{**head, **fields}))
        return self

    def prompt(self, text: str, **fields: Any) -> Self:  # noqa: ANN401 - the event's own fields
        return self.add(Prompt, text=text, **fields)

    def says(self, text: str, **fields: Any) -> Self:  # noqa: ANN401 - the event's own fields
        return self.add(Message, text=text, **fields)

    def thinks(self, text: str) -> Self:
        return self.add(Thought, text=text)

    def plan(self, *steps: tuple[str, str], text: str | None = None) -> Self:
        return self.add(Plan, text=text, steps=tuple(PlanStep(said, status) for said, status in steps))  # type: ignore[arg-type]

    def read(self, path: str, **fields: Any) -> Self:  # noqa: ANN401 - the event's own fields
        return self.add(Read, path=path, **{"ok": True, **fields})

    def search(self, pattern: str, path: str | None = None, **fields: Any) -> Self:  # noqa: ANN401 - likewise
        return self.add(Search, pattern=pattern, path=path, **fields)

    def edit(self, path: str, **fields: Any) -> Self:  # noqa: ANN401 - the event's own fields
        return self.add(Edit, path=path, **{"applied": True, "tool": "Edit", **fields})

    def refused(self, path: str, reason: str = "String to replace not found") -> Self:
        return self.edit(path, applied=False, refused=reason)

    def shell_edit(self, path: str, op: str = "update") -> Self:
        return self.edit(path, tool="shell", derived=True, op=op)

    def run(self, line: str, state: str = "passed", **fields: Any) -> Self:  # noqa: ANN401 - the event's own fields
        self.commands += 1
        known = {"state": state, "command_kind": analyse(line).kind, "cwd": ROOT}
        return self.add(Command, n=self.commands, line=line, **{**known, **fields})

    def tool(self, name: str, **fields: Any) -> Self:  # noqa: ANN401 - the event's own fields
        return self.add(Tool, tool=name, **fields)

    def denial(self, tool: str, what: str, said: str | None = None) -> Self:
        self.add(Denial, tool=tool, what=what, reason="refused")
        return self.prompt(said, via="denial") if said is not None else self

    def question(self, text: str, answer: str | None = None) -> Self:
        return self.add(Question, text=text, answer=answer)

    def context(self, what: str, text: str = "", **fields: Any) -> Self:  # noqa: ANN401 - the event's own fields
        return self.add(Context, what=what, text=text, **fields)

    def error(self, text: str, where: str = "provider") -> Self:
        return self.add(Error, text=text, where=where)

    def usage(self, **fields: Any) -> Self:  # noqa: ANN401 - the event's own fields
        return self.add(Usage, **fields)

    def end(self, reason: str = "finished", text: str = "") -> Self:
        return self.add(End, reason=reason, text=text)

    def facts(
        self,
        changed: Collection[str] = (),
        root: str | None = ROOT,
        info: SessionInfo | Sequence[SessionInfo] | None = None,
    ) -> RunFacts:
        """Return what follows."""
        return derive(self.events, changed, root, info)


def picked(rows: Sequence[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Return some columns of rows."""
    return [tuple(row[name] for name in names) for row in rows]
