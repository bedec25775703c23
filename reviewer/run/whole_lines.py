"""A log in stretches of whole lines, in UTF-8 whatever it was written in.

Knows bytes, line feeds, byte order marks, and where in a long line of JSON a cut is safe; nothing of what a line says.
Lines end at a line feed and nowhere else.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MAX_LINE = 64 << 20
"""A longer line is given in parts (bytes); other readers of these logs stop here too."""
HEAD = 1 << 16
"""Bytes of a log's start that tell its form."""
_LONGEST_FIRST = 8 << 20
_BLOCK = 1 << 18
"""Lines are read and masked by so many bytes at a time: few calls, and still in the processor's cache."""
_STRING_END = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


def head(stream: BinaryIO) -> bytes:
    """Return the start of a log, its first line whole: a first prompt with a picture in it is longer than all else."""
    start = stream.read(HEAD)
    if len(start) < HEAD or b"\n" in start:
        return start
    more = stream.read(_LONGEST_FIRST)
    end = more.find(b"\n") + 1
    return start + more[: end + HEAD] if end else start


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield stretches of whole lines in UTF-8, without byte order mark; only the last may lack its line feed.

    A line beyond `MAX_LINE` is cut between two values of its JSON, where it has any: so that no secret is cut, and the
    parts are the document again when they are put together.
    """
    head = stream.read(_BLOCK)
    encoding = _wide_encoding(head)
    rest: list[bytes] = []
    held = 0
    long = _LongLine()
    for chunk in _chunks(head, stream) if encoding is None else _narrow(head, stream, encoding):
        cut = chunk.rfind(b"\n") + 1
        if cut:
            long = _LongLine()
        elif held >= MAX_LINE:
            cut = long.cut(chunk)
        if cut:
            yield b"".join([*rest, chunk[:cut]])
            rest, held = [], 0
        rest.append(chunk[cut:])
        held += len(chunk) - cut
        long.take(chunk[chunk.rfind(b"\n") + 1 :])
    if held:
        yield b"".join(rest)


def parts(data: bytes, size: int) -> Iterator[bytes]:
    """Yield data in parts of about `size` bytes, cut after a line feed or else between two values of JSON."""
    start, end = 0, len(data)
    long = _LongLine()
    while start < end:
        piece = data[start : start + size]
        cut = len(piece)
        if start + cut < end:
            after = piece.rfind(b"\n") + 1
            if after:
                long = _LongLine()
            cut = after or long.cut(piece)
        piece = piece[:cut]
        yield piece
        start += cut
        long.take(piece[piece.rfind(b"\n") + 1 :])


class _LongLine:
    """A line of JSON that is read piece by piece: whether a string is open at the end of what was taken."""

    def __init__(self) -> None:
        self._inside = False
        self._escaped = False

    def take(self, piece: bytes) -> None:
        """Read on."""
        if self._escaped:
            piece = piece[1:]
        plain = piece.replace(b"\\\\", b"").replace(b'\\"', b"")
        self._escaped = plain.endswith(b"\\")
        self._inside ^= bool(plain.count(b'"') & 1)

    def cut(self, piece: bytes) -> int:
        """Return where to cut the piece that comes next: after its last comma between values.

        One string takes all of it where there is none: then after a blank in it, else at its end.
        """
        place, last = int(self._escaped), 0
        inside = self._inside
        while place < len(piece):
            if inside:
                end = _STRING_END.match(piece, place)
                if end is None:
                    break
                place, inside = end.end(), False
            else:
                quote = piece.find(b'"', place)
                quote = len(piece) if quote < 0 else quote
                last = max(last, piece.rfind(b",", place, quote) + 1)
                place, inside = quote + 1, True
        return last or piece.rfind(b" ") + 1 or len(piece)


def _chunks(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    chunk = head.removeprefix(codecs.BOM_UTF8)
    while chunk:
        yield chunk
        chunk = stream.read(_BLOCK)


def _wide_encoding(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = [place for place, byte in enumerate(head[:4]) if not byte]
    if head.startswith(b"{\0") or zeros == [1, 3]:
        return "utf-16-le"
    return "utf-16-be" if head.startswith(b"\0{") or zeros == [0, 2] else None


def _narrow(head: bytes, stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    chunk = head
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", "replace")
        chunk = stream.read(_BLOCK)
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
