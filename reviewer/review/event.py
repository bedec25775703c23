"""What a reviewer did, one frozen record each. The journal keeps them; the state is their fold.

`item` is a checklist item's id (policy), `finding` a finding's id, `hunk` a hunk's content id (`diff.anchor`), `gate` a
gate's id. Texts are the reviewer's own, and still untrusted once a journal has travelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Answer: TypeAlias = Literal["yes", "no", "not_applicable", "unsure"]
CommentScope: TypeAlias = Literal["line", "range", "file", "change"]
VerdictKind: TypeAlias = Literal["approved", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStarted:
    """The packet was opened for review; `packet` is the digest of packet.toml, `tool` the program's version."""

    type: Literal["review_started"] = "review_started"
    packet: str
    tool: str
    blind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HunksMarked:
    """Hunks were marked as seen, or the mark was taken back."""

    type: Literal["hunks_marked"] = "hunks_marked"
    hunks: tuple[str, ...]
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswered:
    """A checklist item was answered, with a note; `answer` None takes the answer back."""

    type: Literal["item_answered"] = "item_answered"
    item: str
    answer: Answer | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingAdopted:
    """The reviewer makes a finding their own: it becomes a point for the author."""

    type: Literal["finding_adopted"] = "finding_adopted"
    finding: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDismissed:
    """The reviewer sets a finding aside; the reason is required and is signed."""

    type: Literal["finding_dismissed"] = "finding_dismissed"
    finding: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingReopened:
    """An adopted or dismissed finding is open again."""

    type: Literal["finding_reopened"] = "finding_reopened"
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentWritten:
    """A comment was written or rewritten (same `comment` id). Lines are from 1 on `side`; `anchor` finds them again."""

    type: Literal["comment_written"] = "comment_written"
    comment: str
    scope: CommentScope
    text: str
    file: str | None = None
    side: Literal["old", "new"] | None = None
    line: int | None = None
    end_line: int | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDeleted:
    """A comment was taken back."""

    type: Literal["comment_deleted"] = "comment_deleted"
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentResolved:
    """A comment no longer asks for anything, or asks again (`resolved` False)."""

    type: Literal["comment_resolved"] = "comment_resolved"
    comment: str
    resolved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateWaived:
    """A gate is passed over with a reason, which is signed; reason None takes the waiver back."""

    type: Literal["gate_waived"] = "gate_waived"
    gate: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecorded:
    """A signed verdict was stored: `statement` is the SHA-256 of the signed payload."""

    type: Literal["verdict_recorded"] = "verdict_recorded"
    verdict: VerdictKind
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownRecorded:
    """An event of a type that this version does not know: kept, shown, and it blocks approval."""

    type: Literal["unknown"] = "unknown"
    name: str
    raw: str


ReviewEvent: TypeAlias = (
    ReviewStarted
    | HunksMarked
    | ItemAnswered
    | FindingAdopted
    | FindingDismissed
    | FindingReopened
    | CommentWritten
    | CommentDeleted
    | CommentResolved
    | GateWaived
    | VerdictRecorded
    | UnknownRecorded
)
