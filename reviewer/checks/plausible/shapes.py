"""A function that gives another shape than before, or has to be awaited, and callers that still use it as it was."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.project import Project
    from reviewer.checks.python_source import Definition, PythonFile

_WHY = "A caller that takes the result as it was fails, or goes on with something else."
_MOST_FUNCTIONS = 40
_MOST_FILES = 40
_INDEXED = frozenset({"len", "reversed"})


def signs(file: PythonFile, project: Project) -> Iterator[Sign]:
    """Yield callers of changed functions that no longer fit what these give."""
    if file.old is None or file.new is None:
        return
    lines = {line.number for line in file.file.added}
    old = _functions(file.old)
    changed = [
        (name, node)
        for name, node in _functions(file.new).items()
        if name in old and any(line in lines for line in range(node.lineno, (node.end_lineno or node.lineno) + 1))
    ]
    for name, node in changed[:_MOST_FUNCTIONS]:
        what = _changed(old[name], node)
        last = name.rpartition(".")[2]
        if not what or last.startswith("__") or len(project.functions(last)) != 1:
            continue
        for path in project.paths(last)[:_MOST_FILES]:
            tree = project.tree(path)
            place = next(_misused(tree, last, what, node), None) if tree is not None else None
            if place is not None:
                yield Sign(
                    rule="shape-changed",
                    severity="medium",
                    message=f"{shown(last)} {_SAYS[what]}, and {shown(path)}:{place.lineno} takes it as it was.",
                    why=_WHY,
                    quote=f"{name} {what}",
                    line=node.lineno,
                    last=node.lineno,
                    scope=name,
                    evidence=(f"file:{path}:{place.lineno}",),
                )
                break


_SAYS = {
    "parts": "gives a tuple of another length",
    "none": "can give None now",
    "lazy": "is a generator now",
    "async": "has to be awaited now",
}


def _functions(tree: ast.Module) -> dict[str, Definition]:
    found: dict[str, Definition] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    found[f"{node.name}.{inner.name}"] = inner
    return found


def _changed(old: Definition, new: Definition) -> str:
    """Return in which way what a function gives is another: "" if it is not, or nobody can tell."""
    if isinstance(new, ast.AsyncFunctionDef) and isinstance(old, ast.FunctionDef):
        return "async"
    before, after = _returned(old), _returned(new)
    lazy = [any(isinstance(one, ast.Yield | ast.YieldFrom) for one in own(side)) for side in (old, new)]
    if lazy[1] and not lazy[0]:
        return "lazy"
    if any(lazy) or not before or not after:
        return ""
    parts = [{len(one.elts) if isinstance(one, ast.Tuple) else 0 for one in side} for side in (before, after)]
    if len(parts[0]) == len(parts[1]) == 1 and parts[0] != parts[1] and parts[0] != {0}:
        return "parts"
    had_none, has_none = (any(_is_none(one) for one in side) for side in (before, after))
    return "none" if has_none and not had_none and not _ends(old) and len(after) > 1 else ""


def _returned(node: Definition) -> list[ast.expr | None]:
    return [one.value for one in own(node) if isinstance(one, ast.Return)]


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _ends(node: Definition) -> bool:
    """Return whether the last statement lets the function end without a value."""
    return not isinstance(node.body[-1], ast.Return | ast.Raise | ast.If | ast.Try | ast.With | ast.While | ast.Match)


def _misused(tree: ast.Module, name: str, what: str, new: Definition) -> Iterator[ast.Call]:
    """Yield the calls of a name whose result is taken as it was."""
    size = next((len(one.elts) for one in _returned(new) if isinstance(one, ast.Tuple)), 0)
    parents = {child: node for node in walk(tree) for child in ast.iter_child_nodes(node)}
    for call in walk(tree):
        if isinstance(call, ast.Call) and name_of(call.func) == name and _is_misused(parents, call, what, size):
            yield call


def _is_misused(parents: dict[ast.AST, ast.AST], call: ast.Call, what: str, size: int) -> bool:
    parent = parents.get(call)
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    indexed = isinstance(parent, ast.Subscript) and parent.value is call
    if what == "async":
        return not isinstance(parent, ast.Await) and _is_used(parent, call) and not _is_waited(parents, call)
    if what == "parts":
        parts = target.elts if isinstance(target, ast.Tuple) else []
        return bool(parts) and len(parts) != size and not any(isinstance(one, ast.Starred) for one in parts)
    if what == "lazy":
        return indexed or (isinstance(parent, ast.Call) and name_of(parent.func) in _INDEXED)
    if isinstance(target, ast.Name):
        return _is_trusted(parents, call, target.id)
    return indexed or isinstance(parent, ast.Attribute | ast.BinOp) or isinstance(target, ast.Tuple)


def _is_used(parent: ast.AST | None, call: ast.Call) -> bool:
    """Return whether the result is thrown away or taken for a value."""
    if isinstance(parent, ast.Call):
        return name_of(parent.func) not in {
            "run",
            "create_task",
            "ensure_future",
            "gather",
            "wait_for",
            "run_until_complete",
        }
    if isinstance(parent, ast.For | ast.comprehension):
        return parent.iter is call
    return not isinstance(parent, ast.Return | ast.Lambda | ast.Starred | ast.List | ast.Tuple | ast.withitem)


def _is_waited(parents: dict[ast.AST, ast.AST], call: ast.Call) -> bool:
    """Return whether the name that the result is bound to is awaited later."""
    parent = parents.get(call)
    if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Name):
        return False
    function = _function(parents, call)
    return function is None or f"await {parent.targets[0].id}" in ast.unparse(function)


def _function(parents: dict[ast.AST, ast.AST], node: ast.AST) -> Definition | None:
    current = parents.get(node)
    while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
        current = parents.get(current)
    return current


def _is_trusted(parents: dict[ast.AST, ast.AST], call: ast.Call, name: str) -> bool:
    """Return whether what a name is bound to is used as if it were never None."""
    function = _function(parents, call)
    if function is None:
        return False
    uses = [
        one for one in walk(function) if isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load)
    ]
    direct = [one for one in uses if isinstance(parents.get(one), ast.Attribute | ast.Subscript | ast.BinOp)]
    asked = any(
        any(isinstance(part, ast.Name) and part.id == name for part in walk(one.test))
        for one in walk(function)
        if isinstance(one, ast.If | ast.IfExp | ast.While | ast.Assert)
    )
    handled = any(isinstance(parents.get(one), ast.BoolOp | ast.Compare) for one in uses)
    return bool(direct) and not asked and not handled
