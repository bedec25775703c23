"""Forms that are seldom meant, in languages other than Python: by syntax tree where there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible import said
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.plausible.spans import WHY_SPANS, is_half_overlap
from reviewer.checks.plausible.stubs import UNFINISHED
from reviewer.syntax.function import MODULE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.checks.finding import Severity
    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Node, Tree

_WHY_SAME = "An operator with twice the same operand is mostly a slip of one name."
_WHY_INDEX = "An index that is one off is wrong for the first or the last element only, where tests seldom look."
_WHY_TEST = "What behaves otherwise under test is not what the tests test."
_WHY_STUB = "Its callers get nothing, or a value that does not depend on what they give."
_WHY_AWAIT = "Nobody waits for it, and its failure goes unheard."
_WHY_ASSIGNED = "It binds the name and asks whether the value is true."
_WHY_IDENTITY = "Two strings with the same characters need not be the same object."
_WHY_SORT = "Without a comparison numbers are ordered as text: 10 comes before 9."
_WHY_ZERO = "Zero is a number like others, and is treated here as if none were given."
_BINARY = frozenset({"binary_expression", "binary"})
_SAME = frozenset({"==", "===", "<", ">", "<=", ">=", "&&", "||", "-", "/", "%", "!==", "and", "or"})
_ASSIGNMENTS = frozenset({"assignment_expression", "assignment", "assignment_statement"})
_LENGTHS = re.compile(r"(?:len\((?P<go>[\w.]+)\)|(?P<dot>[\w.]+)\.(?:length|size|len|count)(?:\(\))?)")
_TESTING = re.compile(
    r"process\.env\.(?:NODE_ENV\s*={2,3}\s*['\"]test['\"]|JEST_WORKER_ID\b|VITEST\b)|\bRails\.env\.test\?"
)
_NOT_THERE = re.compile(
    r"throw new (?:Error|\w*OperationException|NotImplementedException)\(\s*['\"`][^'\"`]{0,40}not (?:yet )?implemented"
    r"|panic\(\s*\"(?:not (?:yet )?implemented|todo|unimplemented)|\b(?:todo|unimplemented)!\("
    r"|\braise NotImplementedError",
    re.IGNORECASE,
)
_TODO = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
_IMPLEMENT = re.compile(
    r"\b(?:TODO|FIXME)\b[:\s(\w)-]{0,30}\b(?:implement|replace with|real|actual|proper|wire)", re.IGNORECASE
)


def signs(tree: Tree, is_touched: Callable[[int, int], bool]) -> Iterator[Sign]:
    """Yield the forms on lines that `is_touched` tells."""
    waiting = _async_functions(tree) if tree.language in {"javascript", "typescript"} else frozenset[str]()
    for node in tree.walk():
        if node.first != node.last and node.end - node.start > 4_000:
            continue
        if not is_touched(node.first, node.last):
            continue
        yield from _node(tree, node, waiting)


def asked_first(function: Function) -> Iterator[Sign]:
    """Yield what a function looks up before it adds to the same object, where several may do so at once."""
    found = said.asked_first(function.node.head(20_000)) if function.name != MODULE else None
    if found is not None:
        line = function.node.first + found[0]
        message = f"{shown(found[1])} is asked first and added to later, and nothing locks in between."
        yield Sign(
            rule="asked-then-added",
            severity="medium",
            message=message,
            why=said.WHY_AT_ONCE,
            quote=message,
            line=line,
            last=line,
        )


def _node(tree: Tree, node: Node, waiting: frozenset[str]) -> Iterator[Sign]:
    if node.is_comment:
        yield from _comment(node)
    elif node.type in _BINARY:
        yield from _binary(tree, node)
    elif node.type in _ASSIGNMENTS:
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None and left.text == right.text and _is_plain(left.text):
            yield _sign(node, "assigned-to-itself", "medium", f"“{shown(node.text)}” changes nothing.", _WHY_SAME)
    elif node.type in {"if_statement", "if_expression"}:
        yield from _branch(tree, node)
    elif node.type in {"subscript_expression", "index_expression", "array_access", "element_reference"}:
        yield from _index(node)
    elif node.type == "expression_statement" and waiting:
        yield from _floating(node, waiting)
    elif node.type in {"call_expression", "throw_statement", "macro_invocation", "call"}:
        yield from _call(node)


def _comment(node: Node) -> Iterator[Sign]:
    text = node.head(400)
    if UNFINISHED.search(text) or _IMPLEMENT.search(text):
        yield _sign(
            node, "unfinished", "low", f"The code calls itself unfinished: “{shown(text.strip('/*# '))}”.", _WHY_STUB
        )
    elif _TODO.search(text):
        yield _sign(node, "unfinished", "info", f"Work is left open: “{shown(text.strip('/*# '))}”.", _WHY_STUB)


def _binary(tree: Tree, node: Node) -> Iterator[Sign]:
    left, right, sign = node.field("left"), node.field("right"), node.field("operator")
    if left is None or right is None:
        return
    operator = sign.text if sign is not None else ""
    if operator in _SAME and operator != "!==" and left.text == right.text and _is_plain(left.text):
        compares = operator in {"==", "===", "<", ">", "<=", ">="}
        rule = "condition-constant" if compares else "operands-equal"
        yield _sign(node, rule, "medium", f"“{shown(node.text)}” has the same operand twice.", _WHY_SAME)
    strings = {"string_literal"} if tree.language == "java" else set()
    if operator in {"==", "!="} and strings & {left.type, right.type}:
        message = f"“{shown(node.text)}” asks whether two strings are one object."
        yield _sign(node, "condition-constant", "medium", message, _WHY_IDENTITY)
    measured = _LENGTHS.fullmatch(right.text)
    if operator == "<=" and measured and re.fullmatch(r"[a-z]\w{0,12}", left.text) and _is_loop(node):
        message = f"“{shown(node.text)}” lets the loop go one past the last element."
        yield _sign(node, "index-past-end", "medium", message, _WHY_INDEX)
    if _TESTING.search(node.text):
        message = f"The code asks whether tests run: “{shown(node.text)}”."
        yield _sign(node, "test-detected", "high", message, _WHY_TEST)
    if operator == "||" and is_half_overlap(left.head(400), right.head(400)):
        message = f"“{shown(node.text)}” asks for the ends of one only."
        yield _sign(node, "overlap-half", "medium", message, WHY_SPANS)
    number = right.type == "number" and right.text not in {"0", "1"}
    if operator == "||" and number and left.type in {"identifier", "member_expression"}:
        yield _sign(node, "zero-as-none", "low", f"“{shown(node.text)}” treats 0 as if it were not given.", _WHY_ZERO)


def _is_plain(text: str) -> bool:
    return "(" not in text and not re.fullmatch(r"[\d.'\"]+", text)


def _is_loop(node: Node) -> bool:
    """Return whether a condition is that of a loop that starts at zero and indexes with its variable."""
    line = node.tree.source.rfind(b"\n", 0, node.start) + 1
    head = node.tree.source[line : node.start].decode("utf-8", "replace")
    name = node.text.split("<=")[0].strip()
    return re.search(rf"\bfor\b.*\b{re.escape(name)}\s*:?=\s*0\b", head[-200:]) is not None


def _branch(tree: Tree, node: Node) -> Iterator[Sign]:
    condition, body, other = node.field("condition"), node.field("consequence"), node.field("alternative")
    if condition is None:
        return
    assigned = [one for one in (condition, *condition.parts) if one.type == "assignment_expression"]
    double = condition.text.startswith("((")
    if assigned and not double and tree.language in {"javascript", "typescript", "java"}:
        message = f"“if {shown(condition.text)}” assigns where it could compare."
        yield _sign(condition, "condition-constant", "medium", message, _WHY_ASSIGNED)
    if body is not None and other is not None:
        inner = next((part for part in (other, *other.parts) if part.type == body.type), None)
        if inner is not None and list(inner.tokens()) == list(body.tokens()) and len(body.parts) > 0:
            message = f"Both branches of “if {shown(condition.text)}” do the same."
            yield _sign(node, "branches-equal", "low", message, _WHY_SAME)


def _index(node: Node) -> Iterator[Sign]:
    text = node.text
    match = re.fullmatch(r"([\w.]+)\[(.{1,80})\]", text)
    measured = _LENGTHS.fullmatch(match[2].strip()) if match else None
    if match and measured and (measured["go"] or measured["dot"]) == match[1]:
        message = f"“{shown(text)}” is one past the last element."
        yield _sign(node, "index-past-end", "medium", message, _WHY_INDEX)


def _async_functions(tree: Tree) -> frozenset[str]:
    source = tree.source.decode("utf-8", "replace")
    declared = re.findall(r"\basync\s+function\s*\*?\s*(\w{1,80})\s*\(", source)
    bound = re.findall(r"\b(?:const|let)\s+(\w{1,80})\s*=\s*async\b", source)
    methods = re.findall(
        r"^\s+(?:(?:public|private|protected|static)\s+)*async\s+(\w{1,80})\s*\(", source, re.MULTILINE
    )
    return frozenset([*declared, *bound, *(f"this.{name}" for name in methods)])


def _floating(node: Node, waiting: frozenset[str]) -> Iterator[Sign]:
    call = node.parts[0] if node.parts else None
    called = call.field("function") if call is not None and call.type == "call_expression" else None
    if called is not None and called.text in waiting:
        message = f"“{shown(node.text)}” starts an async function, and nobody awaits it."
        yield _sign(node, "coroutine-not-awaited", "medium", message, _WHY_AWAIT)


def _call(node: Node) -> Iterator[Sign]:
    text = node.head(400)
    if _NOT_THERE.search(text) and node.type != "call":
        yield _sign(node, "stub", "low", f"It is not there yet: “{shown(text)}”.", _WHY_STUB)
    if re.search(r"\.forEach\(\s*async\b", text) and node.field("function") is not None:
        function = node.field("function")
        if function is not None and function.text.endswith(".forEach"):
            message = "forEach is given an async function, and waits for none of its calls."
            yield _sign(node, "coroutine-not-awaited", "medium", message, _WHY_AWAIT)
    if re.search(r"\.map\((?:Number|parseInt|parseFloat)\)\.sort\(\)$", text):
        message = f"“{shown(text)}” sorts numbers as text."
        yield _sign(node, "sorted-as-text", "medium", message, _WHY_SORT)


def _sign(node: Node, rule: str, severity: Severity, message: str, why: str) -> Sign:
    return Sign(
        rule=rule,
        severity=severity,
        message=message,
        why=why,
        quote=" ".join(node.head(300).split()),
        line=node.first,
        last=min(node.last, node.first + 2),
    )
