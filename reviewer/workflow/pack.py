"""Make a packet: one change from git, the record of the run that made it, and the contract it was to keep.

Knows the order of the steps; each step is a module of `reviewer.workflow.packing`. No clock, host name or setting goes
in, so equal input gives equal bytes: commits, logs, contract, and the place of the repository, which logged paths are
compared with. Nothing is written before everything is known.
"""

from __future__ import annotations

import dataclasses
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.workflow.packing.apart import MaskingProcess
from reviewer.workflow.packing.request import Packed, PackRequest, Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.packet.limits import Limits

__all__ = ["PackRequest", "Packed", "Progress", "pack"]


def pack(request: PackRequest, progress: Progress | None = None, limits: Callable[[], Limits] | None = None) -> Packed:
    """Make a packet and return what was made.

    Args:
        request: what to pack and where to.
        progress: told what is being done, now and then; whatever it raises ends the work and leaves nothing behind.
        limits: asked in place of the request's, once the masking of a large log is under way.

    Raises:
        GitError: the repository or the range is not there, or the range is empty.
        BadTranscriptError: a session log cannot be read.
        BadInputError: the contract is wrong, the change does not fit into a packet, the place is taken, or the disk
            is full.
    """
    with tempfile.TemporaryDirectory(prefix="reviewer-pack-") as place, ExitStack() as held:
        staging = Path(place)
        ahead = None
        if request.sessions:
            # Which log is the first one is known: masking it takes a processor of its own from here on.
            ahead = MaskingProcess.worth_it(request.sessions[0], staging / "masked-ahead")
            if ahead is not None:
                held.enter_context(ahead)
        from reviewer.workflow.packing.making import make

        if limits is not None:
            request = dataclasses.replace(request, limits=limits())
        return make(request, staging, ahead, progress or _silent)


def _silent(_what: str, _done: int, _all: int) -> None:
    return
