"""The runs of changed lines of a file, and its bytes with some of them taken back.

Knows lines as bytes and nothing of what they mean. The runs are those of the diff that the reviewer reads, not of a
second comparison of our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewer.checks.case import ChangedLine


@dataclass(frozen=True, slots=True)
class Span:
    """Lines that one side has in the place of the other's, as places from 0 with an exclusive end.

    Attributes:
        old, old_end: lines of the old side; new, new_end: of the new side. One of both may be empty.
    """

    old: int
    old_end: int
    new: int
    new_end: int

    def until(self, other: Span) -> Span:
        """Return the span from here to the end of a later one."""
        return Span(self.old, other.old_end, self.new, other.new_end)


def lines(data: bytes) -> list[bytes]:
    """Return the lines of a file with their line feeds."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def spans(
    old: Sequence[bytes], new: Sequence[bytes], removed: Iterable[ChangedLine], added: Iterable[ChangedLine]
) -> tuple[Span, ...] | None:
    """Return the runs of changed lines in order, or None when the diff does not fit the two sides.

    Args:
        old: lines of the old side.
        new: lines of the new side.
        removed: lines that only the old side has, by number from 1.
        added: lines that only the new side has.
    """
    gone = {line.number - 1 for line in removed}
    come = {line.number - 1 for line in added}
    found: list[Span] = []
    before = after = 0
    while before < len(old) or after < len(new):
        start = before, after
        while before in gone and before < len(old):
            before += 1
        while after in come and after < len(new):
            after += 1
        if (before, after) != start:
            found.append(Span(start[0], before, start[1], after))
        elif before < len(old) and after < len(new) and _text(old[before]) == _text(new[after]):
            before, after = before + 1, after + 1
        else:
            return None
    return tuple(found)


def taken_back(old: Sequence[bytes], new: Sequence[bytes], *places: Span) -> bytes:
    """Return the new side with the old side's lines in some places, which do not overlap."""
    parts: list[bytes] = []
    at = 0
    for span in sorted(places, key=lambda one: (one.new, one.new_end)):
        parts += [*new[at : span.new], *old[span.old : span.old_end]]
        at = span.new_end
    return _joined([*parts, *new[at:]])


def _joined(parts: list[bytes]) -> bytes:
    # The last line of a file may lack its line feed, and then stand before others here.
    head = [part if part.endswith(b"\n") else part + b"\n" for part in parts[:-1]]
    return b"".join((*head, *parts[-1:]))


def _text(line: bytes) -> bytes:
    return line.removesuffix(b"\n")
