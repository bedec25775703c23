"""Changes whose faults are known, and the places of these faults: plain values, nothing is read or run here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.checks.finding import Mode, Side

Half: TypeAlias = Literal["open", "held"]
"""Misses of the open half are told to those who write checks; of the held half only numbers are."""

NEAR = 2
"""Lines that a finding may be off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One fault.

    Attributes:
        path: None when the fault is of the run or the whole change.
        line: in that file on that side; None for the whole file.
        words: what is wrong, one sentence.
    """

    mode: Mode
    path: str | None
    line: int | None
    side: Side = "new"
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change.

    Attributes:
        name: "project/change".
        before, after: contents by path.
        contract: the task contract as TOML, None for none.
        events: of the recorded run, one JSON object a line; None without one.
    """

    name: str
    language: str
    half: Half
    asked: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    labels: tuple[Label, ...]
    contract: str | None = None
    events: str | None = None

    @property
    def digest(self) -> str:
        """The change by all that is given to a check."""
        given = [self.asked, *sorted(self.before.items()), *sorted(self.after.items()), self.contract, self.events]
        return f"small {self.name} {hashlib.sha256(repr(given).encode()).hexdigest()}"
