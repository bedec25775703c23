"""Evidence for the ways agent-made changes go wrong: one module a mode, each a pure function of a frozen case.

`ALL` is the registry. A mode that has no check yet is not in it, and the checklist says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.claim_vs_evidence import ClaimCheck
from reviewer.checks.dependency_creep import DependencyCheck
from reviewer.checks.error_handling import ErrorHandlingCheck
from reviewer.checks.gate_weakened import GateWeakenedCheck
from reviewer.checks.hallucinated_api import HallucinatedApiCheck
from reviewer.checks.hidden_text import HiddenTextCheck
from reviewer.checks.plausible_wrong import PlausibleWrongCheck
from reviewer.checks.rollback import RollbackCheck
from reviewer.checks.scope import ScopeCheck
from reviewer.checks.security_boundary import SecurityBoundaryCheck
from reviewer.checks.stop_rule import StopRuleCheck
from reviewer.checks.style_drift import StyleDriftCheck
from reviewer.checks.test_theater import TestTheaterCheck
from reviewer.checks.tests_on_parent import TestsOnParentCheck

if TYPE_CHECKING:
    from reviewer.checks.check import Check

PLAIN: tuple[Check, ...] = (
    ScopeCheck(),
    DependencyCheck(),
    ErrorHandlingCheck(),
    SecurityBoundaryCheck(),
    TestTheaterCheck(),
    TestsOnParentCheck(),
    GateWeakenedCheck(),
    ClaimCheck(),
    StopRuleCheck(),
    RollbackCheck(),
    HiddenTextCheck(),
    PlausibleWrongCheck(),
)
"""Those that need nothing but the packet and the repository."""

DIAGNOSED: tuple[Check, ...] = (
    HallucinatedApiCheck(),
    StyleDriftCheck(),
)
"""Those that judge what tools said (`Case.diagnostics`); they come last, because tools take their time."""

ALL: tuple[Check, ...] = (*PLAIN, *DIAGNOSED)

__all__ = ["ALL", "DIAGNOSED", "PLAIN"]
