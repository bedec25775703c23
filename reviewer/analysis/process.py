"""Runs one of the tools that are installed with this program, shut in: own environment, no home, hard limits.

Knows processes and limits; nothing of what a tool says. Output goes to files of bounded size, never to a pipe that
could fill memory.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.checks.finding import ToolRun
from reviewer.errors import ReviewerError
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MIB = 1 << 20
_POLL = 0.01
_NO_FOLDER = "/nonexistent"
_ROOM = "ROOM"
_ARGUMENTS = 40
_ARGUMENT = 300

# The limits are set in the child, after the fork and before the tool: by a small program, as code between fork and exec
# is not safe in a process with threads. A limit that a system does not know is left out.
_LIMITED = """
import os, resource, signal, sys
names = ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_CORE")
for name, value in zip(names, map(int, sys.argv[1:5])):
    try:
        resource.setrlimit(getattr(resource, name), (value, value))
    except (AttributeError, ValueError, OSError):
        pass
# Python ignores these, and what is ignored stays so across exec.
for name in ("SIGXFSZ", "SIGPIPE"):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
os.execv(sys.argv[5], sys.argv[5:])
"""


class ToolError(ReviewerError):
    """A tool is not installed, broke, said what cannot be read, or went over its limits."""


class CancelledError(ReviewerError):
    """Nobody wants the answer any more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run of a tool may use: seconds of time, of processor time, bytes of address space, bytes written."""

    seconds: float = 120.0
    cpu_seconds: int = 240
    memory: int = 16_384 * MIB
    written: int = 64 * MIB


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool left: exit code, output, the end of what it complained about, seconds."""

    code: int
    stdout: bytes
    complaint: str
    seconds: float


class Tool:
    """A program that came with this one's dependencies."""

    def __init__(self, name: str) -> None:
        """Stand for the program of the distribution with the same name; it is looked for when asked for."""
        self.name = name

    @property
    def version(self) -> str:
        """The installed version.

        Raises:
            ToolError: it is not installed.
        """
        try:
            return metadata.version(self.name)
        except metadata.PackageNotFoundError as error:
            raise ToolError(f"{self.name} is not installed", hint="reinstall review-packet") from error

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"

    @property
    def program(self) -> Path:
        """The absolute path of the program, as its own installation lists it; PATH is not asked.

        Raises:
            ToolError: it is not installed.
        """
        _ = self.version
        for file in metadata.files(self.name) or ():
            if file.name in {self.name, f"{self.name}.exe"} and file.parent.name.lower() in {"bin", "scripts"}:
                place = Path(os.path.abspath(str(file.locate())))  # noqa: PTH100 - `..` only, links are kept
                if place.is_file():
                    return place
        raise ToolError(f"{self.name} is installed without its program", hint="reinstall review-packet")

    def run(
        self,
        arguments: Sequence[str],
        *,
        room: Path,
        folder: Path,
        cancelled: Callable[[], bool] | None = None,
        limits: Limits | None = None,
        log: list[ToolRun] | None = None,
    ) -> Outcome:
        """Run it to its end.

        Args:
            arguments: what follows the program's name.
            room: a private folder for its output, its home and its temporary files.
            folder: the working directory.
            cancelled: asked all the time; True ends the run.
            limits: what it may use.
            log: takes what was run, with placeholders for the names of temporary folders; any thread may add to it.

        Raises:
            ToolError: it is not there, cannot be started, or went over its limits.
            CancelledError: it was cancelled.
        """
        limits = limits or Limits()
        home = room / f"{self.name}-home"
        home.mkdir(exist_ok=True)
        outputs = room / f"{self.name}-out", room / f"{self.name}-err"
        numbers = (limits.cpu_seconds, limits.memory, limits.written, 0)
        command = [sys.executable, "-I", "-S", "-c", _LIMITED, *map(str, numbers), str(self.program), *arguments]
        started = time.perf_counter()
        with outputs[0].open("wb") as stdout, outputs[1].open("wb") as stderr:
            try:
                child = subprocess.Popen(  # noqa: S603 - our own interpreter and a program of our own installation
                    command,
                    cwd=folder,
                    env=_environment(home),
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    start_new_session=True,
                )
            except OSError as error:
                raise ToolError(f"{self.name} cannot be started: {error.strerror}") from error
            try:
                code = self._wait(child, limits.seconds, cancelled)
            finally:
                _end(child)
        seconds = time.perf_counter() - started
        if log is not None:
            log.append(ToolRun(tool=self.title, argv=self._argv(arguments, room), seconds=seconds, code=code))
        said, complaint = (_head(place, limits.written) for place in outputs)
        if code < 0:
            reason = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            raise ToolError(f"{self.title} was ended by {reason}: it went over its limits, or broke")
        return Outcome(code, said, _last_line(complaint.replace(os.fsencode(room), b"")), seconds)

    def _argv(self, arguments: Sequence[str], room: Path) -> tuple[str, ...]:
        shown = [self.name, *(clip(argument.replace(str(room), _ROOM), _ARGUMENT) for argument in arguments)]
        left = len(shown) - _ARGUMENTS
        return tuple(shown) if left <= 0 else (*shown[:_ARGUMENTS], f"(and {left:,} more)")

    def _wait(self, child: subprocess.Popen[bytes], seconds: float, cancelled: Callable[[], bool] | None) -> int:
        deadline = time.monotonic() + seconds
        while True:
            try:
                return child.wait(_POLL)
            except subprocess.TimeoutExpired:
                if cancelled is not None and cancelled():
                    raise CancelledError(f"{self.name} was cancelled") from None
                if time.monotonic() > deadline:
                    raise ToolError(f"{self.title} did not end within {seconds:g} seconds") from None


def _environment(home: Path) -> dict[str, str]:
    return {
        "PATH": _NO_FOLDER,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "XDG_CACHE_HOME": str(home),
        "TMPDIR": str(home),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        # Two tools run side by side, and a person works beside them.
        "RAYON_NUM_THREADS": "2",
        "TY_MAX_PARALLELISM": "2",
    }


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.returncode is None:
        # The whole session: what the tool started ends with it.
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _head(place: Path, limit: int) -> bytes:
    with place.open("rb") as stream:
        return stream.read(limit)


def _last_line(data: bytes) -> str:
    lines = [line for line in data.split(b"\n") if line.strip()]
    return clip(display_safe(lines[-1]), 300) if lines else ""
