"""What share of the planted faults is found: by a finding of the mode, at the place, that the original lacks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.evaluate import history
from tests.evaluate.operators.making import original, spoiled
from tests.evaluate.operators.seeding import Seeded, seeds
from tests.evaluate.operators.table import RUNS
from tests.evaluate.parallel import examine_all
from tests.evaluate.places import Places
from tests.evaluate.score import BUDGETS, Rates

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from tests.evaluate.examined import Examined, Said

EACH = 4
"""Faults for each operator."""
COMMITS = 260
"""Commits that are looked through for them."""
COLUMNS = ("found", "alarm", *(f"@{budget:g}" for budget in BUDGETS))


@dataclass(frozen=True, slots=True)
class Row:
    """One fault and what was made of it: which columns it counts in, and why it could not be examined."""

    seeded: Seeded
    marks: frozenset[str]
    said: tuple[Said, ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Planted:
    """All faults, and the rates that budgets were taken from.

    Attributes:
        honest: what the modes that need a record say of honest ones: (mode.rule, severity) to how often.
        honest_runs, honest_added: how many honest records, and the added lines of their commits.
    """

    rows: tuple[Row, ...]
    honest: Mapping[tuple[str, str], int]
    honest_runs: int
    honest_added: int


def measure(mirrors: Path, limit: int | None, rates: Rates, modes: Collection[str] = ()) -> Planted:
    """Plant faults and look for them.

    Args:
        mirrors: folder of bare repositories.
        limit: faults for each operator, `EACH` by default.
        rates: of history, which the budgets are spent by.
        modes: only faults of these, all by default.
    """
    each = EACH if limit is None else max(1, limit)
    chosen = history.commits(mirrors, COMMITS)
    # Every other one, so that not all are of the first repository.
    made = seeds([one for start in range(5) for one in chosen[start::5]], each)
    made = [one for one in made if not modes or one.mode in modes]
    found = examine_all({one.name: one for one in made}, spoiled, "planted faults")
    clean = examine_all({one.original: one for one in made}, original, "the same without")
    # What running the tests says of three commits is no rate of a record.
    runs = {one.original: clean[one.original] for one in made if one.spoiled.honest is not None and one.mode in RUNS}
    honest = Counter(
        (said.name, said.severity)
        for result in runs.values()
        for said in result.findings
        if said.severity != "info" and not result.error and said.mode in RUNS
    )
    added = sum(one.added for one in runs.values())
    kinds = {(said.severity, said.name) for one in found.values() for said in one.findings}
    allowed = {b: _joined(rates, honest, added).allowed(b, kinds) for b in BUDGETS}
    rows = []
    for one in made:
        result, before = found[one.name], clean[one.original]
        said = tuple(_told(one, result, before))
        marks = {"found"} if said else set()
        marks |= {"alarm"} if any(each_.severity != "info" for each_ in said) else set()
        marks |= {f"@{b:g}" for b in BUDGETS if any((e.severity, e.name) in allowed[b] for e in said)}
        rows.append(Row(one, frozenset(marks), said, result.error or before.error))
    return Planted(tuple(rows), honest, len(runs), added)


def _joined(rates: Rates, honest: Mapping[tuple[str, str], int], added: int) -> Rates:
    """Return the rates with those of honest records, brought to the same number of lines."""
    more = {(severity, rule): -(-count * rates.added // max(1, added)) for (rule, severity), count in honest.items()}
    counts = Counter({kind: count for kind, count in rates.counts.items() if kind not in more})
    return Rates(rates.added, rates.commits, counts + Counter(more), rates.without)


def _told(seeded: Seeded, result: Examined, before: Examined) -> Iterator[Said]:
    places, label = Places(seeded.change), seeded.change.labels[0]
    known = Counter(_key(one) for one in before.findings)
    for one in result.findings:
        if known[_key(one)] > 0:
            known[_key(one)] -= 1
        elif places.found(label, one) or (one.mode == label.mode and one.file == label.path and label.side == "old"):
            yield one


def _key(said: Said) -> tuple[str, str | None, str]:
    # Numbers of commands and lines move with everything that comes before them.
    return said.name, said.file, re.sub(r"\d+", "#", said.message)
