"""What the tests of a change, and of the repository, say of a function: the calls that they make with what they expect.

Reads test files only, under bounds. A test speaks of a function when it names it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.plausible.outline import name_of
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import parse
from reviewer.checks.sides import contents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.case import Case

_MAX_FILES = 400
_MAX_BYTES = 8 << 20
_MAX_FILE = 400_000
_MAX_EXAMPLES = 5_000
_MAX_BODIES = 500


@dataclass(frozen=True, slots=True)
class Example:
    """One call that a test makes with literal arguments, and the literal that it expects.

    Attributes:
        name: of the function.
        given: the arguments as text, in order, keywords last.
        expected: as text.
        path, line: of the test.
    """

    name: str
    given: tuple[str, ...]
    expected: str
    path: str
    line: int


class Spoken:
    """The tests of the new side, read when they are first asked for and parsed once."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._files: list[tuple[str, bytes]] | None = None
        self._trees: dict[str, ast.Module | None] = {}

    def examples(self, names: frozenset[str]) -> list[Example]:
        """Return what they expect of functions with these names."""
        if self._files is None:
            self._files = list(_tests(self._case))
        found: list[Example] = []
        wanted = [name.encode("utf-8", "surrogateescape") for name in names]
        for path, data in self._files:
            if not any(name in data for name in wanted):
                continue
            if path not in self._trees:
                self._trees[path] = parse(data)
            tree = self._trees[path]
            if tree is not None:
                found += _of_tree(tree, names, path)
            if len(found) > _MAX_EXAMPLES:
                break
        return found

    def bodies(self, name: str) -> list[tuple[str, ast.FunctionDef]]:
        """Return the tests, with their paths, in files that name something; as many as the bounds allow."""
        if self._files is None:
            self._files = list(_tests(self._case))
        word = name.encode("utf-8", "surrogateescape")
        found: list[tuple[str, ast.FunctionDef]] = []
        for path, data in self._files:
            if word not in data:
                continue
            if path not in self._trees:
                self._trees[path] = parse(data)
            tree = self._trees[path]
            found.extend(
                (path, node)
                for node in (walk(tree) if tree is not None else ())
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
            )
            if len(found) > _MAX_BODIES:
                break
        return found


def _tests(case: Case) -> Iterator[tuple[str, bytes]]:
    """Yield the tests of the change first, then those of the repository as far as the bounds go."""
    taken, size = set(), 0
    for file in case.files:
        if roles.is_test(file.path) and roles.language(file.path) == "python":
            data = contents(case, file).new
            taken.add(file.path)
            if data is not None and len(data) <= _MAX_FILE:
                size += len(data)
                yield file.path, data
    for path in case.after.paths() if case.after is not None else ():
        if len(taken) >= _MAX_FILES or size > _MAX_BYTES:
            return
        if path in taken or roles.language(path) != "python" or not roles.is_test(path):
            continue
        taken.add(path)
        data = case.after.read(path) if case.after is not None else None
        if data is not None and len(data) <= _MAX_FILE:
            size += len(data)
            yield path, data


def _of_tree(tree: ast.Module, names: frozenset[str], path: str) -> Iterator[Example]:
    for node in walk(tree):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and len(node.test.ops) == 1:
            if isinstance(node.test.ops[0], ast.Eq | ast.Is):
                yield from _pair(node.test.left, node.test.comparators[0], names, path)
                yield from _pair(node.test.comparators[0], node.test.left, names, path)
        elif isinstance(node, ast.Call) and name_of(node.func) in {"assertEqual", "assertEquals", "assertIs"}:
            if len(node.args) >= 2:
                yield from _pair(node.args[0], node.args[1], names, path)
                yield from _pair(node.args[1], node.args[0], names, path)
        elif isinstance(node, ast.FunctionDef):
            yield from _parametrized(node, names, path)


def _pair(call: ast.expr, expected: ast.expr, names: frozenset[str], path: str) -> Iterator[Example]:
    inner = call
    if isinstance(inner, ast.Call) and name_of(inner.func) in {"list", "str", "sorted", "tuple", "round", "dict"}:
        inner = inner.args[0] if inner.args else inner
    if not isinstance(inner, ast.Call) or name_of(inner.func) not in names or not is_literal(expected):
        return
    given = [*inner.args, *(one.value for one in inner.keywords)]
    if given and all(is_literal(one) for one in given):
        yield Example(name_of(inner.func), _texts(given), ast.unparse(expected), path, inner.lineno)


def _parametrized(node: ast.FunctionDef, names: frozenset[str], path: str) -> Iterator[Example]:
    """Yield the rows of `parametrize` of a test that calls such a function: what is given, then what is expected."""
    called = [name_of(part.func) for part in walk(node) if isinstance(part, ast.Call)]
    name = next((one for one in called if one in names), "")
    for decorator in node.decorator_list if name else ():
        if not isinstance(decorator, ast.Call) or name_of(decorator.func) != "parametrize" or len(decorator.args) < 2:
            continue
        listed = decorator.args[1]
        for row in listed.elts if isinstance(listed, ast.List | ast.Tuple) else ():
            values = row.elts if isinstance(row, ast.Tuple | ast.List) else []
            if len(values) >= 2 and all(is_literal(one) for one in values):
                yield Example(name, _texts(values[:-1]), ast.unparse(values[-1]), path, row.lineno)


def _texts(nodes: Iterable[ast.expr]) -> tuple[str, ...]:
    return tuple(ast.unparse(one) for one in nodes)


def is_literal(node: ast.expr) -> bool:
    """Return whether an expression is written out in full: constants, and collections of them."""
    kinds = (ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.unaryop, ast.expr_context)
    return all(isinstance(part, kinds) for part in walk(node))
