"""JSON Lines as they are found: torn, doubled, in another encoding, with what strict parsers refuse.

Knows bytes and JSON, nothing of what a record means. Lines end at a line feed and nowhere else: U+2028, U+0085 and form
feeds stand inside strings. A record that cannot be read is given with its text, never skipped.
"""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import orjson

from reviewer.run import whole_lines
from reviewer.run.importers.importer import ImportCancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.importers.importer import Cancelled, LogSource, Progress

_STEP = 1 << 20
"""Progress is told about every so many bytes."""
_MOST_VALUES = 2_000_000
_FEW = 1 << 20
"""Shorter data is not counted, bytes."""
_KEPT = 1024
_LONE = re.compile("[\ud800-\udfff]")
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s\ufeff]*")
_LOOKED_AT = 2_000
"""A log begins within so many lines."""
_PADDING = b" \t\r\0\xef\xbb\xbf"


class Record(NamedTuple):
    """One record of a log.

    Attributes:
        line: number of the physical line, from 1.
        value: the decoded JSON; None when `problem` says why there is none.
        problem: "not JSON", "torn", "too long", "too many values" or "" when all is well.
        text: the start of a record that could not be decoded.
        size: its bytes.
        replaced: bytes that are not UTF-8, or lone surrogates, were replaced by U+FFFD.
    """

    line: int
    value: object
    problem: str = ""
    text: str = ""
    size: int = 0
    replaced: bool = False


def records(
    source: LogSource, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Iterator[Record]:
    """Yield the records of a log in the order of the file.

    Raises:
        ImportCancelledError: `cancelled` said so.
    """
    loads = orjson.loads
    number = done = told = 0
    for size, block in stretches(source):
        lines = block.split(b"\n")
        ends = not lines[-1]
        if ends:
            lines.pop()
        for line in lines:
            number += 1
            if is_overfull(line):
                yield Record(number, None, "too many values", line[:_KEPT].decode("utf-8", "replace"), len(line))
                continue
            try:
                yield Record(number, loads(line))
            except orjson.JSONDecodeError:
                yield from _slowly(number, line, torn=not ends and line is lines[-1])
        done += size
        if done - told >= _STEP:
            told = done
            tell(done, source, progress, cancelled)
    tell(done, source, progress, cancelled)


def stretches(source: LogSource) -> Iterator[tuple[int, bytes]]:
    """Yield stretches of whole lines of a log, masked, each with how many bytes it took before masking."""
    if source.blocks is not None:
        yield from source.blocks()
        return
    with source.open() as stream:
        for block in whole_lines.blocks(stream):
            yield len(block), block if source.through is None else source.through(block)


def tell(done: int, source: LogSource, progress: Progress | None, cancelled: Cancelled | None) -> None:
    """Say how far a log was read.

    Raises:
        ImportCancelledError: `cancelled` said so.
    """
    if cancelled is not None and cancelled():
        raise ImportCancelledError(f"Reading {source.name} was stopped.")
    if progress is not None:
        progress(done, max(done, source.size))


def _slowly(number: int, line: bytes, *, torn: bool) -> Iterator[Record]:
    """Yield what a line holds that the strict parser refused: several records, NaN, surrogates, bad bytes, nothing."""
    if not line.strip(b" \t\r\n\0"):
        return
    if len(line) >= whole_lines.MAX_LINE:
        yield Record(number, None, "too long", line[:_KEPT].decode("utf-8", "replace"), len(line))
        return
    text = line.decode("utf-8", "replace")
    replaced = "\ufffd" in text and b"\xef\xbf\xbd" not in line
    position, end = _skip(text, 0), len(text)
    while position < end:
        try:
            value, after = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            left = text[position:]
            yield Record(
                number,
                None,
                "torn" if torn else "not JSON",
                left[:_KEPT],
                len(left.encode("utf-8", "replace")),
                replaced,
            )
            return
        clean, dirty = _without_surrogates(value)
        yield Record(number, clean, replaced=replaced or dirty)
        position = _skip(text, after)


def is_overfull(data: bytes | bytearray) -> bool:
    """Return whether JSON may hold so many values that they fill the memory: each takes some fifty times its bytes."""
    return len(data) > _FEW and sum(map(data.count, (b",", b"[", b"{"))) > _MOST_VALUES


def lenient(data: bytes) -> tuple[object, bool]:
    """Return a JSON value, and whether bytes or surrogates in it were replaced; NaN and lone surrogates are taken.

    Raises:
        ValueError: it is not one JSON value, or holds very many.
    """
    if is_overfull(data):
        raise ValueError("too many values")
    try:
        return orjson.loads(data), False
    except orjson.JSONDecodeError:
        text = data.decode("utf-8", "replace")
    try:
        value, after = _DECODER.raw_decode(text, _skip(text, 0))
    except RecursionError:
        raise ValueError("nested too deep") from None
    if _skip(text, after) != len(text):
        raise ValueError("more than one value")
    clean, dirty = _without_surrogates(value)
    return clean, dirty or ("\ufffd" in text and b"\xef\xbf\xbd" not in data)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _without_surrogates(value: object) -> tuple[object, bool]:
    dirty = False

    def clean(part: object) -> object:
        nonlocal dirty
        if isinstance(part, str):
            if _LONE.search(part):
                dirty = True
                return _LONE.sub("\ufffd", part)
            return part
        if isinstance(part, list):
            return [clean(entry) for entry in part]
        if isinstance(part, dict):
            return {clean(key): clean(entry) for key, entry in part.items()}
        return part

    try:
        return clean(value), dirty
    except RecursionError:  # deeper than we can walk: nothing of ours is nested like this
        return None, True


def first_records(head: bytes, count: int = 20) -> list[dict[str, object]]:
    """Return the first objects of a log of which only the start is at hand, as far as they are whole.

    There are none where most lines are no records: a text that quotes a log is no log.
    """
    found: list[dict[str, object]] = []
    lines = b"".join(whole_lines.blocks(BytesIO(head))).split(b"\n")
    starts = [start for line in lines if (start := line[:40].lstrip(_PADDING)[:1])]
    if starts.count(b"{") < len(starts) - 1 - starts.count(b"{"):
        return found
    for number, line in enumerate(lines[:_LOOKED_AT], start=1):
        if len(found) >= count:
            break
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            found += [record.value for record in _slowly(number, line, torn=False) if isinstance(record.value, dict)]
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
