"""The rows of a report that carry the seal of their run, and how many lines there are that another hand wrote.

The seal is made inside (`inside.python.reviewer_probe_report`) with a key that only that run was given. It shows who
wrote a row as long as nobody looked for the key in the memory of the process that writes; more it cannot show.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_LINE = 4 << 20
_SEAL = 16
_HEX = frozenset(b"0123456789abcdef")


def parted(line: bytes) -> tuple[bytes, bytes]:
    """Return the seal of a line, empty if it has none, and its row."""
    if len(line) > _SEAL and line[_SEAL : _SEAL + 1] == b" " and _HEX.issuperset(line[:_SEAL]):
        return line[:_SEAL], line[_SEAL + 1 :]
    return b"", line


def parsed(row: bytes) -> Mapping[str, Any] | None:
    """Return a row as a table, None if it is none."""
    try:
        found = json.loads(row)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


class Sealed:
    """The rows of one report.

    Attributes:
        foreign: lines without the seal of the run, which are left out.
        missing: rows that were numbered and are not there, or come twice.
    """

    def __init__(self, report: bytes, key: str) -> None:
        """Take a report, and the key of its run; without a key every row is taken as it is."""
        self._report = report
        self._key = key.encode("ascii")
        self.foreign = self.missing = 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Yield the rows in order; lines that are none are left out."""
        begun = hmac.new(self._key, digestmod=hashlib.sha256) if self._key else None
        last = 0
        lines = self._report.split(b"\n")
        for place, line in enumerate(lines):
            if not line or len(line) > MAX_LINE:
                continue
            seal, data = parted(line)
            if begun is not None:
                one = begun.copy()
                one.update(data)
                if not hmac.compare_digest(one.hexdigest()[:_SEAL].encode("ascii"), seal):
                    # The last line may have been cut off by the end of the process.
                    self.foreign += place < len(lines) - 1
                    continue
            if (row := parsed(data)) is None:
                continue
            if begun is not None:
                number = row.get("q")
                self.missing += number != last + 1
                last = number if type(number) is int else last + 1
            yield row
