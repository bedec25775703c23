"""JSON read into a tree with lines; comments, trailing commas and bare words are tolerated (RFC 8259, JSONC, JSON5).

Read by one pass without recursion, so that a hostile document ends in a tree or in an error.
"""

from __future__ import annotations

import json
import re

from reviewer.checks.gates.tree import MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, UnreadableError

_TOKEN = re.compile(
    r"""(?P<space>[\s\ufeff]++)|(?P<comment>//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)|(?P<string>"(?:[^"\\\n]|\\.)*+")"""
    r"""|(?P<single>'(?:[^'\\\n]|\\.)*+')|(?P<sign>[{}\[\],:])|(?P<word>[^\s{}\[\],:"'/]++)""",
    re.DOTALL,
)


class _Frame:
    """An object or array whose end has not come yet."""

    __slots__ = ("elements", "entries", "is_map", "key", "line")

    def __init__(self, line: int, *, is_map: bool) -> None:
        self.line = line
        self.is_map = is_map
        self.key: tuple[str, int] | None = None
        self.entries: dict[str, Node] = {}
        self.elements: list[Node] = []

    def add(self, node: Node) -> None:
        if not self.is_map:
            self.elements.append(node)
        elif self.key is None:
            self.key = (node.text or "", node.line)
        else:
            name, line = self.key
            self.entries.pop(name, None)
            self.entries[name] = node.at(line)
            self.key = None

    def closed(self) -> Node:
        return Node(self.line, entries=tuple(self.entries.items()), elements=tuple(self.elements), is_map=self.is_map)


def read(data: bytes) -> Node:
    """Return a JSON document.

    Raises:
        UnreadableError: it is not JSON, or too large or deep.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError("it is too large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("it is not UTF-8", data.count(b"\n", 0, error.start) + 1) from None
    root = _Frame(1, is_map=False)
    stack = [root]
    line, at, values = 1, 0, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise UnreadableError("it is not JSON", line)
        at = match.end()
        kind, part = match.lastgroup, match.group()
        if kind == "sign":
            _sign(part, stack, line)
        elif kind in {"string", "single", "word"}:
            values += 1
            stack[-1].add(Node(line, _value(part, kind), first=line))
        line += part.count("\n")
        if values > MAX_NODES or len(stack) > MAX_DEPTH:
            raise UnreadableError("it is nested too deep or too large", line)
    if len(stack) != 1 or len(root.elements) != 1:
        raise UnreadableError("it is not one JSON document", line)
    return root.elements[0]


def _sign(sign: str, stack: list[_Frame], line: int) -> None:
    if sign in "{[":
        stack.append(_Frame(line, is_map=sign == "{"))
    elif sign in "}]":
        frame = stack.pop()
        if not stack or frame.is_map != (sign == "}"):
            raise UnreadableError("it is not JSON", line)
        stack[-1].add(frame.closed())


def _value(part: str, kind: str | None) -> str:
    if kind == "string":
        try:
            return str(json.loads(part, strict=False))
        except ValueError:
            return part[1:-1]
    return part[1:-1] if kind == "single" else part
