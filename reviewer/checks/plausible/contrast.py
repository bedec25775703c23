"""Changed functions before and after: small edits that change what comes out, and guards that are gone.

Each is often wanted. What it weighs depends on what the change says that it is for, and on whether its tests speak of
the function.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.align import align
from reviewer.checks.plausible.deltas import deltas
from reviewer.checks.plausible.moved import OPPOSITE_CALLS, judge, swapped, vocabulary
from reviewer.checks.plausible.outline import defaults, name_of, names_in, text_of
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.python_nodes import dump
from reviewer.checks.python_source import MODULE, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.align import Aligned, Row
    from reviewer.checks.plausible.deltas import Delta
    from reviewer.checks.python_source import Function, Pair

_LONG = 20_000
WHY = {
    "boundary-moved": "A boundary that moved by one is wrong for one value only, and reads the same.",
    "condition-negated": "What was done when it held is now done when it does not.",
    "condition-joined-otherwise": "With the other operator the branch is taken for other values.",
    "operator-changed": "Another operator gives another value for nearly every input.",
    "operands-swapped": "The same names in another order read alike and mean something else.",
    "guard-dropped": "The value that was guarded against can come through now.",
    "call-dropped": "What it cleaned, copied or bounded goes on as it came in.",
    "await-dropped": "Without it there is a coroutine, which is always true and does nothing.",
    "opposite-used": "The two names read alike and do the opposite.",
    "value-changed": "A number or a switch that changed changes every result that depends on it.",
    "constant-returned": "A constant is right for the inputs that somebody had in mind.",
    "argument-dropped": "Without the argument the default decides.",
    "return-dropped": "Callers that use the value get None.",
    "case-dropped": "What was in that case now falls through to something else.",
    "guard-removed": "The value that it stopped now goes on to code that did not have to expect it.",
    "branches-swapped": "Each branch now runs when the other should.",
    "default-changed": "Every caller that does not say it gets the other value.",
}
"""Why each rule matters, for all languages."""


def signs(pair: Pair) -> Iterator[Sign]:
    """Yield what changed in one function, a line and a rule once."""
    if pair.old is None or pair.new is None:
        return
    if not isinstance(pair.old.node, ast.Module) and not isinstance(pair.new.node, ast.Module):
        yield from _defaults(pair.old, pair.new)
    aligned = align(pair.old.node, pair.new.node)
    if aligned is None:
        return
    yield from _swapped_branches(pair.new, aligned)
    yield from _emptied(pair.old, pair.new)
    yield from _words(pair.new, vocabulary(pair.old.node), vocabulary(pair.new.node), aligned)
    for old, new in aligned.edited:
        told: set[str] = set()
        for sign in _edited(pair.new, old, new):
            if sign.rule not in told and not _is_list_of_names(new):
                told.add(sign.rule)
                yield sign


def _emptied(old: Function, new: Function) -> Iterator[Sign]:
    """A function that worked something out and only gives a constant now."""
    if isinstance(old.node, ast.Module) or isinstance(new.node, ast.Module):
        return
    before, after = statements(old.node), statements(new.node)
    only = after[0] if len(after) == 1 else None
    if len(before) < 2 or not isinstance(only, ast.Return | ast.Pass):
        return
    value = only.value if isinstance(only, ast.Return) else None
    if (
        value is None
        or isinstance(value, ast.Constant)
        or (isinstance(value, ast.List | ast.Dict) and not names_in(value))
    ):
        what = f"“{shown(text_of(only))}” is all that is left of {len(before)} statements"
        yield Sign(
            rule="constant-returned",
            severity="medium",
            message=f"{_name(new)}: {what}.",
            why=WHY["constant-returned"],
            quote=new.name,
            line=only.lineno,
            scope=new.name,
        )


def _words(function: Function, old: dict[str, ast.expr], new: dict[str, ast.expr], aligned: Aligned) -> Iterator[Sign]:
    """Calls that gave way to their opposite somewhere else in the function, and lookups that lost their default."""
    for one in OPPOSITE_CALLS:
        for before, after in (tuple(sorted(one)), tuple(sorted(one, reverse=True))):
            if before in old and before not in new and after in new and after not in old:
                row = next((row for row in aligned.new if row.line <= new[after].lineno <= (row.last or 0)), None)
                if row is not None:
                    what = f"calls {shown(after)} where it called {shown(before)}"
                    yield _sign(function, "opposite-used", what, row)
    for lookup in [name for name in old if name.startswith("get ") and name not in new]:
        direct = f"[] {lookup[4:]}"
        if direct in new and direct not in old:
            row = next((row for row in aligned.new if row.line <= new[direct].lineno <= (row.last or 0)), None)
            if row is not None:
                what = f"“{shown(text_of(old[lookup]))}” became “{shown(text_of(new[direct]))}”"
                yield _sign(function, "guard-dropped", what, row)


def _is_list_of_names(row: Row) -> bool:
    """Return whether a row only says what a module exports or what its version is."""
    targets = getattr(row.node, "targets", [])
    return any(name_of(target).startswith("__") for target in targets)


def _edited(function: Function, old: Row, new: Row) -> Iterator[Sign]:
    if max(len(old.shape), len(new.shape)) > _LONG or len(old.head) != len(new.head):
        return
    found: list[Delta] = []
    for before, after in zip(old.head, new.head, strict=True):
        some = deltas(before, after) if dump(before) != dump(after) else []
        if some is None:
            return
        found += some
    if len(found) == 2:
        both = swapped(found[0], found[1])
        if both is not None:
            yield _sign(function, both.rule, both.what, new)
            return
    judgements = [judge(delta) for delta in found]
    for judged in judgements:
        # A number that changed together with the names around it is part of something else.
        alone = all(one is not None for one in judgements)
        if judged is not None and (alone or judged.rule != "value-changed"):
            yield _sign(function, judged.rule, judged.what, new)


def _swapped_branches(function: Function, aligned: Aligned) -> Iterator[Sign]:
    for old, new in aligned.kept:
        before, after = old.node, new.node
        if not isinstance(before, ast.If) or not isinstance(after, ast.If) or not before.orelse or not after.orelse:
            continue
        if _shape(before.body) == _shape(after.orelse) != _shape(before.orelse) == _shape(after.body):
            what = f"the branches of “if {shown(text_of(after.test))}” changed places"
            yield _sign(function, "branches-swapped", what, new)


def _shape(block: list[ast.stmt]) -> str:
    return "\n".join(dump(one) for one in block)


def _defaults(old: Function, new: Function) -> Iterator[Sign]:
    if isinstance(old.node, ast.Module) or isinstance(new.node, ast.Module):
        return
    before = {argument.arg: value for argument, value in defaults(old.node)}
    for argument, value in defaults(new.node):
        was = before.get(argument.arg)
        if was is not None and _is_other_value(was, value):
            what = f"the default of {shown(argument.arg)} was {shown(text_of(was))} and is {shown(text_of(value))}"
            yield Sign(
                rule="default-changed",
                severity="low",
                message=f"{_name(new)}: {what}.",
                why=WHY["default-changed"],
                quote=what,
                line=value.lineno,
                last=value.end_lineno,
                scope=new.name,
            )


def _is_other_value(old: ast.expr, new: ast.expr) -> bool:
    """Return whether two defaults are values that a caller can tell apart; None often stands for what was there."""
    plain = all(isinstance(one, ast.Constant | ast.UnaryOp | ast.Attribute | ast.Name) for one in (old, new))
    none = any(
        isinstance(one, ast.Constant) and (one.value is None or isinstance(one.value, str)) for one in (old, new)
    )
    return plain and not none and dump(old) != dump(new)


def _sign(function: Function, rule: str, what: str, row: Row) -> Sign:
    return Sign(
        rule=rule,
        severity="low",
        message=f"{_name(function)}: {what}.",
        why=WHY[rule],
        quote=what,
        line=row.line,
        scope=function.name,
    )


def _name(function: Function) -> str:
    return "The module" if function.name == MODULE else shown(function.name)
