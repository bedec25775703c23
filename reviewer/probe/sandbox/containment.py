"""How a cell can be shut in on this machine: tried once with a tiny run, best first.

What cannot be had is said in words. "none" is no containment at all: only limits, and a caller has to ask a person
again before anything runs.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from reviewer.probe.inside import calls

ContainmentKind: TypeAlias = Literal["bubblewrap", "namespaces", "none"]

NOT_CONTAINED = (
    "the network can be reached",
    "your home folder, keys and agents can be read and written",
    "files of this machine that you can write can be changed",
    "your other processes can be seen and ended",
    "what was started can outlive the run if it hides",
)
"""What nothing prevents where there is no containment."""


@dataclass(frozen=True, slots=True)
class Containment:
    """How runs are shut in.

    Attributes:
        kind: by what.
        not_contained: what is not prevented, in words for a person.
        program: of bubblewrap, "" otherwise.
        nests: programs inside can make namespaces of their own, as this bubblewrap cannot forbid it.
        why: what was tried in vain before.
    """

    kind: ContainmentKind
    not_contained: tuple[str, ...] = ()
    program: str = ""
    nests: bool = False
    why: tuple[str, ...] = ()


NONE = Containment("none", NOT_CONTAINED)
UNFILTERED = "all of the kernel can be reached from inside"
"""What is said on machines that `inside.calls` has no filter for."""


@functools.cache
def best() -> Containment:
    """Return the best containment that works here; a tiny run of each is made until one does."""
    tried: list[str] = []
    for candidate in candidates():
        failed = attempt(candidate)
        if not failed:
            if calls.program(os.uname().machine) is None:
                return replace(candidate, not_contained=(*candidate.not_contained, UNFILTERED))
            return candidate
        tried.append(f"{candidate.kind}: {failed}")
    return Containment("none", NOT_CONTAINED, why=tuple(tried))


def candidates() -> tuple[Containment, ...]:
    """Return what could work here, best first."""
    if sys.platform != "linux":
        return ()
    program = shutil.which("bwrap")
    if not program:
        return (Containment("namespaces"),)
    # Before 0.8, and where it is set-user-id, bubblewrap cannot forbid that more namespaces are made inside.
    older = Containment(
        "bubblewrap", ("more of the kernel can be reached from inside than is needed",), program, nests=True
    )
    return (Containment("bubblewrap", program=program), Containment("namespaces"), older)


def attempt(containment: Containment) -> str:
    """Return why a tiny run fails with this containment, "" if it works."""
    from reviewer.probe.sandbox.cell import Cell
    from reviewer.probe.sandbox.limits import Limits

    with tempfile.TemporaryDirectory(prefix="reviewer-cell-") as room:
        tree = Path(room, "tree")
        tree.mkdir()
        with Cell(Path(room), tree, containment=containment) as cell:
            run = cell.run(["/bin/sh", "-c", "exit 7"], limits=Limits(seconds=10))
    if run.ended == "exit" and run.code == 7:
        return ""
    return run.message or "a first run did not come back"
