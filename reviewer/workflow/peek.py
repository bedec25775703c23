"""The first rows of a packet's diff before anything else of it is read.

A person who opens a packet should see the change at once; the manifest, the digests and the checks follow. So this
module reads the archive's directory and maps one member: nothing here may import pydantic, git or a TOML reader. What
it shows is unverified until `open_packet` has taken it over.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from reviewer.diff.index import SLICE, IndexBuilder
from reviewer.packet.archive import ArchiveSource, open_source
from reviewer.packet.limits import DEFAULT_LIMITS, Limits
from reviewer.packet.mapped import let_go
from reviewer.packet.member import DIFF

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from reviewer.diff.model import DiffIndex
    from reviewer.packet.archive import PacketSource

FIRST = 64 << 10
"""Bytes of the diff that are indexed before `peek` returns: more rows than any screen has."""
_KEPT = 4 << 20
"""Bytes that are indexed before their memory is given back."""


class Peek:
    """The diff of a packet that is not opened yet. Close it, or hand it to `open_packet`.

    Attributes:
        path: the packet; name: what to call it.
        data: the diff, in place.
    """

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        """Map the diff; see `peek`."""
        self._source = open_source(path, limits)
        self.path = path
        self.name = path.name.removesuffix(".packet") or str(path)
        try:
            self.data = self._source.map(DIFF)
            self.rows = GrowingIndex(self.data)
        except BaseException:
            self._source.close()
            raise

    @property
    def index(self) -> DiffIndex:
        """The rows so far; it grows while somebody calls `step`."""
        return self.rows.index

    def step(self, max_bytes: int = SLICE) -> bool:
        """Index a little more and return whether all is done; any thread may call it."""
        return self.rows.step(max_bytes)

    def source(self, limits: Limits) -> PacketSource | None:
        """Return the open packet for `load`, None when it has to be opened anew.

        An archive's bytes were taken once and can be shared; a folder is read file by file, so it is read again.
        """
        return self._source if isinstance(self._source, ArchiveSource) and self._source.limits == limits else None

    def close(self) -> None:
        """Let go of the packet."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class GrowingIndex:
    """An index that several threads may drive forward; each slice is short, so that none of them waits long."""

    def __init__(self, data: memoryview | bytes) -> None:
        """Start over `data`."""
        self._builder = IndexBuilder(data)
        self._lock = threading.Lock()
        self._done = False
        self._kept_from = 0
        self.index = self._builder.index

    def step(self, max_bytes: int = SLICE) -> bool:
        """Index about `max_bytes` more and return whether all is done."""
        with self._lock:
            done = self._builder.step(max_bytes)
            here = self.index.indexed_bytes
            if (done and not self._done) or here - self._kept_from >= _KEPT:
                self._done, self._kept_from = done, here
                let_go(self.index.data)
            return done

    def finish(
        self, progress: Callable[[int, int], None] | None = None, cancelled: Callable[[], bool] | None = None
    ) -> DiffIndex:
        """Index the rest and return the index, complete unless `cancelled` said to stop."""
        total = len(self.index.data)
        while not (cancelled is not None and cancelled()):
            done = self.step()
            if progress is not None:
                progress(self.index.indexed_bytes, total)
            if done:
                break
        return self.index


def peek(path: Path, limits: Limits = DEFAULT_LIMITS) -> Peek:
    """Return the diff of a packet with its first rows indexed, unverified.

    Raises:
        BadPacketError: it is no packet, or breaks a rule of its form.
    """
    glance = Peek(path, limits)
    let_go(glance.data)
    glance.step(FIRST)
    return glance
