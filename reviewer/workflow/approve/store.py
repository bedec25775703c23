"""Sign a draft, believe nothing but what reads back, and keep it: beside the packet, in the ledger, in the journal.

The order matters: the packet is read again from disk before anything is stored, the record is on disk and verified
before the journal says so, and a ledger that cannot be written leaves the record beside the packet.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer import ledger
from reviewer.approval import dsse, statement, verify
from reviewer.approval.refusal import RefusedError
from reviewer.errors import JournalError, ReviewerError, SigningError
from reviewer.git.quarantine import Quarantine
from reviewer.git.write import Person
from reviewer.packet.limits import DEFAULT_LIMITS, Limits
from reviewer.packet.loader import load
from reviewer.review.event import VerdictRecorded
from reviewer.workflow.approve.draft import branches_at
from reviewer.workflow.verify import stored

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.approval.signer import MessageSigner
    from reviewer.approval.words import Section
    from reviewer.digest import Sha256
    from reviewer.git.repository import Repository
    from reviewer.packet.manifest import Manifest
    from reviewer.workflow.approve.draft import Draft
    from reviewer.workflow.approve.port import ReviewUnderWay


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was signed and where it is.

    Attributes:
        digest: of the signed payload, the record's identity.
        stored_at: places, in words.
        check_command: what anyone can run to check it.
        notes: what a person should know: a branch that moved, a ledger that could not be written.
    """

    digest: Sha256
    verdict: str
    fingerprint: str
    reviewer: str
    stored_at: tuple[str, ...]
    check_command: str
    words: tuple[Section, ...]
    notes: tuple[str, ...] = ()


def sign(draft: Draft, signer: MessageSigner) -> bytes:
    """Return the envelope line (no line feed) of a draft, signed and read back.

    Raises:
        SigningError: the signer refused, or what came back is not a good record of this draft.
    """
    if signer.fingerprint != draft.reviewer.fingerprint:
        raise SigningError("the key is not the one that the statement names; nothing was signed")
    armored = signer.sign(dsse.pae(draft.statement_bytes), statement.NAMESPACE)
    try:
        line = dsse.write(draft.statement_bytes, armored)
    except RefusedError as error:
        raise SigningError(f"the signature is not usable: {error.sentence}; nothing was stored") from error
    _read_back(line, draft)
    return line


def store(review: ReviewUnderWay, draft: Draft, envelope: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Receipt:
    """Keep a signed record and return the receipt.

    Raises:
        SigningError: the record is not good, the packet on disk is another than was signed, or it cannot be written.
    """
    record = _read_back(envelope, draft)
    path = review.opened.packet.path
    _check_packet(path, record, limits)
    target = stored.beside(path)
    _append(target, envelope + b"\n")
    found = {entry.digest for entry in stored.from_file(target, required=True).records}
    if record.digest not in found:
        raise SigningError(f"{target} does not hold the record after writing it")
    places, notes = [str(target)], []
    if review.opened.repository is not None:
        in_ledger, remarks = _to_ledger(review.opened.repository, review.opened.packet.manifest, draft, envelope)
        places += in_ledger
        notes += remarks
    try:
        review.record(VerdictRecorded(verdict=draft.verdict, statement=record.digest))
    except JournalError as error:
        # The record is kept and counts; that the journal does not mention it is no reason to sign again.
        notes.append(f"the journal does not say so: {error.sentence}")
    reviewer = draft.reviewer
    return Receipt(
        record.digest,
        draft.verdict,
        reviewer.fingerprint,
        f"{reviewer.name} <{reviewer.email}>",
        tuple(places),
        f"reviewer verify {shlex.quote(str(path))}",
        draft.words,
        tuple(notes),
    )


def _read_back(line: bytes, draft: Draft) -> verify.Record:
    try:
        record = verify.read(line)
    except RefusedError as error:
        raise SigningError(f"the record does not verify: {error.sentence}; nothing was stored") from error
    if record.envelope.payload != draft.statement_bytes:
        raise SigningError("the record is of another statement; nothing was stored")
    if [signature.key.fingerprint for signature in record.envelope.signatures] != [draft.reviewer.fingerprint]:
        raise SigningError("the record is not signed by the reviewer's key alone; nothing was stored")
    return record


def _check_packet(path: Path, record: verify.Record, limits: Limits) -> None:
    """Read the packet again from disk: what is there now has to be what was signed."""
    try:
        with load(path, limits) as again:
            digest, key = again.digest(), again.key
    except ReviewerError as error:
        raise SigningError(f"the packet changed while you signed: {error.sentence}; nothing was stored") from error
    said = record.statement.predicate.packet
    if (digest, key) != (said.digest, said.key):
        raise SigningError(
            f"{path.name} changed while you signed: it is sha256:{digest[:12]}… now; nothing was stored",
            hint="open it again and look at what is there now",
        )


def _append(path: Path, line: bytes) -> None:
    """Add one line durably. A cut last line, left by a crash, is no record and is taken away."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags, 0o644)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SigningError(f"{path} is not a plain file, so no record can be kept there")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            end = _whole_lines(descriptor)
            os.ftruncate(descriptor, end)
            _write_all(descriptor, line, end)
        finally:
            os.close(descriptor)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise SigningError(
            f"the record cannot be written to {path}: {error.strerror}; nothing was stored",
            hint="make room there, or copy the packet to a folder that you can write to, and sign again",
        ) from error


def _whole_lines(descriptor: int) -> int:
    size = os.fstat(descriptor).st_size
    at = size
    while at > 0:
        start = max(0, at - 65_536)
        piece = os.pread(descriptor, at - start, start)
        if (found := piece.rfind(b"\n")) >= 0:
            return start + found + 1
        at = start
    return 0


def _write_all(descriptor: int, line: bytes, end: int) -> None:
    try:
        written = 0
        while written < len(line):
            written += os.write(descriptor, line[written:])
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, end)
        raise


def _to_ledger(
    repository: Repository, manifest: Manifest, draft: Draft, envelope: bytes
) -> tuple[list[str], list[str]]:
    places: list[str] = []
    notes: list[str] = []
    try:
        with Quarantine(repository) as quarantine:
            if draft.branches and branches_at(quarantine, manifest.change.head) != draft.branches:
                names = ", ".join(name.removeprefix("refs/heads/") for name in draft.branches)
                notes.append(f"{names} moved while you signed; the record speaks of {manifest.change.head[:12]} only")
            if not ledger.exists(quarantine):
                return places, notes
            verb = "Approved" if draft.verdict == "approved" else "Changes requested"
            reviewer = draft.reviewer
            entry = ledger.append(
                quarantine,
                envelope,
                draft.payload_digest,
                note=f"{verb} by {reviewer.name} <{reviewer.email}>, packet {manifest.id}",
                commit=manifest.change.head,
                person=Person(reviewer.name, reviewer.email),
            )
            places.append(f"{ledger.BRANCH.removeprefix('refs/heads/')}:{entry.path}")
            places.append(f"git log --notes={ledger.NOTES.removeprefix('refs/notes/')}")
    except ReviewerError as error:
        notes.append(f"the ledger was not written: {error.sentence}")
    return places, notes
