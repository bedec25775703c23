"""Changed source of other languages than Python as syntax trees, with the functions of both sides matched.

What cannot be read is said to the account; grammars themselves are known to `reviewer.syntax` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.sides import contents
from reviewer.syntax import pairing
from reviewer.syntax.function import functions
from reviewer.syntax.grammar import LANGUAGES
from reviewer.syntax.tree import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.roles import Language
    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Tree

_MOST_UNREAD = 5


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A changed file with the trees of its sides; None where the side does not exist."""

    file: ChangedFile
    language: Language
    old: Tree | None
    new: Tree | None


def read(
    case: Case, account: Account, *, wanted: Callable[[str], bool] = lambda _: True
) -> tuple[tuple[TreeFile, ...], tuple[ChangedFile, ...]]:
    """Return the changed files of the languages that have a grammar, and those of them that could not be read.

    Args:
        case: the change.
        account: is told what was and was not read.
        wanted: which paths the check covers.
    """
    files: list[TreeFile] = []
    unread: list[ChangedFile] = []
    costly = 0
    for file in case.files:
        known = roles.language(file.path)
        if known is None or known not in LANGUAGES or file.binary or not wanted(file.path):
            continue
        sides = contents(case, file)
        if not sides.complete:
            account.missing("content is not in the packet", file.path)
            unread.append(file)
            continue
        trees: list[Tree | None] = [None, None]
        if costly < _MOST_UNREAD:
            paths = (file.old_path or file.path, file.path)
            both = zip((sides.old, sides.new), paths, strict=True)
            trees = [None if side is None else parse(known, side, path) for side, path in both]
        if any(side is not None and tree is None for side, tree in zip((sides.old, sides.new), trees, strict=True)):
            costly += 1
            account.missing(
                "too large or too tangled to read as a syntax tree; only the form of lines counts", file.path
            )
            unread.append(file)
            continue
        one = TreeFile(file, known, trees[0], trees[1])
        account.looked(f"{roles.LANGUAGE_NAMES[known]} file", "by syntax tree")
        if _has_unread_change(one):
            account.beyond("the grammar could not make sense of a changed line", file.path)
        files.append(one)
    return tuple(files), tuple(unread)


def pairs(files: Sequence[TreeFile]) -> tuple[pairing.Pair, ...]:
    """Return the functions of all files that differ, matched before and after."""
    return pairing.pair([pairing.FilePair(one.file.path, _functions(one.old), _functions(one.new)) for one in files])


def _functions(tree: Tree | None) -> tuple[Function, ...]:
    return () if tree is None else functions(tree)


def _has_unread_change(one: TreeFile) -> bool:
    if one.new is None or not one.new.has_error:
        return False
    return not one.new.unread().isdisjoint(line.number for line in one.file.added)
