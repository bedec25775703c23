"""Command outputs on disk: a run of any size imports in bounded memory.

Knows numbers and bytes, nothing of commands. The file has no name and is gone when the spool is closed.
"""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

_IN_MEMORY = 4 << 20
"""Small runs never touch the disk; bytes."""
_WINDOW = 1 << 20
"""Outputs are written and, in about the same order, read so many bytes at a time."""


class OutputSpool:
    """Outputs by command number, each written in one piece or several."""

    def __init__(self, pieces: _Pieces | None = None) -> None:
        """Start with nothing, in a file of its own or in one that is another spool's."""
        self._pieces = _Pieces() if pieces is None else pieces
        self._owns_file = pieces is None
        self._parts: dict[int, list[tuple[int, int]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything; the file goes with the spool that made it."""
        if self._owns_file:
            self._pieces.close()
        self._parts.clear()

    def beside(self) -> OutputSpool:
        """Return a spool in the same file, with numbers of its own."""
        return OutputSpool(self._pieces)

    def append(self, number: int, data: bytes) -> None:
        """Add bytes to the output of a command; nothing is kept of an empty output."""
        if not data:
            return
        self._parts.setdefault(number, []).append((self._pieces.add(data), len(data)))

    def replace(self, number: int, data: bytes) -> None:
        """Set the output of a command, forgetting what was there."""
        self._parts.pop(number, None)
        self.append(number, data)

    def numbers(self) -> tuple[int, ...]:
        """Return the numbers that have an output, sorted."""
        return tuple(sorted(self._parts))

    def size(self, number: int) -> int:
        """Return the output's length in bytes, 0 if there is none."""
        return sum(length for _, length in self._parts.get(number, ()))

    def read(self, number: int, limit: int | None = None) -> bytes:
        """Return the output, or its first `limit` bytes; empty if there is none."""
        chunks = []
        left = limit
        for offset, length in self._parts.get(number, ()):
            want = length if left is None else min(length, left)
            chunks.append(self._pieces.read(offset, want))
            if left is not None:
                left -= want
                if not left:
                    break
        return b"".join(chunks)

    def tail(self, number: int, limit: int) -> bytes:
        """Return the last `limit` bytes of the output, where summaries of test runs stand."""
        chunks: list[bytes] = []
        left = limit
        for offset, length in reversed(self._parts.get(number, ())):
            want = min(length, left)
            chunks.append(self._pieces.read(offset + length - want, want))
            left -= want
            if not left:
                break
        return b"".join(reversed(chunks))

    def renumber(self, numbers: Mapping[int, int]) -> None:
        """Give outputs other numbers; one that is not in `numbers` is forgotten."""
        self._parts = {numbers[old]: parts for old, parts in self._parts.items() if old in numbers}

    def take(self, other: OutputSpool, number: int, own: int) -> None:
        """Give the output of a command in a spool beside this one a number in this one."""
        if number in other._parts:
            self._parts[own] = other._parts[number]


class _Pieces:
    """Bytes in a file without a name, told apart by where they begin."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by close()
        self._end = 0
        self._window = b""
        self._window_at = 0
        self._pending = bytearray()
        self._written = 0

    def close(self) -> None:
        self._file.close()

    def add(self, data: bytes) -> int:
        """Write bytes; return where they begin."""
        at = self._end
        self._end += len(data)
        self._pending += data
        if len(self._pending) >= _WINDOW:
            self._write()
        return at

    def read(self, at: int, size: int) -> bytes:
        """Return the bytes that begin there."""
        start = at - self._window_at
        if start < 0 or start + size > len(self._window):
            if at + size > self._written:
                self._write()
            self._file.seek(at)
            # What is written is never changed, so a window stays true; it only may end before what came later.
            self._window = self._file.read(max(size, _WINDOW))
            self._window_at, start = at, 0
        return self._window[start : start + size]

    def _write(self) -> None:
        self._file.seek(self._written)
        self._file.write(self._pending)
        self._written += len(self._pending)
        self._pending.clear()
