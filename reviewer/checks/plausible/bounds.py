"""Indexes and ranges that miss an element or go past the end, by forms that are seldom meant."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import calls_in, defaults, name_of, names_in, same, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign

_WHY = "An index that is one off is wrong for the first or the last element only, where tests seldom look."
_SIZES = re.compile(
    r"(?:page_?size|per_?page|limit|page_?len(?:gth)?|page_?count|batch_?size|chunk_?size|items_per_page)",
    re.IGNORECASE,
)
_COUNTS = re.compile(
    r"(?:(?:total|num|n|max|last|number_of)_)?(?:pages?|chunks?|batches|buckets)(?:_?(?:count|total|num))?",
    re.IGNORECASE,
)
_ATTEMPTS = re.compile(r"(?:max_?|num_?|n_?)?(?:attempts?|retries|tries)(?:_?limit)?", re.IGNORECASE)


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield indexes, ranges and pages that look one off."""
    yield from _past_the_end(outline)
    yield from _ranges(outline)
    yield from _pages(outline)
    yield from _slices(outline)


def _past_the_end(outline: Outline) -> Iterator[Sign]:
    for index in outline.of(ast.Subscript):
        if _length_of(index.slice, index.value) and not calls_in(index.value):
            what = text_of(index)
            yield at(
                outline,
                index,
                rule="index-past-end",
                severity="medium",
                message=f"“{shown(what)}” is one past the last element.",
                quote=what,
                why=_WHY,
            )
    for loop in outline.of(ast.While):
        test = loop.test
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.LtE):
            continue
        sequence = _measured(test.comparators[0])
        if sequence is not None and _indexes(loop.body, test.left, sequence):
            what = text_of(test)
            message = f"The loop runs while “{shown(what)}” and indexes {shown(text_of(sequence))} with it."
            yield at(outline, test, rule="index-past-end", severity="medium", message=message, quote=what, why=_WHY)


def _measured(node: ast.expr) -> ast.expr | None:
    """Return what a plain `len(x)` measures."""
    if isinstance(node, ast.Call) and name_of(node.func) == "len" and len(node.args) == 1 and not node.keywords:
        return node.args[0]
    return None


def _length_of(node: ast.expr, sequence: ast.expr) -> bool:
    measured = _measured(node)
    return measured is not None and same(measured, sequence)


def _indexes(body: list[ast.stmt], index: ast.expr, sequence: ast.expr) -> bool:
    for statement in body:
        for part in walk(statement):
            if isinstance(part, ast.Subscript) and same(part.slice, index) and text_of(part.value) == text_of(sequence):
                return True
    return False


def _ranges(outline: Outline) -> Iterator[Sign]:
    loops: list[ast.For | ast.comprehension] = [*outline.of(ast.For), *outline.of(ast.comprehension)]
    for loop in loops:
        call = loop.iter
        if not isinstance(call, ast.Call) or name_of(call.func) != "range" or not isinstance(loop.target, ast.Name):
            continue
        where = loop if isinstance(loop, ast.For) else outline.parent(loop)
        if where is None or not 1 <= len(call.args) <= 2:
            continue
        yield from _range(outline, call, loop.target.id, where)


def _range(outline: Outline, call: ast.Call, index: str, where: ast.AST) -> Iterator[Sign]:
    start, stop = (None, call.args[0]) if len(call.args) == 1 else (call.args[0], call.args[1])
    what = text_of(call)
    sequence, shift = _shifted(stop)
    first = start.value if isinstance(start, ast.Constant) else 0 if start is None else None
    if sequence is not None:
        used = _uses(where, index, sequence)
        if shift == 1 and "" in used:
            message = f"“{shown(what)}” goes one past the last element of {shown(text_of(sequence))}, which it indexes."
            yield at(outline, call, rule="index-past-end", severity="medium", message=message, quote=what, why=_WHY)
        elif shift == -1 and first == 0 and used == {""}:
            message = (
                f"“{shown(what)}” leaves the last element of {shown(text_of(sequence))} out, and none after it is used."
            )
            yield at(outline, call, rule="index-short", severity="low", message=message, quote=what, why=_WHY)
        elif shift == 0 and start is None and _next_is_used(where, index, sequence):
            subject = shown(text_of(sequence))
            message = f"“{shown(what)}” reaches the last element of {subject}, and the one after it is read unasked."
            yield at(outline, call, rule="index-past-end", severity="medium", message=message, quote=what, why=_WHY)
        elif shift == 0 and first == 1 and used == {""} and not _first_is_used(outline, where, sequence):
            message = f"“{shown(what)}” leaves the first element of {shown(text_of(sequence))} out."
            yield at(outline, call, rule="index-short", severity="low", message=message, quote=what, why=_WHY)
    elif first == 1 and _ATTEMPTS.fullmatch(name_of(stop)):
        message = f"“{shown(what)}” runs one time less than {shown(text_of(stop))} says."
        yield at(outline, call, rule="index-short", severity="low", message=message, quote=what, why=_WHY)


def _shifted(stop: ast.expr) -> tuple[ast.expr | None, int]:
    """Return what the end of a range measures, and the constant that is added to it."""
    if isinstance(stop, ast.BinOp) and isinstance(stop.right, ast.Constant) and isinstance(stop.op, ast.Add | ast.Sub):
        if stop.right.value == 1:
            return _measured(stop.left), 1 if isinstance(stop.op, ast.Add) else -1
        return None, 0
    return _measured(stop), 0


def _uses(where: ast.AST, index: str, sequence: ast.expr) -> set[str]:
    """Return how the index is used: "" for the sequence indexed with it as it is, else other text."""
    subject = text_of(sequence)
    found: set[str] = set()
    plain = 0
    for part in walk(where):
        if isinstance(part, ast.Subscript) and index in names_in(part.slice):
            exact = isinstance(part.slice, ast.Name) and text_of(part.value) == subject
            found.add("" if exact else text_of(part))
            plain += 1
    others = sum(
        isinstance(part, ast.Name) and part.id == index and isinstance(part.ctx, ast.Load) for part in walk(where)
    )
    if others > plain:
        found.add("other")
    return found


def _next_is_used(where: ast.AST, index: str, sequence: ast.expr) -> bool:
    """Return whether a loop reads `x[i + 1]` and asks nothing about the index."""
    subject = text_of(sequence)
    asked = any(
        index in names_in(part.test)
        for part in walk(where)
        if isinstance(part, ast.If | ast.IfExp | ast.While | ast.Assert)
        and any(isinstance(one, ast.Compare) and index in names_in(one) for one in walk(part.test))
    )
    reads = [
        part.slice
        for part in walk(where)
        if isinstance(part, ast.Subscript) and text_of(part.value) == subject and isinstance(part.slice, ast.BinOp)
    ]
    ahead = [one for one in reads if isinstance(one.op, ast.Add) and isinstance(one.right, ast.Constant)]
    return not asked and any(name_of(one.left) == index for one in ahead)


def _first_is_used(outline: Outline, where: ast.AST, sequence: ast.expr) -> bool:
    around = outline.function(where) or outline.tree
    subject = text_of(sequence)
    for part in walk(around):
        indexed = isinstance(part, ast.Subscript) and text_of(part.value) == subject
        if isinstance(part, ast.Subscript) and indexed and not isinstance(part.slice, ast.Name):
            return True
    return False


def _pages(outline: Outline) -> Iterator[Sign]:
    for function in outline.functions():
        ones = {
            argument.arg
            for argument, value in defaults(function)
            if "page" in argument.arg.lower() and isinstance(value, ast.Constant) and value.value == 1
        }
        for part in walk(function) if ones else ():
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
                names = [name_of(part.left), name_of(part.right)]
                page = next((name for name in names if name in ones), "")
                if page and any(_SIZES.fullmatch(name) for name in names) and not _is_end(part, outline):
                    what = text_of(part)
                    message = f"“{shown(what)}” skips the first page: {shown(page)} starts at 1."
                    yield at(outline, part, rule="page-offset", severity="low", message=message, quote=what, why=_WHY)
    for assigned in outline.of(ast.Assign):
        value = assigned.value
        floored = isinstance(value, ast.BinOp) and isinstance(value.op, ast.FloorDiv)
        if floored and _COUNTS.fullmatch(name_of(assigned.targets[0])) and _is_plain(value):
            what = text_of(assigned)
            message = f"“{shown(what)}” rounds down: what is left over after the last whole one is not counted."
            yield at(outline, assigned, rule="count-floored", severity="low", message=message, quote=what, why=_WHY)


def _is_plain(value: ast.expr) -> bool:
    """Return whether nothing is added before the division, so that it does round down."""
    if not isinstance(value, ast.BinOp) or isinstance(value.left, ast.UnaryOp):
        return False
    return not isinstance(value.left, ast.BinOp) and isinstance(value.right, ast.Name | ast.Attribute)


def _is_end(part: ast.BinOp, outline: Outline) -> bool:
    """Return whether `page * size` is where the page ends, because its start is counted back from it or beside it."""
    function = outline.function(part)
    return function is not None and any(
        isinstance(one, ast.BinOp)
        and isinstance(one.op, ast.Sub)
        and (name_of(one.left) in names_in(part) or same(one.left, part))
        for one in walk(function)
    )


def _slices(outline: Outline) -> Iterator[Sign]:
    for index in outline.of(ast.Subscript):
        cut = index.slice
        if not isinstance(cut, ast.Slice) or cut.step is not None or not isinstance(index.ctx, ast.Load):
            continue
        upper = cut.upper
        if not isinstance(upper, ast.BinOp) or not isinstance(upper.op, ast.Sub | ast.Add):
            continue
        if not isinstance(upper.right, ast.Constant) or upper.right.value != 1:
            continue
        what = text_of(index)
        if isinstance(upper.op, ast.Sub) and _is_window(cut.lower, upper.left):
            message = f"“{shown(what)}” takes one element less than {shown(text_of(upper.left))} says."
            yield at(outline, index, rule="slice-short", severity="low", message=message, quote=what, why=_WHY)


def _is_window(lower: ast.expr | None, upper: ast.expr) -> bool:
    if isinstance(upper, ast.BinOp) and isinstance(upper.op, ast.Add) and lower is not None:
        return same(upper.left, lower) or same(upper.right, lower)
    return lower is None and bool(_SIZES.fullmatch(name_of(upper)) or name_of(upper) in {"n", "k", "count", "top"})
