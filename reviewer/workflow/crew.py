"""Some of the checks of a large change in processes of their own, beside those that run here.

A change that is small is done before another process has started, so it gets none. A process that dies says nothing
more; who asked is told so, and what it had said by then counts. Closing the crew ends all of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from reviewer.workflow.crossing import Request, result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from types import TracebackType

    from reviewer.checks.finding import CheckResult, Mode
    from reviewer.workflow.open import OpenedPacket

LARGE = 600
"""Changed lines from which on another process pays: it takes about as long to start as so many take to examine."""
_GRACE = 2.0
_POLL = 0.1
_HEAVY: tuple[tuple[Mode, ...], ...] = (("plausible_wrong",), ("error_handling", "security_boundary"))
"""Checks that take long, by the process that they share; the first ones if there are few processors."""


def is_large(opened: OpenedPacket) -> bool:
    """Return whether a change is worth more than one process."""
    lines = 0
    for change in opened.changes:
        lines += sum(span.added + span.removed for span in change.spans)
        if lines >= LARGE:
            return True
    return False


def groups(modes: Collection[Mode], *, judging: bool) -> list[tuple[Mode, ...]]:
    """Return which checks get a process: those that judge what tools say, as an empty group, then heavy ones.

    Args:
        modes: of the checks that need no tools.
        judging: whether there are others.
    """
    processors = os.cpu_count() or 1
    if processors == 1:
        return []
    heavy = [tuple(mode for mode in group if mode in modes) for group in _HEAVY]
    found: list[tuple[Mode, ...]] = [()] if judging else []
    return [*found, *filter(None, heavy)][:processors]


@dataclass(slots=True)
class _Worker:
    """One process, and what it has said that nobody has taken yet; None is its end."""

    child: subprocess.Popen[bytes]
    said: queue.SimpleQueue[bytes | None] = field(default_factory=queue.SimpleQueue)
    over: bool = False

    def listen(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in self.child.stdout or ():
                self.said.put(line)
        self.said.put(None)


class Crew:
    """The processes of one examination."""

    def __init__(self, cancelled: Callable[[], bool] | None, progress: Callable[[str], None] | None) -> None:
        """Stand ready; nothing is started.

        Args:
            cancelled: asked all the time.
            progress: told what tools do now.
        """
        self._cancelled = cancelled
        self._progress = progress
        self._workers: dict[tuple[Mode, ...], _Worker] = {}

    def start(self, request: Request, group: tuple[Mode, ...], modes: Sequence[Mode]) -> bool:
        """Start a process for a group of checks, and return whether that was possible.

        Args:
            request: the packet.
            group: what it is asked for by; empty for the checks that judge what tools say.
            modes: to run.
        """
        wanted = replace(request, modes=tuple(modes), judging=not group)
        command = [sys.executable, "-I", "-m", "reviewer.workflow.worker"]
        try:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, isolated from the working directory
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError:
            return False
        worker = _Worker(child)
        self._workers[group] = worker
        if child.stdin is not None:
            with contextlib.suppress(OSError):
                child.stdin.write(json.dumps(asdict(wanted)).encode() + b"\n")
                child.stdin.flush()
        threading.Thread(target=worker.listen, daemon=True).start()
        return True

    def group_of(self, mode: Mode) -> tuple[Mode, ...] | None:
        """Return the group that runs a check elsewhere, None if it is to be run here."""
        return next((group for group in self._workers if mode in group), None)

    def has(self, group: tuple[Mode, ...]) -> bool:
        """Return whether a group has a process."""
        return group in self._workers

    def is_heard(self, group: tuple[Mode, ...]) -> bool:
        """Return whether a group's process has something to say, or has ended."""
        worker = self._workers[group]
        return worker.over or not worker.said.empty()

    def next(self, group: tuple[Mode, ...]) -> CheckResult | None:
        """Return the next result of a group, None if its process has ended or nobody wants more."""
        worker = self._workers[group]
        while not worker.over:
            if self._cancelled is not None and self._cancelled():
                return None
            try:
                line = worker.said.get(timeout=_POLL)
            except queue.Empty:
                continue
            worker.over = line is None
            told = _fact(line)
            if "result" in told:
                return result_of(told["result"])
            if "progress" in told and self._progress is not None:
                self._progress(str(told["progress"]))
        return None

    def close(self) -> None:
        """End all processes: they are asked first, since they have to end their tools and remove their copies."""
        until = time.monotonic() + _GRACE
        children = [worker.child for worker in self._workers.values()]
        self._workers.clear()
        for child in children:
            with contextlib.suppress(OSError):
                child.terminate()
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, until - time.monotonic()))
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _fact(line: bytes | None) -> dict[str, Any]:
    """Return what one line says; a process that was ended in the middle of one says nothing with it."""
    if line is None:
        return {}
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
