"""The oracles of a Python test: each assertion with its subject, relation and expectation, for pytest and unittest."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.oracles.model import RAISES, Oracle, Relation
from reviewer.checks.oracles.places import length, name_of, placed
from reviewer.checks.oracles.slack import slack
from reviewer.checks.oracles.truisms import always

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.python_source import Function

_EQUAL = (
    *("Equal", "Equals", "Is", "IsNone", "DictEqual", "ListEqual", "SetEqual", "TupleEqual", "CountEqual"),
    *("MultiLineEqual", "SequenceEqual"),
)
_METHODS: dict[str, Relation] = {
    **{f"assert{name}": Relation.EQUAL for name in _EQUAL},
    "assertAlmostEqual": Relation.APPROXIMATE,
    "assertIn": Relation.MEMBER,
    "assertNotIn": Relation.MEMBER,
    "assertRegex": Relation.MEMBER,
    "assertNotRegex": Relation.MEMBER,
    "assertNotEqual": Relation.BOUND,
    "assertNotAlmostEqual": Relation.BOUND,
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
    "assert_awaited_once_with": Relation.EQUAL,
    "assert_awaited_with": Relation.EQUAL,
    "assert_any_call": Relation.MEMBER,
    "assert_called_once": Relation.BOUND,
    "assert_called": Relation.TRUTHY,
    "assert_awaited": Relation.TRUTHY,
    "assert_not_called": Relation.EQUAL,
    "assert_allclose": Relation.APPROXIMATE,
    "assert_almost_equal": Relation.APPROXIMATE,
    "assert_approx_equal": Relation.APPROXIMATE,
    "assert_array_almost_equal": Relation.APPROXIMATE,
    "assert_array_equal": Relation.EQUAL,
    "assert_frame_equal": Relation.EQUAL,
    "assert_series_equal": Relation.EQUAL,
}
_RAISES = frozenset(
    {"raises", "assertRaises", "assertRaisesRegex", "warns", "assertWarns", "assertWarnsRegex", "assertLogs"}
    | {"deprecated_call", "RaisesGroup"}
)
_HELPER = re.compile(
    r"^_?(?:assert|check|expect|verify|ensure|compare)(?:_|[A-Z]|$)|^(?:[a-z]{1,20}_)?(?:eq|equals?|raises)_?$"
)
_SWAPPED = frozenset({"assertIn", "assertNotIn"})
_LONGEST = 400
_LONGEST_KEY = 120


def oracles(function: Function) -> list[Oracle]:
    """Return the oracles of a function in source order, with those of functions defined inside it."""
    found: list[Oracle] = []
    known = once(function)
    for one in placed(function):
        here = _here(one.node)
        for oracle in here:
            key = resolve(oracle.subject, known)
            found.append(_with(oracle, key, one.guard or ("never" if one.never else "")))
    return sorted(found, key=lambda one: one.first)


def once(function: Function) -> dict[str, str]:
    """Return the names that a function gives a value exactly once, with the text of that value."""
    given: dict[str, str] = {}
    twice: set[str] = set()
    for node in ast.walk(function.node):
        if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)):
            continue
        twice.update({node.id} & given.keys())
        given.setdefault(node.id, "")
    for node in ast.walk(function.node):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            given[node.targets[0].id] = text(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            given[node.target.id] = text(node.value)
    return {name: value for name, value in given.items() if value and name not in twice}


def resolve(subject: str, known: Mapping[str, str]) -> str:
    """Return an expression's text with its first name replaced by what that name was given."""
    for _ in range(3):
        start = re.match(r"\w+", subject[:_LONGEST])
        value = known.get(start.group()) if start else None
        if start is None or value is None or value.startswith(f"{start.group()}."):
            break
        subject = (value + subject[start.end() :])[:_LONGEST]
    return subject


def text(node: ast.AST) -> str:
    """Return an expression as text on one line, cut where it is too long."""
    try:
        return " ".join(ast.unparse(node).split())[:_LONGEST]
    except (RecursionError, ValueError):
        return "…"


def _with(oracle: Oracle, key: str, guard: str) -> Oracle:
    return Oracle(
        relation=oracle.relation,
        subject=oracle.subject,
        expected=oracle.expected,
        text=oracle.text,
        first=oracle.first,
        last=oracle.last,
        key=key,
        guard=guard,
        slack=oracle.slack,
        message=oracle.message,
        helper=oracle.helper,
    )


def asserting(statement: ast.stmt) -> bool:
    """Return whether one statement asserts something itself, without the statements inside it."""
    return any(one.relation is not Relation.TAUTOLOGY for one in _here(statement))


def _here(statement: ast.stmt) -> Iterator[Oracle]:
    """Yield what one statement asserts itself, without the statements inside it."""
    if isinstance(statement, ast.Assert):
        yield from _asserted(statement)
        return
    inside: list[ast.AST] = [one for one in ast.iter_child_nodes(statement) if not isinstance(one, ast.stmt)]
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for part in inside:
        if isinstance(part, ast.expr | ast.withitem):
            for node in ast.walk(part):
                if isinstance(node, ast.Call):
                    yield from _called(node)


def _asserted(node: ast.Assert) -> Iterator[Oracle]:
    pending: list[ast.expr] = [node.test]
    while pending:
        test = pending.pop(0)
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            pending = [*test.values, *pending]
            continue
        relation, subject, expected = _judge(test)
        helper = isinstance(test, ast.Call) and _HELPER.match(name_of(test)) is not None
        last = node.end_lineno or node.lineno
        yield Oracle(relation, subject, expected, text(test), node.lineno, last, slack=slack(test), helper=helper)


def _judge(test: ast.expr) -> tuple[Relation, str, str]:
    match test:
        case ast.Constant():
            return (Relation.TAUTOLOGY if test.value else Relation.EQUAL), text(test), ""
        case ast.Tuple() if test.elts:
            return Relation.TAUTOLOGY, text(test), ""
        case ast.BoolOp():
            parts = [_judge(part) for part in test.values[:_MOST]]
            return min((min(relation, Relation.MEMBER), subject, expected) for relation, subject, expected in parts)
        case ast.UnaryOp(op=ast.Not()):
            relation, subject, expected = _judge(test.operand)
            kept = relation in {Relation.MEMBER, Relation.TYPE}
            return (relation if kept else Relation.TRUTHY), subject, expected
        case ast.Compare():
            return _compared(test)
        case ast.Call():
            return _asked(test)
        case ast.Lambda() | ast.GeneratorExp():
            return Relation.TAUTOLOGY, text(test), ""
    return Relation.TRUTHY, text(test), ""


_MOST = 50
_PARTS = frozenset({"startswith", "endswith", "match", "search", "fullmatch", "issubset", "issuperset"})


def _asked(test: ast.Call) -> tuple[Relation, str, str]:
    name = name_of(test)
    subject = text(test.args[0]) if test.args else text(test)
    if always(test):
        return Relation.TAUTOLOGY, subject, text(test)
    if name in {"isinstance", "issubclass", "hasattr", "callable"}:
        return Relation.TYPE, subject, text(test)
    if name in _PARTS:
        return Relation.MEMBER, text(test.func.value if isinstance(test.func, ast.Attribute) else test), text(test)
    if name in {"array_equal", "equals", "allclose", "isclose"}:
        return (Relation.EQUAL if "equal" in name else Relation.APPROXIMATE), subject, text(test)
    if name in {"all", "any"} and test.args and isinstance(test.args[0], ast.GeneratorExp | ast.ListComp):
        return Relation.MEMBER, text(test.args[0].generators[0].iter), text(test)
    if name == "bool":
        return Relation.TRUTHY, subject, ""
    return Relation.TRUTHY, text(test), ""


def _compared(test: ast.Compare) -> tuple[Relation, str, str]:
    left, right = test.left, test.comparators[-1]
    operator = test.ops[0]
    if isinstance(left, ast.Constant) and not isinstance(right, ast.Constant) and not isinstance(operator, ast.In):
        left, right = right, left
    subject, expected = text(left), text(right)
    if subject == expected and isinstance(operator, ast.Eq | ast.Is | ast.LtE | ast.GtE) and not has_call(test):
        return Relation.TAUTOLOGY, subject, expected
    if always(test):
        return Relation.TAUTOLOGY, subject, expected
    match operator:
        case ast.Eq() | ast.Is():
            return _equal(left, subject, expected)
        case ast.IsNot():
            return Relation.TRUTHY, subject, expected
        case ast.In() | ast.NotIn():
            if length(right) is not None and not isinstance(right, ast.Constant):
                return Relation.MEMBER, subject, expected
            return Relation.MEMBER, expected, subject
        case ast.GtE() if name_of(left) == "len" and expected == "0":
            return Relation.TAUTOLOGY, subject, expected
        case _:
            return Relation.BOUND, subject, expected


def _equal(left: ast.expr, subject: str, expected: str) -> tuple[Relation, str, str]:
    name = name_of(left) if isinstance(left, ast.Call) else ""
    if "approx(" in expected or "approx(" in subject:
        return Relation.APPROXIMATE, subject, expected
    if name == "type":
        return Relation.TYPE, subject, expected
    if name == "bool":
        return Relation.TRUTHY, subject, expected
    return (Relation.MEMBER if name == "len" else Relation.EQUAL), subject, expected


def _called(call: ast.Call) -> Iterator[Oracle]:
    name = name_of(call)
    first, last = call.lineno, call.end_lineno or call.lineno
    arguments = [text(argument) for argument in call.args]
    if name in _RAISES:
        match = next((text(k.value) for k in call.keywords if k.arg in {"match", "expected_regex"}), "")
        if name.endswith("Regex") and len(arguments) > 1:
            match = arguments[1]
        kind = arguments[0] if arguments else next((text(k.value) for k in call.keywords), name)
        yield Oracle(Relation.EQUAL, RAISES, kind, text(call), first, last, message=match)
    elif name in _METHODS:
        relation, subject, expected = _method(call, name, arguments)
        yield Oracle(relation, subject, expected, text(call), first, last, slack=slack(call))
    elif _HELPER.match(name) or name == "fail":
        yield Oracle(Relation.MEMBER, name, ", ".join(arguments), text(call), first, last, helper=name != "fail")


def _method(call: ast.Call, name: str, arguments: list[str]) -> tuple[Relation, str, str]:
    subject = arguments[0] if arguments else text(call.func)
    expected = arguments[1] if len(arguments) > 1 else ""
    relation = _METHODS[name]
    if name.startswith("assert_") and isinstance(call.func, ast.Attribute) and "call" in name:
        return relation, text(call.func.value), ", ".join([*arguments, *(text(k) for k in call.keywords)])
    if not call.args:
        return relation, subject, expected
    if name in _SWAPPED:
        return relation, expected, subject
    if name in {"assertEqual", "assertEquals", "assertIs"} and len(call.args) > 1:
        compare = ast.Compare(left=call.args[0], ops=[ast.Eq()], comparators=[call.args[1]])
        return _compared(ast.copy_location(compare, call))
    if name == "assertTrue":
        return _judge(call.args[0])
    if name == "assertFalse":
        return _judge(ast.copy_location(ast.UnaryOp(op=ast.Not(), operand=call.args[0]), call))
    return relation, subject, expected


def has_call(node: ast.AST) -> bool:
    """Return whether anything is called in an expression."""
    return any(isinstance(part, ast.Call | ast.Await) for part in ast.walk(node))


def compared(function: Function) -> Iterator[tuple[str, int, ast.expr, ast.expr]]:
    """Yield the assertions of equality in a function: text, line and both sides."""
    for node in ast.walk(function.node):
        test = node.test if isinstance(node, ast.Assert) else None
        if isinstance(node, ast.Assert) and isinstance(test, ast.Compare):
            if len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is):
                yield text(test), node.lineno, test.left, test.comparators[0]
        elif isinstance(node, ast.Call) and name_of(node) in {"assertEqual", "assertIs"} and len(node.args) > 1:
            yield text(node), node.lineno, node.args[0], node.args[1]
