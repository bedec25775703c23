"""The form of what is derived: rows and graded fields, named as in `packet.toml` (packet format, version 1).

Knows names and grades; nothing of how anything is found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Known: TypeAlias = Literal["recorded", "declared", "derived", "absent", "lost"]
Row: TypeAlias = dict[str, Any]


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


@dataclass(slots=True)
class RunFacts:
    """What follows from the events of a run.

    Attributes:
        edited: paths of the change that the agent's applied edits name (renamed to the repository's form).
        read_before_edit: for those, whether the agent had read the file before its first edit; files that it made
            itself are not in here.
        claimed: repository paths of all applied edits, in the change or not.
        outside: logged paths of applied edits outside the repository.
        file_read, command, retry, tool_call, assumption, claim: rows of the tables of that name, each with `known`,
            `rule` where derived, and `events` (numbers of the events that it follows from).
        plan, cost, end, scope, origin, task: fields of the tables of that name.
    """

    edited: frozenset[str] = frozenset()
    read_before_edit: dict[str, bool] = field(default_factory=dict)
    claimed: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    file_read: list[Row] = field(default_factory=list)
    command: list[Row] = field(default_factory=list)
    retry: list[Row] = field(default_factory=list)
    tool_call: list[Row] = field(default_factory=list)
    assumption: list[Row] = field(default_factory=list)
    claim: list[Row] = field(default_factory=list)
    plan: Graded = field(default_factory=Graded)
    cost: Graded = field(default_factory=Graded)
    end: Graded = field(default_factory=Graded)
    scope: Graded = field(default_factory=Graded)
    origin: Graded = field(default_factory=Graded)
    task: Graded = field(default_factory=Graded)

    def rows(self) -> dict[str, list[Row]]:
        """Return the tables of rows by name."""
        return {
            "file_read": self.file_read,
            "command": self.command,
            "retry": self.retry,
            "tool_call": self.tool_call,
            "assumption": self.assumption,
            "claim": self.claim,
        }
