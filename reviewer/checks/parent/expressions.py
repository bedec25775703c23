"""What expressions are in code that is worked out."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from reviewer.checks.parent.values import (
    ERRORS,
    MODULES,
    TIMES,
    Bound,
    Module,
    Quiet,
    Raised,
    Routine,
    Thing,
    Unclear,
    compare,
    done,
    formatted,
    method,
    operate,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reviewer.checks.parent.values import Value

_STEPS = 20_000
DEPTH = 25
MOST = 500
_BUILTINS: dict[str, Callable[..., Value]] = {
    **{one.__name__: one for one in (len, abs, min, max, sum, sorted, round, any, all, divmod, list, tuple, dict, set)},
    **{one.__name__: one for one in (int, float, str, bool)},
    "isinstance": isinstance,
    "reversed": lambda values: list(reversed(values)),
    "enumerate": lambda values, start=0: list(enumerate(values, start)),
    "zip": lambda *values: list(zip(*values, strict=False)),
    "range": lambda *given: list(_counted(*given)),
}
TRUE = (bool, int, float, str, type(None), list, tuple, dict, set, *TIMES)


def _counted(*given: int) -> range:
    counted = range(*given)
    if len(counted) > MOST:
        raise Unclear
    return counted


class Expressions(ABC):
    """Works out expressions; what calls and statements do is told by who inherits this."""

    def __init__(self) -> None:
        self._left = _STEPS
        self._depth = 0

    @abstractmethod
    def name(self, module: Module, name: str) -> Value:
        """Return what a name at the top of a module stands for."""

    @abstractmethod
    def run(self, block: list[ast.stmt], names: dict[str, Value], module: Module) -> None:
        """Do the statements of a block."""

    @abstractmethod
    def call(self, called: Routine, given: list[Value], named: dict[str, Value]) -> Value:
        """Return what a function of the code answers."""

    @abstractmethod
    def asked(self, node: ast.Call, names: Mapping[str, Value], module: Module) -> Value:
        """Return what a call answers."""

    @abstractmethod
    def give(self, target: ast.expr, value: Value, names: dict[str, Value], module: Module) -> None:
        """Give a target a value."""

    def step(self) -> None:
        """Count one step, of which there are only so many."""
        self._left -= 1
        if self._left < 0:
            raise Unclear

    def value(self, node: ast.expr, names: Mapping[str, Value], module: Module) -> Value:
        """Return what an expression is."""
        self.step()
        self._depth += 1
        try:
            if self._depth > DEPTH * 8:
                raise Unclear
            return self._of(node, names, module)
        finally:
            self._depth -= 1

    def _of(self, node: ast.expr, names: Mapping[str, Value], module: Module) -> Value:  # noqa: C901, PLR0912 - a case an expression
        match node:
            case ast.Constant(value=str() | int() | float() | bool() | None):
                return node.value
            case ast.Name():
                return self._looked_up(node.id, names, module)
            case ast.Attribute():
                return self._attribute(self.value(node.value, names, module), node.attr)
            case ast.Call():
                return self.asked(node, names, module)
            case ast.BinOp():
                left, right = self.value(node.left, names, module), self.value(node.right, names, module)
                return operate(node.op, left, right)
            case ast.UnaryOp():
                return self._unary(node, names, module)
            case ast.BoolOp():
                return self._either(node, names, module)
            case ast.Compare():
                return self._compare(node, names, module)
            case ast.IfExp():
                return self.value(node.body if self.true(node.test, names, module) else node.orelse, names, module)
            case ast.List() | ast.Tuple() | ast.Set():
                parts = [self.value(one, names, module) for one in node.elts]
                if isinstance(node, ast.Set):
                    return done(set, parts)
                return parts if isinstance(node, ast.List) else tuple(parts)
            case ast.Dict():
                pairs = [
                    (self.value(key, names, module), self.value(value, names, module))
                    for key, value in zip(node.keys, node.values, strict=True)
                    if key is not None
                ]
                if len(pairs) != len(node.keys):
                    raise Unclear
                return done(dict, [(key, 0) for key, _ in pairs]) and dict(pairs) if pairs else {}
            case ast.Subscript():
                return self._item(node, names, module)
            case ast.JoinedStr():
                return "".join(self._piece(one, names, module) for one in node.values)[:MOST]
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehended(node, names, module)
            case ast.Lambda():
                return Routine(node, module, dict(names))
        raise Unclear

    def _looked_up(self, name: str, names: Mapping[str, Value], module: Module) -> Value:
        if name in names:
            return names[name]
        try:
            return self.name(module, name)
        except Unclear:
            known = ERRORS.get(name) or _BUILTINS.get(name)
            if known is None or any(
                isinstance(part, ast.Name | ast.FunctionDef | ast.ClassDef | ast.alias) and name in _names(part)
                for part in ast.walk(module.tree)
            ):
                raise
            return known

    def _attribute(self, held: Value, name: str) -> Value:
        if isinstance(held, Thing):
            if name in held.held:
                return held.held[name]
            found = held.kind.methods.get(name)
            if found is None or name.startswith("__"):
                raise Unclear
            bound = Bound(held, Routine(found, held.kind.module, {}))
            marks = [ast.unparse(one) for one in found.decorator_list]
            if marks == ["property"]:
                return self.call(bound.routine, [held], {})
            if marks:
                raise Unclear
            return bound
        if isinstance(held, Module):
            return self.name(held, name)
        if isinstance(held, Quiet):
            return held
        if isinstance(held, str) and held in MODULES and name in MODULES[held]:
            return MODULES[held][name]
        if isinstance(held, TIMES) and not callable(found := getattr(held, name, None)) and plain(found):
            return found
        return method(held, name)

    def true(self, node: ast.expr, names: Mapping[str, Value], module: Module) -> bool:
        """Return the truth of an expression."""
        value = self.value(node, names, module)
        if not isinstance(value, TRUE):
            raise Unclear
        return bool(value)

    def _unary(self, node: ast.UnaryOp, names: Mapping[str, Value], module: Module) -> Value:
        if isinstance(node.op, ast.Not):
            return not self.true(node.operand, names, module)
        value = self.value(node.operand, names, module)
        if not isinstance(node.op, ast.USub) or not isinstance(value, int | float | TIMES[2]):
            raise Unclear
        return -value

    def _either(self, node: ast.BoolOp, names: Mapping[str, Value], module: Module) -> Value:
        value = None
        for part in node.values:
            value = self.value(part, names, module)
            if not isinstance(value, TRUE):
                raise Unclear
            if bool(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _compare(self, node: ast.Compare, names: Mapping[str, Value], module: Module) -> bool:
        left = self.value(node.left, names, module)
        for kind, other in zip(node.ops, node.comparators, strict=True):
            right = self.value(other, names, module)
            if not compare(kind, left, right):
                return False
            left = right
        return True

    def _item(self, node: ast.Subscript, names: Mapping[str, Value], module: Module) -> Value:
        held = self.value(node.value, names, module)
        if not isinstance(held, str | list | tuple | dict):
            raise Unclear
        if isinstance(node.slice, ast.Slice):
            cut = [None if one is None else self.value(one, names, module) for one in _ends(node.slice)]
            return done(lambda values, start, end, step: values[slice(start, end, step)], held, *cut)
        key = self.value(node.slice, names, module)
        if not plain(key):
            raise Unclear
        try:
            return held[key]
        except (IndexError, KeyError, TypeError) as error:
            raise Raised(type(error), None) from None

    def _piece(self, node: ast.expr, names: Mapping[str, Value], module: Module) -> str:
        if isinstance(node, ast.Constant):
            return str(node.value)
        if not isinstance(node, ast.FormattedValue) or node.conversion not in {-1, ord("r"), ord("s")}:
            raise Unclear
        form = (
            "".join(self._piece(one, names, module) for one in node.format_spec.values)
            if isinstance(node.format_spec, ast.JoinedStr)
            else ""
        )
        value = self.value(node.value, names, module)
        if isinstance(value, set | dict | list | tuple) and not plain(value):
            raise Unclear
        return formatted(repr(value) if node.conversion == ord("r") and plain(value) else value, form)

    def _comprehended(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        names: Mapping[str, Value],
        module: Module,
    ) -> Value:
        if isinstance(node, ast.GeneratorExp):
            listed = ast.copy_location(ast.ListComp(elt=node.elt, generators=node.generators), node)
            try:
                return self._comprehended(listed, names, module)
            except Raised:
                # Who asks may stop before it comes to that.
                raise Unclear from None
        rooms: list[dict[str, Value]] = [dict(names)]
        for loop in node.generators:
            if loop.is_async:
                raise Unclear
            inner = []
            for room in rooms:
                for value in each(self.value(loop.iter, room, module)):
                    fresh = dict(room)
                    self.give(loop.target, value, fresh, module)
                    if all(self.true(test, fresh, module) for test in loop.ifs):
                        inner.append(fresh)
                        if len(inner) > MOST:
                            raise Unclear
            rooms = inner
        if isinstance(node, ast.DictComp):
            pairs = [(self.value(node.key, room, module), self.value(node.value, room, module)) for room in rooms]
            return done(dict, pairs) if all(plain(key) and plain(value) for key, value in pairs) else _unclear()
        values = [self.value(node.elt, room, module) for room in rooms]
        return done(set, values) if isinstance(node, ast.SetComp) else values


def each(values: Value) -> Iterator[Value]:
    """Yield what a loop runs over."""
    if not isinstance(values, list | tuple | dict | str) or len(values) > MOST:
        raise Unclear
    return iter(list(values))


def _unclear() -> None:
    raise Unclear


def _ends(cut: ast.Slice) -> tuple[ast.expr | None, ast.expr | None, ast.expr | None]:
    return cut.lower, cut.upper, cut.step


def _names(part: ast.AST) -> set[str]:
    if isinstance(part, ast.Name):
        return {part.id} if not isinstance(part.ctx, ast.Load) else set()
    if isinstance(part, ast.alias):
        return {part.asname or part.name}
    return {part.name} if isinstance(part, ast.FunctionDef | ast.ClassDef) else set()
