"""Which cargo there is, and what it needs to be readable: found by looking at folders, never started.

Of the person's cargo folder only downloaded sources are shown, so that no credential is.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewer.paths import read_plain
from reviewer.probe.frameworks.cargo_run import CargoTests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.probe.change import Change

_LIMIT = 1 << 20
_DOWNLOADED = ("registry", "git")


class CargoPlace(NamedTuple):
    """What was found: the framework, folders to read, what tells it apart, and variables for other commands."""

    framework: CargoTests
    readable: tuple[Path, ...]
    parts: tuple[str, ...]
    variables: Mapping[str, str]


def find(change: Change) -> CargoPlace | None:
    """Return the cargo that a person's shell would start, None if there is none or the tree is no package."""
    program = shutil.which("cargo")
    if program is None or not os.path.isabs(program) or "Cargo.toml" not in change.after.rows:  # noqa: PTH117 - a string
        return None
    place = Path(program)
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    toolchain = _toolchain() if place.resolve().name.startswith("rustup") or place.parent == home / "bin" else None
    binary = place if toolchain is None else toolchain / "bin" / "cargo"
    if not binary.is_file():
        return None
    name = "cargo" if toolchain is None else f"cargo of {toolchain.name}"
    readable = [home / each for each in _DOWNLOADED if (home / each).is_dir()]
    if toolchain is not None:
        readable.append(toolchain)
    environment = {"CARGO_HOME": str(home), "PATH": f"{binary.parent}:/usr/local/bin:/usr/bin:/bin"}
    lock = change.after.rows.get("Cargo.lock")
    parts = (str(binary), "" if lock is None else lock.key)
    return CargoPlace(CargoTests(name, str(binary), environment), tuple(readable), parts, environment)


def _toolchain() -> Path | None:
    """Return the folder of rustup's default toolchain."""
    home = Path(os.environ.get("RUSTUP_HOME") or Path.home() / ".rustup")
    try:
        found = tomllib.loads(read_plain(home / "settings.toml", _LIMIT).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    name = found.get("default_toolchain")
    return home / "toolchains" / name if isinstance(name, str) and "/" not in name and name not in {"", ".."} else None
