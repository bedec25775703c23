"""Which session logs a packet is made from: those that were named, none, or the newest one that fits the change.

Looking for sessions is `reviewer.workflow.sessions`; here its answer becomes logs and notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reviewer.git.quarantine import Quarantine
    from reviewer.workflow.packing.commit_range import CommitRange
    from reviewer.workflow.packing.git_change import GitChange
    from reviewer.workflow.packing.run_log import ChosenLog


@dataclass(frozen=True, slots=True)
class Choice:
    """The logs to read, the main one first, and what the person should know about the choice."""

    logs: tuple[ChosenLog, ...]
    notes: tuple[str, ...] = ()


def choose_logs(
    named: Sequence[Path] | None,
    quarantine: Quarantine,  # noqa: ARG001 - not needed yet
    span: CommitRange,  # noqa: ARG001 - likewise
    change: GitChange,  # noqa: ARG001 - likewise
) -> Choice:
    """Return the logs that were named; none are looked for yet."""
    from reviewer.workflow.packing.run_log import ChosenLog

    if named is None:
        return Choice(())
    return Choice(tuple(ChosenLog(path, "it was named with --session") for path in named))
