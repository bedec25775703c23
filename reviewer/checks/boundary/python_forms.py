"""How checks of Python write down an expression: its dotted name, its code in one line, whether it is a constant."""

from __future__ import annotations

import ast


def is_constant(node: ast.expr, *, value: bool) -> bool:
    """Return whether an expression is just True or just False."""
    return isinstance(node, ast.Constant) and node.value is value


def dotted(node: ast.expr) -> str:
    """Return a name with its owners ("jwt.decode"); "()" stands for a call in between."""
    parts: list[str] = []
    current: ast.expr = node
    while isinstance(current, ast.Attribute):
        parts.append(current.attr)
        current = current.value
    if isinstance(current, ast.Name):
        parts.append(current.id)
    elif isinstance(current, ast.Call):
        parts.append("()")
    return ".".join(reversed(parts))


def code(node: ast.AST) -> str:
    """Return the source of a node in one line, bounded."""
    return " ".join(ast.unparse(node).split())[:300]
