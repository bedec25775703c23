"""Which lines of a file `head`, `tail`, `sed -n`, `awk` and their like let through.

Pure: the words of a program in, line numbers out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from reviewer.run.shell.shown import split_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.shell.steps import Step

_SED_RANGE = re.compile(r"(\d{1,9})(?:,(\d{1,9}|\$|\+\d{1,9}))?p")
_AWK_FROM = re.compile(r"NR\s{0,3}(>=?|==)\s{0,3}(\d{1,9})")
_AWK_TO = re.compile(r"NR\s{0,3}(<=?)\s{0,3}(\d{1,9})")
_LINES = re.compile(r"(?:-n|--lines=|-)?([+-]?\d{1,9})")
_INDEX = re.compile(r"\(?(\d{1,9})\.\.(\d{1,9})\)?")
Span: TypeAlias = "tuple[int, int | None] | None"
"""First and last line, None for the end; None in all where nobody can tell."""
Cut: TypeAlias = "tuple[str, int, int | None]"
"""What is let through: "part" from a line to a line, or the "last" so many."""


def within(span: tuple[int, int | None], cut: Cut | None) -> Span:
    """Return the lines that are left of a span: the first of it, the last of it, or a part by numbers."""
    if cut is None:
        return None
    first, end = span
    how, start, stop = cut
    if how == "last":
        return None if end is None else (max(first, end - start + 1), end)
    last = first + stop - 1 if stop is not None else end
    return first + start - 1, last if end is None or last is None else min(last, end)


def head_cut(step: Step) -> Cut | None:
    """Return what `head` lets through."""
    for index, word in enumerate(step.args):
        if word.startswith(("-c", "--bytes")):
            return None
        value = step.args[index + 1] if word in {"-n", "--lines"} and index + 1 < len(step.args) else word
        if word[:1] == "-" and (match := _LINES.fullmatch(value)):
            count = match.group(1)
            return ("part", 1, int(count)) if count[0] not in "+-" else None
    return "part", 1, 10


def tail_cut(step: Step) -> Cut | None:
    """Return what `tail` lets through."""
    for index, word in enumerate(step.args):
        if word.startswith(("-c", "--bytes")):
            return None
        value = step.args[index + 1] if word in {"-n", "--lines"} and index + 1 < len(step.args) else word
        if word[:1] in {"-", "+"} and (match := _LINES.fullmatch(value)):
            count = match.group(1)
            return ("part", max(1, int(count[1:])), None) if count[0] == "+" else ("last", abs(int(count)), None)
    return "last", 10, None


def _sed_cut(step: Step) -> Cut | None:
    plain, options = split_options(step.args, frozenset(("-e", "--expression", "-f")))
    script = options.get("-e") or options.get("--expression") or (plain[0] if plain else "")
    spans = sed_spans(script)
    return ("part", *spans[0]) if len(spans) == 1 else None


def sed_spans(script: str) -> list[tuple[int, int | None]]:
    """Return the lines that a script of `sed -n` prints by their numbers."""
    found: list[tuple[int, int | None]] = []
    for command in re.split(r"[;\n]", script.replace(" ", ""))[:20]:
        match = _SED_RANGE.fullmatch(command)
        if match is None:
            continue
        first, end = int(match.group(1)), match.group(2)
        if end is None:
            found.append((first, first))
        elif end == "$":
            found.append((first, None))
        else:
            found.append((first, first + int(end[1:]) if end[0] == "+" else int(end)))
    return found


def awk_cut(step: Step) -> Cut | None:
    """Return what a program of `awk` lets through by the numbers of lines."""
    program = next((word for word in step.args if not word.startswith("-")), "")[:400]
    start, end = _AWK_FROM.search(program), _AWK_TO.search(program)
    first = int(start.group(2)) + (start.group(1) == ">") if start is not None else 1
    if start is not None and start.group(1) == "==":
        return ("part", first, first) if end is None else None
    last = int(end.group(2)) - (end.group(1) == "<") if end is not None else None
    return ("part", first, last) if start is not None or end is not None else None


def _object_cut(step: Step) -> Cut | None:
    _, options = split_options([word.lower() for word in step.args], frozenset(("-first", "-skip", "-last", "-index")))
    if "-index" in options:
        match = _INDEX.search(options["-index"])
        return ("part", int(match.group(1)) + 1, int(match.group(2)) + 1) if match is not None else None
    skip, first, last = (_number(options.get(name)) for name in ("-skip", "-first", "-last"))
    if last is not None:
        return "last", last, None
    start = (skip or 0) + 1
    return ("part", start, start + first - 1 if first is not None else None) if skip or first else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 10 else None


CUTTERS: dict[str, Callable[[Step], Cut | None]] = {
    "head": head_cut,
    "tail": tail_cut,
    "sed": _sed_cut,
    "awk": awk_cut,
    "select-object": _object_cut,
    "select": _object_cut,
}
