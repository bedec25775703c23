"""What calls answer in code that is worked out: of its functions and classes, and of Python's own."""

from __future__ import annotations

import ast
from collections.abc import ItemsView, KeysView, ValuesView
from typing import TYPE_CHECKING

from reviewer.checks.parent.expressions import DEPTH, MOST, TRUE, Expressions
from reviewer.checks.parent.values import Bound, Kind, Quiet, Routine, Thing, Unclear, done, ordered, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.checks.parent.values import Module, Value

_ANY_ORDER = (len, sorted, sum, min, max, any, all, set, bool, isinstance)


class Left(Unclear):
    """A function comes to its end, with an answer."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Calls(Expressions):
    """Works out calls."""

    def asked(self, node: ast.Call, names: Mapping[str, Value], module: Module) -> Value:
        """Return what a call answers."""
        called = self.value(node.func, names, module)
        if any(isinstance(one, ast.Starred) for one in node.args):
            raise Unclear
        given = [self.value(one, names, module) for one in node.args]
        named: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value, names, module)
            if keyword.arg is None:
                if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
                    raise Unclear
                named.update(value)
            else:
                named[keyword.arg] = value
        if isinstance(called, Quiet):
            return None
        if isinstance(called, Bound):
            return self.call(called.routine, [called.thing, *given], named)
        if isinstance(called, Routine):
            return self.call(called, given, named)
        if isinstance(called, Kind):
            return self._make(called, given, named)
        return self._native(called, given, named)

    def _native(self, called: Value, given: list[Value], named: dict[str, Value]) -> Value:
        """Return what something of Python's own answers."""
        if (
            not callable(called)
            or len(given) > MOST
            or (isinstance(called, type) and issubclass(called, BaseException))
        ):
            raise Unclear
        held = getattr(called, "__self__", None)
        if isinstance(held, list) and getattr(called, "__name__", "") == "append" and len(given) == 1 and not named:
            held.append(given[0])
            return None
        if called is isinstance:
            return _is_a(*given)
        if called in {len, bool} and len(given) == 1 and isinstance(given[0], list | tuple | dict | set):
            return called(given[0])
        if "key" in named:
            return self._by_key(called, given, named)
        _steady(called, held, given)
        answer = done(called, *given, **named)
        return list(answer) if isinstance(answer, KeysView | ValuesView | ItemsView) else answer

    def _by_key(self, called: Value, given: list[Value], named: dict[str, Value]) -> Value:
        """Return what is first or in which order things are by what a function of the code says of each."""
        key, last = named["key"], named.get("reverse", False)
        allowed = (
            called in {sorted, min, max} and isinstance(key, Routine) and len(given) == 1 and isinstance(last, bool)
        )
        values = given[0] if allowed and isinstance(given[0], list | tuple) else []
        if not values or set(named) - {"key", "reverse"} or (last and called is not sorted):
            raise Unclear
        keys = [self.call(key, [one], {}) for one in values]
        if called is not sorted:
            return values[keys.index(done(called, keys))]
        numbered = done(lambda said: sorted(range(len(said)), key=said.__getitem__, reverse=last), keys)
        return [values[number] for number in numbered]

    def call(self, called: Routine, given: list[Value], named: dict[str, Value]) -> Value:
        """Return what a function of the code answers."""
        node = called.node
        names = {**called.around, **self._parameters(called, given, named)}
        if isinstance(node, ast.Lambda):
            return self.value(node.body, names, called.module)
        if isinstance(node, ast.AsyncFunctionDef) or any(
            isinstance(part, ast.Yield | ast.YieldFrom | ast.Global | ast.Nonlocal) for part in ast.walk(node)
        ):
            raise Unclear
        self._depth += 8
        try:
            self.run(node.body, names, called.module)
        except Left as answer:
            return answer.value
        finally:
            self._depth -= 8
        return None

    def _parameters(self, called: Routine, given: list[Value], named: dict[str, Value]) -> dict[str, Value]:
        listed = called.node.args
        if listed.vararg or listed.kwarg or len(given) > len(listed.posonlyargs) + len(listed.args):
            raise Unclear
        order = [one.arg for one in (*listed.posonlyargs, *listed.args)]
        names = dict(zip(order, given, strict=False))
        if names.keys() & named.keys() or named.keys() - {*order, *(one.arg for one in listed.kwonlyargs)}:
            raise Unclear
        names.update(named)
        defaults = [*zip(order[len(order) - len(listed.defaults) :], listed.defaults, strict=True)]
        defaults += [
            (one.arg, value) for one, value in zip(listed.kwonlyargs, listed.kw_defaults, strict=True) if value
        ]
        for name, default in defaults:
            if name not in names:
                if not isinstance(default, ast.Constant | ast.Tuple | ast.UnaryOp | ast.Name):
                    raise Unclear
                names[name] = self.value(default, {}, called.module)
        if names.keys() != {*order, *(one.arg for one in listed.kwonlyargs)}:
            raise Unclear
        return names

    def _make(self, kind: Kind, given: list[Value], named: dict[str, Value]) -> Thing:
        thing = Thing(kind, {})
        start = kind.methods.get("__init__")
        if kind.above or any(name.startswith("__") and name != "__init__" for name in kind.methods):
            raise Unclear
        if kind.declared and start is None:
            order = list(kind.fields)
            if len(given) > len(order):
                raise Unclear
            thing.held = {**dict(zip(order, given, strict=False)), **named}
            for name, default in kind.fields.items():
                if name not in thing.held and isinstance(default, ast.Constant):
                    thing.held[name] = default.value
            if thing.held.keys() != kind.fields.keys():
                raise Unclear
        elif start is not None and not kind.declared:
            self.call(Routine(start, kind.module, {}), [thing, *given], named)
        elif given or named or kind.declared:
            raise Unclear
        return thing


def _steady(called: Value, held: object, given: list[Value]) -> None:
    """Refuse what depends on the order of a set, or could take long."""
    if called not in _ANY_ORDER and not isinstance(held, set) and not all(ordered(one) for one in given):
        raise Unclear
    if called is round and len(given) > 1 and not (isinstance(given[1], int) and abs(given[1]) < DEPTH):
        raise Unclear
    if isinstance(held, list | dict | set) and not plain(held):
        raise Unclear


def _is_a(value: Value, kinds: Value) -> bool:
    listed = kinds if isinstance(kinds, tuple) else (kinds,)
    if not isinstance(value, TRUE) or any(one not in TRUE for one in listed):
        raise Unclear
    return isinstance(value, listed)
