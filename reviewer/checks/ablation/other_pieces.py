"""Files in other languages than Python cut into pieces: by the runs of the diff, judged by syntax where it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ablation.piece import Piece
from reviewer.checks.ablation.spans import taken_back
from reviewer.syntax.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.ablation.spans import Span
    from reviewer.syntax.tree import Tree

IDLE = "comments or layout alone"
ALONE = "the file cannot be read without it alone"
TESTS = "tests that stand beside the code"
_TOGETHER = 4
_FAR = 30
_MARKS = (b"//", b"#", b"/*", b"*", b"--", b";")


def cut(path: str, old: Sequence[bytes], new: Sequence[bytes], runs: Sequence[Span]) -> Iterator[Piece]:
    """Yield the pieces of a file in order; arguments as for Python's, and the path, which tells the language."""
    language = roles.language(path)
    tree = None if language is None else parse(language, b"".join(new), path)
    if language is None or tree is None or tree.has_error:
        yield from (_by_lines(old, new, run) for run in runs)
        return
    head = _words(tree)
    tests = _inner_tests(tree)
    place = 0
    while place < len(runs):
        run = runs[place]
        if any(first <= run.new and run.new_end <= end for first, end in tests):
            yield Piece(run, "left_out", note=TESTS)
            place += 1
            continue
        piece, used = _by_syntax(_Sides(language, path, old, new, head), runs[place : place + _TOGETHER])
        yield piece
        place += used


@dataclass(frozen=True, slots=True)
class _Sides:
    language: str
    path: str
    old: Sequence[bytes]
    new: Sequence[bytes]
    head: tuple[str, ...]


def _by_syntax(sides: _Sides, runs: Sequence[Span]) -> tuple[Piece, int]:
    first = runs[0]
    for used, last in enumerate(runs, 1):
        if last.new - first.new_end > _FAR:
            break
        span = first.until(last)
        without = taken_back(sides.old, sides.new, span)
        tree = parse(sides.language, without, sides.path)
        if tree is not None and not tree.has_error:
            if _words(tree) == sides.head:
                return Piece(span, "left_out", note=IDLE), used
            return Piece(span, "try", without), used
    return Piece(first, "cannot_apply", note=ALONE), 1


def _by_lines(old: Sequence[bytes], new: Sequence[bytes], run: Span) -> Piece:
    touched = [*old[run.old : run.old_end], *new[run.new : run.new_end]]
    if all(not line.strip() or line.lstrip().startswith(_MARKS) for line in touched):
        return Piece(run, "left_out", note=IDLE)
    return Piece(run, "try", taken_back(old, new, run))


def _inner_tests(tree: Tree) -> list[tuple[int, int]]:
    """Return the lines, from 0, of modules that are compiled for tests alone, as Rust has them beside the code."""
    found: list[tuple[int, int]] = []
    first: int | None = None
    for node in tree.root.children if tree.language == "rust" else ():
        if node.type == "attribute_item":
            first = node.first - 1 if b"cfg(test)" in node.text.encode("utf-8", "surrogateescape") else first
        elif not node.is_comment:
            if first is not None and node.type == "mod_item":
                # A blank line before it belongs to it.
                found.append((max(0, first - 1), node.last))
            first = None
    return found


def _words(tree: Tree) -> tuple[str, ...]:
    return tuple(tree.root.tokens())
