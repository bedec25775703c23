"""A document of settings as a tree of maps, lists and texts, each with its line: the same for every notation.

Knows nothing of notations or of what a setting means. Values stay the text that they are written as, so that a document
means the same in YAML 1.1 and 1.2, and nothing is ever constructed from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1 << 20
"""Longer documents of settings are not compared."""
MAX_DEPTH = 64
MAX_NODES = 100_000

_TRUE = frozenset(("true", "yes", "on", "1"))
_FALSE = frozenset(("false", "no", "off", "0"))


class UnreadableError(ValueError):
    """The document is not in its notation, or is too large to be read; `line` is where, from 1, or None."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        """Keep the place apart from the words."""
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """One value.

    Attributes:
        line: of its key in a map, of itself in a list, from 1.
        text: a plain value as it is written, None for a map or a list.
        first: the line on which the text itself begins, for values of several lines.
        entries: of a map, the last of equal keys.
        elements: of a list; where a notation has no lists (INI), the pieces of the text.
    """

    line: int
    text: str | None = None
    first: int = 0
    entries: tuple[tuple[str, Node], ...] = ()
    elements: tuple[Node, ...] = ()
    is_map: bool = False

    def get(self, *keys: str) -> Node | None:
        """Return what stands below these keys, None if nothing does."""
        node: Node | None = self
        for key in keys:
            node = None if node is None else next((value for name, value in node.entries if name == key), None)
        return node

    def said(self, *keys: str) -> str:
        """Return the text below these keys, "" if there is none."""
        node = self.get(*keys)
        return "" if node is None or node.text is None else node.text.strip()

    def list_of(self) -> tuple[Node, ...]:
        """Return its elements; a single text is a list of one."""
        if self.elements or self.is_map:
            return self.elements
        return () if not self.text else (self,)

    def words(self) -> tuple[str, ...]:
        """Return the names of a map, the elements of a list or the one text: what `on:` and `needs:` may look like."""
        if self.is_map:
            return tuple(name for name, _ in self.entries)
        return tuple(element.text for element in self.list_of() if element.text is not None)

    @property
    def truth(self) -> bool | None:
        """What it says as a yes or no, None if it says neither."""
        word = (self.text or "").strip().lower()
        return True if word in _TRUE else False if word in _FALSE else None

    @property
    def number(self) -> float | None:
        """What it says as a number; per cent signs and units of percent are left out."""
        return number(self.text or "")

    def at(self, line: int) -> Node:
        """Return the same value at another line."""
        return replace(self, line=line)


def number(text: str) -> float | None:
    """Return a text as a number, None if it is none that can be compared."""
    word = text.strip().rstrip("%").strip().replace("_", "")
    if not word or len(word) > 24 or not word.lstrip("+-").replace(".", "", 1).isascii():
        return None
    return float(word) if word.lstrip("+-").replace(".", "", 1).isdigit() else None


def leaves(root: Node) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield the plain values and lists of texts with their paths; elements of lists of maps go by their number.

    Raises:
        UnreadableError: the tree has shared parts (aliases) that multiply without bound.
    """
    pending: list[tuple[tuple[str, ...], Node]] = [((), root)]
    seen = 0
    while pending:
        path, node = pending.pop()
        seen += 1
        if seen > MAX_NODES:
            raise UnreadableError("it has more values than are compared")
        if node.is_map:
            pending.extend(((*path, name), value) for name, value in reversed(node.entries))
        elif node.text is None and any(element.text is None for element in node.elements):
            pending.extend(
                ((*path, str(index)), element) for index, element in reversed(list(enumerate(node.elements)))
            )
        else:
            yield path, node
