"""The common course of `approve` and `reject`: a person, a terminal, a review, the words, the code, the signature."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reviewer.cli import ask
from reviewer.cli.output import progress, put, say, wrap
from reviewer.errors import BadInputError, ReviewerError

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.approval.predicate import VerdictKind
    from reviewer.workflow.approve import Draft, Receipt, Reviewer
    from reviewer.workflow.review import Review
    from reviewer.workflow.settings import Settings

_DONE = {"approved": "Approved", "rejected": "Changes requested"}


class Ceremony:
    """One verdict on one packet, from the first question to the receipt."""

    def __init__(
        self,
        verdict: VerdictKind,
        packet: Path,
        *,
        key: str | None,
        allowed_signers: Path | None,
        repository: Path | None,
    ) -> None:
        """Check who signs and that a person is there, before anything is asked.

        Raises:
            SigningError: no terminal, a program's environment, no key, or no name.
            BadInputError: there is no such packet.
        """
        from reviewer.workflow import approve
        from reviewer.workflow.settings import load

        ask.require_terminal("approve" if verdict == "approved" else "reject")
        approve.refuse_automation()
        if not packet.exists():
            raise BadInputError(f"{packet}: there is no such packet")
        self.verdict = verdict
        self.path = packet
        self._repository = repository
        self.settings: Settings = load(key=key, allowed_signers=allowed_signers)
        self.reviewer: Reviewer = approve.identity(self.settings)
        say(wrap(f"You are {self.reviewer.name} <{self.reviewer.email}>."))
        say(wrap(f"Key {self.reviewer.fingerprint}, {self.reviewer.key.source}."))
        self._warn()

    def open(self) -> Review:
        """Open the packet, prove it and run its checks."""
        from reviewer.cli import version
        from reviewer.workflow.review import Review, ReviewSettings
        from reviewer.workflow.verify import approvers

        review = Review.open(
            self.path,
            ReviewSettings(self.settings.by, tool=f"reviewer {version()}", python=self.settings.python),
            lambda: datetime.now(UTC),
            lambda: secrets.token_hex(8),
            limits=self.settings.limits,
            repository=self._repository,
        )
        with progress("Checking the packet") as report:
            review.examine(progress=report)
        review.approved_by = approvers(
            self.path, self.settings.signers, now=datetime.now(UTC), limits=self.settings.limits
        )
        return review

    def sign(self, review: Review) -> Receipt | None:
        """Show the words, ask for the code, sign and keep the record; None if the person leaves.

        Raises:
            SigningError: a gate is shut, the signer refused, or the record cannot be kept.
        """
        from reviewer.signing.ssh import SshKeygenSigner
        from reviewer.workflow import approve

        draft = approve.draft(review, self.verdict, self.reviewer, datetime.now(UTC))
        self._show(draft)
        if not _armed(draft.code):
            say("Nothing was signed. Your answers are kept.")
            return None
        envelope = approve.sign(draft, SshKeygenSigner(self.reviewer.key, terminal=True))
        return approve.store(review, draft, envelope, limits=self.settings.limits)

    def print_receipt(self, receipt: Receipt) -> None:
        """Print what was signed, where it is, and how anyone checks it."""
        put(f"{_DONE[receipt.verdict]} by {receipt.reviewer}")
        put(f"statement  sha256:{receipt.digest}")
        put(f"key        {receipt.fingerprint}")
        for place in receipt.stored_at:
            put(f"stored     {place}")
        put(f"check      {receipt.check_command}")
        for note in receipt.notes:
            say(wrap(f"note: {note}"))

    def _show(self, draft: Draft) -> None:
        say("")
        say("WHAT YOU SIGN")
        for section in draft.words:
            say(f"{section.title}")
            for line in section.lines:
                say(wrap(line, "  "))

    def _warn(self) -> None:
        from reviewer.workflow.verify import load_signers

        try:
            signers = load_signers(self.settings.signers)
        except ReviewerError as error:
            say(wrap(f"note: {error.sentence}"))
            return
        warning = self.reviewer.warning(signers, datetime.now(UTC))
        if signers is None:
            say(wrap("note: no list of allowed signers is set here, so you cannot check your own approval yet"))
        elif warning is not None:
            say(wrap(f"note: by the list of signers here, what you sign will not count: {warning}"))


def _armed(code: str) -> bool:
    say("")
    while answer := ask.ask(f"Type {code} to sign exactly this, or press Enter to leave:"):
        if answer == code:
            return True
        say("  that is not the code")
    return False
