"""Is every commit of a range approved? A walk along first parents, covered piece by piece by exact approvals.

An approval covers the commits from its base to its head and nothing else: one more commit, or an amended one, is not
covered. A merge is covered when its second parent is the approved head, its first parent the approved base, and the
merge brought exactly the approved change. All content is compared by manifests recomputed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewer.digest import Sha256, sha256
from reviewer.errors import BadInputError, ReviewerError
from reviewer.packet import change
from reviewer.text import plural
from reviewer.workflow.verify import stored
from reviewer.workflow.verify.verdict import UNKNOWN_SIGNERS, Opinion, State, decide, objections, opinion, weigh

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from reviewer.approval.allowed_signers import AllowedSigners
    from reviewer.approval.verify import Record, Standing
    from reviewer.git.quarantine import Quarantine


@dataclass(frozen=True, slots=True)
class CommitVerdict:
    """The answer for one commit of the first-parent line."""

    commit: str
    subject: str
    state: State
    reason: str
    opinions: tuple[Opinion, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the answer for machines."""
        return {
            "commit": self.commit,
            "subject": self.subject,
            "state": self.state,
            "reason": self.reason,
            "records": [entry.as_json() for entry in self.opinions],
        }


@dataclass(frozen=True, slots=True)
class RangeVerdict:
    """The answer for a range: approved only if every commit is. Oldest commit first."""

    state: State
    reason: str
    base: str
    head: str
    commits: tuple[CommitVerdict, ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the answer for machines."""
        return {
            "state": self.state,
            "reason": self.reason,
            "base": self.base,
            "head": self.head,
            "commits": [entry.as_json() for entry in self.commits],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class _Piece:
    """Neighbouring commits, `first` to `last` (positions on the line), and the standings of the records about them."""

    first: int
    last: int
    standings: tuple[Standing, ...]
    state: State
    reason: str


@dataclass(slots=True)
class _Line:
    """The first-parent line: position 0 is the base, then each commit, oldest first."""

    quarantine: Quarantine
    oids: tuple[str, ...]
    at: dict[str, int] = field(init=False)
    digests: dict[tuple[str, str], Sha256] = field(default_factory=dict)
    before: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at = {oid: position for position, oid in enumerate(self.oids)}

    def manifest(self, base: str, head: str) -> Sha256:
        """Return the digest of the change between two commits."""
        if (base, head) not in self.digests:
            self.digests[base, head] = sha256(change.render(self.quarantine.change(base, head)))
        return self.digests[base, head]

    def span(self, base: str, head: str) -> tuple[int, int] | None:
        """Return the positions (first and last commit) that an approval from `base` to `head` covers, or None."""
        start = self.at.get(base)
        end = self.at.get(head)
        if start is None:
            # An approval may begin before the range does, and still covers the part that is inside.
            return (1, end) if end and self._begins_before(base) else None
        if end is None and start + 1 < len(self.oids):
            merge = self.quarantine.commit(self.oids[start + 1])
            end = start + 1 if merge.parents[1:] == (head,) and self._brings(merge.oid, base, head) else None
        return (start + 1, end) if end is not None and end > start else None

    def _begins_before(self, base: str) -> bool:
        if base not in self.before:
            try:
                older = self.quarantine.commits(base, self.oids[0], first_parent=True)
                parents = self.quarantine.commit(older[-1]).parents if older else ()
            except ReviewerError:
                parents = ()
            self.before[base] = parents[:1] == (base,)
        return self.before[base]

    def _brings(self, merge: str, base: str, head: str) -> bool:
        return self.manifest(base, merge) == self.manifest(base, head)


def verify_range(
    quarantine: Quarantine,
    base: str,
    head: str,
    signers: AllowedSigners | None,
    *,
    now: datetime,
    named: Sequence[Path] = (),
) -> RangeVerdict:
    """Return whether each commit of `base`..`head` is approved.

    Args:
        quarantine: the repository.
        base: a revision; what it reaches is not judged.
        head: a revision.
        signers: who may approve; None when no list is set.
        now: an aware time; expiry is judged by it and never by a claimed time.
        named: files of records beside the ledger and the repository's own packets.

    Raises:
        GitError: a revision does not exist or an object was altered.
        UndeterminedError: history is missing.
        BadInputError: the range is empty, or a named file cannot be read.
    """
    start, end = quarantine.resolve(base), quarantine.resolve(head)
    oids = tuple(reversed(quarantine.commits(start, end, first_parent=True)))
    if not oids:
        raise BadInputError(f"{base}..{head} has no commits, so there is nothing to approve")
    # Where BASE has moved on since, the line begins at the commit that both share.
    line = _Line(quarantine, (*(quarantine.commit(oids[0]).parents[:1] or ("",)), *oids))
    found = stored.gather(None, named, quarantine) + stored.of_repository(quarantine)
    if found.damaged:
        reason = f"a stored record is damaged: {found.damaged[0]}"
        return RangeVerdict("not_approved", reason, start, end, (), (*found.damaged[1:], *found.notes))
    pieces = _pieces(line, found.records, signers, now)
    commits = _commits(line, pieces, has_signers=signers is not None)
    state, reason = _whole(commits)
    if state == "approved" and found.doubts:
        state, reason = "undetermined", found.doubts[0]
    standing = [entry for piece in pieces for entry in piece.standings]
    notes = tuple(dict.fromkeys((*objections(standing), *found.notes)))
    return RangeVerdict(state, reason, start, end, commits, notes)


def _pieces(
    line: _Line, records: Sequence[Record], signers: AllowedSigners | None, now: datetime
) -> tuple[_Piece, ...]:
    spans: dict[tuple[int, int], list[Record]] = {}
    for record in records:
        span = _span_of(line, record)
        if span is not None:
            spans.setdefault(span, []).append(record)
    pieces = []
    for (first, last), about in spans.items():
        if signers is None:
            pieces.append(_Piece(first, last, (), "undetermined", UNKNOWN_SIGNERS))
            continue
        standings = weigh(about, signers, now)
        pieces.append(_Piece(first, last, standings, *decide(standings)))
    return tuple(pieces)


def _span_of(line: _Line, record: Record) -> tuple[int, int] | None:
    revision = record.statement.predicate.revision
    span = line.span(revision.base_commit, revision.head_commit)
    if span is None:
        return None
    trees = (line.quarantine.tree_id(revision.base_commit), line.quarantine.tree_id(revision.head_commit))
    if trees != (revision.base_tree, revision.head_tree):
        return None
    approved = record.statement.subjects.change
    return span if line.manifest(revision.base_commit, revision.head_commit) == approved else None


def _commits(line: _Line, pieces: Sequence[_Piece], *, has_signers: bool) -> tuple[CommitVerdict, ...]:
    chosen = _cover(len(line.oids), pieces)
    verdicts = []
    for position in range(1, len(line.oids)):
        piece = chosen.get(position) or _about(position, pieces)
        if piece is None:
            state: State = "not_approved"
            reason = "no approval covers it exactly" if has_signers or pieces else "there is no approval of it"
            opinions: tuple[Opinion, ...] = ()
        else:
            state, reason = piece.state, piece.reason
            opinions = tuple(opinion(entry) for entry in piece.standings)
        commit = line.quarantine.commit(line.oids[position])
        verdicts.append(CommitVerdict(commit.oid, commit.subject, state, reason, opinions))
    return tuple(verdicts)


def _cover(length: int, pieces: Sequence[_Piece]) -> dict[int, _Piece]:
    """Return an approved piece for each position that some approved piece covers; pieces may overlap."""
    chosen: dict[int, _Piece] = {}
    for piece in sorted(pieces, key=lambda entry: entry.last - entry.first):
        if piece.state == "approved":
            for position in range(piece.first, min(piece.last, length - 1) + 1):
                chosen.setdefault(position, piece)
    return chosen


def _about(position: int, pieces: Sequence[_Piece]) -> _Piece | None:
    about = [piece for piece in pieces if piece.first <= position <= piece.last]
    return min(about, key=lambda piece: piece.last - piece.first, default=None)


def _whole(commits: Sequence[CommitVerdict]) -> tuple[State, str]:
    bad = [entry for entry in commits if entry.state == "not_approved"]
    unknown = [entry for entry in commits if entry.state == "undetermined"]
    if bad:
        return "not_approved", f"{len(bad)} of {plural(len(commits), 'commit')} not approved"
    if unknown:
        return "undetermined", unknown[0].reason
    return "approved", f"{plural(len(commits), 'commit')} approved"
