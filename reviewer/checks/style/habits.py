"""The choices that a Python file makes again and again: how it names, prints, quotes, raises, formats and tests.

A choice is one value among rivals. Here they are only collected, with their places; what they mean is said elsewhere.
"""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from reviewer.checks.python_nodes import children
from reviewer.checks.style.calls import of_call
from reviewer.checks.style.choice import Choice, is_text, last
from reviewer.checks.style.forms import of_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.python_source import Definition

_EXCEPTIONS = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
_LANGUAGE_RAISES = frozenset(
    {
        *("NotImplementedError", "AssertionError", "SystemExit", "StopIteration", "StopAsyncIteration"),
        *("KeyboardInterrupt", "AttributeError", "ImportError", "IndexError", "KeyError", "GeneratorExit"),
    }
)
"""Raised because the language wants just these."""
_PATCHING = frozenset({"monkeypatch", "mocker"})
_GENERICS = frozenset({"List", "Dict", "Tuple", "Set", "FrozenSet", "Type"})
_BUILT_IN_GENERICS = frozenset({"list", "dict", "tuple", "set", "frozenset", "type"})
_FRAMEWORK = re.compile(
    r"(?:visit|depart|generic_visit|do|leave|on|handle|test)_.*"
    r"|setUp(?:Class|Module|TestData)?|tearDown(?:Class|Module)?|runTest|addCleanup|maxDiff",
    re.ASCII,
)
"""Names that somebody else's base class or framework chose."""
_PLAIN_BASES = frozenset({"object", "ABC", "Protocol", "Generic", "NamedTuple", "TypedDict", "Enum"})
_CAMEL = re.compile(r"[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)+", re.ASCII)
_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", re.ASCII)
_CAPS = re.compile(r"(?:[A-Z][a-z0-9]*)+", re.ASCII)


def choices(tree: ast.Module, source: bytes, path: str) -> Iterator[Choice]:
    """Yield the choices of a file, in no order that matters; `path` tells which imports are of its own package."""
    # (node, class it stands in, whether that class is of somebody else's kind, inside a function)
    pending: list[tuple[ast.AST, ast.ClassDef | None, bool]] = [(tree, None, False)]
    lines = source.split(b"\n")
    home = frozenset(path.split("/")[:-1])
    scripted = _main_lines(tree)
    while pending:
        node, owner, nested = pending.pop()
        inner_owner, inner_nested = owner, nested
        yield from of_form(node, nested=nested)
        if isinstance(node, ast.ClassDef):
            inner_owner = node
            yield from _class(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _function(node, owner, nested=nested)
            inner_owner, inner_nested = None, True
        elif isinstance(node, ast.JoinedStr):
            yield Choice("format", "f-string", node.lineno, "an f-string")
            continue
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        elif isinstance(node, ast.Constant):
            yield from _quote(node, lines)
        elif isinstance(node, ast.Call):
            yield from of_call(node, scripted)
        elif isinstance(node, ast.ImportFrom):
            yield from _import(node, home)
        elif isinstance(node, ast.stmt | ast.expr):
            yield from _other(node)
        pending += [(child, inner_owner, inner_nested) for child in children(node)]


def case_of(name: str) -> tuple[str, bool] | None:
    """Return the case that a name is written in and whether it could be in no other, None if it is in none."""
    bare = name.strip("_")
    if name.startswith("__") or len(bare) < 2:
        return None
    if _SNAKE.fullmatch(bare):
        return "snake_case", "_" in bare
    if _CAMEL.fullmatch(bare):
        return "camelCase", True
    if _CAPS.fullmatch(bare) and not bare.isupper():
        return "CapWords", True
    return None


def _class(node: ast.ClassDef) -> Iterator[Choice]:
    case = case_of(node.name)
    if case is not None:
        yield Choice("class", case[0], node.lineno, node.name, case[1])
    gathers = node.name.startswith("Test") and not node.bases
    if gathers and any(isinstance(one, ast.FunctionDef) and one.name.startswith("test") for one in node.body):
        yield Choice("test", "classes of tests", node.lineno, node.name)
    if any(last(base) in {"TestCase", "IsolatedAsyncioTestCase"} for base in node.bases):
        yield Choice("test", "unittest classes", node.lineno, node.name)


def _function(node: Definition, owner: ast.ClassDef | None, *, nested: bool) -> Iterator[Choice]:
    foreign = owner is not None and (
        any(last(base) not in _PLAIN_BASES for base in owner.bases) or bool(owner.keywords)
    )
    case = None if _FRAMEWORK.fullmatch(node.name) or node.decorator_list else case_of(node.name)
    if case is not None and not (foreign and case[0] != "snake_case"):
        yield Choice("function", case[0], node.lineno, node.name, case[1])
    if owner is None and not nested and node.name.startswith("test_"):
        yield Choice("test", "functions", node.lineno, node.name)
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        written = case_of(argument.arg)
        if written is not None and not foreign:
            yield Choice("variable", written[0], argument.lineno, argument.arg, written[1])
    arguments = [one for one in (*node.args.posonlyargs, *node.args.args) if one.arg not in {"self", "cls"}]
    for one in arguments:
        if one.arg in _PATCHING:
            yield Choice("mock", f"the fixture {one.arg}", node.lineno, one.arg)
    arguments += node.args.kwonlyargs
    if not nested and not node.name.startswith("test") and (arguments or node.returns is not None or owner is None):
        noted = [one.annotation is not None for one in arguments] + [node.returns is not None]
        value = "annotated" if any(noted) else "without any annotation"
        yield Choice("annotation", value, node.lineno, node.name)
    if not nested and not node.name.startswith(("_", "test")) and not foreign and not node.decorator_list:
        has = bool(node.body) and ast.get_docstring(node, clean=False) is not None
        yield Choice("docstring", "documented" if has else "without a docstring", node.lineno, node.name)


def _other(node: ast.AST) -> Iterator[Choice]:
    if isinstance(node, ast.Raise) and node.exc is not None:
        yield from _raised(node, node.exc)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and is_text(node.left):
        yield Choice("format", "the % operator", node.lineno, "%")
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and _is_none(node.right):
        yield Choice("union", "X | None", node.lineno, "| None")
    elif isinstance(node, ast.Subscript):
        yield from _typed(node)
    elif isinstance(node, ast.Assert):
        yield Choice("assert", "assert statements", node.lineno, "assert")
    elif isinstance(node, ast.Name | ast.Attribute):
        yield from _name(node)


def _name(node: ast.Name | ast.Attribute) -> Iterator[Choice]:
    if isinstance(node, ast.Name) and node.id == "Path":
        yield Choice("path", "pathlib", node.lineno, "Path")
        return
    if not isinstance(node.ctx, ast.Store) or (isinstance(node, ast.Attribute) and last(node.value) != "self"):
        return
    name = node.attr if isinstance(node, ast.Attribute) else node.id
    case = case_of(name)
    if case is not None and case[0] != "CapWords":
        yield Choice("variable", case[0], node.lineno, name, case[1])


def _raised(node: ast.Raise, raised: ast.expr) -> Iterator[Choice]:
    name = last(raised.func if isinstance(raised, ast.Call) else raised)
    if name in _EXCEPTIONS and name not in _LANGUAGE_RAISES:
        yield Choice("raise", "built-in exceptions", node.lineno, name)
    elif isinstance(raised, ast.Call) and name[:1].isupper() and name not in _EXCEPTIONS:
        yield Choice("raise", "the project's own exceptions", node.lineno, name)


def _import(node: ast.ImportFrom, home: frozenset[str]) -> Iterator[Choice]:
    if node.level:
        yield Choice("import", "relative", node.lineno, "." * node.level + (node.module or ""))
    elif node.module and node.module.split(".", 1)[0] in home:
        yield Choice("import", "absolute", node.lineno, node.module)


def _typed(node: ast.Subscript) -> Iterator[Choice]:
    name = last(node.value)
    if name in {"Optional", "Union"}:
        yield Choice("union", "Optional and Union", node.lineno, name)
    elif name in _GENERICS:
        yield Choice("generic", "generics of typing", node.lineno, name)
    elif isinstance(node.value, ast.Name) and name in _BUILT_IN_GENERICS and isinstance(node.ctx, ast.Load):
        yield Choice("generic", "built-in generics", node.lineno, name)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _quote(node: ast.Constant, lines: Sequence[bytes]) -> Iterator[Choice]:
    if not isinstance(node.value, str) or "'" in node.value or '"' in node.value:
        return
    if not 0 < node.lineno <= len(lines):
        return
    written = lines[node.lineno - 1][node.col_offset : node.col_offset + 5].lstrip(b"rbuRBU")
    if written[:3] in {b'"""', b"'''"} or written[:1] not in {b'"', b"'"}:
        return
    yield Choice(
        "quote", "in double quotes" if written[:1] == b'"' else "in single quotes", node.lineno, str(node.value)
    )


def _main_lines(tree: ast.Module) -> range:
    """Return the lines of `if __name__ == "__main__":`, where a module speaks to whoever runs it."""
    for node in tree.body:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and last(node.test.left) == "__name__":
            return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return range(0)
