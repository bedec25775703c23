"""Where a test of a run stands in the change, found by its name: the id that a framework gives has no line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.sides import contents

if TYPE_CHECKING:
    from reviewer.checks.case import Case
    from reviewer.checks.finding import Side
    from reviewer.checks.probed import TestRow

_MOST_BYTES = 2 << 20
_NAME = re.compile(r"[\w$]{1,200}")


@dataclass(frozen=True, slots=True)
class TestPlace:
    """A place in the change; all None for a test of a file that the change leaves alone."""

    __test__ = False

    file: str | None = None
    side: Side | None = None
    line: int | None = None


class TestPlaces:
    """Finds tests in the changed files."""

    __test__ = False

    def __init__(self, case: Case) -> None:
        self._case = case
        self._files = {file.path: file for file in case.files}
        self._texts: dict[str, list[str]] = {}

    def of(self, row: TestRow) -> TestPlace:
        """Return where a test is defined on the new side, its file alone where the line is not found."""
        if row.path not in self._files:
            return TestPlace()
        name = row.id.partition("[")[0].rpartition("::")[2]
        if _NAME.fullmatch(name):
            form = re.compile(rf"\b(?:def|func|fn)\s+(?:\([^)]{{0,80}}\)\s*)?{re.escape(name)}\b")
            lines = self._lines(row.path)
            line = next((number for number, text in enumerate(lines, 1) if form.search(text[:400])), None)
        else:
            # Other frameworks name a test by what is said of it.
            said = name.strip()[:120]
            lines = self._lines(row.path) if len(said) > 3 else []
            line = next((number for number, text in enumerate(lines, 1) if said in text[:400]), None)
        return TestPlace(row.path, "new", line)

    def _lines(self, path: str) -> list[str]:
        if path not in self._texts:
            data = contents(self._case, self._files[path]).new or b""
            text = data[:_MOST_BYTES].decode("utf-8", "surrogateescape")
            self._texts[path] = text.split("\n")
        return self._texts[path]


def own_name(identity: str) -> str:
    """Return the qualified name in an id of a Python test ("tests/a.py::TestX::test_y[1]")."""
    return ".".join(identity.partition("[")[0].split("::")[1:])
