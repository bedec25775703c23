"""The state of a command, rule `command-state`, and what else its line and output tell.

Pure. Value 0, not recorded and not conclusive stay apart: an exit code that is not known is never taken for 0, and an
exit code that belongs to `tail` says nothing about the tests before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.run.shell import check_output, test_output
from reviewer.run.shell import exit as shell_exit
from reviewer.run.shell.command_line import CommandLine, analyse

if TYPE_CHECKING:
    from reviewer.run.event import CommandKind, CommandState

Ended: TypeAlias = Literal["ok", "failed", "denied", "not_run", "cancelled", "running", "unknown"]
_CHECKS = frozenset(("test", "lint", "type", "build", "security"))


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
    tests = None
    if known.kind == "test" and output and known.selection != "lists only":
        tests = test_output.counts(output)
    state = _state(known, ended, exit_code, output)
    return CommandFacts(known.kind, state, known.not_conclusive, tests, known)


def _state(known: CommandLine, ended: Ended, exit_code: int | None, output: str | None) -> CommandState:
    if ended in {"denied", "not_run", "cancelled", "running"}:
        return ended
    if exit_code in shell_exit.KILLED:
        return "cancelled"
    if known.kind in _CHECKS and (known.not_conclusive is not None or (exit_code is None and ended != "failed")):
        found = _from_output(known, output)
        if found is not None:
            return found
        if exit_code is not None:
            return "not_conclusive"
    if exit_code is None:
        return "failed" if ended == "failed" else "unknown"
    if exit_code == 0 or (exit_code == 1 and _answered(known, ended, output)):
        return "passed"
    return "failed"


def _answered(known: CommandLine, ended: Ended, output: str | None) -> bool:
    """Return whether exit code 1 is an answer: nothing was found, or two things differ."""
    if known.answers is None or known.kind in _CHECKS:
        return False
    return ended == "ok" or shell_exit.says_no(known.answers, output or "")


def _from_output(known: CommandLine, output: str | None) -> CommandState | None:
    """Return the state that the output shows where the exit code says nothing of the tool, None if it shows none."""
    if not output or known.selection == "lists only":
        return None
    if known.status is not None and (match := known.status.search(output[-2_000:])) is not None:
        return "passed" if int(match.group(1)) == 0 else "failed"
    if known.kind == "test":
        ends = known.shows is None or 0 < output.count("\n") + 1 < known.shows
        failed = test_output.outcome(output, ends=ends)
    else:
        failed = check_output.shows_failure(output)
    return None if failed is None else "failed" if failed else "passed"
