"""Python handlers for what cannot happen: nothing that their `try` calls raises what they catch.

Told only where everything that the `try` does is known; one unknown call, and nothing is said.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import given, is_constant, last, short
from reviewer.checks.failures.raised import CALLS, METHODS, can_catch
from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added
    from reviewer.checks.ident import Fact

_WHY = "What fails here is not caught although it looks as if it were."
_ANY = frozenset({"Exception", "BaseException", "KeyboardInterrupt", "SystemExit", "GeneratorExit", "MemoryError"})
_UNKNOWN = (ast.Await, ast.Yield, ast.YieldFrom, ast.Raise, ast.Import, ast.ImportFrom, ast.For, ast.AsyncFor)
_MORE_UNKNOWN = (ast.AsyncWith, ast.Assert, ast.Try, ast.comprehension, ast.Lambda, ast.FunctionDef, ast.ClassDef)
_BY_ITSELF: tuple[tuple[type[ast.AST], tuple[str, ...]], ...] = (
    (ast.Subscript, ("LookupError", "TypeError")),
    (ast.BinOp, ("TypeError", "ArithmeticError", "ValueError")),
    (ast.Tuple, ("ValueError", "TypeError")),
    (ast.List, ("ValueError", "TypeError")),
)
_MOST = 200
_STARTS = ("FileNotFoundError", "PermissionError", "NotADirectoryError", "ValueError", "TypeError")
"""What a program that cannot be started raises."""


def impossible(added: Added) -> Iterator[Fact]:
    """Yield the new handlers that nothing in their `try` can reach."""
    for _, nodes in added.scopes:
        for node in nodes:
            if isinstance(node, ast.Try) and any(one.lineno in added.lines for one in node.handlers):
                yield from _of(added, node)


def _of(added: Added, node: ast.Try) -> Iterator[Fact]:
    raised = _raised(added, node.body)
    if raised is None:
        return
    kinds, called = raised
    for handler in node.handlers:
        if handler.type is None or not added.is_fresh(handler):
            continue
        types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = [_kind(added, one) for one in types]
        if any(name in _ANY or not name for name in names):
            continue
        catches = [can_catch(name, kind) for name in names for kind in kinds]
        if catches and not any(one is not False for one in catches):
            told = ", ".join(sorted(kinds)).replace(":*", " errors")
            message = f"{shown(short(handler.type))} is not what {shown(called)} raises ({shown(told)})."
            yield added.fact(
                "handler-cannot-catch", "medium", message, handler.type, why=_WHY, quote=short(handler.type)
            )


def _kind(added: Added, node: ast.expr) -> str:
    """Return the class of a handler as `raised` has it: "ValueError", "requests:Timeout"."""
    name = added.dotted(node)
    return f"{name.split('.', 1)[0]}:{last(node)}" if "." in name else name


def _raised(added: Added, body: Sequence[ast.stmt]) -> tuple[frozenset[str], str] | None:
    """Return all that statements can raise and the last call that they make, None if that is not known."""
    kinds: set[str] = set()
    called = ""
    nodes = [part for one in body for part in walk(one)]
    if len(nodes) > _MOST:
        return None
    for part in nodes:
        found = _of_node(added, part)
        if found is None:
            return None
        kinds.update(found)
        if isinstance(part, ast.Call):
            called = called or short(part)
    return (frozenset(kinds), called) if called else None


def _of_node(added: Added, part: ast.AST) -> tuple[str, ...] | None:
    """Return what one node can raise by itself, None if that is not known."""
    if isinstance(part, (*_UNKNOWN, *_MORE_UNKNOWN)):
        return None
    if isinstance(part, ast.With) and not all(_opens(added, item.context_expr) for item in part.items):
        return None
    if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store | ast.Del):
        return None
    if isinstance(part, ast.Call):
        return _of_call(added, part)
    return next((kinds for kind, kinds in _BY_ITSELF if isinstance(part, kind) and _is_read(part)), ())


def _is_read(part: ast.AST) -> bool:
    """Return whether a subscript is read, or a tuple taken apart."""
    stored = isinstance(getattr(part, "ctx", None), ast.Store)
    return isinstance(part, ast.BinOp) or stored is isinstance(part, ast.Tuple | ast.List)


def _opens(added: Added, node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and added.dotted(node.func) in {
        "open",
        "io.open",
        "zipfile.ZipFile",
        "tarfile.open",
    }


def _of_call(added: Added, call: ast.Call) -> tuple[str, ...] | None:
    name = added.dotted(call.func)
    keywords = given(call)
    if name.startswith("subprocess."):
        return _of_program(name, call, keywords)
    if name == "getattr":
        return ("AttributeError",) if len(call.args) == 2 else ("TypeError",)
    if name in CALLS:
        return CALLS[name]
    if "." not in name and name:
        return None
    if name.split(".", 1)[0] in added.names.values() and last(call) not in METHODS:
        return None
    return METHODS.get(last(call))


def _of_program(name: str, call: ast.Call, keywords: dict[str, ast.expr]) -> tuple[str, ...] | None:
    if any(one.arg is None for one in call.keywords) or name not in {"subprocess.run", "subprocess.Popen"}:
        return None
    checks = "check" in keywords and not is_constant(keywords["check"], value=False)
    fails = ("subprocess:CalledProcessError",) if checks else ()
    late = ("subprocess:TimeoutExpired",) if "timeout" in keywords else ()
    return (*_STARTS, *fails, *late)
