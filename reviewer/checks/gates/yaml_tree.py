"""YAML read into a tree from the parser's events, with lines; nothing is constructed and no alias is unfolded.

The documents are hostile: depth, values and merges are bounded while the events come in, so that the parser is never
let into what would take it for ever. Lines are counted by line feeds alone, as everything else here counts them; YAML
itself ends lines at more characters (YAML 1.1, section 4.1.4).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import yaml

from reviewer.checks.gates.tree import MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "<<"
_REFERENCE = "!reference"
"""GitLab's tag for a part of another job; kept as a text."""


def read(data: bytes) -> tuple[Node, ...]:
    """Return the documents of a YAML file.

    Raises:
        UnreadableError: it is not YAML, or too large or deep.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError("it is too large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("it is not UTF-8", data.count(b"\n", 0, error.start) + 1) from None
    builder = _Builder(_line_starts(text))
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableError("it is not YAML", builder.line(mark) if mark is not None else None) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("it is not YAML") from None
    return tuple(builder.documents)


def _line_starts(text: str) -> list[int]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


class _Mark(Protocol):
    """A place as either of the parsers marks it."""

    @property
    def index(self) -> int:
        """Characters before it."""


@dataclass(slots=True)
class _Frame:
    """A map or a list whose end has not come yet."""

    line: int
    is_map: bool
    anchor: str | None
    tag: str | None
    elements: list[Node] = field(default_factory=list)
    entries: list[tuple[str, Node]] = field(default_factory=list)
    key: tuple[str, int] | None = None


class _Builder:
    """The documents so far, and the open maps and lists of the one being read."""

    def __init__(self, starts: list[int]) -> None:
        self.documents: list[Node] = []
        self._starts = starts
        self._open: list[_Frame] = []
        self._anchors: dict[str, Node] = {}
        self._values = 0

    def line(self, mark: _Mark) -> int:
        """Return the line of a mark by line feeds."""
        return bisect_right(self._starts, mark.index)

    def take(self, event: yaml.Event) -> None:
        """Take one event."""
        # The parser marks every event; its stubs allow for none.
        line = 1 if event.start_mark is None else self.line(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            block = event.style in {"|", ">"}
            self._add(Node(line, event.value, first=line + 1 if block else line), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            # One that stands inside of what it names would have no end.
            known = self._anchors.get(event.anchor or "", Node(0, ""))
            self._add(known.at(line), None)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self._open) >= MAX_DEPTH:
                raise UnreadableError("it is nested too deep", line)
            is_map = isinstance(event, yaml.MappingStartEvent)
            self._open.append(_Frame(line, is_map, event.anchor, event.tag))
        elif isinstance(event, yaml.CollectionEndEvent):
            frame = self._open.pop()
            self._add(self._closed(frame), frame.anchor)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()

    def _add(self, node: Node, anchor: str | None) -> None:
        self._count(1)
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self.documents.append(node)
            return
        frame = self._open[-1]
        if not frame.is_map:
            frame.elements.append(node)
        elif frame.key is None:
            frame.key = (node.text or "", node.line)
        else:
            name, line = frame.key
            frame.entries.append((name, node.at(line)))
            frame.key = None

    def _closed(self, frame: _Frame) -> Node:
        if frame.is_map:
            return Node(frame.line, entries=tuple(self._entries(frame)), is_map=True)
        if frame.tag == _REFERENCE:
            return Node(frame.line, " ".join([_REFERENCE, *(element.text or "" for element in frame.elements)]))
        return Node(frame.line, elements=tuple(frame.elements))

    def _entries(self, frame: _Frame) -> Iterator[tuple[str, Node]]:
        """Yield the entries, what is merged in first, the last of equal keys only."""
        found: dict[str, Node] = {}
        for name, node in frame.entries:
            if name == _MERGE:
                for merged in (node,) if node.is_map else reversed(node.elements):
                    self._count(len(merged.entries))
                    found.update(merged.entries)
        for name, node in frame.entries:
            if name != _MERGE:
                found.pop(name, None)
                found[name] = node
        yield from found.items()

    def _count(self, values: int) -> None:
        self._values += values
        if self._values > MAX_NODES:
            raise UnreadableError("it has more values than are compared")
