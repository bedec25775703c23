"""The one interface of a check: a mode, a version, and a pure function of a frozen case.

Knows nothing of particular checks, of policy or of how results are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reviewer.checks.case import Case
    from reviewer.checks.finding import CheckResult, Mode


class Check(Protocol):
    """Looks for evidence of one failure mode.

    A check has no state, reads nothing but its case, takes no setting from the change itself, and gives equal results
    for equal cases. It says what it did not examine as loudly as what it found. One that somebody installed may have
    `rules` besides: by name, the title of a rule or a table of its words, as `--explain` shows them.
    """

    @property
    def mode(self) -> Mode:
        """The failure mode; one check a mode."""

    @property
    def version(self) -> int:
        """Raised whenever the same case may give other findings."""

    def run(self, case: Case) -> CheckResult:
        """Return the findings and what was and was not examined."""
