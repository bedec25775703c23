"""A throw-away folder that holds one tree at a time, and goes from one to the next by writing the differences.

Whatever untrusted programs did to it in between is undone first: every path is compared with what was written, and what
nobody wrote is removed. No link is followed, and no link is made that leads out.
"""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from reviewer.errors import ReviewerError
from reviewer.probe.files import EXECUTABLE, LINK, SUBMODULE, File, Files
from reviewer.probe.sandbox.cell import remove
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_FILES = 200_000
MAX_BYTES = 2 << 30
MAX_FILE = 256 << 20
_MAX_LINK = 4_095


class TreeTooLargeError(ReviewerError):
    """The tree has more, or larger, files than are written for a run."""


class Shown(NamedTuple):
    """What a folder holds now: how many paths were written for it, and which were left out with the reason."""

    written: int
    left_out: tuple[tuple[str, str], ...]


class _Written(NamedTuple):
    mode: str
    key: str
    mark: tuple[int, ...]


class Worktree:
    """A folder for trees.

    Attributes:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        """Make the folder, which must not exist yet."""
        root.mkdir(mode=0o755)
        self.root = root
        self._top = os.fsencode(root)
        self._written: dict[bytes, _Written] = {}
        self._folders: set[bytes] = set()

    def show(self, files: Files, cancelled: Callable[[], bool] | None = None) -> Shown:
        """Make the folder hold these files and nothing else.

        Raises:
            TreeTooLargeError: there are too many of them, or they are too large.
        """
        if len(files.rows) > MAX_FILES:
            raise TreeTooLargeError(f"the tree has {plural(len(files.rows), 'file')} (limit {MAX_FILES:,})")
        wanted, left_out = _writable(files)
        self._undo()
        for name, written in list(self._written.items()):
            row = wanted.get(name)
            if row is None or (row.mode, row.key) != (written.mode, written.key):
                self._drop(name)
        self._drop_empty(wanted)
        count = total = 0
        for name, row in wanted.items():
            if cancelled is not None and cancelled():
                break
            if name in self._written:
                continue
            data = row.read()
            reason = "its content is not at hand" if data is None else self._write(name, row, data)
            if data is None or reason:
                left_out.append((os.fsdecode(name), reason))
                continue
            count += 1
            total += len(data)
            if total > MAX_BYTES:
                raise TreeTooLargeError(f"the tree has more than {MAX_BYTES >> 20:,} MiB")
        return Shown(count, tuple(left_out))

    def _undo(self) -> None:
        """Make the folder as it was left: remove what is not ours, forget what was touched."""
        with contextlib.suppress(OSError):
            os.chmod(self._top, 0o755)  # noqa: PTH101, S103 - as a checkout has it; names are bytes here, and paths are not
        seen: set[bytes] = set()
        folders: set[bytes] = set()
        waiting = [b""]
        while waiting:
            folder = waiting.pop()
            try:
                entries = list(os.scandir(self._top + b"/" + folder))
            except OSError:
                self._remove(folder)
                continue
            for entry in entries:
                name = folder + entry.name
                state = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(state.st_mode) and name in self._folders:
                    if stat.S_IMODE(state.st_mode) != 0o755:
                        os.chmod(entry.path, 0o755)  # noqa: PTH101, S103 - as above
                    folders.add(name)
                    waiting.append(name + b"/")
                elif (written := self._written.get(name)) is not None and written.mark == _mark(state):
                    seen.add(name)
                else:
                    self._remove(name)
        self._folders = folders
        self._written = {name: row for name, row in self._written.items() if name in seen}

    def _remove(self, name: bytes) -> None:
        place = self._top + b"/" + name.rstrip(b"/")
        if os.path.isdir(place) and not os.path.islink(place):  # noqa: PTH112, PTH114 - as above
            remove(place)
        else:
            with contextlib.suppress(OSError):
                os.unlink(place)  # noqa: PTH108 - as above

    def _drop(self, name: bytes) -> None:
        del self._written[name]
        self._remove(name)

    def _drop_empty(self, wanted: dict[bytes, File]) -> None:
        needed = _parents(wanted)
        for folder in sorted(self._folders - needed, key=len, reverse=True):
            self._remove(folder)
        self._folders &= needed

    def _write(self, name: bytes, row: File, data: bytes) -> str:
        """Write one file or link that is not there; return why not, "" if it was."""
        if len(data) > MAX_FILE:
            return f"it is larger than {MAX_FILE >> 20} MiB"
        place = self._top + b"/" + name
        try:
            self._make_parents(name)
            if row.mode == LINK:
                if not _stays_inside(name, data):
                    return "it is a link that leads out of the tree"
                os.symlink(data, place)  # noqa: PTH211 - as above
            else:
                mode = 0o755 if row.mode == EXECUTABLE else 0o644
                descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(data)
                    os.fchmod(descriptor, mode)
        except OSError as error:
            return f"it cannot be written: {error.strerror}"
        self._written[name] = _Written(row.mode, row.key, _mark(os.lstat(place)))
        return ""

    def _make_parents(self, name: bytes) -> None:
        parts = name.split(b"/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = b"/".join(parts[:depth])
            if folder not in self._folders:
                os.mkdir(self._top + b"/" + folder, 0o755)  # noqa: PTH102 - as above
                self._folders.add(folder)


def _writable(files: Files) -> tuple[dict[bytes, File], list[tuple[str, str]]]:
    wanted: dict[bytes, File] = {}
    left_out: list[tuple[str, str]] = []
    for path, row in files.rows.items():
        try:
            name = path.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            left_out.append((path, "its name cannot be written"))
            continue
        parts = name.split(b"/")
        if row.mode == SUBMODULE:
            left_out.append((path, "it is a submodule"))
        elif b"__pycache__" in parts:
            left_out.append((path, "it is compiled code"))
        elif len(name) > _MAX_LINK or any(
            part in {b"", b".", b".."} or part.lower() == b".git" or len(part) > 255 or b"\0" in part for part in parts
        ):
            left_out.append((path, "its name cannot be written"))
        else:
            wanted[name] = row
    return wanted, left_out


def _parents(names: dict[bytes, File]) -> set[bytes]:
    found: set[bytes] = set()
    for name in names:
        folder = name.rpartition(b"/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition(b"/")[0]
    return found


def _stays_inside(name: bytes, target: bytes) -> bool:
    """Return whether a link stays in the tree: it first goes up to a folder of the tree, and then only down.

    The way down may lead through other links; each of them stays inside by the same rule.
    """
    if not target or len(target) > _MAX_LINK or target.startswith(b"/") or b"\0" in target:
        return False
    parts = [part for part in target.split(b"/") if part not in {b"", b"."}]
    up = 0
    while up < len(parts) and parts[up] == b"..":
        up += 1
    return up <= name.count(b"/") and b".." not in parts[up:]


def _mark(state: os.stat_result) -> tuple[int, ...]:
    # The time of the last change of the inode cannot be set by a program; the rest is there for coarse clocks.
    return (state.st_ino, state.st_ctime_ns, state.st_mtime_ns, state.st_size, state.st_mode, state.st_nlink)
