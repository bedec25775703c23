"""A weakening of the security boundary, before it has a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.finding import Severity


@dataclass(frozen=True, slots=True)
class Sink:
    """Something that weakens the boundary.

    Attributes:
        fact: what stands there, one sentence without the code.
        code: the code in one line, to tell it from others and to quote; "" where it must not be quoted.
    """

    rule: str
    severity: Severity
    fact: str
    code: str
    first: int
    last: int
