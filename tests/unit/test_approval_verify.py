"""Judging records: whose word it is, and whether it still stands."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from reviewer.approval import allowed_signers, dsse, statement, verify
from reviewer.approval.predicate import Reviewer
from reviewer.approval.refusal import RefusedError
from reviewer.approval.statement import NAMESPACE
from reviewer.digest import canonical_json, sha256
from tests.support.keys import FakeSigner, signers_line
from tests.support.records import ANA, NOW, make_predicate, make_record, signers_for

BOB = FakeSigner(b"bob")


def _standing(line: bytes, signers: allowed_signers.AllowedSigners | None = None) -> verify.Standing:
    return verify.judge(verify.read(line), signers or signers_for(), NOW)


def test_a_good_record_counts() -> None:
    standing = _standing(make_record())
    assert standing.counts
    assert standing.signer is not None
    assert (standing.signer.person, standing.assurance) == (ANA, "A0")


def test_a_signature_for_another_namespace_or_over_bare_bytes_is_refused() -> None:
    signer = FakeSigner()
    payload = statement.build("approved", make_predicate(signer.fingerprint))
    for message, namespace in ((dsse.pae(payload), "git"), (payload, NAMESPACE)):
        with pytest.raises(RefusedError):
            verify.read(dsse.write(payload, signer.sign(message, namespace)))


def test_the_statement_has_to_name_the_key_that_signed() -> None:
    payload = statement.build("approved", make_predicate(BOB.fingerprint))
    line = dsse.write(payload, FakeSigner().sign(dsse.pae(payload)))
    standing = _standing(line)
    assert not standing.counts
    assert "did not sign it" in (standing.reason or "")


def test_a_claimed_name_that_is_not_the_key_s_person_does_not_count() -> None:
    who = Reviewer(
        name="Eve",
        email="eve@example.org",
        key_fingerprint=FakeSigner().fingerprint,
        key_type="x",
        claimed_assurance="A3",
    )
    standing = _standing(make_record(reviewer=who))
    assert "says eve@example.org" in (standing.reason or "")


def test_expiry_is_judged_now_and_not_at_the_claimed_time() -> None:
    signers = signers_for(options='valid-before="20261120113000Z"')
    assert verify.read(make_record()).statement.decided_at < NOW - timedelta(minutes=30)
    assert "expired" in (_standing(make_record(), signers).reason or "")


def test_a_record_from_the_future_does_not_count() -> None:
    assert "still to come" in (_standing(make_record(decided_at="2026-11-20T12:30:00Z")).reason or "")
    assert _standing(make_record(decided_at="2026-11-20T12:05:00Z")).counts


def _settle(*lines: bytes, signers: allowed_signers.AllowedSigners | None = None) -> list[bool]:
    return [entry.counts for entry in verify.settle([_standing(line, signers) for line in lines])]


def test_a_later_rejection_by_the_same_person_sets_the_approval_aside() -> None:
    approved = make_record()
    assert _settle(approved, make_record(None, "rejected", decided_at="2026-11-20T11:00:01Z")) == [False, True]
    assert _settle(approved, make_record(None, "rejected", decided_at="2026-11-20T10:00:00Z")) == [True, False]
    assert _settle(approved, make_record(None, "rejected")) == [False, True]


def test_supersedes_decides_over_claimed_times() -> None:
    approved = make_record()
    digest = dsse.parse(approved).payload_digest
    earlier = make_record(None, "rejected", decided_at="2026-11-20T10:00:00Z", supersedes=(digest,))
    assert _settle(approved, earlier) == [False, True]
    again = make_record(decided_at="2026-11-20T10:30:00Z", supersedes=(dsse.parse(earlier).payload_digest,))
    assert _settle(earlier, again) == [False, True]


def test_another_person_s_rejection_or_an_unknown_key_s_sets_nothing_aside() -> None:
    bob = Reviewer(
        name="Bob", email="bob@example.org", key_fingerprint=BOB.fingerprint, key_type="x", claimed_assurance="A0"
    )
    rejection = make_record(BOB, "rejected", reviewer=bob, decided_at="2026-11-20T11:30:00Z")
    both = allowed_signers.parse(
        (signers_line(ANA, FakeSigner().public) + signers_line("bob@example.org", BOB.public)).encode(), "signers"
    )
    assert _settle(make_record(), rejection, signers=both) == [True, True]
    assert _settle(make_record(), rejection) == [True, False]


def test_a_second_signature_has_to_be_good_too() -> None:
    line = json.loads(make_record())
    payload = dsse.parse(make_record()).payload
    extra = json.loads(dsse.write(payload, BOB.sign(dsse.pae(payload))))["signatures"][0]
    good = canonical_json(line | {"signatures": [*line["signatures"], extra]})
    assert _standing(good).counts
    assert verify.read(good).digest == sha256(payload)
    wrong = json.loads(dsse.write(payload, BOB.sign(b"something else")))["signatures"][0]
    with pytest.raises(RefusedError, match="does not match"):
        verify.read(canonical_json(line | {"signatures": [*line["signatures"], wrong]}))
