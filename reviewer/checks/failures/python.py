"""The failure paths of a Python function: its handlers with what they do, its raises, guards and clean-ups."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from reviewer.checks.python_source import Function

Disposition: TypeAlias = Literal[
    "raises", "wraps", "logs and raises", "logs", "uses it", "passes", "continues", "returns a constant", "acts"
]

BROAD = frozenset({"", "Exception", "BaseException"})
_LOG_NAMES = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "echo", "secho", "write"}
    | {"print_exc", "capture_exception", "fail", "skip", "exit", "abort"}
)
_SILENT: frozenset[Disposition] = frozenset({"passes", "continues", "returns a constant"})


@dataclass(frozen=True, slots=True)
class Handler:
    """One `except` clause, or a `contextlib.suppress`.

    Attributes:
        types: the names of what it catches, sorted; `("",)` for a bare one.
        does: what happens then.
        first, last: its lines.
        guarded: the code whose failures it catches, to find the same handler again on the other side.
    """

    types: tuple[str, ...]
    does: Disposition
    first: int
    last: int
    guarded: str
    is_suppress: bool = False

    @property
    def is_broad(self) -> bool:
        """Whether it catches nearly everything."""
        return any(name.rsplit(".", 1)[-1] in BROAD for name in self.types)

    @property
    def is_silent(self) -> bool:
        """Whether nobody learns that something failed."""
        return self.does in _SILENT

    @property
    def caught(self) -> str:
        """The types in words."""
        return ", ".join(self.types) if self.types != ("",) else "everything"


@dataclass(frozen=True, slots=True)
class Place:
    """A raise, a clean-up or the like: its text in one line, and its lines."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class FailurePaths:
    """All failure paths of one function."""

    handlers: tuple[Handler, ...]
    raises: tuple[Place, ...]
    chained: tuple[Place, ...]
    cleanups: tuple[Place, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the function has none."""
        return not (self.handlers or self.raises or self.cleanups)

    def texts(self) -> Counter[str]:
        """Return everything as a multiset of texts, to see whether anything changed at all."""
        found = Counter(f"{one.types} {one.does}" for one in self.handlers)
        found.update(place.text for place in (*self.raises, *self.chained, *self.cleanups))
        return found


def failure_paths(function: Function) -> FailurePaths:
    """Return the failure paths of a function, without those of functions defined inside it."""
    handlers: list[Handler] = []
    raises: list[Place] = []
    chained: list[Place] = []
    cleanups: list[Place] = []
    for node in own(function.node):
        if isinstance(node, ast.Try | ast.TryStar):
            guarded = "\n".join(ast.dump(statement) for statement in node.body)
            handlers += [_handler(one, guarded) for one in node.handlers]
            if node.finalbody:
                text = "finally: " + "; ".join(_short(part) for part in node.finalbody)
                cleanups.append(Place(text, node.finalbody[0].lineno, _last(node.finalbody[-1])))
        elif isinstance(node, ast.Raise):
            place = Place(_short(node), node.lineno, _last(node))
            raises.append(place)
            if node.cause is not None and not (isinstance(node.cause, ast.Constant) and node.cause.value is None):
                chained.append(Place(f"from {_short(node.exc)}" if node.exc else "from", node.lineno, _last(node)))
        elif isinstance(node, ast.With | ast.AsyncWith):
            handlers += [one for item in node.items if (one := _suppress(item, node)) is not None]
        elif isinstance(node, ast.Assert):
            raises.append(Place(_short(node), node.lineno, _last(node)))
    return FailurePaths(tuple(handlers), tuple(raises), tuple(chained), tuple(cleanups))


def _handler(node: ast.ExceptHandler, guarded: str) -> Handler:
    return Handler(_types(node.type), _disposition(node), node.lineno, _last(node), guarded)


def _types(node: ast.expr | None) -> tuple[str, ...]:
    if node is None:
        return ("",)
    if isinstance(node, ast.Tuple):
        return tuple(sorted(_short(part) for part in node.elts))
    return (_short(node),)


def _disposition(node: ast.ExceptHandler) -> Disposition:
    inner = [part for statement in node.body for part in ast.walk(statement)]
    raised = [part for part in inner if isinstance(part, ast.Raise)]
    logs = any(isinstance(part, ast.Call) and _called(part) in _LOG_NAMES for part in inner)
    if raised:
        if logs:
            return "logs and raises"
        return "raises" if any(part.exc is None for part in raised) else "wraps"
    if logs:
        return "logs"
    if node.name is not None and any(isinstance(p, ast.Name) and p.id == node.name for p in inner):
        return "uses it"
    body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    if all(isinstance(one, ast.Pass) for one in body):
        return "passes"
    if len(body) == 1:
        only = body[0]
        if isinstance(only, ast.Continue | ast.Break):
            return "continues"
        if isinstance(only, ast.Return) and _is_constant(only.value):
            return "returns a constant"
    return "acts"


def _is_constant(node: ast.expr | None) -> bool:
    if node is None or isinstance(node, ast.Constant):
        return True
    return isinstance(node, ast.Dict | ast.List | ast.Tuple | ast.Set) and not any(
        isinstance(part, ast.Name | ast.Call) for part in ast.walk(node)
    )


def _suppress(item: ast.withitem, node: ast.With | ast.AsyncWith) -> Handler | None:
    call = item.context_expr
    if not isinstance(call, ast.Call) or _called(call) != "suppress":
        return None
    guarded = "\n".join(ast.dump(statement) for statement in node.body)
    types = tuple(sorted(_short(argument) for argument in call.args))
    return Handler(types, "passes", node.lineno, node.lineno, guarded, is_suppress=True)


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:200]


def _last(node: ast.stmt | ast.ExceptHandler) -> int:
    return node.end_lineno or node.lineno
