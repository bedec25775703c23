"""The test functions of a source file and a digest of each, to tell which of them a change touches.

Knows Python's own syntax; for other languages a file is one piece.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks import roles

if TYPE_CHECKING:
    from collections.abc import Iterator

Definitions: TypeAlias = dict[str, str]
"""Digest of each test function by its name (`Class::name` in a class)."""

_LIMIT = 2 << 20
_MAX_DEPTH = 20


def definitions(path: str, data: bytes | None) -> Definitions | None:
    """Return the test functions of a file; None if it cannot be taken apart, and counts as one piece."""
    if data is None or roles.language(path) != "python" or len(data) > _LIMIT:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(data)
        return {name: _digest(node, outer) for name, node, outer in tests_in(module)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def shared(path: str, data: bytes | None) -> str | None:
    """Return a digest of what the tests of a file share: helpers, fixtures, values; None if it cannot be told.

    Imports and words for people are left out, as one more of them changes no other test.
    """
    if data is None or roles.language(path) != "python" or len(data) > _LIMIT:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(data)
        words = [ast.dump(node) for node in _shared_in(module)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def _shared_in(module: ast.Module) -> Iterator[ast.AST]:
    waiting: list[tuple[ast.Module | ast.ClassDef, int]] = [(module, 0)]
    while waiting:
        node, depth = waiting.pop()
        for inner in node.body:
            if isinstance(inner, ast.ClassDef) and depth < _MAX_DEPTH:
                yield from inner.bases
                waiting.append((inner, depth + 1))
            elif (
                (isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and inner.name.startswith("test"))
                or isinstance(inner, ast.Import | ast.ImportFrom)
                or (isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant))
            ):
                continue
            else:
                yield inner


def tests_in(
    module: ast.Module,
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, tuple[ast.expr, ...]]]:
    """Yield name, definition, and the decorators of the classes around it, of every function that may be a test."""
    waiting: list[tuple[str, tuple[ast.expr, ...], ast.Module | ast.ClassDef, int]] = [("", (), module, 0)]
    while waiting:
        prefix, outer, node, depth = waiting.pop()
        for inner in node.body:
            if isinstance(inner, ast.ClassDef) and depth < _MAX_DEPTH:
                waiting.append((f"{prefix}{inner.name}::", (*outer, *inner.decorator_list), inner, depth + 1))
            elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and inner.name.startswith("test"):
                yield prefix + inner.name, inner, outer


def _digest(node: ast.FunctionDef | ast.AsyncFunctionDef, outer: tuple[ast.expr, ...]) -> str:
    # Without places and without what only people read: a test that moved, or was wrapped anew, is the same test.
    words = [ast.dump(node), *(ast.dump(each) for each in outer)]
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()
