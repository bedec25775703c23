"""A place where one untrusted command at a time runs and ends, and nothing of it stays.

The first process inside is a program of ours that watches and reports (`inside.supervisor`); here its report is read
under bounds, and it is ended if it does not answer. Nothing waits for ever, from any thread.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from reviewer.probe.sandbox import bubblewrap
from reviewer.probe.sandbox.layout import HOME, OUT, PROGRAMS, Layout, lay_out
from reviewer.probe.sandbox.limits import CellRun, Limits
from reviewer.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reviewer.checks.probed import Ended
    from reviewer.probe.sandbox.containment import Containment

_TICK = 0.1
_GRACE = 20.0
_PIECE = 1 << 16
_MAX_END = 1 << 20
_SOURCES = Path(__file__).resolve().parent.parent / "inside"
_ENDINGS = frozenset({"exit", "time", "memory", "processes", "disk", "output", "cancelled", "broken"})


class Cell:
    """A place to run commands over one tree.

    Attributes:
        containment: how it is shut in.
        layout: what is shown where.
        tree: where the tree is, seen from inside.
        out: a folder for reports, seen from inside, empty at the start of each run.
        programs: our own programs, seen from inside.
    """

    def __init__(
        self,
        room: Path,
        tree: Path,
        *,
        containment: Containment,
        checkout: Path | None = None,
        readable: Sequence[Path] = (),
    ) -> None:
        """Prepare a cell; nothing is run.

        Args:
            room: a private folder where this cell may make folders of its own.
            tree: the folder with the files, as it lies on disk.
            containment: how to shut it in.
            checkout: the person's work tree; inside, the tree is at its path.
            readable: further places that can be read, at their own paths (an environment, an interpreter).
        """
        self.containment = containment
        self._own = Path(tempfile.mkdtemp(prefix="cell-", dir=room))
        for name in ("stage", "etc", "out", "home", "tmp"):
            (self._own / name).mkdir(mode=0o700)
        self._host_programs = self._own / "bin"
        shutil.copytree(_SOURCES, self._host_programs, ignore=shutil.ignore_patterns("__pycache__"))
        self._tree = tree.resolve()
        ours = _interpreter_folders() if containment.kind == "bubblewrap" else ()
        self.layout: Layout = lay_out(
            tree=self._tree,
            programs=self._host_programs,
            settings=self._own / "etc",
            checkout=checkout,
            readable=(*readable, *ours),
        )
        shut = containment.kind != "none"
        self.tree = self.layout.tree if shut else str(self._tree)
        self.out = OUT if shut else str(self._own / "out")
        self.programs = PROGRAMS if shut else str(self._host_programs)
        self.home = HOME if shut else str(self._own / "home")
        self.temporary = "/tmp" if shut else str(self._own / "tmp")  # noqa: S108 - in the cell, its own

    def __enter__(self) -> Self:
        """Return the cell."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what the cell made."""
        self.close()

    def close(self) -> None:
        """Remove what the cell made; the tree and the room belong to others."""
        remove(self._own)

    def give(self, name: str, data: bytes) -> None:
        """Put a file beside our own programs, where the next run can read it."""
        (self._host_programs / name).write_bytes(data)

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str = ".",
        environment: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        report: str = "report",
        seal: str = "",
        cancelled: Callable[[], bool] | None = None,
        on_report: Callable[[bytes], None] | None = None,
    ) -> CellRun:
        """Run a command to its end, or to the first limit.

        Args:
            argv: the command, its program first.
            cwd: a folder, relative to the tree.
            environment: variables beside the few that every run has.
            limits: what it may use.
            report: name of a file in `out` that is read while it grows.
            seal: a key that the command can read once, from a pipe; "" for none.
            cancelled: asked all the time; True ends the run.
            on_report: told each piece of the report as it comes.
        """
        limits = limits or Limits()
        orders = {**self._orders(argv, cwd, environment or {}, limits, report), "seal": seal}
        command = self._command(limits)
        try:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter with our own program, or bubblewrap
                command,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            return _broken(argv, f"{command[0]}: {error.strerror}")
        try:
            run = _Conversation(child, orders, limits, cancelled, on_report).hold(tuple(argv))
        finally:
            _end(child)
            if self.containment.kind == "none":
                self._empty()
        return run

    def _command(self, limits: Limits) -> list[str]:
        python = [sys.executable, "-I", "-S"]
        if self.containment.kind == "bubblewrap":
            inner = [*python, f"{PROGRAMS}/supervisor.py"]
            return bubblewrap.arguments(self.containment, self.layout, limits, inner)
        name = "namespaces.py" if self.containment.kind == "namespaces" else "supervisor.py"
        return [*python, str(self._host_programs / name)]

    def _orders(
        self, argv: Sequence[str], cwd: str, environment: Mapping[str, str], limits: Limits, report: str
    ) -> dict[str, Any]:
        shut = self.containment.kind != "none"
        bubbled = self.containment.kind == "bubblewrap"
        return {
            "argv": list(argv),
            "cwd": os.path.normpath(f"{self.tree}/{cwd}"),
            "env": {**self._environment(), **environment},
            "limits": asdict(limits),
            "contained": shut,
            "report": f"{self.out}/{report}",
            "stage": str(self._own / "stage"),
            "binds": [(bind.source, bind.target, bind.kind) for bind in self.layout.binds],
            "links": self.layout.links,
            "writable": self.layout.writable,
            "bounded": list(self.layout.writable) if bubbled else [],
            "measured": [self.tree] if bubbled else [] if shut else [self.tree, self.out, self.home, self.temporary],
        }

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
            "HOME": self.home,
            "TMPDIR": self.temporary,
            "USER": "cell",
            "LOGNAME": "cell",
            "SHELL": "/bin/sh",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "dumb",
            "NO_COLOR": "1",
        }

    def _empty(self) -> None:
        for name in ("out", "home", "tmp"):
            remove(self._own / name)
            (self._own / name).mkdir(mode=0o700)


class _Conversation:
    """What is said with the first process of a cell while it runs."""

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        orders: Mapping[str, Any],
        limits: Limits,
        cancelled: Callable[[], bool] | None,
        on_report: Callable[[bytes], None] | None,
    ) -> None:
        self._child = child
        self._orders = json.dumps(orders).encode("ascii") + b"\n"
        self._deadline = time.monotonic() + limits.seconds + _GRACE
        self._limits = limits
        self._cancelled = cancelled
        self._on_report = on_report
        self._buffer = b""
        self._report: list[bytes] = []
        self._size = 0
        self._complaint = b""
        self._end: dict[str, Any] | None = None

    def hold(self, argv: tuple[str, ...]) -> CellRun:
        """Give the orders, listen to the end, and return what came."""
        started = time.monotonic()
        stopped: Ended | None = None
        stdin, stdout, stderr = self._child.stdin, self._child.stdout, self._child.stderr
        if stdin is None or stdout is None or stderr is None:
            return _broken(argv, "it has no pipes")
        # Whoever does not read its orders must not keep us waiting.
        os.set_blocking(stdin.fileno(), False)
        with selectors.DefaultSelector() as selector:
            selector.register(stdin, selectors.EVENT_WRITE)
            selector.register(stdout, selectors.EVENT_READ)
            selector.register(stderr, selectors.EVENT_READ)
            while self._end is None and stdout in {key.fileobj for key in selector.get_map().values()}:
                for key, _ in selector.select(_TICK):
                    if key.fileobj is stdin:
                        if not self._give(key.fd):
                            selector.unregister(stdin)
                        continue
                    data = os.read(key.fd, _PIECE)
                    if not data:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is stdout:
                        self._listen(data)
                    else:
                        self._complaint = (self._complaint + data)[:_PIECE]
                if stopped is None and self._cancelled is not None and self._cancelled():
                    # A closed standard input is the order to end; what was found so far still comes.
                    stopped = "cancelled"
                    with contextlib.suppress(KeyError):
                        selector.unregister(stdin)
                    with contextlib.suppress(OSError):
                        stdin.close()
                    self._deadline = min(self._deadline, time.monotonic() + _GRACE)
                if time.monotonic() > self._deadline:
                    stopped = stopped or "time"
                    break
        return self._told(argv, stopped, time.monotonic() - started)

    def _give(self, descriptor: int) -> bool:
        """Write the next piece of the orders; return whether there is more."""
        try:
            self._orders = self._orders[os.write(descriptor, self._orders[:_PIECE]) :]
        except BlockingIOError:
            return True
        except OSError:
            return False
        return bool(self._orders)

    def _listen(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= 5:
            kind, length = self._buffer[:1], int.from_bytes(self._buffer[1:5], "big")
            if length > _MAX_END:
                self._end = {"ended": "broken", "message": "it answered in an unknown way"}
                return
            if len(self._buffer) < 5 + length:
                return
            payload, self._buffer = self._buffer[5 : 5 + length], self._buffer[5 + length :]
            if kind == b"R":
                self._size += len(payload)
                self._report.append(payload)
                if self._on_report is not None:
                    self._on_report(payload)
            else:
                try:
                    self._end = dict(json.loads(payload))
                except (ValueError, TypeError):
                    self._end = {"ended": "broken", "message": "it answered in an unknown way"}

    def _told(self, argv: tuple[str, ...], stopped: Ended | None, seconds: float) -> CellRun:
        end = self._end
        if end is None:
            lines = self._complaint.decode("utf-8", "replace").strip().split("\n")
            message = "" if stopped else display_safe(lines[-1]) or "it ended without a word"
            return CellRun(
                argv=argv,
                code=None,
                ended=stopped or "broken",
                seconds=seconds,
                report=b"".join(self._report),
                message=message,
            )
        ended = end.get("ended")
        try:
            tail = base64.b64decode(end.get("tail", ""))
        except (binascii.Error, TypeError, ValueError):
            tail = b""
        return CellRun(
            argv=argv,
            code=end.get("code"),
            ended=stopped or (ended if ended in _ENDINGS else "broken"),
            seconds=float(end.get("seconds", seconds)),
            cpu_seconds=float(end.get("cpu", 0.0)),
            memory=int(end.get("memory", 0)),
            tail=tail,
            report=b"".join(self._report),
            report_cut=self._size >= self._limits.report,
            message=display_safe(str(end.get("message", ""))),
        )


def remove(folder: Path | bytes) -> None:
    """Remove a folder that untrusted programs wrote in: links are not followed, closed folders in it are opened."""
    top = os.fspath(folder)

    def open_up(_function: object, path: str, _error: object) -> None:
        with contextlib.suppress(OSError):
            # What lies above the folder is not ours to open.
            if os.fspath(path) != top:
                os.chmod(os.path.dirname(path), 0o700)  # noqa: PTH101, PTH120 - strings from the library
            if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114 - as above
                os.chmod(path, 0o700)  # noqa: PTH101 - as above
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)  # noqa: PTH108 - as above

    shutil.rmtree(folder, onerror=open_up)
    shutil.rmtree(folder, ignore_errors=True)


def _interpreter_folders() -> tuple[Path, ...]:
    """Return what our own interpreter needs to start inside, where another program makes the cell."""
    links = [Path(sys.executable)]
    while links[-1].is_symlink() and len(links) < 16:
        links.append(Path(os.path.normpath(links[-1].parent / links[-1].readlink())))
    return tuple(dict.fromkeys([*(link.parent.parent for link in links), Path(sys.base_prefix)]))


def _broken(argv: Sequence[str], message: str) -> CellRun:
    return CellRun(argv=tuple(argv), code=None, ended="broken", seconds=0.0, message=message)


def _end(child: subprocess.Popen[bytes]) -> None:
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    try:
        child.wait(2.0)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
