"""Failed attempts of commands and what became of them, for each agent of each session.

Pure. An attempt is known by what is run and where (rule `attempt-key`). Rules: `fixed-retry` (the same again, and
something was edited between), `blind-retry` (nothing was), `variant-retry` (another form of it passed later: the same
first two words, or a check of the same kind with targets in common) and `abandoned` (a check that failed, was never
repeated with success, and nothing like it passed later). Asking again after a refusal by a person, polling and what the
provider repeats are no retries.

Outcomes: `fixed`, it passed in the end; `changed_test`, it passed in the end and only test files had been changed, so a
person should see whether the test or its subject was wrong; `gave_up`, nothing records that it passed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.run.derive import shell
from reviewer.run.derive.targets import CHECKS, Passed, share_a_name
from reviewer.run.derive.trace import DID_NOT_RUN, doer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.derive.trace import Doer, Trace
    from reviewer.run.event import Command

Outcome: TypeAlias = Literal["fixed", "gave_up", "changed_test"]
SUCCEEDED: frozenset[Outcome] = frozenset(("fixed", "changed_test"))
"""Outcomes of a retry that passed in the end."""
_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|spec|specs|__tests__|testing|testdata)/|(?:^|/)test_[^/]*$|[._-](?:test|spec)\.[^/]*$|_test\.[^/]*$"
)
_MOST_LOOKED_AT = 20
"""So many later commands are held against a failed one."""
_MOST_EDITS = 50
"""What changed between two attempts is named this far, as a row names its events."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Commands that tried the same thing: their numbers in order, what became of it, and the evidence."""

    commands: tuple[int, ...]
    outcome: Outcome
    rule: str
    changed: tuple[str, ...]
    events: tuple[int, ...]


@lru_cache(maxsize=4096)
def is_test_path(path: str) -> bool:
    """Return whether a path is a test's by its name."""
    return _TEST_PATH.search(path) is not None


def attempts(trace: Trace) -> list[Attempt]:
    """Return what was tried again after it failed, and checks that failed and were left, in the order of the run."""
    by_key: dict[tuple[Doer, str, str | None], list[Command]] = {}
    passed: dict[Doer, Passed] = {}
    for command in trace.commands:
        said = trace.said(command)
        if command.state in DID_NOT_RUN or not said.key:
            continue
        by_key.setdefault((doer(command), said.key, shell.place(command)), []).append(command)
        if command.state == "passed":
            own = passed.setdefault(doer(command), Passed())
            own.add(command, said.head, said.targets, shell.place(command))
    finder = _Finder(trace, passed)
    found = [finder.attempt(chain) for same in by_key.values() for chain in _chains(same)]
    return sorted((attempt for attempt in found if attempt is not None), key=lambda attempt: attempt.commands)


def _chains(same: Sequence[Command]) -> Iterator[list[Command]]:
    """Cut the commands with one key into chains that start with a failure and end with the first success after it."""
    current: list[Command] = []
    for command in same:
        if current:
            current.append(command)
            if command.state == "passed":
                yield current
                current = []
        elif command.state == "failed":
            current = [command]
    if current:
        yield current


class _Finder:
    """What is looked up for each chain: edits, and the commands that passed."""

    def __init__(self, trace: Trace, passed: dict[Doer, Passed]) -> None:
        self._trace = trace
        self._passed = passed
        self._at = [edit.seq for edit in trace.applied]
        self._other = [0, *accumulate(not is_test_path(edit.name) for edit in trace.applied)]

    def attempt(self, chain: list[Command]) -> Attempt | None:
        """Return what became of a chain, None if it is nothing to tell."""
        first, last = chain[0], chain[-1]
        later = None if last.state == "passed" else self._variant(last)
        if later is not None:
            chain, last = [*chain, later], later
        elif len(chain) == 1 and first.command_kind not in CHECKS:
            return None
        start, stop = bisect_right(self._at, first.seq), bisect_left(self._at, last.seq)
        edits = self._trace.applied[start : min(stop, start + _MOST_EDITS)]
        outcome: Outcome = "gave_up"
        if last.state == "passed":
            outcome = "changed_test" if stop > start and self._other[start] == self._other[stop] else "fixed"
        if later is not None:
            rule = "variant-retry"
        else:
            rule = "abandoned" if len(chain) == 1 else "fixed-retry" if stop > start else "blind-retry"
        return Attempt(
            commands=tuple(command.n for command in chain),
            outcome=outcome,
            rule=rule,
            changed=tuple(dict.fromkeys(edit.name for edit in edits)),
            events=tuple(sorted([command.seq for command in chain] + [edit.seq for edit in edits])),
        )

    def _variant(self, failed: Command) -> Command | None:
        """Return the first later command that passed and is another form of a failed one."""
        passed = self._passed.get(doer(failed))
        if passed is None:
            return None
        said = self._trace.said(failed)
        lists = passed.like(failed, said.head, said.targets, shell.place(failed))
        later = (self._first(same, failed, said.names) for same in lists)
        return min((command for command in later if command is not None), key=_seq, default=None)

    def _first(self, same: Sequence[Command], failed: Command, names: frozenset[str]) -> Command | None:
        """Return the first command of a list after a failed one that has a test in common with it."""
        place = bisect_right(same, failed.seq, key=_seq)
        for command in same[place : place + _MOST_LOOKED_AT]:
            said = self._trace.said(command)
            if share_a_name(names, said.names) and (not said.only_formats or self._trace.said(failed).only_formats):
                return command
        return None


def _seq(command: Command) -> int:
    return command.seq
