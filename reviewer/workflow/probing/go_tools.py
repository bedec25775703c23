"""Which go there is, and what it needs to be readable: found by looking at folders, never started.

Of the person's Go folder only downloaded modules are shown. Without them there is the standard library, and what the
tree itself has in `vendor`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewer.paths import read_plain
from reviewer.probe.frameworks.go_run import GoTests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.probe.change import Change

_LIMIT = 1 << 16
_SYSTEM = "/usr/local/bin:/usr/bin:/bin"


class GoPlace(NamedTuple):
    """What was found: the framework, folders to read, what tells it apart, and variables for other commands."""

    framework: GoTests
    readable: tuple[Path, ...]
    parts: tuple[str, ...]
    variables: Mapping[str, str]


def find(change: Change) -> GoPlace | None:
    """Return the go that a person's shell would start, None if there is none or the tree is no module."""
    program = shutil.which("go")
    if program is None or not os.path.isabs(program) or "go.mod" not in change.after.rows:  # noqa: PTH117 - a string
        return None
    binary = Path(program).resolve()
    root = binary.parent.parent
    if binary.name != "go" or not (root / "src" / "runtime").is_dir():
        # A program that picks a toolchain is none: it would look for it in the person's home.
        return None
    version = _version(root)
    cache = _modules()
    environment = {"PATH": f"{binary.parent}:{_SYSTEM}"}
    readable = [] if root.is_relative_to("/usr") else [root]
    if cache.is_dir():
        environment["GOMODCACHE"] = str(cache)
        readable.append(cache)
    keys = [change.after.rows.get(name) for name in ("go.sum", "vendor/modules.txt")]
    parts = (str(binary), version, str(cache.is_dir()), *("" if each is None else each.key for each in keys))
    framework = GoTests(f"go test {version}".strip(), str(binary), environment)
    return GoPlace(framework, tuple(readable), parts, {**environment, "GOPROXY": "off"})


def _modules() -> Path:
    """Return the folder of downloaded modules."""
    if (named := os.environ.get("GOMODCACHE", "")).startswith("/"):
        return Path(named)
    first = os.environ.get("GOPATH", "").split(os.pathsep)[0]
    return (Path(first) if first.startswith("/") else Path.home() / "go") / "pkg" / "mod"


def _version(root: Path) -> str:
    try:
        found = read_plain(root / "VERSION", _LIMIT).decode("ascii", "replace")
    except OSError:
        return ""
    version = found.partition("\n")[0].strip().removeprefix("go")
    return version[:40] if version.isascii() and version.isprintable() else ""
