"""What share of the planted faults is found: at their place, and not in the same commit without them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tests.evaluate import history
from tests.evaluate.operators.seeding import Seeded, run, seeds
from tests.evaluate.parallel import examine_all
from tests.evaluate.places import Places
from tests.evaluate.score import BUDGETS, Rates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.evaluate.examined import Examined, Said

EACH = 3
"""Faults for each operator."""
FEW = 70
"""Commits that are looked through for one fault of each operator."""


def measure(mirrors: Path, limit: int | None, rates: Rates) -> Iterator[str]:
    """Yield the lines of the table."""
    each = EACH if limit is None else max(1, limit)
    chosen = history.commits(mirrors, None if limit is None else FEW * each)
    # Every other one, so that not all are of the first repository.
    made = seeds(chosen[::2] + chosen[1::2], each)
    with_fault = examine_all({one.name: one for one in made}, run, "planted faults")
    without = examine_all({one.commit.name: one.commit for one in made}, history.run, "the same without")
    kinds = {(said.severity, said.name) for one in with_fault.values() for said in one.findings}
    allowed = {budget: rates.allowed(budget, kinds) for budget in BUDGETS}
    rows: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)
    for one in made:
        told = list(_told(one, with_fault[one.name], without[one.commit.name]))
        marks = {"found"} if told else set()
        marks |= {"alarm"} if any(said.severity != "info" for said in told) else set()
        marks |= {f"@{b:g}" for b in BUDGETS if any((said.severity, said.name) in allowed[b] for said in told)}
        rows[f"{one.mode}"].append((f"{one.operator} ({one.commit.language})", marks))
    yield f"Planted faults: {len(made)} in {len({one.commit for one in made})} commits"
    broken = [one for one in (*with_fault.values(), *without.values()) if one.error]
    if broken:
        yield f"  not examined: {len(broken)}, such as {broken[0].name}: {broken[0].error.strip().splitlines()[-1]}"
    columns = ("found", "alarm", *(f"@{budget:g}" for budget in BUDGETS))
    yield f"  {'mode, operator':42}{'faults':>7}" + "".join(f"{name:>7}" for name in columns)
    for mode in sorted(rows):
        yield _row(mode, [marks for _, marks in rows[mode]], columns)
        for operator in sorted({name for name, _ in rows[mode]}):
            yield _row(f"  {operator}", [marks for name, marks in rows[mode] if name == operator], columns)


def _row(name: str, marks: list[set[str]], columns: tuple[str, ...]) -> str:
    shares = "".join(f"{sum(column in one for one in marks) / len(marks):>7.2f}" for column in columns)
    return f"  {name:42}{len(marks):>7}{shares}"


def _told(seeded: Seeded, spoiled: Examined, original: Examined) -> Iterator[Said]:
    places, label = Places(seeded.change), seeded.change.labels[0]
    before = {(one.name, one.file, one.message) for one in original.findings}
    for one in spoiled.findings:
        if (one.name, one.file, one.message) not in before and (
            places.found(label, one) or (seeded.mode == one.mode and one.file == seeded.path and label.side == "old")
        ):
            yield one
