"""What verbs print: data on stdout, narration on stderr, every text of it safe for a terminal.

Knows streams and columns; takes strings that may be hostile and lets none of their control characters through.
"""

from __future__ import annotations

import json
import sys
import textwrap
import time
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reviewer.text import display_block, display_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

WIDTH = 80
"""Columns that plain output is laid out for, whatever the terminal: the same bytes in a pipe and on a screen."""

_FIRST_AFTER = 0.15
_EVERY = 0.1


def say(text: str) -> None:
    """Print narration to stderr: what is being done, what was left out, what to do next."""
    sys.stderr.write(display_block(text) + "\n")


def put(text: str = "") -> None:
    """Print data to stdout: text of one or several lines."""
    sys.stdout.write(display_block(text) + "\n")


def print_json(value: object) -> None:
    r"""Print JSON to stdout, in ASCII so that nothing in it acts on a terminal, keys in the order given.

    Lone surrogates (bytes that were not UTF-8) come out as `\udcXX`.
    """
    text = json.dumps(value, indent=2, ensure_ascii=True, allow_nan=False)
    # JSON leaves DEL as it is; inside strings is the only place where it can be.
    sys.stdout.write(text.replace("\x7f", "\\u007f") + "\n")


def table(rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset(), indent: str = "") -> None:
    """Print rows in aligned columns to stdout, two spaces between them.

    Args:
        rows: cells of one line each; rows may differ in length.
        right: numbers of the columns (from 0) that are aligned to the right.
        indent: what stands before each row.
    """
    for line in aligned(rows, right=right, indent=indent):
        sys.stdout.write(line + "\n")


def aligned(rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset(), indent: str = "") -> tuple[str, ...]:
    """Return rows in aligned columns, a line each, safe to print; arguments as of `table`."""
    safe = [[display_safe(cell) for cell in row] for row in rows]
    columns = max((len(row) for row in safe), default=0)
    widths = [max((width(row[n]) for row in safe if n < len(row)), default=0) for n in range(columns)]
    cells = ([_pad(cell, widths[n], right=n in right) for n, cell in enumerate(row)] for row in safe)
    return tuple((indent + "  ".join(row)).rstrip() for row in cells)


def wrap(text: str, indent: str = "", *, first: str | None = None) -> str:
    """Return text folded at `WIDTH` columns, its own line breaks kept.

    Args:
        text: one line or several.
        indent: stands before each line.
        first: stands before the first one in its place.
    """
    lines: list[str] = []
    for line in display_block(text).split("\n"):
        start = indent if lines or first is None else first
        folded = textwrap.wrap(
            line,
            WIDTH,
            initial_indent=start,
            subsequent_indent=indent,
            expand_tabs=True,
            replace_whitespace=False,
            drop_whitespace=True,
            break_on_hyphens=False,
        )
        lines += folded or [start.rstrip()]
    return "\n".join(lines)


def fold(text: str, indent: str, *, most: int) -> str:
    """Return text folded like `wrap`, cut after `most` lines with a mark that counts the rest."""
    lines = wrap(text, indent).split("\n")
    if len(lines) <= most:
        return "\n".join(lines)
    return "\n".join([*lines[:most], f"{indent}⋯ {len(lines) - most:,} more lines (--json has them)"])


def width(text: str) -> int:
    """Return how many columns a terminal gives to safe text."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that takes (done, all) and keeps one line about it on stderr; see `phases`."""
    with phases() as report:
        yield lambda done, everything: report(label, done, everything)


@contextmanager
def phases() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that takes (what, done, all) and keeps one line about it on stderr, where that is a terminal.

    Nothing is written in the first moment, so that short work stays silent.
    """
    if not sys.stderr.isatty():
        yield lambda _what, _done, _all: None
        return
    shown = False
    due = time.monotonic() + _FIRST_AFTER

    def report(what: str, done: int, everything: int) -> None:
        nonlocal shown, due
        now = time.monotonic()
        if now < due:
            return
        due = now + _EVERY
        shown = True
        share = f"{done * 100 // everything:3d} %" if everything else ""
        sys.stderr.write(f"\r\x1b[K{display_safe(what)} {share}")
        sys.stderr.flush()

    try:
        yield report
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _pad(cell: str, columns: int, *, right: bool) -> str:
    space = " " * (columns - width(cell))
    return space + cell if right else cell + space
