"""Command lines that hold the changed lines themselves: scripts and substitutions that edit a file.

A command counts only where it names the file, writes into it or runs a tool that may, and its own text has the new
lines; that it ran is not enough.
Pure texts; runs nothing, and never takes a text of a log as a pattern.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from reviewer.run.event import Command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewer.run.event import Event
    from reviewer.run.why.column import Cell

_NAME = re.compile(r"[\w.+\-]+")
_WRITES = re.compile(
    r"\b(?:sed|perl|ruby|gawk)\b[^|;&\n]*?\s-\w*i|\bpatch\b|git apply|\.write\(|\.writelines\(|write_text\("
    r"|write_bytes\(|writeFile|Set-Content|Out-File|Add-Content"
)
"""Tools and calls that change files in place, or write what a script made of them."""
_SUBSTITUTION = re.compile(r"s([/|#,@!])")
_NOT_RUN = frozenset(("denied", "not_run"))
_MIN_TEXT = 8
_MAX_SUBSTITUTIONS = 200
_MAX_NAMES = 4_000
_MAX_LINE = 200_000
"""Characters of one command line that are looked at."""


class Scripts:
    """The commands of a run by the names that they mention."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Note the names."""
        self._by_name: dict[str, list[Command]] = {}
        for event in events:
            if isinstance(event, Command) and event.state not in _NOT_RUN:
                names = dict.fromkeys(_NAME.findall(event.line[:_MAX_LINE]))
                for name in list(names)[:_MAX_NAMES]:
                    self._by_name.setdefault(name.strip(".-"), []).append(event)

    def of(self, path: str) -> Sequence[Command]:
        """Return the commands that may have written a file that they name, in order."""
        name = path.rpartition("/")[2]
        into = re.compile(rf"(?:>|\btee\b(?:\s+-a)?)\s*[\"']?[^\s\"'<>|;&]{{0,400}}{re.escape(name)}")
        found = self._by_name.get(name.strip(".-"), ())
        return [c for c in found if _WRITES.search(c.line[:_MAX_LINE]) or into.search(c.line[:_MAX_LINE])]


def held(command: Command, cells: Sequence[Cell]) -> list[Cell]:
    """Return those lines that stand in a command's text; short ones stand everywhere, and count for nothing."""
    line = command.line[:_MAX_LINE]
    return [cell for cell in cells if len(cell.raw.strip()) >= _MIN_TEXT and _is_in(cell.raw.strip(), line)]


def _is_in(text: str, line: str) -> bool:
    return text in line or text.replace('"', '\\"') in line or text.replace("'", "'\\''") in line


def substitutions(line: str) -> Iterator[tuple[str, str]]:
    """Yield (old, new) of each `s/old/new/` in a command line, as literal texts."""
    line = line[:_MAX_LINE]
    for match in islice(_SUBSTITUTION.finditer(line), _MAX_SUBSTITUTIONS):
        before = line[match.start() - 1 : match.start()]
        if before.isalnum() or before == "_":
            continue
        parts = _parts(line, match.end(), match[1])
        if parts is not None and parts[0]:
            yield parts


def _parts(line: str, start: int, mark: str) -> tuple[str, str] | None:
    """Return both sides of a substitution from `start` on, None if it does not end on its line."""
    sides: list[str] = []
    side: list[str] = []
    place = start
    while place < len(line) and line[place] != "\n":
        sign = line[place]
        if sign == "\\" and place + 1 < len(line):
            side.append(line[place + 1])
            place += 2
            continue
        if sign == mark:
            sides.append("".join(side))
            side = []
            if len(sides) == 2:
                old = sides[0].removeprefix("^").removesuffix("$")
                return old, sides[1].replace("&", old)
        else:
            side.append(sign)
        place += 1
    return None
