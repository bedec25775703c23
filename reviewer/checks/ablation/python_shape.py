"""What a Python file does, without what no test could notice: documentation, imports, annotations and layout."""

from __future__ import annotations

import ast
import hashlib

_UNSEEN = frozenset({"annotation", "returns", "type_comment", "ctx", "kind"})
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def shape(tree: ast.Module) -> str:
    """Return a digest that is equal for two files that differ in nothing that can be noticed."""
    digest = hashlib.sha256()
    # Tokens of the tree in order, with brackets, so that nothing recurses over a deep one.
    pending: list[object] = [tree]
    # What classes annotate may be read when they are made, as data classes do.
    fields: set[int] = set()
    while pending:
        part = _without_cast(pending.pop())
        if isinstance(part, ast.AST):
            digest.update(type(part).__name__.encode() + b"(")
            pending.append(_Close)
            pending.extend(reversed(_fields(part, runtime=isinstance(part, ast.AnnAssign) and id(part) in fields)))
            if isinstance(part, ast.ClassDef):
                fields.update(id(one) for one in part.body)
        elif isinstance(part, list):
            digest.update(b"[")
            pending.append(_Close)
            pending.extend(reversed(part))
        elif part is _Close:
            digest.update(b")")
        else:
            digest.update(repr(part).encode("utf-8", "surrogateescape") + b",")
    return digest.hexdigest()


def _without_cast(part: object) -> object:
    """Return what a cast is given: at run time it is the same."""
    while isinstance(part, ast.Call) and len(part.args) == 2 and not part.keywords:
        name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
        if name != "cast":
            break
        part = part.args[1]
    return part


class _Close:
    """Stands for the end of a node."""


def _fields(node: ast.AST, *, runtime: bool) -> list[object]:
    found: list[object] = []
    for name, value in ast.iter_fields(node):
        if name in _UNSEEN and not (runtime and name == "annotation"):
            continue
        if name in {"body", "orelse", "finalbody"} and isinstance(value, list):
            found.append([one for one in _told(node, value) if not is_idle(one, node)])
        else:
            found.append(value)
    return found


def _told(node: ast.AST, body: list[ast.stmt]) -> list[ast.stmt]:
    """Return a body without its documentation."""
    first = body[0] if body and isinstance(node, _DOCUMENTED) else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return body[1:]
    return body


def is_idle(node: ast.stmt, parent: ast.AST | None = None) -> bool:
    """Return whether a statement by itself does nothing that can be noticed, where it stands in `parent`."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.AnnAssign(value=None):
            return not isinstance(parent, ast.ClassDef)
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), orelse=[]):
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case _:
            return False
