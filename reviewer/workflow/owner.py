"""Who owns a line: blame of a commit, joined with approvals that verify and whose commits recompute here.

What an approval says of its commits is only where to look; which commits it covers is read from the graph, and its
change is recomputed before it grants anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.digest import Sha256, sha256
from reviewer.errors import BadInputError, ReviewerError, UndeterminedError
from reviewer.git.blame import blame
from reviewer.ownership import Grant, OwnedSpan, owners
from reviewer.packet import change
from reviewer.workflow.verify import stored
from reviewer.workflow.verify.verdict import UNKNOWN_SIGNERS, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from reviewer.approval.allowed_signers import AllowedSigners
    from reviewer.approval.verify import Record, Standing
    from reviewer.git.quarantine import Quarantine


@dataclass(frozen=True, slots=True)
class Ownership:
    """The answer: the file at a commit, its spans in order, and remarks about records that did not help."""

    path: str
    commit: str
    spans: tuple[OwnedSpan, ...]
    notes: tuple[str, ...] = ()

    @property
    def owned(self) -> int:
        """How many of the lines have an owner."""
        return sum(len(span.lines) for span in self.spans if span.is_owned)

    @property
    def lines(self) -> int:
        """How many lines were asked about."""
        return sum(len(span.lines) for span in self.spans)


def find_owners(
    quarantine: Quarantine,
    path: str,
    signers: AllowedSigners | None,
    *,
    now: datetime,
    line: int | None = None,
    revision: str = "HEAD",
    named: Sequence[Path] = (),
) -> Ownership:
    """Return who owns the lines of a file.

    Args:
        quarantine: the repository.
        path: of the file in the repository, with `/`.
        signers: who may approve; None when no list is set.
        now: an aware time; expiry is judged by it.
        line: one line, from 1; the whole file by default.
        revision: the commit that is looked at.
        named: files of records beside the ledger and the repository's own packets.

    Raises:
        BadInputError: the file has no such line, or a named file cannot be read.
        GitError: there is no such file or commit, or an object was altered.
        UndeterminedError: history is missing, or there are approvals and no list of signers.
    """
    commit = quarantine.resolve(revision)
    lines = blame(quarantine, commit, path)
    if line is not None:
        if not 1 <= line <= len(lines):
            raise BadInputError(f"{path} has {len(lines)} lines at {commit[:12]}, so there is no line {line}")
        lines = lines[line - 1 : line]
    found = stored.gather(None, named, quarantine) + stored.of_repository(quarantine)
    wanted = frozenset(entry.commit for entry in lines)
    about = [record for record in found.records if wanted.intersection(record.statement.predicate.revision.commits)]
    if about and signers is None:
        raise UndeterminedError(UNKNOWN_SIGNERS)
    grants = [] if signers is None else list(_grants(quarantine, _standings(found.records, about, signers, now)))
    return Ownership(path, commit, owners(lines, grants), (*found.damaged, *found.notes))


def _standings(
    records: Sequence[Record], about: Iterable[Record], signers: AllowedSigners, now: datetime
) -> Iterator[Standing]:
    """Yield what the records of each change are worth; a rejection of the same change counts although it names less."""
    changes = dict.fromkeys(record.statement.subjects.change for record in about)
    for digest in changes:
        yield from weigh([record for record in records if record.statement.subjects.change == digest], signers, now)


def _grants(quarantine: Quarantine, standings: Iterable[Standing]) -> Iterator[Grant]:
    for standing in standings:
        statement = standing.record.statement
        if not standing.counts or standing.signer is None or statement.verdict != "approved":
            continue
        commits = _covered(quarantine, standing.record)
        if not commits:
            continue
        reviewer = statement.predicate.reviewer
        yield Grant(
            standing.record.digest,
            f"{reviewer.name} <{reviewer.email}>",
            statement.predicate.decided_at,
            Sha256(statement.subjects.packet),
            commits,
        )


def _covered(quarantine: Quarantine, record: Record) -> frozenset[str]:
    """Return the commits that an approval covers in this repository; none if they are not the change it names."""
    revision = record.statement.predicate.revision
    base, head = revision.base_commit, revision.head_commit
    try:
        if (quarantine.tree_id(base), quarantine.tree_id(head)) != (revision.base_tree, revision.head_tree):
            return frozenset()
        if sha256(change.render(quarantine.change(base, head))) != record.statement.subjects.change:
            return frozenset()
        return frozenset(quarantine.commits(base, head))
    except ReviewerError:
        return frozenset()
