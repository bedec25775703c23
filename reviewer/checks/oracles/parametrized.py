"""The cases of a Python test that are written out: parametrize, stacked or from a constant, and plain loops."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.oracles.places import length, name_of
from reviewer.checks.oracles.python import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewer.checks.python_source import Function

_MOST = 5_000
_WRAPPERS = frozenset({"list", "tuple", "sorted", "enumerate", "iter"})


@dataclass(frozen=True, slots=True)
class Cases:
    """One list of cases.

    Attributes:
        names: what a case gives values to, as written.
        values: each case as text, without its id and marks; empty if only their number is known.
        parts: each case's values apart.
        count: how many.
        line: where the list is used.
    """

    names: str
    values: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    count: int
    line: int


def cases(function: Function, module: ast.Module | None = None, owner: ast.ClassDef | None = None) -> list[Cases]:
    """Return the lists of cases of a test whose length is written down.

    Args:
        function: the test.
        module: where it stands, for cases that come from a constant there.
        owner: its class, whose marks hold for it too.
    """
    constants = _constants(module)
    found: list[Cases] = []
    decorators = [*getattr(function.node, "decorator_list", []), *(owner.decorator_list if owner else [])]
    for decorator in decorators:
        if isinstance(decorator, ast.Call) and name_of(decorator) in {"parametrize", "expand", "data"}:
            found.extend(_parametrized(decorator, constants))
    for node in ast.walk(function.node):
        if isinstance(node, ast.For) and any(isinstance(part, ast.Assert | ast.Expr) for part in node.body):
            one = _list(text(node.target), node.iter, node.lineno, constants)
            if one is not None:
                found.append(one)
    return found


def _parametrized(decorator: ast.Call, constants: Mapping[str, ast.expr]) -> Iterator[Cases]:
    arguments = list(decorator.args)
    keywords = {one.arg: one.value for one in decorator.keywords}
    if name_of(decorator) == "data":
        values = [text(one) for one in arguments[:_MOST]]
        yield Cases("data", tuple(values), tuple((one,) for one in values), len(arguments), decorator.lineno)
        return
    names = "expand"
    if name_of(decorator) == "parametrize":
        named = arguments.pop(0) if arguments else keywords.get("argnames")
        names = "" if named is None else _names(named)
    listed = arguments[0] if arguments else keywords.get("argvalues")
    one = None if listed is None else _list(names, listed, decorator.lineno, constants)
    if one is not None:
        yield one


def _names(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return ", ".join(part.strip() for part in node.value.split(","))
    if isinstance(node, ast.List | ast.Tuple):
        return ", ".join(str(one.value) for one in node.elts if isinstance(one, ast.Constant))
    return text(node)


def _list(names: str, listed: ast.expr, line: int, constants: Mapping[str, ast.expr]) -> Cases | None:
    for _ in range(3):
        if isinstance(listed, ast.Name):
            known = constants.get(listed.id)
            if known is None:
                return None
            listed = known
        elif isinstance(listed, ast.Call) and name_of(listed) in _WRAPPERS and len(listed.args) == 1:
            listed = listed.args[0]
    elements: Sequence[ast.expr]
    if isinstance(listed, ast.List | ast.Tuple | ast.Set):
        elements = listed.elts
    elif isinstance(listed, ast.Call) and name_of(listed) == "items" and isinstance(listed.func, ast.Attribute):
        pairs = listed.func.value
        if isinstance(pairs, ast.Name):
            pairs = constants.get(pairs.id, pairs)
        if not isinstance(pairs, ast.Dict) or None in pairs.keys:
            return None
        elements = [
            ast.Tuple(elts=[key, value], ctx=ast.Load())
            for key, value in zip(pairs.keys, pairs.values, strict=True)
            if key is not None
        ]
    else:
        count = length(listed)
        return None if count is None or isinstance(listed, ast.Constant) else Cases(names, (), (), count, line)
    if any(isinstance(one, ast.Starred) for one in elements):
        return None
    parts = tuple(_parts(one) for one in elements[:_MOST])
    return Cases(names, tuple(", ".join(one) for one in parts), parts, len(elements), line)


def _parts(case: ast.expr) -> tuple[str, ...]:
    if isinstance(case, ast.Call) and name_of(case) == "param":
        return tuple(text(one) for one in case.args)
    if isinstance(case, ast.Tuple | ast.List) and case.elts:
        return tuple(text(one) for one in case.elts)
    return (text(case),)


def _constants(module: ast.Module | None) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in module.body if module else ():
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return found
