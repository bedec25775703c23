"""The changed files as rows, in groups of the reading order: how much of each is seen, and what was found in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewer.tui.pages import marks
from reviewer.tui.row import Piece, Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewer.checks.finding import Finding, Severity
    from reviewer.tui.reading import Group

_NAME_COLUMNS = 17
_STATUS_WORDS = {"A": "new", "D": "gone", "R": "moved", "C": "copied", "T": "type"}


@dataclass(frozen=True, slots=True)
class FileStanding:
    """One file: its name, git's letter, how many of its units are seen, and its comments."""

    path: str
    status: str
    seen: int = 0
    units: int = 0
    comments: int = 0


def tree_rows(
    files: Sequence[FileStanding], groups: Sequence[Group], findings: Mapping[str, Sequence[Finding]], *, guided: bool
) -> list[Row]:
    """Return the rows; a guided list names the folder beside the file, the one by path above it."""
    rows: list[Row] = []
    for group in groups:
        if group.title:
            rows.append(Row((Piece(group.title if guided else f"{group.title}/", "dim"),)))
        for number in group.files:
            found = findings.get(files[number].path, ())
            rows.append(_file(files[number], number, marks.worst(found), len(found), guided=guided))
    return rows


def seen_glyph(seen: int, units: int) -> Piece:
    """Return ✓ for all seen, ◐ for some, ○ for none."""
    if units and seen >= units:
        return Piece("✓", "good")
    return Piece("◐", "normal") if seen else Piece("○", "dim")


def _short(folder: str, room: int) -> str:
    """Return as much of a folder's end as fits, whole names only."""
    parts = folder.split("/")
    while len(parts) > 1 and len("/".join(parts)) > room:
        parts.pop(0)
    text = "/".join(parts)
    return text if len(text) <= max(room, 0) else ""


# At each mark all rows are asked for again, and all but one are as they were.
@lru_cache(maxsize=1 << 14)
def _file(file: FileStanding, number: int, worst: Severity | None, count: int, *, guided: bool) -> Row:
    folder, _, name = file.path.rpartition("/")
    done = bool(file.units) and file.seen >= file.units
    word = _STATUS_WORDS.get(file.status, "")
    columns = Piece(name).cells
    # A word that would be cut says nothing: long names stand alone.
    word = word if columns + len(word) < _NAME_COLUMNS else ""
    left = [seen_glyph(file.seen, file.units), Piece(f" {name}", "dim" if done else "normal")]
    if word:
        left.append(Piece(f" {word}", "dim"))
    if guided and folder:
        left.append(Piece(f"  {_short(folder, _NAME_COLUMNS - columns - len(word) - 2)}", "dim"))
    right: list[Piece] = []
    if file.comments:
        right.append(Piece(f"{file.comments}c ", "accent"))
    if worst is not None:
        right += [marks.severity(worst), Piece(f" {count} ")]
    right.append(Piece(f"{file.seen}/{file.units}" if file.units else "", "dim"))
    return Row(tuple(left), tuple(right), key=("file", number), indent=0 if guided else 2 if folder else 0)
