"""Lines where the code itself reckons with a name that is not there, so that its absence is no mistake."""

from __future__ import annotations

import ast

_FORGIVEN = frozenset(
    {"ImportError", "ModuleNotFoundError", "AttributeError", "NameError", "TypeError", "Exception", "BaseException"}
)
_EXPECTING = frozenset({"raises", "suppress", "assertRaises", "assertRaisesRegex", "warns"})
_ASKING = frozenset({"hasattr", "find_spec", "getattr"})
_SYSTEM = frozenset({"version_info", "platform", "implementation", "TYPE_CHECKING", "PY2", "PY3"})


def guarded_lines(tree: ast.Module) -> frozenset[int]:
    """Return the lines, from 1, of code that is tried, asked for or expected to fail.

    The body of a `try` that catches what a missing name raises; both branches of an `if` that asks for an attribute,
    the version or the platform, or for `TYPE_CHECKING`; a test's `with raises(...)`.
    """
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(_forgives(handler.type) for handler in node.handlers):
            parts: list[ast.stmt] = [*node.body, *(part for one in node.handlers for part in one.body)]
        elif isinstance(node, ast.If | ast.IfExp) and _asks(node.test):
            if isinstance(node, ast.IfExp):
                found |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
                continue
            parts = [*node.body, *node.orelse]
        elif isinstance(node, ast.With | ast.AsyncWith) and any(_expects(item.context_expr) for item in node.items):
            parts = node.body
        else:
            continue
        for part in parts:
            found |= set(range(part.lineno, (part.end_lineno or part.lineno) + 1))
    return frozenset(found)


def _forgives(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(_name(one) in _FORGIVEN for one in names)


def _asks(test: ast.expr) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and _name(node.func) in _ASKING:
            return True
        if _name(node) in _SYSTEM:
            return True
    return False


def _expects(context: ast.expr) -> bool:
    return isinstance(context, ast.Call) and _name(context.func) in _EXPECTING


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
