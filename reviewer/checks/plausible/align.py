"""One function before and after, statement by statement: which are the same, which were edited, which are gone.

A compound statement counts by its head (the condition, what is looped over); its body is statements of its own. Knows
nothing of what an edit means.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewer.checks.plausible.outline import statement_lists
from reviewer.checks.python_nodes import dump

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.python_source import Definition

_MAX_ROWS = 1_500
_MAX_BLOCK = 40
_MOST_WORK = 30_000
_ALIKE = 0.45
_SAME_VALUE = 0.6
_ROWS, _MATCHED = "_rows", "_matched"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Row:
    """One statement, or the head of one.

    Attributes:
        node: the statement, handler or case.
        head: the parts of it that are compared, without its body.
        shape: these as text without positions.
        depth: how deeply it is nested.
    """

    node: ast.stmt | ast.ExceptHandler | ast.match_case
    head: tuple[ast.AST, ...]
    shape: str = field(repr=False)
    depth: int = 0

    @property
    def line(self) -> int:
        """Where it starts, from 1."""
        return self.node.pattern.lineno if isinstance(self.node, ast.match_case) else self.node.lineno

    @property
    def last(self) -> int:
        """Where its head ends."""
        ends = [getattr(part, "end_lineno", None) or self.line for part in self.head]
        return max([self.line, *ends])


@dataclass(frozen=True, slots=True)
class Aligned:
    """The rows of both sides, matched: `kept` are equal ones, `edited` alike ones, the others stand on one side."""

    kept: tuple[tuple[Row, Row], ...]
    edited: tuple[tuple[Row, Row], ...]
    gone: tuple[Row, ...]
    new: tuple[Row, ...]


def align(old: Definition | ast.Module, new: Definition | ast.Module) -> Aligned | None:
    """Match the statements of two versions of a function, None if there are too many.

    What was matched is kept on the new one: several rules ask.
    """
    known: tuple[Definition | ast.Module, Aligned | None] | None = new.__dict__.get(_MATCHED)
    if known is None or known[0] is not old:
        known = new.__dict__[_MATCHED] = old, _align(old, new)
    return known[1]


def _align(old: Definition | ast.Module, new: Definition | ast.Module) -> Aligned | None:
    before, after = rows(old), rows(new)
    if max(len(before), len(after)) > _MAX_ROWS:
        return None
    shapes = [row.shape for row in before], [row.shape for row in after]
    kept: list[tuple[Row, Row]] = []
    edited: list[tuple[Row, Row]] = []
    gone: list[Row] = []
    fresh: list[Row] = []
    if work(shapes[0], shapes[1]) > _MOST_WORK:
        return None
    matcher = difflib.SequenceMatcher(None, *shapes, autojunk=False)
    for tag, first, last, start, stop in matcher.get_opcodes():
        if tag == "equal":
            kept += zip(before[first:last], after[start:stop], strict=True)
            continue
        pairs = list(_alike(before[first:last], after[start:stop]))
        edited += pairs
        values = list(_values(before[first:last], after[start:stop], pairs))
        edited += values
        pairs += values
        matched = {id(row.node) for pair in pairs for row in pair}
        gone += [row for row in before[first:last] if id(row.node) not in matched]
        fresh += [row for row in after[start:stop] if id(row.node) not in matched]
    return Aligned(tuple(kept), tuple(edited), tuple(gone), tuple(fresh))


def work(one: Sequence[str], other: Sequence[str]) -> int:
    """Return about how much it costs to match two sequences: how many pairs of places hold the same."""
    counted = Counter(other)
    return sum(counted[each] for each in one)


def rows(node: Definition | ast.Module) -> Sequence[Row]:
    """Return the statements of a function in source order, without its docstring and what inner functions hold."""
    known: tuple[Row, ...] | None = node.__dict__.get(_ROWS)
    if known is None:
        known = node.__dict__[_ROWS] = tuple(_rows(node))
    return known


def _rows(node: Definition | ast.Module) -> Iterator[Row]:
    pending: list[tuple[int, ast.AST]] = [(0, one) for one in reversed(node.body)]
    while pending:
        depth, one = pending.pop()
        if isinstance(one, ast.stmt | ast.ExceptHandler | ast.match_case) and not _is_text(one):
            head = _head(one)
            shape = f"{type(one).__name__}({', '.join(dump(part) for part in head)})"
            yield Row(one, head, shape, depth)
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [each for block in statement_lists(one) for each in block]
            pending.extend((depth + 1, each) for each in reversed(inner))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _head(node: ast.stmt | ast.ExceptHandler | ast.match_case) -> tuple[ast.AST, ...]:
    match node:
        case ast.If() | ast.While():
            return (node.test,)
        case ast.For() | ast.AsyncFor():
            return (node.target, node.iter)
        case ast.With() | ast.AsyncWith():
            return tuple(node.items)
        case ast.Match():
            return (node.subject,)
        case ast.match_case():
            return (node.pattern, node.guard) if node.guard else (node.pattern,)
        case ast.ExceptHandler():
            return (node.type,) if node.type else ()
        case ast.Try() | ast.TryStar():
            return ()
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return (ast.Name(node.name, ast.Store()),)
        case _:
            return (node,)


def _alike(old: Sequence[Row], new: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Yield statements of the same kind that share most of their words, in order."""
    if not old or not new or max(len(old), len(new)) > _MAX_BLOCK:
        return
    if [type(row.node) for row in old] == [type(row.node) for row in new]:
        yield from zip(old, new, strict=True)
        return
    words = {id(row): Counter(_WORD.findall(row.shape)) for row in (*old, *new)}
    start = 0
    for one in old:
        best, place = _ALIKE, -1
        for number in range(start, len(new)):
            other = new[number]
            if type(one.node) is not type(other.node):
                continue
            mine, theirs = words[id(one)], words[id(other)]
            shared = (mine & theirs).total() / max(1, (mine | theirs).total())
            if shared > best:
                best, place = shared, number
        if place >= 0:
            start = place + 1
            yield one, new[place]


def _values(old: Sequence[Row], new: Sequence[Row], taken: Sequence[tuple[Row, Row]]) -> Iterator[tuple[Row, Row]]:
    """Yield statements of two kinds with nearly the same value: one that was returned and is bound to a name now."""
    if max(len(old), len(new), 1) > _MAX_BLOCK:
        return
    left = [row for row in old if all(row is not one for one, _ in taken) and _value(row) is not None]
    right = [row for row in new if all(row is not other for _, other in taken) and _value(row) is not None]
    for one in left:
        words = Counter(_WORD.findall(one.shape))
        for other in right:
            theirs = Counter(_WORD.findall(other.shape))
            if (words & theirs).total() / max(1, (words | theirs).total()) > _SAME_VALUE:
                right.remove(other)
                yield replace(one, head=(_value(one) or one.node,)), replace(other, head=(_value(other) or other.node,))
                break


def _value(row: Row) -> ast.expr | None:
    value = getattr(row.node, "value", None)
    known = isinstance(row.node, ast.Return | ast.Assign | ast.AnnAssign | ast.Expr)
    return value if known and isinstance(value, ast.expr) else None
