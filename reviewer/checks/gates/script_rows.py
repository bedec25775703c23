"""The commands of a pipeline's file as rows with their lines, from the ways in which such files hold them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.gates.tree import Node

_MOST_ROWS = 2_000
_DEEPEST = 4
_LONGEST = 4_000
"""Longer rows are read this far, characters."""


def rows(node: Node | None) -> list[tuple[str, int]]:
    """Return the rows of a script: a text of several lines, or a list of such texts, nested a little."""
    found: list[tuple[str, int]] = []
    pending = [] if node is None else [(node, 0)]
    while pending and len(found) < _MOST_ROWS:
        current, depth = pending.pop()
        if current.text is not None:
            start = current.first or current.line
            lines = current.text.rstrip("\n").split("\n")
            found.extend((row[:_LONGEST], start + offset) for offset, row in enumerate(lines[:_MOST_ROWS]))
        elif depth < _DEEPEST:
            pending.extend((element, depth + 1) for element in reversed(current.elements))
    return found[:_MOST_ROWS]
