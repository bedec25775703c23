"""`GIT binary patch`: base-85 lines that hold a zlib stream of new content, or of a delta against the old.

Knows git's binary format (gitformat-pack "deltified representation", base85 as in git's base85.c). Everything is
bounded by what the patch declares and by the caller's limit.
"""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_VALUES = bytes(_ALPHABET.find(code) if code in _ALPHABET else 0xFF for code in range(256))
_PART = re.compile(rb"(literal|delta) (\d{1,15})\r?")
_FULL_LINE = 52
_MAX_GROUP = 0xFFFFFFFF


class DiffError(BadInputError):
    """A patch does not fit the content, or is not a patch."""


@dataclass(frozen=True, slots=True)
class BinaryPart:
    """One direction of a binary patch, inflated: new content (`literal`) or a delta."""

    delta: bool
    data: bytes


def read_parts(rows: Sequence[bytes], limit: int) -> tuple[BinaryPart, ...]:
    """Return the forward part, and the backward part if there is one, from the rows behind `GIT binary patch`.

    Raises:
        DiffError: the rows are not such parts, or one is larger than `limit` bytes.
    """
    parts: list[BinaryPart] = []
    at = 0
    while at < len(rows):
        match = _PART.fullmatch(rows[at])
        if match is None or len(parts) == 2:
            raise DiffError(f"binary patch: expected 'literal SIZE' or 'delta SIZE', found {rows[at][:40]!r}")
        size = int(match[2])
        if size > limit:
            raise DiffError(f"binary patch: {size:,} bytes are more than the limit of {limit:,}")
        at += 1
        end = at
        while end < len(rows) and rows[end].rstrip(b"\r"):
            end += 1
        parts.append(BinaryPart(match[1] == b"delta", _inflate(_decode(rows[at:end]), size)))
        at = end + 1
    if not parts:
        raise DiffError("binary patch: it holds no data")
    return tuple(parts)


def apply_part(part: BinaryPart, source: bytes, limit: int) -> bytes:
    """Return the content that a part makes of `source`.

    Raises:
        DiffError: a delta is for other content, is cut, or reaches outside it.
    """
    return _apply_delta(part.data, source, limit) if part.delta else part.data


def _decode(lines: Sequence[bytes]) -> bytes:
    pieces: list[bytes] = []
    lengths: list[int] = []
    for line in lines:
        body = line.rstrip(b"\r")
        first = body[0]
        length = first - 64 if 65 <= first <= 90 else first - 70 if 97 <= first <= 122 else 0
        if not length or len(body) != 1 + (length + 3) // 4 * 5:
            raise DiffError("binary patch: a line of base-85 data has the wrong length")
        pieces.append(body[1:])
        lengths.append(length)
    if any(length != _FULL_LINE for length in lengths[:-1]):
        # Only the last line of a part is short, in what git writes; then all lines decode as one run.
        return b"".join(_padded(piece, length) for piece, length in zip(pieces, lengths, strict=True))
    return _padded(b"".join(pieces), sum(lengths))


def _padded(text: bytes, length: int) -> bytes:
    data = _groups(text)
    if data[length:].strip(b"\0"):
        raise DiffError("binary patch: a line holds more than it says")
    return data[:length]


def _groups(text: bytes) -> bytes:
    values = text.translate(_VALUES)
    if b"\xff" in values:
        raise DiffError("binary patch: a character is not base-85")
    rows = zip(values[0::5], values[1::5], values[2::5], values[3::5], values[4::5], strict=True)
    try:
        words = array("I", [a * 52200625 + b * 614125 + c * 7225 + d * 85 + e for a, b, c, d, e in rows])
    except OverflowError:
        raise DiffError("binary patch: a base-85 group is larger than 32 bits") from None
    if sys.byteorder == "little":
        words.byteswap()
    return words.tobytes()


def _inflate(data: bytes, size: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, size + 1)
    except zlib.error:
        raise DiffError("binary patch: the data is not a zlib stream") from None
    if len(content) != size or not stream.eof or stream.unused_data:
        raise DiffError(f"binary patch: the data does not hold the {size:,} bytes that it declares")
    return content


def _apply_delta(delta: bytes, source: bytes, limit: int) -> bytes:
    try:
        expected, at = _varint(delta, 0)
        size, at = _varint(delta, at)
        if expected != len(source):
            raise DiffError(f"binary delta: it is for {expected:,} bytes, the old content has {len(source):,}")
        if size > limit:
            raise DiffError(f"binary delta: {size:,} bytes are more than the limit of {limit:,}")
        target = bytearray()
        while at < len(delta):
            at = _operation(delta, at, source, target)
            if len(target) > size:
                break
    except IndexError:
        raise DiffError("binary delta: it is cut") from None
    if len(target) != size:
        raise DiffError(f"binary delta: it makes {len(target):,} bytes, it declares {size:,}")
    return bytes(target)


def _operation(delta: bytes, at: int, source: bytes, target: bytearray) -> int:
    code = delta[at]
    at += 1
    if not code:
        raise DiffError("binary delta: operation 0 is reserved")
    if code < 0x80:
        if at + code > len(delta):
            raise IndexError
        target += delta[at : at + code]
        return at + code
    offset = length = 0
    for place in range(4):
        if code & (1 << place):
            offset |= delta[at] << (8 * place)
            at += 1
    for place in range(3):
        if code & (0x10 << place):
            length |= delta[at] << (8 * place)
            at += 1
    length = length or 0x10000
    if offset + length > len(source):
        raise DiffError("binary delta: it copies from outside the old content")
    target += source[offset : offset + length]
    return at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise DiffError("binary delta: a size is too large")
