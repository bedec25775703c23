"""Paths and archives in new Python code: compared as text, unpacked as they come, opened wider than before."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import given, last, short
from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added
    from reviewer.checks.ident import Fact

_WHY_TEXT = "“/srv/data-old” starts with “/srv/data”, and “/srv/data/../x” does too: a prefix of a text is no folder."
_WHY_ARCHIVE = "An archive can name files outside the folder that it is unpacked in."
_WHY_MODE = "Who else is on the machine may read or write it from now on."
_PATHLIKE = re.compile(
    r"(?:.*_)?(?:path|target|dest(?:ination)?|root|folder|directory|dir|base|resolved|full|real|absolute|file)(?:_.*)?",
    re.IGNORECASE,
)
_MAKES = frozenset(
    {
        "resolve",
        "abspath",
        "realpath",
        "normpath",
        "joinpath",
        "join",
        "absolute",
        "with_suffix",
        "fspath",
        "as_posix",
        "Path",
    }
)
_OWN_MODES = frozenset({0o600, 0o700})
_SEPARATED = re.compile(r"os\.(?:path\.)?(?:alt)?sep|['\"]/['\"]|/['\"]$|, ''\)$")


def paths(added: Added) -> Iterator[Fact]:
    """Yield what new code does with paths that others may have named."""
    for _, nodes in added.scopes:
        made = _made(nodes)
        for node in nodes:
            if not isinstance(node, ast.Call) or not added.is_fresh(node):
                continue
            if last(node) == "startswith" and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
                yield from _prefixed(added, node, node.func.value, made)
            elif (
                last(node) in {"extractall", "unpack_archive"}
                and "filter" not in given(node)
                and "zip" not in short(node)
            ):
                message = f"An archive is unpacked with the names that stand in it: {shown(short(node))}"
                yield added.fact("archive-unpacked", "medium", message, node, why=_WHY_ARCHIVE)
    yield from _wider(added)


def _made(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Return the names that are given a path."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and _is_path(node.value, frozenset()):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return frozenset(found)


def _is_path(node: ast.expr, made: frozenset[str]) -> bool:
    if isinstance(node, ast.Call):
        inner = node.args[0] if node.args else None
        if last(node) in {"str", "fspath"} and inner is not None:
            return _is_path(inner, made) or _PATHLIKE.fullmatch(last(inner)) is not None
        return last(node) in _MAKES and not (
            last(node) == "join" and isinstance(getattr(node.func, "value", None), ast.Constant)
        )
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Div)
    return isinstance(node, ast.Name) and node.id in made


def _prefixed(added: Added, node: ast.Call, owner: ast.expr, made: frozenset[str]) -> Iterator[Fact]:
    prefix = node.args[0]
    if isinstance(prefix, ast.Constant | ast.Tuple | ast.JoinedStr) or _SEPARATED.search(short(prefix)):
        return
    if not _is_path(owner, made):
        return
    whole = isinstance(prefix, ast.Call) and last(prefix) in {"str", "fspath"}
    if whole or _is_path(prefix, made) or _PATHLIKE.fullmatch(last(prefix)):
        message = f"A path is held against a folder as text: {shown(short(node))}"
        yield added.fact("path-prefix-text", "medium", message, node, why=_WHY_TEXT)


def _wider(added: Added) -> Iterator[Fact]:
    """Yield functions that made files for their owner alone, and no longer do."""
    if added.old is None:
        return
    had = {name for name, _ in _modes(added.old)}
    now = {name for name, _ in _modes(added.new)}
    for scope, _ in added.scopes:
        name = getattr(scope, "name", "")
        if name in had and name not in now:
            message = f"{shown(name)} made what it writes for its owner alone, and no longer does."
            yield added.fact("mode-widened", "medium", message, scope, why=_WHY_MODE, quote=name)


def _modes(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield the functions in which a mode stands that lets in the owner alone."""
    for scope in walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            numbers = {part.value for part in walk(scope) if isinstance(part, ast.Constant) and type(part.value) is int}
            if numbers & _OWN_MODES:
                yield scope.name, scope
