"""The state of a command, rule `command-state`, and what else its line and output tell.

Pure. Value 0, not recorded and not conclusive stay apart: an exit code that is not known is never taken for 0, and an
exit code that belongs to `tail` says nothing about the tests before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.run import test_output
from reviewer.run.command_line import CommandLine, analyse

if TYPE_CHECKING:
    from reviewer.run.event import CommandKind, CommandState

Ended: TypeAlias = Literal["ok", "failed", "denied", "not_run", "cancelled", "running", "unknown"]
_CHECKS = frozenset(("test", "lint", "type", "build", "security"))
_KILLED = frozenset((124, 130, 137, 143))
"""124 is `timeout`, the others 128 plus a signal: stopped from outside, not failed by itself."""


@dataclass(frozen=True, slots=True)
class CommandFacts:
    """What a command's line, exit code and output tell together."""

    kind: CommandKind
    state: CommandState
    not_conclusive: str | None
    tests: dict[str, int] | None
    line: CommandLine


def facts(line: str, *, ended: Ended, exit_code: int | None, output: str | None) -> CommandFacts:
    """Return the facts of one command.

    Args:
        line: the command line.
        ended: what the log says of its end.
        exit_code: None if the log does not tell.
        output: the end of its output, None if the log has none.
    """
    known = analyse(line)
    tests = test_output.counts(output) if known.kind == "test" and output else None
    state = _state(known, ended, exit_code, output)
    if state == "passed" and known.not_conclusive is not None:
        state = _from_output(known, tests, output)
    return CommandFacts(known.kind, state, known.not_conclusive, tests, known)


def _state(known: CommandLine, ended: Ended, exit_code: int | None, output: str | None) -> CommandState:
    if ended in {"denied", "not_run", "cancelled", "running"}:
        return ended
    if exit_code is None:
        return "failed" if ended == "failed" else "unknown"
    if exit_code == 0:
        return "passed"
    if (
        exit_code == 1
        and known.no_match_is_fine
        and known.kind == "other"
        and (ended == "ok" or not (output or "").strip())
    ):
        return "passed"
    return "cancelled" if exit_code in _KILLED and ended == "cancelled" else "failed"


def _from_output(known: CommandLine, tests: dict[str, int] | None, output: str | None) -> CommandState:
    """Return the state where the exit code is that of another part: what the output shows, else not conclusive."""
    if known.kind == "test" and output:
        if tests is not None:
            return (
                "failed"
                if tests.get("failed") or tests.get("errors")
                else "passed"
                if tests.get("passed")
                else "not_conclusive"
            )
        shown = test_output.shows_failure(output)
        if shown is not None:
            return "failed" if shown else "passed"
    return "not_conclusive" if known.kind in _CHECKS else "passed"
