"""Recorded edits as blocks: what stood there after the edit, which of it was new, and what it took out.

Reads unified hunks as events carry them: with or without line numbers, cut, or with none of the lines around them.
Never fails: a line that is none of a hunk ends it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run.why.words import common, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.event import Edit

_NUMBERED = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")


@dataclass(slots=True)
class Block:
    """One hunk of one edit.

    Attributes:
        seq: number of the edit's event.
        after: the lines that stood there after it, in order.
        added: for each of them, whether the edit put it in.
        removed: lines that it took out, by the place in `after` that they stood before.
        start: line number of `after[0]` in the file after the edit, None if not recorded.
        pairs: (old, new) where a single line, or a part of one, was replaced.
    """

    seq: int
    after: list[str] = field(default_factory=list)
    added: list[bool] = field(default_factory=list)
    removed: dict[int, list[str]] = field(default_factory=dict)
    start: int | None = None
    pairs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def grows(self) -> int:
        """How many lines the file gained by it."""
        return sum(self.added) - sum(map(len, self.removed.values()))

    @property
    def first_change(self) -> int:
        """Place in `after` of the first line that the edit put in or took out something before."""
        first = self.added.index(True) if True in self.added else len(self.after)
        return min([first, *self.removed])

    @property
    def writes_whole(self) -> bool:
        """Whether it may be a whole file: nothing but new lines, from the first on or without their place."""
        return self.start in {None, 1} and not self.removed and all(self.added)


def blocks_of(edit: Edit) -> list[Block]:
    """Return the blocks of an edit in the order of its patch; none when its content is not recorded."""
    if not edit.patch:
        return []
    lines = [plain(line) for line in edit.patch.split("\n")]
    if edit.patch_cut:
        # What was cut may have been cut inside a line.
        lines.pop()
    elif lines and not lines[-1]:
        lines.pop()
    return [block for start, body in _bodies(lines) if (block := _block(edit.seq, start, body)).added or block.removed]


def _bodies(lines: Sequence[str]) -> Iterator[tuple[int | None, list[str]]]:
    """Yield the first line number after the edit (None if not recorded) and the signed lines of each hunk."""
    start: int | None = None
    body: list[str] = []
    old = new = 0
    inside = False
    for line in lines:
        if line.startswith("@@"):
            yield start, body
            body, inside = [], True
            match = _NUMBERED.match(line)
            start, old, new = None, 0, 0
            if match is not None:
                old, new = (1 if match[n] is None else int(match[n]) for n in (2, 4))
                start = int(match[3]) + (not new)
            continue
        sign = line[:1] or " "
        if sign not in " +-" or (not inside and _is_header(line)):
            # "\ No newline at end of file", the header of a patch, or text that is no part of it.
            continue
        if start is not None and not (old > 0 or new > 0):
            # More lines than the header says: they are no part of the hunk.
            continue
        inside = True
        body.append(line or " ")
        old -= sign != "+"
        new -= sign != "-"
    yield start, body


def _is_header(line: str) -> bool:
    return line.startswith(("--- ", "+++ "))


def _block(seq: int, start: int | None, body: Sequence[str]) -> Block:
    block = Block(seq, start=start)
    taken: list[str] = []
    given: list[str] = []
    for line in [*body, ""]:
        if line[:1] == "-":
            taken.append(line[1:])
        elif line[:1] == "+":
            given.append(line[1:])
        else:
            _replaced(block, taken, given, numbered=start is not None)
            taken, given = [], []
            if line:
                block.after.append(line[1:])
                block.added.append(False)
    return block


def _replaced(block: Block, taken: list[str], given: list[str], *, numbered: bool) -> None:
    """Add a replaced part. Without numbers it is what a tool was asked for: lines on both sides did not change."""
    if len(taken) == len(given) == 1:
        block.pairs.append((taken[0], given[0]))
    if numbered or not taken or not given:
        _put(block, taken, given)
        return
    same = common(taken, given)
    here = there = 0
    for old, new, size in [*same, (len(taken), len(given), 0)]:
        _put(block, taken[here:old], given[there:new])
        block.after += given[new : new + size]
        block.added += [False] * size
        here, there = old + size, new + size


def _put(block: Block, taken: Sequence[str], given: Sequence[str]) -> None:
    if taken:
        block.removed.setdefault(len(block.after), []).extend(taken)
    block.after += given
    block.added += [True] * len(given)
