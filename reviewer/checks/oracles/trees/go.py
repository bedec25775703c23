"""Oracles of Go: conditions that report through `testing`, testify, and comparisons of go-cmp."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.oracles.model import RAISES, Oracle, Relation
from reviewer.checks.oracles.trees.calls import Standing, call_of, number, oracle, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.oracles.trees.calls import Call
    from reviewer.syntax.tree import Node

_TESTIFY: dict[str, Relation] = {
    **dict.fromkeys(
        (
            "Equal",
            "EqualValues",
            "Exactly",
            "JSONEq",
            "YAMLEq",
            "ElementsMatch",
            "Nil",
            "Zero",
            "Same",
            "EqualExportedValues",
        ),
        Relation.EQUAL,
    ),
    **dict.fromkeys(("InDelta", "InEpsilon", "WithinDuration"), Relation.APPROXIMATE),
    **dict.fromkeys(("Contains", "Len", "Regexp", "Subset", "HasPrefix", "FileExists", "NotContains"), Relation.MEMBER),
    **dict.fromkeys(("Greater", "GreaterOrEqual", "Less", "LessOrEqual", "NotEqual", "NotSame"), Relation.BOUND),
    **dict.fromkeys(("IsType", "Implements"), Relation.TYPE),
    **dict.fromkeys(
        ("True", "False", "NotNil", "NotEmpty", "Empty", "NoError", "NotZero", "NotPanics", "Eventually"),
        Relation.TRUTHY,
    ),
}
_RAISES = frozenset({"Error", "ErrorIs", "ErrorAs", "EqualError", "ErrorContains", "Panics", "PanicsWithError"})
_REPORTS = frozenset({"Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow"})
_HOLDERS = re.compile(r"(?:assert|require|s|suite|ts|is|a|r|\w+\.Require\(\)|\w+\.Assert\(\)|must|should)")
_TESTER = re.compile(r"t|b|tb|tt|st|f|c")
_HELPER = re.compile(r"(?:assert|check|expect|verify|require|must|compare|ensure)[A-Z]\w*")


def read(place: Standing) -> Iterator[Oracle]:
    """Yield what a node asserts."""
    node = place.node
    if node.type == "if_statement":
        yield from _reported(node)
        return
    call = call_of(node)
    if call is None:
        return
    held = words(call.held)
    arguments = call.arguments
    if arguments and _TESTER.fullmatch(arguments[0].text[:10]):
        arguments = arguments[1:]
    if call.held is not None and _HOLDERS.fullmatch(held[:60]):
        yield from _testify(
            node, call.name.removesuffix("f") if call.name.removesuffix("f") in _TESTIFY else call.name, arguments
        )
    elif call.held is None and _HELPER.fullmatch(call.name):
        yield oracle(node, Relation.MEMBER, call.name, ", ".join(map(words, arguments)), "", helper=True)
    elif (
        call.held is not None and _TESTER.fullmatch(held[:10]) and call.name in _REPORTS and "block" not in place.above
    ):
        yield oracle(node, Relation.TRUTHY, "reached", "", "", helper=True)


def _testify(node: Node, name: str, arguments: tuple[Node, ...]) -> Iterator[Oracle]:
    said = [words(one) for one in arguments]
    if name in _RAISES:
        exact = name in {"ErrorIs", "ErrorAs"}
        message = said[-1] if name in {"EqualError", "ErrorContains", "PanicsWithError"} and len(said) > 1 else ""
        kind = said[1] if exact and len(said) > 1 else "" if name != "Panics" else "panic"
        yield oracle(node, Relation.EQUAL, RAISES, kind, "", message=message)
    elif name in _TESTIFY:
        relation = _TESTIFY[name]
        swapped = len(said) > 1 and (
            relation in {Relation.EQUAL, Relation.APPROXIMATE} or name in {"NotEqual", "IsType"}
        )
        subject = said[1] if swapped else said[0] if said else ""
        expected = said[0] if swapped else said[1] if len(said) > 1 else ""
        amount = number(said[2]) if relation is Relation.APPROXIMATE and len(said) > 2 else None
        if relation is Relation.TRUTHY and name in {"True", "False"}:
            expected = ""
            if subject == name.lower():
                relation = Relation.TAUTOLOGY
        yield oracle(node, relation, subject, expected, "", slack=None if amount is None else ("abs", amount))


def _reported(node: Node) -> Iterator[Oracle]:
    """Yield what an `if` demands that reports through the tester."""
    body, condition = node.field("consequence"), node.field("condition")
    if body is None or condition is None or not any(_reports(part) for part in _statements(body)):
        return
    pending, count = [condition], 0
    while pending and count < 10:
        one = pending.pop(0)
        count += 1
        sign = one.field("operator") if one.type == "binary_expression" else None
        if sign is not None and sign.text in {"||", "&&"}:
            pending = [part for part in (one.field("left"), one.field("right")) if part is not None] + pending
            continue
        yield _condition(node, one, sign.text if sign is not None else "")


def _statements(body: Node) -> Iterator[Node]:
    for part in body.parts:
        if part.type == "statement_list":
            yield from part.parts
        else:
            yield part


def _reports(statement: Node) -> bool:
    inner = statement.parts[0] if statement.type == "expression_statement" and statement.parts else statement
    call = call_of(inner)
    if call is None:
        return False
    return call.name in _REPORTS and call.held is not None and _TESTER.fullmatch(call.held.text[:10]) is not None


def _condition(node: Node, one: Node, sign: str) -> Oracle:
    left, right = words(one.field("left")), words(one.field("right"))
    if sign == "!=":
        if right == "nil":
            return _at(node, Relation.TRUTHY, left, "")
        return _at(node, Relation.EQUAL, left, right)
    if sign == "==":
        if right == "nil":
            return (
                _at(node, Relation.EQUAL, RAISES, "") if "err" in left.lower() else _at(node, Relation.TRUTHY, left, "")
            )
        return _at(node, Relation.BOUND, left, right)
    if sign in {"<", ">", "<=", ">="}:
        return _at(node, Relation.BOUND, left, right)
    inner = one.field("operand") if one.type == "unary_expression" else None
    call: Call | None = call_of(inner) if inner is not None else None
    if call is not None:
        said = [words(part) for part in call.arguments]
        if call.name in {"DeepEqual", "Equal"} and said:
            return _at(node, Relation.EQUAL, said[0], said[1] if len(said) > 1 else "")
        if call.name in {"Contains", "HasPrefix", "HasSuffix", "MatchString"} and said:
            return _at(node, Relation.MEMBER, said[0], ", ".join(said[1:]))
        if call.name in {"Is", "As"} and said:
            return _at(node, Relation.EQUAL, RAISES, said[1] if len(said) > 1 else "")
    return _at(node, Relation.TRUTHY, words(inner or one), "")


def _at(node: Node, relation: Relation, subject: str, expected: str) -> Oracle:
    condition = node.field("condition")
    return Oracle(
        relation=relation,
        subject=subject,
        expected=expected,
        text=f"if {words(condition)}",
        first=node.first,
        last=node.last,
        key=subject,
    )
