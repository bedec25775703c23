"""An examination in a process of its own, so that the screen keeps its processor time and its memory.

The child opens the same packet by path and refuses if its key is not the one that is on the screen. It says what it
finds as JSON lines; nothing but facts crosses. It is our own program, and it runs nothing from the packet.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import ReviewerError
from reviewer.packet.limits import Limits
from reviewer.workflow.checking import check
from reviewer.workflow.crossing import Life, Request, result_of, say
from reviewer.workflow.integrity import prove
from reviewer.workflow.open import open_packet
from reviewer.workflow.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.checks.finding import CheckResult
    from reviewer.workflow.open import OpenedPacket

_POLITENESS = 5
GRACE = 3.0
"""Seconds that a child is given to end the tools that it runs."""


class ApartError(ReviewerError):
    """The examining process could not be started, or ended before it was done."""


def steps(
    opened: OpenedPacket,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
    python: str | None = None,
) -> Iterator[Proof | CheckResult]:
    """Yield the proof and then each check's result, worked out in a child process; close the iterator to end it.

    Args:
        opened: the packet.
        cancelled: asked at each thing that the child says; True ends it.
        progress: files of the proof, done and in all.
        python: the environment that calls are looked up in.

    Raises:
        ApartError: the child cannot be started, or ended without having said everything.
    """
    command = [sys.executable, "-I", "-m", __name__]
    try:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, isolated from the working directory
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise ApartError(f"the checks cannot be started: {error.strerror}") from error
    try:
        yield from _heard(child, Request.of(opened, python), cancelled, progress)
    finally:
        _end(child)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        child.wait()


def _end(child: subprocess.Popen[bytes]) -> None:
    # Asked first: it has to end the tools that it runs and to remove its copies.
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE)
    child.kill()


def _heard(
    child: subprocess.Popen[bytes],
    request: Request,
    cancelled: Callable[[], bool] | None,
    progress: Callable[[int, int], None] | None,
) -> Iterator[Proof | CheckResult]:
    if child.stdin is None or child.stdout is None:
        raise ApartError("the checks cannot be heard")
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(json.dumps(asdict(request)).encode())
        child.stdin.close()
    for line in child.stdout:
        if cancelled is not None and cancelled():
            return
        match json.loads(line):
            case {"progress": [done, whole]} if progress is not None:
                progress(done, whole)
            case {"proof": proof}:
                yield Proof(**proof)
            case {"result": result}:
                yield result_of(result)
            case {"refused": sentence}:
                raise ApartError(sentence)
            case {"done": True}:
                return
    raise ApartError("the checks ended before they were done")


def main() -> None:
    """Be the child: read a request from standard input, and say what is found on standard output."""
    with contextlib.suppress(OSError):
        os.nice(_POLITENESS)
    # Syntax trees are millions of objects without a cycle: looking for one takes half of the time and finds nothing.
    gc.disable()
    life = Life()
    signal.signal(signal.SIGTERM, life.end)
    request = Request(**json.load(sys.stdin))
    repository = None if request.repository is None else Path(request.repository)
    try:
        with open_packet(Path(request.path), limits=Limits(**request.limits), repository=repository) as opened:
            if opened.packet.key != request.key:
                raise ApartError(f"{request.path}: the packet was changed while it was open")
            proof = prove(opened, lambda done, whole: say({"progress": [done, whole]}))
            say({"proof": asdict(proof)})
            for result in check(opened, python=request.python, cancelled=life.over):
                say({"result": asdict(result)})
    except ReviewerError as error:
        say({"refused": error.sentence})
        return
    if life.ended:
        return
    say({"done": True})


if __name__ == "__main__":
    main()
    # What is left is memory, and giving it back object by object takes as long as a check.
    os._exit(0)
