"""One session log, read once: its bytes digested, decompressed, masked, and copied as the importer sees them.

Knows bytes, the redactor and one file of ours. An agent may still be writing the log, so what is digested, masked,
copied and imported has to be the same bytes. Also runs as a process of its own (`reviewer.workflow.packing.apart`), so
it imports little.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run import whole_lines
from reviewer.run.secrets import block as secret_block
from reviewer.workflow.packing.compressed import damage_of, open_log, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from reviewer.run.redact import Redactor
    from reviewer.workflow.packing.staged import StagedMember

_BUFFER = 1 << 18


class Reading:
    """What is known of a log from reading it.

    Attributes:
        size: bytes that were read, as they are on disk.
        lines: in what they stand for.
        damage: why its content ends before its end, "" if it does not.
        digest: SHA-256 of what was read, before it was decompressed and masked.
    """

    def __init__(self) -> None:
        """Start with nothing read."""
        self.size = self.lines = 0
        self.damage = ""
        self.digest = hashlib.sha256()


def masked_blocks(
    log: Path, name: str, redactor: Redactor, copy: StagedMember, reading: Reading
) -> Iterator[tuple[int, bytes]]:
    """Yield a log in stretches of whole lines with their secrets masked, each with the bytes that it took on disk.

    Args:
        log: the file.
        name: its copy in the packet; masks are counted for it.
        redactor: masks and counts.
        copy: where what is yielded is kept.
        reading: filled on the way.

    Raises:
        BadTranscriptError: the log cannot be read.
    """
    raw = _Reader(open_log(log), log, reading)
    with unpacked(raw, log) as stream:
        told, is_open = 0, False
        for block in _with_whole_keys(whole_lines.blocks(stream)):
            masked = redactor.json_lines(block, name)
            copy.write(masked)
            reading.lines += masked.count(b"\n")
            is_open = not masked.endswith(b"\n")
            yield reading.size - told, masked
            told = reading.size
        reading.lines += is_open
        reading.damage = damage_of(stream)
        if reading.damage:
            # The digest is of the whole file, also of what nobody can read.
            while raw.read(_BUFFER):
                pass


def _with_whole_keys(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield stretches of whole lines, cut so that no private key goes over a cut."""
    held = b""
    for block in blocks:
        stretch = held + block if held else block
        cut = secret_block.open_key(stretch)
        if cut:
            yield stretch[:cut]
        held = stretch[cut:]
    if held:
        yield held


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

    def tell(self) -> int:
        return self._reading.size

    def close(self) -> None:
        self._file.close()
        super().close()
