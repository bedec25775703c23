"""Some lines of a text under a title, one text alone or two side by side, and which lines a function takes.

Pure: takes bytes, gives rows. Hostile text becomes safe where it becomes a piece.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len, set_cell_size

from reviewer.checks import roles
from reviewer.checks.python_source import MODULE, functions, parse
from reviewer.text import display_safe
from reviewer.tui.row import Piece, Row, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AROUND = 4
_MOST_LINES = 120
_MOST_BYTES = 2 << 20
_SPLIT_FROM = 100
"""Columns from which two texts stand side by side."""
NOTHING = range(0)
_Line: TypeAlias = tuple[str, str, bool]
"""Number, text, and whether the finding is about it."""
_BLANK: _Line = ("", "", False)


@dataclass(frozen=True)
class Excerpt:
    """Some lines of a text under a title; lines that the finding is about are marked."""

    title: str
    text: bytes | None
    span: range
    marked: range = NOTHING

    def rows(self) -> list[_Line]:
        """Return number, text and mark of each line."""
        if self.text is None:
            return []
        lines = self.text.split(b"\n")
        numbers = [number for number in self.span[:_MOST_LINES] if 1 <= number <= len(lines)]
        width = len(str(numbers[-1])) if numbers else 1
        return [(f"{number:>{width}}", _text(lines[number - 1]), number in self.marked) for number in numbers]


def beside(left: Excerpt, right: Excerpt, columns: int) -> Iterator[Row]:
    """Yield two excerpts side by side where there is room for both, else one below the other."""
    one, two = left.rows(), right.rows()
    if columns < _SPLIT_FROM or not one or not two:
        for excerpt, rows in ((left, one), (right, two)):
            if rows:
                yield Row((Piece(excerpt.title, "dim"),))
            for line in rows:
                yield Row(tuple(_line(*line)))
        return
    half = (columns - 3) // 2
    yield Row((Piece(_fit(left.title, half), "dim"), Piece("   "), Piece(right.title, "dim")))
    for start, end, same in _aligned(one, two):
        tones: tuple[Tone, Tone] = ("normal", "normal") if same else ("bad", "good")
        first = _line(*(start or _BLANK), columns=half, tone=tones[0])
        yield Row((*first, Piece(" │ ", "dim"), *_line(*(end or _BLANK), tone=tones[1])))


def _aligned(one: list[_Line], two: list[_Line]) -> Iterator[tuple[_Line | None, _Line | None, bool]]:
    """Yield what stands side by side, and whether it is the same text on both."""
    matcher = SequenceMatcher(None, [line[1] for line in one], [line[1] for line in two], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield from ((start, end, tag == "equal") for start, end in zip_longest(one[i1:i2], two[j1:j2], fillvalue=None))


def spans(data: bytes | None, path: str) -> Mapping[str, range]:
    """Return the lines of each Python function by qualified name; empty for other languages and what is no Python."""
    if data is None or len(data) > _MOST_BYTES or roles.language(path) != "python":
        return {}
    tree = parse(data)
    found: dict[str, range] = {}
    for one in functions(tree, path) if tree is not None else ():
        node = one.node
        if one.name != MODULE and not isinstance(node, ast.Module):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            found[one.name] = range(first, (node.end_lineno or node.lineno) + 1)
    return found


def enclosing(data: bytes | None, path: str, line: int) -> tuple[str, range]:
    """Return the innermost function around a line, by name and lines; else no name and the lines around it."""
    inside = [(name, span) for name, span in spans(data, path).items() if line in span]
    if inside:
        return min(inside, key=lambda one: len(one[1]))
    return "", range(max(1, line - _AROUND), line + _AROUND + 1)


def _line(number: str, text: str, marked: bool, *, columns: int = 0, tone: Tone = "normal") -> Iterator[Piece]:  # noqa: FBT001 - a line is one value of three parts
    head = f"{'▸' if marked else ' '}{number}  "
    yield Piece(head, "accent" if marked else "dim")
    shown = display_safe(text).replace("\t", "    ")
    yield Piece(_fit(shown, columns - cell_len(head)) if columns else shown, "bright" if marked else tone)


def _fit(text: str, columns: int) -> str:
    safe = display_safe(text)
    return set_cell_size(safe, columns) if cell_len(safe) <= columns else set_cell_size(safe, columns - 1) + "…"


def _text(line: bytes) -> str:
    return line[:4096].decode("utf-8", "surrogateescape").removesuffix("\r")
