"""One object where each was to have its own: of a class, of a default, of a row, of a module."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY = "What changes through one of them has changed for all."
_WHY_MODULE = "What one call changes holds for all later calls."
_WHY_CLOCK = "It is worked out once, when the class is defined, and is the same for every object."
_CHANGES = frozenset({"append", "extend", "update", "add", "insert", "pop", "remove", "clear", "sort", "setdefault"})
_MAKERS = frozenset({"dict", "list", "set", "defaultdict", "OrderedDict", "Counter", "deque"})
_FOR_ALL = re.compile(r"regist|instances|cache|dispatch|shared|known|all_|memo")
_CLOCKS = frozenset(
    {"time.time", "datetime.now", "datetime.utcnow", "date.today", "uuid.uuid4", "uuid4", "time.monotonic"}
)


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield objects that several share without a word."""
    for node in outline.of(ast.ClassDef):
        yield from _of_class(outline, node)
    for made in outline.of(ast.BinOp):
        yield from _rows(outline, made)
    for call in outline.of(ast.Call):
        if dotted(call.func) == "dict.fromkeys" and len(call.args) == 2 and _is_made(call.args[1]):
            text = text_of(call)
            message = f"“{shown(text)}” gives all keys the same object."
            yield at(outline, call, rule="object-shared", severity="medium", message=message, why=_WHY, quote=text)
    held = {
        name_of(one.targets[0] if isinstance(one, ast.Assign) else one.target)
        for one in outline.tree.body
        if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None and _is_made(one.value)
    }
    for function in outline.functions() if held else ():
        yield from _of_module(outline, function, held)


def _is_made(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return name_of(node.func) in _MAKERS
    return isinstance(node, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def _of_class(outline: Outline, node: ast.ClassDef) -> Iterator[Sign]:
    """Yield what a class makes once and its methods change through self, and clocks that it reads once."""
    made: dict[str, ast.stmt] = {}
    for one in node.body:
        value = one.value if isinstance(one, ast.Assign | ast.AnnAssign) else None
        name = name_of(one.targets[0] if isinstance(one, ast.Assign) else getattr(one, "target", None))
        if value is None or not name or (isinstance(one, ast.AnnAssign) and "ClassVar" in text_of(one.annotation)):
            continue
        if isinstance(value, ast.Call) and isinstance(one, ast.AnnAssign) and _is_clock(value):
            text = text_of(one)
            message = f"“{shown(text)}” is worked out once, when {shown(node.name)} is defined."
            yield at(outline, one, rule="object-shared", severity="medium", message=message, why=_WHY_CLOCK, quote=text)
        if _is_made(value) and not node.decorator_list and not name.isupper() and not _FOR_ALL.search(name.lower()):
            made[name] = one
    if not made:
        return
    changed, bound = _handled(node)
    for name, one in made.items():
        if f"self.{name}" in changed and f"self.{name}" not in bound:
            text = text_of(one)
            message = (
                f"All objects of {shown(node.name)} share “{shown(text)}”, and its methods change it through self."
            )
            yield at(outline, one, rule="object-shared", severity="low", message=message, why=_WHY, quote=text)


def _handled(node: ast.ClassDef) -> tuple[set[str], set[str]]:
    """Return what a class changes in place, and which attributes it binds."""
    changed: set[str] = set()
    bound: set[str] = set()
    for part in walk(node):
        target = part.func if isinstance(part, ast.Call) else part
        if isinstance(part, ast.Call) and isinstance(target, ast.Attribute) and target.attr in _CHANGES:
            changed.add(dotted(target.value))
        elif isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store | ast.Del):
            changed.add(dotted(part.value))
        elif isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
            bound.add(dotted(part))
    return changed, bound


def _is_clock(node: ast.Call) -> bool:
    name = dotted(node.func)
    return not node.args and (name in _CLOCKS or name.endswith((".datetime.now", ".datetime.utcnow", ".date.today")))


def _rows(outline: Outline, node: ast.BinOp) -> Iterator[Sign]:
    """Yield `[[0] * n] * m`, all rows of which are one."""
    only = node.left.elts[0] if isinstance(node.left, ast.List) and len(node.left.elts) == 1 else None
    inner = only.left if isinstance(only, ast.BinOp) and isinstance(only.op, ast.Mult) else only
    if not isinstance(inner, ast.List | ast.Dict | ast.Set) or any(isinstance(one, ast.Name) for one in walk(inner)):
        return
    if isinstance(node.op, ast.Mult):
        text = text_of(node)
        message = f"“{shown(text)}” holds the same object many times."
        yield at(outline, node, rule="object-shared", severity="medium", message=message, why=_WHY, quote=text)


def _of_module(outline: Outline, function: Definition, held: set[str]) -> Iterator[Sign]:
    """Yield another name for what the module holds, through which the function changes it."""
    for part in own(function):
        if not isinstance(part, ast.Assign) or not isinstance(part.targets[0], ast.Name):
            continue
        sides = part.value.values if isinstance(part.value, ast.BoolOp) else [part.value]
        source = next((one.id for one in sides if isinstance(one, ast.Name) and one.id in held), "")
        name = part.targets[0].id
        if not source or not source.isupper() or name.isupper():
            continue
        if any(_changes(one, name) for one in own(function)):
            text = text_of(part)
            message = f"“{shown(text)}” makes no copy, and {shown(function.name)} changes what the module holds."
            yield at(
                outline, part, rule="object-shared", severity="medium", message=message, why=_WHY_MODULE, quote=text
            )


def _changes(part: ast.AST, name: str) -> bool:
    if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store | ast.Del):
        return dotted(part.value) == name
    if isinstance(part, ast.AugAssign):
        return isinstance(part.op, ast.BitOr) and dotted(part.target) == name
    called = part.func if isinstance(part, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in _CHANGES and dotted(called.value) == name
