"""The words of an answer: approved, not approved or undetermined, and one opinion a record.

Knows records and standings; reads nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from reviewer.approval.verify import Standing, judge, settle
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviewer.approval.allowed_signers import AllowedSigners
    from reviewer.approval.verify import Record

State: TypeAlias = Literal["approved", "not_approved", "undetermined"]
EXIT_CODES: dict[State, int] = {"approved": 0, "not_approved": 1, "undetermined": 3}
UNKNOWN_SIGNERS = "no list of allowed signers is set, so nobody can be believed"
TWO_PERSONS = "two_persons"
_PENDING = frozenset({"open", "shut"})


@dataclass(frozen=True, slots=True)
class Opinion:
    """One record as an answer shows it.

    Attributes:
        digest: of the signed payload.
        person: as the list of signers names them, None when the record counts for nobody.
        reviewer: name and address as the record claims them.
        counts: whether it is a valid word that still stands.
        reason: why it does not count, else None.
    """

    digest: str
    verdict: Literal["approved", "rejected"]
    person: str | None
    reviewer: str
    decided_at: str
    fingerprint: str
    assurance: str
    packet: str
    counts: bool
    reason: str | None
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the opinion for machines."""
        return {
            "statement": self.digest,
            "verdict": self.verdict,
            "person": self.person,
            "reviewer": self.reviewer,
            "decided_at": self.decided_at,
            "key": self.fingerprint,
            "assurance": self.assurance,
            "packet_sha256": self.packet,
            "counts": self.counts,
            "reason": self.reason,
            "notes": list(self.notes),
        }


def opinion(standing: Standing) -> Opinion:
    """Return a standing as an answer shows it."""
    predicate = standing.record.statement.predicate
    return Opinion(
        digest=standing.record.digest,
        verdict=standing.record.statement.verdict,
        person=standing.signer.person if standing.signer else None,
        reviewer=f"{predicate.reviewer.name} <{predicate.reviewer.email}>",
        decided_at=predicate.decided_at,
        fingerprint=predicate.reviewer.key_fingerprint,
        assurance=standing.assurance,
        packet=predicate.packet.digest,
        counts=standing.counts,
        reason=standing.reason,
        notes=(*(standing.signer.notes if standing.signer else ()), *_dependence(standing)),
    )


def _dependence(standing: Standing) -> tuple[str, ...]:
    """Return a remark when the record itself says that the reviewer made the change: no policy decides on it yet."""
    said = standing.record.statement
    if said.verdict != "approved" or not (said.predicate.reviewer_is_author or said.predicate.reviewer_is_operator):
        return ()
    who = said.predicate.reviewer.email
    return (f"the approval of {who} is not an independent one: they made the change or ran the agent",)


def weigh(records: Sequence[Record], signers: AllowedSigners, now: datetime) -> tuple[Standing, ...]:
    """Return what each record of one change is worth, records that were set aside included."""
    return settle([judge(record, signers, now) for record in records])


def decide(standings: Sequence[Standing]) -> tuple[State, str]:
    """Return the answer for the records of one change, and why in one sentence.

    An approval that was signed while a second person was still missing needs that second person here too: what a record
    says of itself is only ever used to ask for more.
    """
    approvals = [entry for entry in standings if entry.record.statement.verdict == "approved"]
    standing = [entry for entry in approvals if entry.counts]
    persons = list(dict.fromkeys(entry.signer.person for entry in standing if entry.signer))
    if not persons:
        return "not_approved", _why_not(standings, approvals)
    needed = 2 if any(_waits_for_second(entry) for entry in standing) else 1
    if len(persons) < needed:
        return "not_approved", f"two persons have to approve it; so far {persons[0]} did"
    first = standing[0].record.statement.predicate
    when = f" on {first.decided_at[:10]}" if len(standing) == 1 else ""
    return "approved", f"approved by {' and '.join(persons)}{when}"


def objections(standings: Sequence[Standing]) -> tuple[str, ...]:
    """Return a remark for each standing rejection: it does not undo another person's approval, and is always shown."""
    return tuple(
        f"{entry.signer.person} asked for changes on {entry.record.statement.predicate.decided_at[:10]}"
        for entry in standings
        if entry.counts and entry.signer and entry.record.statement.verdict == "rejected"
    )


def _why_not(standings: Sequence[Standing], approvals: Sequence[Standing]) -> str:
    refused = [entry.reason for entry in approvals if entry.reason]
    if refused:
        more = f" (and {plural(len(refused) - 1, 'other record')})" if len(refused) > 1 else ""
        return f"the approval does not count: {refused[-1]}{more}"
    if rejected := objections(standings):
        return rejected[-1]
    return "nobody has approved it"


def _waits_for_second(entry: Standing) -> bool:
    gates = entry.record.statement.predicate.gates
    return any(gate.id == TWO_PERSONS and gate.state in _PENDING for gate in gates)
