"""How new Python code treats failures against how its own file treats them: handlers, causes, classes, limits of time.

The old side alone says how it is done; only what all of it does counts.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import given, is_constant, last, short
from reviewer.checks.failures.judged import OPTIONAL
from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added
    from reviewer.checks.ident import Fact

_WHY_UNLIKE = "Whoever calls this file's functions expects a failure to look as it does everywhere else in it."
_WHY_TIME = "Without an end a call can wait for ever, and all that wait for it."
_WHY_STATUS = "An answer that says “no” reads like one that says “yes”."
_WHY_CAUSE = "Without the cause nobody sees what went wrong."
_PLAIN = frozenset({"ValueError", "RuntimeError", "Exception", "OSError", "IOError", "BaseException"})
_LANGUAGE = frozenset({"NotImplementedError", "TypeError", "StopIteration", "SystemExit", "AssertionError"})
_TIMED = re.compile(
    r"(?:requests|httpx)\.(?:get|post|put|patch|delete|head|options|request)|urllib\.request\.urlopen"
    r"|socket\.create_connection"
)
_MAY_WAIT = re.compile(r"subprocess\.(?:run|call|check_call|check_output)")
_ASKS = re.compile(r"(?:requests|httpx)\.(?:get|post|put|patch|delete|request)")
_CLIENT = re.compile(r"session|client|http|requests|httpx|api", re.IGNORECASE)
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "request"})
_LOOKS = frozenset({"status_code", "ok", "raise_for_status", "is_success", "is_error", "status", "reason"})
_TAKEN = frozenset({"json", "text", "content", "iter_lines", "iter_content", "iter_bytes"})
_SAID = re.compile(
    r"(?:json|tomllib|yaml|pickle|datetime|date|ast|base64|struct|socket|subprocess|requests|httpx|urllib\.request|shutil)\.\w+"
    r"|Decimal|UUID"
)
_FEW = 2
_MOST = 200_000


def beside(added: Added) -> Iterator[Fact]:
    """Yield what a change does otherwise than all of its file did before."""
    yield from _timed(added)
    for _, nodes in added.scopes:
        yield from _unread(added, nodes)
    if added.old is None:
        return
    had = _Had(added.old)
    for _, nodes in added.scopes:
        inside = {id(part) for node in nodes if isinstance(node, ast.ExceptHandler) for part in walk(node)}
        for node in nodes:
            if isinstance(node, ast.ExceptHandler) and added.is_fresh(node):
                yield from _ended(added, had, node)
            elif isinstance(node, ast.Raise) and added.is_fresh(node):
                yield from _raised(added, had, node, caught=id(node) in inside)
    yield from _bare(added)


class _Had:
    """How the old side of a file handles and raises: counts of each."""

    def __init__(self, tree: ast.Module) -> None:
        self.handlers = self.raising = self.causes = self.causeless = self.own = self.plain = 0
        self.name = self.handler = ""
        for node in walk(tree):
            if isinstance(node, ast.ExceptHandler):
                self._take(node)
            elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call | ast.Name):
                name = last(node.exc)
                self.plain += name in _PLAIN
                if (
                    name.endswith(("Error", "Exception"))
                    and name not in _PLAIN | _LANGUAGE
                    and not hasattr(builtins, name)
                ):
                    self.own += 1
                    self.name = self.name or name

    def _take(self, node: ast.ExceptHandler) -> None:
        types = {last(one) for one in _types(node)}
        if types <= OPTIONAL:
            return
        inner = [part for one in node.body for part in walk(one) if isinstance(part, ast.Raise)]
        self.handlers += 1
        self.raising += bool(inner)
        self.handler = self.handler or (short(inner[0]) if inner else "")
        for part in inner:
            if part.exc is not None and not is_constant(part.cause, value=None):
                self.causes += part.cause is not None
                self.causeless += part.cause is None


def _types(node: ast.ExceptHandler) -> Sequence[ast.expr]:
    return node.type.elts if isinstance(node.type, ast.Tuple) else [node.type] if node.type is not None else []


def _ended(added: Added, had: _Had, node: ast.ExceptHandler) -> Iterator[Fact]:
    """Yield a handler that ends a failure where all others of the file raise."""
    if had.handlers < _FEW or had.raising < had.handlers or {last(one) for one in _types(node)} <= OPTIONAL:
        return
    if any(isinstance(part, ast.Raise) for one in node.body for part in walk(one)):
        return
    caught = short(node.type) if node.type is not None else "everything"
    message = f"This handler of {shown(caught)} ends the failure; all {had.handlers} others of the file raise."
    yield added.fact("handler-unlike", "low", message, node, why=_WHY_UNLIKE, quote=caught)


def _raised(added: Added, had: _Had, node: ast.Raise, *, caught: bool) -> Iterator[Fact]:
    if not isinstance(node.exc, ast.Call | ast.Name):
        return
    name = last(node.exc)
    if caught and isinstance(node.exc, ast.Call) and node.cause is None and had.causes and not had.causeless:
        message = f"“{shown(short(node))}” leaves out its cause, which all others of the file name with “from”."
        yield added.fact("cause-lost", "low", message, node, why=_WHY_CAUSE)
    if name in _PLAIN and had.own >= _FEW and not had.plain:
        message = (
            f"{shown(name)} is raised here, and all {had.own} before in the file are its own, as {shown(had.name)}."
        )
        yield added.fact("raise-unlike", "low", message, node, why=_WHY_UNLIKE)


def _timed(added: Added) -> Iterator[Fact]:
    """Yield calls without a limit of time: where the file gives one elsewhere, and where the library has none."""
    old = [node for node in walk(added.old) if isinstance(node, ast.Call)] if added.old is not None else []
    siblings = [one for one in old if _is_timed(added, one) or _MAY_WAIT.fullmatch(added.dotted(one.func))]
    limited = {last(one) for one in siblings if "timeout" in given(one)}
    # A call in other words that had no limit before either is no new one.
    had = Counter(last(one) for one in siblings if "timeout" not in given(one))
    now = [node for node in walk(added.new) if isinstance(node, ast.Call) and "timeout" not in given(node)]
    had.subtract(last(one) for one in now if _is_timed(added, one) or _MAY_WAIT.fullmatch(added.dotted(one.func)))
    for _, nodes in added.scopes:
        for node in nodes:
            if not isinstance(node, ast.Call) or not added.is_fresh(node):
                continue
            timed, runs = _is_timed(added, node), _MAY_WAIT.fullmatch(added.dotted(node.func)) is not None
            if not (timed or runs) or "timeout" in given(node) or any(one.arg is None for one in node.keywords):
                continue
            if added.dotted(node.func).endswith(("urlopen", "create_connection")) and len(node.args) > 1:
                continue
            if had[last(node)] >= 0:
                continue
            like = bool(limited) and (timed or last(node) in limited)
            if like and not any(last(one) == last(node) and "timeout" not in given(one) for one in siblings):
                message = f"No limit of time is given, as other calls of the file have it: {shown(short(node))}"
                yield added.fact("timeout-missing", "medium", message, node, why=_WHY_TIME)
            elif timed and not added.dotted(node.func).startswith("httpx"):
                message = f"No limit of time is given, and there is none by itself: {shown(short(node))}"
                yield added.fact("timeout-missing", "low", message, node, why=_WHY_TIME)


def _is_timed(added: Added, call: ast.Call) -> bool:
    return _TIMED.fullmatch(added.dotted(call.func)) is not None


def _unread(added: Added, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    """Yield an answer over HTTP whose content is taken and whose status nobody looks at."""
    looks = {node.attr for node in nodes if isinstance(node, ast.Attribute)} & _LOOKS
    if looks:
        return
    known: dict[str, ast.Call] = {}
    for node in nodes:
        value = node.value if isinstance(node, ast.Assign) else None
        value = value.value if isinstance(value, ast.Await) else value
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.Call) and isinstance(target, ast.Name) and _is_asked(added, value):
            known[target.id] = value
        if isinstance(node, ast.Attribute) and node.attr in _TAKEN:
            held = node.value.value if isinstance(node.value, ast.Await) else node.value
            call = held if isinstance(held, ast.Call) and _is_asked(added, held) else None
            call = known.get(held.id) if isinstance(held, ast.Name) else call
            if call is not None and added.is_fresh(call):
                message = f"{shown(short(node))} is taken, and nothing looks at the status of {shown(short(call))}"
                yield added.fact("status-unread", "low", message, call, why=_WHY_STATUS)
                return


def _is_asked(added: Added, call: ast.Call) -> bool:
    if _ASKS.fullmatch(added.dotted(call.func)):
        return True
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _VERBS or not call.args:
        return False
    named = {name.split(".", 1)[0] for name in added.names.values()}
    owner = last(call.func.value)
    return bool(named & {"requests", "httpx"}) and _CLIENT.search(owner) is not None and "test" not in owner.lower()


def _bare(added: Added) -> Iterator[Fact]:
    """Yield calls outside any `try` of what the file called only inside one."""
    if added.old is None:
        return
    inside, outside = _tried(added.old)
    now_inside, now_outside = _tried(added.new)
    local = {getattr(scope, "name", "") for scope, _ in added.scopes}
    for name, calls in now_outside.items():
        if len(inside.get(name, ())) < _FEW or name in outside or name.rsplit(".", 1)[-1] in local:
            continue
        fresh = [one for one in calls if one.lineno in added.lines]
        if fresh and len(now_inside.get(name, ())) >= len(inside[name]):
            count = len(inside[name])
            message = f"{shown(name)} is called outside any try; all {count} calls before in the file stand in one."
            yield added.fact("call-untried", "low", message, fresh[0], why=_WHY_UNLIKE)


def _tried(tree: ast.Module) -> tuple[dict[str, list[ast.Call]], dict[str, list[ast.Call]]]:
    """Return the calls of a file by what they call: those inside a `try` with handlers, and the others."""
    inside: dict[str, list[ast.Call]] = {}
    outside: dict[str, list[ast.Call]] = {}
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    for _ in range(_MOST):
        if not waiting:
            break
        node, tried = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            tried = False
        if isinstance(node, ast.Call):
            name = short(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""
            if _SAID.fullmatch(name):
                (inside if tried else outside).setdefault(name, []).append(node)
        if isinstance(node, ast.Try) and node.handlers:
            waiting += [(one, True) for one in node.body]
            waiting += [(one, tried) for one in (*node.handlers, *node.orelse, *node.finalbody)]
        else:
            waiting += [(one, tried) for one in children(node)]
    return inside, outside
