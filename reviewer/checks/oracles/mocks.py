"""What a Python test puts in the place of real code, and which of its assertions only read that back."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.oracles.places import name_of
from reviewer.checks.oracles.python import compared, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.python_source import Function

_TRIVIAL = frozenset({"None", "True", "False", "0", "1", "''", "[]", "{}", "()", "-1"})


@dataclass(frozen=True, slots=True)
class Patched:
    """One thing that is replaced.

    Attributes:
        owner: the dotted place of it as written, "" if it is not known.
        name: its own name.
        text: the call as written.
        item: it replaces a whole module in `sys.modules`.
    """

    owner: str
    name: str
    text: str
    line: int
    item: bool = False

    @property
    def full(self) -> str:
        """Owner and name."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


def patched(function: Function, owner: ast.ClassDef | None = None) -> list[Patched]:
    """Return what a test replaces, by decorator, block or call, with what its class does."""
    found: list[Patched] = []
    for decorator in owner.decorator_list if owner else ():
        found.extend(one for node in ast.walk(decorator) if isinstance(node, ast.Call) for one in _patch(node))
    for node in ast.walk(function.node):
        if isinstance(node, ast.Call):
            found.extend(_patch(node))
        elif isinstance(node, ast.Assign):
            found.extend(_module(node))
    return found


def _patch(call: ast.Call) -> Iterator[Patched]:
    name = name_of(call)
    arguments = call.args
    held = name_of(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    string = arguments[0].value if arguments and isinstance(arguments[0], ast.Constant) else None
    if name == "patch" and isinstance(string, str):
        yield _target(string, call)
    elif (name == "object" and held == "patch") or (name == "setattr" and held in {"monkeypatch", "mp", "m"}):
        if isinstance(string, str):
            yield _target(string, call)
        elif len(arguments) > 1 and isinstance(arguments[1], ast.Constant) and isinstance(arguments[1].value, str):
            yield Patched(text(arguments[0]), arguments[1].value, text(call), call.lineno)
    elif name in {"dict", "setitem"} and arguments and text(arguments[0]) in {"sys.modules", "'sys.modules'"}:
        keys = arguments[1].keys if len(arguments) > 1 and isinstance(arguments[1], ast.Dict) else arguments[1:2]
        for key in keys:
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield Patched("", key.value, text(call), call.lineno, item=True)


def _module(node: ast.Assign) -> Iterator[Patched]:
    for target in node.targets:
        if isinstance(target, ast.Subscript) and text(target.value) == "sys.modules":
            key = target.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield Patched("", key.value, text(node), node.lineno, item=True)


def _target(string: str, call: ast.Call) -> Patched:
    owner, _, name = string[:300].rpartition(".")
    return Patched(owner, name, text(call), call.lineno)


def called(function: Function) -> set[str]:
    """Return the own names of what a function calls."""
    return {name_of(node) for node in ast.walk(function.node) if isinstance(node, ast.Call)} - {""}


def named(function: Function) -> set[str]:
    """Return every name and attribute that a function's code uses."""
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(function.node)
        if isinstance(node, ast.Name | ast.Attribute)
    }


def echoes(function: Function) -> Iterator[tuple[str, int]]:
    """Yield assertions that call a mock themselves and compare with what the test told it to return."""
    returns = _returns(function)
    if not returns:
        return
    known = {
        node.targets[0].id: node.value
        for node in ast.walk(function.node)
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
    }
    for said, line, left, right in compared(function):
        for asked, told in ((left, right), (right, left)):
            source = known.get(asked.id) if isinstance(asked, ast.Name) else asked
            if isinstance(source, ast.Await):
                source = source.value
            if isinstance(source, ast.Call) and returns.get(text(source.func)) == text(told):
                yield said, line
                break


def _returns(function: Function) -> dict[str, str]:
    """Return what mocks are told to return, by the text of the mock."""
    returns: dict[str, str] = {}
    for node in ast.walk(function.node):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target = node.targets[0]
        if isinstance(target, ast.Attribute) and target.attr == "return_value":
            returns[text(target.value)] = text(node.value)
        elif isinstance(target, ast.Name) and isinstance(node.value, ast.Call) and "Mock" in name_of(node.value):
            given = next((text(k.value) for k in node.value.keywords if k.arg == "return_value"), None)
            if given is not None:
                returns[target.id] = given
    return returns


def is_trivial(literal: str) -> bool:
    """Return whether a literal is so common that two of it mean nothing."""
    return literal in _TRIVIAL
