"""What the failure paths of all languages with a syntax tree have in common: gathering them, and judging a block.

Knows no language; each has a module of its own that says which node is what.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks.failures.model import Dropped, FailurePaths, Handler, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reviewer.checks.failures.model import Disposition
    from reviewer.syntax.tree import Node

_LONGEST = 200
_MOST_NODES = 2_000
LOGS = re.compile(
    r"(?:^|[.\s:])(?:log\w*|logger|console|slog|klog|glog|logrus|zap|puts|warn|print\w*|eprint\w*|debug|info|error|fatal\w*"
    r"|trace|report\w*|capture\w*|notify\w*|emit|send_error|handle_error|onError|System\.(?:out|err)\.print\w*)(?:$|[.(!])",
    re.IGNORECASE,
)
_CONSTANTS = frozenset(
    {
        *("null", "undefined", "true", "false", "nil", "none", "number", "string", "integer", "float", "int_literal"),
        *("float_literal", "integer_literal", "boolean_literal", "string_literal", "interpreted_string_literal"),
        *("raw_string_literal", "decimal_integer_literal", "null_literal", "unit_expression", "simple_symbol"),
        *("decimal_floating_point_literal", "char_literal", "rune_literal", "symbol"),
    }
)
_EMPTY_MAKERS = re.compile(
    r"(?:\[\s*\]|\{\s*\}|\(\s*\)|None|Ok\(\(\)\)|Ok\((?:None|false|true|0|\"\")\)|Vec::new\(\)|String::new\(\)|vec!\[\]"
    r"|Default::default\(\)|Ok\((?:Default::default|Vec::new|String::new)\(\)\)|void 0|new \w+(?:<>)?\(\)"
    r"|(?:Optional|List|Map|Set|Collections)\.(?:empty|of|emptyList|emptyMap|emptySet)\(\)|\w*\[\]\w*\{\}|\w+\{\})"
)


@dataclass(slots=True)
class Found:
    """What one function has so far; the fields are those of `FailurePaths`."""

    handlers: list[Handler] = field(default_factory=list)
    raises: list[Place] = field(default_factory=list)
    asserts: list[Place] = field(default_factory=list)
    chained: list[Place] = field(default_factory=list)
    cleanups: list[Place] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    heeded: list[Place] = field(default_factory=list)
    aborts: list[Place] = field(default_factory=list)
    guards: list[tuple[str, Place]] = field(default_factory=list)
    reports: bool | None = None

    def drop(self, what: str, call: Node, node: Node | None = None, *, is_said: bool = False) -> None:
        """Note that the outcome of `call` is thrown away; an empty `what`: that is odd only if it was not before."""
        place = node or call
        self.dropped.append(Dropped(what, short(call), place.first, place.last, is_said))

    def done(self) -> FailurePaths:
        """Return everything."""
        return FailurePaths(
            handlers=tuple(self.handlers),
            raises=tuple(self.raises),
            asserts=tuple(self.asserts),
            chained=tuple(self.chained),
            cleanups=tuple(self.cleanups),
            dropped=tuple(self.dropped),
            heeded=tuple(self.heeded),
            aborts=tuple(self.aborts),
            guards=tuple(self.guards),
            reports=self.reports,
        )


def short(node: Node) -> str:
    """Return the source of a node in one line, bounded."""
    return " ".join(node.head(_LONGEST * 4).split())[:_LONGEST]


def place(node: Node, text: str = "") -> Place:
    """Return a node as a place, with its own source unless told otherwise."""
    return Place(text or short(node), node.first, node.last)


def is_constant(node: Node | None) -> bool:
    """Return whether a value is the same whatever happened: a literal, nothing, or something empty."""
    if node is None or node.type in _CONSTANTS:
        return True
    if node.type in {"expression_list", "argument_list", "parenthesized_expression"}:
        return all(is_constant(part) for part in node.parts)
    return _EMPTY_MAKERS.fullmatch(short(node)) is not None


def judge(statements: Sequence[Node], *, raising: bool, wraps: bool, logs: bool, uses: bool) -> Disposition:
    """Return what a block does with a failure.

    Args:
        statements: the block's own statements, without comments.
        raising: something in it raises.
        wraps: it raises something new.
        logs: it tells somebody.
        uses: it reads the failure.
    """
    if raising:
        return "logs and raises" if logs else "wraps" if wraps else "raises"
    if logs:
        return "logs"
    if not statements:
        return "passes"
    if len(statements) == 1:
        only = statements[0]
        if only.type in {
            "continue_statement",
            "break_statement",
            "next",
            "break",
            "continue_expression",
            "break_expression",
        }:
            return "continues"
        if is_return(only) and is_constant(returned(only)):
            return "returns a constant"
        if _sets_constant(only):
            return "sets a constant"
        if is_constant(only):
            return "returns a constant"
    return "uses it" if uses else "acts"


def is_return(node: Node) -> bool:
    """Return whether a node is a return."""
    return node.type in {"return_statement", "return_expression", "return"} or (
        node.type == "expression_statement" and any(part.type == "return_expression" for part in node.parts)
    )


def returned(node: Node) -> Node | None:
    """Return the value of a return, None if it has none."""
    inner = node.parts[0] if node.type == "expression_statement" else node
    return inner.parts[0] if inner.parts else None


def _sets_constant(node: Node) -> bool:
    inner = node.parts[0] if node.type == "expression_statement" and node.parts else node
    if inner.type not in {"assignment_expression", "assignment_statement", "assignment"}:
        return False
    return is_constant(inner.field("right"))


def mentions(nodes: Iterable[Node], name: str) -> bool:
    """Return whether a name is read somewhere below."""
    kinds = {"identifier", "shorthand_property_identifier"}
    return bool(name) and any(part.type in kinds and part.text == name for node in nodes for part in below(node))


def below(node: Node, enter: Callable[[Node], bool] | None = None) -> Iterator[Node]:
    """Yield a node and what is below it, so much of it that blocks inside blocks cost little."""
    return itertools.islice(node.walk(enter), _MOST_NODES)
