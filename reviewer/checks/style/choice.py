"""One choice that code makes among rivals, and how the last part of a name is told."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal, TypeAlias

Habit: TypeAlias = Literal[
    "function", "variable", "class", "output", "annotation", "docstring", "quote", "import", "raise", "test", "assert",
    "format", "path", "mock", "process", "message", "union", "generic", "origin",
    "place", "record", "suffix", "sections", "text", "stop",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: of what, which value, where (line from 1), and the name or text it is about.

    Attributes:
        telling: whether it speaks for its value alone; `load` is as good in snake_case as in camelCase.
    """

    habit: Habit
    value: str
    line: int
    name: str
    telling: bool = True


def last(node: ast.expr) -> str:
    """Return the last name of `a.b.c` or `a.b[c]`, "" for anything else."""
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_text(node: ast.expr) -> bool:
    """Return whether an expression is a plain text."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
