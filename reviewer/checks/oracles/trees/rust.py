"""Oracles of Rust: the assertion macros, and the panic that an attribute expects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.oracles.model import RAISES, Oracle, Relation
from reviewer.checks.oracles.trees.calls import Standing, call_of, oracle, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.syntax.function import Function

_EQUAL = re.compile(r"(?:debug_|prop_|pretty_)?(?:assert_eq|eqnice|assert_str_eq|assert_snapshot|eq)")
_PANIC = re.compile(r"#\[\s*should_panic(?:\s*\(\s*expected\s*=\s*(\"[^\"]{0,200}\")?)?")
_HELPER = re.compile(r"(?:assert|check|expect|verify)_\w+")
_COMPARED = re.compile(r"\s(==|!=|<=|>=|<|>)\s")
_LONGEST = 400
_OPEN = {"(": ")", "[": "]", "{": "}"}


def expected(function: Function) -> Iterator[Oracle]:
    """Yield the panic that an attribute expects."""
    for mark in function.marks:
        match = _PANIC.search(mark.text[:_LONGEST])
        if match is not None:
            said = words(mark)
            yield Oracle(Relation.EQUAL, RAISES, "panic", said, mark.first, mark.last, message=match.group(1) or "")


def read(place: Standing) -> Iterator[Oracle]:
    """Yield what a node asserts."""
    node = place.node
    if node.type == "macro_invocation":
        macro = node.field("macro")
        name = words(macro).rsplit("::", 1)[-1]
        said = arguments(words(node).partition("!")[2].strip()[1:-1])
        if _EQUAL.fullmatch(name) and len(said) > 1:
            yield oracle(node, Relation.EQUAL, said[0], said[1], "")
        elif name in {"assert_ne", "debug_assert_ne", "prop_assert_ne"} and len(said) > 1:
            yield oracle(node, Relation.BOUND, said[0], said[1], "")
        elif name in {"assert", "debug_assert", "prop_assert"} and said:
            yield oracle(node, *_judge(said[0]), "")
        elif name == "assert_matches" and said:
            yield oracle(node, Relation.MEMBER, said[0], ", ".join(said[1:]), "")
        elif name.startswith("assert"):
            yield oracle(node, Relation.MEMBER, said[0] if said else "", ", ".join(said[1:]), "", helper=True)
        return
    call = call_of(node)
    if call is not None and call.held is None and _HELPER.fullmatch(call.name.rsplit("::", 1)[-1][:60]):
        yield oracle(node, Relation.MEMBER, call.name, ", ".join(map(words, call.arguments)), "", helper=True)


def arguments(source: str) -> list[str]:
    """Return the parts of the arguments of a macro, cut at its commas."""
    parts, start, closers, quoted = [], 0, [], False
    for place, character in enumerate(source[:_LONGEST]):
        if character == '"' and source[place - 1 : place] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif character in _OPEN:
            closers.append(_OPEN[character])
        elif closers and character == closers[-1]:
            closers.pop()
        elif character == "," and not closers:
            parts.append(source[start:place].strip())
            start = place + 1
    return [one for one in (*parts, source[start:_LONGEST].strip()) if one]


def _judge(condition: str) -> tuple[Relation, str, str]:
    if condition in {"true", "!false"}:
        return Relation.TAUTOLOGY, condition, ""
    match = _COMPARED.search(condition)
    if match is not None and "matches!" not in condition:
        left, right = condition[: match.start()], condition[match.end() :]
        return (Relation.EQUAL if match.group(1) == "==" else Relation.BOUND), left, right
    if "matches!" in condition or ".contains(" in condition or "_with(" in condition:
        subject = condition.partition("matches!(")[2] or condition.partition(".")[0]
        return Relation.MEMBER, subject.partition(",")[0].strip("! "), condition
    return Relation.TRUTHY, condition.partition(".is_")[0].strip("! "), ""
