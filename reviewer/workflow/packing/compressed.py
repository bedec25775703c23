"""A session log as bytes, also where its program keeps it compressed (gzip, RFC 1952; Zstandard, RFC 8878).

Knows files and the two forms, by their first bytes. A small file can stand for a huge one: what comes out is bounded.
What is damaged ends where the damage begins, and that is told, since the rest of the log is worth having.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from typing import TYPE_CHECKING, BinaryIO, cast

from reviewer.errors import BadTranscriptError
from reviewer.text import plural

if TYPE_CHECKING:
    from pathlib import Path

MAX_UNPACKED = 4 << 30
"""A compressed log is not read beyond this, bytes."""
_FREE = 512 << 20
_MAX_RATIO = 250
"""Logs shrink to a tenth or a fiftieth; beyond this one was made to be large. Asked of large ones only."""
_WINDOW = 1 << 27
"""What a reader of Zstandard has to hold at most, bytes: `zstd --ultra -22` asks for as much, programs for less."""
_BUFFER = 1 << 18
_ZSTD, _GZIP = b"\x28\xb5\x2f\xfd", b"\x1f\x8b"


def open_log(log: Path) -> io.FileIO:
    """Return the log as it is on disk, open; it is nothing but a plain file.

    Raises:
        BadTranscriptError: it is not there, or not a plain file.
    """
    try:
        descriptor = os.open(log, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise BadTranscriptError(f"{log}: cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadTranscriptError(f"{log}: is not a file; expected a session log")
    return io.FileIO(descriptor, "r")


def open_unpacked(log: Path) -> BinaryIO:
    """Return the content of a log, decompressed where it has to be.

    Raises:
        BadTranscriptError: as `open_log`.
    """
    return unpacked(open_log(log), log)


def unpacked(raw: io.RawIOBase, log: Path) -> BinaryIO:
    """Return the content of an open log, decompressed where it has to be; the log is closed with it.

    Reading raises BadTranscriptError where the log stands for more than it may.
    """
    file = io.BufferedReader(raw, _BUFFER)
    start = file.peek(4)[:4]
    content: io.BufferedIOBase
    broken: tuple[type[Exception], ...]
    if start.startswith(_GZIP):
        content, broken = (
            cast("io.BufferedIOBase", gzip.GzipFile(fileobj=file, mode="rb")),
            (OSError, EOFError, zlib.error),
        )
    elif start == _ZSTD:
        import zstandard  # seldom needed

        reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        content = cast("io.BufferedIOBase", reader.stream_reader(file, read_across_frames=True, closefd=False))
        broken = (zstandard.ZstdError,)
    else:
        return cast("BinaryIO", file)
    return cast("BinaryIO", io.BufferedReader(Unpacked(content, cast("BinaryIO", file), log, broken), _BUFFER))


def damage_of(content: BinaryIO) -> str:
    """Return why a content from here ends before its end, one sentence; "" if it does not."""
    packed = getattr(content, "raw", None)
    return packed.damage if isinstance(packed, Unpacked) else ""


class Unpacked(io.RawIOBase):
    """What a compressed log holds.

    Attributes:
        damage: why it ends before its end, one sentence; "" if it does not.
    """

    def __init__(
        self, content: io.BufferedIOBase, file: BinaryIO, log: Path, broken: tuple[type[Exception], ...]
    ) -> None:
        """Take the decompressed content, the file that it is read from, and the errors that mean damage."""
        self.damage = ""
        self._broken = broken
        self._content = content
        self._file = file
        self._log = log
        self._done = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's buffer is private
        """Read on; what is damaged counts as the end.

        Raises:
            BadTranscriptError: it unpacks to more than it may.
        """
        if self.damage:
            return 0
        try:
            data = self._content.read1(len(buffer))
        except self._broken:
            self.damage = f"its compressed form is cut or damaged after {plural(self._done, 'byte')} of content"
            return 0
        self._done += len(data)
        self._bound()
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the log."""
        self._content.close()
        self._file.close()
        super().close()

    def _bound(self) -> None:
        packed = max(1, self._file.tell())
        if self._done > MAX_UNPACKED or (self._done > _FREE and self._done > packed * _MAX_RATIO):
            raise BadTranscriptError(
                f"{self._log}: {packed:,} compressed bytes stand for more than {self._done:,}; it was not read on",
                hint="decompress it yourself if you trust where it comes from",
            )
