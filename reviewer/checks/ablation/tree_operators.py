"""The ways in which a piece of JavaScript, TypeScript or Go can be made wrong, named and ranked like Python's.

Knows syntax nodes; whether what is made can be built or runs is for who runs it to find out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.syntax.tree import Node

_BOUNDS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_REVERSED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_OPPOSITES = {"==": "!=", "!=": "==", "===": "!==", "!==": "==="}
_JOINED = {"&&": "||", "||": "&&"}
_ARITHMETIC = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "*", "&": "|", "|": "&", "<<": ">>", ">>": "<<"}
_AUGMENTED = {f"{old}=": f"{new}=" for old, new in _ARITHMETIC.items()}
_TEXTS = frozenset({"string", "template_string", "interpreted_string_literal", "raw_string_literal"})
_NUMBERS = frozenset({"number", "int_literal"})
_DECIMAL = re.compile(r"0|[1-9]\d{0,8}")
_CALLS = frozenset({"call_expression", "await_expression"})
_SPOKEN = re.compile(
    r"(?:console|log|logger|slog|logrus|klog|glog|zap|t|b|tb)\.\w{1,40}|fmt\.(?:P|Fp)rint\w{0,3}|panic"
)
_NOTHING = frozenset({"undefined", "null", "nil", "void 0"})
_HEAD = 120
_LONGEST = 2_000
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class TreeProposal:
    """One way: the smaller its rank, the more telling; what stands on a line from `start` to `end` becomes `text`."""

    rank: int
    operator: str
    line: int
    start: int
    end: int
    text: bytes


def proposals(node: Node, language: str) -> Iterator[TreeProposal]:
    """Yield the ways for one node, not for what is inside it."""
    match node.type:
        case "binary_expression":
            yield from _of_binary(node)
        case "augmented_assignment_expression" | "assignment_statement":
            yield from _of_sign(node, "arithmetic", 4, _AUGMENTED)
        case "unary_expression":
            yield from _of_not(node)
        case "true" | "false":
            yield _whole(node, 5, "constant", b"false" if node.type == "true" else b"true")
        case kind if kind in _NUMBERS and _DECIMAL.fullmatch(node.head(_HEAD)):
            yield _whole(node, 6, "constant", str(int(node.text) + 1).encode("ascii"))
        case "if_statement" | "while_statement":
            yield from _of_condition(node)
        case _:
            yield from _of_statement(node, language)


def is_spoken(node: Node) -> bool:
    """Return whether what is inside a node only says something, or stands beside an error that is handed on."""
    match node.type:
        case "throw_statement":
            return True
        case "call_expression":
            return _SPOKEN.match(node.head(_HEAD)) is not None
        case "expression_list":
            parts = node.parts
            return len(parts) > 1 and parts[-1].head(_HEAD) == "err"
        case _:
            return False


def _of_binary(node: Node) -> Iterator[TreeProposal]:
    yield from _of_sign(node, "boundary", 0, _BOUNDS)
    yield from _of_sign(node, "comparison", 8, _REVERSED)
    yield from _of_sign(node, "comparison", 1, _OPPOSITES)
    for one in _of_sign(node, "and/or", 2, _JOINED) if _is_short(node) else ():
        # In brackets: the other sign binds differently from its neighbours.
        raw = node.raw
        inner = raw[: one.start - node.start] + one.text + raw[one.end - node.start :]
        yield _whole(node, one.rank, one.operator, b"(" + inner + b")")
    if not _is_text(node):
        yield from _of_sign(node, "arithmetic", 4, _ARITHMETIC)


def _of_sign(node: Node, operator: str, rank: int, table: dict[str, str]) -> Iterator[TreeProposal]:
    sign = node.field("operator")
    right = node.field("right")
    if sign is None or sign.head(_HEAD) not in table:
        return
    if operator == "arithmetic" and right is not None and right.type in _TEXTS:
        return
    yield _whole(sign, rank, operator, table[sign.text].encode("ascii"))


def _of_not(node: Node) -> Iterator[TreeProposal]:
    sign, inner = node.field("operator"), node.field("argument") or node.field("operand")
    if sign is None or inner is None or sign.type != "!" or inner.type == "unary_expression" or not _is_short(node):
        return
    above = node.above()
    if above is None or above.type != "unary_expression":
        yield _whole(node, 3, "not", b"(" + inner.raw + b")")


def _of_condition(node: Node) -> Iterator[TreeProposal]:
    test = node.field("condition")
    if test is not None and test.type == "parenthesized_expression" and len(test.parts) == 1:
        test = test.parts[0]
    if test is not None and test.type not in {"binary_expression", "unary_expression"} and _is_short(test):
        yield _whole(test, 3, "condition", b"!(" + test.raw + b")")


def _of_statement(node: Node, language: str) -> Iterator[TreeProposal]:
    script = language != "go"
    parts = node.parts
    match node.type:
        case "expression_statement" if parts and parts[0].type in _CALLS and not _SPOKEN.match(parts[0].head(_HEAD)):
            yield _whole(node, 7, "call", b"void 0;" if script else b"")
        case "throw_statement":
            yield _whole(node, 3, "raise", b"void 0;")
        case "continue_statement" if not parts:
            yield _whole(node, 7, "loop", b"break;" if script else b"break")
        case "return_statement" if script and parts and parts[0].head(_HEAD) not in _NOTHING:
            yield _whole(parts[0], 7, "return", b"undefined")
        case "return_statement" if parts and parts[0].type == "expression_list":
            last = parts[0].parts[-1:]
            if last and last[0].head(_HEAD) == "err":
                yield _whole(last[0], 7, "return", b"nil")
        case _:
            return


def _whole(node: Node, rank: int, operator: str, text: bytes) -> TreeProposal:
    return TreeProposal(rank, operator, node.first, node.start, node.end, text)


def _is_short(node: Node) -> bool:
    return node.first == node.last and node.end - node.start <= _LONGEST


def _is_text(node: Node) -> bool:
    """Return whether a sum is one of texts, as far as its first and last part show."""
    left, right = node.field("left"), node.field("right")
    for _ in range(_DEEPEST):
        if left is None or left.type != "binary_expression":
            break
        left = left.field("left")
    return any(side is not None and side.type in _TEXTS for side in (left, right))
