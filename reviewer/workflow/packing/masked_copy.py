"""One session log, masked on its way to the importer and copied as the importer saw it.

Knows bytes, the redactor and one file of ours. The log is read once: an agent may still be writing it, so what is
digested, masked, copied and imported has to be the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from reviewer.digest import Sha256
from reviewer.errors import BadTranscriptError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from reviewer.run.redact import Redactor

_HEAD = 1 << 16
_BUFFER = 1 << 18


class MaskedCopy:
    """A log and its masked copy; a context that closes both.

    Attributes:
        log: the log; `name` its copy in the packet, `path` on disk.
        size, lines: of what was read so far.
        found_size: bytes of the log when it was first looked at, for progress.
    """

    def __init__(self, log: Path, staging: Path, name: str, redactor: Redactor) -> None:
        """Look at the log.

        Raises:
            BadTranscriptError: it is not there, or not a plain file.
        """
        self.log = log
        self.name = name
        self.path = staging / name
        self.size = self.lines = 0
        self._redactor = redactor
        self._digest = hashlib.sha256()
        self._copy: BinaryIO | None = None
        self._open: list[BinaryIO] = []
        with self._file() as file:
            self.found_size = os.fstat(file.fileno()).st_size

    @property
    def sha256(self) -> Sha256:
        """The digest of what was read so far, before masking."""
        return Sha256(self._digest.hexdigest())

    def head(self) -> bytes:
        """Return the start of the log, to tell its format by."""
        with self._file() as file:
            return file.read(_HEAD)

    def open(self) -> BinaryIO:
        """Return the log from its start; digest, counts and copy start anew."""
        self._close()
        self.size = self.lines = 0
        self._digest = hashlib.sha256()
        for key in [key for key in self._redactor.counts if key[0] == self.name]:
            del self._redactor.counts[key]
        self._copy = self.path.open("wb")
        stream = cast("BinaryIO", io.BufferedReader(_Reader(self._file(), self), _BUFFER))
        self._open.append(stream)
        return stream

    def through(self, block: bytes) -> bytes:
        """Return whole lines with their secrets masked, and add them to the copy."""
        masked = self._redactor.json_lines(block, self.name)
        if self._copy is not None:
            self._copy.write(masked)
        self.lines += masked.count(b"\n") + (not masked.endswith(b"\n"))
        return masked

    def took(self, data: memoryview) -> None:
        """Count bytes that were read from the log."""
        self._digest.update(data)
        self.size += len(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        for stream in (*self._open, self._copy):
            if stream is not None:
                stream.close()
        self._open.clear()
        self._copy = None

    def _file(self) -> io.FileIO:
        try:
            descriptor = os.open(self.log, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise BadTranscriptError(f"{self.log}: cannot be read: {error.strerror}") from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise BadTranscriptError(f"{self.log}: is not a file; expected a session log")
        return io.FileIO(descriptor, "r")


class _Reader(io.RawIOBase):
    """The log's bytes, told to the copy as they pass."""

    def __init__(self, file: io.FileIO, copy: MaskedCopy) -> None:
        self._file = file
        self._copy = copy

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's buffer is private
        try:
            count = self._file.readinto(buffer) or 0
        except OSError as error:
            raise BadTranscriptError(f"{self._copy.log}: cannot be read: {error.strerror}") from None
        self._copy.took(memoryview(buffer)[:count])
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
