"""The old side of a Python file: what must come back together with a piece, and what may come back unnoticed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.ablation.spans import Span


class Before:
    """What stands where on the old side, read once."""

    def __init__(self, tree: ast.Module | None, after: ast.Module, runs: Sequence[Span]) -> None:
        """Read both trees.

        Args:
            tree: of the old side, None if there is none or it does not parse.
            after: of the new side.
            runs: the runs of changed lines.
        """
        self._top = [] if tree is None else [(*_extent(one), one) for one in tree.body]
        self._uses: list[tuple[int, str]] = []
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.Name):
                self._uses.append((node.lineno - 1, node.id))
        kept = {name for node in ast.walk(after) for name in _imported(node)}
        self._imports: list[tuple[Span, frozenset[str]]] = []
        for run in runs:
            gone = self._in(run) if run.new == run.new_end else []
            if gone and all(isinstance(one, ast.Import | ast.ImportFrom) for one in gone):
                names = frozenset(name for one in gone for name in _imported(one)) - kept
                if names:
                    self._imports.append((run, names))

    def needed(self, span: Span) -> list[Span]:
        """Return the runs of imports alone that were taken away and that the old lines of a piece use."""
        if not self._imports:
            return []
        used = {name for line, name in self._uses if span.old <= line < span.old_end}
        return [run for run, names in self._imports if run != span and not names.isdisjoint(used)]

    def only_defines(self, span: Span) -> bool:
        """Return whether the old lines of a run that leaves nothing are whole functions, classes and imports."""
        gone = self._in(span) if span.new == span.new_end else []
        return any(isinstance(one, _DEFINITIONS) for one in gone) and all(
            isinstance(one, (*_DEFINITIONS, ast.Import, ast.ImportFrom)) for one in gone
        )

    def _in(self, span: Span) -> list[ast.stmt]:
        """Return the statements of the module that a run holds; none if it cuts one."""
        met = [(first, end, one) for first, end, one in self._top if first < span.old_end and end > span.old]
        if any(first < span.old or end > span.old_end for first, end, _ in met):
            return []
        return [one for _, _, one in met]


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _extent(node: ast.stmt) -> tuple[int, int]:
    first = node.lineno
    if isinstance(node, _DEFINITIONS):
        first = min([first, *(one.lineno for one in node.decorator_list)])
    return first - 1, node.end_lineno or node.lineno


def _imported(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return []
    return [(one.asname or one.name).split(".", 1)[0] for one in node.names]
