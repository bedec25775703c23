"""A Python file that an operator may spoil: text, tree, and what the commit added. Edits keep all other bytes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

N = TypeVar("N", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Mutant:
    """The spoiled text.

    Attributes:
        line: of the fault; on the old side if `is_gone`.
    """

    text: str
    line: int
    words: str
    is_gone: bool = False


class Source:
    """One file of a commit.

    Attributes:
        text: on the new side; old: before, None if the commit added the file.
        added: lines of the new side that the commit wrote.
        others: other Python files of the commit's tree, as far as an operator may need them.
    """

    def __init__(self, path: str, old: str | None, text: str, added: set[int], others: dict[str, str]) -> None:
        self.path, self.old, self.text, self.added, self.others = path, old, text, added, others
        self.lines = text.splitlines(keepends=True)
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        self._starts = starts

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; empty where the text is none of this Python's."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError):
            return ast.Module([], [])

    @property
    def is_test(self) -> bool:
        """Whether it holds tests."""
        name = self.path.rpartition("/")[2]
        return name.startswith("test_") or name.endswith("_test.py") or "/tests/" in f"/{self.path}"

    def nodes(self, kind: type[N]) -> Iterator[N]:
        """All nodes of a kind."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kind))

    def tests(self) -> list[ast.FunctionDef]:
        """Test functions that were there before, too."""
        known = _names(self.old)
        return [one for one in self.nodes(ast.FunctionDef) if one.name.startswith("test") and one.name in known]

    def functions(self) -> list[ast.FunctionDef]:
        """Functions of some size that are no tests."""
        return [one for one in self.nodes(ast.FunctionDef) if len(one.body) > 1 and not one.name.startswith("test")]

    def segment(self, node: ast.AST) -> str:
        """The text of a node."""
        start, end = self._span(node)
        return self.text[start:end]

    def replaced(self, node: ast.AST, words: str) -> str:
        """The text with a node replaced."""
        start, end = self._span(node)
        return self.text[:start] + words + self.text[end:]

    def lines_renamed(self, first: int, last: int, names: Mapping[str, str]) -> str:
        """Return lines with other names for variables and parameters; attributes and keywords keep theirs."""
        spans = [
            (*self._span(node), names[name])
            for node in ast.walk(self.tree)
            for name in [node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else ""]
            if name in names and isinstance(node, (ast.Name, ast.arg)) and first <= node.lineno <= last
        ]
        text = self.text
        start, end = self._starts[first - 1], self._starts[last]
        for low, high, name in sorted(spans, reverse=True):
            # Of a parameter, its annotation stays.
            length = len(re.sub(r"\W.*", "", text[low:high], flags=re.DOTALL))
            text = text[:low] + name + text[low + length :]
            end += len(name) - length
        return text[start:end]

    def without_lines(self, first: int, last: int) -> str:
        """The text without lines."""
        return "".join(self.lines[: first - 1] + self.lines[last:])

    def with_lines(self, before: int, words: str) -> str:
        """The text with lines put in before a line."""
        return "".join(self.lines[: before - 1]) + words + "".join(self.lines[before - 1 :])

    def indent(self, node: ast.stmt) -> str:
        """Blanks before a statement."""
        return " " * node.col_offset

    def _span(self, node: ast.AST) -> tuple[int, int]:
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        end_line, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return self._offset(line, column), self._offset(end_line, end_column)

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode("utf-8", "replace"))


Operator: TypeAlias = Callable[[Source, Random], Mutant | None]


def pick(random: Random, found: Iterable[N]) -> N | None:
    """One of them, None of none."""
    listed = list(found)
    return random.choice(listed) if listed else None


def first_statement(function: ast.FunctionDef) -> ast.stmt:
    """The first statement after the docstring."""
    body = function.body
    has_words = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return body[1] if has_words and len(body) > 1 else body[0]


def _names(text: str | None) -> set[str]:
    try:
        tree = ast.parse(text or "")
    except (SyntaxError, ValueError):
        return set()
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
