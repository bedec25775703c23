"""A small, complete statement and signed records of it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reviewer.approval import allowed_signers, dsse, predicate, statement
from reviewer.approval.predicate import Predicate, VerdictKind
from tests.support.keys import FakeSigner, signers_line

if TYPE_CHECKING:
    from reviewer.approval.signer import MessageSigner

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
ANA = "ana@example.org"
OID = "1" * 40
SHA = "a" * 64


def make_predicate(fingerprint: str, verdict: VerdictKind = "approved", **changes: Any) -> Predicate:  # noqa: ANN401 - any field
    """Build a predicate that every rule accepts; `changes` replace whole fields."""
    text_id = predicate.OWNERSHIP_OF[verdict]
    text = predicate.OWNERSHIP_TEXTS[text_id]
    made = Predicate(
        context=predicate.Context(repository="demo", target_ref="refs/heads/main", object_format="sha1"),
        revision=predicate.Revision(
            base_commit=OID, base_tree="2" * 40, head_commit="3" * 40, head_tree="4" * 40, commits=("3" * 40,)
        ),
        change=predicate.ChangeRef(version=1, entries=2, digest=SHA),
        packet=predicate.PacketRef(
            id="retry-2026", title="Retry", media_type="application/zip", size=9, digest="b" * 64, key="c" * 64
        ),
        reviewer=predicate.Reviewer(
            name="Ana", email=ANA, key_fingerprint=fingerprint, key_type="ssh-ed25519", claimed_assurance="A0"
        ),
        independence=predicate.Independence(operator=None, agent="claude-code", authors=("Bob <bob@example.org>",)),
        checklist=predicate.Checklist(
            policy="default",
            policy_digest="d" * 64,
            items=(
                predicate.ChecklistAnswer(id="q1", title="Scope", question_digest="e" * 64, answer="yes", note="ok"),
            ),
        ),
        findings=predicate.Findings(
            counts=predicate.SeverityCounts(high=1, medium=0, low=0, info=0),
            undecided=0,
            decisions=(
                predicate.FindingDecision(
                    id="f" * 16,
                    mode="scope",
                    rule="outside",
                    severity="high",
                    file="a.py",
                    line=3,
                    message="outside",
                    decision="dismissed",
                    reason="agreed with the owner",
                ),
            ),
            checks=(predicate.CheckRun(mode="scope", version=1, status="done", not_examined=""),),
        ),
        comments=(predicate.OpenComment(id="c1", file="a.py", line=3, text="name it"),),
        coverage=predicate.Seen(units=2, units_total=2, lines=9, lines_total=9, files=1, files_total=1),
        gates=(
            predicate.GateDecision(id="seen", title="Every hunk seen", stage="signing", state="passed", reason=""),
            predicate.GateDecision(id="tests", title="Tests ran", stage="signing", state="waived", reason="docs only"),
        ),
        view=predicate.View(renderer="reviewer", version="0.1.0", journal_head="0" * 64, journal_entries=4),
        ownership=predicate.Ownership(id=text_id, text=text, digest=statement.ownership_digest(text)),
        decided_at="2026-11-20T11:00:00Z",
        nonce="0f" * 16,
    )
    return dataclasses.replace(made, **changes)


def make_record(signer: MessageSigner | None = None, verdict: VerdictKind = "approved", **changes: Any) -> bytes:  # noqa: ANN401 - any field
    """Build one signed line."""
    hand = signer or FakeSigner()
    payload = statement.build(verdict, make_predicate(hand.fingerprint, verdict, **changes))
    return dsse.write(payload, hand.sign(dsse.pae(payload), statement.NAMESPACE))


def signers_for(signer: FakeSigner | None = None, options: str = "", who: str = ANA) -> allowed_signers.AllowedSigners:
    """Build the list that allows one person."""
    return allowed_signers.parse(signers_line(who, (signer or FakeSigner()).public, options).encode(), "signers")
