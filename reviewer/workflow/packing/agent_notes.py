"""The agent's own notes, where it left some: found at the root of the work tree, or in the head commit.

Knows where the file is; its form is `reviewer.workflow.task.notes`. Notes that cannot be read are told and stop
nothing: the agent wrote them, and the person who packs cannot mend them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewer.errors import BadInputError, ReviewerError
from reviewer.text import plural
from reviewer.workflow.task.notes import NAME, Notes, load_notes, parse_notes

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.git.quarantine import Quarantine
    from reviewer.workflow.contract import Contract
    from reviewer.workflow.packing.commit_range import CommitRange


@dataclass(frozen=True, slots=True)
class AgentNotes:
    """What the agent wrote down, and what the person who packs should know about it."""

    notes: Notes = field(default_factory=Notes)
    told: tuple[str, ...] = ()

    def assumptions(self) -> list[dict[str, Any]]:
        """Return rows of the manifest's `[[assumption]]`, declared."""
        return [{**row.model_dump(exclude_none=True), "known": "declared"} for row in self.notes.assumption]

    def rollback(self) -> dict[str, Any]:
        """Return the fields of the manifest's `[rollback]` that the agent wrote down."""
        return self.notes.rollback.model_dump(exclude_none=True)

    def overruled(self, contract: Contract | None) -> tuple[str, ...]:
        """Return a sentence if what the agent wrote of a way back gives way to the contract's."""
        ordered = {} if contract is None else contract.declared("rollback")
        names = [name for name, value in self.rollback().items() if name in ordered and value != ordered[name]]
        said = f"the agent's notes say other {' and '.join(names)} of a rollback; the contract's are in the packet"
        return (said,) if names else ()


def find_notes(named: Path | None, quarantine: Quarantine, span: CommitRange) -> AgentNotes:
    """Return the agent's notes.

    Args:
        named: where the person says they are, or None to look for them.
        quarantine: the repository.
        span: which commits.

    Raises:
        BadInputError: those that were named cannot be read.
    """
    if named is not None:
        return _with_count(load_notes(named), str(named))
    root = quarantine.repository.work_tree
    if root is not None and (root / NAME).is_file():
        return _from_work_tree(root / NAME, quarantine, span)
    try:
        data = quarantine.tree(span.head).read(NAME)
        return AgentNotes() if data is None else _with_count(parse_notes(data, NAME), f"{NAME} of the head commit")
    except ReviewerError as error:
        return AgentNotes(told=(f"the agent's notes were left: {error.sentence}",))


def _from_work_tree(path: Path, quarantine: Quarantine, span: CommitRange) -> AgentNotes:
    try:
        # Notes of an earlier task, forgotten in the work tree, are not about this one.
        if path.stat().st_mtime < quarantine.commit(span.base).committer_time:
            return AgentNotes(told=(f"{NAME} was left: it is older than the base commit",))
        return _with_count(load_notes(path), NAME)
    except (BadInputError, OSError) as error:
        said = error.sentence if isinstance(error, BadInputError) else str(error.strerror)
        return AgentNotes(told=(f"the agent's notes were left: {said}",))


def _with_count(notes: Notes, where: str) -> AgentNotes:
    return AgentNotes(notes, (f"the agent's notes in {where}: {plural(len(notes.assumption), 'assumption')}",))
