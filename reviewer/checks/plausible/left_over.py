"""What is lost or left at the end: the last batch, the shares of a sum, the inner tables of a copy, bytes of a text."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY_BATCH = "What does not fill the last batch is never handed on."
_WHY_COPY = "A copy of a table holds the same inner tables: what changes in one has changed in both."
_WHY_SHARES = "The shares are rounded each for itself, and together are more or less than the sum."
_WHY_BYTES = "A text has fewer characters than bytes as soon as one of them is no ASCII."
_WHY_COPIED = "The second line was copied, and only its name was adapted."
_CHANGES = frozenset({"append", "extend", "update", "add", "insert", "pop", "remove", "clear", "setdefault"})
_ROUNDS = frozenset({"round", "floor", "quantize", "int"})
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield what does not come out whole."""
    for function in outline.functions():
        yield from _batches(outline, function)
        yield from _copies(outline, function)
        yield from _lengths(outline, function)
        yield from _copied(outline, function.body)
    for many in outline.of(ast.BinOp):
        if isinstance(many.op, ast.Mult) and isinstance(many.left, ast.List) and len(many.left.elts) == 1:
            yield from _shares(outline, many, many.left.elts[0], text_of(many.right))
    for made in outline.of(ast.ListComp):
        walked = made.generators[0].iter
        if isinstance(walked, ast.Call) and dotted(walked.func) == "range" and len(walked.args) == 1:
            yield from _shares(outline, made, made.elt, text_of(walked.args[0]))


def _batches(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield lists that a loop fills and empties when they are full, and nothing reads after the loop."""
    for loop in own(function):
        if not isinstance(loop, ast.For | ast.AsyncFor) or loop.orelse:
            continue
        parts = [one for each in loop.body for one in ast.walk(each)]
        filled = {
            name_of(one.func.value): one
            for one in parts
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "append"
            if isinstance(one.func.value, ast.Name)
        }
        for part in parts:
            test = part.test if isinstance(part, ast.If) else None
            if not isinstance(part, ast.If) or not isinstance(test, ast.Compare) or not isinstance(test.left, ast.Call):
                continue
            name = name_of(test.left.args[0]) if dotted(test.left.func) == "len" and test.left.args else ""
            if (
                name not in filled
                or not isinstance(test.ops[0], ast.GtE | ast.Gt | ast.Eq)
                or not _is_emptied(part, name)
            ):
                continue
            later = [
                one
                for one in ast.walk(function)
                if isinstance(one, ast.Name) and one.id == name and one.lineno > (loop.end_lineno or 0)
            ]
            if not later:
                message = f"{shown(name)} is handed on when it is full, and what is left in it after the loop is not."
                yield at(
                    outline,
                    part,
                    rule="rest-lost",
                    severity="medium",
                    message=message,
                    why=_WHY_BATCH,
                    quote=text_of(test),
                )


def _is_emptied(part: ast.If, name: str) -> bool:
    for one in (inner for each in part.body for inner in ast.walk(each)):
        if isinstance(one, ast.Assign) and name_of(one.targets[0]) == name and isinstance(one.value, ast.List):
            return not one.value.elts
        if isinstance(one, ast.Call) and dotted(one.func) == f"{name}.clear":
            return True
    return False


def _copies(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield what is changed inside a copy of a table that copies one level only."""
    copied: dict[str, ast.Assign] = {}
    for part in own(function):
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            if _is_shallow(part.value):
                copied[part.targets[0].id] = part
            else:
                copied.pop(part.targets[0].id, None)
            continue
        name = _inner(part)
        if name in copied and isinstance(part, ast.expr):
            source = text_of(copied[name].value)
            message = f"“{shown(text_of(part))}” changes what “{shown(source)}” did not copy."
            yield at(
                outline, part, rule="copy-shallow", severity="medium", message=message, why=_WHY_COPY, quote=message
            )
            return


def _is_shallow(node: ast.expr) -> bool:
    """Return whether a value is a copy, one level deep, of a constant or of what an attribute or parameter holds."""
    if isinstance(node, ast.Dict) and node.keys == [None]:
        return bool(dotted(node.values[0]))
    if not isinstance(node, ast.Call):
        return False
    if dotted(node.func) == "dict" and len(node.args) == 1:
        return bool(dotted(node.args[0]))
    is_copy = isinstance(node.func, ast.Attribute) and node.func.attr == "copy" and not node.args and not node.keywords
    return (is_copy and name_of(node.func.value if isinstance(node.func, ast.Attribute) else None).isupper()) or (
        dotted(node.func) == "copy.copy"
    )


def _inner(node: ast.AST) -> str:
    """Return the table whose inner table a node changes: `t[k][j] = v`, `t[k].append(v)`; "" for anything else."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        held = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
        held = node.func.value
    else:
        return ""
    return held.value.id if isinstance(held, ast.Subscript) and isinstance(held.value, ast.Name) else ""


def _lengths(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield characters that are counted where bytes are meant."""
    for part in own(function):
        key, value = "", None
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Subscript):
            key, value = text_of(part.targets[0].slice), part.value
        elif isinstance(part, ast.Call) and len(part.args) == 2 and name_of(part.func) in {"send_header", "add_header"}:
            key, value = text_of(part.args[0]), part.args[1]
        elif isinstance(part, ast.Tuple) and len(part.elts) == 2:
            key, value = text_of(part.elts[0]), part.elts[1]
        if value is None or key.strip("'\"").lower() != "content-length":
            continue
        for call in ast.walk(value):
            subject = call.args[0] if isinstance(call, ast.Call) and dotted(call.func) == "len" and call.args else None
            if isinstance(call, ast.Call) and isinstance(subject, ast.Name) and _is_text(function, subject.id):
                message = f"“{shown(text_of(call))}” counts characters, and a length of content is in bytes."
                yield at(
                    outline,
                    call,
                    rule="length-of-text",
                    severity="medium",
                    message=message,
                    why=_WHY_BYTES,
                    quote=message,
                )


def _is_text(function: Definition, name: str) -> bool:
    """Return whether a name is bound once, to a text."""
    bound = [one.value for one in own(function) if isinstance(one, ast.Assign) and name_of(one.targets[0]) == name]
    if len(bound) != 1:
        return False
    value = bound[0]
    if isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str)):
        return True
    called = value.func if isinstance(value, ast.Call) else None
    is_joined = (
        isinstance(called, ast.Attribute)
        and called.attr in {"join", "format"}
        and isinstance(called.value, ast.Constant)
    )
    of_text = is_joined and isinstance(called, ast.Attribute) and isinstance(getattr(called.value, "value", None), str)
    return of_text or dotted(called) in {"json.dumps", "str"}


def _shares(outline: Outline, node: ast.expr, each: ast.expr, count: str) -> Iterator[Sign]:
    """Yield a sum that is cut into as many equal shares as it is divided by, each of them rounded."""
    inner = each.args[0] if isinstance(each, ast.Call) and name_of(each.func) in _ROUNDS and each.args else each
    if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "quantize":
        inner = each.func.value
    rounded = inner is not each or (isinstance(each, ast.BinOp) and isinstance(each.op, ast.FloorDiv))
    if (
        rounded
        and isinstance(inner, ast.BinOp)
        and isinstance(inner.op, ast.Div | ast.FloorDiv)
        and text_of(inner.right) == count
    ):
        text = text_of(node)
        message = f"“{shown(text)}” need not add up to {shown(text_of(inner.left))}."
        yield at(outline, node, rule="rounded-each", severity="medium", message=message, why=_WHY_SHARES, quote=text)


def _copied(outline: Outline, block: list[ast.stmt]) -> Iterator[Sign]:
    """Yield two neighbours that bind different names to the same, which holds the name of the first."""
    for one, other in pairwise(block):
        if not isinstance(one, ast.Assign) or not isinstance(other, ast.Assign) or not isinstance(one.value, ast.Call):
            continue
        names = [name_of(each.targets[0]) for each in (one, other)]
        text = text_of(one.value)
        if not all(names) or names[0] == names[1] or text != text_of(other.value):
            continue
        first, second = (set(_WORDS.findall(name)) for name in names)
        said = {word.lower() for word in _WORDS.findall(text)}
        if (first - second) and (first - second) <= said and not (second - first) & said:
            message = f"“{shown(text_of(other))}” takes what {shown(names[0])} takes."
            yield at(
                outline, other, rule="name-crossed", severity="medium", message=message, why=_WHY_COPIED, quote=message
            )
