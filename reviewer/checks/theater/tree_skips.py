"""What keeps tests in syntax trees from running: modifiers of their call, calls inside them, marks and annotations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.oracles.trees.calls import call_of, standing, words
from reviewer.checks.theater.tree_tests import head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.roles import Language
    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Node

_SKIP = re.compile(
    r"(?:.*\.)?x(?:it|test|specify|describe|context)|.*\.(?:skip|todo|fixme|failing|fails)(?:[.(].*)?|pending"
)
_ONLY = re.compile(r"f(?:it|describe|context)|.*\.only(?:[.(].*)?")
_MODIFIED = re.compile(
    r"(?:(?<=^)|(?<=\.))[xf]?(it|test|specify|describe|context|suite)"
    r"((?:\.(?:skip|only|todo|fixme|failing|fails))+)?(?= ['\"`])"
)
_JAVA = re.compile(r"@(?:Disabled|Ignore)\b(?:\([^)]{0,200}\))?")
_RUST = re.compile(r"#\[\s*ignore\b")
_CALLS = frozenset({"skip", "pending", "skipTest", "Skip", "Skipf", "SkipNow", "omit"})
_HELD = re.compile(r"|this|t|b|tb|ctx|context|self|s\.T\(\)|suite\.T\(\)")
_LISTS = frozenset({"slice_type", "array_type", "map_type"})


def plain_name(name: str) -> str:
    """Return the name of a test or group without what skips it or singles it out."""
    return _MODIFIED.sub(r"\1", name)


def modifiers(called: str) -> frozenset[str]:
    """Return "skip" and "only", as far as what a test is handed to says so."""
    found = set()
    if _SKIP.fullmatch(called):
        found.add("skip")
    if _ONLY.fullmatch(called):
        found.add("only")
    return frozenset(found)


def skipped(test: Function, language: Language) -> list[tuple[str, int]]:
    """Return what inside a test keeps it from running, with its line; "if …" where a condition decides."""
    found: list[tuple[str, int]] = []
    if language == "java":
        found.extend((match.group(), test.first) for match in _JAVA.finditer(head(test)))
    elif language == "rust":
        found.extend((words(mark), mark.first) for mark in test.marks if _RUST.search(mark.text[:200]))
    for place in standing(test):
        call = call_of(place.node)
        text = ""
        if call is not None and call.name in _CALLS and _HELD.fullmatch(words(call.held)[:40]):
            text = words(place.node)
        elif language == "ruby" and place.node.type == "identifier" and place.node.text in {"skip", "pending"}:
            text = place.node.text if place.above[-1:] in {("body_statement",), ("then",)} else ""
        if text:
            conditional = place.guard or "if_statement" in place.above
            found.append((f"if … {text}" if conditional else text, place.node.first))
    return found


def cases(test: Function, language: Language) -> list[tuple[int, int]]:
    """Return how many cases each table of a test has, with the line of the table."""
    if language not in {"go", "javascript", "typescript"}:
        return []
    return [(len(one.parts), one.first) for one in _tables(test, language) if len(one.parts) > 1 or language == "go"]


def _tables(test: Function, language: Language) -> Iterator[Node]:
    for place in standing(test):
        node = place.node
        if language == "go" and node.type == "composite_literal":
            kind, body = node.field("type"), node.field("body")
            if kind is not None and body is not None and kind.type in _LISTS and "struct" in kind.text[:20]:
                yield body
        elif node.type == "array" and place.above[-1:] == ("for_in_statement",):
            yield node
