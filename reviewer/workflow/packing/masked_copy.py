"""One session log and its masked copy, made here or in a process beside this one.

Knows which of the two it is, and hides it: either way the log is read once, and importers see what the copy holds.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, Self

from reviewer.digest import Sha256
from reviewer.errors import BadTranscriptError
from reviewer.workflow.packing.apart import MaskingProcess, Told
from reviewer.workflow.packing.compressed import open_log, open_unpacked
from reviewer.workflow.packing.masking import Reading, masked_blocks
from reviewer.workflow.packing.staged import StagedMember

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from reviewer.run.redact import Redactor

_HEAD = 1 << 16


class MaskedCopy:
    """A log and its masked copy; a context that closes both.

    Attributes:
        log: the log; `name` its copy in the packet.
        found_size: bytes of the log when it was first looked at, for progress.
    """

    def __init__(
        self, log: Path, staging: Path, name: str, redactor: Redactor, ahead: MaskingProcess | None = None
    ) -> None:
        """Look at the log.

        Args:
            log: the log.
            staging: a folder of ours, where the copy goes.
            name: of the copy in the packet.
            redactor: masks, and counts for the copy.
            ahead: a process that masks this log already; its context is the caller's.

        Raises:
            BadTranscriptError: it is not there, or not a plain file.
        """
        self.log = log
        self.name = name
        self._path = staging / name
        self._redactor = redactor
        self._ahead = ahead
        self._held = ExitStack()
        self._told: Told | None = None
        with open_log(log) as file:
            self.found_size = os.fstat(file.fileno()).st_size

    @property
    def told(self) -> Told:
        """What is known of the log after it was read to its end."""
        if self._told is None:
            raise BadTranscriptError(f"{self.log}: was not read to its end")
        return self._told

    def head(self) -> bytes:
        """Return the start of the log, to tell its format by."""
        with open_unpacked(self.log) as file:
            return file.read(_HEAD)

    def raw(self) -> BinaryIO:
        """Return the log as it is, unmasked, for who only wants to look at its form."""
        return open_unpacked(self.log)

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield the log from its start in masked stretches of whole lines, each with its bytes before masking.

        Raises:
            BadTranscriptError: it cannot be read.
        """
        process, self._ahead = self._ahead, None
        if process is None:
            process = MaskingProcess.worth_it(self.log, self._path, self.name)
            if process is not None:
                self._held.enter_context(process)
        counts = self._redactor.counts
        for key in [key for key in counts if key[0] == self.name]:
            del counts[key]
        if process is None:
            yield from self._here()
            return
        yield from process.blocks()
        self._told = process.told
        counts.update({(self.name, rule): count for rule, count in self.told.masks.items()})

    def _here(self) -> Iterator[tuple[int, bytes]]:
        reading = Reading()
        with StagedMember(self._path) as copy:
            yield from masked_blocks(self.log, self.name, self._redactor, copy, reading)
        self._told = Told(
            Sha256(reading.digest.hexdigest()), reading.size, reading.lines, reading.damage, copy.stretch(), {}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()
