"""Where the program's own data and the person's own files live.

Knows the file system layout only; makes no folder when imported.
"""

from __future__ import annotations

import os
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


def _user_dir(own: str, xdg: str, fallback: str) -> Path:
    if explicit := os.environ.get(own):
        return Path(explicit).expanduser()
    base = os.environ.get(xdg, "")
    # The base directory specification says that a relative path is to be ignored.
    root = Path(base) if os.path.isabs(base) else Path.home() / fallback  # noqa: PTH117
    return root / APPLICATION
