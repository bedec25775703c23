"""The failure paths of a function in Rust, by syntax tree: `?`, `Err`, and what turns a result into nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.model import Handler, Place
from reviewer.checks.failures.trees import LOGS, Found, below, judge, mentions, place, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.failures.model import Disposition, FailurePaths
    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Node

_RAISES = re.compile(r"(?:anyhow::|eyre::|miette::)?(?:bail|ensure|panic|anyhow|eyre)")
_ASSERTS = re.compile(r"(?:debug_)?assert(?:_eq|_ne)?")
_DEFAULTS = frozenset({"unwrap_or_default", "unwrap_or", "unwrap_or_else", "ok"})
_ERR = re.compile(r"Err\s*\(\s*(?:ref\s+|mut\s+)?(?P<name>\w+|\.\.)?")


def failure_paths(function: Function) -> FailurePaths:
    """Return the failure paths of a function with those of the closures inside it."""
    found = Found()
    result = function.node.field("return_type")
    if function.kind != "module":
        found.reports = result is not None and "Result" in result.text
    for node in function.own():
        take = _TAKERS.get(node.type)
        if take is not None:
            take(found, node)
    return found.done()


def _tried(found: Found, node: Node) -> None:
    if node.parts:
        call = node.parts[0]
        method = _method(call)
        if method in {"context", "with_context", "wrap_err", "wrap_err_with", "map_err"}:
            found.chained.append(place(call))
            call = _receiver(call) or call
        found.heeded.append(place(call))


def _method(node: Node) -> str:
    called = node.field("function") if node.type == "call_expression" else None
    name = called.field("field") if called is not None and called.type == "field_expression" else None
    return name.text if name is not None else ""


def _receiver(node: Node) -> Node | None:
    called = node.field("function")
    return called.field("value") if called is not None else None


def _call(found: Found, node: Node) -> None:
    method, receiver = _method(node), _receiver(node)
    called = short(node.field("function") or node)
    if called == "Err":
        found.raises.append(place(node))
    if receiver is None or not method:
        return
    if method in {"unwrap", "expect"}:
        found.aborts.append(place(node))
    elif method in _DEFAULTS:
        found.drop("A failure is replaced by a default." if method == "unwrap_or_default" else "", receiver, node)


def _macro(found: Found, node: Node) -> None:
    name = short(node.field("macro") or node)
    if _RAISES.fullmatch(name):
        found.raises.append(place(node))
    elif _ASSERTS.fullmatch(name):
        found.asserts.append(place(node))


def _let(found: Found, node: Node) -> None:
    pattern, value = node.field("pattern"), node.field("value")
    if pattern is None or value is None or pattern.text != "_":
        return
    if value.type == "await_expression" and value.parts:
        value = value.parts[0]
    if value.type == "call_expression":
        found.drop("A result is assigned to the blank name.", value, node, is_said=True)


def _statement(found: Found, node: Node) -> None:
    if not node.parts:
        return
    call = node.parts[0]
    if _method(call) == "ok":
        receiver = _receiver(call)
        found.drop("A result is turned into nothing.", receiver or call, node)
    elif call.type == "call_expression":
        found.drop("", call)


def _arm(found: Found, node: Node) -> None:
    pattern, value = node.field("pattern"), node.field("value")
    match = _ERR.match(short(pattern)) if pattern is not None else None
    if match is None or value is None or pattern is None:
        return
    statements = value.parts if value.type == "block" else (value,)
    if short(value) in {"()", "{}"}:
        statements = ()
    found.handlers.append(
        Handler(
            (short(pattern).split("(")[0],), _disposition(statements, match["name"] or ""), node.first, node.last, ""
        )
    )


def _if(found: Found, node: Node) -> None:
    condition, block = node.field("condition"), node.field("consequence")
    if condition is None or block is None:
        return
    text = short(condition)
    match = _ERR.search(text) if text.startswith("let ") else None
    if match is not None:
        does = _disposition(block.parts, match["name"] or "")
        found.handlers.append(Handler(("Err",), does, node.first, block.last, text.split("=", 1)[-1]))
        return
    for part in block.parts:
        if re.match(r"return Err\(|bail!", short(part)):
            found.guards.append((short(part), Place(text, part.first, part.last)))
    if text.startswith(("let Ok(", "let Some(Ok(")) and node.field("alternative") is None:
        value = condition.field("value")
        if value is not None:
            found.drop("", value, condition)


def _disposition(statements: Sequence[Node], name: str) -> Disposition:
    raising = wraps = logs = False
    for statement in statements:
        for part in below(statement):
            if part.type == "macro_invocation":
                macro = short(part.field("macro") or part)
                raising = raising or _RAISES.fullmatch(macro) is not None
                logs = logs or LOGS.search(f"{macro}!") is not None
            elif part.type == "call_expression":
                called = short(part.field("function") or part)
                if called in {"Err", "Some"} and mentions([part], name):
                    raising = True
                elif called in {"Err", "process::exit", "std::process::exit"}:
                    raising = wraps = True
                logs = logs or LOGS.search(f"{called}(") is not None
            elif part.type == "try_expression":
                raising = True
    return judge(statements, raising=raising, wraps=wraps, logs=logs, uses=mentions(statements, name))


_TAKERS = {
    "try_expression": _tried,
    "call_expression": _call,
    "macro_invocation": _macro,
    "let_declaration": _let,
    "expression_statement": _statement,
    "match_arm": _arm,
    "if_expression": _if,
}
