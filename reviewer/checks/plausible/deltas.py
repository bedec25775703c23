"""The smallest places where two pieces of code differ, found by walking both trees in step."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.python_nodes import dump

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_DELTAS = 4
"""Code with more differences than these was written anew, and no single one of them says anything."""


@dataclass(frozen=True, slots=True)
class Delta:
    """One difference.

    Attributes:
        old, new: what stands there, None if one side has nothing there.
        above: what both are a part of, on the old and on the new side.
        field: the name of the part.
    """

    old: ast.AST | None
    new: ast.AST | None
    above: tuple[ast.AST, ast.AST]
    field: str = ""


def deltas(old: ast.AST, new: ast.AST) -> list[Delta] | None:
    """Return the differences of two trees of one statement, None if there are too many."""
    found: list[Delta] = []
    pending: list[Delta] = [Delta(old, new, (old, new))]
    while pending:
        one = pending.pop()
        if one.old is None or one.new is None or type(one.old) is not type(one.new) or _is_leaf(one.old, one.new):
            found.append(one)
            if len(found) > MAX_DELTAS:
                return None
            continue
        pending.extend(_inside(one.old, one.new))
    return found[::-1]


def _is_leaf(old: ast.AST, new: ast.AST) -> bool:
    """Return whether two nodes of a kind differ by themselves: in a name, a value or an operator."""
    for name in old._fields:
        mine, theirs = getattr(old, name, None), getattr(new, name, None)
        if isinstance(old, ast.Compare) and name == "ops":
            differs = [type(one) for one in mine or ()] != [type(one) for one in theirs or ()]
        elif isinstance(mine, _OPERATORS):
            differs = type(mine) is not type(theirs)
        elif isinstance(mine, ast.AST | list) or isinstance(theirs, ast.AST | list):
            differs = False
        else:
            differs = repr(mine) != repr(theirs)
        if differs:
            return True
    return False


_OPERATORS = (ast.operator, ast.unaryop, ast.boolop)


def _inside(old: ast.AST, new: ast.AST) -> list[Delta]:
    found: list[Delta] = []
    for name in old._fields:
        mine, theirs = getattr(old, name, None), getattr(new, name, None)
        if isinstance(mine, list) and isinstance(theirs, list):
            found += _lists(old, new, name, mine, theirs)
        elif isinstance(mine, (ast.expr_context, ast.cmpop, *_OPERATORS)):
            continue
        elif isinstance(mine, ast.AST) and isinstance(theirs, ast.AST):
            if dump(mine) != dump(theirs):
                found.append(Delta(mine, theirs, (old, new), name))
        elif mine is not theirs and (_node(mine) or _node(theirs)) is not None:
            found.append(Delta(_node(mine), _node(theirs), (old, new), name))
    return found[::-1]


def _lists(old: ast.AST, new: ast.AST, name: str, mine: Sequence[object], theirs: Sequence[object]) -> list[Delta]:
    shapes = [[dump(one) if isinstance(one, ast.AST) else repr(one) for one in side] for side in (mine, theirs)]
    found: list[Delta] = []
    if len(mine) == len(theirs):
        pairs = zip(mine, theirs, *shapes, strict=True)
        found = [Delta(_node(one), _node(other), (old, new), name) for one, other, a, b in pairs if a != b]
        if len(found) <= MAX_DELTAS:
            return found
        found = []
    matcher = difflib.SequenceMatcher(None, shapes[0], shapes[1], autojunk=False)
    for tag, first, last, start, stop in matcher.get_opcodes():
        if tag == "equal":
            continue
        if last - first == stop - start:
            both = zip(mine[first:last], theirs[start:stop], strict=True)
            found += [Delta(_node(one), _node(other), (old, new), name) for one, other in both]
        else:
            found += [Delta(_node(one), None, (old, new), name) for one in mine[first:last]]
            found += [Delta(None, _node(one), (old, new), name) for one in theirs[start:stop]]
    return found


def _node(one: object) -> ast.AST | None:
    return one if isinstance(one, ast.AST) else None
