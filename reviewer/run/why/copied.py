"""Lines of a hunk that stand in the text of a command or of a replaced part: what no recorded hunk accounts for.

Takes the hunks' cells and marks those that it can account for. Of several commands that hold lines of a hunk the one
that holds most of them is taken, and the last of those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from reviewer.run.why.shell import held, substitutions
from reviewer.run.why.words import plain, weight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.event import Command
    from reviewer.run.why.column import Cell, Column
    from reviewer.run.why.model import How

Pair: TypeAlias = tuple[str, str]
_MAX_PAIRED = 4_000_000
"""Lines times substitutions of one hunk up to which they are tried."""
_MOST = 0.6
"""Share of a hunk's new lines that a command has to hold."""
_CHARACTERS = 1000
"""Characters that are searched in the time that one line takes elsewhere."""


def replaced(cells: Sequence[Cell], pairs: Sequence[tuple[int, Pair]], how: How) -> None:
    """Account for lines that are a removed line of the same hunk with one text in place of another."""
    old = [cell for cell in cells if cell.sign == "-"]
    new = [cell for cell in cells if cell.sign == "+" and cell.by is None]
    if len(old) * len(new) * len(pairs) > _MAX_PAIRED:
        return
    for cell in new:
        for seq, (before, after) in pairs:
            if not before or after not in cell.text:
                continue
            source = next(
                (each for each in old if before in each.text and _gives(each.text, before, after, cell)), None
            )
            if source is not None:
                for each in (cell, source):
                    if each.by is None:
                        each.by, each.how = seq, how
                break


def written(cells: Sequence[Cell], commands: Sequence[Command], column: Column) -> set[int]:
    """Account for lines that stand in commands' texts, and for the blanks and brackets between them.

    Returns:
        the numbers of the commands' events.
    """
    used: set[int] = set()
    for command in reversed(commands):
        pairs = [(command.seq, pair) for pair in substitutions(plain(command.line))]
        replaced(cells, pairs, "by shell")
        used |= {command.seq} & {cell.by for cell in cells if cell.by is not None}
    while True:
        new = [cell for cell in cells if cell.sign == "+" and cell.by is None]
        telling = [cell for cell in new if weight(cell.text) > 1]
        best: Command | None = None
        most: list[Cell] = []
        for command in commands if telling else ():
            column.spend(1 + len(telling) * len(command.line) // _CHARACTERS)
            found = held(command, telling)
            if found and len(found) >= _MOST * len(telling) and len(found) >= len(most):
                best, most = command, found
        if best is None:
            return used
        used.add(best.seq)
        for cell in (*_with_between(new, most), *_removed(best, cells)):
            cell.by, cell.how = best.seq, "by shell"


def _removed(command: Command, cells: Sequence[Cell]) -> list[Cell]:
    old = [cell for cell in cells if cell.sign == "-" and cell.by is None and weight(cell.text) > 1]
    found = held(command, old)
    return found if len(found) >= _MOST * len(old) else []


def _with_between(new: Sequence[Cell], found: Sequence[Cell]) -> list[Cell]:
    """Return the lines found, with those between them that say nothing."""
    chosen = set(found)
    places = [n for n, cell in enumerate(new) if cell in chosen]
    return [cell for cell in new[places[0] : places[-1] + 1] if cell in chosen or not weight(cell.text)]


def _gives(text: str, before: str, after: str, cell: Cell) -> bool:
    return cell.text in {text.replace(before, after), text.replace(before, after, 1)}
