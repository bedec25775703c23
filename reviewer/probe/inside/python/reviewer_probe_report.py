"""The report of a test run as lines of JSON, whatever framework runs the tests.

Each row has a number and stands behind a seal made with a key that the run was given through a pipe, read and closed
before anything of the tree is loaded: a row that another hand writes has none, and one that is taken out leaves a hole.
Code of the same process that means to can still find the key, or the object that writes. Runs in the tests' own
interpreter, which may be as old as Python 3.8.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
from typing import Any, Callable, Dict, List  # noqa: UP035 - may run on Python 3.8

_MAX_FOREIGN = 20
_SEAL = 16
_MAX_KEY = 256


def orders() -> Dict[str, Any]:  # noqa: UP006 - as above
    """Return what whoever started the run wants."""
    with open(os.environ["REVIEWER_PROBE_ORDERS"], encoding="ascii") as stream:  # noqa: PTH123 - started often
        found: Dict[str, Any] = json.load(stream)  # noqa: UP006 - as above
    return found


def _hand() -> Callable[[bytes], bytes]:
    """Return what gives the seal of a row; an empty one where the run has no key."""
    place = os.environ.pop("REVIEWER_PROBE_SEAL", "")
    try:
        descriptor = int(place)
        key = os.read(descriptor, _MAX_KEY)
        os.close(descriptor)
    except (ValueError, OSError):
        return lambda _row: b""
    begun = hmac.new(key, digestmod=hashlib.sha256)

    def seal(row: bytes) -> bytes:
        one = begun.copy()
        one.update(row)
        return one.hexdigest()[:_SEAL].encode("ascii") + b" "

    return seal


_seal = _hand()


class Report:
    """A file of rows, each written at once and whole."""

    def __init__(self, path: str) -> None:
        """Open it for rows at its end; a process that forks has the same place in it."""
        self._owner = os.getpid()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._number = 0

    def row(self, **values: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
        """Write one row, from the process that opened the report alone."""
        if os.getpid() == self._owner:
            self._number += 1
            row = json.dumps({**values, "q": self._number}).encode("ascii")
            os.write(self._file, _seal(row) + row + b"\n")

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
