"""Oracles of JavaScript and TypeScript: expect of Jest, Vitest and Chai, should, assert of Node, and supertest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.oracles.model import RAISES, Oracle, Relation
from reviewer.checks.oracles.trees.calls import Standing, call_of, number, oracle, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.oracles.trees.calls import Call
    from reviewer.syntax.tree import Node

_MATCHERS: dict[str, Relation] = {
    **dict.fromkeys(
        (
            *("toBe", "toEqual", "toStrictEqual", "toHaveBeenCalledWith", "toHaveBeenLastCalledWith", "toBeNull"),
            *("toHaveBeenNthCalledWith", "toHaveBeenCalledTimes", "toBeUndefined", "toBeNaN", "toHaveReturnedWith"),
            *("toMatchInlineSnapshot", "equal", "equals", "eql", "eq", "deepEqual", "strictEqual", "deepStrictEqual"),
            *("is", "isNull", "isUndefined", "isTrue", "isFalse", "calledWith", "calledOnceWith", "same", "deep"),
            *("toHaveBeenCalledExactlyOnceWith", "equalIgnoreCase"),
        ),
        Relation.EQUAL,
    ),
    **dict.fromkeys(("toBeCloseTo", "closeTo", "approximately"), Relation.APPROXIMATE),
    **dict.fromkeys(
        (
            *("toContain", "toContainEqual", "toMatch", "toMatchObject", "toHaveProperty", "toHaveLength", "include"),
            *("includes", "contain", "contains", "match", "property", "lengthOf", "keys", "members", "toMatchSnapshot"),
            *("toHaveTextContent", "startWith", "endWith", "oneOf", "like", "containSubset", "header"),
        ),
        Relation.MEMBER,
    ),
    **dict.fromkeys(
        (
            *("toBeGreaterThan", "toBeGreaterThanOrEqual", "toBeLessThan", "toBeLessThanOrEqual", "above", "below"),
            *("least", "most", "gt", "gte", "lt", "lte", "within", "notEqual", "notStrictEqual", "notDeepEqual", "not"),
            *("notDeepStrictEqual", "greaterThan", "lessThan", "isAbove", "isBelow", "toHaveBeenCalledOnce"),
        ),
        Relation.BOUND,
    ),
    **dict.fromkeys(("toBeInstanceOf", "instanceOf", "instanceof", "a", "an", "typeOf", "toBeTypeOf"), Relation.TYPE),
    **dict.fromkeys(
        (
            *("toBeTruthy", "toBeDefined", "toBeFalsy", "toHaveBeenCalled", "ok", "exist", "exists", "truthy", "falsy"),
            *("isOk", "isDefined", "isNotNull", "called", "toBeInTheDocument", "toBeVisible", "notOk", "true", "false"),
        ),
        Relation.TRUTHY,
    ),
}
_THROWS = frozenset({"toThrow", "toThrowError", "throw", "throws", "rejects", "throwsAsync", "toThrowErrorMatching"})
_NO_THROW = frozenset({"doesNotThrow", "doesNotReject", "notThrows"})
_CHAI_ENDS = frozenset({"true", "false", "null", "undefined", "ok", "exist", "empty", "called", "calledOnce", "NaN"})
_JEST_ENDS = re.compile(r"to(?:Be|Equal|Strict|Have|Match|Contain|Throw)\w*|not|resolves|rejects")
_HELPER = re.compile(r"_?(?:assert|expect|check|verify|should|must|ensure)[A-Z_]?\w*")
_ASSERTS = frozenset({"assert", "t", "chai", "tap"})


def read(place: Standing) -> Iterator[Oracle]:
    """Yield what a node asserts."""
    node = place.node
    if node.type == "member_expression":
        yield from _property(place)
        return
    call = call_of(node)
    if call is None:
        return
    names, base = _chain(call)
    subject = _expected(base)
    if subject is not None:
        if call.name in {"expect", "assertType", "expectTypeOf"} or place.above[-1:] == ("member_expression",):
            return
        yield from _matched(place, call, subject, names)
    elif call.held is not None and call.held.text in _ASSERTS:
        yield from _assert(place, call)
    elif call.held is None and call.name == "assert":
        yield from _plain(place, call.arguments[:1])
    elif call.name == "expect" and call.held is not None:
        yield oracle(node, Relation.EQUAL, "response", ", ".join(map(words, call.arguments)), place.guard)
    elif "should" in names and call.name in _MATCHERS:
        yield from _matched(place, call, words(node).partition(".should")[0], names)
    elif _HELPER.fullmatch(call.name) and call.held is None and call.name != "expect":
        said = ", ".join(map(words, call.arguments))
        yield oracle(node, Relation.MEMBER, call.name, said, place.guard, helper=True)


def void(place: Standing) -> str | None:
    """Return why a statement with an expectation expects nothing, None if it does or is none."""
    if place.above[-1:] != ("expression_statement",):
        return None
    node = place.node
    if node.type == "member_expression":
        end, base = node.field("property"), node.field("object")
        for _ in range(12):
            if base is None or base.type != "member_expression":
                break
            base = base.field("object")
        if end is not None and _expected(base) is not None and _JEST_ENDS.fullmatch(end.text):
            return f"{end.text} is named and not called"
        return None
    call = call_of(node)
    if call is None:
        return None
    if call.name == "expect" and call.held is None and call.arguments:
        return "no matcher follows"
    names, base = _chain(call)
    if _expected(base) is not None and {"resolves", "rejects"} & set(names):
        return "nothing waits for its promise"
    return None


def _chain(call: Call) -> tuple[list[str], Node | None]:
    """Return the names of a chain of calls and properties from its end, and what it starts at."""
    names = [call.name]
    node = call.held
    for _ in range(20):
        if node is None:
            break
        if node.type == "member_expression":
            end = node.field("property")
            names.append(end.text if end else "")
            node = node.field("object")
        elif node.type == "call_expression" and (inner := call_of(node)) is not None and inner.held is not None:
            names.append(inner.name)
            node = inner.held
        else:
            break
    return names, node


def _expected(base: Node | None) -> str | None:
    """Return the subject of `expect(subject)`, None if a chain starts at something else."""
    call = call_of(base) if base is not None else None
    if call is None or call.held is not None or call.name not in {"expect", "expectTypeOf"}:
        return None
    return words(call.arguments[0]) if call.arguments else ""


def _matched(place: Standing, call: Call, subject: str, names: list[str]) -> Iterator[Oracle]:
    node, guard = place.node, place.guard
    said = ", ".join(map(words, call.arguments))
    negated = "not" in names[1:]
    if call.name in _THROWS and not negated:
        first = words(call.arguments[0]) if call.arguments else ""
        kind, message = ("", first) if first[:1] in {"'", '"', "/", "`"} else (first, ", ".join(said.split(", ")[1:]))
        yield oracle(node, Relation.EQUAL, RAISES, kind, guard, message=message)
        return
    relation = _MATCHERS.get(call.name, Relation.TRUTHY if call.name in _THROWS else Relation.MEMBER)
    if negated and relation > Relation.BOUND:
        relation = Relation.BOUND
    if subject in {"true", "1"} and call.name in {"toBeTruthy", "toBeDefined", "ok"}:
        relation = Relation.TAUTOLOGY
    slack = None
    if relation is Relation.APPROXIMATE and len(call.arguments) > 1:
        amount = number(words(call.arguments[1]))
        close = call.name == "toBeCloseTo"
        if amount is not None and abs(amount) < 300:
            slack = ("abs", 0.5 * 10.0**-amount if close else amount)
    yield oracle(node, relation, subject, said, guard, slack=slack)


def _assert(place: Standing, call: Call) -> Iterator[Oracle]:
    node, guard, arguments = place.node, place.guard, call.arguments
    if call.name in _THROWS:
        kind = words(arguments[1]) if len(arguments) > 1 else ""
        yield oracle(node, Relation.EQUAL, RAISES, "" if kind[:1] in {"'", '"', "/"} else kind, guard, message=kind)
    elif call.name in {"ok", "true", "isOk", "isTrue"}:
        yield from _plain(place, arguments[:1])
    elif call.name in _MATCHERS or call.name in _NO_THROW:
        relation = _MATCHERS.get(call.name, Relation.TRUTHY)
        subject, expected = (words(arguments[0]) if arguments else ""), ", ".join(map(words, arguments[1:2]))
        yield oracle(node, relation, subject, expected, guard)
    elif call.name in {"fail", "plan", "ifError"}:
        yield oracle(node, Relation.TRUTHY, call.name, "", guard, helper=True)


def _plain(place: Standing, arguments: tuple[Node, ...]) -> Iterator[Oracle]:
    for argument in arguments:
        relation, subject, expected = Relation.TRUTHY, words(argument), ""
        if argument.type in {"true", "number", "string"}:
            relation = Relation.TAUTOLOGY
        elif argument.type == "binary_expression":
            left, right, sign = (argument.field(one) for one in ("left", "right", "operator"))
            subject, expected = words(left), words(right)
            relation = Relation.EQUAL if sign is not None and sign.text in {"===", "=="} else Relation.BOUND
        yield oracle(place.node, relation, subject, expected, place.guard)


def _property(place: Standing) -> Iterator[Oracle]:
    """Yield what a property of Chai asserts (`expect(x).to.be.true`)."""
    node = place.node
    end = node.field("property")
    if end is None or end.text not in _CHAI_ENDS or place.above[-1:] != ("expression_statement",):
        return
    base: Node | None = node
    subject = ""
    for _ in range(12):
        if base is None or base.type != "member_expression":
            break
        held = base.field("object")
        name = base.field("property")
        if name is not None and name.text == "should":
            subject = words(held)
        base = held
    subject = _expected(base) or subject
    if subject:
        exact = end.text in {"true", "false", "null", "undefined", "NaN"}
        yield oracle(
            node, Relation.EQUAL if exact else Relation.TRUTHY, subject, end.text if exact else "", place.guard
        )
