"""Lines where the code itself reckons with a name that is not there, so that its absence is no mistake."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.diagnostics import Kind

# A handler of everything is no guard: it would hide just what is looked for.
_FORGIVEN: dict[str, frozenset[Kind]] = {
    "ImportError": frozenset({"import", "attribute"}),
    "ModuleNotFoundError": frozenset({"import"}),
    "AttributeError": frozenset({"attribute"}),
    "NameError": frozenset({"name"}),
    "TypeError": frozenset({"argument", "arguments", "callable"}),
}
_ALL: frozenset[Kind] = frozenset({"attribute", "import", "argument", "arguments", "name", "callable"})
_EXPECTING = frozenset({"raises", "suppress", "assertRaises", "assertRaisesRegex", "warns"})
_ASKING = frozenset({"hasattr", "find_spec"})
_MARKS = frozenset({"skipif", "skipIf", "skipUnless"})
_SYSTEM = frozenset(
    {"version_info", "platform", "implementation", "TYPE_CHECKING", "PY2", "PY3"} | {"is_py2", "is_py3"}
)


@dataclass(slots=True)
class Guards:
    """Which lines, from 1, are guarded against which kind of absence."""

    lines: dict[Kind, set[int]] = field(default_factory=dict)

    def has(self, kind: Kind, line: int) -> bool:
        """Return whether the code reckons with this absence on this line."""
        return line in self.lines.get(kind, ())

    def add(self, kinds: Iterable[Kind], parts: Iterable[ast.stmt | ast.expr]) -> None:
        """Note the lines of some code."""
        covered = {line for part in parts for line in range(part.lineno, (part.end_lineno or part.lineno) + 1)}
        for kind in kinds:
            self.lines.setdefault(kind, set()).update(covered)


def guards_of(tree: ast.Module) -> Guards:
    """Return what the code tries, asks for or expects to fail.

    The body and handlers of a `try` that catches by name what a missing thing raises; both branches of an `if` that
    asks for an attribute, the version or the platform, or for `TYPE_CHECKING`; a test's `with raises(...)`; a test that
    is skipped by such a question.
    """
    found = Guards()
    for node in walk(tree):
        if isinstance(node, ast.Try):
            kinds = {kind for one in node.handlers for name in _caught(one.type) for kind in _FORGIVEN.get(name, ())}
            found.add(kinds, [*node.body, *(part for one in node.handlers for part in one.body)])
        elif isinstance(node, ast.If) and _asks(node.test):
            found.add(_ALL, [*node.body, *node.orelse])
        elif isinstance(node, ast.IfExp) and _asks(node.test):
            found.add(_ALL, [node])
        elif isinstance(node, ast.With | ast.AsyncWith) and any(_expects(item.context_expr) for item in node.items):
            found.add(_ALL, node.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            marks = [one for one in node.decorator_list if isinstance(one, ast.Call) and _name(one.func) in _MARKS]
            if any(_asks(part) for mark in marks for part in (*mark.args, *(key.value for key in mark.keywords))):
                found.add(_ALL, node.body)
    return found


def _caught(caught: ast.expr | None) -> list[str]:
    if caught is None:
        return []
    return [_name(one) for one in (caught.elts if isinstance(caught, ast.Tuple) else [caught])]


def _asks(test: ast.expr) -> bool:
    for node in walk(test):
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
