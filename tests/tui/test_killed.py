"""The real program in a real terminal, killed without warning: what was done is there when it is opened again."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from typing import TYPE_CHECKING, NoReturn

from reviewer.errors import JournalError
from reviewer.review.journal import Journal
from reviewer.review.state import ReviewState, fold
from tests.support.packets import make_packet
from tests.support.repositories import hermetic_environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PROGRAM = "from reviewer.cli import main; main()"
_SECONDS = 40.0
_QUIET_SECONDS = 0.5


class Terminal:
    """`reviewer open` in a pseudo-terminal."""

    def __init__(self, packet: Path, environment: dict[str, str]) -> None:
        self.pid, self.end = pty.fork()
        if not self.pid:
            os.execve(sys.executable, [sys.executable, "-c", _PROGRAM, "open", str(packet)], environment)  # noqa: S606
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
        self.shown = b""

    def wait(self, met: Callable[[], bool]) -> None:
        """Read what is shown until something is so."""
        until = time.monotonic() + _SECONDS
        while not met():
            assert time.monotonic() < until, re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b" ", self.shown[-3000:])
            if select.select([self.end], [], [], 0.02)[0]:
                self.shown += os.read(self.end, 65_536)

    def settle(self) -> None:
        """Read until the packet is examined and nothing more is drawn."""
        self.wait(lambda: b"passed" in self.shown)
        self.rest()

    def rest(self) -> None:
        """Read until nothing is drawn for a moment."""
        while select.select([self.end], [], [], _QUIET_SECONDS)[0]:
            self.shown += os.read(self.end, 65_536)

    def type(self, keys: str) -> None:
        """Press keys, each when the one before has been answered, as a person would."""
        for key in keys[:-1]:
            os.write(self.end, key.encode())
            self.rest()
        os.write(self.end, keys[-1:].encode())

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.end)


def _state(root: Path) -> ReviewState:
    found = sorted(root.glob("state/**/*.jsonl"))
    if not found:
        return ReviewState()
    journal = Journal(found[0], "ana@example.org", clock=_never, new_id=_never)
    try:
        return fold(journal.load())
    except JournalError:  # read while the first line was being made
        return ReviewState()


def _never() -> NoReturn:
    raise AssertionError("reading asks for no time and no name")


def test_kill_at_any_moment_keeps_what_was_done(tmp_path: Path) -> None:
    packet = make_packet(tmp_path)
    environment = hermetic_environment(
        tmp_path / "home",
        TERM="xterm-256color",
        REVIEWER_STATE_DIR=str(tmp_path / "state"),
        REVIEWER_CONFIG_DIR=str(tmp_path / "config"),
        GIT_CONFIG_GLOBAL=str(tmp_path / "gitconfig"),
    )
    (tmp_path / "gitconfig").write_text("[user]\n name = Ana\n email = ana@example.org\n", encoding="utf-8")
    # Each round does one thing, and is killed as soon as it is on disk; the next has to find everything before it.
    rounds: tuple[tuple[str, Callable[[ReviewState], bool]], ...] = (
        ("", lambda state: state.started is not None),
        (" ", lambda state: len(state.seen) == 1),
        ("ian", lambda state: bool(state.seen) and len(state.answers) == 1),
        ("cwhy?\r", lambda state: bool(state.seen) and bool(state.answers) and len(state.comments) == 1),
    )
    for keys, met in rounds:
        terminal = Terminal(packet, environment)
        terminal.settle()
        terminal.type(keys)
        terminal.wait(lambda met=met: met(_state(tmp_path)))  # type: ignore[misc]
        terminal.kill()
    # A power cut in the middle of a write leaves half a line: it is cut off, and nothing before it is lost.
    (journal,) = tmp_path.glob("state/**/*.jsonl")
    with journal.open("ab") as end:
        end.write(b'{"v":1,"seq":99')
    terminal = Terminal(packet, environment)
    terminal.settle()
    terminal.type("y")
    terminal.kill()
    state = _state(tmp_path)
    assert (len(state.seen), len(state.answers), len(state.comments)) == (1, 1, 1)
