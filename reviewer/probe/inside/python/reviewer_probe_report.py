"""The report of a test run as lines of JSON, whatever framework runs the tests.

Runs in the tests' own interpreter, which may be as old as Python 3.8.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Dict, List  # noqa: UP035 - may run on Python 3.8

_MAX_FOREIGN = 20


def orders() -> Dict[str, Any]:  # noqa: UP006 - as above
    """Return what whoever started the run wants."""
    with open(os.environ["REVIEWER_PROBE_ORDERS"], encoding="ascii") as stream:  # noqa: PTH123 - started often
        found: Dict[str, Any] = json.load(stream)  # noqa: UP006 - as above
    return found


class Report:
    """A file of rows, each written at once and whole."""

    def __init__(self, path: str) -> None:
        """Open it for rows at its end; a process that forks has the same place in it."""
        self._owner = os.getpid()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def row(self, **values: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
        """Write one row, from the process that opened the report alone."""
        if os.getpid() == self._owner:
            os.write(self._file, json.dumps(values).encode("ascii") + b"\n")

    def modules(self, tree: str, names: List[str]) -> None:  # noqa: UP006 - as above
        """Write which modules with a name of the tree were imported from it, and which from elsewhere."""
        top, wanted = os.path.realpath(tree) + os.sep, frozenset(names)
        own, foreign = 0, []
        for name, module in list(sys.modules.items()):
            if str(name).split(".", 1)[0] not in wanted:
                continue
            try:
                file = getattr(module, "__file__", None)
            except Exception:  # noqa: BLE001, S112 - a lazy module may raise anything
                continue
            if not isinstance(file, str):
                continue
            if os.path.realpath(file).startswith(top):
                own += 1
            else:
                foreign.append([name, file])
        self.row(k="m", own=own, names=len(wanted), foreign=foreign[:_MAX_FOREIGN])

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
