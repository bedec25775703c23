"""One session log, read once: its bytes digested, masked, and copied as the importer sees them.

Knows bytes, the redactor and one file of ours. An agent may still be writing the log, so what is digested, masked,
copied and imported has to be the same bytes. Also runs as a process of its own (`reviewer.workflow.packing.apart`), so
it imports little.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from typing import TYPE_CHECKING, BinaryIO, cast

from reviewer.errors import BadTranscriptError
from reviewer.run import whole_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reviewer.run.redact import Redactor
    from reviewer.workflow.packing.staged import StagedMember

_BUFFER = 1 << 18


class Reading:
    """What is known of a log from reading it.

    Attributes:
        size: bytes that were read.
        lines: in what was read.
        digest: SHA-256 of what was read, before masking.
    """

    def __init__(self) -> None:
        """Start with nothing read."""
        self.size = self.lines = 0
        self.digest = hashlib.sha256()


def masked_blocks(
    log: Path, name: str, redactor: Redactor, copy: StagedMember, reading: Reading
) -> Iterator[tuple[int, bytes]]:
    """Yield a log in stretches of whole lines with their secrets masked, each with its bytes before masking.

    Args:
        log: the file.
        name: its copy in the packet; masks are counted for it.
        redactor: masks and counts.
        copy: where what is yielded is kept.
        reading: filled on the way.

    Raises:
        BadTranscriptError: the log cannot be read.
    """
    with cast("BinaryIO", io.BufferedReader(_Reader(open_log(log), log, reading), _BUFFER)) as stream:
        for block in whole_lines.blocks(stream):
            masked = redactor.json_lines(block, name)
            copy.write(masked)
            reading.lines += masked.count(b"\n") + (not masked.endswith(b"\n"))
            yield len(block), masked


def open_log(log: Path) -> io.FileIO:
    """Return the log, open; it is nothing but a plain file.

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


class _Reader(io.RawIOBase):
    """The log's bytes, digested and counted as they pass."""

    def __init__(self, file: io.FileIO, log: Path, reading: Reading) -> None:
        self._file = file
        self._log = log
        self._reading = reading

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's buffer is private
        try:
            count = self._file.readinto(buffer) or 0
        except OSError as error:
            raise BadTranscriptError(f"{self._log}: cannot be read: {error.strerror}") from None
        self._reading.digest.update(memoryview(buffer)[:count])
        self._reading.size += count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
