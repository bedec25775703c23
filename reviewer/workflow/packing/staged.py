"""Files in our own temporary folder that become members of a packet; digests are taken while the bytes are at hand.

Knows bytes; nothing of what they say or of how a packet is written.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Self

from reviewer.digest import Sha256, sha256
from reviewer.packet.content import Stretch

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_CHUNK = 1 << 20


class StagedFile:
    """A file of ours that members are written into one after another. A context that closes it."""

    def __init__(self, path: Path) -> None:
        """Make the file; it must not be there yet."""
        self._path = path
        self._file = path.open("xb", buffering=_CHUNK)
        self._at = 0

    def add(self, data: bytes) -> Stretch:
        """Write a whole member."""
        self._file.write(data)
        stretch = Stretch(self._path, self._at, len(data), sha256(data), zlib.crc32(data))
        self._at += len(data)
        return stretch

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


class StagedMember:
    """A file of ours that becomes one member, written in pieces. A context that closes it."""

    def __init__(self, path: Path) -> None:
        """Make the file, or empty the one that is there."""
        self._path = path
        self._file = path.open("wb", buffering=_CHUNK)
        self._digest = hashlib.sha256()
        self._crc = 0
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._file.write(data)
        self._digest.update(data)
        self._crc = zlib.crc32(data, self._crc)
        self.size += len(data)

    def flush(self) -> None:
        """Make what was added visible to other readers of the file."""
        self._file.flush()

    def stretch(self) -> Stretch:
        """Return what was added so far, as a member; to be read after this is closed."""
        return Stretch(self._path, 0, self.size, Sha256(self._digest.hexdigest()), self._crc)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
