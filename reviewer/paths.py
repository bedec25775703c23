"""Where the program's own data and the person's own files live, and how a small one of these is read.

Knows the file system layout only; makes no folder when imported.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

APPLICATION = "reviewer"


def resource_dir(name: str) -> Path:
    """Return the folder of shipped data called `name` ("themes" or "packets").

    A wheel carries it inside the package; a checkout (editable installs skip hatchling's force-include) beside it.

    Raises:
        FileNotFoundError: neither place has it, which means a broken installation.
    """
    package = Path(__file__).resolve().parent
    for place in (package / "_data" / name, package.parent / name):
        if place.is_dir():
            return place
    msg = f"the installation has no '{name}' folder: reinstall review-packet"
    raise FileNotFoundError(msg)


def config_dir() -> Path:
    """Return the person's configuration folder (`REVIEWER_CONFIG_DIR`, else the XDG base directory)."""
    return _user_dir("REVIEWER_CONFIG_DIR", "XDG_CONFIG_HOME", ".config")


def state_dir() -> Path:
    """Return the person's state folder (`REVIEWER_STATE_DIR`, else the XDG base directory)."""
    return _user_dir("REVIEWER_STATE_DIR", "XDG_STATE_HOME", ".local/state")


def read_plain(path: Path, limit: int) -> bytes:
    """Return at most `limit` bytes of a plain file.

    Opened without waiting: a named pipe in its place would hang the program.

    Raises:
        OSError: it cannot be read, or is no plain file; `strerror` says why.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is not a plain file", str(path))
        return stream.read(limit)


def _user_dir(own: str, xdg: str, fallback: str) -> Path:
    if explicit := os.environ.get(own):
        return Path(explicit).expanduser()
    base = os.environ.get(xdg, "")
    # The base directory specification says that a relative path is to be ignored.
    root = Path(base) if os.path.isabs(base) else Path.home() / fallback  # noqa: PTH117
    return root / APPLICATION
