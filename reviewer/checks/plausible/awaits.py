"""Coroutines that are made and not awaited, and calls that hold up everything else that is waiting."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.project import Project
    from reviewer.checks.plausible.sign import Sign

_WHY = "A coroutine that nobody awaits does nothing, and as a value it is always true."
_WHY_BLOCKS = "While it waits, nothing else of the same loop runs."
_COROUTINES = frozenset({"asyncio.sleep", "asyncio.wait_for", "asyncio.wait", "anyio.sleep", "trio.sleep"})
_SHORT = 4
_BLOCKING = frozenset(
    {"time.sleep", "requests.get", "requests.post", "requests.put", "requests.delete", "requests.request"}
    | {
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_output",
        "subprocess.check_call",
        "urllib.request.urlopen",
    }
)


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield calls of coroutines without await, and calls that block in coroutines."""
    known = _coroutines(outline)
    for call in outline.of(ast.Call):
        name = dotted(call.func)
        function = outline.function(call)
        if name in _BLOCKING and isinstance(function, ast.AsyncFunctionDef) and not _is_handed_on(call, outline):
            text = text_of(call)
            message = f"“{shown(text)}” blocks in the coroutine {shown(function.name)}."
            yield at(
                outline,
                call,
                rule="blocking-in-coroutine",
                severity="low",
                message=message,
                why=_WHY_BLOCKS,
                quote=text,
            )
        scope = _class_of(call, outline) if name.startswith("self.") else ""
        if name not in _COROUTINES and (scope, name.removeprefix("self.")) not in known:
            continue
        if _is_dropped(call, outline):
            text = text_of(call)
            message = f"“{shown(text)}” makes a coroutine that is not awaited."
            yield at(
                outline, call, rule="coroutine-not-awaited", severity="medium", message=message, why=_WHY, quote=text
            )


def from_elsewhere(outline: Outline, project: Project) -> Iterator[Sign]:
    """Yield statements of a coroutine that only call the one function of that name in the project, a coroutine."""
    here = _coroutines(outline)
    for statement in outline.of(ast.Expr):
        call = statement.value
        if not isinstance(call, ast.Call) or not outline.touches(statement.lineno, statement.end_lineno):
            continue
        name, function = name_of(call.func), outline.function(call)
        if len(name) < _SHORT or not isinstance(function, ast.AsyncFunctionDef) or any(name == one for _, one in here):
            continue
        found = project.functions(name)
        if len(found) != 1 or not isinstance(found[0][1], ast.AsyncFunctionDef) or found[0][1].decorator_list:
            continue
        if not any(isinstance(part, ast.Yield) for part in own(found[0][1])):
            text = text_of(call)
            message = f"“{shown(text)}” makes a coroutine that is not awaited."
            yield at(
                outline, call, rule="coroutine-not-awaited", severity="medium", message=message, why=_WHY, quote=text
            )


def _coroutines(outline: Outline) -> set[tuple[str, str]]:
    """Return (class, name) of the coroutine functions of a module; generators are none."""
    found: set[tuple[str, str]] = set()
    plain: set[tuple[str, str]] = set()
    for function in outline.every_function():
        parent = outline.parent(function)
        owner = parent.name if isinstance(parent, ast.ClassDef) else ""
        if not isinstance(parent, ast.ClassDef | ast.Module):
            continue
        is_generator = any(isinstance(part, ast.Yield) for part in own(function))
        coroutine = isinstance(function, ast.AsyncFunctionDef) and not is_generator and not function.decorator_list
        (found if coroutine else plain).add((owner, function.name))
    return found - plain


def _class_of(node: ast.AST, outline: Outline) -> str:
    return next((one.name for one in outline.above(node) if isinstance(one, ast.ClassDef)), "")


def _is_dropped(call: ast.Call, outline: Outline) -> bool:
    parent = outline.parent(call)
    if isinstance(
        parent, ast.Expr | ast.Attribute | ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Subscript | ast.BinOp
    ):
        return not (isinstance(parent, ast.Subscript) and parent.slice is call)
    if isinstance(parent, ast.If | ast.While | ast.IfExp):
        return parent.test is call
    if isinstance(parent, ast.For | ast.comprehension):
        return parent.iter is call
    if isinstance(parent, ast.FormattedValue):
        return True
    return isinstance(parent, ast.Assign) and _is_used_as_value(parent, outline)


_VALUED = (ast.Expr, ast.Attribute, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Subscript, ast.BinOp)


def _is_used_as_value(assigned: ast.Assign, outline: Outline) -> bool:
    """Return whether the name that a coroutine is bound to is only read as if it were the result."""
    function = outline.function(assigned)
    target = assigned.targets[0]
    if not isinstance(function, ast.AsyncFunctionDef) or not isinstance(target, ast.Name):
        return False
    uses = [
        part
        for part in walk(function)
        if isinstance(part, ast.Name) and part.id == target.id and isinstance(part.ctx, ast.Load)
    ]
    valued = (*_VALUED, ast.If, ast.For, ast.FormattedValue)
    return bool(uses) and all(isinstance(outline.parent(use), valued) for use in uses)


def _is_handed_on(call: ast.Call, outline: Outline) -> bool:
    return any(isinstance(one, ast.Lambda) for one in outline.above(call))
