"""Calls in syntax trees in one form for all languages, each with what stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.oracles.model import Oracle, Relation
from reviewer.checks.oracles.places import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Node

MOST = 400
_LONGEST = 400
_NEAR = 6
_CONDITIONS = frozenset(
    {
        "if_statement",
        "switch_statement",
        "switch_expression",
        "ternary_expression",
        "if",
        "unless",
        "case",
        "if_modifier",
    }
    | {"unless_modifier", "conditional"}
)
_CATCHES = frozenset({"catch_clause", "rescue"})
_CALLS = frozenset({"call_expression", "method_invocation", "call", "macro_invocation"})
_TOLD = _CALLS | {"if_statement", "member_expression", "composite_literal", "array", "identifier"}
_SIZE = (".length", ".size()", ".length()", ".count", ".size", ".len()")
_FIELDS = {
    "call_expression": "function",
    "method_invocation": "name",
    "call": "method",
    "macro_invocation": "macro",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A node of a test with what stands around it.

    Attributes:
        above: types of the nodes around it, the nearest last, as far as the test reaches.
        parent: the nearest node around it.
        guard: what decides whether it runs, "" if nothing does.
    """

    node: Node
    above: tuple[str, ...]
    parent: Node | None
    guard: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its own name, what it is called on, and its arguments."""

    name: str
    held: Node | None
    arguments: tuple[Node, ...]


def standing(function: Function) -> Iterator[Standing]:
    """Yield the nodes of a function that can assert, skip or list something, with what stands around each."""
    around: list[tuple[str, Node, str]] = []
    base: int | None = None
    for depth, node in function.node.walk_deep():
        base = depth if base is None else base
        del around[depth - base :]
        guard = around[-1][2] if around else ""
        kind = node.type
        if kind in _TOLD:
            above = tuple(one[0] for one in around[-_NEAR:])
            yield Standing(node, above, around[-1][1] if around else None, guard)
        around.append((kind, node, _guard(node, kind) or guard))


def _guard(node: Node, kind: str) -> str:
    if kind in _CONDITIONS and node.named:
        return "machine" if ENVIRONMENT.search(words(node.field("condition"))) else "if"
    return "except" if kind in _CATCHES else ""


def call_of(node: Node) -> Call | None:
    """Return a node as a call, None if it is none."""
    if node.type not in _CALLS:
        return None
    target = node.field(_FIELDS[node.type])
    listed = node.field("arguments")
    arguments = listed.parts if listed is not None else ()
    if target is None:
        return None
    if node.type in {"method_invocation", "call"}:
        return Call(target.text, node.field("object") or node.field("receiver"), arguments)
    if target.type in {"member_expression", "selector_expression"}:
        name = target.field("property") or target.field("field")
        return Call(name.text if name else "", target.field("object") or target.field("operand"), arguments)
    return Call(target.text[:_LONGEST], None, arguments)


def words(node: Node | None) -> str:
    """Return a node's source on one line, cut where it is too long."""
    return "" if node is None else " ".join(node.text[:_LONGEST].split())


def oracle(node: Node, relation: Relation, subject: str, expected: str, guard: str, **rest: object) -> Oracle:
    """Return an oracle that stands at a node; one of a value and itself demands nothing."""
    if relation is Relation.EQUAL and subject and subject == expected and "(" not in subject:
        relation = Relation.TAUTOLOGY
    elif relation is Relation.EQUAL and (subject.endswith(_SIZE) or subject.startswith("len(")):
        relation = Relation.MEMBER
    return Oracle(
        relation=relation,
        subject=subject,
        expected=expected,
        text=words(node),
        first=node.first,
        last=node.last,
        key=subject,
        guard=guard,
        message=str(rest.get("message", "")),
        helper=bool(rest.get("helper")),
        slack=_slack(rest.get("slack")),
    )


def _slack(value: object) -> tuple[tuple[str, float], ...]:
    return (value,) if isinstance(value, tuple) and len(value) == 2 else ()


def number(text: str) -> float | None:
    """Return the number that a short text is, None if it is none."""
    try:
        return float(text.replace("_", "").rstrip("fFdDlL")[:30])
    except ValueError:
        return None
