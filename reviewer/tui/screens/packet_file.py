"""A packet on disk as the workstation opens it: the real `ReviewSource`, over the workflow.

Imports the workflow late: the first rows of the diff are on the screen before the models of the manifest are loaded.
"""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import ReviewerError
from reviewer.text import display_safe
from reviewer.tui.screens.source import DraftView, Person, ReceiptView, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reviewer.approval.words import Section
    from reviewer.checks.finding import CheckResult, Finding
    from reviewer.diff.anchor import Unit
    from reviewer.diff.model import DiffIndex, FileSpan, Side
    from reviewer.packet.manifest import Manifest
    from reviewer.policy.model import GateResult, Policy
    from reviewer.review.coverage import Coverage
    from reviewer.review.event import ReviewEvent, VerdictKind
    from reviewer.review.state import ReviewState
    from reviewer.run.event import Event
    from reviewer.workflow.approve import Draft
    from reviewer.workflow.peek import Peek
    from reviewer.workflow.review import Review
    from reviewer.workflow.settings import Settings


class PacketReview:
    """A `ReviewDesk` over `workflow.review.Review`."""

    def __init__(self, review: Review) -> None:
        self.inner = review

    @property
    def key(self) -> str:
        """The digest of packet.toml."""
        return self.inner.opened.packet.key

    @property
    def manifest(self) -> Manifest:
        """The packet's manifest."""
        return self.inner.opened.manifest

    @property
    def events(self) -> Sequence[Event]:
        """The run."""
        return self.inner.opened.events

    @property
    def index(self) -> DiffIndex:
        """The whole diff."""
        return self.inner.opened.index

    @property
    def units(self) -> Sequence[Unit]:
        """What has to be seen."""
        return self.inner.units

    @property
    def state(self) -> ReviewState:
        """What the reviewer did so far."""
        return self.inner.state

    @property
    def coverage(self) -> Coverage:
        """How much is seen."""
        return self.inner.coverage

    @property
    def results(self) -> Sequence[CheckResult]:
        """Checks that are done."""
        return self.inner.results

    @property
    def findings(self) -> Sequence[Finding]:
        """What they found."""
        return self.inner.findings

    @property
    def breaks(self) -> Sequence[str]:
        """Where the packet does not prove itself."""
        return self.inner.breaks

    @property
    def policy(self) -> Policy:
        """The checklist and the gates."""
        return self.inner.policy

    @property
    def risk_class(self) -> str:
        """A, B or C."""
        return self.inner.risk_class

    @property
    def partners(self) -> Mapping[str, ReviewState]:
        """Other reviewers' states by name."""
        return self.inner.partners

    def gates(self) -> Sequence[GateResult]:
        """Return how the gates stand."""
        return self.inner.gates()

    def record(self, event: ReviewEvent) -> ReviewState:
        """Write an event, durably, and return the state after it."""
        return self.inner.record(event)

    def examine(self, on_result: Callable[[CheckResult], None], cancelled: Callable[[], bool]) -> None:
        """Run the checks and prove the packet; slow."""
        self.inner.run_checks(on_result, cancelled)

    def blob(self, file: FileSpan, side: Side) -> bytes | None:
        """Return one side of a file, None when it is not at hand."""
        return self.inner.opened.blob(file, side)

    def log(self, name: str) -> bytes | None:
        """Return a command's output, None when the packet does not hold it."""
        return self.inner.opened.log(name)

    def close(self) -> None:
        """Let go of the packet."""
        self.inner.close()


@dataclass
class PacketFile:
    """A `ReviewSource` for a packet's path.

    Attributes:
        path: a `.packet` file or folder.
        repository: where its commits are, if the person said so.
        key, allowed_signers: as named on the command line.
    """

    path: Path
    repository: Path | None = None
    key: str | None = None
    allowed_signers: Path | None = None
    _glance: Peek | None = field(default=None, init=False)
    _settings: Settings | None = field(default=None, init=False)
    _copies: tempfile.TemporaryDirectory[str] | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """The file's name."""
        return display_safe(self.path.name)

    def peek(self) -> DiffIndex | None:
        """Return the first rows of the diff, unverified; the packet is verified before anything else is shown."""
        from reviewer.workflow.peek import peek

        try:
            self._glance = peek(self.path)
        except (ReviewerError, OSError):
            # What is wrong is told by `open`, in its own words.
            return None
        return self._glance.index

    def grow(self) -> bool:
        """Index a little more of the diff."""
        return self._glance is None or self._glance.step()

    def open(self) -> PacketReview:
        """Open the packet with everything in it."""
        from reviewer.workflow.review import Review, ReviewSettings

        settings = self.settings()
        review = Review.open(
            self.path,
            ReviewSettings(by=settings.by, limits=settings.limits, repository=self.repository),
            clock=lambda: datetime.now(UTC),
            new_id=lambda: secrets.token_hex(8),
        )
        return PacketReview(review)

    def settings(self) -> Settings:
        """Return the person's settings, read once."""
        if self._settings is None:
            from reviewer.workflow.settings import load

            self._settings = load(key=self.key, allowed_signers=self.allowed_signers)
        return self._settings

    def person(self) -> Person:
        """Return who reviews."""
        from reviewer.workflow.approve import identity

        settings = self.settings()
        try:
            reviewer = identity(settings.config, settings.git, key=self.key)
        except ReviewerError:
            return Person(settings.name or settings.by)
        return Person(reviewer.name, reviewer.fingerprint)

    def draft(self, review: object, kind: VerdictKind) -> DraftView:
        """Return what would be signed, and why it might not count."""
        from reviewer.workflow.approve import draft, identity, refuse_automation
        from reviewer.workflow.verify import load_signers

        if not isinstance(review, PacketReview):
            raise TypeError("a packet's own review is needed here")
        refuse_automation()
        settings = self.settings()
        now = datetime.now(UTC)
        reviewer = identity(settings.config, settings.git, key=self.key)
        made = draft(review.inner, kind, reviewer, now)
        warning = reviewer.warning(load_signers(self.allowed_signers), now)
        sections = _words(made.words)
        if warning is not None:
            sections = (Words("This may not count", (warning,)), *sections)
        return DraftView(sections, made.code, made.payload_digest, made)

    def sign(self, review: object, view: DraftView) -> ReceiptView:
        """Sign, read back, store; feedback is written when changes are requested."""
        from reviewer.signing.ssh import SshKeygenSigner
        from reviewer.workflow.approve import feedback_of, sign, store, write_feedback

        made = view.draft
        if not isinstance(review, PacketReview) or made is None:
            raise TypeError("a packet's own draft is needed here")
        made_draft: Draft = made  # type: ignore[assignment]
        envelope = sign(made_draft, SshKeygenSigner(made_draft.reviewer.key))
        receipt = store(review.inner, made_draft, envelope, limits=self.settings().limits)
        places = receipt.stored_at
        if made_draft.verdict == "rejected":
            written = write_feedback(feedback_of(review.inner, made_draft.reviewer), self.path)
            places = (*places, *(f"{path} (feedback)" for path in written))
        notes = (Words("To know", receipt.notes),) if receipt.notes else ()
        return ReceiptView(
            digest=receipt.digest,
            fingerprint=receipt.fingerprint,
            reviewer=receipt.reviewer,
            stored_at=places,
            check_command=receipt.check_command,
            sections=(*notes, *_words(receipt.words)),
        )

    def copy_path(self, file: FileSpan) -> Path:
        """Return where a copy of a file may be written: a private folder that goes away with the program."""
        if self._copies is None:
            self._copies = tempfile.TemporaryDirectory(prefix="reviewer-copy-")
        name = "".join(c if c.isalnum() or c in "._-" else "_" for c in file.path.rsplit("/", 1)[-1])
        # A name from a packet must be a plain name, and must not be an option of an editor.
        return Path(self._copies.name) / (name.lstrip("-.") or "file")


def _words(sections: Sequence[Section]) -> tuple[Words, ...]:
    return tuple(Words(section.title, section.lines) for section in sections)
