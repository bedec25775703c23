"""What the ceremony needs of a review: the packet, the reviewer's answers, what the checks and gates say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.finding import CheckResult, Finding
    from reviewer.checks.probed import Probed
    from reviewer.diff.model import DiffIndex
    from reviewer.git.repository import Repository
    from reviewer.packet.loader import Packet
    from reviewer.policy.model import GateResult, Policy
    from reviewer.review.coverage import Coverage
    from reviewer.review.event import ReviewEvent
    from reviewer.review.state import ReviewState


class OpenedUnderWay(Protocol):
    """An open packet with its diff, and the repository it belongs to where that is at hand."""

    @property
    def packet(self) -> Packet:
        """The packet."""

    @property
    def index(self) -> DiffIndex:
        """The diff's rows."""

    @property
    def repository(self) -> Repository | None:
        """The repository that has the packet's commits, or None."""


class ReviewUnderWay(Protocol):
    """A review as `reviewer.workflow.review.Review` gives it."""

    @property
    def opened(self) -> OpenedUnderWay:
        """The open packet."""

    @property
    def state(self) -> ReviewState:
        """What this reviewer has done."""

    @property
    def coverage(self) -> Coverage:
        """How much of the diff is seen."""

    @property
    def results(self) -> Sequence[CheckResult]:
        """What each check says."""

    @property
    def findings(self) -> Sequence[Finding]:
        """All findings."""

    @property
    def probed(self) -> Probed | None:
        """What running the tests showed, None if nobody asked for it."""

    @property
    def policy(self) -> Policy:
        """What is asked of the change."""

    def gates(self) -> tuple[GateResult, ...]:
        """Return how each gate stands now."""

    def record(self, event: ReviewEvent) -> ReviewState:
        """Keep an event; it is on disk when this returns."""
