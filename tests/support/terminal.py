"""Run a program in a real pseudo-terminal and answer its questions, with the standard library alone."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Conversation:
    """What the terminal showed, and how the program ended."""

    shown: str
    code: int


def converse(
    arguments: Sequence[str],
    replies: Sequence[tuple[str, str]],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    timeout: float = 60.0,
) -> Conversation:
    """Run a program and answer whenever what it shows ends in a question that is known.

    Args:
        arguments: program and arguments.
        replies: (pattern, answer): a regular expression for the end of what was shown since the last answer. The
            answer may refer to groups (`\\1`); "^C" sends an interrupt. The first pattern that fits is used.
        environment: all of it.
        cwd: where it runs.
        timeout: seconds after which it is ended.
    """
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(cwd)
        os.execve(arguments[0], list(arguments), dict(environment))  # noqa: S606 - a test's own program
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown, since, deadline = "", "", time.monotonic() + timeout
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.03)[0]:
            try:
                piece = os.read(terminal, 65_536).decode("utf-8", "replace")
            except OSError:
                break
            if not piece:
                break
            shown += piece
            since += piece
            continue
        for pattern, answer in replies:
            match = re.search(f"(?s:{pattern})\\s*\\Z", since)
            if match:
                since = ""
                os.write(terminal, b"\x03" if answer == "^C" else match.expand(answer).encode() + b"\n")
                break
    else:
        os.kill(pid, 9)
    os.close(terminal)
    _pid, status = os.waitpid(pid, 0)
    return Conversation(shown.replace("\r\n", "\n"), os.waitstatus_to_exitcode(status))
