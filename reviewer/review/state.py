"""What a reviewer has done so far: the fold of a journal, total and deterministic.

Every sequence of entries folds: what refers to nothing is left without effect, what is not understood is counted (and
blocks approval). Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeVar

from reviewer.review.event import (
    Answer,
    CommentDeleted,
    CommentResolved,
    CommentScope,
    CommentWritten,
    FindingAdopted,
    FindingDismissed,
    FindingReopened,
    GateWaived,
    HunksMarked,
    ItemAnswered,
    ReviewEvent,
    ReviewStarted,
    UnknownRecorded,
    VerdictKind,
    VerdictRecorded,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewer.review.journal import JournalEntry

__all__ = [
    "AnswerGiven",
    "Comment",
    "Disposition",
    "ReviewState",
    "Started",
    "Verdict",
    "apply",
    "changes",
    "fold",
]

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Started:
    """When the packet was first opened for review, and how."""

    packet: str
    tool: str
    blind: bool
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """The answer to a checklist item."""

    answer: Answer
    note: str
    at: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Disposition:
    """What became of a finding; `reason` is the note of an adoption, or why it was dismissed."""

    kind: Literal["adopted", "dismissed"]
    reason: str
    at: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it stands; lines are from 1 on `side`."""

    id: str
    scope: CommentScope
    text: str
    file: str | None
    side: Literal["old", "new"] | None
    line: int | None
    end_line: int | None
    anchor: str | None
    at: str
    by: str = ""
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A signed verdict that was stored; `statement` is the SHA-256 of the signed payload."""

    kind: VerdictKind
    statement: str
    at: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class ReviewState:
    """The state after some entries.

    Attributes:
        seen: ids of units marked as seen.
        answers: by checklist item; dispositions: by finding; comments: by comment; waivers: reason by gate.
        verdicts: in order.
        unknown: entries of a type that this version does not know.
        head: digest of the last entry's line; seq: its counter; entries: how many there were.
    """

    started: Started | None = None
    seen: frozenset[str] = frozenset()
    answers: Mapping[str, AnswerGiven] = field(default_factory=lambda: MappingProxyType({}))
    dispositions: Mapping[str, Disposition] = field(default_factory=lambda: MappingProxyType({}))
    comments: Mapping[str, Comment] = field(default_factory=lambda: MappingProxyType({}))
    waivers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    verdicts: tuple[Verdict, ...] = ()
    unknown: int = 0
    head: str = ""
    seq: int = 0
    entries: int = 0

    @property
    def open_comments(self) -> tuple[Comment, ...]:
        """Comments that still ask for something, in the order they were written."""
        return tuple(comment for comment in self.comments.values() if not comment.resolved)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was done but opening the packet."""
        return not (self.seen or self.answers or self.dispositions or self.comments or self.waivers or self.verdicts)


def fold(entries: Iterable[JournalEntry]) -> ReviewState:
    """Return the state after the entries, in their order."""
    state = ReviewState()
    for entry in entries:
        state = apply(state, entry)
    return state


def apply(state: ReviewState, entry: JournalEntry) -> ReviewState:
    """Return the state after one more entry; the same object if that entry was the last one applied."""
    if entry.digest and entry.digest == state.head:
        return state
    changed = change(state, entry.event, entry.at, entry.by)
    return replace(changed, head=entry.digest, seq=max(state.seq, entry.seq), entries=state.entries + 1)


def changes(state: ReviewState, event: ReviewEvent) -> bool:
    """Tell whether an event would say anything new."""
    return change(state, event, "", "") is not state


def change(state: ReviewState, event: ReviewEvent, at: str, by: str) -> ReviewState:  # noqa: C901, PLR0912 - one arm a kind
    """Return what an event makes of a state, the same object if nothing."""
    match event:
        case ReviewStarted():
            if state.started is None:
                return replace(state, started=Started(event.packet, event.tool, event.blind, at, by))
        case HunksMarked():
            hunks = frozenset(event.hunks)
            seen = state.seen | hunks if event.seen else state.seen - hunks
            if seen != state.seen:
                return replace(state, seen=seen)
        case ItemAnswered():
            return _answer(state, event, at, by)
        case FindingAdopted():
            return _dispose(state, event.finding, Disposition("adopted", event.note, at, by))
        case FindingDismissed():
            # A dismissal is signed with its reason; without one it is none.
            if event.reason.strip():
                return _dispose(state, event.finding, Disposition("dismissed", event.reason, at, by))
        case FindingReopened():
            if event.finding in state.dispositions:
                return replace(state, dispositions=_without(state.dispositions, event.finding))
        case CommentWritten():
            return _comment(state, event, at, by)
        case CommentDeleted():
            if event.comment in state.comments:
                return replace(state, comments=_without(state.comments, event.comment))
        case CommentResolved():
            known = state.comments.get(event.comment)
            if known is not None and known.resolved != event.resolved:
                resolved = replace(known, resolved=event.resolved)
                return replace(state, comments=_with(state.comments, event.comment, resolved))
        case GateWaived():
            return _waive(state, event)
        case VerdictRecorded():
            if all(verdict.statement != event.statement for verdict in state.verdicts):
                return replace(state, verdicts=(*state.verdicts, Verdict(event.verdict, event.statement, at, by)))
        case UnknownRecorded():
            return replace(state, unknown=state.unknown + 1)
    return state


def _answer(state: ReviewState, event: ItemAnswered, at: str, by: str) -> ReviewState:
    known = state.answers.get(event.item)
    if event.answer is None:
        return state if known is None else replace(state, answers=_without(state.answers, event.item))
    if known is not None and (known.answer, known.note) == (event.answer, event.note):
        return state
    return replace(state, answers=_with(state.answers, event.item, AnswerGiven(event.answer, event.note, at, by)))


def _dispose(state: ReviewState, finding: str, disposition: Disposition) -> ReviewState:
    known = state.dispositions.get(finding)
    if known is not None and (known.kind, known.reason) == (disposition.kind, disposition.reason):
        return state
    return replace(state, dispositions=_with(state.dispositions, finding, disposition))


def _comment(state: ReviewState, event: CommentWritten, at: str, by: str) -> ReviewState:
    place = (event.scope, event.text, event.file, event.side, event.line, event.end_line, event.anchor)
    known = state.comments.get(event.comment)
    if known is not None:
        old = (known.scope, known.text, known.file, known.side, known.line, known.end_line, known.anchor)
        if old == place:
            return state
    return replace(state, comments=_with(state.comments, event.comment, Comment(event.comment, *place, at, by)))


def _waive(state: ReviewState, event: GateWaived) -> ReviewState:
    reason = (event.reason or "").strip()
    if state.waivers.get(event.gate, "") == reason:
        return state
    if not reason:
        return replace(state, waivers=_without(state.waivers, event.gate))
    return replace(state, waivers=_with(state.waivers, event.gate, reason))


def _with(values: Mapping[str, _Value], key: str, value: _Value) -> Mapping[str, _Value]:
    return MappingProxyType({**values, key: value})


def _without(values: Mapping[str, _Value], key: str) -> Mapping[str, _Value]:
    return MappingProxyType({each: value for each, value in values.items() if each != key})
