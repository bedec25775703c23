"""One piece of a change, with the file as it would be without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from reviewer.checks.ablation.spans import Span

Fate: TypeAlias = Literal["try", "left_out", "cannot_apply"]

EMPTIED = "the body is emptied, as there is nothing to go back to"
"""Said of a function that is new: deleting it would only show that something calls it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece.

    Attributes:
        span: the lines that it is about, from 0.
        fate: whether it can be tried.
        without: the whole file without it, None if it is not tried.
        note: why it is not tried, or how it was taken away if not by the old lines.
    """

    span: Span
    fate: Fate
    without: bytes | None = None
    note: str = ""
