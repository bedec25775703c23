"""What an approval or a rejection says: the predicate of our in-toto Statements, version 0.1, as frozen records.

Monotonic: every field is either required, or its absence only ever takes weight away. Texts are what was shown to the
signer (`display_safe` forms), so the signed bytes hold no hidden characters. Knows no bytes, files or keys.

Fields that came after the first records are marked `LATER`: left out of the bytes when they have nothing to say, so
that the records of before read as they always did, and one record has one encoding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

LATER = {"later": True}
"""Metadata of a field that older records do not have; its default is what its absence means."""

VerdictKind: TypeAlias = Literal["approved", "rejected"]
GateState: TypeAlias = Literal["passed", "shut", "open", "waived"]

APPROVAL_TYPE = "https://pypi.org/project/review-packet/attestation/change-approval/v0.1"
REJECTION_TYPE = "https://pypi.org/project/review-packet/attestation/change-rejection/v0.1"
PREDICATE_TYPES: dict[VerdictKind, str] = {"approved": APPROVAL_TYPE, "rejected": REJECTION_TYPE}
OWNERSHIP_TEXTS: dict[str, str] = {
    "owner/1": (
        "I have reviewed this change myself. I understand what it does. From now on I own it as if I had written it:"
        " its defects are mine to answer for."
    ),
    "changes-requested/1": "I have reviewed this change myself, and I ask for it to be changed before anyone owns it.",
}
"""Exact sentences by id. A text that has been signed is never edited: a new wording is a new id."""
OWNERSHIP_OF: dict[VerdictKind, str] = {"approved": "owner/1", "rejected": "changes-requested/1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where the change is meant to go. `repository` is the packet's repository id."""

    repository: str
    target_ref: str | None
    object_format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Object ids of both ends and of each commit of the change."""

    base_commit: str
    base_tree: str
    head_commit: str
    head_tree: str
    commits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRef:
    """The change manifest: its version, number of paths and SHA-256."""

    version: int
    entries: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketRef:
    """The packet: id, title, size of all members in bytes, SHA-256 of its raw bytes, key (SHA-256 of packet.toml)."""

    id: str
    title: str
    media_type: str
    size: int
    digest: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Who says it. `claimed_assurance` is what the key's type can show at most ("A0", "A2")."""

    name: str
    email: str
    key_fingerprint: str
    key_type: str
    claimed_assurance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Independence:
    """Who made the change, as the packet and git say. Self-asserted: may only lower what an approval counts for."""

    operator: str | None
    agent: str | None
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistAnswer:
    """One checklist item; `question_digest` is the SHA-256 of the question's text. Unanswered items stand here too."""

    id: str
    title: str
    question_digest: str
    answer: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The answers, and the policy that asked. `policy_source` is where it was read from, None for the shipped one."""

    policy: str
    policy_digest: str
    items: tuple[ChecklistAnswer, ...]
    policy_source: str | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDecision:
    """A finding that the reviewer adopted or dismissed; `reason` is theirs (required for a dismissal).

    `also` names other rules that say the same of this place, `by` the distribution of a check that is not ours.
    """

    id: str
    mode: str
    rule: str
    severity: str
    file: str | None
    line: int | None
    message: str
    decision: Literal["adopted", "dismissed"]
    reason: str
    also: tuple[str, ...] = field(default=(), metadata=LATER)
    by: str | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityCounts:
    """Findings by severity."""

    high: int
    medium: int
    low: int
    info: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedOff:
    """A check, or a rule of it (`rule`), that the project does without: its reason, and which policy says so."""

    rule: str | None
    reason: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """One check as it ran; `not_examined` says what it could not look at.

    `examined` is what it did look at, in numbers; `counts` what it found; `tools` names and versions of the programs
    whose answers it judged; `inputs` the SHA-256 of all that it looked at; `switched_off` what the project does
    without; `by` the distribution that the check comes from, where it is not ours.
    """

    mode: str
    version: int
    status: str
    not_examined: str
    examined: str | None = field(default=None, metadata=LATER)
    counts: SeverityCounts | None = field(default=None, metadata=LATER)
    tools: tuple[str, ...] = field(default=(), metadata=LATER)
    inputs: str | None = field(default=None, metadata=LATER)
    switched_off: tuple[SwitchedOff, ...] = field(default=(), metadata=LATER)
    by: str | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRun:
    """What running the change's own tests showed: the digest of all results, bound to what was run.

    `environment` is the digest of interpreter and packages; `containment` how the runs were shut in, and
    `not_contained` what was not; `parts` which of the runs a person asked for.
    """

    base_tree: str
    head_tree: str
    environment: str
    containment: str
    not_contained: tuple[str, ...]
    parts: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the checks found, by severity, and what became of it."""

    counts: SeverityCounts
    undecided: int
    decisions: tuple[FindingDecision, ...]
    checks: tuple[CheckRun, ...]
    probe: ProbeRun | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenComment:
    """A comment that still asks for something."""

    id: str
    file: str | None
    line: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How much of the diff was on the reviewer's screen and marked as seen."""

    units: int
    units_total: int
    lines: int
    lines_total: int
    files: int
    files_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDecision:
    """One gate as it stood. `reason` is the rule's, or the reviewer's own where the gate was waived.

    `stage` says what the gate holds back: this signature, or only what counts as approved in the end.
    """

    id: str
    title: str
    stage: Literal["signing", "merging"]
    state: GateState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What drew the change, and the journal that the answers come from (digest of its last line, number of lines)."""

    renderer: str
    version: str
    journal_head: str
    journal_entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """The sentence that was signed: its id, its exact text and the text's SHA-256."""

    id: str
    text: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """Everything that is signed beside the subjects. `decided_at` is claimed, RFC 3339 UTC; `nonce` 32 hex digits.

    `supersedes` names the payload digests of the same person's earlier records of this change.
    """

    context: Context
    revision: Revision
    change: ChangeRef
    packet: PacketRef
    reviewer: Reviewer
    independence: Independence
    checklist: Checklist
    findings: Findings
    comments: tuple[OpenComment, ...]
    coverage: Seen
    gates: tuple[GateDecision, ...]
    view: View
    ownership: Ownership
    decided_at: str
    nonce: str
    supersedes: tuple[str, ...] = ()

    @property
    def reviewer_is_author(self) -> bool:
        """Whether git names the reviewer's address among those who made the commits."""
        return any(author.endswith(f"<{self.reviewer.email}>") for author in self.independence.authors)

    @property
    def reviewer_is_operator(self) -> bool:
        """Whether the packet says that the reviewer ran the agent."""
        return (self.independence.operator or "").endswith(f"<{self.reviewer.email}>")
