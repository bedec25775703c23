"""A sample packet as one made-up person reviews it: fixed clock, names and key, and nothing is signed or stored.

Everything that is shown comes from the packet and the program, so that a picture only changes when one of them does.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from unittest.mock import patch

from reviewer.approval import sshkey
from reviewer.review.event import FindingAdopted, HunksMarked, ItemAnswered
from reviewer.signing.keys import SigningKey
from reviewer.tui.screens.packet_file import PacketFile
from reviewer.tui.screens.source import DraftView, Person, ReceiptView, Words
from reviewer.workflow.approve import Reviewer, draft
from reviewer.workflow.review import Review, ReviewSettings

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.review.event import VerdictKind

NAME, ADDRESS = "Ana Silva", "ana@example.org"
_NOW = datetime(2026, 5, 7, 9, 30, tzinfo=UTC)
_NOTES = {"new_dependency": "tenacity is in the approved list"}
# The public half of a key that was thrown away: there is nothing to sign with.
_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILKwB9fYyRmeNep0OW0oQEPCi19MPUNE70N+OZ59awVv"


@dataclass
class Picture(PacketFile):
    """A `ReviewSource` that shows the same on every machine.

    Attributes:
        journals: where the journal of this picture goes.
        done: the review is finished when it is opened: everything seen, answered and decided.
    """

    journals: Path | None = None
    done: bool = False
    _counter: itertools.count[int] = field(default_factory=itertools.count, init=False)

    def open(self) -> Review:
        """Open the packet with a clock that goes on by a second a look."""
        review = Review.open(
            self.path,
            ReviewSettings(by=ADDRESS, journal_root=self.journals, tool="reviewer"),
            clock=lambda: _NOW + timedelta(seconds=next(self._counter)),
            new_id=lambda: f"{next(self._counter):016x}",
        )
        if self.done:
            review.examine()
            review.record(HunksMarked(hunks=tuple(unit.id for unit in review.units), seen=True))
            for item in review.policy.checklist:
                note = _NOTES.get(item.id, "")
                clear = item.clear
                answer = clear if not note else "no" if clear == "yes" else "yes"
                review.record(ItemAnswered(item=item.id, answer=answer, note=note))
            for finding in review.findings:
                review.record(FindingAdopted(finding=finding.id))
        return review

    def person(self) -> Person:
        """Return the made-up person."""
        return Person(NAME, self._reviewer().fingerprint)

    def draft(self, review: Review, kind: VerdictKind) -> DraftView:
        """Return the draft with a fixed nonce, so that its code is always the same."""
        with patch("reviewer.workflow.approve.draft.secrets.token_hex", return_value="0" * 32):
            made = draft(review, kind, self._reviewer(), _NOW + timedelta(minutes=12))
        words = tuple(Words(section.title, section.lines) for section in made.words)
        return DraftView(words, made.code, made.payload_digest, made)

    def sign(self, review: Review, view: DraftView, *, terminal: bool = False) -> ReceiptView:
        """Return what a signature would be followed by; nothing is signed."""
        del terminal
        name = f"{review.manifest.id}.packet"
        return ReceiptView(
            digest=view.digest,
            fingerprint=self._reviewer().fingerprint,
            reviewer=f"{NAME} <{ADDRESS}>",
            stored_at=(
                f".git/reviewer/packets/{name}.intoto.jsonl",
                f"reviewer/ledger:v1/{view.digest[:2]}/{view.digest}.intoto.jsonl",
                "git log --notes=reviewer",
            ),
            check_command=f"reviewer verify .git/reviewer/packets/{name}",
            sections=view.sections,
        )

    def _reviewer(self) -> Reviewer:
        return Reviewer(NAME, ADDRESS, SigningKey(sshkey.parse_line(_KEY)[0], None, "made up"))
