"""Lists of rules and of paths in settings: what one side has that the other lacks; groups of rules have their rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.gates.tree import Node

_EVERYTHING = frozenset(("all", "*"))
_MOST = 1_000
_USUAL = re.compile(
    r"(?:node_modules|dist|build|coverage|vendor|third_party|out|target|htmlcov|__pycache__|site-packages|generated|_?build|migrations"
    r"|\.?venv|env|\.(?:git|tox|nox|eggs|next|cache|mypy_cache|ruff_cache|pytest_cache|hg|svn|idea|vscode)|[\w.-]*egg-info|_vendor)",
)


def is_usual(pattern: str) -> bool:
    """Return whether people leave a path out as a matter of course: what is built, downloaded or generated."""
    parts = [
        part for part in pattern.strip().strip("\"'^$").replace("\\", "").split("/") if part not in {"", ".", "*", "**"}
    ]
    return bool(parts) and _USUAL.fullmatch(parts[0]) is not None


def names(node: Node | None) -> list[str]:
    """Return the elements of a list, or the parts of a text, as they are written."""
    return [] if node is None else [element.text.strip() for element in node.list_of()[:_MOST] if element.text]


def covered(code: str, codes: Iterable[str]) -> bool:
    """Return whether a rule is one of `codes`, or of a group that they name by its first letters ("E" has "E501")."""
    for one in codes:
        if one == code or one.lower() in _EVERYTHING:
            return True
        if code.startswith(one) and code[len(one) :].isdigit() and one[:1].isupper():
            return True
        if one.isalpha() and one.isupper() and code.startswith(one) and code[len(one) : len(one) + 1].isdigit():
            return True
    return False


def grown(old: Node | None, new: Node | None) -> list[tuple[str, int]]:
    """Return what the new list has and the old one does not cover, with lines."""
    if new is None:
        return []
    before = names(old)
    known = set(before)
    groups = [name for name in before if len(name) <= 7]
    return [
        (element.text.strip(), element.line)
        for element in new.list_of()[:_MOST]
        if element.text and element.text.strip() not in known and not covered(element.text.strip(), groups)
    ]


def shrunk(old: Node | None, new: Node | None) -> list[str]:
    """Return the paths of the old list that the new one lacks, if that gained nothing but folders inside of them."""
    before, after = names(old), names(new)
    lost = [name for name in before if name not in set(after)]
    gained = [name for name in after if name not in set(before)]
    inside = all(any(name.startswith(f"{folder.rstrip('/*')}/") for folder in lost) for name in gained)
    return lost if inside else []


def lost_rules(old: Node | None, new: Node | None) -> list[str]:
    """Return the rules of the old list that the new one does not cover."""
    after = names(new)
    known = set(after)
    groups = [name for name in after if len(name) <= 7]
    return [name for name in names(old) if name not in known and not covered(name, groups)]
