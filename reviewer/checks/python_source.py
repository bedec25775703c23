"""Python source as syntax trees: parsed safely, cut into functions, and the functions of both sides matched.

Source is hostile: whatever the parser does with it ends in a tree or in None. Nothing is ever imported or run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks import roles
from reviewer.checks.python_nodes import children, dump, own
from reviewer.checks.python_trees import parse, tree_of
from reviewer.checks.sides import contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case, ChangedFile

__all__ = [
    "MODULE",
    "Definition",
    "Function",
    "Pair",
    "PythonFile",
    "functions",
    "own",
    "pair",
    "parse",
    "read",
    "statements",
]

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

MODULE = "<module>"
"""The name of what stands outside all functions of a file."""

_FUNCTIONS = "_functions"
_SIMILAR = 0.6
_RELATED = 0.3
_FEW_STATEMENTS = 3
_COMPARISONS = 250_000


@dataclass(frozen=True, slots=True)
class Function:
    """A function, or what a module has outside its functions.

    Attributes:
        file: path in the change (the new one of a rename), for both sides.
        name: qualified ("Session.refresh"); a second one of the same name is "Session.refresh#2".
        node: the definition, or the module for `MODULE`.
        shape: its syntax without positions; equal shapes mean equal code.
    """

    file: str
    name: str
    node: Definition | ast.Module
    shape: str = field(repr=False)

    @property
    def line(self) -> int:
        """Where it starts, from 1."""
        return 1 if isinstance(self.node, ast.Module) else self.node.lineno


@dataclass(frozen=True, slots=True)
class Pair:
    """The same function before and after; one side is None if it was added or removed."""

    old: Function | None
    new: Function | None


@dataclass(frozen=True, slots=True)
class PythonFile:
    """A changed Python file with the trees of its sides; None where the side does not exist."""

    file: ChangedFile
    old: ast.Module | None
    new: ast.Module | None
    old_source: bytes | None = field(default=None, repr=False)
    new_source: bytes | None = field(default=None, repr=False)


def read(case: Case, account: Account, *, wanted: Callable[[str], bool] = lambda _: True) -> tuple[PythonFile, ...]:
    """Return the changed Python files that can be examined; `account` learns of all others.

    Args:
        case: the change.
        account: is told what was and was not parsed.
        wanted: which paths the check covers.
    """
    files = []
    for file in case.files:
        if roles.language(file.path) != "python" or not wanted(file.path):
            continue
        sides = contents(case, file)
        if not sides.complete:
            account.missing("content is not in the packet", file.path)
            continue
        trees = (
            None if sides.old is None else tree_of(sides.old, "old", file.old_path or file.path, changed=True),
            None if sides.new is None else tree_of(sides.new, "new", file.path, changed=True),
        )
        if any(side is not None and tree is None for side, tree in zip((sides.old, sides.new), trees, strict=True)):
            account.missing("not parsable as Python", file.path)
            continue
        account.looked("Python file", "by syntax tree")
        files.append(PythonFile(file, trees[0], trees[1], sides.old, sides.new))
    return tuple(files)


def functions(tree: ast.Module, file: str) -> tuple[Function, ...]:
    """Return the functions of a tree in source order, the module's own statements last."""
    known: _Functions | None = tree.__dict__.get(_FUNCTIONS)
    if known is None or known.file != file:
        known = tree.__dict__[_FUNCTIONS] = _found(tree, file)
    # The module's own is made anew: a tree that holds itself is not given back.
    return (*known.inside, Function(file, MODULE, tree, known.outside))


@dataclass(frozen=True, slots=True)
class _Functions:
    """What a tree was cut into: its functions, and the shape of what stands outside them."""

    file: str
    inside: tuple[Function, ...]
    outside: str


def _found(tree: ast.Module, file: str) -> _Functions:
    found: list[Function] = []
    taken: dict[str, int] = {}
    pending: list[tuple[str, ast.AST]] = [("", child) for child in reversed(tree.body)]
    while pending:
        prefix, node = pending.pop()
        inner = prefix
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{prefix}{node.name}."
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            name = prefix + node.name
            taken[name] = taken.get(name, 0) + 1
            unique = name if taken[name] == 1 else f"{name}#{taken[name]}"
            found.append(Function(file, unique, node, dump(node)))
        if not isinstance(node, ast.expr):
            # Of what a function holds, only statements can hold another one.
            pending.extend((inner, child) for child in reversed(children(node)))
    return _Functions(file, tuple(found), "\n".join(dump(part) for part in _outside(tree)))


def pair(files: Sequence[PythonFile]) -> tuple[Pair, ...]:
    """Match the functions of all files before and after, across renames and moves.

    By file and qualified name, then by equal body, then by equal own name with a similar body, then by similar body
    alone. Pairs with equal code are left out.
    """
    old: list[Function] = []
    new: list[Function] = []
    pairs: list[Pair] = []
    for file in files:
        before = functions(file.old, file.file.path) if file.old else ()
        after = {one.name: one for one in functions(file.new, file.file.path)} if file.new else {}
        for one in before:
            other = after.pop(one.name, None)
            if other is None:
                old.append(one)
            else:
                pairs.append(Pair(one, other))
        new.extend(after.values())
    pairs.extend(_match(old, new))
    pairs.extend(Pair(one, None) for one in old)
    pairs.extend(Pair(None, one) for one in new)
    order = {file.file.path: number for number, file in enumerate(files)}
    changed = [one for one in pairs if one.old is None or one.new is None or one.old.shape != one.new.shape]
    return tuple(sorted(changed, key=lambda one: _position(one, order)))


def statements(node: Definition | ast.Module) -> list[ast.stmt]:
    """Return the statements of a function or module without its docstring."""
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return node.body[1:]
    return list(node.body)


def _match(old: list[Function], new: list[Function]) -> Iterator[Pair]:
    """Yield matches among the functions that are left, and take them out of both lists."""
    bodies = {id(one): tuple(dump(part) for part in statements(one.node)) for one in (*old, *new)}
    alike: tuple[Callable[[Function, Function], bool], ...] = (
        lambda one, other: len(bodies[id(one)]) > 0 and bodies[id(one)] == bodies[id(other)],
        lambda one, other: (
            _own_name(one) == _own_name(other) and _shared(bodies[id(one)], bodies[id(other)]) >= _RELATED
        ),
        lambda one, other: (
            min(len(bodies[id(one)]), len(bodies[id(other)])) >= _FEW_STATEMENTS
            and _shared(bodies[id(one)], bodies[id(other)]) >= _SIMILAR
        ),
    )
    for same in alike[:1] if len(old) * len(new) > _COMPARISONS else alike:
        for one in [left for left in old if left.name != MODULE]:
            other = next((right for right in new if right.name != MODULE and same(one, right)), None)
            if other is not None:
                old.remove(one)
                new.remove(other)
                yield Pair(one, other)


def _own_name(function: Function) -> str:
    return function.name.rsplit(".", 1)[-1]


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    left, right = set(one), set(other)
    return len(left & right) / max(1, len(left | right))


def _outside(tree: ast.Module) -> Iterator[ast.stmt]:
    pending: list[ast.stmt] = list(reversed(tree.body))
    while pending:
        statement = pending.pop()
        if isinstance(statement, ast.ClassDef):
            pending.extend(reversed(statement.body))
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield statement


def _position(one: Pair, order: dict[str, int]) -> tuple[int, int]:
    function = one.new or one.old
    if function is None:
        return (0, 0)
    return (order.get(function.file, 0), function.line)
