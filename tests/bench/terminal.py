"""Run a program on a pseudo-terminal and time what a person sees of it.

Bytes are stamped as they arrive and looked at afterwards, so that looking costs the measured program nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ESCAPES = re.compile(rb"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]|\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>()][A-Z0-9]?")
# Questions that terminal programs wait for; a real terminal answers them at once.
_ANSWERS = (
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b]11;?", b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\"),
    (b"\x1b]10;?", b"\x1b]10;rgb:d0d0/d0d0/d0d0\x1b\\"),
    (b"\x1b[?u", b"\x1b[?0u"),
)


@dataclass
class Watch:
    """What was seen: seconds from the start to the matching text, seconds from each key to the first new bytes, MiB."""

    shown: float | None = None
    keys: list[float] = field(default_factory=list)
    resident: float = 0.0
    tail: bytes = b""


def watch(
    command: Sequence[str],
    *,
    until: str,
    keys: Sequence[bytes] = (),
    size: tuple[int, int] = (160, 45),
    limit: float = 60.0,
    environment: dict[str, str] | None = None,
    settle: float = 0.6,
) -> Watch:
    """Run `command`, wait for text matching `until`, press `keys` one by one, and end it.

    Args:
        command: program and arguments.
        until: regular expression over the text without escape sequences.
        keys: bytes of each key; the next is pressed when the screen has been quiet for 80 ms.
        size: columns and rows.
        limit: seconds to wait for the text.
        environment: added to the environment.
        settle: quiet seconds before the first key, so that late work (highlighting, checks) is over.
    """
    seen = Watch()
    pid, terminal = pty.fork()
    if pid == 0:
        surroundings = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | (environment or {})
        os.execvpe(command[0], list(command), surroundings)  # noqa: S606 - the command is the benchmark's own
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    start = time.perf_counter()
    wanted = re.compile(until.encode())
    raw = b""
    while time.perf_counter() - start < limit:
        stamp, chunk = _read(terminal, 0.5)
        raw = (raw + chunk)[-400_000:]
        if chunk and wanted.search(_ESCAPES.sub(b"", raw)):
            seen.shown = stamp - start
            break
        if chunk == b"" and stamp == 0.0 and not _alive(pid):
            break
    seen.tail = _ESCAPES.sub(b"", raw)[-2_000:]
    if seen.shown is not None:
        _drain(terminal, settle)
        for key in keys:
            pressed = time.perf_counter()
            os.write(terminal, key)
            stamp, chunk = _read(terminal, 5.0)
            if chunk:
                seen.keys.append(stamp - pressed)
            _drain(terminal, 0.08)
        seen.resident = _peak(pid)
    _end(pid, terminal)
    return seen


def _read(terminal: int, wait: float) -> tuple[float, bytes]:
    ready, _, _ = select.select([terminal], [], [], wait)
    if not ready:
        return 0.0, b""
    try:
        chunk = os.read(terminal, 1 << 16)
    except OSError:
        return 0.0, b""
    for question, answer in _ANSWERS:
        if question in chunk:
            os.write(terminal, answer)
    return time.perf_counter(), chunk


def _drain(terminal: int, quiet: float) -> None:
    while _read(terminal, quiet)[1]:
        pass


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found.group(1)) / 1024 if found else 0.0


def _alive(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def _end(pid: int, terminal: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)
    os.close(terminal)
