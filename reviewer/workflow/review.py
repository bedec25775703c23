"""One person's review of one packet: what is known of the change, what the person did, and what still holds it back.

Joins the packet, the checks, the policy and the journal, each of which knows nothing of the others. Synchronous; slow
calls say so. An event is on disk before the state that it makes can be seen.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from reviewer.diff.anchor import Unit, review_units
from reviewer.errors import JournalError, ReviewerError
from reviewer.policy.classify import Classification, classify
from reviewer.review.coverage import Coverage, coverage
from reviewer.review.event import FindingDismissed, ReviewStarted
from reviewer.review.journal import Journal, journal_name
from reviewer.review.state import ReviewState, apply, changes
from reviewer.workflow.examination import Examination
from reviewer.workflow.locate import journal_folder
from reviewer.workflow.open import OpenedPacket, open_packet
from reviewer.workflow.partners import Partners
from reviewer.workflow.project_policy import policy_of
from reviewer.workflow.why import Reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from reviewer.checks.finding import CheckResult, Finding
    from reviewer.checks.probed import Probed
    from reviewer.diff.model import DiffIndex, FileSpan, Side
    from reviewer.packet.limits import Limits
    from reviewer.packet.manifest import Manifest
    from reviewer.policy.model import GateResult, Policy
    from reviewer.review.event import ReviewEvent
    from reviewer.run.event import Event
    from reviewer.workflow.peek import Peek


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """Whose review it is and how.

    Attributes:
        by: the reviewer's address or name; names the journal.
        journal_root: where journals are kept; with the packet's repository, else with the person's state, by default.
        blind: the change was opened before its story.
        tool: name and version of this program, for the record.
        examine_in_child: run proof and checks in a process of their own, for a screen that must stay quick.
        python: the environment that calls of packages are looked up in; nothing of it is run.
    """

    by: str
    journal_root: Path | None = None
    blind: bool = False
    tool: str = "reviewer"
    examine_in_child: bool = False
    python: str | None = None


class Review:
    """A review under way. Close it, or use it as a context.

    Attributes:
        opened: the packet.
        units: what has to be seen, in the order of the diff.
        policy: what is asked.
        torn: bytes of an event that a crash left half written; they are cut off by the next event.
        approved_by: addresses of others whose approval was verified. A journal proves nothing, so whoever has the
            signatures sets this.
    """

    def __init__(self, opened: OpenedPacket, journal: Journal, settings: ReviewSettings) -> None:
        """Take over an open packet and a journal, and restore what was recorded; `Review.open` does all of it.

        Raises:
            JournalError: the journal is damaged, or is of another packet.
        """
        self.opened = opened
        self.units: tuple[Unit, ...] = review_units(opened.index, opened.let_go)
        self.policy: Policy = policy_of(opened)
        self._journal = journal
        self._partners = Partners(journal.path.parent, journal.path, opened.packet.key)
        self._lock = threading.RLock()
        self._state = ReviewState()
        self._folded = 0
        self._coverage: tuple[ReviewState, Coverage] | None = None
        self._examination = Examination(opened, in_child=settings.examine_in_child, python=settings.python)
        self.approved_by: tuple[str, ...] = ()
        journal.load()
        self.torn = journal.torn
        self._fold()
        self.refresh()
        self._start(settings)

    @classmethod
    def open(
        cls,
        path: Path,
        settings: ReviewSettings,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        *,
        limits: Limits | None = None,
        repository: Path | None = None,
        glance: Peek | None = None,
    ) -> Self:
        """Open a packet for review; slow for a large one.

        Args:
            path: a folder or a `.packet` file.
            settings: whose review it is.
            clock: the time now, with a time zone.
            new_id: a name, unlike all before, for a journal's entry.
            limits: as for `open_packet`.
            repository: as for `open_packet`.
            glance: as for `open_packet`.

        Raises:
            BadPacketError: the packet is refused.
            BadInputError: the project's policy, as the base has it, is not as it has to be.
            JournalError: the journal is damaged or cannot be written.
        """
        opened = open_packet(path, limits=limits, repository=repository, glance=glance)
        try:
            folder = journal_folder(opened.packet.key, opened.repository, settings.journal_root)
            journal = Journal(folder / journal_name(settings.by), settings.by, clock, new_id)
            review = cls(opened, journal, settings)
            # A damaged run is refused now, not in the middle of the review.
            _ = opened.events
            opened.let_go()
        except BaseException:
            opened.close()
            raise
        return review

    # The packet, as screens ask for it

    @property
    def manifest(self) -> Manifest:
        """The packet's manifest."""
        return self.opened.manifest

    @property
    def events(self) -> Sequence[Event]:
        """The run."""
        return self.opened.events

    @property
    def index(self) -> DiffIndex:
        """The whole diff."""
        return self.opened.index

    @cached_property
    def probed(self) -> Probed | None:
        """What running the tests showed, as it was when first asked for; None if nobody has run them."""
        from reviewer.workflow.probing.store import kept_of

        return kept_of(self.opened)

    @cached_property
    def reasons(self) -> Reasons:
        """Why each hunk is there; worked out when asked for."""
        return Reasons(self.opened.index, self.opened.events)

    def blob(self, file: FileSpan, side: Side) -> bytes | None:
        """Return one side of a file, None when it is not at hand."""
        return self.opened.blob(file, side)

    def source(self, path: str, side: Side) -> bytes | None:
        """Return any file of one side, None when neither packet nor repository has it; may be slow."""
        change = next((one for one in self.opened.changes if path in {one.path, one.old_path}), None)
        if change is not None:
            old = side == "old"
            name = (change.old_path or change.path) if old else change.path
            return self.opened.content(name, side, change.old_digest if old else change.new_digest)
        tree = self.opened.tree(side)
        try:
            return None if tree is None else tree.read(path)
        except ReviewerError:
            return None

    def log(self, name: str) -> bytes | None:
        """Return a command's output, None when the packet does not hold it."""
        return self.opened.log(name)

    # What the person did

    @property
    def by(self) -> str:
        """Whose review it is."""
        return self._journal.by

    @property
    def journal_path(self) -> Path:
        """Where it is recorded."""
        return self._journal.path

    @property
    def state(self) -> ReviewState:
        """What this person did so far."""
        return self._state

    @property
    def coverage(self) -> Coverage:
        """How much of the diff is seen."""
        state = self._state
        known = self._coverage
        if known is None or known[0].seen is not state.seen:
            known = (state, coverage(state.seen, self.units))
            self._coverage = known
        return known[1]

    def record(self, event: ReviewEvent) -> ReviewState:
        """Write an event and return the state after it; an event that says nothing new is not written.

        Raises:
            JournalError: it could not be written, and nothing changed; or it lacks a reason that it needs.
        """
        with self._lock:
            if isinstance(event, FindingDismissed) and not event.reason.strip():
                raise JournalError("a finding is dismissed with a reason", hint="say why it does not matter here")
            if changes(self._state, event):
                self._journal.append(event)
                self._fold()
            return self._state

    @property
    def partners(self) -> Mapping[str, ReviewState]:
        """What others did in this packet, by reviewer, as of the last `refresh`."""
        return self._partners.states

    @property
    def partner_problems(self) -> tuple[str, ...]:
        """Journals of others that cannot be read, one sentence each."""
        return self._partners.problems

    def refresh(self) -> bool:
        """Read what others, and other windows of the same person, wrote meanwhile; return whether anything is new.

        Raises:
            JournalError: this person's own journal is damaged, or was replaced.
        """
        with self._lock:
            before = self._folded
            self._journal.load()
            self._fold()
            news = self._partners.refresh()
            self._journal.witness(self._partners.highest)
            return news or self._folded != before

    # What is known of the change

    @property
    def results(self) -> tuple[CheckResult, ...]:
        """The checks that are done."""
        return self._examination.said.results

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What they found, in their order."""
        return self._examination.said.findings

    @property
    def breaks(self) -> tuple[str, ...]:
        """Where the packet does not prove itself; only known once `examine` is done."""
        return self._examination.said.breaks

    @property
    def unread(self) -> tuple[str, ...]:
        """Files of the diff that two parsers do not read the same way, one sentence each."""
        return self._examination.said.unread

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be proven, without making what is shown doubtful."""
        return self._examination.said.notes

    @property
    def examined(self) -> bool:
        """Whether checks and proof are done."""
        return self._examination.said.done

    @property
    def classification(self) -> Classification:
        """The risk class and the fact that decided it."""
        return classify(self.manifest, self.findings, self.policy)

    @property
    def risk_class(self) -> str:
        """A, B or C."""
        return self.classification.risk_class

    def examine(
        self,
        on_result: Callable[[CheckResult], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Prove the packet and run the checks; slow, and once only: the inputs are frozen.

        Args:
            on_result: called with each check's result, which `results` holds already.
            cancelled: asked before each check; True leaves `examined` False.
            progress: files of the proof, done and in all.
        """
        self._examination.run(on_result, cancelled, progress)

    run_checks = examine

    def gates(self) -> tuple[GateResult, ...]:
        """Return how each gate stands now."""
        from reviewer.policy.gates import GateInputs, evaluate

        examined = self._examination.said
        return evaluate(
            GateInputs(
                policy=self.policy,
                manifest=self.manifest,
                results=examined.results,
                state=self._state,
                coverage=self.coverage,
                breaks=examined.breaks,
                checks_done=examined.done,
                reviewer=self.by,
                approved_by=self.approved_by,
                proof_done=examined.proven,
                unread=examined.unread,
            )
        )

    def close(self) -> None:
        """Let go of the packet. Nothing is lost: every event is on disk already."""
        self.opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, settings: ReviewSettings) -> None:
        key = self.opened.packet.key
        if self._state.started is None:
            self.record(ReviewStarted(packet=key, tool=settings.tool, blind=settings.blind))
        elif self._state.started.packet != key:
            raise JournalError(f"{self._journal.path}: the journal is of another packet", hint="move the file away")

    def _fold(self) -> None:
        entries = self._journal.entries
        state = self._state
        for entry in entries[self._folded :]:
            state = apply(state, entry)
        self._folded = len(entries)
        self._state = state
