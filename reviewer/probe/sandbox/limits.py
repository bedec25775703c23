"""What one run may use, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.probed import Ran

if TYPE_CHECKING:
    from reviewer.checks.probed import Ended

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use.

    Attributes:
        seconds: of time.
        cpu_seconds: of processor time, each process.
        memory: bytes that all processes together hold for themselves.
        address_space: bytes each process may map; None for no limit, as some runtimes reserve far more than they use.
        processes: at one time.
        file_size: bytes of one file.
        disk: bytes written in all places together.
        output: bytes printed; the run ends when it prints more.
        report: bytes of the report file that are read; what is beyond is not looked at.
    """

    seconds: float = 600.0
    cpu_seconds: int = 3_600
    memory: int = 4_096 * MIB
    address_space: int | None = None
    processes: int = 256
    file_size: int = 512 * MIB
    disk: int = 1_024 * MIB
    output: int = 64 * MIB
    report: int = 64 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRun:
    """One command that was run in a cell, as it ended.

    Attributes:
        argv: the command.
        code: exit code, negative for a signal; None if it was ended from outside.
        ended: how.
        seconds: wall time of the command alone.
        cpu_seconds: processor time of all that was waited for.
        memory: most bytes seen in use at one time.
        tail: the end of what it printed, hostile bytes.
        report: what it wrote to the report file, hostile bytes.
        report_cut: the report went over its limit.
        message: why it could not be started, "" otherwise.
        seal: the key that it was given for its report, "" for none.
    """

    argv: tuple[str, ...]
    code: int | None
    ended: Ended
    seconds: float
    cpu_seconds: float = 0.0
    memory: int = 0
    tail: bytes = b""
    report: bytes = b""
    report_cut: bool = False
    message: str = ""
    seal: str = ""

    def told(self, tree: str) -> Ran:
        """Return it as a record: whose files it ran over is said in words by the caller."""
        tail = self.message or self.tail[-_TOLD:].decode("utf-8", "surrogateescape")
        return Ran(argv=self.argv, tree=tree, code=self.code, ended=self.ended, seconds=self.seconds, tail=tail)


_TOLD = 4_096
