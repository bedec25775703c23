"""Answers that fit a test whose input is worked out: a branch that compares with what a test sets up and expects.

Other than `answers`, the value that is compared need not be a parameter, nor the call of the test hold literals.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of, parameters, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.plausible.spoken import is_literal
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.plausible.spoken import Spoken

_WHY = "An answer that is written down for the input of a test is right for that input only."
_MADE = frozenset({"Decimal", "Fraction", "date", "datetime", "timedelta", "time", "float", "int", "UUID", "Money"})
_FEW_DIGITS = 2


def signs(spoken: Spoken, outline: Outline) -> Iterator[Sign]:
    """Yield branches on one number that return another, where one test has both."""
    for function in outline.functions():
        names = {argument.arg for argument in parameters(function)} - {"self", "cls"}
        for node in own(function):
            pair = _branch(node, names) if isinstance(node, ast.If) else None
            if pair is None or not isinstance(node, ast.If) or not outline.touches(node.lineno, node.end_lineno):
                continue
            for path, test in spoken.bodies(function.name):
                line = _has(test, function.name, *pair)
                if line:
                    text = f"{pair[0]} gives {pair[1]}"
                    where = f"{shown(path)}:{line}"
                    message = (
                        f"{shown(function.name)} has the answer for one test written down ({shown(text)}; {where})."
                    )
                    sign = at(
                        outline,
                        node.test,
                        rule="answer-of-test",
                        severity="high",
                        message=message,
                        why=_WHY,
                        quote=text,
                    )
                    yield replace(sign, evidence=(f"file:{path}:{line}",))
                    break


def _branch(node: ast.If, names: set[str]) -> tuple[str, str] | None:
    test = node.test
    only = node.body[0] if len(node.body) == 1 else None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return None
    if not isinstance(only, ast.Return) or only.value is None:
        return None
    # What is compared with a parameter as it came is told from the calls of tests.
    if isinstance(test.left, ast.Name) and test.left.id in names and is_literal(test.comparators[0]):
        return None
    given, gives = test.comparators[0], only.value
    return (text_of(given), text_of(gives)) if _is_datum(given) and _is_datum(gives) else None


def _is_datum(node: ast.expr) -> bool:
    """Return whether an expression is one number written out, of two digits at least that are not zero."""
    value: ast.expr = node
    if isinstance(node, ast.Call):
        if name_of(node.func) not in _MADE or not node.args or node.keywords:
            return False
        if not all(isinstance(one, ast.Constant) for one in node.args):
            return False
        value = node.args[0]
    if not isinstance(value, ast.Constant) or isinstance(value.value, bool):
        return False
    written = str(value.value)
    digits = written.replace(".", "").strip("0")
    return len(written) <= 40 and digits.isdecimal() and len(digits) >= _FEW_DIGITS


def _has(test: ast.FunctionDef, name: str, given: str, gives: str) -> int:
    """Return the line on which a test expects the answer, if it calls the function and sets the input up; else 0."""
    called, set_up, expected = False, False, 0
    for part in walk(test):
        if isinstance(part, ast.Call) and name_of(part.func) == name:
            called = True
        if isinstance(part, ast.Constant | ast.Call):
            text = text_of(part)
            set_up = set_up or text == given
            expected = part.lineno if text == gives and not expected else expected
    return expected if called and set_up else 0
