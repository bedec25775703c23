"""Cells, environments and tiny repositories for tests of what runs tests."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.probe.change import Change
from reviewer.probe.files import Files
from reviewer.probe.frameworks.pytest_run import Pytest
from reviewer.probe.sandbox import containment
from reviewer.probe.sandbox.containment import Containment
from reviewer.probe.sandbox.environment import PythonPlace, python_place
from reviewer.probe.sandbox.limits import MIB, CellRun, Limits
from reviewer.probe.suite import Watch
from reviewer.probe.workshop import Workshop
from tests.support.cases import DictTree, make_case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewer.probe.frameworks.framework import Framework
    from reviewer.probe.sandbox.cell import Cell

SMALL = Limits(
    seconds=30, cpu_seconds=60, memory=512 * MIB, processes=48, disk=48 * MIB, output=4 * MIB, report=4 * MIB
)
CHECKOUT = Path(__file__).resolve().parents[2]

_REASONS: dict[str, str] = {}


def shut(kind: str) -> Containment | None:
    """Return a containment of this kind, None where it does not work here (`why_not` says why)."""
    found = (
        Containment("bubblewrap", program=shutil.which("bwrap") or "")
        if kind == "bubblewrap"
        else Containment("namespaces")
    )
    if kind not in _REASONS:
        here = sys.platform == "linux" and (kind != "bubblewrap" or found.program)
        _REASONS[kind] = containment.attempt(found) if here else "it is not installed"
    return None if _REASONS[kind] else found


def why_not(kind: str) -> str:
    """Return why a kind does not work here."""
    return f"{kind} does not work here: {_REASONS.get(kind, '')}"


def interpreter() -> PythonPlace:
    """Return the place of the interpreter that runs these tests."""
    return python_place(Path(sys.executable), checkout=CHECKOUT)


def tree_at(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files into a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def run_python(cell: Cell, program: str, limits: Limits = SMALL, *arguments: str) -> CellRun:
    """Run a program in a cell with the interpreter of these tests."""
    return cell.run([str(interpreter().interpreter), "-c", textwrap.dedent(program), *arguments], limits=limits)


def files(rows: Mapping[str, str]) -> Files:
    """Return files from texts."""
    return Files.of(DictTree({path: textwrap.dedent(text) for path, text in rows.items()}))


def change(before: Mapping[str, str], after: Mapping[str, str], renames: Mapping[str, str] | None = None) -> Change:
    """Return a change between two dicts of texts."""
    sides = [{path: textwrap.dedent(text) for path, text in side.items()} for side in (before, after)]
    found = Change.of(make_case(sides[0], sides[1], renames=renames, trees=True))
    assert found is not None
    return found


def usual() -> Containment:
    """Return a containment for suites that do no harm: the first that works here, else none."""
    return shut("namespaces") or shut("bubblewrap") or containment.NONE


def workshop(
    room: Path,
    shut_in: Containment | None = None,
    *,
    checkout: Path | None = None,
    watch: Watch | None = None,
    framework: Framework | None = None,
    readable: tuple[Path, ...] = (),
) -> Workshop:
    """Return a workshop that runs pytest of the environment of these tests, or another framework."""
    place = interpreter()
    shut_in = usual() if shut_in is None else shut_in
    return Workshop(
        framework or Pytest(place),
        containment=shut_in,
        checkout=checkout,
        readable=(*place.readable, *readable),
        watch=watch or Watch(limits=SMALL),
        jobs=1,
        room=room,
    )


def survivors(mark: str) -> list[int]:
    """Return the processes of this machine whose command line holds a mark, after a moment to end."""
    found: list[int] = []
    for _ in range(50):
        found = [pid for pid in _processes() if mark in _command(pid)]
        if not found:
            break
        time.sleep(0.05)
    return found


def _processes() -> Sequence[int]:
    return [
        int(place.name) for place in Path("/proc").iterdir() if place.name.isdigit() and int(place.name) != os.getpid()
    ]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
