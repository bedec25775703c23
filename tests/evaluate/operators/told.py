"""The tables of planted faults, as plain text and as a page, and what was not found."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tests.evaluate.operators.interval import wilson
from tests.evaluate.operators.run import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.evaluate.operators.run import Planted, Row
    from tests.evaluate.operators.seeding import Seeded
    from tests.evaluate.score import Rates

_PAGE = """\
# Planted faults

Written by `python -m tests.evaluate operators --write-planted`. Each fault is put by an operator into one whole commit
that people made; it counts as found when the check of its mode says something at its place (two lines either way) that
it does not say of the same commit without the fault, and as alarm when that is above info. `@N`: found by rules that
together say at most N things above info of 100 added lines of history. In brackets: the Wilson interval at 95 %.
What running the tests would find besides is not in here, but for `tests_on_parent`. Rules were mended on such faults:
of faults that nobody has looked at they find less.

{faults} faults of {operators} operators in {commits} commits. Budgets are spent by the rates of {history} commits of
history with {added} added lines of code and settings, and of {runs} records of runs without a fault ({honest} findings
above info).

"""


def table(planted: Planted) -> Iterator[str]:
    """Lines of the table: recall by mode with intervals, and counts by operator."""
    rows = [one for one in planted.rows if not one.error]
    yield f"Planted faults: {len(rows)} in {_commits(rows)} commits, of {_operators(rows)} operators"
    broken = [one for one in planted.rows if one.error]
    if broken:
        last = broken[0].error.strip().splitlines()[-1]
        yield f"  not examined: {len(broken)}, such as {broken[0].seeded.name}: {last}"
    yield f"  {'mode, operator':42}{'faults':>7}" + "".join(f"{name:>18}" for name in COLUMNS)
    for mode, some in _by(rows, lambda one: one.seeded.mode):
        yield f"  {mode:42}{len(some):>7}" + "".join(f"{_share(some, name):>18}" for name in COLUMNS)
        for operator, few in _by(some, lambda one: f"{one.seeded.operator} ({one.seeded.commit.language})"):
            counts = "".join(f"{sum(name in one.marks for one in few):>18}" for name in COLUMNS)
            yield f"    {operator:40}{len(few):>7}{counts}"
    total = sum(planted.honest.values())
    yield f"  honest records: {planted.honest_runs} over {planted.honest_added} added lines; {total} above info"
    for (rule, severity), count in sorted(planted.honest.items(), key=lambda entry: -entry[1]):
        yield f"    {rule} ({severity}): {count}"


def as_markdown(planted: Planted, rates: Rates) -> str:
    """The same by mode, as a page."""
    rows = [one for one in planted.rows if not one.error]
    page = _PAGE.format(
        faults=len(rows),
        operators=_operators(rows),
        commits=_commits(rows),
        history=rates.commits,
        added=rates.added,
        runs=planted.honest_runs,
        honest=sum(planted.honest.values()),
    )
    lines = [f"| mode | operators | faults | {' | '.join(COLUMNS)} |", f"|---|---|---|{'---|' * len(COLUMNS)}"]
    for mode, some in _by(rows, lambda one: one.seeded.mode):
        shares = " | ".join(_share(some, name) for name in COLUMNS)
        lines.append(f"| `{mode}` | {_operators(some)} | {len(some)} | {shares} |")
    return page + "\n".join(lines) + "\n"


def misses(planted: Planted) -> dict[str, list[str]]:
    """What was not found, by mode: the operator, the recipe and the line of the fault."""
    told: dict[str, list[str]] = {}
    for one in planted.rows:
        if "alarm" in one.marks:
            continue
        told.setdefault(one.seeded.mode, []).extend(_miss(one))
    return told


def _miss(row: Row) -> Iterator[str]:
    seeded, label = row.seeded, row.seeded.change.labels[0]
    state = "ERROR" if row.error else "INFO " if "found" in row.marks else "MISS "
    where = f"{label.path or '-'}:{label.line or '-'} {label.side}"
    yield f"{state} {seeded.operator} ({seeded.commit.language})  {seeded.commit.name}  {where}  {label.words}"
    text = (seeded.change.before if label.side == "old" else seeded.change.after).get(label.path or "", "")
    near = text.splitlines()[max(0, label.line - 2) : label.line + 1] if label.line else []
    yield from (f"        {line[:140]}" for line in near)
    yield from (f"        = {line}" for line in _recorded(seeded))
    if row.error:
        yield f"        {row.error.strip().splitlines()[-1]}"


def _recorded(seeded: Seeded) -> Iterator[str]:
    """Lines of the record that the honest one does not have."""
    run, honest = seeded.spoiled.run, seeded.spoiled.honest
    if run is None or honest is None or run == honest:
        return
    known = [str(row) for row in honest.events]
    for row in run.events:
        if str(row) not in known:
            yield str({name: value for name, value in row.items() if name not in {"patch", "cwd"}})[:200]
    if run.contract != honest.contract:
        yield str(run.contract.get("rollback"))


def _share(rows: list[Row], column: str) -> str:
    hits = sum(column in one.marks for one in rows)
    low, high = wilson(hits, len(rows))
    return f"{hits / len(rows):.2f} [{low:.2f} {high:.2f}]"


def _commits(rows: Iterable[Row]) -> int:
    return len({one.seeded.commit for one in rows})


def _operators(rows: Iterable[Row]) -> int:
    return len({(one.seeded.mode, one.seeded.operator, one.seeded.commit.language) for one in rows})


def _by(rows: Iterable[Row], name: Callable[[Row], str]) -> Iterator[tuple[str, list[Row]]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for one in rows:
        found[name(one)].append(one)
    yield from sorted(found.items())
