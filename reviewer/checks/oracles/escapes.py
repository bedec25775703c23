"""How a Python test can come to its end without having asserted anything: past an `if`, a loop over nothing, a `try`.

Knows where statements stand and asks its caller which of them assert. What it cannot see counts as asserted: a loop
that is not known to run over the answer of a call, a block of some manager, a condition about the machine.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks.oracles.places import condition, constant, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.checks.oracles.given import Given
    from reviewer.checks.python_source import Function

Way: TypeAlias = Literal["if", "loop", "filter", "all", "except", "try", "leave"]
_DEEP = 12
_MOST = 400
_SUPPRESSORS = frozenset({"suppress"})
_ENDS = frozenset({"skip", "skipTest", "fail", "exit", "xfail", "importorskip"})


@dataclass(frozen=True, slots=True)
class Escape:
    """One way past all assertions: the statement that opens it, and the expression that decides."""

    way: Way
    node: ast.stmt
    on: ast.expr | None


class _Reader:
    """Walks the paths through one function."""

    def __init__(self, function: Function, asserts: Callable[[ast.stmt], bool], given: Given) -> None:
        self.asserts = asserts
        self.given = given
        self.found: list[Escape] = []
        node = function.node
        listed = node.args if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
        every = (*listed.posonlyargs, *listed.args, *listed.kwonlyargs) if listed else ()
        self.parameters = frozenset(one.arg for one in every)

    def held(self, block: Sequence[ast.stmt], depth: int) -> bool:
        """Return whether each path through a block asserts something or does not come to the test's end."""
        if depth == 0:
            return True
        for statement in block[:_MOST]:
            if isinstance(statement, ast.Return):
                return False
            if isinstance(statement, ast.Raise | ast.Continue | ast.Break):
                return not isinstance(statement, ast.Continue | ast.Break)
            if _ends(statement) or self.holds(statement, depth):
                return True
            if self.found and self.found[-1].way == "leave" and self.found[-1].node is statement:
                return False
        return len(block) > _MOST

    def holds(self, statement: ast.stmt, depth: int) -> bool:  # noqa: C901 - one branch a statement
        """Return whether one statement asserts something whatever happens in it."""
        match statement:
            case ast.If():
                return self._choice(statement, depth)
            case ast.For() | ast.AsyncFor():
                return self._loop(statement, depth)
            case ast.While():
                return self.held(statement.body, depth - 1) or self._any([statement])
            case ast.Try() | ast.TryStar():
                return self._attempt(statement, depth)
            case ast.With() | ast.AsyncWith():
                if self.asserts(statement):
                    return True
                inner = self.held(statement.body, depth - 1)
                suppressed = any(name_of(item.context_expr) in _SUPPRESSORS for item in statement.items)
                if inner and suppressed:
                    self.found.append(Escape("except", statement, statement.items[0].context_expr))
                return inner and not suppressed
            case ast.Match():
                return self._any([statement])
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                # What it is handed to may well call it.
                return self._any([statement])
            case ast.Assert(test=ast.Call(args=[ast.GeneratorExp() | ast.ListComp() as inner])) if (
                name_of(statement.test) == "all"
            ):
                return self._every(statement, inner)
        return self.asserts(statement)

    def _any(self, block: Sequence[ast.stmt]) -> bool:
        return any(isinstance(part, ast.stmt) and self.asserts(part) for one in block for part in ast.walk(one))

    def _choice(self, statement: ast.If, depth: int) -> bool:
        truth = constant(statement.test)
        body = self.held(statement.body, depth - 1) if truth is not False else truth is None
        other = self.held(statement.orelse, depth - 1) if truth is not True else True
        if truth is not None:
            return body if truth else other
        if body and other:
            return True
        asks = {part.id for part in ast.walk(statement.test) if isinstance(part, ast.Name)}
        known = condition(statement.test) == "machine" or bool(asks and asks <= self.parameters)
        if known:
            return body or other or self._any([statement])
        if (_returns(statement.body) and not body) or (_returns(statement.orelse) and not other):
            self.found.append(Escape("leave", statement, statement.test))
        elif body != other:
            self.found.append(Escape("if", statement, statement.test))
        return False

    def _loop(self, statement: ast.For | ast.AsyncFor, depth: int) -> bool:
        if statement.orelse and self.held(statement.orelse, depth - 1):
            return True
        inside = len(self.found)
        inner = self.held(statement.body, depth - 1)
        if not inner:
            if len(self.found) > inside and self.given.answer(statement.iter):
                first = self.found[inside]
                self.found[inside:] = [Escape("filter" if first.way in {"if", "leave"} else first.way, *_at(first))]
                return False
            del self.found[inside:]
            return self._any([statement])
        if not self.given.answer(statement.iter):
            return True
        self.found.append(Escape("loop", statement, statement.iter))
        return False

    def _every(self, statement: ast.Assert, inner: ast.GeneratorExp | ast.ListComp) -> bool:
        first = inner.generators[0]
        if not self.given.answer(first.iter) and not (first.ifs and not self.given.written(first.iter)):
            return True
        self.found.append(Escape("all", statement, first.iter))
        return False

    def _attempt(self, statement: ast.Try | ast.TryStar, depth: int) -> bool:
        if self.held(statement.finalbody, depth - 1):
            return True
        whole = [*statement.body, *statement.orelse]
        inner = self.held(whole, depth - 1)
        if any(_fails(handler.body) for handler in statement.handlers):
            # All that it asks for is that nothing is raised.
            return True
        handled = [self.held(handler.body, depth - 1) for handler in statement.handlers]
        if inner and all(handled):
            return True
        if inner:
            quiet = statement.handlers[handled.index(False)]
            self.found.append(Escape("try", statement, quiet.type))
            return False
        if any(handled) and not self.given.raising(statement.body):
            self.found.append(Escape("except", statement, statement.handlers[handled.index(True)].type))
        return False


def _at(one: Escape) -> tuple[ast.stmt, ast.expr | None]:
    return one.node, one.on


def _returns(block: Sequence[ast.stmt]) -> bool:
    return bool(block) and isinstance(block[-1], ast.Return)


def _ends(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and name_of(value) in _ENDS


def _fails(block: Sequence[ast.stmt]) -> bool:
    last = block[-1] if block else None
    value = last.value if isinstance(last, ast.Expr) else None
    return isinstance(last, ast.Raise) or (isinstance(value, ast.Call) and name_of(value) == "fail")


def escapes(function: Function, asserts: Callable[[ast.stmt], bool], given: Given) -> Iterator[Escape]:
    """Yield the ways through a test on which nothing is asserted; none if something is on every way.

    Args:
        function: the test.
        asserts: whether a statement itself, without those inside it, asserts something.
        given: where its values come from.
    """
    reader = _Reader(function, asserts, given)
    if not reader.held(function.node.body, _DEEP):
        yield from reader.found
