"""The failure paths of a Python function: its handlers with what they do, its raises, guards and clean-ups."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.fallbacks import fallbacks
from reviewer.checks.failures.model import Dropped, FailurePaths, Handler, Place
from reviewer.checks.failures.retries import unended_loops
from reviewer.checks.python_nodes import dump, walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewer.checks.failures.model import Disposition
    from reviewer.checks.python_source import Function

_LOG_NAMES = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "echo", "secho", "write"}
    | {"print_exc", "capture_exception", "fail", "skip", "exit", "abort"}
)
_UNDO = re.compile(r"rollback\w*|close|release|unlock|clean_?up|abort|terminate|kill|unlink|rmtree|restore\w*")
_HELD = re.compile(r"lock|mutex|semaphore|transaction|atomic|savepoint|closing|timeout|^open\(", re.IGNORECASE)
_CHECKING = frozenset({"raise_for_status", "check_returncode", "full_clean", "raise_for_error"})


def failure_paths(function: Function) -> FailurePaths:
    """Return the failure paths of a function, without those of functions defined inside it."""
    found = _Found(fallbacks(function))
    conditions: dict[int, str] = {}
    for node in own(function.node):
        if isinstance(node, ast.If):
            raised = [part for part in node.body if isinstance(part, ast.Raise)]
            conditions.update(dict.fromkeys(map(id, raised), _short(node.test)) if raised else {})
        found.take(node, conditions.get(id(node)))
    return FailurePaths(
        handlers=tuple(found.handlers),
        raises=tuple(found.raises),
        asserts=tuple(found.asserts),
        chained=tuple(found.chained),
        cleanups=tuple(found.cleanups),
        dropped=tuple(found.dropped),
        heeded=tuple(found.heeded),
        unended=tuple(unended_loops(function.node)),
        guards=tuple(found.guards),
        entered=tuple(found.entered),
        taken=tuple(found.taken),
        opened=found.opened,
    )


class _Found:
    """What one function has so far."""

    def __init__(self, ways: Mapping[int, str]) -> None:
        self.ways = ways
        self.handlers: list[Handler] = []
        self.raises: list[Place] = []
        self.asserts: list[Place] = []
        self.chained: list[Place] = []
        self.cleanups: list[Place] = []
        self.dropped: list[Dropped] = []
        self.heeded: list[Place] = []
        self.guards: list[tuple[str, Place]] = []
        self.entered: list[Place] = []
        self.taken: list[Place] = []
        self.opened = 0

    def take(self, node: ast.AST, condition: str | None) -> None:
        if isinstance(node, ast.Try | ast.TryStar):
            self._try(node)
        elif isinstance(node, ast.Raise):
            self._raise(node, condition)
        elif isinstance(node, ast.Assert):
            self.asserts.append(Place(_short(node), node.lineno, _last(node)))
        elif isinstance(node, ast.With | ast.AsyncWith):
            self._with(node)
        elif isinstance(node, ast.Await):
            self.heeded.append(Place(_short(node.value), node.lineno, node.end_lineno or node.lineno))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            self.taken.append(Place(_short(node.value), node.lineno, _last(node)))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self._statement(node.value)
        elif isinstance(node, ast.Call):
            self._call(node)

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        guarded = "\n".join(dump(statement) for statement in node.body)
        for one in node.handlers:
            self.handlers.append(_handler(one, guarded, self.ways.get(id(node), "")))
            self.cleanups += [
                Place(f"on failure: {_short(call)}", call.lineno, call.end_lineno or call.lineno)
                for call in _calls(one.body)
                if _UNDO.fullmatch(_called(call))
            ]
        if node.finalbody:
            text = "finally: " + "; ".join(_short(part) for part in node.finalbody)
            self.cleanups.append(Place(text, node.finalbody[0].lineno, _last(node.finalbody[-1])))
            for part in node.finalbody:
                if isinstance(part, ast.Return):
                    what = "A return in a finally block drops the failure."
                    self.dropped.append(Dropped(what, _short(part), part.lineno, _last(part)))

    def _raise(self, node: ast.Raise, condition: str | None) -> None:
        place = Place(_short(node), node.lineno, _last(node))
        self.raises.append(place)
        if condition is not None:
            self.guards.append((place.text, Place(condition, node.lineno, _last(node))))
        if node.cause is not None and not (isinstance(node.cause, ast.Constant) and node.cause.value is None):
            self.chained.append(Place(f"from {_short(node.exc)}" if node.exc else "from", node.lineno, _last(node)))

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            suppressed = _suppress(item, node)
            if suppressed is not None:
                self.handlers.append(suppressed)
            elif _HELD.search(_short(item.context_expr)):
                self.opened -= _short(item.context_expr).startswith("open(")
                self.cleanups.append(Place(f"with {_short(item.context_expr)}", node.lineno, node.lineno))
            elif isinstance(item.context_expr, ast.Call):
                self.entered.append(Place(_short(item.context_expr), node.lineno, node.lineno))

    def _statement(self, call: ast.Call) -> None:
        first, last = call.lineno, call.end_lineno or call.lineno
        if _called(call) in _CHECKING:
            self.raises.append(Place(_short(call), first, last))
        self.dropped.append(Dropped("", _short(call), first, last))

    def _call(self, call: ast.Call) -> None:
        first, last = call.lineno, call.end_lineno or call.lineno
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        name = _short(call.func)
        self.opened += name == "open"
        if name.endswith("gather") and _is_true(given.get("return_exceptions")):
            self.dropped.append(Dropped("Failures of what is awaited are only returned.", _short(call), first, last))
        if name.startswith("subprocess.") and name.endswith((".run", ".call")):
            text = f"{name}({', '.join(_short(argument) for argument in call.args)})"
            if _is_true(given.get("check")):
                self.heeded.append(Place(text, first, last))
            else:
                self.dropped.append(Dropped("", text, first, last))


def _handler(node: ast.ExceptHandler, guarded: str, way: str) -> Handler:
    return Handler(_types(node.type), _disposition(node), node.lineno, _last(node), guarded, way=way)


def _types(node: ast.expr | None) -> tuple[str, ...]:
    if node is None:
        return ("",)
    if isinstance(node, ast.Tuple):
        return tuple(sorted(_short(part) for part in node.elts))
    return (_short(node),)


def _disposition(node: ast.ExceptHandler) -> Disposition:
    inner = [part for statement in node.body for part in walk(statement)]
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
        if isinstance(only, ast.Assign | ast.AnnAssign) and _is_constant(only.value):
            return "sets a constant"
    return "acts"


def _is_constant(node: ast.expr | None) -> bool:
    if node is None or isinstance(node, ast.Constant):
        return True
    return isinstance(node, ast.Dict | ast.List | ast.Tuple | ast.Set) and not any(
        isinstance(part, ast.Name | ast.Call) for part in walk(node)
    )


def _suppress(item: ast.withitem, node: ast.With | ast.AsyncWith) -> Handler | None:
    call = item.context_expr
    if not isinstance(call, ast.Call) or _called(call) != "suppress":
        return None
    guarded = "\n".join(dump(statement) for statement in node.body)
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


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _calls(body: Sequence[ast.stmt]) -> Iterator[ast.Call]:
    for statement in body:
        yield from (part for part in walk(statement) if isinstance(part, ast.Call))
