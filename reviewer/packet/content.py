"""What a member's bytes are while a packet is being made: in memory, a file, or a part of a file that holds many.

Knows files of ours and digests; nothing of archives. Of a part, digest and checksum are known from when it was written,
so that no byte is read to be hashed again.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Self, TypeAlias

from reviewer.digest import sha256, sha256_stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from reviewer.digest import Sha256

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a file.

    Attributes:
        path: the file, which stays as it is until the packet is written.
        start, size: where in it, in bytes.
        sha256, crc: the digest and the CRC-32 of these bytes.
    """

    path: Path
    start: int
    size: int
    sha256: Sha256
    crc: int

    def read_bytes(self) -> bytes:
        """Return the bytes."""
        with Files() as files:
            return b"".join(files.chunks(self))


Content: TypeAlias = "bytes | Path | Stretch"
"""A member's content, or where exactly it lies (read in pieces, so that size does not matter)."""


class Files:
    """The files that members lie in: one that holds many is opened once. A context that closes them."""

    def __init__(self) -> None:
        self._shared: dict[Path, BinaryIO] = {}

    def chunks(self, content: Content) -> Iterator[bytes]:
        """Yield a member's bytes.

        Raises:
            OSError: a file cannot be read, or is shorter than it was.
        """
        match content:
            case bytes():
                yield content
            case Stretch():
                yield from self._stretch(content)
            case _:
                with content.open("rb") as own:
                    while chunk := own.read(_CHUNK):
                        yield chunk

    def _stretch(self, content: Stretch) -> Iterator[bytes]:
        file = self._shared.get(content.path)
        if file is None:
            # Without a buffer: members are asked for by name, so the next one lies anywhere.
            file = self._shared[content.path] = content.path.open("rb", buffering=0)
        at, left = content.start, content.size
        while left:
            chunk = os.pread(file.fileno(), min(left, _CHUNK), at)
            if not chunk:
                raise OSError(errno.EIO, "a file of ours became shorter", str(content.path))
            at += len(chunk)
            left -= len(chunk)
            yield chunk

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._shared.values():
            file.close()


def digest_of(content: Content) -> Sha256:
    """Return the SHA-256 of a member."""
    match content:
        case bytes():
            return sha256(content)
        case Stretch():
            return content.sha256
        case _:
            with content.open("rb") as file:
                return sha256_stream(file)[0]


def size_of(content: Content) -> int:
    """Return the length of a member in bytes."""
    match content:
        case bytes():
            return len(content)
        case Stretch():
            return content.size
        case _:
            return content.stat().st_size
