"""The failure paths of a function in Go, by syntax tree: errors are values, and nothing forces anyone to look."""

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

_IS_ERROR = re.compile(r"(?P<name>\w*[eE]rr\w*)\s*!=\s*nil")
_ERROR_NAME = re.compile(r"\w*[eE]rr\w*")
_MAKES = re.compile(
    r"(?:errors\.(?:New|Join|Wrap\w*|Errorf|WithStack|WithMessage\w*)|fmt\.Errorf|status\.Errorf?|xerrors\.\w+)"
)
_ENDS = re.compile(
    r"(?:panic|os\.Exit|log\.(?:Fatal|Panic)\w*|runtime\.Goexit|\w+\.(?:Fatal|Fatalf|FailNow|Abort\w*)|http\.Error)"
)
_BOOLEAN_SECOND = re.compile(
    r"(?:\w+\.)*(?:Cut\w*|LookupEnv|Lookup|Caller|DecodeRune\w*|DecodeLastRune\w*|Load|LoadAndDelete|Modf|Frexp|Split|Deadline"
    r"|ReadBuildInfo|FromContext|Get\w*|Has\w*|Find\w*|Pop\w*|Peek\w*|Size|EncodeRune|Sincos|Div\w*|Mul\w*|Add\w*|Zone|ISOWeek"
    r"|Fprint\w*|Print\w*|Date|Clock|Next|Max\w*|Min\w*)"
)
_HARMLESS = re.compile(
    r"(?:\w+\.)*(?:Close|Fprint\w*|Print\w*|WriteString|WriteByte|WriteRune|Flush|Sync|Remove\w*|Unlock|Kill|Wait)"
)


def failure_paths(function: Function) -> FailurePaths:
    """Return the failure paths of a function with those of the nameless functions inside it."""
    found = Found()
    result = function.node.field("result")
    if function.kind != "module":
        found.reports = result is not None and re.search(r"\berror\b", result.text) is not None
    for node in function.own():
        take = _TAKERS.get(node.type)
        if take is not None:
            take(found, node)
    return found.done()


def _if(found: Found, node: Node) -> None:
    condition, block = node.field("condition"), node.field("consequence")
    if condition is None or block is None:
        return
    text = short(condition)
    match = _IS_ERROR.search(text)
    statements = _statements(block)
    if match is not None:
        first = node.field("initializer")
        # What stands beside the test ("&& !errors.Is(err, io.EOF)") says which errors are meant.
        kinds = sorted(set(re.findall(r"errors\.(?:Is|As)\(\w+, &?([\w.]+)", text)))
        caught = (f"an error but {', '.join(kinds)}",) if kinds else ("an error",)
        guarded = short(first) if first is not None else _before(node)
        found.handlers.append(Handler(caught, _disposition(statements, match["name"]), node.first, block.last, guarded))
        return
    for part in statements:
        if part.type == "return_statement" and _MAKES.search(short(part)):
            found.guards.append((short(part), Place(text, part.first, part.last)))


def _before(node: Node) -> str:
    previous = node.before()
    return short(previous) if previous is not None else ""


def _statements(block: Node) -> tuple[Node, ...]:
    parts = block.parts
    if len(parts) == 1 and parts[0].type == "statement_list":
        return parts[0].parts
    return parts


def _disposition(statements: Sequence[Node], name: str) -> Disposition:
    raising = wraps = logs = False
    for statement in statements:
        for part in below(statement):
            if part.type == "return_statement" and (mentions([part], name) or _MAKES.search(short(part))):
                raising = True
                wraps = wraps or _MAKES.search(short(part)) is not None
            elif part.type == "call_expression":
                called = short(part.field("function") or part)
                raising = raising or _ENDS.fullmatch(called) is not None
                logs = logs or LOGS.search(f"{called}(") is not None
            elif part.type in {"send_statement", "assignment_statement"} and not _is_blank(part):
                raising = raising or mentions([part], name)
    if not raising and len(statements) == 1 and statements[0].type == "return_statement" and not statements[0].parts:
        return "returns a constant" if not logs else "logs"
    return judge(statements, raising=raising, wraps=wraps, logs=logs, uses=mentions(statements, name))


def _is_blank(node: Node) -> bool:
    left = node.field("left")
    return left is not None and set(short(left).replace(",", " ").split()) == {"_"}


def _return(found: Found, node: Node) -> None:
    text = short(node)
    if _MAKES.search(text):
        found.raises.append(place(node))
        if "%w" in text or re.search(r"\bWrap|\bWith(?:Stack|Message)", text):
            found.chained.append(place(node))


def _call(found: Found, node: Node) -> None:
    called = short(node.field("function") or node)
    if _ENDS.fullmatch(called):
        found.raises.append(place(node))
    elif called == "recover":
        found.handlers.append(Handler(("a panic",), "acts", node.first, node.last, "recover"))


def _defer(found: Found, node: Node) -> None:
    if node.parts and "recover()" not in short(node):
        found.cleanups.append(place(node))


def _assigned(found: Found, node: Node) -> None:
    left, right = node.field("left"), node.field("right")
    if left is None or right is None:
        return
    names = left.parts if left.type == "expression_list" else (left,)
    values = right.parts if right.type == "expression_list" else (right,)
    if len(values) == 1 and values[0].type == "identifier" and {name.text for name in names} == {"_"}:
        if _ERROR_NAME.fullmatch(values[0].text):
            found.drop("An error is assigned to the blank name.", values[0], node)
        return
    if len(values) != 1 or values[0].type != "call_expression" or not names:
        return
    call = values[0]
    called = short(call.field("function") or call)
    if _ERROR_NAME.fullmatch(names[-1].text):
        found.heeded.append(place(call))
    elif names[-1].text == "_":
        harmless = _HARMLESS if len(names) == 1 else _BOOLEAN_SECOND
        known = harmless.fullmatch(called) is not None or (len(names) > 1 and names[0].text == "_")
        what = "" if known else "An error is assigned to the blank name."
        found.drop(what, call, node, is_said=len(names) == 1)


def _statement(found: Found, node: Node) -> None:
    if node.parts and node.parts[0].type == "call_expression":
        found.drop("", node.parts[0])


def _returns_call(found: Found, node: Node) -> None:
    _return(found, node)
    for part in node.parts[:1]:
        values = part.parts if part.type == "expression_list" else (part,)
        found.heeded.extend(place(value) for value in values if value.type == "call_expression")


_TAKERS = {
    "if_statement": _if,
    "return_statement": _returns_call,
    "call_expression": _call,
    "defer_statement": _defer,
    "short_var_declaration": _assigned,
    "assignment_statement": _assigned,
    "expression_statement": _statement,
}
