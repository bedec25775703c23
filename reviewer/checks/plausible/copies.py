"""Copies where one place was not adapted: equal branches, repeated keys and conditions, names that crossed over."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import calls_in, dotted, name_of, parameters, same, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import dump

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign

_WHY = "What was copied and not adapted in one place does twice what was meant once."
_MATCHED = 2


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield copies that look unfinished."""
    yield from _branches(outline)
    yield from _keys(outline)
    yield from _conditions(outline)
    yield from _itself(outline)
    yield from _crossed(outline)


def _branches(outline: Outline) -> Iterator[Sign]:
    for branch in outline.of(ast.If):
        if branch.orelse and len(branch.body) == len(branch.orelse):
            equal = all(same(one, other) for one, other in zip(branch.body, branch.orelse, strict=True))
            if equal and not all(isinstance(one, ast.Pass) for one in branch.body):
                text = text_of(branch.test)
                message = f"Both branches of “if {shown(text)}” do the same."
                yield at(
                    outline,
                    branch,
                    rule="branches-equal",
                    message=message,
                    quote=f"if {text}",
                    last=branch.orelse[-1].end_lineno,
                    severity="low",
                    why=_WHY,
                )
    for chosen in outline.of(ast.IfExp):
        if same(chosen.body, chosen.orelse):
            text = text_of(chosen)
            message = f"Both outcomes of “{shown(text)}” are the same."
            yield at(outline, chosen, rule="branches-equal", message=message, quote=text, severity="low", why=_WHY)


def _keys(outline: Outline) -> Iterator[Sign]:
    for table in outline.of(ast.Dict):
        seen: dict[str, ast.expr] = {}
        for key, value in zip(table.keys, table.values, strict=True):
            if not isinstance(key, ast.Constant):
                continue
            name = repr(key.value)
            first = seen.setdefault(name, value)
            if first is not value:
                message = f"The key {shown(name)} stands twice in one table; the second value replaces the first."
                yield at(
                    outline,
                    key,
                    rule="key-repeated",
                    message=message,
                    quote=f"{name}: {text_of(value)}",
                    severity="medium",
                    why=_WHY,
                )


def _conditions(outline: Outline) -> Iterator[Sign]:
    for branch in outline.of(ast.If):
        parent = outline.parent(branch)
        if isinstance(parent, ast.If) and parent.orelse == [branch]:
            continue
        seen: set[str] = set()
        current: ast.If | None = branch
        while current is not None:
            text = dump(current.test)
            if text in seen and not calls_in(current.test):
                what = text_of(current.test)
                message = (
                    f"The condition “{shown(what)}” was asked before in the same chain; this branch is never taken."
                )
                yield at(
                    outline,
                    current.test,
                    rule="condition-repeated",
                    message=message,
                    quote=what,
                    severity="medium",
                    why=_WHY,
                )
            seen.add(text)
            following = current.orelse
            current = following[0] if len(following) == 1 and isinstance(following[0], ast.If) else None
    for match in outline.of(ast.Match):
        patterns: set[str] = set()
        for case in match.cases:
            text = dump(case.pattern)
            if text in patterns and case.guard is None:
                what = text_of(case.pattern)
                message = f"The case “{shown(what)}” stands before in the same match; this one is never taken."
                yield at(
                    outline,
                    case.pattern,
                    rule="condition-repeated",
                    message=message,
                    quote=what,
                    severity="medium",
                    why=_WHY,
                )
            if case.guard is None:
                patterns.add(text)


def _itself(outline: Outline) -> Iterator[Sign]:
    for assigned in outline.of(ast.Assign):
        target = assigned.targets[0]
        if len(assigned.targets) != 1 or dotted(target) == "" or dotted(target) != dotted(assigned.value):
            continue
        if isinstance(target, ast.Name) and outline.function(assigned) is None:
            continue
        text = text_of(assigned)
        yield at(
            outline,
            assigned,
            rule="assigned-to-itself",
            message=f"“{shown(text)}” changes nothing.",
            quote=text,
            severity="medium",
            why=_WHY,
        )


def _crossed(outline: Outline) -> Iterator[Sign]:
    """Rows like `self.a = a`, `f(a=a)` and `{"a": x.a}` of which one takes the name of another row."""
    for function in outline.functions():
        known = {argument.arg for argument in parameters(function)}
        rows = [
            (target.attr, one.value, one)
            for one in function.body
            if isinstance(one, ast.Assign)
            and len(one.targets) == 1
            and isinstance(target := one.targets[0], ast.Attribute)
            and name_of(target.value) == "self"
        ]
        yield from _rows(outline, [(name.lstrip("_"), value, one) for name, value, one in rows], known)
    for call in outline.of(ast.Call):
        around = outline.function(call)
        known = set() if around is None else {argument.arg for argument in parameters(around)}
        named = [(one.arg, one.value, one.value) for one in call.keywords if one.arg]
        yield from _rows(outline, named, known)
    for table in outline.of(ast.Dict):
        entries = [
            (key.value, value, value)
            for key, value in zip(table.keys, table.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        ]
        yield from _rows(outline, entries, None)


def _rows(outline: Outline, rows: Sequence[tuple[str, ast.expr, ast.AST]], known: set[str] | None) -> Iterator[Sign]:
    matched = {name: dotted(value) for name, value, _ in rows if name_of(value) == name}
    if len(matched) < _MATCHED:
        return
    for name, value, place in rows:
        taken = name_of(value)
        if name in matched or taken not in matched or dotted(value) != matched[taken]:
            continue
        if known is not None and name not in known:
            continue
        if known is None and not isinstance(value, ast.Attribute):
            continue
        text = f"{name} = {text_of(value)}"
        message = f"Among rows that each take the value of their own name, {shown(name)} takes {shown(text_of(value))}."
        if isinstance(place, ast.stmt | ast.expr):
            yield at(outline, place, rule="name-crossed", message=message, quote=text, severity="medium", why=_WHY)
