"""Which unchanged files import the modules that a change edits or takes away, by the form of their import lines.

Errs on the side of too many: a file that imports another module of the same last name is only looked at in vain.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_IMPORTERS = 40
"""More are not looked at; tests come last, as running them says more."""

_MAX_READ = 400_000
_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]{1,200})[ \t]+import[ \t]+([^\n]{0,500})|import[ \t]+([^\n]{1,500}))", re.MULTILINE
)
_NAME = re.compile(rb"\w+")
_TEST = re.compile(r"(?:^|/)(?:tests?/|test_|conftest\.py)|_test\.py$")


def importers(root: Path, paths: Iterable[str], changed: Iterable[str]) -> tuple[str, ...]:
    """Return unchanged files of a folder that import one of the changed modules.

    Args:
        root: where the old side was written.
        paths: of all its files.
        changed: paths of changed files on that side.
    """
    edited = set(changed)
    names = {module.encode() for path in edited if (module := _module(path))}
    found: list[str] = []
    for path in sorted(set(paths) - edited, key=lambda one: (bool(_TEST.search(one)), one)) if names else ():
        if len(found) >= MAX_IMPORTERS:
            break
        if path.endswith(".py") and _imports(root / path, names):
            found.append(path)
    return tuple(found)


def _module(path: str) -> str:
    parts = path.removesuffix(".pyi").removesuffix(".py").split("/")
    return parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]


def _imports(place: Path, names: set[bytes]) -> bool:
    try:
        with place.open("rb") as stream:
            data = stream.read(_MAX_READ)
    except OSError:
        return False
    if not any(name in data for name in names):
        return False
    return any(names.intersection(_NAME.findall(b" ".join(found))) for found in _IMPORT.findall(data))
