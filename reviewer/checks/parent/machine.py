"""Works out what code does, for a small part of Python: its statements, and the names at the top of modules.

Whatever is not known to be told exactly ends in `Unclear`. Steps, depth and sizes are bounded.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.parent.calls import Calls, Left
from reviewer.checks.parent.code import binding, imported, made, quiet, routine
from reviewer.checks.parent.expressions import each
from reviewer.checks.parent.values import TIMES, Kind, Raised, Thing, Unclear, done, operate, plain

if TYPE_CHECKING:
    from reviewer.checks.parent.code import Code
    from reviewer.checks.parent.values import Module, Value


class _Leave(Unclear):
    def __init__(self, *, again: bool) -> None:
        super().__init__()
        self.again = again


class Machine(Calls):
    """Works out code of one side."""

    def __init__(self, code: Code) -> None:
        super().__init__()
        self._code = code

    def name(self, module: Module, name: str) -> Value:
        """Return what a name at the top of a module stands for."""
        if name not in module.names:
            module.names[name] = Unclear
            module.names[name] = self._named(module, name)
        value = module.names[name]
        if value is Unclear:
            raise Unclear
        return value

    def _named(self, module: Module, name: str) -> Value:
        match binding(module, name):
            case ast.FunctionDef() as node:
                return routine(module, node)
            case ast.ClassDef() as node:
                return made(module, node, lambda base: self.value(base, {}, module))
            case ast.Import() | ast.ImportFrom() as node:
                found = imported(self._code, module, node, name)
                return self.name(*found) if isinstance(found, tuple) else found
            case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(value=ast.expr() as value):
                return quiet(value) or self.value(value, {}, module)
        raise Unclear

    def run(self, block: list[ast.stmt], names: dict[str, Value], module: Module) -> None:
        """Do the statements of a block."""
        for statement in block:
            self.step()
            self._do(statement, names, module)

    def _do(self, node: ast.stmt, names: dict[str, Value], module: Module) -> None:  # noqa: C901, PLR0912 - a case a statement
        match node:
            case ast.Expr():
                self.value(node.value, names, module)
            case ast.Assign():
                value = self.value(node.value, names, module)
                for target in node.targets:
                    self.give(target, value, names, module)
            case ast.AnnAssign(value=ast.expr() as given):
                self.give(node.target, self.value(given, names, module), names, module)
            case ast.AugAssign():
                target = ast.copy_location(_loaded(node.target), node.target)
                old = self.value(target, names, module)
                if not isinstance(old, (int, float, str, tuple, *TIMES)):
                    raise Unclear
                new = operate(node.op, old, self.value(node.value, names, module))
                self.give(node.target, new, names, module)
            case ast.Return():
                raise Left(None if node.value is None else self.value(node.value, names, module))
            case ast.If():
                self.run(node.body if self.true(node.test, names, module) else node.orelse, names, module)
            case ast.For() | ast.While():
                self._loop(node, names, module)
            case ast.Assert():
                if not self.true(node.test, names, module):
                    raise Raised(AssertionError, None)
            case ast.Raise(exc=ast.expr() as given):
                raise self._raised(given, names, module)
            case ast.Try(finalbody=[]):
                self._try(node, names, module)
            case ast.With(items=[ast.withitem(context_expr=ast.Call() as call, optional_vars=None)]):
                self._expect(call, node.body, names, module)
            case ast.Break() | ast.Continue():
                raise _Leave(again=isinstance(node, ast.Continue))
            case ast.Pass():
                pass
            case _:
                raise Unclear

    def _loop(self, node: ast.For | ast.While, names: dict[str, Value], module: Module) -> None:
        over = self.value(node.iter, names, module) if isinstance(node, ast.For) else ""
        turns = each(over) if isinstance(node, ast.For) else None
        length = len(over)
        while True:
            self.step()
            if turns is not None and isinstance(node, ast.For):
                try:
                    value = next(turns)
                except StopIteration:
                    break
                self.give(node.target, value, names, module)
            elif isinstance(node, ast.While) and not self.true(node.test, names, module):
                break
            if len(over) != length:
                # What grows or shrinks while it is run over is not told of here.
                raise Unclear
            try:
                self.run(node.body, names, module)
            except _Leave as leave:
                if not leave.again:
                    return
        self.run(node.orelse, names, module)

    def _try(self, node: ast.Try, names: dict[str, Value], module: Module) -> None:
        try:
            self.run(node.body, names, module)
        except Raised as raised:
            for handler in node.handlers:
                if handler.name is None and self._matches(raised, handler.type, names, module):
                    self.run(handler.body, names, module)
                    return
                if handler.name is not None:
                    raise Unclear from None
            raise
        self.run(node.orelse, names, module)

    def _expect(self, call: ast.Call, body: list[ast.stmt], names: dict[str, Value], module: Module) -> None:
        if ast.unparse(call.func) not in {"pytest.raises", "raises"} or len(call.args) != 1:
            raise Unclear
        wanted = [one.value for one in call.keywords if one.arg == "match"]
        if len(wanted) != len(call.keywords):
            raise Unclear
        try:
            self.run(body, names, module)
        except Raised as raised:
            if not self._matches(raised, call.args[0], names, module):
                raise
            said = self.value(wanted[0], names, module) if wanted else ""
            if said and (raised.said is None or not isinstance(said, str) or not said.replace(" ", "").isalnum()):
                raise Unclear from None
            if said and said not in (raised.said or ""):
                raise Raised(AssertionError, None) from None
            return
        raise Raised(AssertionError, None)

    def _matches(self, raised: Raised, given: ast.expr | None, names: dict[str, Value], module: Module) -> bool:
        kinds = given.elts if isinstance(given, ast.Tuple) else [given]
        return any(one is None or _is_kind(raised.kind, self.value(one, names, module)) for one in kinds)

    def _raised(self, given: ast.expr, names: dict[str, Value], module: Module) -> Raised:
        call = given if isinstance(given, ast.Call) else None
        kind = self.value(call.func if call else given, names, module)
        if not (isinstance(kind, type) or (isinstance(kind, Kind) and not kind.methods)) or (call and call.keywords):
            raise Unclear
        said = [self.value(one, names, module) for one in call.args] if call else []
        told = str(done(str, said[0])) if len(said) == 1 else None
        return Raised(kind, told)

    def give(self, target: ast.expr, value: Value, names: dict[str, Value], module: Module) -> None:
        """Give a target a value."""
        match target:
            case ast.Name():
                names[target.id] = value
            case ast.Tuple() | ast.List():
                if not isinstance(value, list | tuple) or len(value) != len(target.elts):
                    raise Unclear
                for one, part in zip(target.elts, value, strict=True):
                    self.give(one, part, names, module)
            case ast.Attribute():
                thing = self.value(target.value, names, module)
                if not isinstance(thing, Thing) or thing.kind.declared or target.attr in thing.kind.methods:
                    raise Unclear
                thing.held[target.attr] = value
            case ast.Subscript():
                held, key = self.value(target.value, names, module), self.value(target.slice, names, module)
                if not isinstance(held, dict | list) or (isinstance(held, list) and not isinstance(key, int)):
                    raise Unclear
                done(held.__setitem__, key, value) if plain(value) else _put(held, key, value)
            case _:
                raise Unclear


def _put(held: dict[Value, Value] | list[Value], key: Value, value: Value) -> None:
    if isinstance(held, list) or not plain(key):
        raise Unclear
    done(dict, [(key, 0)])
    held[key] = value


def _loaded(target: ast.expr) -> ast.expr:
    match target:
        case ast.Name():
            return ast.Name(id=target.id, ctx=ast.Load())
        case ast.Attribute():
            return ast.Attribute(value=target.value, attr=target.attr, ctx=ast.Load())
        case ast.Subscript():
            return ast.Subscript(value=target.value, slice=target.slice, ctx=ast.Load())
    raise Unclear


def _is_kind(raised: object, wanted: object) -> bool:
    if isinstance(raised, type) and isinstance(wanted, type):
        return issubclass(raised, wanted)
    if isinstance(raised, Kind):
        return raised is wanted or any(_is_kind(base, wanted) for base in raised.above)
    if isinstance(wanted, Kind | type):
        return False
    raise Unclear
