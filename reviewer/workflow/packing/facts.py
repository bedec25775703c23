"""What follows from a run, in the form and within the bounds of the manifest.

Knows `reviewer.run.derive` and the manifest's rows; derives nothing itself. A time or a duration that a log has and the
manifest could not hold is not recorded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reviewer.packet.change import path_text
from reviewer.workflow.packing.tables import GradedTable, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewer.run.derive import Graded, RunFacts

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_TIMES = frozenset({"first_at", "started", "ended", "at"})
_NOT_NEGATIVE = frozenset({"seconds", "usd", "input_tokens", "output_tokens", "cache_tokens", "turns", "subagents"})
_NOT_A_ROW = frozenset({"session", "course"})
"""These are joined with what git and the contract say before they are rows of the manifest."""


def run_rows(facts: RunFacts) -> dict[str, list[dict[str, Any]]]:
    """Return the arrays of tables that come from the run alone, by name."""
    return {name: held_rows(rows) for name, rows in facts.rows().items() if name not in _NOT_A_ROW}


def held_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with the values that the manifest can hold."""
    return [_held(row) for row in rows]


def run_table(graded: Graded) -> GradedTable:
    """Return one graded table of the run, to join with others."""
    table = GradedTable()
    for name, value in _held(graded.values).items():
        table.put(graded.known[name], **{name: value})
    for name, known in graded.known.items():
        if known == "lost":
            table.lose(name)
    return table


def manifest_path(path: str) -> str:
    """Return a path (bytes as text, PEP 383) as the manifest holds it."""
    return path_text(path.encode("utf-8", "surrogateescape"))


def _held(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that the manifest can hold; the others become None."""
    held: dict[str, Any] = {}
    for name, value in values.items():
        fits = value is not None
        if name in _TIMES:
            fits = isinstance(value, str) and _TIME.fullmatch(value) is not None
        elif name in _NOT_NEGATIVE and value is not None:
            fits = value >= 0
        elif name == "tests" and value is not None:
            fits = all(count >= 0 for count in value.values())
        held[name] = plain(value) if fits else None
    return held
