"""Evidence for the ways agent-made changes go wrong: one module a mode, each a pure function of a frozen case.

`ALL` is the registry. A mode that has no check yet is not in it, and the checklist says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.claim_vs_evidence import ClaimCheck
from reviewer.checks.hidden_text import HiddenTextCheck
from reviewer.checks.rollback import RollbackCheck
from reviewer.checks.scope import ScopeCheck

if TYPE_CHECKING:
    from reviewer.checks.check import Check

ALL: tuple[Check, ...] = (
    ScopeCheck(),
    ClaimCheck(),
    RollbackCheck(),
    HiddenTextCheck(),
)

__all__ = ["ALL"]
