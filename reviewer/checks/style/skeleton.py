"""A function's shape with its names and literals rubbed out: two functions of one shape do the same thing.

Names that the function does not choose itself (attributes, built-ins) are kept beside the shape: they tell a copy
with new names from two functions that only look alike.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks.python_nodes import children
from reviewer.checks.python_source import Definition, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

FEWEST_STATEMENTS = 4
FEWEST_TOKENS = 40
_SMALLEST = 18
"""Tokens below which any two functions may be alike by chance."""
_WINDOW = 6
_LARGEST = 20_000
_BUILT_IN = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """A function without its own names.

    Attributes:
        name: as defined, with its class ("Session.refresh").
        kind: functions of two kinds (a coroutine, a method of a class) are never copies of one another.
        line, end_line: where it stands, from 1.
        tokens: kinds of syntax in source order; names and literals are of one kind each.
        words: attributes, keywords and built-ins, as often as they stand there.
        arguments: names of its parameters without self and cls.
        key: tells it apart while its tree is there.
    """

    path: str
    name: str
    kind: str
    line: int
    end_line: int | None
    tokens: tuple[str, ...] = field(repr=False)
    words: frozenset[str] = field(repr=False)
    statements: int = 0
    arguments: tuple[str, ...] = ()
    key: int = 0

    @property
    def is_large(self) -> bool:
        """Whether it is large enough that a second one of its shape is no chance."""
        return len(self.tokens) >= _SMALLEST and (
            self.statements >= FEWEST_STATEMENTS or len(self.tokens) >= FEWEST_TOKENS
        )

    def shingles(self) -> frozenset[int]:
        """Return the windows of its tokens, as hashes."""
        return frozenset(
            hash(self.tokens[start : start + _WINDOW]) for start in range(max(1, len(self.tokens) - _WINDOW + 1))
        )


def skeleton(path: str, name: str, node: Definition) -> Skeleton:
    """Return a function's skeleton."""
    body = statements(node)
    tokens: list[str] = []
    words: set[str] = set()
    count = 0
    for current in _in_order(body):
        if len(tokens) >= _LARGEST:
            break
        if isinstance(current, ast.stmt):
            count += 1
        tokens.append(_token(current))
        if isinstance(current, ast.Attribute):
            words.add(f".{current.attr}")
        elif isinstance(current, ast.Name) and current.id in _BUILT_IN:
            words.add(current.id)
        elif isinstance(current, ast.keyword) and current.arg is not None:
            words.add(f"{current.arg}=")
    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return Skeleton(
        path,
        name,
        type(node).__name__,
        node.lineno,
        node.end_lineno,
        tuple(tokens),
        frozenset(words),
        count,
        tuple(one.arg for one in arguments if one.arg not in {"self", "cls"}),
        id(node),
    )


def functions_of(tree: ast.Module) -> Iterator[tuple[str, ast.ClassDef | None, Definition]]:
    """Yield (qualified name, class, definition) of the functions that stand in a module or in its classes."""
    pending: list[tuple[str, ast.ClassDef | None, ast.stmt]] = [("", None, one) for one in reversed(tree.body)]
    while pending:
        prefix, owner, node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, owner, node
        elif isinstance(node, ast.ClassDef):
            pending.extend((f"{prefix}{node.name}.", node, one) for one in reversed(node.body))
        elif isinstance(node, ast.If | ast.Try | ast.With):
            pending.extend((prefix, owner, one) for one in reversed(node.body))


def _in_order(body: list[ast.stmt]) -> Iterator[ast.AST]:
    pending: list[ast.AST] = list(reversed(body))
    while pending:
        node = pending.pop()
        yield node
        inner = children(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.AnnAssign | ast.arg):
            # What a name is said to be does not change what is done with it.
            noted = {id(part) for part in (getattr(node, "annotation", None), getattr(node, "returns", None)) if part}
            inner = [child for child in inner if id(child) not in noted]
        pending.extend(reversed(inner))


def _token(node: ast.AST) -> str:
    if isinstance(node, ast.AnnAssign):
        return "Assign"
    if isinstance(node, ast.Constant):
        # `None`, `True` and `...` steer; numbers and texts only say with what.
        return f"Constant {node.value}" if node.value is None or isinstance(node.value, bool) else "Constant"
    return type(node).__name__
