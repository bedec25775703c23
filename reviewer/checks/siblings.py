"""The odd one out: a new function that lacks what all functions beside it do, and a call unlike all others of its kind.

Only unanimity counts, and only among enough of them; a fact is what the others have, never that this one is wrong.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks.python_nodes import children, walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewer.checks.python_source import Definition

_FEW = 3
_OWN = frozenset({"self", "cls", "func", "fn", "function", "callback", "factory", "f"})
_KINDS = ("Error", "Exception", "Response")
_FEW_METHODS = 4
_FEW_CALLS = 4
_FEW_OWNERS = 2
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
class Uses:
    """How one file calls one callee.

    Attributes:
        count: of the calls; owners: of the functions that they stand in.
        is_open: some call spreads what it is given.
        keywords: that all calls give; positions: as many as the call with the fewest gives.
    """

    count: int
    owners: int
    is_open: bool
    keywords: frozenset[str]
    positions: int


Calls: TypeAlias = "Mapping[str, Uses]"
"""How a file calls what it calls, by callee."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A new function without what all its siblings have.

    Attributes:
        name: qualified; line: where it starts.
        lacks: the callee or decorator as the others write it.
        is_mark: it is a decorator.
        count: how many siblings there are.
        kind: what makes them siblings, in words.
        size: how many statements it has, its docstring left out.
    """

    name: str
    line: int
    lacks: str
    is_mark: bool
    count: int
    kind: str
    size: int


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
    had = {scope + one.name for scope, one in _defined(old)} if old is not None else set()
    if not had or all(scope + one.name in had for scope, one in _defined(new)):
        return
    members = _members(new)[:_MOST_FUNCTIONS]
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
                size = len(one.node.body) - (ast.get_docstring(one.node, clean=False) is not None)
                yield Lacking(one.name, one.node.lineno, lost[0][0], lost[0][1], len(others), kind, size)


def calls_of(tree: ast.Module) -> Calls:
    """Return how a file calls what it calls, by callee; bounded."""
    found: dict[str, list[tuple[ast.AST, ast.Call]]] = defaultdict(list)
    for owner, call, name in _owned(tree)[: _MOST_CALLS + 1]:
        found[name].append((owner, call))
    return {
        name: Uses(
            len(calls),
            len({owner for owner, _ in calls}),
            any(_is_open(one) for _, one in calls),
            frozenset.intersection(*(_keywords(one) for _, one in calls)),
            min(len(one.args) for _, one in calls),
        )
        for name, calls in found.items()
    }


def callees(tree: ast.Module, lines: frozenset[int]) -> frozenset[str]:
    """Return what is called on some lines."""
    return frozenset(name for _, call, name in _owned(tree) if call.lineno in lines)


def unlike(around: Sequence[Calls], new: ast.Module, added: frozenset[int]) -> Iterator[Unlike]:
    """Yield calls on added lines that lack a keyword or a position that all other calls of the same callee have.

    Args:
        around: calls of the file as it was, and of those beside it.
        new: the file.
        added: its added lines.
    """
    ours = [(call, name) for _, call, name in _owned(new) if call.lineno in added]
    # Whoever changes what a function takes changes its calls too.
    redefined = _redefined(new, added) if ours else frozenset()
    known_by = {name: _together(around, name) for name in {name for _, name in ours}}
    for call, name in ours:
        known = known_by[name]
        # What one function writes again and again is one habit of it, not that of all.
        if known is None or known.owners < _FEW_OWNERS or known.count < _FEW_CALLS:
            continue
        if _last(call.func) in redefined or _is_open(call) or known.is_open:
            continue
        positions = known.positions
        given = _keywords(call)
        lost = sorted(keyword for keyword in known.keywords - given if keyword)
        if lost and len(call.args) <= positions:
            yield Unlike(call.lineno, name, lost[0], known.count)
        elif not lost and len(call.args) < positions and len(call.args) + len(given) < positions and positions > 1:
            yield Unlike(call.lineno, name, f"argument {len(call.args) + 1}", known.count)


def _redefined(new: ast.Module, added: frozenset[int]) -> frozenset[str]:
    """Return the functions whose head has added lines."""
    heads = ((one.name, range(one.lineno, one.body[0].lineno)) for _, one in _defined(new))
    return frozenset(name for name, head in heads if not added.isdisjoint(head))


def _together(around: Sequence[Calls], name: str) -> Uses | None:
    """Return how several files call one callee, None if they do not."""
    known = [calls[name] for calls in around if name in calls]
    if not known:
        return None
    return Uses(
        sum(one.count for one in known),
        sum(one.owners for one in known),
        any(one.is_open for one in known),
        frozenset.intersection(*(one.keywords for one in known)),
        min(one.positions for one in known),
    )


def shorter(new: ast.Module, added: frozenset[int]) -> Iterator[Unlike]:
    """Yield values that a function returns made with fewer arguments than another that it returns, of the same class.

    What is left out was taken from the function's own parameters where it is given: a fixed value says less.
    """
    for node in walk(new):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
            for name, calls in _returned(node).items():
                last = max(calls, key=lambda call: len(call.args)).args[-1:]
                most = max(len(call.args) for call in calls)
                for call in calls:
                    fewer = call.lineno in added and 1 <= len(call.args) == most - 1
                    if fewer and isinstance(last[0], ast.Attribute) and _root(last[0]) in given:
                        yield Unlike(call.lineno, name, ast.unparse(last[0]), 1)


def _returned(node: Definition) -> dict[str, list[ast.Call]]:
    """Return the objects that a function makes and returns, by class, where it is given no keywords."""
    made: dict[str, list[ast.Call]] = defaultdict(list)
    for part in own(node):
        value = part.value if isinstance(part, ast.Return) else None
        name = _callee(value) if isinstance(value, ast.Call) and not _is_open(value) else ""
        if isinstance(value, ast.Call) and name[:1].isupper() and not name.endswith(_KINDS):
            made[name].append(value)
    return {name: calls for name, calls in made.items() if len(calls) > 1 and not any(call.keywords for call in calls)}


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _members(tree: ast.Module) -> list[_Member]:
    found: list[_Member] = []
    for scope, inner in _defined(tree):
        called = [_last(part.func) for part in own(inner) if isinstance(part, ast.Call)]
        held = [
            _last(item.context_expr)
            for part in own(inner)
            if isinstance(part, ast.With | ast.AsyncWith)
            for item in part.items
        ]
        marks = frozenset(_last(each.func if isinstance(each, ast.Call) else each) for each in inner.decorator_list)
        calls = frozenset((*called, *held)) - {""}
        found.append(_Member(scope + inner.name, inner, scope, calls, marks - {""}))
    return found


def _defined(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Yield the functions of a module and of its classes, each with the scope that it is in."""
    waiting: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    while waiting:
        scope, node = waiting.pop()
        for inner in node.body:
            if isinstance(inner, ast.ClassDef):
                waiting.append((f"{scope}{inner.name}.", inner))
            elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                yield scope, inner


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


def _owned(tree: ast.Module) -> list[tuple[ast.AST, ast.Call, str]]:
    """Return calls with the function, or the module, that each is in, and the callee."""
    found: list[tuple[ast.AST, ast.Call, str]] = []
    waiting: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while waiting:
        owner, node = waiting.pop()
        if isinstance(node, ast.Call):
            name = _callee(node)
            if name and name not in _PLAIN:
                found.append((owner, node, name))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            owner = node
        waiting += [(owner, child) for child in children(node)]
    return found


def _callee(call: ast.Call) -> str:
    func = call.func
    # What such a name stands for is another thing in each place.
    if _root(func) in _OWN:
        return ""
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
