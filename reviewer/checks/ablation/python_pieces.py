"""Python cut into pieces: what parses alone, what only makes sense together, and what no test could notice.

A function that is new as a whole is emptied in place of being deleted, as "extreme mutation" does it (Vera-Pérez et
al., A comprehensive study of pseudo-tested methods, EMSE 2019): a deleted one fails by absence and shows nothing.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from typing import TYPE_CHECKING

from reviewer.checks.ablation.piece import EMPTIED, Piece
from reviewer.checks.ablation.python_before import Before
from reviewer.checks.ablation.python_shape import is_idle, shape
from reviewer.checks.ablation.spans import Span, taken_back
from reviewer.checks.python_source import parse, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewer.checks.python_source import Definition

IDLE = "comments, docstrings, imports, annotations or layout alone"
ALONE = "the file does not parse without it alone"
HOLLOW = "a function without statements of its own"
GONE = "functions or classes that are taken away: nothing notices one that is put back"
UNREADABLE = "the head's file does not parse"
_FAR = 30
_TOGETHER = 4


def cut(old: Sequence[bytes], new: Sequence[bytes], runs: Sequence[Span]) -> Iterator[Piece]:
    """Yield the pieces of a Python file in order; each costs a reading of the whole file.

    Args:
        old: its lines before, none for a new file.
        new: its lines after.
        runs: the runs of changed lines.
    """
    tree = parse(b"".join(new))
    if tree is None:
        yield from (Piece(run, "cannot_apply", note=UNREADABLE) for run in runs)
        return
    old_tree = parse(b"".join(old))
    joined = _joined(runs, _statements(tree), _statements(old_tree))
    names = frozenset() if old_tree is None else frozenset(name for name, _ in _functions(old_tree))
    joined = [part for run in joined for part in _peeled(tree, new, run, names)]
    before = Before(old_tree, tree, joined)
    head = shape(tree)
    place = 0
    while place < len(joined):
        run = joined[place]
        functions = list(_new_functions(tree, run)) if run.old == run.old_end else []
        if functions:
            yield from _of_additions(new, tree, head, run, functions)
            place += 1
            continue
        if before.only_defines(run):
            yield Piece(run, "left_out", note=GONE)
            place += 1
            continue
        piece, used = _reverted(old, new, head, before, joined[place : place + _TOGETHER])
        yield piece
        place += used


def _reverted(
    old: Sequence[bytes], new: Sequence[bytes], head: str, before: Before, runs: Sequence[Span]
) -> tuple[Piece, int]:
    """Return the first run as a piece, with as many that follow as it needs to parse, and how many these are."""
    first = runs[0]
    for used, last in enumerate(runs, 1):
        if last.new - first.new_end > _FAR:
            break
        span = first.until(last)
        imports = [run for run in before.needed(span) if run not in runs[:used]]
        without = taken_back(old, new, span, *imports)
        tree = parse(without)
        if tree is not None:
            if shape(tree) == head:
                return Piece(span, "left_out", note=IDLE), used
            return Piece(span, "try", without), used
    return Piece(first, "cannot_apply", note=ALONE), 1


def _of_additions(
    new: Sequence[bytes], tree: ast.Module, head: str, run: Span, functions: Sequence[Definition]
) -> Iterator[Piece]:
    """Yield the pieces of a run that adds whole functions: each function, and the statements between them."""
    found = [_emptied(new, run, function) for function in functions]
    for first, end in _between(tree, run, functions):
        span = Span(run.old, run.old, first, end)
        without = taken_back((), new, Span(0, 0, first, end))
        left = parse(without)
        if left is None:
            found.append(Piece(span, "cannot_apply", note=ALONE))
        elif shape(left) == head:
            found.append(Piece(span, "left_out", note=IDLE))
        else:
            found.append(Piece(span, "try", without))
    yield from sorted(found, key=lambda piece: piece.span.new)


def _peeled(tree: ast.Module, new: Sequence[bytes], run: Span, names: frozenset[str]) -> Iterator[Span]:
    """Yield a run that replaces lines, and what stands after it that is new as a whole, as runs of their own."""
    end = run.new_end
    if run.old < run.old_end:
        known = [(name, node) for name, node in _functions(tree, run) if name not in names]
        for _, node in reversed(known):
            last = node.end_lineno or node.lineno
            if last > end or any(_says(line) for line in new[last:end]) or first_line(node) - 1 <= run.new:
                break
            end = first_line(node) - 1
    yield Span(run.old, run.old_end, run.new, end)
    if end < run.new_end:
        yield Span(run.old_end, run.old_end, end, run.new_end)


def _says(line: bytes) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(b"#")


def _emptied(new: Sequence[bytes], run: Span, function: Definition) -> Piece:
    span = Span(run.old, run.old, first_line(function) - 1, function.end_lineno or function.lineno)
    body = [one for one in statements(function) if not _is_hollow(one)]
    if not body or _is_abstract(function):
        return Piece(span, "left_out", note=HOLLOW)
    start, last = body[0], body[-1]
    first, end = first_line(start) - 1, last.end_lineno or last.lineno
    column = start.col_offset
    left = new[first][:column]
    if first_line(start) != start.lineno:
        left = new[start.lineno - 1][:column]
    right = new[end - 1][last.end_col_offset or 0 :]
    text = b"return; yield" if _is_generator(function) else b"return None"
    without = b"".join((*new[:first], left + text + right, *new[end:]))
    if parse(without) is None:
        return Piece(span, "cannot_apply", note=ALONE)
    return Piece(span, "try", without, EMPTIED)


def _new_functions(tree: ast.Module, run: Span) -> Iterator[Definition]:
    """Yield the outermost functions that stand in a run as a whole, methods of classes too."""
    for _, node in _functions(tree, run):
        if first_line(node) > run.new and (node.end_lineno or node.lineno) <= run.new_end:
            yield node


def _functions(tree: ast.Module, run: Span | None = None) -> Iterator[tuple[str, Definition]]:
    """Yield functions with their qualified names in order: of a run the outermost that it holds, else all."""
    pending: list[tuple[str, ast.stmt]] = [("", one) for one in reversed(tree.body)]
    while pending:
        prefix, node = pending.pop()
        end = node.end_lineno or node.lineno
        if run is not None and (end <= run.new or first_line(node) > run.new_end):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
            if run is not None and first_line(node) > run.new and end <= run.new_end:
                continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            prefix += f"{node.name}."
        pending.extend((prefix, one) for one in reversed(list(ast.iter_child_nodes(node))) if isinstance(one, ast.stmt))


def _between(tree: ast.Module, run: Span, functions: Sequence[Definition]) -> Iterator[tuple[int, int]]:
    """Yield (first, end) of neighbouring statements in a run that do something and are no function, from 0."""
    owned = {id(one) for one in functions}
    pending: list[ast.stmt] = list(reversed(tree.body))
    group: tuple[int, int] | None = None
    while pending:
        node = pending.pop()
        first, end = first_line(node) - 1, node.end_lineno or node.lineno
        if end <= run.new or first >= run.new_end:
            continue
        inside = first >= run.new and end <= run.new_end
        holds = isinstance(node, ast.ClassDef) or not inside or any(first < one.lineno <= end for one in functions)
        if id(node) in owned or holds or is_idle(node):
            if group is not None:
                yield group
            group = None
            if holds and id(node) not in owned:
                pending.extend(reversed([one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)]))
            continue
        group = (first, end) if group is None else (group[0], end)
    if group is not None:
        yield group


def _joined(runs: Sequence[Span], *sides: _Extents) -> list[Span]:
    """Return the runs, those in one statement with no more than a line between them made one."""
    found: list[Span] = []
    for run in runs:
        last = found[-1] if found else None
        if last is not None and run.new - last.new_end <= 1:
            new, old = sides
            one_new = new.at(max(last.new, last.new_end - 1)) == new.at(run.new) is not None
            one_old = old.at(max(last.old, last.old_end - 1)) == old.at(run.old) is not None
            if one_new or one_old:
                found[-1] = last.until(run)
                continue
        found.append(run)
    return found


class _Extents:
    """Which statement a line belongs to: the whole of a plain one, the head of a compound one."""

    def __init__(self, extents: Iterable[tuple[int, int]]) -> None:
        self._extents = sorted(extents)
        self._starts = [first for first, _ in self._extents]

    def at(self, line: int) -> int | None:
        """Return the number of the statement that has this line, from 0."""
        place = bisect_right(self._starts, line) - 1
        return place if place >= 0 and line < self._extents[place][1] else None


def _statements(tree: ast.Module | None) -> _Extents:
    nodes = ast.walk(tree) if tree is not None else ()
    return _Extents(extent(node) for node in nodes if isinstance(node, ast.stmt))


def extent(node: ast.stmt) -> tuple[int, int]:
    """Return (first, end) of a plain statement, or of the head of a compound one, from 0."""
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    end = node.end_lineno or node.lineno
    if isinstance(body, list) and body:
        first = body[0].pattern if isinstance(body[0], ast.match_case) else body[0]
        end = max(node.lineno, min(end, first.lineno - 1))
    return node.lineno - 1, end


def first_line(node: ast.stmt) -> int:
    """Return the line where a statement starts with its decorators, from 1."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return min([node.lineno, *(one.lineno for one in node.decorator_list)])
    return node.lineno


def _is_hollow(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.Return(value=None | ast.Constant(value=None)):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case _:
            return False


def _is_abstract(function: Definition) -> bool:
    names = {_last_name(one) for one in function.decorator_list}
    return not names.isdisjoint({"overload", "abstractmethod", "abstractproperty"})


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_generator(function: Definition) -> bool:
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(node))
    return False
