"""One Python tree laid out for rules: its nodes by kind, their parents, and the function that each is in.

Built once a side, so that many rules cost one walk. Nothing here recurses: trees of hostile source may be deep.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar, cast

from reviewer.checks.python_nodes import children, dump, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewer.checks.python_source import Definition

N = TypeVar("N", bound=ast.AST)
_NAMELESS = (ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
_TEXT = 200
MAX_NODES = 12_000
"""A function with more is not looked at by rules that read functions as a whole; people write none so large."""


class Outline:
    """A tree with its nodes by kind, in source order."""

    def __init__(self, tree: ast.Module, source: bytes = b"", touched: Iterable[int] | None = None) -> None:
        """Walk the tree once.

        Args:
            tree: of one file.
            source: what it was parsed from.
            touched: the lines that are asked about, None for all.
        """
        self._touched = None if touched is None else sorted(touched)
        self.tree = tree
        self.lines = source.split(b"\n")
        self._kinds: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        self._parents: dict[ast.AST, ast.AST] = {}
        self._sizes: dict[ast.AST, int] = {}
        seen: list[ast.AST] = []
        pending: list[ast.AST] = [tree]
        while pending:
            node = pending.pop()
            seen.append(node)
            self._kinds[type(node)].append(node)
            inner = [child for child in children(node) if not isinstance(child, _NAMELESS)]
            for child in inner:
                self._parents[child] = node
            pending.extend(reversed(inner))
        for node in reversed(seen):
            self._sizes[node] = self._sizes.get(node, 0) + 1
            above = self._parents.get(node)
            if above is not None:
                self._sizes[above] = self._sizes.get(above, 0) + self._sizes[node]
        self.memory: dict[str, object] = {}

    def of(self, kind: type[N]) -> Sequence[N]:
        """Return the nodes of a kind."""
        return cast("Sequence[N]", self._kinds.get(kind, ()))

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return what a node is part of."""
        return self._parents.get(node)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what a node is part of, the nearest first."""
        current = self._parents.get(node)
        while current is not None:
            yield current
            current = self._parents.get(current)

    def function(self, node: ast.AST) -> Definition | None:
        """Return the function that a node is in."""
        for one in self.above(node):
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                return one
        return None

    def scope(self, node: ast.AST) -> str:
        """Return the qualified name of the function or class that a node is in, "" for the module's own statements."""
        names = [
            one.name
            for one in (node, *self.above(node))
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]
        return ".".join(reversed(names))

    @property
    def size(self) -> int:
        """How many nodes it has."""
        return self._sizes[self.tree]

    def touches(self, first: int, last: int | None) -> bool:
        """Return whether any of these lines is asked about."""
        if self._touched is None:
            return True
        place = bisect_left(self._touched, first)
        return place < len(self._touched) and self._touched[place] <= (last or first)

    def functions(self) -> Iterator[Definition]:
        """Yield the functions that have lines that are asked about and are not huge, inner ones too."""
        for function in self.every_function():
            if self.touches(function.lineno, function.end_lineno) and self._sizes[function] <= MAX_NODES:
                yield function

    def every_function(self) -> Iterator[Definition]:
        """Yield all functions."""
        yield from self.of(ast.FunctionDef)
        yield from self.of(ast.AsyncFunctionDef)


def name_of(node: ast.AST | None) -> str:
    """Return the last part of a name or dotted name, "" for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.AST | None) -> str:
    """Return a dotted name, "" for anything that is not one."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join(reversed([*parts, node.id]))


def text_of(node: ast.AST | None) -> str:
    """Return the code of a node on one line."""
    return "" if node is None else " ".join(ast.unparse(node).split())[:_TEXT]


def same(one: ast.AST, other: ast.AST) -> bool:
    """Return whether two nodes are the same code, wherever they stand."""
    return type(one) is type(other) and dump(one) == dump(other)


def calls_in(node: ast.AST) -> bool:
    """Return whether anything in a node may do more than read: a call, an await, a yield, an assignment."""
    doing = ast.Call | ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr
    return any(isinstance(part, doing) for part in walk(node))


def names_in(node: ast.AST) -> set[str]:
    """Return the plain names in a node."""
    return {part.id for part in walk(node) if isinstance(part, ast.Name)}


def parameters(function: Definition) -> list[ast.arg]:
    """Return the named parameters of a function, in order, without `*args` and `**kwargs`."""
    said = function.args
    return [*said.posonlyargs, *said.args, *said.kwonlyargs]


def defaults(function: Definition) -> Iterator[tuple[ast.arg, ast.expr]]:
    """Yield the parameters that have a default, with it."""
    said = function.args
    positional = [*said.posonlyargs, *said.args]
    yield from zip(positional[len(positional) - len(said.defaults) :], said.defaults, strict=True)
    yield from (
        (argument, value)
        for argument, value in zip(said.kwonlyargs, said.kw_defaults, strict=True)
        if value is not None
    )


def statement_lists(node: ast.AST) -> Iterator[list[ast.AST]]:
    """Yield the blocks of a compound statement, its handlers and its cases, in source order."""
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and not isinstance(node, ast.Lambda | ast.IfExp):
            yield block
