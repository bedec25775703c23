"""Names for parts of a change that follow content, not line numbers.

A mark or a comment made on one revision has to find the same lines in the next, and must not fall on others. So a hunk
is named by its path and its added and removed lines, and a line by its text and its neighbours. Pure.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.diff.model import RowKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.diff.model import DiffIndex, FileSpan, HunkSpan, Side

_DIGITS = 16
_SLICE_ROWS = 4096
_BETWEEN_ROWS = 50_000
_CONTEXT = b" "
_SHOWN = {
    "old": (RowKind.CONTEXT, RowKind.REMOVED),
    "new": (RowKind.CONTEXT, RowKind.ADDED),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """The least part of a change that can be marked as seen: a hunk, or what a file's header alone says.

    Attributes:
        id: content-stable name, 16 hex digits, unequal to every other unit's of the same patch.
        hunk: None for a header (mode, name, binary content) or rows that belong to no hunk.
        first, last: the rows (last exclusive).
    """

    id: str
    file: FileSpan
    hunk: HunkSpan | None
    first: int
    last: int


def review_units(index: DiffIndex, between: Callable[[], None] | None = None) -> tuple[Unit, ...]:
    """Return everything that has to be seen, in the order of the patch; every file has at least one unit.

    Args:
        index: the whole patch.
        between: called each time some thousands of rows were read, to give back memory or to let others run.
    """
    occurrences: Counter[str] = Counter()
    units: list[Unit] = []
    told = 0
    for file in index.files:
        for unit in _units_of(index, file, occurrences[file.path]):
            units.append(unit)
            if between is not None and unit.last - told >= _BETWEEN_ROWS:
                told = unit.last
                between()
        occurrences[file.path] += 1
    return tuple(units)


def hunk_id(index: DiffIndex, file: FileSpan, hunk: HunkSpan) -> str:
    """Return the name of a hunk: it survives shifts of lines, and equal hunks of a file differ by their order."""
    units = _units_of(index, file, _occurrence(index, file))
    return next(unit.id for unit in units if unit.hunk is not None and unit.hunk.number == hunk.number)


def file_id(index: DiffIndex, file: FileSpan) -> str:
    """Return the name of what a file's header says: for files without hunks, all of their content."""
    return _header_id(index, file, _occurrence(index, file))


def _occurrence(index: DiffIndex, file: FileSpan) -> int:
    # A change of type is two entries with one path.
    return sum(index.files[number].path == file.path for number in range(file.number))


def _units_of(index: DiffIndex, file: FileSpan, occurrence: int) -> Iterator[Unit]:
    hunks = file.hunks
    body = hunks[0].first if hunks else file.last
    if not hunks or _header_matters(file):
        yield Unit(_header_id(index, file, occurrence), file, None, file.first, body)
    equal: Counter[str] = Counter()
    for place, hunk in enumerate(hunks):
        plain = _digest(b"hunk", _seed(file, occurrence), *_changed_lines(index, hunk.first + 1, hunk.last))
        yield Unit(_ordinal(plain, equal), file, hunk, hunk.first, hunk.last)
        following = hunks[place + 1].first if place + 1 < len(hunks) else file.last
        if following > hunk.last:
            stray = _digest(b"stray", _seed(file, occurrence), *_rows(index, hunk.last, following))
            yield Unit(_ordinal(stray, equal), file, None, hunk.last, following)


def _header_matters(file: FileSpan) -> bool:
    moved = file.old_path is not None
    mode = file.old_mode != file.new_mode and file.old_mode is not None and file.new_mode is not None
    unusual = file.status == "A" and file.new_mode not in (None, "100644")
    return moved or mode or unusual or file.binary or bool(file.unparsed)


def _header_id(index: DiffIndex, file: FileSpan, occurrence: int) -> str:
    facts = "\0".join((file.status, file.old_path or "", file.old_mode or "", file.new_mode or ""))
    seed = _seed(file, occurrence)
    # Without hunks the header is the whole change: a new object id or other binary data is another change.
    if not file.hunk_count or file.binary or file.unparsed:
        body = file.hunks[0].first if file.hunk_count else file.last
        return _digest(b"file", seed, facts.encode("utf-8", "surrogateescape"), *_rows(index, file.first, body))
    return _digest(b"file", seed, facts.encode("utf-8", "surrogateescape"))


def _seed(file: FileSpan, occurrence: int) -> bytes:
    return file.path.encode("utf-8", "surrogateescape") + b"\0" + str(occurrence).encode() + b"\0"


def _ordinal(digest: str, equal: Counter[str]) -> str:
    number = equal[digest]
    equal[digest] += 1
    return digest if not number else _digest(b"again", digest.encode(), str(number).encode())


def _rows(index: DiffIndex, first: int, last: int) -> Iterator[bytes]:
    """Yield the bytes of rows in pieces, so that a long hunk is never held whole."""
    for low in range(first, last, _SLICE_ROWS):
        start, _ = index.extent(low)
        _, end = index.extent(min(last, low + _SLICE_ROWS) - 1)
        yield bytes(index.data[start:end])


def _changed_lines(index: DiffIndex, first: int, last: int) -> Iterator[bytes]:
    for piece in _rows(index, first, last):
        lines = piece.removesuffix(b"\n").split(b"\n")
        yield b"".join([line + b"\n" for line in lines if line and line[:1] != _CONTEXT])


def _digest(kind: bytes, *parts: bytes) -> str:
    state = hashlib.sha256(b"reviewer-" + kind + b"/1\0")
    for part in parts:
        state.update(part)
    return state.hexdigest()[:_DIGITS]


def line_anchor(index: DiffIndex, file: FileSpan, side: Side, line: int) -> str | None:
    """Return a name for a line (from 1) of one side that its text and neighbours carry, None if no hunk shows it.

    The form is `<side>-<text>-<neighbours>-<ordinal>`: two digests, and the line's number among equal texts.
    """
    row = index.row_of_line(file, side, line)
    if row is None:
        return None
    rows = _side_rows(index, file, side)
    place = rows.index(row)
    text, around = _line_digests(index, rows, place)
    before = sum(index.raw(other)[1:] == index.raw(row)[1:] for other in rows[:place])
    return f"{side}-{text}-{around}-{before}"


def find_line(index: DiffIndex, file: FileSpan, anchor: str) -> tuple[Side, int] | None:
    """Return where the line that `anchor` names stands now, None if its text is no longer shown.

    Among equal lines, the one with the same neighbours is taken, else the one with the same number among equals.
    """
    side, text, around, ordinal = (*anchor.split("-"), "", "", "")[:4]
    if side not in ("old", "new") or not ordinal.isdecimal():
        return None
    known: Side = "old" if side == "old" else "new"
    rows = _side_rows(index, file, known)
    found = [place for place in range(len(rows)) if _text_digest(index, rows[place]) == text]
    if not found:
        return None
    same = [place for place in found if _line_digests(index, rows, place)[1] == around]
    wanted = found[min(int(ordinal[:9]), len(found) - 1)]
    place = wanted if wanted in same or not same else min(same, key=lambda each: abs(each - wanted))
    numbers = index.numbers(rows[place])
    number = numbers[0 if known == "old" else 1]
    return None if number is None else (known, number)


def _side_rows(index: DiffIndex, file: FileSpan, side: Side) -> list[int]:
    return [
        row
        for hunk in file.hunks
        for row, kind in enumerate(index.kinds(hunk.first + 1, hunk.last), hunk.first + 1)
        if kind in _SHOWN[side]
    ]


def _text_digest(index: DiffIndex, row: int) -> str:
    return _digest(b"line", index.raw(row)[1:])


def _line_digests(index: DiffIndex, rows: list[int], place: int) -> tuple[str, str]:
    near = [index.raw(rows[at])[1:] if 0 <= at < len(rows) else b"" for at in (place - 1, place + 1)]
    return _text_digest(index, rows[place]), _digest(b"near", b"\n".join(near))[:8]
