"""Rows of text with tones: what every list and page of the workstation is made of, and how one becomes lines.

Pure data. Knows no widget and no colour: a tone is a role, and the theme says what it looks like. Every text is made
safe here, once, on the way in, so that no list can forget it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from rich.cells import cell_len, set_cell_size

from reviewer.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

Tone: TypeAlias = Literal[
    "bright", "normal", "dim", "name", "accent", "high", "medium", "low", "good", "bad", "warn", "prose"
]
_ELLIPSIS = "…"
_GAP = 2
"""Columns between what is cut on the left and what stands on the right."""
MIN_WRAP = 12
"""Wrapping into fewer columns than this only makes ladders of letters."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text in one tone. The text is made safe for a terminal when the piece is made."""

    text: str
    tone: Tone = "normal"

    def __post_init__(self) -> None:
        """Make the text safe and expand its tabs."""
        object.__setattr__(self, "text", display_safe(self.text).replace("\t", "    "))

    @property
    def cells(self) -> int:
        """Columns on the screen."""
        return cell_len(self.text)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list or page.

    Attributes:
        left: what is read first; cut with an ellipsis, or wrapped when `wrap` is set.
        right: aligned to the right edge and never cut (counts, states).
        key: what the row stands for; None for labels and blank rows, which the cursor passes over.
        indent: columns before the row; hanging: columns before its second line when wrapped.
        wrap: whether long text goes on in further lines.
    """

    left: tuple[Piece, ...] = ()
    right: tuple[Piece, ...] = ()
    key: Hashable = None
    indent: int = 0
    hanging: int = 0
    wrap: bool = False
    search: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        """The whole text, for searching and copying."""
        return "".join(piece.text for piece in (*self.left, *self.right))


Line: TypeAlias = tuple[Piece, ...]

BLANK = Row()


def row(*parts: str | Piece, right: Sequence[str | Piece] = (), **options: object) -> Row:
    """Return a row of pieces; bare strings are in the normal tone.

    Args:
        parts: the pieces from the left.
        right: the pieces at the right edge.
        options: the other fields of `Row` (key, indent, hanging, wrap).
    """
    return Row(tuple(map(_piece, parts)), tuple(map(_piece, right)), **options)  # type: ignore[arg-type]


def label(text: str, *right: str | Piece) -> Row:
    """Return a quiet row that names what follows."""
    return Row((Piece(text, "dim"),), tuple(Piece(p, "dim") if isinstance(p, str) else p for p in right))


def paragraphs(text: str, tone: Tone = "normal", *, indent: int = 0) -> Iterator[Row]:
    """Yield one wrapped row for each line of a text of several lines."""
    for line in text.replace("\r\n", "\n").split("\n"):
        yield Row((Piece(line, tone),), indent=indent, wrap=True) if line.strip() else BLANK


def layout(source: Row, width: int) -> tuple[Line, ...]:
    """Return the lines of a row in `width` columns, each exactly that wide or narrower."""
    right = source.right
    right_cells = sum(piece.cells for piece in right)
    room = width - source.indent - (right_cells + _GAP if right else 0)
    pad = (Piece(" " * source.indent),) if source.indent else ()
    if not source.wrap or room < MIN_WRAP or sum(piece.cells for piece in source.left) <= room:
        line = (*pad, *_clip(source.left, max(1, room)))
        return (_join(line, right, width),)
    lines = tuple(_wrap(source.left, room, max(4, room - source.hanging)))
    hang = (Piece(" " * (source.indent + source.hanging)),) if source.indent + source.hanging else ()
    return (_join((*pad, *lines[0]), right, width), *((*hang, *line) for line in lines[1:]))


def clip_cells(text: str, columns: int) -> str:
    """Return a safe text cut to `columns` with an ellipsis where something is lost."""
    line = display_safe(text)
    return line if cell_len(line) <= columns else set_cell_size(line, columns - 1) + _ELLIPSIS


def _piece(part: str | Piece) -> Piece:
    return part if isinstance(part, Piece) else Piece(part)


def _join(line: Line, right: Line, width: int) -> Line:
    if not right:
        return line
    gap = width - sum(piece.cells for piece in (*line, *right))
    return (*line, Piece(" " * max(1, gap)), *right)


def _clip(pieces: Iterable[Piece], room: int) -> Line:
    """Return the pieces cut to `room` columns, the last kept character replaced by an ellipsis if any is lost."""
    kept: list[Piece] = []
    left = room
    todo = list(pieces)
    for number, piece in enumerate(todo):
        size = piece.cells
        more = any(rest.text for rest in todo[number + 1 :])
        if size < left or (size == left and not more):
            kept.append(piece)
            left -= size
            continue
        kept.append(Piece(set_cell_size(piece.text, left - 1) + _ELLIPSIS, piece.tone))
        break
    return tuple(kept)


def _wrap(pieces: Iterable[Piece], first: int, rest: int) -> Iterator[Line]:
    line: list[Piece] = []
    room = first
    for piece in pieces:
        for word in _words(piece.text):
            text = word
            while cell_len(text) > room:
                if line and not text.isspace() and cell_len(text) <= rest:
                    yield tuple(line)
                    line, room = [], rest
                    text = text.lstrip(" ")
                    continue
                if text.isspace():
                    text = ""
                    break
                cut = max(1, _fit(text, room))
                line.append(Piece(text[:cut], piece.tone))
                text = text[cut:]
                yield tuple(line)
                line, room = [], rest
            if text and (line or not text.isspace() or room == first):
                line.append(Piece(text, piece.tone))
                room -= cell_len(text)
    if line:
        yield tuple(line)


def _words(text: str) -> Iterator[str]:
    """Yield words and the runs of blanks between them, so that joining them gives the text again."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or (text[place] == " ") != (text[place - 1] == " "):
            yield text[start:place]
            start = place


def _fit(text: str, room: int) -> int:
    """Return how many characters fit into `room` columns."""
    cells = 0
    for place, character in enumerate(text):
        cells += cell_len(character)
        if cells > room:
            return place
    return len(text)
