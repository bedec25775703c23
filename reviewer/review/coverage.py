"""How much of a change was seen, in units, rows and files. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from reviewer.diff.anchor import Unit


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is seen of what there is.

    Attributes:
        seen_units, units: hunks, and headers that say something by themselves.
        seen_lines, lines: rows of these units, without the `@@` rows.
        files_seen, files: files of which every unit is seen.
        headers: how many of the units are no hunk.
    """

    seen_units: int = 0
    units: int = 0
    seen_lines: int = 0
    lines: int = 0
    files_seen: int = 0
    files: int = 0
    headers: int = 0

    @property
    def nouns(self) -> tuple[str, str]:
        """What the units are, for one of them and for several."""
        return ("hunk or header", "hunks and headers") if self.headers else ("hunk", "hunks")

    @property
    def complete(self) -> bool:
        """Whether everything is seen."""
        return self.seen_units == self.units


def coverage(marked: Container[str], units: Iterable[Unit]) -> Coverage:
    """Return how much of the units is marked as seen, by their ids; marks of units that are not there do not count."""
    total = seen = lines = seen_lines = headers = 0
    open_units: Counter[int] = Counter()
    for unit in units:
        rows = unit.last - unit.first - (unit.hunk is not None)
        is_seen = unit.id in marked
        total += 1
        headers += unit.hunk is None
        lines += rows
        seen += is_seen
        seen_lines += rows * is_seen
        open_units[unit.file.number] += not is_seen
    files_seen = sum(not count for count in open_units.values())
    return Coverage(seen, total, seen_lines, lines, files_seen, len(open_units), headers)
