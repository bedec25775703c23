"""The functions and classes of the new side by name: found by their words, parsed when they are asked for, bounded."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_trees import tree_of

if TYPE_CHECKING:
    from reviewer.checks.plausible.orphans import Names
    from reviewer.checks.python_source import Definition

_MOST_TREES = 120
_MOST_BYTES = 16 << 20
_MOST_FOUND = 4


class Project:
    """Where something is defined, and the trees that it is defined in."""

    def __init__(self, names: Names) -> None:
        """Read nothing yet."""
        self._names = names
        self._trees: dict[str, ast.Module | None] = {}
        self._left = _MOST_BYTES
        self._known: dict[str, list[tuple[str, Definition]]] = {}

    def paths(self, *words: str, tests: bool = False) -> list[str]:
        """Return the Python files that hold all these words, those of tests only where they are asked for."""
        wanted = [word.encode("utf-8", "surrogateescape") for word in words]
        return [
            path
            for path, data in self._names.files.items()
            if path.endswith(".py") and (tests or not roles.is_test(path)) and all(word in data for word in wanted)
        ]

    def data(self, path: str) -> bytes:
        """Return a file of the new side, empty if there is none."""
        return self._names.files.get(path, b"")

    def tree(self, path: str) -> ast.Module | None:
        """Return the tree of a file of the new side; None if it is no Python or too much was asked for."""
        if path not in self._trees:
            data = self._names.files.get(path, b"")
            if len(self._trees) >= _MOST_TREES or len(data) > self._left:
                return None
            self._left -= len(data)
            self._trees[path] = tree_of(data, "new", path)
        return self._trees[path]

    def functions(self, name: str) -> list[tuple[str, Definition]]:
        """Return the functions and methods of a name outside tests, a handful at most."""
        if name not in self._known:
            word = re.compile(rb"\bdef\s+" + re.escape(name.encode("utf-8", "surrogateescape")) + rb"\s*\(")
            found: list[tuple[str, Definition]] = []
            for path in self.paths(name):
                tree = self.tree(path) if word.search(self._names.files[path]) else None
                found += [
                    (path, node)
                    for node in (walk(tree) if tree is not None else ())
                    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
                ]
                if len(found) >= _MOST_FOUND:
                    break
            self._known[name] = found
        return self._known[name]
