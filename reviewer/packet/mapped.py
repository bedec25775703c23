"""Read through large mapped bytes without keeping them in memory.

What a process has read of a mapped file counts as its memory until it says that it is done. Knows bytes and maps only;
imports nothing that a first look at a packet could not afford.
"""

from __future__ import annotations

import hashlib
import mmap

from reviewer.digest import Sha256

_WINDOW = 4 << 20


def let_go(view: object) -> None:
    """Give back the memory of a mapped file that was read through once; what is needed again comes back by itself."""
    mapped = view.obj if isinstance(view, memoryview) else view
    if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def digest(view: memoryview) -> Sha256:
    """Return the digest of bytes, which never take more memory than a few megabytes while they are read."""
    state = hashlib.sha256()
    for start in range(0, len(view), _WINDOW):
        state.update(view[start : start + _WINDOW])
        let_go(view)
    return Sha256(state.hexdigest())
