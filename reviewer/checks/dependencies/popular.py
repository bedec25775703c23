"""Names of packages that everybody knows, kept by hand in `popular.txt`, and names that are nearly one of them."""

from __future__ import annotations

import functools
import importlib.resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.dependencies.model import Ecosystem

_SHORTEST = 5
_LONG = 9
_LONGEST = 60


@functools.cache
def known_names() -> dict[str, frozenset[str]]:
    """Return the well-known names by ecosystem."""
    found: dict[str, set[str]] = {}
    text = importlib.resources.files("reviewer.checks.dependencies").joinpath("popular.txt").read_text("utf-8")
    for line in text.splitlines():
        ecosystem, colon, names = line.partition(":")
        if colon and not line.startswith("#"):
            found.setdefault(ecosystem, set()).update(names.split())
    return {ecosystem: frozenset(names) for ecosystem, names in found.items()}


def near_known(ecosystem: Ecosystem, name: str) -> str | None:
    """Return a well-known name that differs in one place, or two if it is long; None for a well-known one itself."""
    names = known_names().get(ecosystem, frozenset())
    bare = name.rpartition("/")[2] if ecosystem == "npm" and name.startswith("@") else name
    if name in names or not _SHORTEST <= len(bare) <= _LONGEST or bare != name:
        return None
    found = [(far, known) for known in names if (far := _distance(name, known)) is not None]
    return min(found)[1] if found else None


def _distance(name: str, known: str) -> int | None:
    """Return in how many places two names differ if that is so few that one may be meant for the other, else None."""
    if len(known) < _SHORTEST or _parts(name) == _parts(known):
        # `foo-bar` and `foo.bar` are one name to most registries.
        return 0 if len(known) >= _SHORTEST and name != known else None
    most = 2 if min(len(name), len(known)) >= _LONG else 1
    if abs(len(name) - len(known)) > most or _differs_by_a_word(name, known):
        return None
    row = list(range(len(known) + 1))
    before: list[int] = row
    for i, left in enumerate(name, 1):
        last, before, row = before, row, [i]
        for j, right in enumerate(known, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == known[j - 2] and name[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None


def _parts(name: str) -> str:
    return name.replace("-", "").replace("_", "").replace(".", "")


def _differs_by_a_word(name: str, known: str) -> bool:
    """Return whether one is the other with a digit or a word of two letters more, as successors and ports are named."""
    longer, shorter = sorted((name, known), key=len, reverse=True)
    rest = longer.removeprefix(shorter) if longer.startswith(shorter) else ""
    return bool(rest) and (rest.isdigit() or rest in {"js", "rs", "py", "-x", "io", "2", "3"})
