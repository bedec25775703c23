"""Oracles of Java: assertions of JUnit, AssertJ, Truth and Hamcrest, and Mockito's verify."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.oracles.model import RAISES, Oracle, Relation
from reviewer.checks.oracles.trees.calls import Standing, call_of, number, oracle, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.oracles.trees.calls import Call
    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Node

_JUNIT: dict[str, Relation] = {
    **dict.fromkeys(
        ("assertEquals", "assertSame", "assertArrayEquals", "assertIterableEquals", "assertLinesMatch", "assertNull"),
        Relation.EQUAL,
    ),
    **dict.fromkeys(("assertNotEquals", "assertNotSame", "assertTimeout"), Relation.BOUND),
    "assertInstanceOf": Relation.TYPE,
    **dict.fromkeys(("assertTrue", "assertFalse", "assertNotNull", "assertDoesNotThrow"), Relation.TRUTHY),
}
_FLUENT: tuple[tuple[re.Pattern[str], Relation], ...] = (
    (
        re.compile(r"isEqualTo|isSameAs|isSameInstanceAs|containsExactly\w*|isNull|isZero|isEqualBy\w*"),
        Relation.EQUAL,
    ),
    (re.compile(r"isCloseTo|isWithin|usingTolerance"), Relation.APPROXIMATE),
    (re.compile(r"contains\w*|startsWith|endsWith|matches|has\w+|isIn|isEmpty"), Relation.MEMBER),
    (re.compile(r"is(?:Greater|Less|At|Between|Positive|Negative|NotEqual|NotSame)\w*|doesNot\w+"), Relation.BOUND),
    (re.compile(r"isInstanceOf\w*|isExactlyInstanceOf|isAssignableFrom"), Relation.TYPE),
    (re.compile(r"is\w+"), Relation.TRUTHY),
)
_HAMCREST: dict[str, Relation] = {
    **dict.fromkeys(("is", "equalTo", "sameInstance", "nullValue", "contains", "arrayContaining"), Relation.EQUAL),
    "closeTo": Relation.APPROXIMATE,
    **dict.fromkeys(("greaterThan", "lessThan", "not"), Relation.BOUND),
    **dict.fromkeys(("instanceOf", "isA", "any"), Relation.TYPE),
    "notNullValue": Relation.TRUTHY,
}
_EXPECTED = re.compile(r"@Test\s*\([^)]{0,120}\bexpected\s*=\s*([\w.]{1,80})")
_HELPER = re.compile(r"(?:assert|check|verify|expect|ensure|should)[A-Z]\w*")
_THREE = 3


def expected(function: Function) -> Iterator[Oracle]:
    """Yield the exception that an annotation expects."""
    start = function.node.text[:400]
    match = _EXPECTED.search(start)
    if match is not None:
        yield Oracle(Relation.EQUAL, RAISES, match.group(1), match.group(), function.first, function.first)


def read(place: Standing) -> Iterator[Oracle]:
    """Yield what a node asserts."""
    node, guard = place.node, place.guard
    call = call_of(node)
    if call is None:
        return
    said = [words(one) for one in call.arguments]
    if call.name in {"assertThrows", "assertThrowsExactly"}:
        yield oracle(node, Relation.EQUAL, RAISES, said[0] if said else "", guard)
    elif call.name in _JUNIT:
        yield from _junit(place, call, said)
    elif call.name == "assertThat" and len(said) > 1:
        matcher = call_of(call.arguments[-1])
        relation = _HAMCREST.get(matcher.name, Relation.MEMBER) if matcher else Relation.MEMBER
        yield oracle(node, relation, said[-2], said[-1], guard)
    elif call.name == "fail" or (call.held is None and _HELPER.fullmatch(call.name) and call.name != "assertThat"):
        if call.name != "verify":
            yield oracle(node, Relation.MEMBER, call.name, ", ".join(said), guard, helper=True)
    elif call.held is not None and place.above[-1:] == ("expression_statement",):
        yield from _fluent(place, call, said)


def _junit(place: Standing, call: Call, said: list[str]) -> Iterator[Oracle]:
    relation = _JUNIT[call.name]
    slack = None
    if said and said[0].startswith('"') and len(said) > (1 if relation is Relation.TRUTHY else 2):
        # JUnit 4 puts the message first.
        said = said[1:]
    amount = number(said[2]) if relation is Relation.EQUAL and len(said) == _THREE else None
    if amount is not None:
        relation, slack = Relation.APPROXIMATE, ("abs", amount)
    two = len(said) > 1 and relation is not Relation.TRUTHY and call.name != "assertNull"
    subject, wanted = (
        (said[1], said[0]) if two else (said[0] if said else "", "null" if call.name == "assertNull" else "")
    )
    if relation is Relation.TRUTHY and subject in {"true", "false"}:
        relation = Relation.TAUTOLOGY
    yield oracle(place.node, relation, subject, wanted, place.guard, slack=slack)


def _fluent(place: Standing, call: Call, said: list[str]) -> Iterator[Oracle]:
    base: Node | None = call.held
    inner: Call | None = None
    names = [call.name]
    for _ in range(20):
        inner = call_of(base) if base is not None else None
        if inner is None or inner.name in {"assertThat", "verify", "assertThatThrownBy", "assertWithMessage"}:
            break
        names.append(inner.name)
        base = inner.held
    if inner is None:
        return
    subject = words(inner.arguments[0]) if inner.arguments else ""
    wanted = ", ".join(said)
    if inner.name == "verify":
        yield oracle(place.node, Relation.EQUAL, subject, f"{call.name}({wanted})", place.guard)
    elif inner.name == "assertThatThrownBy":
        yield oracle(place.node, Relation.EQUAL, RAISES, wanted, place.guard)
    else:
        said_of = [next((one for form, one in _FLUENT if form.fullmatch(name)), None) for name in names]
        relation = max((one for one in said_of if one is not None), default=Relation.MEMBER)
        if "isWithin" in names or "isCloseTo" in names:
            relation = Relation.APPROXIMATE
        yield oracle(place.node, relation, subject, wanted or call.name, place.guard)
