"""What of a Python file no test is meant to notice: documentation, messages, logging, what only types or tools read."""

from __future__ import annotations

import ast

_SPOKEN = frozenset({"__repr__", "__str__", "__format__", "__rich_repr__", "__del__", "__dir__", "__sizeof__"})
_LOGS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_LOGGERS = frozenset({"log", "logger", "_log", "_logger", "logging", "LOG", "LOGGER", "warnings", "_LOG", "_LOGGER"})
_NAMES = frozenset({"__all__", "__slots__", "__version__", "__author__", "__doc__", "__tablename__", "__match_args__"})
_TYPES = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple", "NewType", "cast", "TypedDict", "NamedTuple"})
_KEYWORDS = frozenset(
    {"stacklevel", "maxsize", "timeout", "indent", "help", "description", "doc", "metavar"}
) | frozenset({"strict", "exist_ok", "daemon", "flush", "ensure_ascii"})


def quiet(tree: ast.Module) -> frozenset[int]:
    """Return the ids of nodes that are left alone with all that is in them."""
    found: set[int] = set()
    for node in ast.walk(tree):
        for one in _left_alone(node):
            found.add(id(one))
    return frozenset(found)


def _left_alone(node: ast.AST) -> list[ast.AST | None]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            annotations = [one.annotation for one in ast.walk(node.args) if isinstance(one, ast.arg)]
            return [*node.decorator_list, node.returns, *annotations, *([node] if _is_told(node) else [])]
        case ast.ClassDef():
            return [*node.decorator_list, *node.bases]
        case ast.AnnAssign(target=ast.Name(id=name)) if name in _NAMES:
            return [node]
        case ast.AnnAssign():
            return [node.annotation, *([node] if _names(node.annotation) == "TypeAlias" else [])]
        case ast.Assign(targets=[ast.Name(id=name)]) if name in _NAMES or _is_type(node.value):
            return [node]
        case ast.expr() | ast.keyword():
            return _within(node)
        case _:
            return _statement(node)


def _statement(node: ast.AST) -> list[ast.AST | None]:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Assert() | ast.Import() | ast.ImportFrom():
            return [node]
        case ast.Expr(value=ast.Call(func=func)) if _speaks(func):
            return [node]
        case ast.If(test=test) if _names(test) == "TYPE_CHECKING" or _is_main(test):
            return [node]
        case ast.Raise(exc=exc) if exc is not None:
            # The raising itself is mutated, what it says is not.
            return [exc, node.cause]
        case _:
            return []


def _within(node: ast.AST) -> list[ast.AST | None]:
    match node:
        case ast.JoinedStr():
            return [node]
        case ast.keyword(arg=name) if name in _KEYWORDS:
            return [node]
        case ast.Compare(left=left) if _is_about_version(left):
            return [node]
        case _:
            return []


def equal_at_bound(tree: ast.Module) -> frozenset[int]:
    """Return the ids of comparisons whose bound does not matter: `if a > b: a = b` says the same with `>=`."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.If(test=ast.Compare(left=left, ops=[_], comparators=[right]), body=[ast.Assign() as kept]):
                sides = {ast.dump(left), ast.dump(right)}
                given = {_loaded(kept.targets[0]), ast.dump(kept.value)}
            case ast.IfExp(test=ast.Compare(left=left, ops=[_], comparators=[right])):
                sides = {ast.dump(left), ast.dump(right)}
                given = {ast.dump(node.body), ast.dump(node.orelse)}
            case _:
                continue
        if sides == given:
            found.add(id(node.test))
    return frozenset(found)


def _loaded(node: ast.expr) -> str:
    return ast.dump(node).replace("Store()", "Load()")


def _is_told(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = {_names(one) for one in node.decorator_list}
    return node.name in _SPOKEN or not names.isdisjoint({"overload", "abstractmethod"})


def _speaks(func: ast.expr) -> bool:
    match func:
        case ast.Attribute(value=owner, attr=name):
            return name in _LOGS and _names(owner) in _LOGGERS
        case _:
            return False


def _is_type(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and _names(value.func) in _TYPES


def _names(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _is_about_version(left: ast.expr) -> bool:
    while isinstance(left, ast.Subscript):
        left = left.value
    return isinstance(left, ast.Attribute) and _names(left.value) in {"sys", "os"} and left.attr in _PLACES


_PLACES = frozenset({"version_info", "platform", "name", "implementation"})
