"""Command lines that hold the changed lines themselves: scripts and substitutions that edit a file.

A command counts only where it names the file, writes, and its own text has the new lines; that it ran is not enough.
Pure texts; runs nothing, and never takes a text of a log as a pattern.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from reviewer.run.event import Command
from reviewer.run.why.words import weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewer.run.event import Event
    from reviewer.run.why.column import Cell

_NAME = re.compile(r"[\w.+\-]+")
_WRITES = re.compile(
    r">|\btee\b|\b(?:sed|perl|ruby|gawk)\b[^|;&\n]*\s-\w*i|\.write|write_text|writeFile|open\(|\bpatch\b|git apply"
    r"|\bed\b|\bdd\b|Set-Content|Out-File|Add-Content"
)
_SUBSTITUTION = re.compile(r"s([/|#,@!])")
_NOT_RUN = frozenset(("denied", "not_run"))
_MIN_TEXT = 8
_MAX_SUBSTITUTIONS = 200
_MAX_NAMES = 4_000
_MAX_LINE = 200_000
"""Characters of one command line that are looked at."""
_MOST = 0.6
"""Share of a hunk's new lines that a command has to hold."""


class Scripts:
    """The commands of a run by the names that they mention."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Note the names."""
        self._by_name: dict[str, list[Command]] = {}
        for event in events:
            if isinstance(event, Command) and event.state not in _NOT_RUN and _WRITES.search(event.line[:_MAX_LINE]):
                names = dict.fromkeys(_NAME.findall(event.line[:_MAX_LINE]))
                for name in list(names)[:_MAX_NAMES]:
                    self._by_name.setdefault(name.strip(".-"), []).append(event)

    def of(self, path: str) -> Sequence[Command]:
        """Return the commands that write and mention a file by its name, in order."""
        return self._by_name.get(path.rpartition("/")[2].strip(".-"), ())


def holds(command: Command, cells: Sequence[Cell]) -> list[Cell]:
    """Return the new lines of a hunk that stand in a command's text, none if most of them do not."""
    line = command.line[:_MAX_LINE]
    telling = [cell for cell in cells if weight(cell.text) > 1]
    found = [cell for cell in telling if len(cell.raw.strip()) >= _MIN_TEXT and _is_in(cell.raw.strip(), line)]
    return found if telling and len(found) >= _MOST * len(telling) else []


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
