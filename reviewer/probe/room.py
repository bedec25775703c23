"""The private folder that one probe works in, and the end of those that a killed one left behind.

A folder says in a file who made it: process, its start, machine and boot. One whose process is certainly gone is
removed by the next probe; in doubt it stays. Only folders of this user, name and mode are looked at, and no link is
followed.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Any

from reviewer.probe.sandbox.cell import remove

PREFIX = "reviewer-probe-"
OWNER = "owner.json"
_NAME = re.compile(rf"{PREFIX}[a-z0-9_]{{8}}")
_MOST = 100
_LONGEST = 4_096


def make(parent: Path | None = None) -> Path:
    """Return a new private folder that says whose it is.

    Args:
        parent: where to make it, else the system's place for temporary files.
    """
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    # Without it the folder is only never removed by another probe.
    with contextlib.suppress(OSError):
        (place / OWNER).write_text(json.dumps(_whose(os.getpid())), encoding="ascii")
    return place


def sweep(parent: Path | None = None) -> int:
    """Remove the folders that probes left whose process is gone, and return how many; whatever is in doubt stays.

    Args:
        parent: where they lie, else the system's place for temporary files.
    """
    top = Path(tempfile.gettempdir() if parent is None else parent)
    try:
        with os.scandir(top) as entries:
            names = sorted(entry.name for entry in entries if _NAME.fullmatch(entry.name))
    except OSError:
        return 0
    gone = [name for name in names if _is_left(top / name)][:_MOST]
    for name in gone:
        remove(top / name)
    return len(gone)


def _is_left(place: Path) -> bool:
    """Return whether a folder is ours and its process is gone."""
    try:
        folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        state = os.fstat(folder)
        if state.st_uid != os.geteuid() or stat.S_IMODE(state.st_mode) != 0o700:
            return False
        owner = _owner(folder)
    except (OSError, ValueError, RecursionError):
        return False
    finally:
        os.close(folder)
    return owner is not None and _is_gone(owner)


def _owner(folder: int) -> dict[str, Any] | None:
    descriptor = os.open(OWNER, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_uid != os.geteuid() or state.st_size > _LONGEST:
            return None
        found: Any = json.loads(os.read(descriptor, _LONGEST))
    finally:
        os.close(descriptor)
    return found if isinstance(found, dict) else None


def _is_gone(owner: dict[str, Any]) -> bool:
    """Return whether a process is certainly gone: here, in this boot or in an earlier one of this machine."""
    pid = owner.get("pid")
    if type(pid) is not int or not 0 < pid < 1 << 31:
        return False
    here, there = _whose(os.getpid()), _whose(pid)
    if not here["host"] or owner.get("host") != here["host"]:
        return False
    if here["boot"] and owner.get("boot") and owner["boot"] != here["boot"]:
        return True
    # Another container may count its processes apart.
    if owner.get("boot") != here["boot"] or owner.get("processes") != here["processes"]:
        return False
    if there["start"]:
        return bool(owner.get("start")) and owner["start"] != there["start"]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False


def _whose(pid: int) -> dict[str, Any]:
    """Return what tells a process from every other: empty words where the system does not say."""
    words = {"start": "", "boot": "", "processes": ""}
    with contextlib.suppress(OSError):
        # The program's name, in brackets, may hold anything; the start is the 20th word behind it.
        behind = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        words["start"] = behind[19].decode("ascii", "replace") if len(behind) > 19 else ""
    with contextlib.suppress(OSError):
        words["boot"] = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    with contextlib.suppress(OSError):
        words["processes"] = str(Path("/proc/self/ns/pid").readlink())
    return {"pid": pid, "host": os.uname().nodename, **words}
