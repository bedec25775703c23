"""A changed Python file as rules over added lines want it: its new calls, its functions, the names it imports.

Knows nothing of what is a fault.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks.ident import Fact
from reviewer.checks.python_nodes import dump, walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.finding import Severity
    from reviewer.checks.python_source import PythonFile

Scope: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module

_MOST = 200_000
_LONGEST = 200
WHY = "A failure that nobody hears of is found later, somewhere else, by somebody else."


@dataclass(frozen=True, slots=True, eq=False)
class Added:
    """The new side of a file with what a change added to it.

    Attributes:
        old: the tree of the old side, None for a new file.
        lines: numbers of the added lines.
        scopes: all functions, and the module last, each with the nodes that are its own.
        names: what the names of imports stand for ("sp" -> "subprocess", "run" -> "subprocess.run").
    """

    path: str
    old: ast.Module | None
    new: ast.Module
    lines: frozenset[int]
    scopes: tuple[tuple[Scope, tuple[ast.AST, ...]], ...]
    names: dict[str, str]
    _had: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, file: PythonFile) -> Added | None:
        """Return a file as such, None if it has no new side or nothing was added."""
        if file.new is None or not file.file.added:
            return None
        lines = frozenset(line.number for line in file.file.added)
        return cls(file.file.path, file.old, file.new, lines, tuple(_scopes(file.new)), imported(file.new))

    def is_fresh(self, node: ast.AST) -> bool:
        """Return whether a node starts on an added line and did not stand on the old side in the same words."""
        if getattr(node, "lineno", 0) not in self.lines:
            return False
        if self.old is None:
            return True
        if not self._had:
            self._had[""] = 1
            kind = (ast.Call, ast.ExceptHandler, ast.With, ast.AsyncWith, ast.Raise, ast.Assert, ast.Compare)
            for place, part in enumerate(walk(self.old)):
                if place > _MOST:
                    break
                if isinstance(part, kind):
                    self._had[dump(part)] += 1
        return not self._had[dump(node)]

    def dotted(self, node: ast.AST) -> str:
        """Return what is named, with the names of imports resolved ("subprocess.run"), "" for what has no name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        parts.append(self.names.get(node.id, node.id))
        return ".".join(reversed(parts))

    def fact(
        self, rule: str, severity: Severity, message: str, node: ast.AST, *, why: str = WHY, quote: str = ""
    ) -> Fact:
        """Return a fact about a node of the new side."""
        first = getattr(node, "lineno", 1)
        last = getattr(node, "end_lineno", first) or first
        return Fact(
            rule=rule,
            severity=severity,
            message=message,
            why=why,
            quote=quote or short(node),
            file=self.path,
            side="new",
            line=first,
            end_line=last if last != first else None,
        )


def imported(tree: ast.Module) -> dict[str, str]:
    """Return what the names that a module imports stand for."""
    found: dict[str, str] = {}
    for node in walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                found[one.asname or one.name.split(".", 1)[0]] = one.name if one.asname else one.name.split(".", 1)[0]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for one in node.names:
                found[one.asname or one.name] = f"{node.module}.{one.name}"
    return found


def short(node: ast.AST) -> str:
    """Return the source of a node in one line, bounded."""
    return " ".join(ast.unparse(node).split())[:_LONGEST]


def last(node: ast.AST) -> str:
    """Return the last part of a name or of what is called, "" for anything else."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_constant(node: ast.AST | None, *, value: object) -> bool:
    """Return whether a node is one constant."""
    return isinstance(node, ast.Constant) and node.value is value


def given(call: ast.Call) -> dict[str, ast.expr]:
    """Return the keywords of a call."""
    return {one.arg: one.value for one in call.keywords if one.arg}


def _scopes(tree: ast.Module) -> Iterator[tuple[Scope, tuple[ast.AST, ...]]]:
    for node in walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, tuple(own(node))
    yield tree, tuple(own(tree))
