"""Where a review comes from, and where a verdict goes: the workstation's only doors to the workflow.

Protocols, so that a test can stand a small review in their place; `PacketFile` is the real one. Everything here may be
slow and is called from worker threads, except `record` of the review itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from reviewer.checks.finding import CheckResult, Finding
    from reviewer.checks.probed import Probed
    from reviewer.diff.anchor import Unit
    from reviewer.diff.model import DiffIndex, FileSpan, Side
    from reviewer.packet.manifest import Manifest
    from reviewer.policy.model import GateResult, Policy
    from reviewer.review.coverage import Coverage
    from reviewer.review.event import ReviewEvent, VerdictKind
    from reviewer.review.state import ReviewState
    from reviewer.run.event import Command, Event
    from reviewer.run.why import Why


@dataclass(frozen=True, slots=True)
class Person:
    """Who reviews, as the footer names them: the fingerprint is empty when there is no key."""

    name: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """One part of a statement in words."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    """What would be signed, in words made from its own bytes, and the code that arms the signature."""

    sections: tuple[Words, ...]
    code: str
    digest: str
    draft: object = None


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What was signed and where it was stored, and the command that checks it."""

    digest: str
    fingerprint: str
    reviewer: str
    stored_at: tuple[str, ...]
    check_command: str
    sections: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeView:
    """What would be run, in words, before anything is.

    Attributes:
        commands: the exact command line of each, and over which trees it runs.
        missing: what cannot be run, and why.
        containment: how it is shut in, and what is not prevented.
        is_contained: something shuts it in.
        plan: what `run_probe` carries out.
    """

    commands: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[str, ...]
    containment: tuple[str, ...]
    is_contained: bool
    plan: object = None


class ReasonDesk(Protocol):
    """Why the hunks of a change are there."""

    def is_known(self, file: FileSpan) -> bool:
        """Return whether a file is traced; never waits."""

    def known(self, unit: Unit) -> Why | None:
        """Return why a part of the change is there, None if its file is not traced yet; never waits."""

    def all_known(self) -> Iterable[tuple[int, Why]]:
        """Return what is known by now, by the hunk's place among all hunks of the patch."""

    def of(self, file: FileSpan, cancelled: Callable[[], bool] | None = None) -> Mapping[int, Why]:
        """Trace a file, and return why its hunks are there, by their places; may be slow."""

    def event(self, number: int) -> Event | None:
        """Return an event by its number."""

    def command(self, number: int) -> Command | None:
        """Return a command by its number."""


class ReviewDesk(Protocol):
    """One person's review of one packet, as far as the screen needs it."""

    @property
    def manifest(self) -> Manifest:
        """The packet's manifest."""

    @property
    def events(self) -> Sequence[Event]:
        """The run."""

    @property
    def reasons(self) -> ReasonDesk:
        """Why each hunk is there."""

    @property
    def index(self) -> DiffIndex:
        """The whole diff."""

    @property
    def units(self) -> Sequence[Unit]:
        """What has to be seen."""

    @property
    def state(self) -> ReviewState:
        """What the reviewer did so far."""

    @property
    def coverage(self) -> Coverage:
        """How much is seen."""

    @property
    def results(self) -> Sequence[CheckResult]:
        """Checks that are done."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What they found."""

    @property
    def probed(self) -> Probed | None:
        """What running the tests showed, None if nobody asked for it."""

    @property
    def breaks(self) -> Sequence[str]:
        """Where the packet does not prove itself."""

    @property
    def policy(self) -> Policy:
        """The checklist and the gates."""

    @property
    def risk_class(self) -> str:
        """A, B or C."""

    @property
    def partners(self) -> Mapping[str, ReviewState]:
        """Other reviewers' states by name."""

    def gates(self) -> Sequence[GateResult]:
        """Return how the gates stand."""

    def record(self, event: ReviewEvent) -> ReviewState:
        """Write an event, durably, and return the state after it."""

    def refresh(self) -> bool:
        """Read what others wrote meanwhile; return whether anything is new."""

    def examine(
        self,
        on_result: Callable[[CheckResult], None],
        cancelled: Callable[[], bool],
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Prove the packet and run the checks; slow. `progress` is told files done and in all."""

    def blob(self, file: FileSpan, side: Side) -> bytes | None:
        """Return one side of a file, None when the packet does not hold it."""

    def source(self, path: str, side: Side) -> bytes | None:
        """Return any file of one side, None when neither packet nor repository has it; may be slow."""

    def log(self, name: str) -> bytes | None:
        """Return a command's output, None when the packet does not hold it."""

    def close(self) -> None:
        """Let go of the packet."""


Desk = TypeVar("Desk", bound=ReviewDesk)


class ReviewSource(Protocol[Desk]):
    """A packet that is about to be reviewed."""

    blind: bool

    @property
    def name(self) -> str:
        """What to call it before its manifest is read."""

    def peek(self) -> DiffIndex | None:
        """Return the first rows of the diff, fast and unverified, or None when there is no fast way."""

    def grow(self) -> bool:
        """Index a little more of what `peek` gave; return whether all is done. Any thread may call it."""

    def open(self) -> Desk:
        """Open the packet with everything in it; slow."""

    def person(self) -> Person:
        """Return who reviews; may ask git."""

    def draft(self, review: Desk, kind: VerdictKind) -> DraftView:
        """Return what would be signed."""

    def sign(self, review: Desk, view: DraftView, *, terminal: bool = False) -> ReceiptView:
        """Sign, check what was signed, and store it.

        Args:
            review: what is judged.
            view: the draft that was read.
            terminal: the terminal was handed over, so that a key may ask for a passphrase or a touch on it.
        """

    def plan_probe(self, review: Desk) -> ProbeView:
        """Return what running the change's tests would run; slow, and nothing of the change is run."""

    def run_probe(
        self, review: Desk, view: ProbeView, progress: Callable[[str], None], cancelled: Callable[[], bool]
    ) -> None:
        """Run it, and keep what comes of it; slow.

        Args:
            review: what is reviewed.
            view: the plan that the person said yes to.
            progress: told what is going on, from any thread.
            cancelled: asked all the time, from any thread.
        """

    def copy_path(self, file: FileSpan) -> Path:
        """Return where a copy of a file may be written for an editor: private, outside the packet."""
