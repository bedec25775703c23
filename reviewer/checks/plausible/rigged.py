"""Code that can tell that it is being tested, and code that agrees with everything."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY = "What behaves otherwise under test is not what the tests test."
_WHY_EQUAL = "What equals everything makes every comparison in a test pass."
_WHY_EXIT = "A program that ends itself with success looks like one whose tests passed."
_VARIABLES = re.compile(r"PYTEST_\w+|JEST_WORKER_ID|VITEST\w*|UNITTEST\w*|TESTING|RUNNING_TESTS|IS_TEST")
_MODULES = frozenset({"pytest", "unittest", "_pytest", "nose", "py.test", "tox", "hypothesis"})
_ASKED_BY = re.compile(r"(?:os\.)?(?:environ|getenv|environ\.get)|sys\.(?:modules|argv)|(?:inspect\.)?stack")


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield places that ask whether tests run, and answers that are always the same."""
    for constant in outline.of(ast.Constant):
        if isinstance(constant.value, str) and (what := _asks(constant, outline)):
            yield at(
                outline, constant, rule="test-detected", severity="high", message=what, why=_WHY, quote=constant.value
            )
    for function in outline.functions():
        body = statements(function)
        if function.name in {"__eq__", "__ne__", "__contains__", "__lt__", "__le__"} and len(body) == 1:
            only = body[0]
            if isinstance(only, ast.Return) and isinstance(only.value, ast.Constant) and only.value.value is True:
                scope = outline.scope(function)
                message = f"{shown(scope)} is always true."
                yield at(
                    outline, only, rule="always-equal", severity="high", message=message, why=_WHY_EQUAL, quote=scope
                )
    for call in outline.of(ast.Call):
        name = dotted(call.func)
        if name == "os._exit" and (not call.args or _is_zero(call.args[0])) and not _is_child(call, outline):
            message = f"“{shown(text_of(call))}” ends the process at once, with success and without any clean-up."
            yield at(
                outline,
                call,
                rule="exits-silently",
                severity="medium",
                message=message,
                why=_WHY_EXIT,
                quote=text_of(call),
            )


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def _is_child(call: ast.Call, outline: Outline) -> bool:
    """Return whether the process was forked here: that is how a child has to end."""
    function: Definition | ast.Module = outline.function(call) or outline.tree
    return any(isinstance(part, ast.Call) and name_of(part.func).startswith("fork") for part in walk(function))


def _asks(constant: ast.Constant, outline: Outline) -> str:
    text = str(constant.value)
    named = _VARIABLES.fullmatch(text)
    module = text in _MODULES
    if not named and not module:
        return ""
    asked = ""
    for one in outline.above(constant):
        if isinstance(one, ast.stmt) and not isinstance(one, ast.Expr | ast.Assign | ast.Return | ast.If):
            break
        if isinstance(one, ast.Compare | ast.Subscript | ast.Call):
            sources = [dotted(part) for part in walk(one) if isinstance(part, ast.Attribute | ast.Name)]
            asked = next((source for source in sources if _ASKED_BY.fullmatch(source)), asked)
        if isinstance(one, ast.stmt):
            break
    if not asked or _is_stored(constant, outline):
        return ""
    where = "environment" if named else "loaded modules or arguments"
    return f"The code asks the {where} for {shown(text)}, which tells whether tests run."


def _is_stored(constant: ast.Constant, outline: Outline) -> bool:
    for one in outline.above(constant):
        if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store | ast.Del):
            return True
    return False
