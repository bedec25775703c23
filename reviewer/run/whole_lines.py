"""A log in stretches of whole lines, in UTF-8 whatever it was written in.

Knows bytes, line feeds and byte order marks; nothing of what a line holds. Lines end at a line feed and nowhere else.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MAX_LINE = 64 << 20
"""A longer line is given in parts (bytes); other readers of these logs stop here too."""
_BLOCK = 1 << 18
"""Lines are read and masked by so many bytes at a time: few calls, and still in the processor's cache."""


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield stretches of whole lines in UTF-8, without byte order mark; only the last may lack its line feed."""
    head = stream.read(_BLOCK)
    encoding = _wide_encoding(head)
    rest: list[bytes] = []
    held = 0
    for chunk in _chunks(head, stream) if encoding is None else _narrow(head, stream, encoding):
        cut = chunk.rfind(b"\n") + 1
        if cut or held >= MAX_LINE:
            yield b"".join([*rest, chunk[:cut]])
            rest, held = [], 0
        rest.append(chunk[cut:])
        held += len(chunk) - cut
    if held:
        yield b"".join(rest)


def _chunks(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    chunk = head.removeprefix(codecs.BOM_UTF8)
    while chunk:
        yield chunk
        chunk = stream.read(_BLOCK)


def _wide_encoding(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(b"{\0"):
        return "utf-16-le"
    return "utf-16-be" if head.startswith(b"\0{") else None


def _narrow(head: bytes, stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    chunk = head
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", "replace")
        chunk = stream.read(_BLOCK)
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
