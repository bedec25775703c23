"""Which session logs a packet is made from: those that were named, none, or the newest one that fits the change.

Looking for sessions is `reviewer.workflow.sessions`; here its answer becomes logs in order, and notes for the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.text import plural
from reviewer.workflow.packing.run_log import ChosenLog
from reviewer.workflow.sessions import TimeSpan, find, subagent_logs
from reviewer.workflow.sessions.work_trees import work_trees

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from reviewer.git.quarantine import Quarantine
    from reviewer.workflow.packing.commit_range import CommitRange

NAMED = "it was named with --session"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """The logs to read, the main one first, and what the person should know about the choice."""

    logs: tuple[ChosenLog, ...]
    notes: tuple[str, ...] = ()


def choose_logs(
    named: Sequence[Path] | None, quarantine: Quarantine, span: CommitRange, paths: Collection[str]
) -> Choice:
    """Return the logs to read.

    Args:
        named: what the person named; () for none, None to look for the one that fits.
        quarantine: the repository.
        span: when the change was made.
        paths: of the change, old names of renames included.
    """
    if named is not None:
        logs = [ChosenLog(path, NAMED) for path in named]
        return Choice((*logs, *_of_subagents(((path, a, p) for path in named for p, a in subagent_logs(path)), named)))
    base, head = quarantine.commit(span.base), quarantine.commit(span.head)
    roots = work_trees(quarantine.repository)
    found = find(roots, TimeSpan(base.committer_time, head.committer_time), paths)
    left = [f"session not taken: {entry.path} ({entry.why})" for entry in found.left[:_SHOWN]]
    if (more := len(found.left) - _SHOWN) > 0:
        left.append(f"{plural(more, 'more session')} not taken")
    files = [entry for entry in found.taken if entry.candidate.part is None and entry.candidate.path.is_file()]
    if not files:
        return Choice((), (found.why, *left))
    taken, why = files[-1].candidate, files[-1].why
    companions = _of_subagents(((taken.path, agent, path) for path, agent in taken.companions), ())
    return Choice((ChosenLog(taken.path, why), *companions), (f"session taken: {taken.path}", *left))


def _of_subagents(found: Iterable[tuple[Path, str, Path]], named: Sequence[Path]) -> tuple[ChosenLog, ...]:
    return tuple(
        ChosenLog(path, f"it is of a sub-agent of {main.name}", agent)
        for main, agent, path in found
        if path not in named
    )
