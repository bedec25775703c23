"""Calls whose arguments bear the names of other parameters, and parameters that nothing reads."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, parameters, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY = "Two values of the same type in the wrong order are an error that no type checker sees."
_WHY_UNUSED = "A parameter that nothing reads promises a choice that is not there."
_ELSEWHERE = frozenset(
    {"self", "cls", "args", "kwargs", "mcs", "request", "event", "context", "ctx", "sender", "signal"}
)


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield calls with crossed arguments, and new functions with parameters that they do not read."""
    known = _known(outline)
    for call in outline.of(ast.Call):
        yield from _crossed(outline, call, known)
    for function in outline.functions():
        yield from _unread(outline, function)


def _known(outline: Outline) -> Mapping[str, list[str] | None]:
    """Return the parameters of the functions of a module by name; None for names that mean several."""
    found: dict[str, list[str] | None] = {}
    for function in outline.every_function():
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        method = isinstance(outline.parent(function), ast.ClassDef)
        static = any(name_of(one) == "staticmethod" for one in function.decorator_list)
        names = names[1:] if method and not static else names
        key = function.name
        if key == "__init__":
            owner = outline.parent(function)
            key = owner.name if isinstance(owner, ast.ClassDef) else key
        found[key] = None if key in found and found[key] != names else names
    return found


def _crossed(outline: Outline, call: ast.Call, known: Mapping[str, list[str] | None]) -> Iterator[Sign]:
    given = [(one.arg, name_of(one.value)) for one in call.keywords if one.arg]
    names = known.get(name_of(call.func))
    if names is not None and not any(isinstance(one, ast.Starred) for one in call.args):
        given += zip(names, (_plain(one) for one in call.args), strict=False)
    taken = {parameter: value for parameter, value in given if parameter and value}
    for parameter, value in taken.items():
        if parameter != value and taken.get(value) == parameter and parameter < value:
            text = text_of(call)
            message = (
                f"“{shown(text)}” gives {shown(value)} as {shown(parameter)} and {shown(parameter)} as {shown(value)}."
            )
            yield at(outline, call, rule="arguments-crossed", severity="medium", message=message, why=_WHY, quote=text)


def _plain(node: ast.expr) -> str:
    return name_of(node) if dotted(node) else ""


def _unread(outline: Outline, function: Definition) -> Iterator[Sign]:
    body = statements(function)
    owner = outline.parent(function)
    if function.decorator_list or len(body) < 2 or not isinstance(owner, ast.Module | ast.ClassDef):
        return
    special = isinstance(owner, ast.ClassDef) and (owner.bases or owner.keywords or function.name.startswith("__"))
    if special and function.name != "__init__":
        return
    if _is_handed_on(outline, function):
        return
    read = {part.id for one in body for part in walk(one) if isinstance(part, ast.Name)}
    if read & {"locals", "vars", "super", "NotImplementedError"}:
        return
    for argument in parameters(function):
        name = argument.arg
        if name not in read and not name.startswith("_") and name not in _ELSEWHERE:
            message = f"{shown(function.name)} never reads its parameter {shown(name)}."
            quote = f"{function.name} {name}"
            yield at(
                outline,
                function,
                rule="parameter-unread",
                severity="low",
                message=message,
                why=_WHY_UNUSED,
                quote=quote,
            )


def _is_handed_on(outline: Outline, function: Definition) -> bool:
    """Return whether a function is used other than by calling it, so that somebody else decides what it is given."""
    known = outline.memory.get("handed on")
    if not isinstance(known, frozenset):
        names = [
            one.id for one in outline.of(ast.Name) if isinstance(one.ctx, ast.Load) and not _is_called(outline, one)
        ]
        parts = [one.attr for one in outline.of(ast.Attribute) if not _is_called(outline, one)]
        known = outline.memory["handed on"] = frozenset([*names, *parts])
    return function.name in known


def _is_called(outline: Outline, node: ast.expr) -> bool:
    parent = outline.parent(node)
    return isinstance(parent, ast.Call) and parent.func is node
