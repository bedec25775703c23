"""One tool call of Claude Code, and what a family of tools does when one opens and closes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from reviewer.run.importers.claude_code.outcome import Outcome
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.values import Json


class Handler(Protocol):
    """What one family of tools needs: how it opens, and how it closes."""

    def open(self, state: Recording, call: Call) -> None:
        """Add the event of the call."""

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:
        """Add what the result tells."""


@dataclass(slots=True)
class Call:
    """A tool call: its name and input, and the event that stands for it."""

    name: str
    input: Json
    time: str | None
    handler: Handler
    draft: Draft | None = None
    extra: Any = None
    closed: bool = False
