"""The commands of the run as evidence: which ran after the last edit of code, and which of them prove anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.rewrites import unpaired
from reviewer.checks.shell_words import bare, split
from reviewer.checks.stop_rules import LISTS
from reviewer.run.event import Command, Edit
from reviewer.run.shell import tool_kinds
from reviewer.run.shell.command_line import analyse
from reviewer.run.shell.test_selection import selection

if TYPE_CHECKING:
    from reviewer.checks.case import Case
    from reviewer.packet.manifest import CommandRow

_WRITES = re.compile(
    r"\bsed\s+(?:\S+\s+)*-i|[^0-9&<>-]>{1,2}\s*[\w./]|\btee\b|\bpatch\b|\bgit\s+(?:apply|checkout|restore|stash)\b|\bmv\b|\bcp\b"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One command of the run.

    Attributes:
        masked: why its exit code says nothing about the tool of interest, or None.
        after_last_edit: whether no edit of code followed it, as far as the record shows.
        parts: the words of each part of its chain, without wrappers.
    """

    number: int
    line: str
    state: str
    kind: str
    masked: str | None
    after_last_edit: bool
    parts: tuple[list[str], ...]

    @property
    def proves(self) -> bool:
        """Whether it passed, conclusively, on the code as it now is."""
        return self.state == "passed" and self.masked is None and self.after_last_edit

    @property
    def is_narrow(self) -> bool:
        """Whether it selects a part of the tests."""
        return any(
            selection(part[0], tuple(part[1:])) is not None
            for part in self.parts
            if tool_kinds.kind(tuple(part)) == "test"
        )


@dataclass(frozen=True, slots=True)
class Runs:
    """All commands that took place, in order."""

    all: tuple[Run, ...]

    @classmethod
    def of(cls, case: Case) -> Runs:
        """Return the commands of the manifest; denied and never started ones are left out."""
        sequence = {event.n: event.seq for event in case.events if isinstance(event, Command)}
        last_edit = _last_edit(case)
        rows = [row for row in case.manifest.command if row.state not in {"denied", "not_run"}]
        rewritten = max(unpaired((row.n, row.line) for row in rows if row.state != "failed"), default=0)
        return cls(
            tuple(
                Run(
                    number=row.n,
                    line=row.line,
                    state=row.state,
                    kind="other" if _lists(row) else row.kind,
                    masked=row.not_conclusive or ("not conclusive" if row.state == "not_conclusive" else None),
                    after_last_edit=row.n >= rewritten and _is_after(row, rows, sequence, last_edit),
                    parts=() if _lists(row) else tuple(bare(part) for part in split(row.line)),
                )
                for row in rows
            )
        )

    @property
    def tests(self) -> tuple[Run, ...]:
        """Those that run tests."""
        return tuple(run for run in self.all if run.kind == "test")

    def only_narrow_tests(self) -> Run | None:
        """Return the last test run that proves something, if every such run selects a part; else None."""
        proving = [run for run in self.tests if run.proves]
        return proving[-1] if proving and all(run.is_narrow for run in proving) else None


def _lists(row: CommandRow) -> bool:
    """Return whether a test run shows the names of tests and runs none."""
    return row.kind == "test" and analyse(row.line).selection == LISTS


def _last_edit(case: Case) -> int | None:
    """Return the sequence number of the last edit of code, None if the record has no edit at all."""
    edits = [event for event in case.events if isinstance(event, Edit) and event.applied is not False]
    code = [event.seq for event in edits if not roles.is_document(event.repo_path or event.path)]
    return max(code, default=0) if edits else None


def _is_after(row: CommandRow, rows: list[CommandRow], sequence: dict[int, int], last_edit: int | None) -> bool:
    if row.after_last_edit is not False:
        return row.after_last_edit is True or last_edit is None or sequence.get(row.n, 0) > last_edit
    # The record counts every edit. One of documents alone leaves a test run as good as it was.
    if last_edit is None or sequence.get(row.n, 0) <= last_edit:
        return False
    return not any(_WRITES.search(later.line) for later in rows if later.n > row.n)
