"""Which JavaScript test framework a checkout has installed, and where: read from its `node_modules`, never started."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewer.paths import read_plain
from reviewer.probe.frameworks.node_run import Kind, NodeTests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.probe.change import Change

_LIMIT = 4 << 20
_SCRIPTS: dict[Kind, str] = {"vitest": "node_modules/vitest/vitest.mjs", "jest": "node_modules/jest/bin/jest.js"}
_MODULES = "node_modules"
_SYSTEM = "/usr/local/bin:/usr/bin:/bin"


class NodePlace(NamedTuple):
    """What was found.

    Attributes:
        framework: as installed; impatient: the same, ending at the first test that fails.
        readable: folders that runs read.
        parts: what tells it from other installations.
        variables: that other commands run with.
    """

    framework: NodeTests
    impatient: NodeTests
    readable: tuple[Path, ...]
    parts: tuple[str, ...]
    variables: Mapping[str, str]


def find(change: Change, checkout: Path | None) -> NodePlace | None:
    """Return the framework that is installed in a checkout and named by the base's own settings, None if none is.

    Where both are installed, the one that the tests of the change import is taken.
    """
    program = shutil.which("node", path=os.defpath + ":/usr/local/bin") or shutil.which("node")
    if checkout is None or program is None or not os.path.isabs(program):  # noqa: PTH117 - a plain string
        return None
    kinds = [kind for kind, script in _SCRIPTS.items() if (checkout / script).is_file()]
    if len(kinds) > 1:
        sources = b"".join(change.after.read(path) or b"" for path in change.new_tests)
        kinds = ["vitest"] if b"vitest" in sources else ["jest"]
    if not kinds:
        return None
    kind = kinds[0]
    name = f"{kind} {_version(checkout / _MODULES / kind / 'package.json')}".strip()
    real = Path(program).resolve()
    readable = (checkout / _MODULES, *(() if real.is_relative_to("/usr") else (real.parent.parent,)))
    first = NodeTests(name, str(real), _SCRIPTS[kind], kind)
    installed = _read(checkout / _MODULES / ".package-lock.json")
    return NodePlace(
        first,
        NodeTests(name, str(real), _SCRIPTS[kind], kind, first=True),
        readable,
        (name, str(real), installed.decode("utf-8", "replace")),
        {"PATH": f"{checkout / _MODULES / '.bin'}:{real.parent}:{_SYSTEM}", "CI": "1"},
    )


def _version(path: Path) -> str:
    try:
        found = json.loads(_read(path))
    except (ValueError, RecursionError):
        return ""
    version = found.get("version") if isinstance(found, dict) else None
    return version[:40] if isinstance(version, str) and version.isascii() and version.isprintable() else ""


def _read(path: Path) -> bytes:
    try:
        return read_plain(path, _LIMIT)
    except OSError:
        return b""
