"""The nodes of a Python syntax tree, walked quickly, and for a function, a class or a module only once.

Stands in for `ast.walk`, `ast.iter_child_nodes` and `ast.dump` over trees that many rules read and none changes. What
was walked is kept on the node itself, so that it lives as long as its tree. Knows nothing of what rules look for.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

N = TypeVar("N", bound=ast.AST)

_NO_NODES = frozenset(
    {
        *("id", "attr", "arg", "asname", "module", "level", "kind", "type_comment", "conversion", "simple", "is_async"),
        *("rest", "kwd_attrs", "lineno", "tag", "ctx"),
    }
)
"""Fields that hold no node, or only how a name is used."""
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.alias, ast.MatchAs, ast.MatchStar)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_KEPT = (*_DEFINITIONS, ast.ClassDef, ast.Module)
_WORDED = (ast.stmt, ast.Call, ast.ExceptHandler)
_WALKED, _KINDS, _OWN, _DUMPED = "_walked", "_kinds", "_own", "_dumped"
_LABELS: dict[type[ast.AST], tuple[tuple[str, str, bool], ...]] = {}
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right below a node in source order, without contexts such as `Load()`."""
    names = _FIELDS.get(node.__class__)
    if names is None:
        names = _fields(node.__class__)
    held = node.__dict__
    found: list[ast.AST] = []
    for name in names:
        value = held.get(name)
        if value.__class__ is list:
            for each in value:
                if isinstance(each, ast.AST):
                    found.append(each)  # noqa: PERF401 - lists are short, and a comprehension costs a call
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Sequence[ast.AST]:
    """Return a node and all below it, in the order of `ast.walk`, without contexts."""
    if not isinstance(node, _KEPT):
        return _walk(node)
    below: list[ast.AST] | None = node.__dict__.get(_WALKED)
    if below is None:
        # Without the node itself: what holds itself is not given back.
        below = node.__dict__[_WALKED] = _walk(node)[1:]
    return [node, *below]


def nodes(node: ast.AST, kind: type[N]) -> Sequence[N]:
    """Return what `walk` gives of one kind, which is a class that the parser makes: no `ast.expr`."""
    if not isinstance(node, _KEPT):
        return [part for part in _walk(node) if isinstance(part, kind)]
    kinds: dict[type[ast.AST], list[ast.AST]] | None = node.__dict__.get(_KINDS)
    if kinds is None:
        kinds = {}
        for part in walk(node)[1:]:
            kinds.setdefault(part.__class__, []).append(part)
        node.__dict__[_KINDS] = kinds
    found = cast("list[N]", kinds.get(kind, ()))
    return [node, *found] if isinstance(node, kind) else found


def own(node: ast.AST) -> Sequence[ast.AST]:
    """Return the nodes of a function or module in source order, without those of functions defined inside it."""
    kept: list[ast.AST] | None = node.__dict__.get(_OWN)
    if kept is not None:
        return kept
    found: list[ast.AST] = []
    pending = children(node)[::-1]
    while pending:
        current = pending.pop()
        found.append(current)
        if not isinstance(current, _DEFINITIONS):
            pending += children(current)[::-1]
    if isinstance(node, _KEPT):
        node.__dict__[_OWN] = found
    return found


def dump(node: ast.AST) -> str:
    """Return the text of a node without places, as `ast.dump` writes it; of a statement or call it is kept."""
    kept: str | None = node.__dict__.get(_DUMPED)
    if kept is None:
        kept = _dump(node)
        if isinstance(node, _WORDED):
            node.__dict__[_DUMPED] = kept
    return kept


def _dump(node: ast.AST) -> str:
    known = _LABELS.get(node.__class__)
    if known is None:
        # A field that may be absent has a default of the class.
        kind = node.__class__
        known = _LABELS[kind] = tuple((name, f"{name}=", hasattr(kind, name)) for name in kind._fields)
    held = node.__dict__
    parts: list[str] = []
    for name, label, optional in known:
        if name not in held:
            continue
        value = held[name]
        if value.__class__ is list:
            inner = [_dump(each) if isinstance(each, ast.AST) else repr(each) for each in value]
            parts.append(f"{label}[{', '.join(inner)}]")
        elif isinstance(value, ast.AST):
            parts.append(label + _dump(value))
        elif value is not None or not optional:
            parts.append(label + repr(value))
    return f"{node.__class__.__name__}({', '.join(parts)})"


def _walk(node: ast.AST) -> list[ast.AST]:
    found = [node]
    add = found.append
    # The list grows while it is read: what is found is looked into in turn.
    for part in found:
        names = _FIELDS.get(part.__class__)
        if names is None:
            names = _fields(part.__class__)
        held = part.__dict__
        for name in names:
            value = held.get(name)
            if value.__class__ is list:
                for each in value:
                    if isinstance(each, ast.AST):
                        add(each)
            elif isinstance(value, ast.AST):
                add(value)
    return found


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    named = issubclass(kind, _NAMED)
    constant = issubclass(kind, ast.Constant)
    texts = issubclass(kind, ast.Global | ast.Nonlocal)
    found = tuple(
        name
        for name in kind._fields
        if name not in _NO_NODES and not (named and name == "name") and not constant and not (texts and name == "names")
    )
    _FIELDS[kind] = found
    return found
