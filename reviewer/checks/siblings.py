"""The odd one out: a new function that lacks what all functions beside it do, and a call unlike all others of its kind.

Only unanimity counts, and only among enough of them; a fact is what the others have, never that this one is wrong.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.python_source import Definition

_FEW = 3
_FEW_METHODS = 4
_FEW_CALLS = 3
_MOST_FUNCTIONS = 2_000
_MOST_CALLS = 20_000
_PLAIN = frozenset(
    (
        *(
            "len",
            "str",
            "int",
            "float",
            "bool",
            "list",
            "dict",
            "set",
            "tuple",
            "print",
            "isinstance",
            "getattr",
            "super",
        ),
        *(
            "format",
            "join",
            "append",
            "get",
            "items",
            "range",
            "sorted",
            "repr",
            "type",
            "enumerate",
            "zip",
            "min",
            "max",
        ),
        *(
            "sum",
            "any",
            "all",
            "next",
            "iter",
            "hasattr",
            "cast",
            "open",
            "split",
            "strip",
            "update",
            "add",
            "pop",
            "map",
        ),
        *("keys", "values", "copy", "extend", "property", "staticmethod", "classmethod", "overload", "setattr", "echo"),
    )
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """A new function without what all its siblings have.

    Attributes:
        name: qualified; line: where it starts.
        lacks: the callee or decorator as the others write it.
        is_mark: it is a decorator.
        count: how many siblings there are.
        kind: what makes them siblings, in words.
    """

    name: str
    line: int
    lacks: str
    is_mark: bool
    count: int
    kind: str


@dataclass(frozen=True, slots=True)
class Unlike:
    """A call without an argument that all others of the same callee are given."""

    line: int
    callee: str
    argument: str
    count: int


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    node: Definition
    scope: str
    calls: frozenset[str]
    marks: frozenset[str]


def lacking(old: ast.Module | None, new: ast.Module) -> Iterator[Lacking]:
    """Yield functions that only the new side has and that lack what all functions beside them have."""
    had = {one.name for one in _members(old)} if old is not None else set()
    members = _members(new)[:_MOST_FUNCTIONS]
    if not had:
        return
    groups: dict[tuple[str, str], list[_Member]] = defaultdict(list)
    for one in members:
        for key in _groups(one):
            groups[key].append(one)
    told: set[str] = set()
    for (_, kind), group in groups.items():
        others = [one for one in group if one.name in had]
        if len(others) < (_FEW_METHODS if kind.startswith("methods") else _FEW):
            continue
        shared = frozenset.intersection(*(one.calls for one in others)) - _PLAIN
        marks = frozenset.intersection(*(one.marks for one in others))
        by_call = {one.name.rpartition(".")[2]: one for one in members}
        for one in group:
            if one.name in had or one.name in told or len(one.node.body) < 2:
                continue
            reached = one.calls | {name for called in one.calls if called in by_call for name in by_call[called].calls}
            lost = [(name, True) for name in sorted(marks - one.marks)]
            lost += [(name, False) for name in sorted(shared - reached)]
            if lost:
                told.add(one.name)
                yield Lacking(one.name, one.node.lineno, lost[0][0], lost[0][1], len(others), kind)


def unlike(trees: Sequence[ast.Module], new: ast.Module, added: frozenset[int]) -> Iterator[Unlike]:
    """Yield calls on added lines that lack a keyword or a position that all other calls of the same callee have.

    Args:
        trees: where else to look for calls, the old side of the file among them.
        new: the file.
        added: its added lines.
    """
    # Whoever changes what a function takes changes its calls too.
    redefined = {one.node.name for one in _members(new) if added & set(range(one.node.lineno, one.node.body[0].lineno))}
    ours = [call for call in _calls(new) if call.lineno in added and _last(call.func) not in redefined]
    wanted = {_callee(call) for call in ours}
    others: dict[str, list[ast.Call]] = defaultdict(list)
    seen = 0
    for tree in trees:
        for call in _calls(tree):
            seen += 1
            if seen > _MOST_CALLS:
                return
            name = _callee(call)
            if name in wanted:
                others[name].append(call)
    for call in ours:
        name = _callee(call)
        known = others[name]
        if len(known) < _FEW_CALLS or _is_open(call) or any(_is_open(one) for one in known):
            continue
        keywords = frozenset.intersection(*(_keywords(one) for one in known))
        positions = min(len(one.args) for one in known)
        given = _keywords(call)
        lost = sorted(keyword for keyword in keywords - given if keyword)
        if lost and len(call.args) <= positions:
            yield Unlike(call.lineno, name, lost[0], len(known))
        elif not lost and len(call.args) < positions and len(call.args) + len(given) < positions and positions > 1:
            yield Unlike(call.lineno, name, f"argument {len(call.args) + 1}", len(known))


def _members(tree: ast.Module) -> list[_Member]:
    found: list[_Member] = []
    waiting: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    while waiting:
        scope, node = waiting.pop()
        for inner in node.body:
            if isinstance(inner, ast.ClassDef):
                waiting.append((f"{scope}{inner.name}.", inner))
            elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                calls = frozenset(
                    _last(part.func) for part in own(inner) if isinstance(part, ast.Call) and _last(part.func)
                )
                held = frozenset(
                    _last(item.context_expr)
                    for part in own(inner)
                    if isinstance(part, ast.With | ast.AsyncWith)
                    for item in part.items
                )
                marks = frozenset(
                    _last(each.func if isinstance(each, ast.Call) else each) for each in inner.decorator_list
                )
                found.append(_Member(scope + inner.name, inner, scope, calls | (held - {""}), marks - {""}))
    return found


def _groups(one: _Member) -> Iterator[tuple[str, str]]:
    """Yield what makes a function a sibling of others: key and words."""
    for mark in one.node.decorator_list:
        head = mark.func if isinstance(mark, ast.Call) else mark
        if isinstance(head, ast.Attribute) and isinstance(mark, ast.Call):
            yield f"{one.scope}@{ast.unparse(head.value)}", f"functions under {ast.unparse(head.value)}"
    if one.node.name.startswith("_"):
        return
    parameters = [each.arg for each in one.node.args.args]
    if one.scope:
        yield f"{one.scope}", f"methods of {one.scope.rstrip('.')}"
    elif parameters and not one.node.decorator_list:
        yield f"({parameters[0]}", f"functions of {parameters[0]}"


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (_callee(node) not in {"", *_PLAIN}):
            yield node


def _callee(call: ast.Call) -> str:
    func = call.func
    if isinstance(func, ast.Name):
        return func.id
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        return f"{func.value.id}.{func.attr}"
    return ""


def _keywords(call: ast.Call) -> frozenset[str]:
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg)


def _is_open(call: ast.Call) -> bool:
    return any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords)


def _last(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
