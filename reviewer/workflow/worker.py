"""A process of our own that runs some of the checks of an open packet, while others run the rest.

Opens the same packet by path and refuses if its key is another one. Reads one request from standard input, and ends
when that is closed: whoever asked is gone then. Says results as JSON lines.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from reviewer.errors import ReviewerError
from reviewer.packet.limits import Limits
from reviewer.workflow.checking import some
from reviewer.workflow.crossing import Request, say
from reviewer.workflow.open import open_packet

if TYPE_CHECKING:
    from reviewer.checks.finding import Mode

_GRACE = 2.0


class _Life:
    """Whether this process is still wanted."""

    def __init__(self) -> None:
        self.ended = False

    def end(self, *_: object) -> NoReturn:
        """Take the signal that asks to end: what was made for the work is removed on the way out."""
        self.ended = True
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise SystemExit(0)

    def over(self) -> bool:
        """Return whether to stop."""
        return self.ended

    def watch(self) -> None:
        """End this process when standard input is closed."""
        with contextlib.suppress(OSError, ValueError):
            while sys.stdin.buffer.read(1):
                pass
        if not self.ended:
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE)
        os._exit(1)


def main() -> None:
    """Be the worker."""
    # Syntax trees are millions of objects without a cycle: looking for one takes half of the time and finds nothing.
    gc.disable()
    life = _Life()
    signal.signal(signal.SIGTERM, life.end)
    # Whoever asked takes the key that interrupts, and tells us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=life.watch, daemon=True).start()
    request = Request(**{**told, "modes": tuple(told["modes"])})
    repository = None if request.repository is None else Path(request.repository)
    with (
        contextlib.suppress(ReviewerError),
        open_packet(Path(request.path), limits=Limits(**request.limits), repository=repository) as opened,
    ):
        if opened.packet.key != request.key:
            return
        modes = cast("tuple[Mode, ...]", request.modes)
        for result in some(
            opened, modes, judging=request.judging, python=request.python, cancelled=life.over, progress=_progress
        ):
            say({"result": asdict(result)})


def _progress(what: str) -> None:
    say({"progress": what})


if __name__ == "__main__":
    main()
    # What is left is memory, and giving it back object by object takes as long as a check.
    os._exit(0)
