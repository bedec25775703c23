"""Which compilers can vet a change, and the exact command of each: found by looking at folders, never started.

Each works offline with what is there. The TypeScript compiler is the one that the checkout has installed, as no other
is known to be the project's.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.probe.vet import INTO_REPORT, Vetter
from reviewer.workflow.probing import cargo_tools, go_tools

if TYPE_CHECKING:
    from reviewer.probe.change import Change

_SHELL = ("/bin/sh", "-c")
_TSC = "node_modules/typescript/bin/tsc"
_GO = f'{INTO_REPORT}"$0" build -gcflags=-e -o /dev/null ./...\nexec "$0" vet ./...'
_PLAIN = f'{INTO_REPORT}exec "$0" "$@"'
_SYSTEM = "/usr/local/bin:/usr/bin:/bin"


def find(change: Change, checkout: Path | None) -> tuple[tuple[Vetter, ...], tuple[str, ...]]:
    """Return the compilers for the languages of a change, and why there is none for some of them."""
    languages = {roles.language(file.path) for file in change.files if file.status != "D" and file.added}
    found: list[Vetter] = []
    missing: list[str] = []
    for language, name, look in (("go", "go vet", _go), ("rust", "cargo check", _cargo)):
        if language in languages:
            one = look(change)
            missing += (
                [] if one else [f"{name} cannot be determined: it is not installed, or the tree has no module of it"]
            )
            found += [one] if one else []
    if "typescript" in languages:
        tsc = _tsc(change, checkout)
        found += [tsc] if isinstance(tsc, Vetter) else []
        missing += [] if isinstance(tsc, Vetter) else [f"tsc --noEmit cannot be determined: {tsc}"]
    return tuple(found), tuple(missing)


def _go(change: Change) -> Vetter | None:
    place = go_tools.find(change)
    if place is None:
        return None
    environment = {**place.variables, "GOENV": "off", "GOFLAGS": "", "GOPROXY": "off", "CGO_ENABLED": "0"}
    argv = (*_SHELL, _GO, place.parts[0])
    return Vetter("go", f"go vet {place.parts[1]}".strip(), argv, environment, place.readable)


def _cargo(change: Change) -> Vetter | None:
    place = cargo_tools.find(change)
    if place is None:
        return None
    argv = (
        *_SHELL,
        _PLAIN,
        place.parts[0],
        "check",
        "--offline",
        "--all-targets",
        "--message-format=short",
        "--color=never",
    )
    environment = {
        **place.variables,
        "CARGO_TARGET_DIR": "/tmp/target",  # noqa: S108 - in the cell, its own
        "CARGO_NET_OFFLINE": "true",
        "CARGO_INCREMENTAL": "0",
    }
    return Vetter("cargo", "cargo check", argv, environment, place.readable)


def _tsc(change: Change, checkout: Path | None) -> Vetter | str:
    """Return the TypeScript compiler of a checkout, else why there is none."""
    program = shutil.which("node", path=os.defpath + ":/usr/local/bin") or shutil.which("node")
    if program is None or not os.path.isabs(program):  # noqa: PTH117 - a plain string
        return "node is not installed"
    if checkout is None or not (checkout / _TSC).is_file():
        return f"the checkout has no {_TSC}"
    if "tsconfig.json" not in change.before.rows or "tsconfig.json" not in change.after.rows:
        return "there is no tsconfig.json on both sides"
    real = Path(program).resolve()
    readable = (checkout / "node_modules", *(() if real.is_relative_to("/usr") else (real.parent.parent,)))
    argv = (
        *_SHELL,
        _PLAIN,
        str(real),
        _TSC,
        "--noEmit",
        "--pretty",
        "false",
        "--incremental",
        "false",
        "-p",
        "tsconfig.json",
    )
    return Vetter("tsc", f"tsc of {_TSC}", argv, {"PATH": f"{real.parent}:{_SYSTEM}"}, readable)
