"""What a Python function takes and gives back only if all goes well: files, locks, folders, transactions, states.

Knows one file at a time; only what a change adds whole, the taking and the giving back.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import last, short
from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Definition

_WHY = "Where something fails in between, it is never given back."
_WHY_HALF = "What was done before the failure stays, and the next commit makes it last."
_TAKES = re.compile(
    r"open|connect|create_connection|socket|acquire|mkdtemp|mkstemp|NamedTemporaryFile|Popen|ZipFile|lock|begin|enter"
    r"|fdopen|TemporaryFile|create_engine|Session|cursor|start|checkout|borrow|disable|pause|suspend|chdir"
)
_GIVES = re.compile(
    r"close|release|rmtree|unlink|remove|disconnect|shutdown|terminate|unlock|end|leave|stop|checkin|put_back|enable|resume"
    r"|chdir|wait"
)
_OF_PATHS = frozenset({"rmtree", "unlink", "remove", "chdir"})
_WRITES = re.compile(r"['\"(rbuf]*\s*(?:insert|update|delete|replace|create|alter|drop)\b", re.IGNORECASE)
_HARMLESS = frozenset(
    {"len", "str", "int", "info", "debug", "warning", "append", "join", "format", "Path", "perf_counter"}
)
_STORED = re.compile(r"conn|db|database|session|cursor|cur|connection|tx|transaction", re.IGNORECASE)


def held(added: Added) -> Iterator[Fact]:
    """Yield what new code gives back only on the way of success."""
    for scope, nodes in added.scopes:
        if isinstance(scope, ast.Module):
            continue
        for block in _blocks(scope, nodes):
            yield from _given_back(added, scope, block)
        yield from _half_done(added, scope, nodes)


def _blocks(scope: Definition, nodes: Sequence[ast.AST]) -> Iterator[Sequence[ast.stmt]]:
    yield scope.body
    for node in nodes:
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def _given_back(added: Added, scope: Definition, block: Sequence[ast.stmt]) -> Iterator[Fact]:
    taken: dict[str, tuple[int, ast.stmt]] = {}
    for number, one in enumerate(block):
        if isinstance(one, ast.Try) and one.finalbody:
            taken.clear()
            continue
        given = _gives(one)
        if given in taken and one.lineno in added.lines:
            start, took = taken.pop(given)
            between = [part for each in block[start + 1 : number] for part in walk(each)]
            risky = [part for part in between if isinstance(part, ast.Call) and last(part) not in _HARMLESS]
            left = any(isinstance(part, ast.Try) and part.finalbody for part in between)
            if risky and not left and took.lineno in added.lines:
                since = f"where nothing fails since “{shown(short(took))}”"
                message = f"{shown(scope.name)} does “{shown(short(one))}” only {since}."
                yield added.fact("cleanup-on-success", "low", message, one, why=_WHY, quote=short(one))
        name = _takes(one)
        if name:
            taken[name] = (number, one)


def _takes(one: ast.stmt) -> str:
    """Return what a statement takes, by the words that it is given back with; "" if it takes nothing."""
    if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) and isinstance(one.value.func, ast.Attribute):
        called = one.value.func
        owner = short(called.value)
        if called.attr == "chdir" and owner == "os":
            return "os.chdir"
        return owner if called.attr in {"acquire", "lock", "disable", "pause", "suspend"} else ""
    if not isinstance(one, ast.Assign) or len(one.targets) != 1:
        return ""
    target = one.targets[0]
    if isinstance(target, ast.Attribute) and isinstance(one.value, ast.Constant) and one.value.value is True:
        return f"flag {short(target)}"
    value = one.value.value if isinstance(one.value, ast.Await) else one.value
    if not isinstance(value, ast.Call) or not _TAKES.fullmatch(last(value)):
        return ""
    if last(value) in {"start", "end", "enter", "lock", "Session", "disable"}:
        return ""
    if isinstance(target, ast.Tuple) and last(value) == "mkstemp":
        return short(target.elts[-1])
    return short(target) if isinstance(target, ast.Name) else ""


def _gives(one: ast.stmt) -> str:
    """Return what a statement gives back, "" if it gives nothing back."""
    if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) and one.value.value is False:
        return f"flag {short(one.targets[0])}" if isinstance(one.targets[0], ast.Attribute) else ""
    value = one.value if isinstance(one, ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    if not isinstance(value, ast.Call) or not _GIVES.fullmatch(last(value)):
        return ""
    if last(value) == "chdir":
        return "os.chdir"
    if last(value) in _OF_PATHS and value.args:
        inner = value.args[0]
        return short(inner.args[0]) if isinstance(inner, ast.Call) and inner.args else short(inner)
    return short(value.func.value) if isinstance(value.func, ast.Attribute) else ""


def _half_done(added: Added, scope: Definition, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    """Yield a function that writes twice and commits by hand, with nothing that rolls back."""
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    writes = [
        node
        for node in calls
        if last(node) in {"execute", "executemany"} and node.args and _WRITES.match(short(node.args[0]))
    ]
    commits = [node for node in calls if last(node) == "commit" and node.lineno in added.lines]
    undone = any(last(node) in {"rollback", "begin", "savepoint", "begin_nested"} for node in calls)
    fresh = [node for node in writes if added.is_fresh(node)]
    if len(writes) < 2 or not commits or undone or not fresh:
        return
    if any(isinstance(node, ast.With | ast.AsyncWith) and _is_stored(node) for node in nodes):
        return
    handlers = [one for node in nodes if isinstance(node, ast.Try) for one in node.handlers if _spans(node, writes)]
    message = f"{shown(scope.name)} writes {len(writes)} times before it commits, and nothing rolls back on a failure."
    place: ast.AST = handlers[0] if handlers else fresh[-1]
    yield added.fact(
        "rollback-missing", "medium" if handlers else "low", message, place, why=_WHY_HALF, quote=scope.name
    )


def _is_stored(node: ast.With | ast.AsyncWith) -> bool:
    return any(_STORED.search(short(item.context_expr)) for item in node.items)


def _spans(node: ast.Try, writes: Sequence[ast.Call]) -> bool:
    end = node.body[-1].end_lineno or node.lineno
    return any(node.lineno <= one.lineno <= end for one in writes)
