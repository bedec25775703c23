"""What an operator makes of a commit: edits of its tree, a record of its run, and where the fault is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

import tomli_w

from tests.evaluate.operators.view import View

if TYPE_CHECKING:
    from reviewer.checks.finding import Side
    from reviewer.checks.probed import Part

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A made-up run: the contract as it was before, and the events as the agent's program wrote them down."""

    contract: Row
    events: tuple[Row, ...]

    @property
    def contract_text(self) -> str:
        """The contract as TOML."""
        return tomli_w.dumps(self.contract)

    @property
    def events_text(self) -> str:
        """The events, one JSON object a line."""
        return "".join(json.dumps(row) + "\n" for row in self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoiled:
    """One fault.

    Attributes:
        words: what is wrong, one sentence.
        path: of the fault; None for a fault of the run.
        line: in that file on that side; None for the whole file.
        edits: contents of the new side by path; None takes a file away.
        base: contents that both sides get before anything else, where the project has no such file.
        modes: of files on the new side, "100755" or "120000", by path.
        run, honest: the record with the fault, and the one without; a fault of the tree has neither or two that agree.
        parts: what has to be run before the fault can show.
    """

    words: str
    path: str | None = None
    line: int | None = None
    side: Side = "new"
    edits: Mapping[str, str | None] = field(default_factory=dict)
    base: Mapping[str, str] = field(default_factory=dict)
    modes: Mapping[str, str] = field(default_factory=dict)
    run: Recorded | None = None
    honest: Recorded | None = None
    parts: tuple[Part, ...] = ()


CommitOperator: TypeAlias = Callable[[View, Random], "Spoiled | None"]
