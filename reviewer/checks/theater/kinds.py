"""The exceptions that a repository defines and what they are kinds of, by the form of lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks import roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.checks.case import Case

_CLASS = re.compile(rb"^[ \t]{0,12}class[ \t]+(\w{1,80})[ \t]*\(([^()\n]{1,200})\)[ \t]*:", re.MULTILINE)
_EXPECTS = re.compile(r"(?i)raises")
_MOST_FILES = 2_000
_MOST_BYTES = 8_000_000


def bases(case: Case) -> Mapping[str, frozenset[str]]:
    """Return the bases of each class of the Python code before, by own name; nothing where no expectation goes."""
    tests = [file for file in case.files if file.path.endswith(".py") and roles.is_test(file.path)]
    if case.before is None or not any(_EXPECTS.search(line.text[:500]) for file in tests for line in file.removed):
        return {}
    found: dict[str, frozenset[str]] = {}
    left = _MOST_BYTES
    for path in [one for one in case.before.paths() if one.endswith(".py")][:_MOST_FILES]:
        source = case.before.read(path) or b""
        left -= len(source)
        if left < 0:
            break
        for name, given in _CLASS.findall(source):
            own = name.decode("ascii", "replace")
            above = {one.strip().rsplit(b".", 1)[-1].decode("ascii", "replace") for one in given.split(b",")}
            found[own] = found.get(own, frozenset()) | above
    return found
