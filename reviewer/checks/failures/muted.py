"""Failures in Python that an argument, a context or a dropped result makes silent, where no handler is to be seen.

Knows one file at a time; what stood there in the same words before is not told.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import given, is_constant, last, short
from reviewer.checks.failures.judged import OPTIONAL
from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added, Scope
    from reviewer.checks.ident import Fact

_CLEANS = re.compile(
    r"clos|clean|tear|reset|discard|cancel|stop|shut|__exit__|__aexit__|__del__|cleanup|dispose|abort|rollback|finali[sz]e",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(r"te?mp|scratch|cache|build|dist\b|work_?dir", re.IGNORECASE)
_CODECS = frozenset({"open", "decode", "encode", "read_text", "write_text", "str", "reconfigure", "TextIOWrapper"})
_RUNS = frozenset({"subprocess.run", "subprocess.call"})
_LOOKED = frozenset({"returncode", "check_returncode"})
_SHELLS = frozenset({"os.system", "subprocess.call", "subprocess.run"})
_TASKS = frozenset({"create_task", "ensure_future"})
_POOL = re.compile(r"pool|executor|workers?$", re.IGNORECASE)
_UNDOES = re.compile(
    r"unlink|remove|rmdir|rmtree|close|aclose|kill|terminate|cancel|shutdown|release|disconnect|wait|detach|stop|killpg"
    r"|pop|discard|delete|unregister|removeHandler|send_signal|join"
)
_CANCELLED = "CancelledError"


def muted(added: Added) -> Iterator[Fact]:
    """Yield what a change makes silent without a handler."""
    for scope, nodes in added.scopes:
        read = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        ends = _ends(nodes)
        for node in nodes:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and added.is_fresh(node.value):
                yield from _dropped(added, scope, node.value, read)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and added.is_fresh(node.value):
                yield from _unread(added, node, node.value, nodes)
            elif isinstance(node, ast.With | ast.AsyncWith) and node.lineno in added.lines:
                yield from _suppressed(added, node)
            elif isinstance(node, ast.ExceptHandler) and added.is_fresh(node):
                yield from _cancelled(added, node, nodes)
            if isinstance(node, ast.Call) and added.is_fresh(node):
                yield from _argued(added, scope, node, in_end=node.lineno in ends)


def _ends(nodes: Sequence[ast.AST]) -> frozenset[int]:
    """Return the lines of handlers and of what is done at the end in any case: what fails there has failed already."""
    found: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Try | ast.TryStar):
            parts: list[ast.stmt | ast.ExceptHandler] = [*node.finalbody, *node.handlers]
            for part in parts:
                found.update(range(part.lineno, (part.end_lineno or part.lineno) + 1))
    return frozenset(found)


def _argued(added: Added, scope: Scope, call: ast.Call, *, in_end: bool) -> Iterator[Fact]:
    keywords = given(call)
    name = last(call)
    code = short(call)
    cleans = in_end or _CLEANS.search(getattr(scope, "name", "")) is not None
    if is_constant(keywords.get("ignore_errors"), value=True) or (name == "rmtree" and _is_true(call.args[1:2])):
        if not cleans and not _TEMPORARY.search(code):
            yield _fact(added, call, f"What cannot be done here is left undone, and nobody learns of it: {shown(code)}")
    elif name == "rmtree" and _says_nothing(keywords.get("onerror") or keywords.get("onexc")):
        if not cleans:
            yield _fact(added, call, f"What cannot be removed is left, and nobody learns of it: {shown(code)}")
    elif name in _CODECS and isinstance(keywords.get("errors"), ast.Constant | ast.Name | ast.Attribute):
        if getattr(keywords["errors"], "value", "") == "ignore":
            yield _fact(added, call, f"Bytes that cannot be read are left out without a word: {shown(code)}")
    elif name == "decode" and len(call.args) > 1 and getattr(call.args[1], "value", "") == "ignore":
        yield _fact(added, call, f"Bytes that cannot be read are left out without a word: {shown(code)}")


def _dropped(added: Added, scope: Scope, call: ast.Call, read: set[str]) -> Iterator[Fact]:
    name = added.dotted(call.func)
    owner = short(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if name in _RUNS or name == "os.system":
        if not is_constant(given(call).get("check"), value=True) and not any(one.arg is None for one in call.keywords):
            yield _ignored(added, call, f"Nothing looks at whether the program fails: {shown(short(call))}")
    elif last(call) in _TASKS and (name.startswith("asyncio.") or owner.endswith("loop")):
        yield _ignored(added, call, f"Nobody keeps the task, so that its failure is never seen: {shown(short(call))}")
    elif _POOL.search(owner.rsplit(".", 1)[-1]) and last(call) in {"submit", "map", "apply_async", "map_async"}:
        yield _ignored(added, call, f"What fails in the other thread or process is never seen: {shown(short(call))}")
    elif name in {"asyncio.wait", "concurrent.futures.wait"} and not read & {"result", "exception"}:
        yield _ignored(added, call, f"What is waited for may have failed; nothing looks: {shown(short(call))}")
    elif isinstance(call.func, ast.Name) and isinstance(scope, ast.AsyncFunctionDef):
        made = next((one for one, _ in added.scopes if getattr(one, "name", "") == call.func.id), None)
        if isinstance(made, ast.AsyncFunctionDef):
            yield _ignored(added, call, f"{shown(call.func.id)} is a coroutine and is not awaited: it never runs.")


def _unread(added: Added, node: ast.Assign, call: ast.Call, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    """Yield a run of a program whose output is used and whose exit code is not looked at."""
    target = node.targets[0]
    if added.dotted(call.func) != "subprocess.run" or not isinstance(target, ast.Name):
        return
    if is_constant(given(call).get("check"), value=True) or any(one.arg is None for one in call.keywords):
        return
    used = [part for part in nodes if isinstance(part, ast.Attribute) and _is_name(part.value, target.id)]
    known = {id(part.value) for part in used}
    whole = any(
        isinstance(part, ast.Name) and part.id == target.id and isinstance(part.ctx, ast.Load) and id(part) not in known
        for part in nodes
    )
    if used and not whole and not any(part.attr in _LOOKED | {"stderr"} for part in used):
        message = (
            f"Nothing looks at whether the program fails, and {shown(short(used[0]))} is used: {shown(short(call))}"
        )
        yield _ignored(added, call, message)


def _suppressed(added: Added, node: ast.With | ast.AsyncWith) -> Iterator[Fact]:
    for item in node.items:
        call = item.context_expr
        if not isinstance(call, ast.Call) or last(call) != "suppress" or not added.is_fresh(call) or not call.args:
            continue
        types = {last(one) for one in call.args}
        if types & {"Exception", "BaseException"} or types <= OPTIONAL:
            continue
        calls = [part for one in node.body for part in walk(one) if isinstance(part, ast.Call)]
        stored = any(isinstance(part, ast.Return | ast.Assign) for one in node.body for part in walk(one))
        if _CANCELLED in types or any(isinstance(part, ast.Await) for one in node.body for part in walk(one)):
            continue
        if calls and not stored and not all(_UNDOES.fullmatch(last(one)) for one in calls[:1]):
            message = f"{shown(short(call))} drops a failure of {shown(short(calls[0]))}, and what follows goes on."
            yield _fact(added, call, message)


def _cancelled(added: Added, node: ast.ExceptHandler, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    """Yield a handler that ends a cancellation, where the function cancels nothing itself."""
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type] if node.type is not None else []
    if not any(last(one) == _CANCELLED for one in caught):
        return
    if any(isinstance(part, ast.Raise | ast.Return | ast.Break) for one in node.body for part in walk(one)):
        return
    if any(isinstance(part, ast.Call) and last(part) == "cancel" for part in nodes):
        return
    yield _fact(added, node, "A cancellation ends in this handler: whoever cancels waits for what goes on.")


def _is_true(args: Sequence[ast.expr]) -> bool:
    return bool(args) and is_constant(args[0], value=True)


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _says_nothing(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Lambda) and isinstance(node.body, ast.Constant)


def _fact(added: Added, node: ast.AST, message: str) -> Fact:
    return added.fact("failure-muted", "low", message, node)


def _ignored(added: Added, node: ast.AST, message: str) -> Fact:
    return added.fact("error-ignored", "low", message, node)
