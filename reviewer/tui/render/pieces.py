"""Lines made of a few pieces of safe text: file headers, hunk rows, the line that stays at the top.

Facts come in as values and leave as (text, role) pieces; `fit` lays a left and a right part out in a width and cuts
what does not fit. Knows diff spans; nothing of styles or widgets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len, set_cell_size

from reviewer.text import display_safe, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewer.diff.model import FileSpan, HunkSpan
    from reviewer.tui.render.gap import Gap, Opened

STATUS = {
    "A": "new file",
    "D": "deleted",
    "T": "type changed",
}
_KINDS = {"120": "symlink", "160": "submodule"}
_GENERATED = re.compile(
    r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|poetry\.lock|uv\.lock|pdm\.lock"
    r"|Pipfile\.lock|Cargo\.lock|go\.sum|composer\.lock|Gemfile\.lock|flake\.lock)$"
    r"|\.(?:min\.js|min\.css|map|pb\.go|g\.dart|designer\.cs|snap)$|_pb2(?:_grpc)?\.pyi?$|(?:^|/)(?:dist|vendor|node_modules)/"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Safe text of one line in the colour of a token."""

    text: str
    role: str = "foreground"
    bold: bool = False


Pieces: TypeAlias = "Sequence[Piece]"


def is_generated(path: str) -> bool:
    """Return whether a path is by its name one that programs write (lock files, bundles, generated code)."""
    return _GENERATED.search(path) is not None


def path_pieces(path: str, room: int) -> list[Piece]:
    """Return a path in at most `room` columns: folders quiet, name strong, cut from the left."""
    shown = one_line(path)
    folder, slash, name = shown.rpartition("/")
    if cell_len(shown) <= room:
        return [Piece(folder + slash, "label"), Piece(name, "bright", bold=True)]
    if cell_len(name) + 2 <= room:
        while folder and cell_len(folder) + cell_len(name) + 2 > room:
            folder = folder[1:]
        return [Piece(f"…{folder}/", "label"), Piece(name, "bright", bold=True)]
    while name and cell_len(name) + 1 > room:
        name = name[1:]
    return [Piece("…" + name, "bright", bold=True)]


def file_marks(file: FileSpan) -> list[Piece]:
    """Return what is special about a file, most important first."""
    marks: list[Piece] = []
    if file.status in ("R", "C") and file.old_path is not None:
        word = "renamed from" if file.status == "R" else "copied from"
        marks.append(Piece(f"{word} {one_line(file.old_path)}", "label"))
    elif file.status in STATUS:
        marks.append(Piece(STATUS[file.status], "severity-medium" if file.status == "T" else "label"))
    old, new = file.old_mode, file.new_mode
    kinds = [_KINDS.get((mode or "")[:3]) for mode in (old, new)]
    marks.extend(Piece(kind, "severity-medium") for kind in dict.fromkeys(filter(None, kinds)))
    if old and new and old != new:
        marks.append(
            Piece(f"mode {old[-3:]} → {new[-3:]}" if old[:3] == new[:3] else f"mode {old} → {new}", "severity-medium")
        )
    elif file.status == "A" and new == "100755":
        marks.append(Piece("executable", "severity-medium"))
    if file.binary:
        marks.append(Piece("binary", "label"))
    if is_generated(file.path):
        marks.append(Piece("generated", "label"))
    if file.combined:
        marks.append(Piece("combined diff, shown raw", "severity-high"))
    if file.unparsed:
        marks.append(Piece(f"{plural(file.unparsed, 'row')} not understood", "severity-high"))
    elif not file.consistent:
        marks.append(Piece("header and rows disagree", "severity-high"))
    return marks


def counts(file: FileSpan) -> list[Piece]:
    """Return how many lines a file gains and loses."""
    pieces = []
    if file.added or not file.removed:
        pieces.append(Piece(f"+{file.added:,}", "added-sign" if file.added else "dim"))
    if file.removed:
        pieces.append(Piece(f"{' ' if pieces else ''}−{file.removed:,}", "removed-sign"))
    return pieces if file.added or file.removed else []


def section_text(hunk: HunkSpan) -> str:
    """Return what git wrote behind a hunk's header, safe and on one line."""
    return one_line(hunk.section.decode("utf-8", "surrogateescape")).strip()


def gap_text(gap: Gap | None, opened: Opened) -> str:
    """Return how many lines a gap still hides, empty when it hides none."""
    if gap is None or gap.count <= opened.total:
        return ""
    left = plural(gap.count - opened.total, "line")
    return f"{left} to the end" if gap.hunk is None else left


def one_line(text: str) -> str:
    """Return any text as one safe line without tabs."""
    return display_safe(text[:4096]).replace("\t", " ")


def width_of(pieces: Iterable[Piece]) -> int:
    """Return the columns that pieces take."""
    return sum(cell_len(piece.text) for piece in pieces)


def fit(left: Pieces, right: Pieces, width: int) -> list[Piece]:
    """Return pieces that fill exactly `width` columns: `left` cut where `right` begins; `right` goes when it must."""
    room = width - width_of(right) - (1 if right else 0)
    if right and room < min(width, max(12, width_of(left[:3]))):
        return fit(left, (), width)
    fitted: list[Piece] = []
    for piece in left:
        size = cell_len(piece.text)
        if size > room:
            text = set_cell_size(piece.text, max(0, room - 1)) + "…" if room > 1 else " " * max(0, room)
            fitted.append(Piece(text, piece.role, piece.bold))
            room = 0
            break
        fitted.append(piece)
        room -= size
    fitted.append(Piece(" " * (room + (1 if right else 0))))
    return [*fitted, *right]
