"""Whether a finding is at the place of a fault: the same file, and a line that is near, on either side."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.evaluate.model import NEAR, Label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.evaluate.examined import Said
    from tests.evaluate.model import Change


@dataclass(frozen=True, slots=True)
class Place:
    """A line, or a file, or (path None) the change as a whole."""

    path: str | None
    line: int | None
    side: str


class Places:
    """The places of one change; lines of the old side are brought to the new one, and the reverse."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._lines: dict[tuple[str, str], list[int]] = {}

    def is_near(self, label: Label, place: Place, end: int | None = None) -> bool:
        """Whether something from a place to a line is about a label's place."""
        if label.path is None:
            return True
        if label.path != place.path:
            return False
        if label.line is None:
            return True
        if place.line is None:
            return False
        wanted = label.line if place.side == label.side else self._other(label.path, label.line, label.side)
        last = place.line if end is None or end - place.line > 2 * NEAR else end
        return place.line - NEAR <= wanted <= last + NEAR

    def found(self, label: Label, said: Said) -> bool:
        """Whether a finding is of a label's mode and at its place."""
        return label.mode == said.mode and self.touches(label, said)

    def touches(self, label: Label, said: Said) -> bool:
        """Whether a finding is at a label's place, whatever it says."""
        return self.is_near(label, Place(said.file, said.line, said.side or "new"), said.end_line)

    def _other(self, path: str, line: int, side: str) -> int:
        key = (path, side)
        if key not in self._lines:
            old = self._change.before.get(path, "").splitlines()
            new = self._change.after.get(path, "").splitlines()
            self._lines[key] = _across(old, new) if side == "old" else _across(new, old)
        lines = self._lines[key]
        return lines[min(line, len(lines)) - 1] if lines else 1


def any_found(places: Places, label: Label, findings: Iterable[Said]) -> bool:
    """Whether one of the findings tells of a label."""
    return any(places.found(label, one) for one in findings)


def _across(here: list[str], there: list[str]) -> list[int]:
    """Return, for every line here, where it would stand on the other side."""
    lines: list[int] = []
    for _tag, start, end, first, last in difflib.SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        lines += [min(first + number, max(last - 1, first)) + 1 for number in range(end - start)]
    return lines
