"""New Python tests that ask a stand-in for what they themselves did with it, or test a function of their own."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.oracles.places import name_of
from reviewer.checks.oracles.python import text
from reviewer.checks.theater.facts import MOCKED, OFF, fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Function
    from reviewer.checks.theater.python_tests import Scope, TestFile
    from reviewer.checks.theater.subjects import Subject

_MADE = re.compile(r"(?:Async|Magic|NonCallable)*Mock|create_autospec|stub")
_CALLED = re.compile(r"assert_(?:any_|not_)?(?:called|awaited)\w*|assert_has_(?:calls|awaits)")
_PROPERTIES = re.compile(r"property|setter|getter|classproperty|fixture|hybrid|reify")


def own_calls(tests: Sequence[Function], scope: Scope, found: Mapping[str, Subject]) -> Iterator[Fact]:
    """Yield a fact for each stand-in that only the test itself calls, and each function that is named for its truth.

    Args:
        tests: new tests.
        scope: their side.
        found: the functions of the change.
    """
    redefined: set[tuple[str, str]] = set()
    for test in tests:
        file = scope.file(test.file)
        if file is None:
            continue
        for said, line in _asked_of_itself(test):
            message = f"{shown(test.name)} asks a mock whether it was called, and calls it itself: {shown(said)}"
            yield fact(test.name, test.file, "medium", message, MOCKED, said, line, rule="mock-echoed")
        for said, line in _uncalled(test, file, found):
            message = f"{shown(test.name)} does not assert {shown(said)}: it names a function and does not call it."
            yield fact(test.name, test.file, "medium", message, OFF, said, line, rule="assertion-void")
        for name, line in _redefined(test, file, found):
            if (test.file, name) not in redefined:
                redefined.add((test.file, name))
                message = f"The file of {shown(test.name)} defines {shown(name)} itself, which the change touches."
                yield fact(test.name, test.file, "medium", message, MOCKED, name, line, rule="subject-mocked")


def _asked_of_itself(test: Function) -> Iterator[tuple[str, int]]:
    """Yield assertions over calls of a mock that the test made, calls, and hands to nothing."""
    held = {id(child): node for node in ast.walk(test.node) for child in ast.iter_child_nodes(node)}
    made = {
        target.id
        for node in ast.walk(test.node)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _MADE.fullmatch(name_of(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    uses: dict[str, list[tuple[str, ast.AST]]] = {}
    for node in ast.walk(test.node):
        if isinstance(node, ast.Name) and node.id in made and isinstance(node.ctx, ast.Load):
            top = _chain(node, held)
            uses.setdefault(node.id, []).append((_use(top, held), top))
    for used in uses.values():
        kinds = {kind for kind, _ in used}
        # What is handed on may well be called by the code under test.
        if {"asked", "acted"} <= kinds and "handed" not in kinds:
            top = next(node for kind, node in used if kind == "asked")
            yield text(top), getattr(top, "lineno", test.line)


def _use(top: ast.AST, held: Mapping[int, ast.AST]) -> str:
    if isinstance(top, ast.Call) and isinstance(top.func, ast.Attribute) and _CALLED.fullmatch(top.func.attr):
        return "asked"
    if isinstance(top, ast.Call) and isinstance(held.get(id(top)), ast.Expr | ast.Assign | ast.Await):
        return "acted"
    return "set" if isinstance(top, ast.Attribute) and isinstance(top.ctx, ast.Store) else "handed"


def _chain(node: ast.AST, held: Mapping[int, ast.AST]) -> ast.AST:
    """Return the whole of attributes and calls that begins with a name."""
    while True:
        above = held.get(id(node))
        if above is None or not (
            isinstance(above, ast.Attribute) or (isinstance(above, ast.Call) and above.func is node)
        ):
            return node
        node = above


def _uncalled(test: Function, file: TestFile, found: Mapping[str, Subject]) -> Iterator[tuple[str, int]]:
    for node in ast.walk(test.node):
        asked = node.test if isinstance(node, ast.Assert) else None
        if isinstance(node, ast.Call) and name_of(node) in {"assertTrue", "assertFalse"} and len(node.args) == 1:
            asked = node.args[0]
        if isinstance(asked, ast.UnaryOp) and isinstance(asked.op, ast.Not):
            asked = asked.operand
        if not isinstance(asked, ast.Name | ast.Attribute) or not isinstance(node, ast.Assert | ast.Call):
            continue
        name = name_of(asked)
        if name not in found or name in file.defined or _given(name, asked, test):
            continue
        if not any(_PROPERTIES.search(text(mark)) for each in found[name].nodes for mark in each.decorator_list):
            yield text(asked), node.lineno


def _given(name: str, asked: ast.expr, test: Function) -> bool:
    """Return whether a test gives a name a value of its own."""
    stores = {
        part.id if isinstance(part, ast.Name) else part.arg
        for part in ast.walk(test.node)
        if isinstance(part, ast.arg) or (isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))
    }
    return isinstance(asked, ast.Name) and name in stores


def _redefined(test: Function, file: TestFile, found: Mapping[str, Subject]) -> Iterator[tuple[str, int]]:
    """Yield the functions of a test file that are called as ones of the change are, with the same parameters."""
    called = {
        node.func.id for node in ast.walk(test.node) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    for name in sorted(called & found.keys() & file.defined.keys()):
        mine = file.defined[name].node
        if isinstance(mine, ast.Module) or file.owner(file.defined[name]) is not None:
            continue
        if any(text(mine.args) == text(one.args) for one in found[name].nodes) and mine.args.args:
            yield name, mine.lineno
