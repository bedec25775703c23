"""Judge records from bytes alone: is it well formed, did its key sign it, may that person approve, does it still stand.

Pure: no clock, file, process or repository. Whether the subjects are the packet and commits at hand is the caller's
last step (`Record.statement.subjects`).

Which of one person's records of a change stands: a record is set aside when another one, by the same person and valid,
names it in `supersedes`, or, where neither names the other, claims a later time; at equal times the rejection stands.
Times are claimed by the same person whose records they order, so they can only take away that person's own word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviewer.approval import dsse, sshsig, statement
from reviewer.approval.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.approval.allowed_signers import AllowedSigners, Signer
    from reviewer.digest import Sha256

CLOCK_SKEW = timedelta(minutes=10)
"""A record from further in the future than this is refused: it would stand above every later word of its signer."""


@dataclass(frozen=True, slots=True)
class Record:
    """A well-formed record whose every signature matches its bytes. Who the keys belong to is not yet known."""

    envelope: dsse.Envelope
    statement: statement.Statement
    touches: tuple[sshsig.Touch | None, ...]

    @property
    def digest(self) -> Sha256:
        """The record's identity: SHA-256 of the signed payload."""
        return self.envelope.payload_digest


@dataclass(frozen=True, slots=True)
class Standing:
    """A record and what it is worth: `signer` is None, or `reason` says why it does not count."""

    record: Record
    signer: Signer | None
    reason: str | None
    assurance: str

    @property
    def counts(self) -> bool:
        """Whether the record is a valid word of a person who may speak."""
        return self.signer is not None and self.reason is None


def read(line: bytes) -> Record:
    """Return the record of one stored line (no line feed).

    Raises:
        RefusedError: the envelope, the statement or any one of its signatures is not right.
    """
    envelope = dsse.parse(line)
    message = dsse.pae(envelope.payload)
    touches = tuple(sshsig.verify(signature, message, statement.NAMESPACE) for signature in envelope.signatures)
    return Record(envelope, statement.parse(envelope.payload), touches)


def judge(record: Record, signers: AllowedSigners, now: datetime) -> Standing:
    """Return what a record is worth by a list of signers at a time that its signer cannot choose."""
    reviewer = record.statement.predicate.reviewer
    assurance = "A0"
    try:
        number = _signature_of(record, reviewer.key_fingerprint)
        assurance = _assurance(record.touches[number])
        if record.statement.decided_at > now + CLOCK_SKEW:
            raise RefusedError(f"it is dated {record.statement.predicate.decided_at}, which is still to come")
        key = record.envelope.signatures[number].key
        signer = signers.signer(key, reviewer.email, statement.NAMESPACE, now)
    except RefusedError as error:
        return Standing(record, None, error.sentence, assurance)
    return Standing(record, signer, None, assurance)


def settle(standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """Return the same standings, each record that its own signer set aside with the reason.

    The caller passes the records of one change. A record that does not count sets nothing aside.
    """
    counted = [entry for entry in standings if entry.counts]
    return tuple(_settled(entry, counted) for entry in standings)


def _settled(entry: Standing, counted: Sequence[Standing]) -> Standing:
    if not entry.counts:
        return entry
    for other in counted:
        if other.record.digest != entry.record.digest and _sets_aside(other, entry):
            statement_ = other.record.statement
            said = "approved it again" if statement_.verdict == "approved" else "asked for changes"
            reason = f"the same person {said} at {statement_.predicate.decided_at} ({other.record.digest.short})"
            return Standing(entry.record, entry.signer, reason, entry.assurance)
    return entry


def _sets_aside(other: Standing, entry: Standing) -> bool:
    if other.signer is None or entry.signer is None or other.signer.person != entry.signer.person:
        return False
    theirs, mine = other.record.statement, entry.record.statement
    if entry.record.digest in theirs.predicate.supersedes:
        return True
    if other.record.digest in mine.predicate.supersedes:
        return False
    if theirs.decided_at == mine.decided_at:
        return theirs.verdict == "rejected" and mine.verdict == "approved"
    return theirs.decided_at > mine.decided_at


def _signature_of(record: Record, fingerprint: str) -> int:
    for number, signature in enumerate(record.envelope.signatures):
        if signature.key.fingerprint == fingerprint:
            return number
    raise RefusedError(f"the statement names the key {fingerprint}, which did not sign it")


def _assurance(touch: sshsig.Touch | None) -> str:
    if touch is None:
        return "A0"
    return "A3 claimed" if touch.verified else "A2 claimed"
