"""One fact in the place of many of a kind: a file that has the same said of it many times is told of once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.ident import Fact

_MANY = 3
_NAMED = 8
_AT_ONCE = frozenset({"touched", "handler-silent"})
"""Told once for a file however few they are: one look there sees them all."""


def folded(found: Iterable[Fact]) -> list[Fact]:
    """Return the facts with those that one file has many of told once, with the lines of the others."""
    kept: list[Fact] = []
    groups: dict[tuple[str | None, str, str], list[Fact]] = {}
    for fact in found:
        group = groups.setdefault((fact.file, fact.rule, fact.severity), [])
        group.append(fact)
        if len(group) == 1:
            kept.append(fact)
    rest = []
    for number, first in enumerate(kept):
        others = groups[first.file, first.rule, first.severity][1:]
        if first.rule not in _AT_ONCE and len(others) < _MANY:
            rest += [(number, one) for one in others]
        elif others:
            lines = ", ".join(str(one.line) for one in others[:_NAMED])
            more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
            plural = "lines" if len(others) > 1 else "line"
            kept[number] = replace(first, message=f"{first.message} The same in this file: {plural} {lines}{more}.")
    for number, one in reversed(rest):
        kept.insert(number + 1, one)
    return kept
