"""Oracles of Ruby: expectations of RSpec, assertions of minitest and test-unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.oracles.model import RAISES, Oracle, Relation
from reviewer.checks.oracles.trees.calls import Standing, call_of, number, oracle, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.syntax.tree import Node

_RSPEC: tuple[tuple[re.Pattern[str], Relation], ...] = (
    (
        re.compile(r"eq|eql|equal|be_nil|match_array|contain_exactly|be_true|be_false|have_received|receive|be"),
        Relation.EQUAL,
    ),
    (re.compile(r"be_within|be_close"), Relation.APPROXIMATE),
    (re.compile(r"include|match|start_with|end_with|have_\w+|cover|all|be_empty"), Relation.MEMBER),
    (re.compile(r"be_between|change|satisfy"), Relation.BOUND),
    (re.compile(r"be_an?|be_kind_of|be_instance_of|be_an?_\w+|respond_to"), Relation.TYPE),
)
_MINITEST: dict[str, Relation] = {
    **dict.fromkeys(("equal", "same", "nil", "output", "mock", "body"), Relation.EQUAL),
    **dict.fromkeys(("in_delta", "in_epsilon"), Relation.APPROXIMATE),
    **dict.fromkeys(("include", "includes", "match", "path_exists", "empty"), Relation.MEMBER),
    **dict.fromkeys(("operator", "not_equal", "not_same", "not_match"), Relation.BOUND),
    **dict.fromkeys(("kind_of", "instance_of", "respond_to"), Relation.TYPE),
    **dict.fromkeys(("predicate", "not_nil", "send", "true", "block"), Relation.TRUTHY),
}
_RAISES = frozenset({"assert_raises", "assert_raise", "assert_throws"})
_ASSERTION = re.compile(r"(assert|refute)_(\w+)|(?:must|wont)_(?:be_)?(\w+)")


def read(place: Standing) -> Iterator[Oracle]:
    """Yield what a node asserts."""
    node, guard = place.node, place.guard
    call = call_of(node)
    if call is None:
        return
    said = [words(one) for one in call.arguments]
    if call.name in {"to", "not_to", "to_not", "should", "should_not"}:
        yield from _rspec(place, call.held, call.arguments, negated=call.name.endswith("not") or call.name == "not_to")
    elif call.name in _RAISES:
        yield oracle(node, Relation.EQUAL, RAISES, said[0] if said else "", guard)
    elif call.name in {"assert", "refute", "flunk"} and call.held is None:
        yield _plain(place, call.arguments)
    elif match := _ASSERTION.fullmatch(call.name[:60]):
        kind = match.group(2) or match.group(3)
        relation = _MINITEST.get(kind)
        negated = match.group(1) == "refute"
        if match.group(3):
            subject, wanted = words(call.held), ", ".join(said)
        elif len(said) > 1 and relation in {Relation.EQUAL, Relation.APPROXIMATE, None}:
            subject, wanted = said[1], said[0]
        else:
            subject, wanted = (said[0] if said else ""), ", ".join(said[1:])
        amount = number(said[2]) if relation is Relation.APPROXIMATE and len(said) > 2 else None
        if relation is not None and negated:
            relation = Relation.TRUTHY if kind == "nil" else min(relation, Relation.BOUND)
        slack = None if amount is None else ("abs", amount)
        unknown = relation is None
        yield oracle(node, relation or Relation.MEMBER, subject, wanted, guard, slack=slack, helper=unknown)


def _plain(place: Standing, arguments: tuple[Node, ...]) -> Oracle:
    first = arguments[0] if arguments else None
    relation, subject, wanted = Relation.TRUTHY, words(first), ""
    if first is not None and first.type in {"true", "integer", "string"}:
        relation = Relation.TAUTOLOGY
    elif first is not None and first.type == "binary":
        sign = first.field("operator")
        subject, wanted = words(first.field("left")), words(first.field("right"))
        relation = Relation.EQUAL if sign is not None and sign.text == "==" else Relation.BOUND
    return oracle(place.node, relation, subject, wanted, place.guard)


def _rspec(place: Standing, held: Node | None, arguments: tuple[Node, ...], *, negated: bool) -> Iterator[Oracle]:
    source = call_of(held) if held is not None else None
    expects = source is not None and source.name in {"expect", "is_expected", "expect_any_instance_of"}
    subject = ", ".join(map(words, source.arguments)) if source is not None and expects else words(held)
    if not arguments:
        return
    matcher = arguments[0]
    call = call_of(matcher)
    name = call.name if call is not None else words(matcher).partition(" ")[0]
    inner = matcher
    for _ in range(10):
        if call is None or call.held is None:
            break
        inner = call.held
        call = call_of(inner)
        name = call.name if call is not None else inner.text[:60]
    said = [words(one) for one in call.arguments] if call is not None else []
    if name in {"raise_error", "raise_exception"} and not negated:
        message = ", ".join(said[1:]) or (said[0] if said and said[0][:1] in {"'", '"', "/"} else "")
        kind = said[0] if said and said[0][:1] not in {"'", '"', "/"} else ""
        yield oracle(place.node, Relation.EQUAL, RAISES, kind, place.guard, message=message)
        return
    relation = next((one for form, one in _RSPEC if form.fullmatch(name)), Relation.TRUTHY)
    if matcher.type == "binary":
        relation = Relation.BOUND
    elif name == "be" and not said:
        relation = Relation.TRUTHY
    if negated and relation > Relation.BOUND:
        relation = Relation.TRUTHY if name == "be_nil" else Relation.BOUND
    amount = number(said[0]) if relation is Relation.APPROXIMATE and said else None
    slack = None if amount is None else ("abs", amount)
    if subject in {"true", "false"} and relation is Relation.TRUTHY:
        relation = Relation.TAUTOLOGY
    wanted = ", ".join(said) or (name if name != "be_truthy" else "")
    yield oracle(place.node, relation, subject or "subject", wanted, place.guard, slack=slack)
