"""The failure paths of a function in JavaScript or TypeScript, by syntax tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.model import Handler, Place
from reviewer.checks.failures.trees import LOGS, Found, below, is_constant, judge, mentions, place, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.failures.model import Disposition, FailurePaths
    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Node

_FUNCTIONS = frozenset({"arrow_function", "function_expression", "function_declaration", "method_definition"})
_PASSES_ON = re.compile(r"(?:next|cb|callback|done|reject|fail|\w+\.(?:reject|destroy|fail|abort|throw))")
_ERROR = re.compile(r"(?:err|error|e|ex|exception|reason|cause|new \w*(?:Error|Exception)\(.*)", re.DOTALL)
_NOTHING = re.compile(r"(?:noop|_\.noop|angular\.noop|\$\.noop|nop|ignore)")
_ANSWER = re.compile(
    r"(?:status|sendStatus|writeHead)\(\s*([45]\d\d)|statusCode\s*=\s*([45]\d\d)|\babort\(\s*([45]\d\d)"
)
_CHECKED = re.compile(r"!\s*(?:\w+\.)*(?:ok|success)|(?:\w+\.)*(?:err|error)(?:\s*!==?\s*(?:null|undefined))?")


def failure_paths(function: Function) -> FailurePaths:
    """Return the failure paths of a function, without those of functions defined inside it."""
    found = Found()
    for node in function.own():
        take = _TAKERS.get(node.type)
        if take is not None:
            take(found, node)
    return found.done()


def _try(found: Found, node: Node) -> None:
    body, handler, final = node.field("body"), node.field("handler"), node.field("finalizer")
    if handler is not None:
        caught, block = handler.field("parameter"), handler.field("body")
        statements = block.parts if block is not None else ()
        does = _disposition(statements, caught.text if caught is not None else "")
        found.handlers.append(
            Handler(("an exception",), does, handler.first, handler.last, short(body) if body is not None else "")
        )
    if final is not None:
        block = final.field("body") or final
        found.cleanups.append(place(final, f"finally: {short(block)}"))
        for part in block.parts:
            if part.type == "return_statement":
                found.drop("A return in a finally block drops the failure.", part)


def _throw(found: Found, node: Node) -> None:
    found.raises.append(place(node))
    if "cause" in short(node):
        found.chained.append(place(node))


def _if(found: Found, node: Node) -> None:
    condition, block = node.field("condition"), node.field("consequence")
    if condition is None or block is None:
        return
    text = short(condition).strip("()").strip()
    statements = block.parts if block.type == "statement_block" else (block,)
    if _CHECKED.fullmatch(text):
        name = text.lstrip("! ").split(" ")[0]
        does = _disposition(statements, name)
        found.handlers.append(Handler((f"the check of {name}",), does, node.first, block.last, text))
    for part in statements:
        if part.type == "throw_statement":
            found.guards.append((short(part), Place(text, part.first, part.last)))


def _call(found: Found, node: Node) -> None:
    called, arguments = node.field("function"), node.field("arguments")
    if called is None or arguments is None:
        return
    name = short(called)
    given = arguments.parts
    method = called.field("property")
    if method is not None and given:
        if method.text == "catch":
            _caught(found, node, given[0], "a rejection")
        elif method.text == "then" and len(given) > 1:
            _caught(found, node, given[1], "a rejection")
        elif method.text in {"on", "once", "addEventListener"} and len(given) > 1 and given[0].text[1:-1] == "error":
            _caught(found, node, given[1], "the event “error”")
        elif method.text == "finally":
            found.cleanups.append(place(node, f"finally: {short(given[0])}"))
    if _PASSES_ON.fullmatch(name) and given and _ERROR.fullmatch(short(given[0])):
        found.raises.append(place(node))
    elif (answer := _ANSWER.search(f"{name.rsplit('.', 1)[-1]}{short(arguments)}")) is not None:
        status = next(part for part in answer.groups() if part)
        found.raises.append(place(node, f"answers {status}: {short(node)}"))


def _caught(found: Found, node: Node, handler: Node, what: str) -> None:
    does: Disposition = "acts"
    if handler.type in _FUNCTIONS:
        params = handler.field("parameters") or handler.field("parameter")
        names = [part.text for part in below(params) if part.type == "identifier"] if params is not None else []
        body = handler.field("body")
        statements = () if body is None else body.parts if body.type == "statement_block" else (body,)
        does = _disposition(statements, names[0] if names else "")
    elif is_constant(handler) or _NOTHING.fullmatch(short(handler)):
        does = "passes"
    elif LOGS.search(short(handler)):
        does = "logs"
    elif _PASSES_ON.fullmatch(short(handler)):
        does = "raises"
    guarded = node.field("function")
    found.handlers.append(Handler((what,), does, handler.first, handler.last, short(guarded) if guarded else ""))


def _disposition(statements: Sequence[Node], name: str) -> Disposition:
    raising = wraps = logs = False
    for statement in statements:
        for part in below(statement, lambda one: one.type not in _FUNCTIONS):
            if part.type == "throw_statement":
                raising = True
                wraps = wraps or "new " in short(part)
            elif part.type == "call_expression":
                called = short(part.field("function") or part)
                arguments = short(part.field("arguments") or part).strip("() ")
                if _PASSES_ON.fullmatch(called) and arguments:
                    raising = True
                elif called.endswith("Promise.reject") or _ANSWER.search(short(part)):
                    raising = wraps = True
                logs = logs or LOGS.search(f"{called}(") is not None
    if len(statements) == 1 and statements[0].type == "call_expression" and not (raising or logs):
        return "uses it" if mentions(statements, name) else "acts"
    uses = mentions(statements, name)
    if not raising and any(part.type == "return_statement" and mentions([part], name) for part in statements):
        return "uses it"
    return judge(statements, raising=raising, wraps=wraps, logs=logs, uses=uses)


def _await(found: Found, node: Node) -> None:
    if node.parts:
        found.heeded.append(place(node.parts[0]))


def _statement(found: Found, node: Node) -> None:
    if node.parts and node.parts[0].type == "call_expression":
        found.drop("", node.parts[0])
    elif node.parts and node.parts[0].type == "unary_expression" and node.parts[0].text.startswith("void "):
        found.drop("", node.parts[0].parts[-1], node)


def _assigned(found: Found, node: Node) -> None:
    answer = _ANSWER.search(short(node))
    if answer is not None and node.type == "assignment_expression":
        found.raises.append(place(node, f"answers {answer.group(2)}: {short(node)}"))


_TAKERS = {
    "try_statement": _try,
    "throw_statement": _throw,
    "if_statement": _if,
    "call_expression": _call,
    "await_expression": _await,
    "expression_statement": _statement,
    "assignment_expression": _assigned,
}
