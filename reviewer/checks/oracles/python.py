"""The oracles of a Python test: each assertion with its subject, relation and expectation, for pytest and unittest."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.python_source import Function


class Relation(IntEnum):
    """How much an assertion demands, from nothing to equality."""

    TAUTOLOGY = 0
    TRUTHY = 1
    TYPE = 2
    BOUND = 3
    MEMBER = 4
    APPROXIMATE = 5
    EQUAL = 6


WORDS = {
    Relation.TAUTOLOGY: "nothing",
    Relation.TRUTHY: "that it is truthy",
    Relation.TYPE: "its type",
    Relation.BOUND: "a bound",
    Relation.MEMBER: "a part of it",
    Relation.APPROXIMATE: "approximate equality",
    Relation.EQUAL: "equality",
}


@dataclass(frozen=True, slots=True)
class Oracle:
    """One assertion.

    Attributes:
        subject: the expression under test, as text; "raises" for an expected exception.
        expected: the other side, the exception type or the pattern, as text.
        text: the whole, as text.
    """

    relation: Relation
    subject: str
    expected: str
    text: str
    first: int
    last: int


_METHODS: dict[str, Relation] = {
    "assertEqual": Relation.EQUAL,
    "assertEquals": Relation.EQUAL,
    "assertIs": Relation.EQUAL,
    "assertIsNone": Relation.EQUAL,
    "assertDictEqual": Relation.EQUAL,
    "assertListEqual": Relation.EQUAL,
    "assertSetEqual": Relation.EQUAL,
    "assertTupleEqual": Relation.EQUAL,
    "assertCountEqual": Relation.EQUAL,
    "assertMultiLineEqual": Relation.EQUAL,
    "assertSequenceEqual": Relation.EQUAL,
    "assertAlmostEqual": Relation.APPROXIMATE,
    "assertIn": Relation.MEMBER,
    "assertNotIn": Relation.MEMBER,
    "assertRegex": Relation.MEMBER,
    "assertNotRegex": Relation.MEMBER,
    "assertNotEqual": Relation.BOUND,
    "assertGreater": Relation.BOUND,
    "assertGreaterEqual": Relation.BOUND,
    "assertLess": Relation.BOUND,
    "assertLessEqual": Relation.BOUND,
    "assertIsInstance": Relation.TYPE,
    "assertTrue": Relation.TRUTHY,
    "assertFalse": Relation.TRUTHY,
    "assertIsNotNone": Relation.TRUTHY,
    "assert_called_once_with": Relation.EQUAL,
    "assert_called_with": Relation.EQUAL,
    "assert_has_calls": Relation.EQUAL,
    "assert_any_call": Relation.MEMBER,
    "assert_called_once": Relation.BOUND,
    "assert_called": Relation.TRUTHY,
    "assert_not_called": Relation.EQUAL,
}
_RAISES = frozenset(
    {"raises", "assertRaises", "assertRaisesRegex", "warns", "assertWarns", "deprecated_call", "assertLogs"}
)
_HELPER = re.compile(r"^_?(?:assert|check|expect|verify|ensure|compare)(?:_|[A-Z]|$)")
_BROAD = frozenset({"Exception", "BaseException"})


def oracles(function: Function) -> list[Oracle]:
    """Return the oracles of a function in source order, with those of functions defined inside it."""
    found: list[Oracle] = []
    for node in ast.walk(function.node):
        if isinstance(node, ast.Assert):
            found.extend(_asserted(node.test, node))
        elif isinstance(node, ast.Call):
            found.extend(_called(node))
    return sorted(found, key=lambda one: one.first)


def is_broad(oracle: Oracle) -> bool:
    """Return whether an expected exception is nearly any exception."""
    return oracle.subject == "raises" and oracle.expected.split(" ", 1)[0].rsplit(".", 1)[-1] in _BROAD


def skips(function: Function) -> dict[str, tuple[str, int]]:
    """Return what keeps a test from running or failing: kind ("skip", "skipif", "xfail") to text and line."""
    found: dict[str, tuple[str, int]] = {}
    for decorator in getattr(function.node, "decorator_list", []):
        name = _name(decorator.func if isinstance(decorator, ast.Call) else decorator).lower()
        for kind in ("skipif", "skipunless", "skip", "xfail", "expectedfailure"):
            if name == kind:
                conditional = kind in {"skipif", "skipunless"} or _has_condition(decorator)
                found["skipif" if conditional else "skip" if kind == "skip" else "xfail"] = (
                    _text(decorator),
                    decorator.lineno,
                )
                break
    body = function.node.body if isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    for position, statement in enumerate(body):
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and _name(call.func) in {"skip", "skipTest", "xfail"}:
            found["skip"] = (_text(call), statement.lineno)
        elif isinstance(statement, ast.Return) and position < len(body) - 1:
            found["skip"] = ("return before the end", statement.lineno)
    return found


def module_skip(function: Function) -> tuple[str, int] | None:
    """Return a module-wide mark that skips without condition, with its line."""
    for node in own(function.node):
        marks = isinstance(node, ast.Assign) and any(_text(target) == "pytestmark" for target in node.targets)
        if marks and re.search(r"\bmark\.(?:skip|xfail)\b", _text(node)):
            return _text(node), getattr(node, "lineno", 1)
    return None


def caught_assertions(function: Function) -> list[tuple[str, int]]:
    """Return assertions whose failure is caught and dropped: text and line of the handler."""
    found = []
    for node in own(function.node):
        if not isinstance(node, ast.Try) or not any(isinstance(p, ast.Assert) for s in node.body for p in ast.walk(s)):
            continue
        for handler in node.handlers:
            names = (
                {_name(part) for part in ast.walk(handler.type) if isinstance(part, ast.Name | ast.Attribute)}
                if handler.type
                else {""}
            )
            silent = not any(
                isinstance(p, ast.Raise | ast.Assert | ast.Call) for s in handler.body for p in ast.walk(s)
            )
            if silent and names & {"", "Exception", "BaseException", "AssertionError"}:
                found.append((f"except {_text(handler.type) if handler.type else ''}".strip(), handler.lineno))
    return found


def cases(function: Function) -> list[str] | None:
    """Return the literal cases of parametrize decorators as text, None if there are none or they are not literal."""
    found: list[str] | None = None
    for decorator in getattr(function.node, "decorator_list", []):
        if isinstance(decorator, ast.Call) and _name(decorator.func) == "parametrize" and len(decorator.args) > 1:
            values = decorator.args[1]
            if not isinstance(values, ast.List | ast.Tuple | ast.Set):
                return None
            found = [*(found or []), *(_text(one) for one in values.elts)]
    return found


def _asserted(test: ast.expr, node: ast.Assert) -> Iterator[Oracle]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for part in test.values:
            yield from _asserted(part, node)
        return
    relation, subject, expected = _judge(test)
    yield Oracle(relation, subject, expected, _text(test), node.lineno, node.end_lineno or node.lineno)


def _judge(test: ast.expr) -> tuple[Relation, str, str]:
    if isinstance(test, ast.Constant):
        return (Relation.TAUTOLOGY if test.value else Relation.EQUAL), _text(test), ""
    if isinstance(test, ast.Tuple) and test.elts:
        return Relation.TAUTOLOGY, _text(test), ""
    if isinstance(test, ast.BoolOp):
        return min((_judge(part) for part in test.values), key=lambda one: one[0])
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        relation, subject, expected = _judge(test.operand)
        return (relation if relation in {Relation.MEMBER, Relation.TYPE} else Relation.TRUTHY), subject, expected
    if isinstance(test, ast.Compare):
        return _compared(test)
    if isinstance(test, ast.Call):
        name = _name(test.func)
        subject = _text(test.args[0]) if test.args else _text(test)
        if name in {"isinstance", "issubclass", "hasattr", "callable"}:
            return Relation.TYPE, subject, _text(test)
        if name in {"startswith", "endswith", "match", "search", "fullmatch", "issubset", "issuperset"}:
            return Relation.MEMBER, _text(test.func), _text(test)
        if name in {"array_equal", "equals", "isclose", "allclose"}:
            return (Relation.EQUAL if "equal" in name else Relation.APPROXIMATE), subject, _text(test)
    return Relation.TRUTHY, _text(test), ""


def _compared(test: ast.Compare) -> tuple[Relation, str, str]:
    left, right = test.left, test.comparators[-1]
    subject, expected = _text(left), _text(right)
    if isinstance(left, ast.Constant) and not isinstance(right, ast.Constant):
        subject, expected = expected, subject
    operator = test.ops[0]
    if subject == expected and isinstance(operator, ast.Eq | ast.Is | ast.LtE | ast.GtE) and not _has_call(test):
        return Relation.TAUTOLOGY, subject, expected
    match operator:
        case ast.Eq():
            approximate = "approx(" in expected or "approx(" in subject
            return (Relation.APPROXIMATE if approximate else Relation.EQUAL), subject, expected
        case ast.Is():
            return Relation.EQUAL, subject, expected
        case ast.IsNot():
            return Relation.TRUTHY, subject, expected
        case ast.In() | ast.NotIn():
            return Relation.MEMBER, expected if isinstance(left, ast.Constant) else _text(right), _text(left)
        case _:
            return Relation.BOUND, subject, expected


def _called(call: ast.Call) -> Iterator[Oracle]:
    name = _name(call.func)
    first, last = call.lineno, call.end_lineno or call.lineno
    arguments = [_text(argument) for argument in call.args]
    if name in _RAISES:
        match = next(
            (_text(k.value) for k in call.keywords if k.arg == "match"),
            arguments[1] if len(arguments) > 1 and name.endswith("Regex") else "",
        )
        kind = arguments[0] if arguments else ""
        yield Oracle(Relation.EQUAL, "raises", f"{kind} {match}".strip(), _text(call), first, last)
    elif name in _METHODS:
        subject = arguments[0] if arguments else _text(call.func)
        expected = arguments[1] if len(arguments) > 1 else ""
        relation = _METHODS[name]
        constant = bool(call.args) and isinstance(call.args[0], ast.Constant)
        if (name == "assertTrue" and constant) or (
            name == "assertEqual" and subject == expected and not _has_call(call.args[0])
        ):
            relation = Relation.TAUTOLOGY
        if name == "assertTrue" and call.args and not constant:
            relation, subject, expected = _judge(call.args[0])
        yield Oracle(relation, subject, expected, _text(call), first, last)
    elif _HELPER.match(name) or name == "fail":
        yield Oracle(Relation.MEMBER, name, ", ".join(arguments), _text(call), first, last)


def _has_condition(decorator: ast.expr) -> bool:
    # xfail(condition, reason=...) is conditional; xfail(reason=...) is not.
    return isinstance(decorator, ast.Call) and _name(decorator.func) == "xfail" and bool(decorator.args)


def _has_call(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Call) for part in ast.walk(node))


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:400]
