"""The failure paths of a method in Ruby, by syntax tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.model import Dropped, Handler, Place
from reviewer.checks.failures.trees import LOGS, Found, below, is_constant, judge, mentions, place, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.failures.model import Disposition, FailurePaths
    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Node

_BARE = ("StandardError",)
_RAISES = frozenset({"raise", "fail", "abort", "halt", "throw", "exit"})
_BLOCKS = re.compile(r"(?:\w+\.)*(?:transaction|synchronize|with_lock|lock)")
_SAVES = frozenset({"save", "create", "update", "destroy", "validate"})


def failure_paths(function: Function) -> FailurePaths:
    """Return the failure paths of a method with those of the nameless blocks inside it."""
    found = Found()
    for node in function.own():
        take = _TAKERS.get(node.type)
        if take is not None and node.named:
            take(found, node)
    return found.done()


def _rescue(found: Found, node: Node) -> None:
    listed, variable, body = node.field("exceptions"), node.field("variable"), node.field("body")
    types = tuple(sorted(short(part) for part in listed.parts)) if listed is not None else _BARE
    name = short(variable).removeprefix("=>").strip() if variable is not None else ""
    statements = body.parts if body is not None else ()
    found.handlers.append(Handler(types, _disposition(statements, name), node.first, node.last, ""))


def _modifier(found: Found, node: Node) -> None:
    body, handler = node.field("body"), node.field("handler")
    if body is None or handler is None:
        return
    does: Disposition = "returns a constant" if is_constant(handler) else "acts"
    found.handlers.append(Handler(_BARE, does, node.first, node.last, short(body)))


def _ensure(found: Found, node: Node) -> None:
    found.cleanups.append(place(node))


def _call(found: Found, node: Node) -> None:
    name = short(node.field("method") or node)
    receiver = node.field("receiver")
    if receiver is None and name in _RAISES:
        found.raises.append(place(node))
        return
    if node.field("block") is not None:
        called = f"{short(receiver)}.{name}" if receiver is not None else name
        if _BLOCKS.fullmatch(called):
            found.cleanups.append(place(receiver or node, f"{called} do"))
    if receiver is not None and name.rstrip("!") in _SAVES:
        # `save!` raises where `save` only says false.
        text = short(node).replace("!", "", 1) if name.endswith("!") else short(node)
        if name.endswith("!"):
            found.heeded.append(place(node, text))
        else:
            found.dropped.append(Dropped("", text, node.first, node.last))


def _if(found: Found, node: Node) -> None:
    condition, body = node.field("condition"), node.field("consequence") or node.field("body")
    if condition is None or body is None:
        return
    for part in body.parts if body.type == "then" else (body,):
        if short(part).startswith(("raise ", "fail ", "halt ")):
            found.guards.append((short(part), Place(short(condition), part.first, part.last)))


def _disposition(statements: Sequence[Node], name: str) -> Disposition:
    raising = wraps = logs = again = False
    for statement in statements:
        for part in below(statement):
            text = short(part) if part.type in {"call", "identifier", "retry"} else ""
            word = re.match(r"\w*", text)
            first = word.group() if word else ""
            if part.named and first in _RAISES and part.type in {"call", "identifier"}:
                raising = True
                wraps = wraps or text != first
            elif part.type == "retry" and part.named:
                again = True
            elif part.type == "call":
                logs = logs or LOGS.search(f"{text.split('(')[0].split(' ')[0]}(") is not None
    if again and not raising:
        return "tries again"
    return judge(statements, raising=raising, wraps=wraps, logs=logs, uses=mentions(statements, name))


_TAKERS = {
    "rescue": _rescue,
    "rescue_modifier": _modifier,
    "ensure": _ensure,
    "call": _call,
    "if": _if,
    "unless": _if,
    "if_modifier": _if,
    "unless_modifier": _if,
}
