"""Write objects that were hashed as one pack (gitformat-pack(5), version 2, no deltas).

Knows the byte format only. The pack is given to `git index-pack`, which hashes everything once more.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

_TYPES = {"commit": 1, "tree": 2, "blob": 3}
_LEVEL = 1  # The pack lives for one diff; speed counts, size does not.


class PackWriter:
    """A pack under construction; the number of objects has to be known at the start."""

    def __init__(self, stream: BinaryIO, count: int, object_format: str) -> None:
        """Write the header for `count` objects to a binary stream."""
        self._stream = stream
        self._checksum = hashlib.new(object_format, usedforsecurity=False)
        self._write(b"PACK" + struct.pack(">II", 2, count))

    def add(self, kind: str, size: int, feed: Callable[[Callable[[bytes], object]], object]) -> None:
        """Write one object of `size` bytes, whose content `feed` gives to the function it is passed."""
        self._write(_header(_TYPES[kind], size))
        squeeze = zlib.compressobj(_LEVEL)
        feed(lambda chunk: self._write(squeeze.compress(chunk)))
        self._write(squeeze.flush())

    def finish(self) -> None:
        """Write the checksum that ends the pack."""
        self._stream.write(self._checksum.digest())

    def _write(self, data: bytes) -> None:
        self._checksum.update(data)
        self._stream.write(data)


def _header(kind: int, size: int) -> bytes:
    # Four bits of the size beside the type, then seven bits at a time, lowest first.
    byte = kind << 4 | size & 15
    size >>= 4
    out = bytearray()
    while size:
        out.append(byte | 0x80)
        byte = size & 0x7F
        size >>= 7
    out.append(byte)
    return bytes(out)
