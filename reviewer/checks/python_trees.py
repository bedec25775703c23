"""Python source parsed safely, and the trees of one examination kept, since many rules look at the same files.

Source is hostile: whatever the parser does with it ends in a tree or in None. Nothing is ever imported or run.
"""

from __future__ import annotations

import ast
import threading
import warnings
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.finding import Side

_WARNING_FILTERS = threading.Lock()
_CHANGED_BYTES = 8 << 20
_AROUND_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class _Key:
    """Which tree: two files of one content have a tree each, since rules tell nodes apart by what they are."""

    side: Side
    path: str
    source: bytes


class _Kept:
    """Trees, up to so many bytes of source: those that came first, or those that were asked for last."""

    def __init__(self, most: int, *, replaces: bool) -> None:
        self._most = most
        self._replaces = replaces
        self._size = 0
        self._trees: OrderedDict[_Key, ast.Module | None] = OrderedDict()

    def __contains__(self, key: _Key) -> bool:
        return key in self._trees

    def get(self, key: _Key) -> ast.Module | None:
        self._trees.move_to_end(key)
        return self._trees[key]

    def put(self, key: _Key, tree: ast.Module | None) -> None:
        room = self._most if self._replaces else self._most - self._size
        if key in self._trees or len(key.source) > room:
            return
        self._trees[key] = tree
        self._size += len(key.source)
        while self._size > self._most:
            self._size -= len(self._trees.popitem(last=False)[0].source)

    def clear(self) -> None:
        self._trees.clear()
        self._size = 0


_LOCK = threading.Lock()
_CHANGED = _Kept(_CHANGED_BYTES, replaces=False)
_AROUND = _Kept(_AROUND_BYTES, replaces=True)


def parse(source: bytes) -> ast.Module | None:
    """Return the syntax tree, with lines counted by line feeds alone, or None if this is not Python."""
    try:
        # The parser warns about odd escapes through a global switch; a review must not print what a file provokes.
        with _WARNING_FILTERS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if b"\r" in source.replace(b"\r\n", b""):
        _count_by_line_feeds(tree, source)
    return tree


def tree_of(source: bytes, side: Side, path: str, *, changed: bool = False) -> ast.Module | None:
    """Return what `parse` does, for a file of one side of the change; asked again, the same tree if it was kept.

    Nobody may change it.

    Args:
        source: the file's content.
        side: of the change.
        path: of the file on that side.
        changed: the file is one of the change, so that every check asks for it.
    """
    key = _Key(side, path, source)
    with _LOCK:
        for known in (_CHANGED, _AROUND):
            if key in known:
                return known.get(key)
    tree = parse(source)
    with _LOCK:
        (_CHANGED if changed else _AROUND).put(key, tree)
    return tree


def forget() -> None:
    """Give back the trees that are kept."""
    with _LOCK:
        _CHANGED.clear()
        _AROUND.clear()


def _count_by_line_feeds(tree: ast.Module, source: bytes) -> None:
    # Python ends a line at a lone carriage return too; everything that people see counts line feeds.
    lines = [1]
    number = 1
    for place, byte in enumerate(source):
        if byte == ord("\n"):
            number += 1
            lines.append(number)
        elif byte == ord("\r") and source[place + 1 : place + 2] != b"\n":
            lines.append(number)
    for node in ast.walk(tree):
        for name in ("lineno", "end_lineno"):
            counted = getattr(node, name, None)
            if isinstance(counted, int):
                setattr(node, name, lines[min(counted, len(lines)) - 1])
