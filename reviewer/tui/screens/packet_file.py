"""A packet on disk as the workstation opens it: the real `ReviewSource`, over the workflow.

Imports the workflow late: the first rows of the diff are on the screen before the models of the manifest are loaded.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import ReviewerError
from reviewer.text import display_safe

if TYPE_CHECKING:
    import tempfile
    from collections.abc import Callable, Sequence

    from reviewer.approval.words import Section
    from reviewer.diff.model import DiffIndex, FileSpan
    from reviewer.review.event import VerdictKind
    from reviewer.tui.screens.source import DraftView, Person, ProbeView, ReceiptView, Words
    from reviewer.workflow.peek import Peek
    from reviewer.workflow.review import Review
    from reviewer.workflow.settings import Settings


@dataclass
class PacketFile:
    """A `ReviewSource` for a packet's path.

    Attributes:
        path: a `.packet` file or folder.
        repository: where its commits are, if the person said so.
        key, allowed_signers: as named on the command line.
        blind: the diff is read before the agent's words.
        python: an environment named on the command line, over the settings.
    """

    path: Path
    repository: Path | None = None
    key: str | None = None
    allowed_signers: Path | None = None
    blind: bool = False
    python: str | None = None
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
        # Modules and widgets stay too.
        gc.freeze()
        return self._glance.index

    def grow(self) -> bool:
        """Index a little more of the diff."""
        return self._glance is None or self._glance.step()

    def open(self) -> Review:
        """Open the packet with everything in it."""
        # Nearly all that is made here stays for the whole review. A collection would walk over all of it, with the
        # screen standing still, and free nothing: so it is left out of every collection to come.
        gc.disable()
        try:
            return self._open()
        finally:
            gc.freeze()
            gc.enable()

    def _open(self) -> Review:
        import secrets
        from importlib.metadata import version

        from reviewer.workflow.review import Review, ReviewSettings
        from reviewer.workflow.verify import approvers

        settings = self.settings()
        glance, self._glance = self._glance, None
        review = Review.open(
            self.path,
            ReviewSettings(
                by=settings.by,
                blind=self.blind,
                tool=f"reviewer {version('review-packet')}",
                examine_in_child=True,
                python=self.python or settings.python,
            ),
            clock=lambda: datetime.now(UTC),
            new_id=lambda: secrets.token_hex(8),
            limits=settings.limits,
            repository=self.repository,
            glance=glance,
        )
        review.approved_by = approvers(self.path, self.allowed_signers, now=datetime.now(UTC), limits=settings.limits)
        return review

    def settings(self) -> Settings:
        """Return the person's settings, read once."""
        if self._settings is None:
            from reviewer.workflow.settings import load

            self._settings = load(key=self.key, allowed_signers=self.allowed_signers)
        return self._settings

    def person(self) -> Person:
        """Return who reviews."""
        from reviewer.tui.screens.source import Person
        from reviewer.workflow.approve import identity

        settings = self.settings()
        try:
            reviewer = identity(settings)
        except ReviewerError:
            return Person(settings.name or settings.by)
        return Person(reviewer.name, reviewer.fingerprint)

    def draft(self, review: Review, kind: VerdictKind) -> DraftView:
        """Return what would be signed, and why it might not count."""
        from reviewer.tui.screens.source import DraftView, Words
        from reviewer.workflow.approve import draft, identity, refuse_automation
        from reviewer.workflow.verify import load_signers

        refuse_automation()
        settings = self.settings()
        now = datetime.now(UTC)
        reviewer = identity(settings)
        made = draft(review, kind, reviewer, now)
        warning = reviewer.warning(load_signers(self.allowed_signers), now)
        sections = _words(made.words)
        if warning is not None:
            sections = (Words("This may not count", (warning,)), *sections)
        return DraftView(sections, made.code, made.payload_digest, made)

    def sign(self, review: Review, view: DraftView, *, terminal: bool = False) -> ReceiptView:
        """Sign, read back, store; feedback is written when changes are requested."""
        from reviewer.signing.ssh import SshKeygenSigner
        from reviewer.tui.screens.source import ReceiptView, Words
        from reviewer.workflow.approve import Draft, feedback_of, sign, store, write_feedback

        made = view.draft
        if not isinstance(made, Draft):
            raise TypeError("only a draft of this packet can be signed")
        envelope = sign(made, SshKeygenSigner(made.reviewer.key, terminal=terminal))
        receipt = store(review, made, envelope, limits=self.settings().limits)
        places = receipt.stored_at
        if made.verdict == "rejected":
            written = write_feedback(feedback_of(review, made.reviewer), self.path)
            places = (*places, *(f"{path} (feedback)" for path in written))
        notes = (Words("To know", receipt.notes),) if receipt.notes else ()
        return ReceiptView(
            digest=receipt.digest,
            fingerprint=receipt.fingerprint,
            reviewer=receipt.reviewer,
            stored_at=places,
            check_command=self._check_command(receipt.check_command),
            sections=(*notes, *_words(receipt.words)),
        )

    def _check_command(self, command: str) -> str:
        """Return the command with the signers named, where only this program's own settings know them."""
        import os
        import shlex

        signers = self.settings().allowed_signers
        if signers is None or not (self.allowed_signers or os.environ.get("REVIEWER_CONFIG_DIR")):
            return command
        return f"{command} --allowed-signers {shlex.quote(str(signers))}"

    def plan_probe(self, review: Review) -> ProbeView:
        """Return what running the change's tests would run; nothing of the change is run."""
        from reviewer.tui.screens.source import ProbeView
        from reviewer.workflow.probing.plan import plan
        from reviewer.workflow.probing.words import command_words, containment_words, missing_words

        made = plan(review.opened, python=self.python or self.settings().python)
        return ProbeView(
            commands=tuple(command_words(made)),
            missing=tuple(missing_words(made)),
            containment=tuple(containment_words(made)),
            is_contained=made.containment.kind != "none",
            plan=made,
        )

    def run_probe(
        self, review: Review, view: ProbeView, progress: Callable[[str], None], cancelled: Callable[[], bool]
    ) -> None:
        """Run it, and keep what comes of it."""
        from reviewer.workflow.probing.plan import Plan
        from reviewer.workflow.probing.running import run

        def told(part: str, done: int, total: int, words: str) -> None:
            progress(f"{part}: {words} {f'{done} of {total}' if total else done or ''}".rstrip())

        if isinstance(view.plan, Plan):
            run(view.plan, review.opened, progress=told, cancelled=cancelled)

    def copy_path(self, file: FileSpan) -> Path:
        """Return where a copy of a file may be written: a private folder that goes away with the program."""
        import tempfile

        if self._copies is None:
            self._copies = tempfile.TemporaryDirectory(prefix="reviewer-copy-")
        name = "".join(c if c.isalnum() or c in "._-" else "_" for c in file.path.rsplit("/", 1)[-1])
        # A name from a packet must be a plain name, and must not be an option of an editor.
        return Path(self._copies.name) / (name.lstrip("-.") or "file")


def _words(sections: Sequence[Section]) -> tuple[Words, ...]:
    from reviewer.tui.screens.source import Words

    return tuple(Words(section.title, section.lines) for section in sections)
