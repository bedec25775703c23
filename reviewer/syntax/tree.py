"""A syntax tree of hostile source: read within bounds of size, work and memory, walked without recursion.

Knows no language; what a node means is said by its grammar. A tree may be partial: `Tree.unread` says which lines the
grammar could not make sense of.
"""

from __future__ import annotations

import functools
import importlib
import sys
import time
from typing import TYPE_CHECKING

from reviewer.syntax import grammar, pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    import tree_sitter

MOST_BYTES = 1 << 19
"""Of one file; sources written by hand are far below."""
_SMALL = 1 << 16
_CHUNK = 1 << 16
_MOST_SECONDS = 3.0
_FEW_STEPS = 400
_BYTES_A_STEP = 6
_MOST_GROWTH = 256 << 20
_COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
_NO_TOKENS = _COMMENTS | {";", "\n", "", "automatic_semicolon"}


class Node:
    """One node: its type, its text and its place. Two nodes of one tree are equal if they are the same."""

    __slots__ = ("_node", "tree")

    def __init__(self, tree: Tree, node: tree_sitter.Node) -> None:
        self.tree = tree
        self._node = node

    def __repr__(self) -> str:
        return f"<{self.type} {self.first}-{self.last}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self._node == other._node

    def __hash__(self) -> int:
        return hash(self._node)

    @property
    def type(self) -> str:
        """What the grammar calls it; a keyword or a sign is called as it is written."""
        return self._node.type

    @property
    def named(self) -> bool:
        """Whether it is a construct and no mere keyword or sign."""
        return self._node.is_named

    @property
    def is_comment(self) -> bool:
        """Whether it is a comment."""
        return self._node.type in _COMMENTS

    @property
    def is_missing(self) -> bool:
        """Whether the grammar put it in where the source lacks it."""
        return self._node.is_missing

    @property
    def has_error(self) -> bool:
        """Whether something inside could not be read."""
        return self._node.has_error

    @property
    def first(self) -> int:
        """Its first line, from 1."""
        return self._node.start_point[0] + 1

    @property
    def last(self) -> int:
        """Its last line, from 1."""
        row, column = self._node.end_point
        return max(self.first, row if column == 0 else row + 1)

    @property
    def start(self) -> int:
        """Where it starts, in bytes from 0."""
        return self._node.start_byte

    @property
    def end(self) -> int:
        """Where it ends, in bytes."""
        return self._node.end_byte

    @property
    def text(self) -> str:
        """Its source; bytes that are not UTF-8 become lone surrogates."""
        return self.tree.source[self._node.start_byte : self._node.end_byte].decode("utf-8", "surrogateescape")

    def head(self, most: int) -> str:
        """Return the first bytes of its source as text, at most so many."""
        end = min(self._node.end_byte, self._node.start_byte + most)
        return self.tree.source[self._node.start_byte : end].decode("utf-8", "surrogateescape")

    @property
    def raw(self) -> bytes:
        """Its bytes."""
        return self.tree.source[self._node.start_byte : self._node.end_byte]

    @property
    def children(self) -> tuple[Node, ...]:
        """All children in order, keywords, signs and comments too."""
        return tuple(Node(self.tree, child) for child in self._node.children)

    @property
    def parts(self) -> tuple[Node, ...]:
        """The children that are constructs, without comments."""
        return tuple(Node(self.tree, child) for child in self._node.named_children if child.type not in _COMMENTS)

    def field(self, name: str) -> Node | None:
        """Return the child that the grammar calls by this name, or None."""
        child = self._node.child_by_field_name(name)
        return None if child is None else Node(self.tree, child)

    def fields(self, name: str) -> tuple[Node, ...]:
        """Return all children that the grammar calls by this name."""
        return tuple(Node(self.tree, child) for child in self._node.children_by_field_name(name))

    def above(self) -> Node | None:
        """Return the node that it stands in, or None."""
        other = self._node.parent
        return None if other is None else Node(self.tree, other)

    def before(self) -> Node | None:
        """Return the construct that stands before it under the same parent, or None."""
        other = self._node.prev_named_sibling
        return None if other is None else Node(self.tree, other)

    def walk(self, enter: Callable[[Node], bool] | None = None) -> Iterator[Node]:
        """Yield this node and everything below it in source order.

        Args:
            enter: asked for every node whose children exist; False leaves them out.
        """
        cursor = self._node.walk()
        while True:
            raw = cursor.node
            if raw is None:
                return
            node = Node(self.tree, raw)
            yield node
            if (enter is None or enter(node)) and cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return

    def walk_deep(self) -> Iterator[tuple[int, Node]]:
        """Yield this node and everything below it in source order, each with its depth below this one."""
        cursor = self._node.walk()
        while True:
            raw = cursor.node
            if raw is None:
                return
            yield cursor.depth, Node(self.tree, raw)
            if cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return

    def tokens(self, without: AbstractSet[Node] = frozenset()) -> Iterator[str]:
        """Yield the structure and the words below, without places, comments and what only lays code out.

        Args:
            without: nodes that are left out with all that is in them.
        """
        cursor = self._node.walk()
        while (raw := cursor.node) is not None:
            left_out = bool(without) and Node(self.tree, raw) in without
            inner = not left_out and raw.type not in _COMMENTS and raw.child_count > 0
            if left_out:
                yield "<left out>"
            elif raw.is_named and inner:
                yield f"({raw.type}"
            elif raw.type not in _NO_TOKENS:
                word = self.tree.source[raw.start_byte : raw.end_byte].decode("utf-8", "surrogateescape")
                yield '"' if word == "'" else word
            if inner and cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return
                yield ")"


class Tree:
    """The syntax tree of one file.

    Attributes:
        language: as it was asked for ("typescript" for the dialect `tsx` too).
        source: the bytes that were read.
        memory: what others have worked out about it, by their own keys.
    """

    __slots__ = ("_tree", "language", "memory", "source")

    def __init__(self, language: str, source: bytes, tree: tree_sitter.Tree) -> None:
        self.language = language
        self.source = source
        self._tree = tree
        self.memory: dict[str, object] = {}

    @property
    def root(self) -> Node:
        """The node of the whole file."""
        return Node(self, self._tree.root_node)

    @property
    def has_error(self) -> bool:
        """Whether the tree is partial."""
        return self._tree.root_node.has_error

    def walk(self) -> Iterator[Node]:
        """Yield every node in source order."""
        return self.root.walk()

    def unread(self) -> frozenset[int]:
        """Return the lines that the grammar could not make sense of."""
        lines: set[int] = set()
        for node in self.root.walk(lambda one: one.has_error and one.type != "ERROR"):
            if node.type == "ERROR":
                lines.update(range(node.first, node.last + 1))
        if self.has_error and not lines:
            lines.update(node.first for node in self.walk() if node.is_missing)
        return frozenset(lines)

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return self.source.count(b"\n") + (0 if self.source.endswith(b"\n") or not self.source else 1)


def parse(language: str, source: bytes, path: str = "") -> Tree | None:
    """Return the syntax tree, partial where the source is no such language; small ones are kept for the next who asks.

    Args:
        language: one of `grammar.LANGUAGES`.
        source: the whole file.
        path: its path, which tells dialects apart.

    Returns:
        None if there is no grammar, the source is too large, or reading it takes too much time or memory.
    """
    name = grammar.dialect(language, path)
    if name is None or len(source) > MOST_BYTES:
        return None
    return _kept(language, name, source) if len(source) <= _SMALL else _read(language, name, source)


@functools.lru_cache(maxsize=64)
def _kept(language: str, name: str, source: bytes) -> Tree | None:
    return _read(language, name, source)


def _read(language: str, name: str, source: bytes) -> Tree | None:
    if not pending.is_bounded(source):
        return None
    runtime = importlib.import_module("tree_sitter")
    parser: tree_sitter.Parser = runtime.Parser(grammar.load(name))
    stop = _Limit(len(source))
    try:
        tree = parser.parse(
            lambda offset, _: source[offset : offset + _CHUNK],
            progress_callback=lambda _offset, _error: stop.is_reached(),
        )
    except (ValueError, MemoryError):
        return None
    return Tree(language, source, tree)


class _Limit:
    """Says when the work on one file has taken too long or too much memory.

    Grammars are read by following several readings at once; a file made for it can let them multiply.
    """

    def __init__(self, size: int) -> None:
        self._left = _FEW_STEPS + size // _BYTES_A_STEP
        self._started = time.thread_time()
        self._memory = _peak()

    def is_reached(self) -> bool:
        self._left -= 1
        return (
            self._left < 0
            or time.thread_time() - self._started > _MOST_SECONDS
            or _peak() - self._memory > _MOST_GROWTH
        )


def _peak() -> int:
    """Return the most memory that this process has had, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10
