"""The in-toto Statement v1 that is signed: built to canonical bytes, read back strictly, checked against itself.

Exactly three subjects, and all three have to match what is verified: `revision` {gitCommit}, `change` {sha256 of the
change manifest}, `packet` {sha256 of its raw bytes}. Unknown fields are refused (they might restrict), except at the
top of the predicate under a name that starts with `x-`: those are remarks, and this version gives them no meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reviewer.approval import codec, strict_json
from reviewer.approval.predicate import OWNERSHIP_OF, OWNERSHIP_TEXTS, PREDICATE_TYPES, Predicate, VerdictKind
from reviewer.approval.refusal import RefusedError
from reviewer.digest import Sha256, canonical_json, sha256

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
NAMESPACE = "change-approval@review-packet"
"""The SSHSIG namespace: a signature made for anything else is never an approval."""
REMARK_PREFIX = "x-"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_NONCE = re.compile(r"[0-9a-f]{32}", re.ASCII)
_OBJECT_ID = {"sha1": re.compile(r"[0-9a-f]{40}", re.ASCII), "sha256": re.compile(r"[0-9a-f]{64}", re.ASCII)}
_HEX64 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DECISIVE_GATES = frozenset({"passed", "waived"})


@dataclass(frozen=True, slots=True)
class Subjects:
    """What a statement is about: the head commit, the change manifest and the packet bytes, each by its digest."""

    revision: str
    change: str
    packet: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A parsed statement: the verdict, its three subjects and the predicate."""

    verdict: VerdictKind
    subjects: Subjects
    predicate: Predicate

    @property
    def decided_at(self) -> datetime:
        """The claimed time, UTC. Trusted for nothing but the order of one person's own records."""
        return datetime.fromisoformat(self.predicate.decided_at)


def build(verdict: VerdictKind, predicate: Predicate) -> bytes:
    """Return the canonical bytes of the statement, after reading them back.

    Raises:
        RefusedError: the predicate contradicts itself, or the statement would be too large to be read again.
        ValueError: a text holds a lone surrogate.
    """
    subject = [
        {"digest": {"gitCommit": predicate.revision.head_commit}, "name": "revision"},
        {"digest": {"sha256": predicate.change.digest}, "name": "change"},
        {"digest": {"sha256": predicate.packet.digest}, "name": "packet"},
    ]
    payload = canonical_json(
        {
            "_type": STATEMENT_TYPE,
            "predicate": codec.encode(predicate),
            "predicateType": PREDICATE_TYPES[verdict],
            "subject": subject,
        }
    )
    parse(payload)
    return payload


def parse(payload: bytes) -> Statement:
    """Return the statement of exact bytes.

    Raises:
        RefusedError: another type, a missing or extra subject, a field that is missing, unknown or mistyped, or a
            predicate that does not agree with the subjects or with its own verdict.
    """
    value = strict_json.parse(payload, "the statement")
    if set(value) != {"_type", "predicate", "predicateType", "subject"}:
        raise RefusedError("the statement has to hold _type, subject, predicateType and predicate, and nothing else")
    if value["_type"] != STATEMENT_TYPE:
        raise RefusedError("the statement is not an in-toto Statement v1")
    verdict = next((kind for kind, uri in PREDICATE_TYPES.items() if uri == value["predicateType"]), None)
    if verdict is None:
        raise RefusedError("the statement is neither a change approval nor a change rejection of version 0.1")
    subjects = _subjects(value["subject"])
    predicate = codec.decode(Predicate, _without_remarks(value["predicate"]), "predicate")
    statement = Statement(verdict, subjects, predicate)
    _check_agreement(statement)
    _check_forms(predicate)
    _check_ownership(verdict, predicate)
    if verdict == "approved":
        _check_gates(predicate)
    return statement


def ownership_digest(text: str) -> Sha256:
    """Return the digest of an ownership sentence."""
    return sha256(text.encode())


def _subjects(value: Any) -> Subjects:  # noqa: ANN401 - parsed JSON
    algorithms = {"revision": "gitCommit", "change": "sha256", "packet": "sha256"}
    found: dict[str, str] = {}
    for entry in value if isinstance(value, list) else []:
        if not isinstance(entry, dict) or set(entry) != {"digest", "name"} or not isinstance(entry["name"], str):
            raise RefusedError("a subject of the statement has to hold name and digest, and nothing else")
        name, digest = entry["name"], entry["digest"]
        if name not in algorithms or name in found:
            raise RefusedError("the statement has a subject too many: one revision, one change, one packet")
        algorithm = algorithms[name]
        if not isinstance(digest, dict) or set(digest) != {algorithm} or not isinstance(digest[algorithm], str):
            raise RefusedError(f"the subject '{name}' has to hold one {algorithm} digest")
        found[name] = digest[algorithm]
    if missing := algorithms.keys() - found.keys():
        raise RefusedError(f"the statement has no subject '{min(missing)}'")
    return Subjects(**found)


def _without_remarks(value: Any) -> Any:  # noqa: ANN401 - parsed JSON
    if not isinstance(value, dict):
        return value
    return {name: entry for name, entry in value.items() if not name.startswith(REMARK_PREFIX)}


def _check_agreement(statement: Statement) -> None:
    predicate, subjects = statement.predicate, statement.subjects
    pairs = (
        ("revision", subjects.revision, predicate.revision.head_commit),
        ("change", subjects.change, predicate.change.digest),
        ("packet", subjects.packet, predicate.packet.digest),
    )
    for name, subject, said in pairs:
        if subject != said:
            raise RefusedError(f"the statement's subject '{name}' is not what its predicate says")
    if predicate.change.version != 1:
        raise RefusedError(f"the change manifest has version {predicate.change.version}; only version 1 is known")


def _check_forms(predicate: Predicate) -> None:
    revision = predicate.revision
    form = _OBJECT_ID.get(predicate.context.object_format)
    if form is None:
        raise RefusedError("predicate.context.objectFormat is neither sha1 nor sha256")
    ends = (revision.base_commit, revision.base_tree, revision.head_commit, revision.head_tree)
    if not all(form.fullmatch(oid) for oid in (*ends, *revision.commits)):
        raise RefusedError("predicate.revision holds an object id that is not complete")
    digests = [predicate.change.digest, predicate.packet.digest, predicate.packet.key, *predicate.supersedes]
    digests += [check.inputs for check in predicate.findings.checks if check.inputs is not None]
    probe = predicate.findings.probe
    if probe is not None:
        digests.append(probe.digest)
        if (probe.base_tree, probe.head_tree) != (revision.base_tree, revision.head_tree):
            raise RefusedError("predicate.findings.probe is of other trees than predicate.revision")
    if not all(_HEX64.fullmatch(digest) for digest in digests):
        raise RefusedError("the predicate holds a SHA-256 that is not 64 lower-case hex digits")
    if not _NONCE.fullmatch(predicate.nonce):
        raise RefusedError("predicate.nonce is not 32 lower-case hex digits")
    try:
        datetime.fromisoformat(predicate.decided_at if _TIME.fullmatch(predicate.decided_at) else "")
    except ValueError as error:
        raise RefusedError("predicate.decidedAt is not a time like 2026-11-20T19:02:24Z") from error
    if not predicate.reviewer.email or not predicate.reviewer.name:
        raise RefusedError("predicate.reviewer has to name a person: name and email")
    if any(entry.decision == "dismissed" and not entry.reason.strip() for entry in predicate.findings.decisions):
        raise RefusedError("the predicate dismisses a finding without a reason")


def _check_ownership(verdict: VerdictKind, predicate: Predicate) -> None:
    said = predicate.ownership
    if said.id != OWNERSHIP_OF[verdict] or said.text != OWNERSHIP_TEXTS[said.id]:
        raise RefusedError("the statement does not hold the exact ownership sentence of its kind")
    if said.digest != ownership_digest(said.text):
        raise RefusedError("predicate.ownership.digest is not the digest of the sentence")


def _check_gates(predicate: Predicate) -> None:
    for gate in predicate.gates:
        if gate.stage == "signing" and gate.state not in _DECISIVE_GATES:
            raise RefusedError(f"the approval was signed with the gate '{gate.id}' {gate.state}")
        if gate.state == "waived" and not gate.reason.strip():
            raise RefusedError(f"the approval waives the gate '{gate.id}' without a reason")
