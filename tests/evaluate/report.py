"""The tables, as plain text."""

from __future__ import annotations

import statistics
from collections import Counter
from typing import TYPE_CHECKING

from tests.evaluate.score import BUDGETS, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.evaluate.examined import Examined
    from tests.evaluate.model import Change
    from tests.evaluate.score import Judged, Rates


def small(title: str, changes: Sequence[Change], results: Mapping[str, Examined], rates: Rates) -> Iterator[str]:
    """Lines on the small set."""
    judged = judge(changes, results, rates)
    yield f"{title}: {len(changes)} changes, {judged.tallies['all'].labels} labels, {judged.added} added lines"
    head = "".join(f"{f'@{budget:g}':>7}" for budget in BUDGETS)
    yield f"  {'mode':20}{'labels':>7}{'found':>7}{'alarm':>7}{head}{'share@1':>9}{'file':>6}{'place':>7}"
    for mode, one in judged.tallies.items():
        if one.labels:
            at = "".join(f"{one.at[budget]:>7}" for budget in BUDGETS)
            share = f"{one.at[1.0] / one.labels:9.2f}"
            yield f"  {mode:20}{one.labels:>7}{one.found:>7}{one.alarming:>7}{at}{share}{one.near:>6}{one.placed:>7}"
    yield "  found: by a finding of the mode within two lines; alarm: by one above info; file: mode and file only;"
    yield "  place: by any finding above info there; @N: by rules that together cry N times in 100 lines of history"
    yield f"  findings above info at no label of their mode: {len(judged.strays)}, " + _per_100(judged)
    yield "    " + ", ".join(f"{rule} {n}" for rule, n in Counter(one.name for _, one in judged.strays).most_common())
    yield from times([results[change.name] for change in changes])


def _per_100(judged: Judged) -> str:
    return f"{100 * len(judged.strays) / max(1, judged.added):.2f} in 100 added lines"


def times(results: Sequence[Examined]) -> Iterator[str]:
    """Lines on how long it took and what was left out."""
    fine = [one for one in results if not one.error]
    if not fine:
        return
    first, whole = [one.first for one in fine], [one.seconds for one in fine]
    yield (
        f"  seconds to the first finding {statistics.median(first):.2f} (median), to all {statistics.median(whole):.2f}"
        f" (median), {max(whole):.1f} (most)"
    )
    statuses = [status for one in fine for status in one.statuses.values()]
    incomplete = sum(status == "incomplete" for status in statuses)
    yield f"  checks incomplete: {incomplete} of {len(statuses)} ({incomplete / max(1, len(statuses)):.0%})"
    for one in results:
        if one.error:
            yield f"  not examined: {one.name}: {one.error.strip().splitlines()[-1]}"


def alarms(title: str, rates: Rates, results: Iterable[Examined]) -> Iterator[str]:
    """Lines on changes that are fine."""
    yield f"{title}: {rates.commits} commits, {rates.added} added lines of code and settings"
    yield "  findings in 100 lines: " + ", ".join(f"{name} {rate:.2f}" for name, rate in rates.by_severity().items())
    total = sum(rate for _, rate in rates.by_rule().values())
    yield f"  above info together: {total:.2f}; besides, {rates.without} of no file (no contract, note, record)"
    for rule, (count, rate) in rates.by_rule().items():
        kinds = ", ".join(f"{severity} {n}" for (severity, name), n in sorted(rates.counts.items()) if name == rule)
        yield f"  {rule:45}{count:>6}{rate:>8.3f}  {kinds}"
    yield from times(list(results))


def misses(judged: Judged) -> dict[str, list[str]]:
    """What was not found and what was found besides, by mode; of the open half only."""
    told: dict[str, list[str]] = {}
    for change, label in judged.misses:
        if change.half == "open":
            place = f"{label.path or '-'}:{label.line or '-'}" + (" (old side)" if label.side == "old" else "")
            told.setdefault(label.mode, []).append(f"MISS  {change.name}  {place}  {label.words}")
    for change, said in judged.strays:
        if change.half == "open":
            line = f"EXTRA {change.name}  {said.file or '-'}:{said.line or '-'}  {said.rule} ({said.severity}): "
            told.setdefault(said.mode, []).append(line + said.message)
    return told


def cries(results: Iterable[Examined]) -> dict[str, list[str]]:
    """What was said above "info" of changes that are fine, by mode, a line each."""
    told: dict[str, list[str]] = {}
    for one in results:
        for said in one.findings:
            if said.severity != "info" and said.file is not None:
                line = f"{said.rule} ({said.severity})  {one.name}  {said.file}:{said.line or '-'}  {said.message}"
                told.setdefault(said.mode, []).append(line)
    return {mode: sorted(lines) for mode, lines in told.items()}
