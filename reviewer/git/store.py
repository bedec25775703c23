"""Which folders hold a repository's objects, looked over before git opens anything in them.

Follows alternates as data (gitrepository-layout(5)). Git waits for ever on a named pipe in the place of an object, so
anything there that is not a plain file is refused first.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import GitError
from reviewer.git.quoting import unquote
from reviewer.git.repository import read_small
from reviewer.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_DEPTH = 5
_MAX_FOLDERS = 64


def object_folders(objects: Path) -> tuple[Path, ...]:
    """Return the folder of objects and those it borrows from, each once.

    Raises:
        GitError: a pack or a list of alternates is no plain file, or there are too many folders.
    """
    found: dict[Path, None] = {}
    pending = [(objects, 0)]
    while pending:
        folder, depth = pending.pop(0)
        if folder in found or depth > _MAX_DEPTH or not folder.is_dir():
            continue
        found[folder] = None
        if len(found) > _MAX_FOLDERS:
            raise GitError(f"the repository borrows objects from more than {_MAX_FOLDERS} folders")
        _refuse_irregular(folder)
        pending += [(path, depth + 1) for path in _alternates(folder)]
    return tuple(found)


def refuse_irregular_object(folders: Sequence[Path], oid: str) -> None:
    """Make sure that a loose object of this id, if there is one, is a plain file.

    Raises:
        GitError: it is something else.
    """
    for folder in folders:
        _refuse(f"{folder}/{oid[:2]}/{oid[2:]}")


def _alternates(folder: Path) -> list[Path]:
    paths = []
    for line in (read_small(folder / "info/alternates", 1 << 20) or b"").split(b"\n"):
        name = unquote(line)
        if name and not name.startswith(b"#") and b"\0" not in name:
            paths.append(Path(os.path.normpath(folder / os.fsdecode(name))))
    return paths


def _refuse_irregular(folder: Path) -> None:
    _refuse(f"{folder}/info/alternates")
    try:
        packs = list(os.scandir(folder / "pack"))
    except OSError:
        return
    for pack in packs:
        if not pack.is_dir():
            _refuse(pack.path)


def _refuse(path: str) -> None:
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - called for every object that is read
    except (OSError, ValueError):
        return
    if not stat.S_ISREG(mode):
        raise GitError(f"{display_safe(path)} is no plain file, so it is not opened")
