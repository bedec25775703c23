"""The wrong end of what is in order: the first of what comes oldest first, where the newest is meant.

What is in order is told by how it was sorted, or by the words of the function that gives it; which end is meant, by
the name that the value gets, or by the words of the function.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.plausible.statements import written
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.project import Project
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY = "The other end of the same order is what the words ask for."
_HIGH = r"newest|latest|most[ _]recent|recent|youngest"
_LOW = r"oldest|earliest"
_MOST = r"largest|biggest|highest|greatest|longest|best|top|maximum|heaviest"
_LEAST = r"smallest|lowest|cheapest|shortest|least|worst|minimum|lightest|fewest"
_UP = re.compile(rf"(?:^|[_\W])(?:{_HIGH}|{_MOST})(?:$|[_\W])", re.IGNORECASE)
_DOWN = re.compile(rf"(?:^|[_\W])(?:{_LOW}|{_LEAST})(?:$|[_\W])", re.IGNORECASE)
_FIRST_UP = re.compile(rf"\b(?:{_HIGH}|{_MOST}|last) (?:ones? )?first\b|\bdescending\b", re.IGNORECASE)
_FIRST_DOWN = re.compile(
    rf"\b(?:{_LOW}|{_LEAST}) (?:ones? )?first\b|\bascending\b|\bchronological|\bin order of time\b", re.IGNORECASE
)
_EACH = re.compile(
    rf"\b({_HIGH}|{_LOW}|{_MOST}|{_LEAST}|last|first)\b[^.;:]{{0,25}}\b(?:of|in|for|per|from) (?:each|every)",
    re.IGNORECASE,
)
_EACH_AFTER = re.compile(
    rf"\b(?:of|for|per|in|from) (?:each|every) [\w ]{{1,30}}\bthe ({_HIGH}|{_LOW}|{_MOST}|{_LEAST})\b", re.IGNORECASE
)
_GONE = re.compile(
    r"(?:^|_)(?:old|older|stale|expired|remove[ds]?|delete[ds]?|drop(?:ped)?|prune[ds]?|surplus|excess|obsolete)(?:$|_)"
)
_ORDER_BY = re.compile(r"\bORDER\s+BY\s+[\w.]{1,60}(?P<way>\s+(?:ASC|DESC))?\s*(?:LIMIT\b|$|;)", re.IGNORECASE)
_LONG = 2_000


@dataclass(frozen=True, slots=True)
class _Order:
    """Whether what comes first is the highest, and how that is known."""

    falls: bool
    known: str


def signs(outline: Outline, project: Project, task: str) -> Iterator[Sign]:
    """Yield where one end is taken and the words ask for the other."""
    for function in outline.functions():
        said = ast.get_docstring(function, clean=False) or ""
        orders = _orders(function, project)
        for part in own(function):
            if isinstance(part, ast.Assign | ast.Return | ast.AnnAssign) and part.value is not None:
                yield from _picked(outline, function, part, orders, project)
            elif isinstance(part, ast.For):
                yield from _kept(outline, part, orders, project=project, words=f"{said[:_LONG]}\n{task}")
            elif isinstance(part, ast.Call):
                yield from _extreme(outline, function, part)
                yield from _asked(outline, function, part)


def _orders(function: Definition, project: Project) -> dict[str, _Order]:
    """Return the order of what names of a function are bound to, where each is bound or sorted once."""
    found: dict[str, _Order] = {}
    bound: dict[str, int] = {}
    for part in own(function):
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            name = part.targets[0].id
            bound[name] = bound.get(name, 0) + 1
            order = _order(part.value, found, project)
            if order is not None:
                found[name] = order
        called = part.func if isinstance(part, ast.Call) else None
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and isinstance(part, ast.Call):
            if called.attr == "sort":
                found[called.value.id] = _Order(_is_falling(part), text_of(part))
            elif called.attr == "reverse" and called.value.id in found:
                found[called.value.id] = _Order(not found[called.value.id].falls, text_of(part))
    return {name: order for name, order in found.items() if bound.get(name, 0) <= 1}


def _order(node: ast.expr, known: dict[str, _Order], project: Project) -> _Order | None:
    for _ in range(6):
        if isinstance(node, ast.Name):
            return known.get(node.id)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            if text_of(node.slice) == "::-1":
                order = _order(node.value, known, project)
                return None if order is None else _Order(not order.falls, order.known)
            node = node.value
            continue
        if isinstance(node, ast.ListComp | ast.GeneratorExp) and len(node.generators) == 1:
            node = node.generators[0].iter
            continue
        if not isinstance(node, ast.Call):
            return None
        name = dotted(node.func)
        if name == "sorted":
            return _Order(_is_falling(node), text_of(node))
        if name == "reversed" and node.args:
            order = _order(node.args[0], known, project)
            return None if order is None else _Order(not order.falls, order.known)
        if name in {"list", "tuple", "iter", "enumerate"} and node.args:
            node = node.args[0]
            continue
        return _told(name_of(node.func), project)
    return None


def _told(name: str, project: Project) -> _Order | None:
    """Return the order that the words of a function of the project promise."""
    found = project.functions(name) if len(name) > 2 else []
    if len(found) != 1:
        return None
    said = (ast.get_docstring(found[0][1], clean=False) or "")[:_LONG]
    up, down = _FIRST_UP.search(said), _FIRST_DOWN.search(said)
    if bool(up) == bool(down):
        return None
    match = up or down
    return None if match is None else _Order(up is not None, f"{name}() says “{match[0]}”")


def _is_falling(call: ast.Call) -> bool:
    falls = any(
        one.arg == "reverse" and isinstance(one.value, ast.Constant) and one.value.value is True
        for one in call.keywords
    )
    key = next((one.value for one in call.keywords if one.arg == "key"), None)
    by = key.body if isinstance(key, ast.Lambda) else None
    by = by.elts[0] if isinstance(by, ast.Tuple) and by.elts else by
    negated = isinstance(by, ast.UnaryOp) and isinstance(by.op, ast.USub)
    return falls != negated


def _meant(*texts: str) -> bool | None:
    """Return whether words mean the highest, None if they mean neither end or both."""
    up, down = any(_UP.search(one) for one in texts), any(_DOWN.search(one) for one in texts)
    return None if up == down else up


def _picked(
    outline: Outline,
    function: Definition,
    part: ast.Assign | ast.AnnAssign | ast.Return,
    orders: dict[str, _Order],
    project: Project,
) -> Iterator[Sign]:
    """Yield an end that is taken, or a stretch of it, under the name of the other end."""
    name = function.name if isinstance(part, ast.Return) else name_of(_target(part))
    value = part.value
    taken = value.args[0] if isinstance(value, ast.Call) and dotted(value.func) == "next" and value.args else value
    first: bool | None = True if taken is not value else None
    held = taken if taken is not value else None
    if isinstance(value, ast.Subscript):
        held = value.value
        first = _end(value.slice)
    if held is None or first is None:
        return
    if isinstance(held, ast.Subscript) and isinstance(held.slice, ast.Slice) and text_of(held.slice) != "::-1":
        return
    order, meant = _order(held, orders, project), _meant(name)
    if meant is None and isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice) and _GONE.search(name):
        meant = False
    if order is None or meant is None or (order.falls == first) == meant:
        return
    text = text_of(value)
    message = f"“{shown(text)}” takes the {'first' if first else 'last'} for {shown(name)}, of {shown(order.known)}."
    yield _sign(outline, part, message, text)


def _target(part: ast.Assign | ast.AnnAssign) -> ast.expr:
    return part.targets[0] if isinstance(part, ast.Assign) else part.target


def _end(index: ast.expr) -> bool | None:
    """Return whether an index or a slice takes what comes first, None if it cannot be told."""
    if isinstance(index, ast.Slice):
        lower, upper = index.lower, index.upper
        if index.step is not None or (lower is None) == (upper is None):
            return None
        if lower is None:
            return True
        return False if text_of(lower) != "1" else None
    text = text_of(index)
    return {"0": True, "-1": False}.get(text)


def _kept(
    outline: Outline,
    loop: ast.For,
    orders: dict[str, _Order],
    *,
    project: Project,
    words: str,
) -> Iterator[Sign]:
    """Yield a loop that keeps the first, or the last, of each kind, where the words ask for the other one."""
    order = _order(loop.iter, orders, project)
    match = _EACH.search(words) or _EACH_AFTER.search(words)
    if order is None or match is None or not isinstance(loop.target, ast.Name):
        return
    meant = _meant(match[1])
    parts = [one for each in loop.body for one in walk(each) if isinstance(one, ast.Call | ast.Assign)]
    for part in parts:
        first: bool | None = None
        if isinstance(part, ast.Call) and name_of(part.func) == "setdefault" and len(part.args) == 2:
            first = True if name_of(part.args[1]) == loop.target.id else None
        elif isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Subscript):
            guarded = any(isinstance(one, ast.If) and "not in" in text_of(one.test) for one in outline.above(part))
            first = guarded if name_of(part.value) == loop.target.id else None
        if first is None or meant is None or (order.falls == first) == meant:
            continue
        text = text_of(part)
        end = "first" if first else "last"
        message = f"“{shown(text)}” keeps the {end} of each for “{shown(match[0])}”; {shown(order.known)}."
        yield _sign(outline, part, message, text)
        return


def _extreme(outline: Outline, function: Definition, call: ast.Call) -> Iterator[Sign]:
    """Yield min() under a name that asks for the highest, and max() under one that asks for the lowest."""
    name = dotted(call.func)
    parent = outline.parent(call)
    if name not in {"min", "max"} or not any(one.arg == "key" for one in call.keywords):
        return
    called = function.name if isinstance(parent, ast.Return) else ""
    if isinstance(parent, ast.Assign):
        called = name_of(parent.targets[0])
    key = next(one.value for one in call.keywords if one.arg == "key")
    negated = isinstance(key, ast.Lambda) and isinstance(key.body, ast.UnaryOp)
    meant = _meant(called) if re.search(rf"(?:^|_)(?:{_HIGH}|{_LOW}|{_MOST}|{_LEAST})(?:$|_)", called) else None
    if meant is None or negated or re.search(r"best|worst|top|least", called) or (name == "max") == meant:
        return
    if re.search(r"age|distance|rank", text_of(key)):
        return
    text = text_of(call)
    yield _sign(outline, call, f"“{shown(text)}” gives {shown(called)}.", text)


def _asked(outline: Outline, function: Definition, call: ast.Call) -> Iterator[Sign]:
    """Yield a statement whose order ends otherwise than the name of its function says."""
    meant = _meant(function.name)
    text = written(call.args[0]) if call.args and meant is not None else ""
    match = _ORDER_BY.search(text[:4_000]) if "LIMIT" in text.upper() else None
    if match is None:
        return
    falls = (match["way"] or "").strip().upper() == "DESC"
    if falls != meant:
        message = f"“{shown(match[0])}” gives the other end than {shown(function.name)} says."
        yield _sign(outline, call, message, match[0])


def _sign(outline: Outline, node: ast.expr | ast.stmt, message: str, text: str) -> Sign:
    return at(outline, node, rule="order-contradicted", severity="medium", message=message, why=_WHY, quote=text)
