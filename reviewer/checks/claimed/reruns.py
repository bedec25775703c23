"""Required commands that were run again over the head: what they say goes before what any log says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown
from reviewer.run.shell.command_line import analyse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case
    from reviewer.checks.probed import Rerun

_WHY = "It was run here, over the change itself, and not by the agent."
_ENDED = {"time": "was stopped at the time limit", "cancelled": "was cancelled"}


class Reruns:
    """The required commands that were run again, by their line."""

    def __init__(self, case: Case, account: Account) -> None:
        """Take what was run; `account` learns of it and of what could not be decided."""
        required = case.probed.required if case.probed is not None else None
        self._rows: dict[str, Rerun] = {}
        for row in required.rows if required is not None else ():
            self._rows[_flat(row.line)] = row
            account.looked("required command", "run again over the head")
        for gap in required.gaps if required is not None else ():
            account.lacking(f"not run again: {shown(gap)}")

    def of(self, line: str) -> Rerun | None:
        """Return how a line did, None if it was not run or its result says nothing."""
        row = self._rows.get(_flat(line))
        return row if row is not None and row.passed is not None else None

    def of_tests(self, facts: Iterable[Fact]) -> Iterator[Fact]:
        """Yield what is said of claimed tests; where all tests that were required pass here, it alarms nobody."""
        rows = [row for row in self._rows.values() if analyse(row.line).kind == "test"]
        passed = bool(rows) and all(row.passed is True and analyse(row.line).selection is None for row in rows)
        for fact in facts:
            if passed:
                message = f"{fact.message} Run here over the change, “{shown(rows[0].line, 40)}” passes."
                yield replace(fact, severity="info", message=message)
            else:
                yield fact

    def judged(self, line: str, fact: Fact | None) -> Iterator[Fact]:
        """Yield what is left of what the log says of a required command, beside what running it says."""
        row = self.of(line)
        if row is None:
            if fact is not None:
                yield fact
            return
        if not row.passed:
            yield Fact(
                rule="required-rerun-failed",
                severity="high",
                message=f"The required command “{shown(line)}” fails over the change: {_how(row)}.",
                why=_WHY,
                quote=line,
                evidence=fact.evidence if fact is not None else (),
                numbers=(("seconds", round(row.ran.seconds, 1)),),
            )
        elif fact is not None:
            yield replace(fact, severity="info", message=f"{fact.message} Run here over the change, it passes.")


def _how(row: Rerun) -> str:
    if row.ran.ended != "exit":
        return _ENDED.get(row.ran.ended, f"it was stopped at its limit of {shown(row.ran.ended)}")
    tail = next((line for line in reversed(row.ran.tail.splitlines()[-20:]) if line.strip()), "")
    said = f", and its output ends with “{shown(tail)}”" if tail else ""
    return f"it ends with {row.ran.code} after {row.ran.seconds:.1f} s{said}"


def _flat(line: str) -> str:
    return " ".join(line.split())
