"""SSH wire encoding (RFC 4251, section 5), read strictly: exact lengths, minimal numbers, nothing left over.

Knows bytes and offsets; nothing of keys or signatures.
"""

from __future__ import annotations

import struct

from reviewer.approval.refusal import RefusedError

_LENGTH = struct.Struct(">I")


class WireReader:
    """A cursor over one blob. Every method raises `RefusedError` when the blob does not hold what is asked for."""

    __slots__ = ("_at", "_data", "_what")

    def __init__(self, data: bytes, what: str) -> None:
        """Start at the front; `what` names the blob in sentences ("the signature")."""
        self._data = data
        self._what = what
        self._at = 0

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        end = self._at + count
        if end > len(self._data):
            raise RefusedError(f"{self._what} is cut short at byte {len(self._data)}")
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def uint32(self) -> int:
        """Return the next unsigned 32-bit number."""
        value: int = _LENGTH.unpack(self.take(4))[0]
        return value

    def string(self) -> bytes:
        """Return the next length-prefixed run of bytes."""
        return self.take(self.uint32())

    def name(self) -> str:
        """Return the next string as printable ASCII."""
        raw = self.string()
        if not raw.isascii() or not raw.decode("ascii").isprintable():
            raise RefusedError(f"{self._what} holds a name that is not printable ASCII")
        return raw.decode("ascii")

    def number(self) -> int:
        """Return the next mpint, which has to be positive and in its shortest form."""
        raw = self.string()
        if not raw or raw[0] & 0x80:
            raise RefusedError(f"{self._what} holds a number that is not positive")
        if raw[0] == 0 and (len(raw) == 1 or not raw[1] & 0x80):
            raise RefusedError(f"{self._what} holds a number that is not in its shortest form")
        return int.from_bytes(raw)

    def end(self) -> None:
        """Check that nothing follows."""
        if self._at != len(self._data):
            raise RefusedError(f"{self._what} has {len(self._data) - self._at} bytes after its end")


def string(data: bytes) -> bytes:
    """Return `data` with its length before it."""
    return _LENGTH.pack(len(data)) + data
