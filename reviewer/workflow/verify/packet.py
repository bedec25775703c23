"""Is this packet approved? Its bytes are read strictly, its digests recomputed, and compared with what was signed.

The repository, where one is at hand, is asked whether the commits really are the change in the packet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviewer.digest import sha256, sha256_stream
from reviewer.errors import BadPacketError, ReviewerError, UndeterminedError
from reviewer.packet import change, member
from reviewer.packet.limits import DEFAULT_LIMITS, Limits
from reviewer.packet.loader import load
from reviewer.workflow.verify import stored
from reviewer.workflow.verify.verdict import UNKNOWN_SIGNERS, Opinion, State, decide, objections, opinion, weigh

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from reviewer.approval.allowed_signers import AllowedSigners
    from reviewer.approval.verify import Record
    from reviewer.git.quarantine import Quarantine
    from reviewer.packet.loader import Packet
    from reviewer.packet.manifest import Manifest


@dataclass(frozen=True, slots=True)
class PacketVerdict:
    """The answer for a packet: the state, why in one sentence, and what it rests on."""

    state: State
    reason: str
    packet: str
    title: str
    head: str
    digest: str
    change: str
    opinions: tuple[Opinion, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the answer for machines."""
        return {
            "state": self.state,
            "reason": self.reason,
            "packet": {
                "id": self.packet,
                "title": self.title,
                "head": self.head,
                "sha256": self.digest,
                "change_sha256": self.change,
            },
            "records": [entry.as_json() for entry in self.opinions],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is true of the packet at hand."""

    manifest: Manifest
    digest: str
    key: str
    change: str
    paths: int


def verify_packet(
    path: Path,
    signers: AllowedSigners | None,
    *,
    now: datetime,
    named: Sequence[Path] = (),
    quarantine: Quarantine | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Callable[[int, int], None] | None = None,
) -> PacketVerdict:
    """Return whether a packet is approved.

    Args:
        path: a `.packet` file or a folder.
        signers: who may approve; None when no list is set.
        now: an aware time; expiry is judged by it and never by a claimed time.
        named: further files of records.
        quarantine: the repository that the packet belongs to, if it is at hand.
        limits: what is refused as too large.
        progress: told bytes done and bytes in all.

    Raises:
        BadInputError: the packet, a named file or the list of signers cannot be read at all.
        GitError, UndeterminedError: the repository is damaged or incomplete.
    """
    found = stored.gather(path, named, quarantine)
    try:
        with load(path, limits, verify=False) as packet:
            packet.verify(progress)
            facts = _facts(packet)
    except BadPacketError as error:
        if not found.records and not found.damaged:
            raise
        verdict = _of_broken(path, error, found)
        if any(record.statement.subjects.packet == verdict.digest for record in found.records):
            # The very bytes that somebody approved: what is wrong is not that they were changed.
            raise
        return verdict
    relevant = [record for record in found.records if record.statement.subjects.change == facts.change]
    verdict = _judged(facts, relevant, signers, now, found)
    if quarantine is not None and verdict.state == "approved":
        return _against_repository(verdict, facts, quarantine)
    return verdict


def mismatch(record: Record, facts: _Facts) -> str | None:
    """Return why a record is not about this very packet, or None. All three subjects have to match."""
    subjects, predicate, said = record.statement.subjects, record.statement.predicate, facts.manifest.change
    if subjects.packet != facts.digest:
        return f"it is for another packet (sha256:{subjects.packet[:12]}…); this one is sha256:{facts.digest[:12]}…"
    if subjects.revision != said.head:
        return f"it is for commit {subjects.revision[:12]}, and the packet is of {said.head[:12]}"
    if subjects.change != facts.change:
        return f"it is for another change (sha256:{subjects.change[:12]}…)"
    pairs = (
        ("base commit", predicate.revision.base_commit, said.base),
        ("base tree", predicate.revision.base_tree, said.base_tree),
        ("head tree", predicate.revision.head_tree, said.head_tree),
        ("commits", list(predicate.revision.commits), said.commits),
        ("number of paths", predicate.change.entries, facts.paths),
        ("repository", predicate.context.repository, said.repository),
        ("target", predicate.context.target_ref, said.target_ref),
        ("packet key", predicate.packet.key, facts.key),
        ("packet id", predicate.packet.id, facts.manifest.id),
    )
    for name, signed, there in pairs:
        if signed != there:
            return f"what it says of the {name} is not what the packet says"
    return None


def _judged(
    facts: _Facts, relevant: Sequence[Record], signers: AllowedSigners | None, now: datetime, found: stored.Stored
) -> PacketVerdict:
    if signers is None and relevant and not found.damaged:
        return _verdict(facts, "undetermined", UNKNOWN_SIGNERS, notes=found.notes)
    standings = () if signers is None else weigh(relevant, signers, now)
    about = [entry for entry in standings if mismatch(entry.record, facts) is None]
    state, reason = decide(about)
    if found.damaged:
        # A line that cannot be read may have been somebody's rejection.
        state, reason = "not_approved", f"a stored record is damaged: {found.damaged[0]}"
    elif not about:
        reason = _nothing(facts, found)
    elif state == "approved" and found.doubts:
        state, reason = "undetermined", found.doubts[0]
    notes = (*objections(standings), *found.damaged[1:], *found.notes)
    return _verdict(facts, state, reason, opinions=tuple(opinion(entry) for entry in about), notes=notes)


def _nothing(facts: _Facts, found: stored.Stored) -> str:
    others = [why for record in found.records if (why := mismatch(record, facts)) is not None]
    if others:
        return f"no record is for this packet: {others[-1]}"
    return f"there is no record of an approval (looked in {', '.join(found.places)})"


def _verdict(
    facts: _Facts, state: State, reason: str, *, opinions: tuple[Opinion, ...] = (), notes: tuple[str, ...] = ()
) -> PacketVerdict:
    manifest = facts.manifest
    said = manifest.change
    return PacketVerdict(
        state, reason, manifest.id, manifest.title, said.head, facts.digest, facts.change, opinions, notes
    )


def _facts(packet: Packet) -> _Facts:
    manifest = packet.read(member.CHANGE)
    entries = change.parse(manifest, f"{packet.path.name}: {member.CHANGE}")
    return _Facts(packet.manifest, packet.digest(), packet.key, sha256(manifest), len(entries))


def _of_broken(path: Path, error: BadPacketError, found: stored.Stored) -> PacketVerdict:
    """Answer for a packet that is not one any more but has records: the change is a no, and says what changed."""
    digest = ""
    if path.is_file():
        with path.open("rb") as stream:
            digest, _size = sha256_stream(stream)
    return PacketVerdict(
        "not_approved",
        f"the packet is not what anybody approved: {error.sentence}",
        path.name,
        "",
        "",
        digest,
        "",
        (),
        (*found.damaged, *found.notes),
    )


def _against_repository(verdict: PacketVerdict, facts: _Facts, quarantine: Quarantine) -> PacketVerdict:
    """Recompute the change from the two commits, if the repository has them."""
    said = facts.manifest.change
    try:
        quarantine.resolve(said.base)
        quarantine.resolve(said.head)
    except ReviewerError:
        return replace(verdict, notes=(*verdict.notes, "this repository does not have the commits of the packet"))
    try:
        trees = (quarantine.tree_id(said.base), quarantine.tree_id(said.head))
        entries = quarantine.change(said.base, said.head)
    except UndeterminedError as error:
        return replace(verdict, notes=(*verdict.notes, f"not compared with the repository: {error.sentence}"))
    if trees != (said.base_tree, said.head_tree) or sha256(change.render(entries)) != facts.change:
        where = f"commits {said.base[:12]}..{said.head[:12]} of this repository"
        return replace(verdict, state="not_approved", reason=f"{where} are not the change that was approved")
    return verdict
