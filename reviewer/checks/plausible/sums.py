"""Totals of numbers that were rounded one by one."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of, text_of
from reviewer.checks.plausible.sign import at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign

_WHY = "What is rounded each time adds up; the total rounded once is another number."
_ROUNDS = frozenset({"round", "rounded", "rounding", "ceil", "ceiling", "floor", "quantize", "trunc"})


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield what is rounded before it is added to the others."""
    for added in outline.of(ast.AugAssign):
        in_loop = any(isinstance(one, ast.For | ast.AsyncFor | ast.While) for one in outline.above(added))
        if isinstance(added.op, ast.Add) and in_loop and _rounds(added.value):
            yield _sign(outline, added, added.value)
    for assigned in outline.of(ast.Assign):
        value = assigned.value
        in_loop = any(isinstance(one, ast.For | ast.AsyncFor | ast.While) for one in outline.above(assigned))
        if in_loop and isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add) and _rounds(value.right):
            target = text_of(assigned.targets[0])
            if text_of(value.left) == target or _is_got(value.left, assigned.targets[0]):
                yield _sign(outline, assigned, value.right)
    for call in outline.of(ast.Call):
        only = call.args[0] if call.args else None
        adds = name_of(call.func) in {"sum", "fsum", "mean"}
        if adds and isinstance(only, ast.GeneratorExp | ast.ListComp) and _rounds(only.elt):
            yield _sign(outline, call, only.elt)


def _rounds(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _rounds(node.left) or _rounds(node.right)
    if not isinstance(node, ast.Call):
        return False
    return bool(set(re.split(r"[_\d]+", name_of(node.func).lower())) & _ROUNDS)


def _is_got(node: ast.expr, target: ast.expr) -> bool:
    """Return whether a value is `table.get(key, 0)` for the target `table[key]`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "get":
        return False
    return isinstance(target, ast.Subscript) and text_of(node.func.value) == text_of(target.value)


def _sign(outline: Outline, node: ast.expr | ast.stmt, each: ast.expr) -> Sign:
    text = text_of(node)
    message = f"“{shown(text_of(each))}” is rounded each time, before it is added to the total."
    return at(outline, node, rule="rounded-each", severity="low", message=message, why=_WHY, quote=text)
