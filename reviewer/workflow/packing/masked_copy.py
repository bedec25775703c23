"""One session log and its masked copy, made here or in a process beside this one.

Knows which of the two it is, and hides it: either way the log is read once, and importers see what the copy holds.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Self

from reviewer.digest import Sha256
from reviewer.errors import BadTranscriptError
from reviewer.packet import member
from reviewer.run import whole_lines
from reviewer.run.importers.form import is_lines, plain
from reviewer.run.importers.importer import LogSource
from reviewer.workflow.packing.apart import MaskingProcess, Told
from reviewer.workflow.packing.compressed import open_log, open_unpacked
from reviewer.workflow.packing.masking import Reading, masked_blocks
from reviewer.workflow.packing.staged import StagedMember

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from reviewer.packet.member import TranscriptForm
    from reviewer.run.redact import Redactor
    from reviewer.workflow.packing.chosen import ChosenLog


class MaskedCopy:
    """A log and its masked copy; a context that closes both.

    Attributes:
        log: the log.
        number: its place among the logs of the packet, from 1.
        found_size: bytes of the log when it was first looked at, for progress.
    """

    def __init__(
        self, log: ChosenLog, number: int, staging: Path, redactor: Redactor, ahead: MaskingProcess | None = None
    ) -> None:
        """Look at the log.

        Args:
            log: the log.
            number: from 1.
            staging: a folder of ours, where the copy goes.
            redactor: masks, and counts for the copy.
            ahead: a process that masks this log already; its context is the caller's.

        Raises:
            BadTranscriptError: it is not there, or not a plain file.
        """
        self.log = log
        self.number = number
        self._path = staging / f"masked-{number}"
        self._redactor = redactor
        self._ahead = ahead
        self._held = ExitStack()
        self._told: Told | None = None
        with open_log(log.path) as file:
            self.found_size = os.fstat(file.fileno()).st_size

    @property
    def told(self) -> Told:
        """What is known of the log after it was read to its end."""
        if self._told is None:
            raise BadTranscriptError(f"{self.log.path}: was not read to its end")
        return self._told

    @cached_property
    def form(self) -> TranscriptForm:
        """What its content is: JSON lines, one JSON document, or else Markdown or plain text."""
        if not plain(self.head()).lstrip(b" \t\r\n\0").startswith((b"{", b"[")):
            return "md"
        return "jsonl" if is_lines(self.head()) else "json"

    @cached_property
    def name(self) -> str:
        """The copy's name in the packet."""
        return member.transcript_name(self.number, self.form)

    def head(self) -> bytes:
        """Return the start of the log, to tell its format by."""
        return self._head

    @cached_property
    def _head(self) -> bytes:
        with open_unpacked(self.log.path) as file:
            return whole_lines.head(file)

    def source(self) -> LogSource:
        """Return the log as importers take it."""
        return LogSource(name=self.name, size=self.found_size, open=self.raw, agent=self.log.agent, blocks=self.blocks)

    def raw(self) -> BinaryIO:
        """Return the log as it is, unmasked, for who only wants to look at its form."""
        return open_unpacked(self.log.path)

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield the log from its start in masked stretches of whole lines, each with the bytes that it took on disk.

        Raises:
            BadTranscriptError: it cannot be read.
        """
        process, self._ahead = self._ahead, None
        if process is None:
            process = MaskingProcess.worth_it(self.log.path, self._path)
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

    def finish(self) -> None:
        """Read what no importer has read to its end, so that the copy is whole."""
        if self._told is None:
            for _ in self.blocks():
                pass

    def _here(self) -> Iterator[tuple[int, bytes]]:
        reading = Reading()
        with StagedMember(self._path) as copy:
            yield from masked_blocks(self.log.path, self.name, self._redactor, copy, reading)
        self._told = Told(
            Sha256(reading.digest.hexdigest()), reading.size, reading.lines, reading.damage, copy.stretch(), {}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()
