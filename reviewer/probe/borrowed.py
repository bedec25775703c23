"""Files that a build left in the person's checkout and no commit has, without which a project's tests cannot start.

Version modules that the base's own settings name, and compiled modules beside tracked ones. They are the same for both
sides, so what they hold cannot be told from what a build of each side would give: whoever uses them says so. No link is
followed: an agent worked in that checkout.
"""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.text import plural

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.probe.change import Change

MAX_FILES = 200
MAX_FILE = 64 << 20
MAX_BYTES = 256 << 20
_MAX_FOLDERS = 5_000
_SETTINGS = (".gitignore", "pyproject.toml", "setup.cfg", "setup.py", "hatch.toml", "meson.build")
_VERSIONS = frozenset({"_version.py", "version.py", "__version__.py", "_version_generated.py", "_generated_version.py"})
_COMPILED = (".so", ".pyd", ".dylib")
_LIMIT = 1 << 20


def borrow(change: Change, checkout: Path) -> Change:
    """Return the change with such files on both sides, and their paths in `borrowed`."""
    found = _found(change, checkout)
    if not found:
        return change
    before, after = change.before.replaced(found), change.after.replaced(found)
    return replace(change, before=before, after=after, borrowed=tuple(sorted(found)))


def gap(paths: tuple[str, ...]) -> str:
    """Return the sentence that says what was borrowed."""
    some = ", ".join(shown(path) for path in paths[:3])
    more = f" and {len(paths) - 3:,} more" if len(paths) > 3 else ""
    return f"{plural(len(paths), 'file')} that no commit has came from the checkout as built there: {some}{more}"


def _found(change: Change, checkout: Path) -> dict[str, bytes]:
    settings = b"\n".join((change.before.read(path) or b"")[:_LIMIT] for path in _SETTINGS)
    # Only beside modules that are tracked on the base: a folder that an agent made is none.
    folders = sorted({path.rpartition("/")[0] for path in change.before.paths() if path.endswith("/__init__.py")})
    found: dict[str, bytes] = {}
    total = 0
    for folder in folders[:_MAX_FOLDERS]:
        for name in _names(checkout / folder):
            path = f"{folder}/{name}"
            wanted = name.endswith(_COMPILED) or (name in _VERSIONS and name.encode() in settings)
            if not wanted or path in change.before.rows or path in change.after.rows:
                continue
            data = _plain(checkout, path)
            if data is None:
                continue
            total += len(data)
            if len(found) >= MAX_FILES or total > MAX_BYTES:
                return found
            found[path] = data
    return found


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))
    except OSError:
        return []


def _plain(checkout: Path, path: str) -> bytes | None:
    """Return the content of a plain file that really lies at this place, None for anything else."""
    place = checkout / path
    try:
        if place.parent.resolve() != (checkout.resolve() / path).parent:
            return None
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            state = os.fstat(descriptor)
            # A second name may stand for a file elsewhere.
            if not stat.S_ISREG(state.st_mode) or state.st_nlink != 1 or state.st_size > MAX_FILE:
                return None
            return stream.read(MAX_FILE)
    except OSError:
        return None
