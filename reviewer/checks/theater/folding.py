"""One fact in the place of many of a kind: what a port of a whole test file would say of each of its tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.ident import Fact

_MANY = 4


def folded(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Yield the facts in their order; of more than four of one rule and weight in one file only the first.

    What a run decided, or weighs most, is never folded away.
    """
    kinds: dict[tuple[str, str | None, str, str | None], list[Fact]] = {}
    listed = list(facts)
    for fact in listed:
        kinds.setdefault(_kind(fact), []).append(fact)
    for fact in listed:
        alike = kinds[_kind(fact)]
        if len(alike) <= _MANY or fact.severity == "high" or fact.known == "recorded":
            yield fact
        elif fact is alike[0]:
            lines = ", ".join(str(one.line) for one in alike[1 : _MANY + 1])
            more = f" {len(alike) - 1:,} more of this file likewise (lines {lines} …)."
            yield replace(fact, message=fact.message + more)


def _kind(fact: Fact) -> tuple[str, str | None, str, str | None]:
    return (fact.rule, fact.file, fact.severity, fact.side)
