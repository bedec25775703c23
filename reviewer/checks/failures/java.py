"""The failure paths of a method in Java, by syntax tree."""

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

_DEMANDS = re.compile(
    r"(?:Objects\.requireNonNull\w*|(?:\w+\.)?(?:checkArgument|checkState|checkNotNull|checkElementIndex|verifyNotNull)"
    r"|Assert\.\w+|Validate\.\w+|\w*\.?orElseThrow)"
)
_PRESENT = re.compile(r"(?i)(?:\.|^)(?:require|check|state|argument|verify)?_?(?:not|non)_?(?:null|empty)\w*$")
_EXIT = re.compile(r"(?:System|Runtime\.getRuntime\(\))\.(?:exit|halt)")


def failure_paths(function: Function) -> FailurePaths:
    """Return the failure paths of a method with those of the lambdas inside it."""
    found = Found()
    for node in function.own():
        take = _TAKERS.get(node.type)
        if take is not None:
            take(found, node)
    return found.done()


def _try(found: Found, node: Node) -> None:
    body = node.field("body")
    guarded = short(body) if body is not None else ""
    resources = node.field("resources")
    if resources is not None:
        found.cleanups.append(place(resources, f"try {short(resources)}"))
    for part in node.parts:
        if part.type == "catch_clause":
            _catch(found, part, guarded)
        elif part.type == "finally_clause":
            found.cleanups.append(place(part, f"finally: {' '.join(short(one) for one in part.parts)}"))
            for inner in below(part, lambda one: one.type not in {"lambda_expression", "class_body"}):
                if inner.type == "return_statement":
                    found.drop("A return in a finally block drops the failure.", inner)


def _catch(found: Found, node: Node, guarded: str) -> None:
    parameter = next((part for part in node.parts if part.type == "catch_formal_parameter"), None)
    types: tuple[str, ...] = ("an exception",)
    name = ""
    if parameter is not None:
        listed = next((part for part in parameter.parts if part.type == "catch_type"), None)
        if listed is not None:
            types = tuple(sorted(short(part) for part in listed.parts))
        called = parameter.field("name")
        name = called.text if called is not None else ""
    body = node.field("body")
    statements = body.parts if body is not None else ()
    found.handlers.append(Handler(types, _disposition(statements, name), node.first, node.last, guarded))
    for part in below(node):
        if part.type == "throw_statement" and name and mentions([part], name) and "new " in short(part):
            found.chained.append(place(part))


def _throw(found: Found, node: Node) -> None:
    found.raises.append(place(node))


def _if(found: Found, node: Node) -> None:
    condition, block = node.field("condition"), node.field("consequence")
    if condition is None or block is None:
        return
    for part in block.parts if block.type == "block" else (block,):
        if part.type == "throw_statement":
            found.guards.append((short(part), Place(short(condition).strip("()"), part.first, part.last)))


def _call(found: Found, node: Node) -> None:
    owner, name = node.field("object"), node.field("name")
    called = f"{short(owner)}." if owner is not None and owner.type in {"identifier", "field_access"} else ""
    called += name.text if name is not None else ""
    if _PRESENT.search(called):
        found.asserts.append(place(node))
    elif _DEMANDS.fullmatch(called) or called.endswith("orElseThrow"):
        found.raises.append(place(node))


def _sync(found: Found, node: Node) -> None:
    lock = node.parts[0] if node.parts else node
    found.cleanups.append(place(lock, f"synchronized {short(lock)}"))


def _disposition(statements: Sequence[Node], name: str) -> Disposition:
    raising = wraps = logs = False
    for statement in statements:
        for part in below(statement):
            if part.type == "throw_statement":
                raising = True
                wraps = wraps or "new " in short(part)
            elif part.type == "method_invocation":
                called = short(part).split("(")[0]
                logs = logs or LOGS.search(f"{called}(") is not None or called.endswith("printStackTrace")
                raising = raising or _EXIT.match(called) is not None
    return judge(statements, raising=raising, wraps=wraps, logs=logs, uses=mentions(statements, name))


_TAKERS = {
    "try_statement": _try,
    "try_with_resources_statement": _try,
    "throw_statement": _throw,
    "if_statement": _if,
    "method_invocation": _call,
    "synchronized_statement": _sync,
}
