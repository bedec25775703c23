"""The commands that the task requires, run by us: what a log says of them is no longer needed.

A line goes to the cell's shell as it is written. Passed means that its exit code is 0 and says so of the tool of
interest; a masked exit, or a test command that ran no test, shows nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from reviewer.checks.ident import shown
from reviewer.checks.probed import Required, Rerun
from reviewer.probe.trials import key
from reviewer.run.shell.state import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reviewer.checks.probed import Ran

SHELL = "/bin/sh"
MAX_LINES = 40
_COUNTED = ("passed", "failed", "error", "errors", "xfailed", "xpassed")


class Store(Protocol):
    """Keeps what came of commands."""

    def get(self, key: str) -> Rerun | None:
        """Return what came of a command before."""

    def keep(self, key: str, value: Rerun) -> None:
        """Keep what came of one."""


def argv(line: str) -> tuple[str, ...]:
    """Return the exact command that runs a line."""
    return (SHELL, "-c", line)


def rerun(
    lines: Sequence[str],
    run: Callable[[Sequence[str]], Ran],
    *,
    prose: Sequence[str] = (),
    store: Store,
    over: Callable[[], bool],
    progress: Callable[[int, int, str], None] | None = None,
) -> Required:
    """Run the commands, one after the other.

    Args:
        lines: as the task has them.
        run: runs one.
        prose: conditions that are no commands.
        store: what came of them before, and where each goes as it is done.
        over: asked before each; True ends it.
        progress: told lines done, lines in all, and which.
    """
    rows: list[Rerun] = []
    gaps = [f"a condition in words cannot be run: “{shown(text)}”" for text in prose]
    for number, line in enumerate(lines[:MAX_LINES]):
        if over():
            gaps.append(f"{len(lines) - number} of {len(lines)} required commands were not run")
            break
        if progress is not None:
            progress(number, len(lines), line)
        if (done := store.get(key(line))) is None:
            ran = run(argv(line))
            if ran.ended == "cancelled":
                gaps.append(f"{len(lines) - number} of {len(lines)} required commands were not run")
                break
            done = Rerun(line=line, ran=ran, passed=passed(line, ran))
            store.keep(key(line), done)
        if done.passed is None:
            gaps.append(f"“{shown(line)}” shows nothing: {_why_open(line, done.ran)}")
        rows.append(done)
    if len(lines) > MAX_LINES:
        gaps.append(f"only the first {MAX_LINES} of {len(lines)} required commands were run")
    return Required(rows=tuple(rows), gaps=tuple(gaps))


def passed(line: str, ran: Ran) -> bool | None:
    """Return whether a command passed, None where its end does not show it."""
    if ran.ended != "exit" or ran.code is None:
        return None
    known = facts(line, ended="ok" if ran.code == 0 else "failed", exit_code=ran.code, output=ran.tail)
    if known.state == "passed":
        return None if _ran_nothing(known.tests) else True
    if known.state == "failed":
        # A shell that cannot find or start the program says nothing about the code.
        return None if ran.code in {126, 127} else False
    return None


def _ran_nothing(tests: Mapping[str, int] | None) -> bool:
    return tests is not None and sum(tests.get(name, 0) for name in _COUNTED) == 0


def _why_open(line: str, ran: Ran) -> str:
    if ran.ended != "exit":
        return {"time": "it did not end in its time", "broken": "it could not be started"}.get(
            ran.ended, f"it was ended ({ran.ended})"
        )
    if ran.code in {126, 127}:
        return "the program is not there where it runs"
    known = facts(line, ended="ok" if ran.code == 0 else "failed", exit_code=ran.code, output=ran.tail)
    if known.not_conclusive:
        return known.not_conclusive
    return "no test ran" if _ran_nothing(known.tests) else "its exit code says nothing"
