"""Failures that new Python code lets out otherwise than it says or its project does: unsaid, bare, uncaught, early.

Knows the files of a change, and the old side where the project handles its errors at last.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import is_constant, last, short
from reviewer.checks.ident import shown
from reviewer.checks.python_source import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import SourceTree
    from reviewer.checks.failures.added import Added
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Definition

_WHY_SAID = "Whoever calls prepares for what the docstring names."
_WHY_BARE = "All else of the file turns such a failure into one of its own."
_WHY_LAST = "Where the program handles its errors at last, this one passes, and ends it with a traceback."
_WHY_EARLY = "If what follows fails, nobody does it again: it is marked as done."
_WHY_NONE = "Where nothing is found this is None, and the failure is about an attribute of None."
_SECTION = re.compile(r"^[ \t]*Raises:[ \t]*\n((?:[ \t]+\S.*\n?|[ \t]*\n)+)", re.MULTILINE)
_LISTED = re.compile(r"^[ \t]+([A-Za-z_][\w.]{1,60})[ \t]*(?:\(.*?\))?:", re.MULTILINE)
_RAISING = re.compile(
    r"json\.loads?|tomllib\.loads?|(?:decimal\.)?Decimal|datetime\.(?:datetime|date)\.(?:strptime|fromisoformat)|uuid\.UUID|int|float"
)
_ENTRY = re.compile(r"(?:^|/)(?:_*cli|_*main|__main__|app|web|server|commands?|console|run)\.py$")
_ERROR = re.compile(r"[A-Z]\w*(?:Error|Exception)")
_ACK = re.compile(
    r"ack|acknowledge|mark_(?:as_)?(?:done|sent|processed|seen|complete\w*|delivered|handled)|commit_offsets?|checkpoint|save_state"
)
_DOES = re.compile(
    r"send|process|handle|deliver|upload|post|publish|dispatch|send_\w+|process_\w+|handle_\w+|deliver_\w+"
)
_FINDS = re.compile(r"re\.(?:match|search|fullmatch)")
_FEW = 2
_MOST_FILES = 12
_LARGEST = 200_000


def promised(added: Added) -> Iterator[Fact]:
    """Yield what a file's new code lets out otherwise than it says or the file does."""
    converts = _converts(added.old)
    for scope, nodes in added.scopes:
        if isinstance(scope, ast.Module):
            continue
        yield from _undocumented(added, scope, nodes)
        yield from _early(added, nodes)
        if converts and not scope.name.startswith("__"):
            yield from _bare(added, scope)
        for node in nodes:
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.value, ast.Call):
                yield from _nothing(added, node.value)


def uncaught(files: Sequence[Added], before: SourceTree | None) -> Iterator[Fact]:
    """Yield new classes of errors that are in no list of what the program handles at last."""
    made = [
        (one, node)
        for one in files
        for node in one.new.body
        if isinstance(node, ast.ClassDef) and node.lineno in one.lines and _ERROR.fullmatch(node.name)
        if all(last(base) in {"Exception", "ValueError", "RuntimeError"} for base in node.bases) and node.bases
    ]
    if not made or before is None:
        return
    now = {one.path: one.new for one in files}
    lists: list[frozenset[str]] = []
    for path in [path for path in before.paths() if _ENTRY.search(path)][:_MOST_FILES]:
        data = before.read(path) if path not in now else None
        tree = now.get(path) or (parse(data) if data is not None and len(data) < _LARGEST else None)
        lists += [_caught(node) for node in (ast.walk(tree) if tree is not None else ())]
    handled = [one for one in lists if len(one) >= _FEW]
    every = {name for one in lists for name in one}
    for one, node in made:
        raised = any(
            isinstance(part, ast.Raise) and part.exc is not None and last(part.exc) == node.name
            for part in ast.walk(one.new)
        )
        caught = any(
            isinstance(part, ast.ExceptHandler) and part.type is not None and node.name in short(part.type)
            for each in files
            for part in ast.walk(each.new)
        )
        if handled and raised and not caught and node.name not in every and not every & {"Exception", "BaseException"}:
            message = f"{shown(node.name)} is in no list of the errors that the program handles at last."
            yield one.fact("error-uncaught", "low", message, node, why=_WHY_LAST, quote=node.name)


def _caught(node: ast.AST) -> frozenset[str]:
    """Return the classes of the project that a handler names."""
    if not isinstance(node, ast.ExceptHandler) or node.type is None:
        return frozenset()
    types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return frozenset(last(one) for one in types)


def _undocumented(added: Added, scope: Definition, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    """Yield a raise of a class that the function's own list of what it raises leaves out."""
    section = _SECTION.search((ast.get_docstring(scope, clean=False) or "")[:4_000] + "\n")
    if section is None:
        return
    listed = {name.rsplit(".", 1)[-1] for name in _LISTED.findall(section[1])}
    for node in nodes:
        if isinstance(node, ast.Raise) and added.is_fresh(node) and isinstance(node.exc, ast.Call | ast.Name):
            name = last(node.exc)
            if listed and name not in listed and _ERROR.fullmatch(name) and name != "NotImplementedError":
                says = shown(", ".join(sorted(listed)))
                message = f"{shown(scope.name)} raises {shown(name)}, and says that it raises {says}."
                yield added.fact("raise-undocumented", "low", message, node, why=_WHY_SAID)


def _converts(tree: ast.Module | None) -> bool:
    """Return whether all handlers of a file raise an error of its own in place of the one that they caught."""
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)] if tree is not None else []
    raising = [
        one
        for one in handlers
        for part in ast.walk(one)
        if isinstance(part, ast.Raise) and part.cause is not None and not is_constant(part.cause, value=None)
    ]
    return len(handlers) >= _FEW and len({id(one) for one in raising}) == len(handlers)


def _bare(added: Added, scope: Definition) -> Iterator[Fact]:
    """Yield a call that raises on bad input, outside any try, where the file turns all such failures into its own."""
    waiting: list[ast.AST] = list(scope.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Try) and node.handlers:
            waiting += [*node.orelse, *node.finalbody]
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and _RAISING.fullmatch(added.dotted(node.func)) and added.is_fresh(node):
            plain = node.args and isinstance(node.args[0], ast.Name | ast.Attribute | ast.Subscript)
            if plain and added.dotted(node.func) not in {"int", "float"}:
                message = (
                    f"{shown(short(node))} stands outside any try; all handlers of the file raise an error of its own."
                )
                yield added.fact("failure-unconverted", "low", message, node, why=_WHY_BARE)
        waiting += list(ast.iter_child_nodes(node))


def _early(added: Added, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    for node in nodes:
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if not isinstance(block, list):
                continue
            marked: ast.Call | None = None
            for one in block:
                call = one.value if isinstance(one, ast.Expr) else None
                call = call.value if isinstance(call, ast.Await) else call
                if not isinstance(call, ast.Call):
                    continue
                if _ACK.fullmatch(last(call)) and added.is_fresh(call):
                    marked = call
                elif marked is not None and _DOES.fullmatch(last(call)):
                    message = f"{shown(short(marked))} stands before {shown(short(call))}."
                    yield added.fact("ack-early", "medium", message, marked, why=_WHY_EARLY)
                    marked = None


def _nothing(added: Added, call: ast.Call) -> Iterator[Fact]:
    if added.is_fresh(call) and _FINDS.fullmatch(added.dotted(call.func)):
        yield added.fact(
            "none-used", "info", f"Nothing looks whether {shown(short(call))} finds anything.", call, why=_WHY_NONE
        )
