"""Failed attempts and what became of them.

Pure. Rules: `fixed-retry` (something was edited between), `blind-retry` (nothing was), `variant-retry` (another command
of the same tool passed later) and `abandoned` (failed, and nothing of its kind passed later).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.run.command_line import analyse
from reviewer.run.event import Command, Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.derive.paths import PathMap
    from reviewer.run.event import Event

Outcome: TypeAlias = Literal["fixed", "gave_up", "changed_test"]
_CHECKS = frozenset(("test", "lint", "type", "build", "security", "install"))
_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|spec|specs|__tests__|testing|testdata)/|(?:^|/)test_[^/]*$|[._-](?:test|spec)\.[^/]*$|_test\.[^/]*$"
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Commands that tried the same thing: their numbers in order, what became of it, and the evidence."""

    commands: tuple[int, ...]
    outcome: Outcome
    rule: str
    changed: tuple[str, ...]
    events: tuple[int, ...]


def is_test_path(path: str) -> bool:
    """Return whether a path is a test's by its name."""
    return _TEST_PATH.search(path) is not None


def attempts(events: Sequence[Event], paths: PathMap) -> list[Attempt]:
    """Return what was tried again after it failed, and checks that failed and were left, in the order of the run."""
    edits = [event for event in events if isinstance(event, Edit) and event.applied]
    commands = [event for event in events if isinstance(event, Command) and event.state not in {"denied", "not_run"}]
    by_key: dict[tuple[str, str], list[Command]] = {}
    for command in commands:
        key = analyse(command.line).key
        if key:
            by_key.setdefault((command.agent, key), []).append(command)
    found: list[Attempt] = []
    for same in by_key.values():
        for chain in _chains(same):
            attempt = _attempt(chain, commands, edits, paths)
            if attempt is not None:
                found.append(attempt)
    return sorted(found, key=lambda attempt: attempt.commands)


def _chains(same: Sequence[Command]) -> list[list[Command]]:
    """Cut the commands with one key into chains that start with a failure and end with the first success after it."""
    chains: list[list[Command]] = []
    current: list[Command] = []
    for command in same:
        if current:
            current.append(command)
            if command.state == "passed":
                chains.append(current)
                current = []
        elif command.state == "failed":
            current = [command]
    return [*chains, current] if current else chains


def _attempt(
    chain: list[Command], commands: Sequence[Command], edits: Sequence[Edit], paths: PathMap
) -> Attempt | None:
    rule = ""
    if chain[-1].state != "passed":
        later = _variant(chain[-1], commands)
        if later is not None:
            chain = [*chain, later]
            rule = "variant-retry"
        elif len(chain) == 1 and chain[0].command_kind not in _CHECKS:
            return None
    first, last = chain[0], chain[-1]
    start, stop = (bisect_left(edits, seq, key=lambda edit: edit.seq) for seq in (first.seq, last.seq))
    between = edits[start:stop]
    changed = tuple(dict.fromkeys(paths.repo_path(edit.path) or edit.path for edit in between))
    outcome: Outcome = "gave_up"
    if last.state == "passed":
        outcome = "changed_test" if changed and all(map(is_test_path, changed)) else "fixed"
    if not rule:
        rule = "abandoned" if len(chain) == 1 else "fixed-retry" if between else "blind-retry"
    return Attempt(
        commands=tuple(command.n for command in chain),
        outcome=outcome,
        rule=rule,
        changed=changed,
        events=tuple(sorted([command.seq for command in chain] + [edit.seq for edit in between])),
    )


def _variant(failed: Command, commands: Sequence[Command]) -> Command | None:
    """Return the first later command of the same kind and tool that passed."""
    if failed.command_kind not in _CHECKS:
        return None
    tool = analyse(failed.line).tool[:1]
    return next(
        (
            command
            for command in commands
            if command.seq > failed.seq
            and command.state == "passed"
            and command.command_kind == failed.command_kind
            and analyse(command.line).tool[:1] == tool
        ),
        None,
    )
