"""Where a Python tree's own modules start, so that a run can prove that it imported them and not an installed copy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reviewer.checks import roles

if TYPE_CHECKING:
    from reviewer.probe.files import Files
    from reviewer.probe.frameworks.framework import Stage
    from reviewer.probe.suite import Selection

ORDERS = "orders.json"
_ROOTS = ("", "src/", "lib/")
_MAX_NAMES = 500


def own_modules(files: Files) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the folders that imports start from and the names of the modules in them.

    A folder of a package is one with `__init__.py`; other files at the root (`setup.py`) are no modules of the project
    unless they lie beside no package.
    """
    roots: list[str] = []
    names: set[str] = set()
    for root in _ROOTS:
        packages = {
            parts[0]
            for path in files.paths()
            if path.startswith(root) and path.endswith("/__init__.py")
            for parts in (path[len(root) :].split("/"),)
            if len(parts) == 2 and parts[0].isidentifier()
        }
        modules = {
            name.removesuffix(".py")
            for path in files.paths()
            if path.startswith(root) and path.endswith(".py")
            for name in (path[len(root) :],)
            if "/" not in name and name not in _NO_MODULES and not roles.is_test(path)
        }
        if packages or modules or not root:
            roots.append(root.rstrip("/"))
        names |= {name for name in packages if not roles.is_test(f"{name}/x.py")} | modules
    return tuple(roots), tuple(sorted(names)[:_MAX_NAMES])


def write_orders(files: Files, selection: Selection, trace: tuple[str, ...], stage: Stage) -> bytes:
    """Return what the program inside has to know."""
    _, names = own_modules(files)
    return json.dumps(
        {
            "report": f"{stage.out}/report",
            "tree": stage.tree,
            "names": names,
            "lines": trace,
            "select": selection.ids,
            "paths": selection.paths,
        }
    ).encode("ascii")


_NO_MODULES = frozenset({"setup.py", "conftest.py", "noxfile.py", "tasks.py", "manage.py", "fabfile.py"})
