"""The form of what is derived: rows and graded fields, named as in `packet.toml` (packet format, version 1).

Knows names and grades; nothing of how anything is found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Known: TypeAlias = Literal["recorded", "declared", "derived", "absent", "lost"]
Row: TypeAlias = dict[str, Any]
EVENTS = 50
"""A row names this many events at most; the first ones."""


@dataclass(slots=True)
class Graded:
    """Fields of one table, each with how it is known; a field that is None is not there."""

    values: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)

    def put(self, known: Known, **values: Any) -> None:  # noqa: ANN401 - any field of any table
        """Set the fields that have a value."""
        for name, value in values.items():
            if value is not None:
                self.values[name] = value
                self.known[name] = known

    def lost(self, *names: str) -> None:
        """Say of fields without a value that they were there once and are no more."""
        for name in names:
            if name not in self.values:
                self.known[name] = "lost"


@dataclass(frozen=True, slots=True)
class Parting:
    """One place where what was planned, done and said part ways, before many of a kind become one row.

    Attributes:
        what: which way, as `[[course]]` of the manifest names it.
        rule: by which it was found.
        text: the words or the path that it is about.
        detail: what it is held against; partings with the same detail may be told together.
        events: that it follows from.
        is_path: `text` is a path of the repository.
    """

    what: str
    rule: str
    text: str
    detail: str | None = None
    events: tuple[int, ...] = ()
    is_path: bool = False


@dataclass(slots=True)
class RunFacts:
    """What follows from the events of a run.

    Attributes:
        edited: paths of the change that the agent's edits name and did not put back (in the repository's form).
        by_shell: those of them that only shell commands edit.
        read_before_edit: for those, whether the agent had read the file before its first edit; files that it made
            itself are not in here.
        claimed: repository paths of all edits that stand at the end, in the change or not.
        outside: logged paths of edits outside the repository.
        session: one row for each joined session; how it is tied to the commits is added by whoever knows them.
        file_read, command, retry, tool_call, denial, question, edit_refused, host, effect, course, assumption, claim:
            rows of the tables of that name, each with `known`, `rule` where derived, and `events` (numbers of the
            events that it follows from).
        partings: what `course` tells, one by one.
        plan, cost, end, scope, origin, task: fields of the tables of that name.
    """

    edited: frozenset[str] = frozenset()
    by_shell: frozenset[str] = frozenset()
    read_before_edit: dict[str, bool] = field(default_factory=dict)
    claimed: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    session: list[Row] = field(default_factory=list)
    file_read: list[Row] = field(default_factory=list)
    command: list[Row] = field(default_factory=list)
    retry: list[Row] = field(default_factory=list)
    tool_call: list[Row] = field(default_factory=list)
    denial: list[Row] = field(default_factory=list)
    question: list[Row] = field(default_factory=list)
    edit_refused: list[Row] = field(default_factory=list)
    host: list[Row] = field(default_factory=list)
    effect: list[Row] = field(default_factory=list)
    assumption: list[Row] = field(default_factory=list)
    claim: list[Row] = field(default_factory=list)
    course: list[Row] = field(default_factory=list)
    partings: list[Parting] = field(default_factory=list)
    plan: Graded = field(default_factory=Graded)
    cost: Graded = field(default_factory=Graded)
    end: Graded = field(default_factory=Graded)
    scope: Graded = field(default_factory=Graded)
    origin: Graded = field(default_factory=Graded)
    task: Graded = field(default_factory=Graded)

    def rows(self) -> dict[str, list[Row]]:
        """Return the tables of rows by name."""
        return {name: getattr(self, name) for name in _TABLES}


_TABLES = (
    "session", "file_read", "command", "retry", "tool_call", "denial", "question", "edit_refused", "host", "effect",
    "course", "assumption", "claim",
)  # fmt: skip


def bounded(events: Iterable[int]) -> list[int]:
    """Return event numbers in order, each once; a row names at most the first fifty."""
    return sorted(islice(dict.fromkeys(events), EVENTS))
