"""Where the values of a Python test come from: written down in it, or answered by a call of something outside it.

Follows names through assignments within one function, a few steps deep. Knows nothing of assertions.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.oracles.places import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewer.checks.python_source import Function

_DEEP = 5
_MOST = 200
_WRAPPERS = frozenset(
    {"enumerate", "sorted", "list", "tuple", "set", "reversed", "iter", "frozenset", "dict", "filter"}
)
_VIEWS = frozenset({"items", "keys", "values", "copy"})
_RECORDED = frozenset({"call_args_list", "mock_calls", "method_calls", "await_args_list", "records", "record_tuples"})
_WRITTEN = frozenset(
    {"range", "product", "permutations", "combinations", "chain", "zip_longest", "count", "cycle", "repeat", "islice"}
    | {"split", "splitlines", "vars", "dir", "fields", "getmembers", "map", "batched", "pairwise"}
)


class Given:
    """The values of the names of one function.

    Attributes:
        own: names of what the test's own file defines; what these answer is the test's own matter.
    """

    def __init__(self, function: Function, own: Iterable[str] = ()) -> None:
        self.own = frozenset(own)
        self._values: dict[str, list[ast.expr]] = {}
        self._grown: set[str] = set()
        for node in list(ast.walk(function.node)):
            for name, value in _assigned(node):
                self._values.setdefault(name, []).append(value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                held = node.func.value
                if isinstance(held, ast.Name) and node.func.attr in {"append", "add", "extend", "update", "insert"}:
                    self._grown.add(held.id)

    def of(self, name: str) -> list[ast.expr]:
        """Return what a name is given, in order."""
        return self._values.get(name, [])

    def answer(self, node: ast.expr, depth: int = _DEEP) -> bool:
        """Return whether what is run over is the answer of a call outside the test, or what was recorded of calls."""
        if depth == 0:
            return False
        match node:
            case ast.Await():
                return self.answer(node.value, depth)
            case ast.Name():
                values = self.of(node.id)
                return len(values) == 1 and node.id not in self._grown and self.answer(values[0], depth - 1)
            case ast.Attribute():
                return node.attr in _RECORDED or self.answer(node.value, depth - 1)
            case ast.Subscript():
                return self.answer(node.value, depth - 1)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                first = node.generators[0]
                if first.ifs and not self.written(first.iter):
                    return True
                return self.answer(first.iter, depth - 1)
            case ast.Call():
                return self._called(node, depth)
        return False

    def _called(self, node: ast.Call, depth: int) -> bool:
        name = name_of(node)
        if isinstance(node.func, ast.Name) and name in _WRAPPERS:
            return any(self.answer(one, depth - 1) for one in node.args[:2])
        if isinstance(node.func, ast.Name) and name == "zip":
            strict = any(one.arg == "strict" for one in node.keywords)
            return not strict and any(self.answer(one, depth - 1) for one in node.args[:_DEEP])
        if isinstance(node.func, ast.Attribute) and name in _VIEWS and not node.args:
            return self.answer(node.func.value, depth - 1)
        if name in _WRITTEN or name in self.own or not name:
            return False
        return not (isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant))

    def written(self, node: ast.expr, depth: int = _DEEP) -> bool:
        """Return whether values are written down in the test."""
        if depth == 0:
            return False
        if isinstance(node, ast.Name):
            values = self.of(node.id)
            return bool(values) and all(self.written(one, depth - 1) for one in values[:_DEEP])
        if isinstance(node, ast.Call) and name_of(node) in _WRAPPERS | {"range", "zip"}:
            return all(self.written(one, depth - 1) for one in node.args)
        return isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict)

    def raising(self, block: Iterable[ast.stmt]) -> bool:
        """Return whether a block raises something itself, or calls what the test defines, which may well do that."""
        parts = [part for one in block for part in ast.walk(one)]
        called = {name_of(part) for part in parts if isinstance(part, ast.Call)}
        divided = any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div) for part in parts)
        return divided or bool(called & self.own) or any(isinstance(part, ast.Raise) for part in parts)

    def calls(self, node: ast.expr, depth: int = _DEEP) -> frozenset[str]:
        """Return the own names of all calls that a value comes from."""
        found: set[str] = set()
        pending: list[tuple[ast.AST, int]] = [(node, depth)]
        seen: set[str] = set()
        for _ in range(_MOST):
            if not pending:
                break
            expression, left = pending.pop()
            for part in ast.walk(expression):
                if isinstance(part, ast.Call):
                    found.add(name_of(part))
                elif isinstance(part, ast.Name) and left and part.id not in seen:
                    seen.add(part.id)
                    pending.extend((value, left - 1) for value in self.of(part.id))
        return frozenset(found - {""})


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    targets: Sequence[ast.expr | None] = ()
    value: ast.expr | None = None
    match node:
        case ast.Assign():
            targets, value = node.targets, node.value
        case ast.AnnAssign() | ast.NamedExpr() | ast.AugAssign():
            targets, value = (node.target,), node.value
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            targets, value = (node.target,), node.iter
        case ast.withitem():
            targets, value = (node.optional_vars,), node.context_expr
    if value is None:
        return
    for target in targets:
        for part in ast.walk(target) if target is not None else ():
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id, value
