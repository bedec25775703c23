"""Take a packet's bytes once, so that what was checked is what is shown and signed, whoever writes to the file then.

A mapped file changes with the file, and reading a page behind a new end kills the process. So the bytes are copied:
small ones into memory, others into a file without a name, of which only the pages in use count for this process.
"""

from __future__ import annotations

import mmap
import os
import shutil
import tempfile
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from reviewer.packet.limits import Limits

_IN_MEMORY = 1 << 20
_NO_DISK = 256 << 20
"""Bytes up to which the copy is kept off the disk, whose pace is not ours to choose."""
_PIECE = 1 << 20
_OVERHEAD = 1 << 10
"""Bytes of an archive for each member beside its content: two headers and twice the name, with room to spare."""


def most_bytes(limits: Limits) -> int:
    """Return how large an archive within the limits can be; nothing larger is worth a copy."""
    return limits.max_unpacked + (limits.max_members + 1) * _OVERHEAD


def take(file: BinaryIO, size: int) -> memoryview | None:
    """Return the first `size` bytes of an open file, which nobody else can change; None when it has fewer.

    Raises:
        OSError: it cannot be read.
    """
    if size > _IN_MEMORY and (copy := _copied(file, size)) is not None:
        return copy if len(copy) == size else None
    file.seek(0)
    data = file.read(size)
    return memoryview(data) if len(data) == size else None


def _copied(file: BinaryIO, size: int) -> memoryview | None:
    """Return the bytes from a file without a name, None when none can be made (no memory, a full disk)."""
    try:
        with _room(size) as room:
            shutil.copyfileobj(file, room, _PIECE)
            room.flush()
            length = min(size, room.tell())
            return memoryview(mmap.mmap(room.fileno(), length, access=mmap.ACCESS_READ)) if length else memoryview(b"")
    except OSError:
        return None


def _room(size: int) -> BinaryIO:
    if size <= _NO_DISK and hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("reviewer-packet", os.MFD_CLOEXEC), "w+b")
    return cast("BinaryIO", tempfile.TemporaryFile(prefix="reviewer-"))
