"""Who owns a line: a pure join of blame lines and verified approvals.

Knows commits by id and approvals by digest; runs nothing and reads nothing. An approval owns the lines that the commits
it approved wrote, and nothing else: a line of any other commit has no owner, whoever its author is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewer.digest import Sha256


@dataclass(frozen=True, slots=True)
class BlameLine:
    """One line of a file and the commit that last wrote it.

    Attributes:
        line: its number from 1 in the file that was asked about.
        commit: full id.
        orig_line, path: where that commit has the line.
        text: exact bytes without the line feed.
    """

    line: int
    commit: str
    orig_line: int
    path: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Grant:
    """A verified approval, as far as ownership needs it.

    Attributes:
        approval: digest of the signed payload.
        owner: the reviewer's name and address as the verified identity has it.
        approved_at: the claimed time, RFC 3339 in UTC.
        packet: digest of the packet that was approved, if known.
        commits: full ids of every commit that was approved.
    """

    approval: Sha256
    owner: str
    approved_at: str
    packet: Sha256 | None
    commits: frozenset[str]


@dataclass(frozen=True, slots=True)
class OwnedSpan:
    """Neighbouring lines of one commit, and the approvals that cover it: several persons may own it, or nobody.

    Attributes:
        first, last: line numbers, inclusive.
        lines: the blame lines, in order.
        grants: oldest approval first.
    """

    first: int
    last: int
    commit: str
    lines: tuple[BlameLine, ...]
    grants: tuple[Grant, ...]

    @property
    def is_owned(self) -> bool:
        """Whether anybody approved these lines."""
        return bool(self.grants)


def owners(lines: Sequence[BlameLine], grants: Iterable[Grant]) -> tuple[OwnedSpan, ...]:
    """Return the lines in spans of one commit each, with the approvals that cover that commit.

    Args:
        lines: in the order of the file.
        grants: verified approvals; one given twice (same digest) counts once.
    """
    by_commit: dict[str, dict[Sha256, Grant]] = {}
    for grant in grants:
        for commit in grant.commits:
            by_commit.setdefault(commit, {})[grant.approval] = grant
    spans: list[list[BlameLine]] = []
    for line in lines:
        if spans and spans[-1][-1].commit == line.commit and spans[-1][-1].line + 1 == line.line:
            spans[-1].append(line)
        else:
            spans.append([line])
    return tuple(
        OwnedSpan(
            span[0].line,
            span[-1].line,
            span[0].commit,
            tuple(span),
            tuple(sorted(by_commit.get(span[0].commit, {}).values(), key=lambda g: (g.approved_at, g.approval))),
        )
        for span in spans
    )
