"""Each changed line of Python made wrong on purpose, while the tests run that execute it: does one of them notice?

Which lines, and how, is said by `checks.ablation`; which tests execute a line, by what was recorded on the head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.ablation.mutants import wrongs
from reviewer.checks.ident import shown
from reviewer.checks.probed import Mutant, Mutation
from reviewer.probe import trials
from reviewer.probe.hunks import why_none
from reviewer.probe.suite import Selection
from reviewer.probe.trials import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewer.checks.ablation.mutants import Wrong
    from reviewer.checks.probed import MutantState
    from reviewer.probe.files import Files
    from reviewer.probe.suite import Lines
    from reviewer.probe.trials import Answer, Baseline, Runs, Store, Verdict

MAX_TRIED = 60
"""Mutants of one change that are run; from more lines than that, evenly spread ones are taken."""
NO_LINES = "which tests execute which lines was not recorded"
_MAX_TESTS = 40
_MOST = 300
_STATES: dict[Answer, MutantState] = {
    "noticed": "killed",
    "silent": "survived",
    "broken": "killed",
    "undecided": "undecided",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """The mutants of a change: those that are tried, lines that nothing runs, and what was not looked at."""

    tried: tuple[tuple[str, Wrong], ...] = ()
    uncovered: tuple[tuple[str, Wrong], ...] = ()
    gaps: tuple[str, ...] = ()


def plan(head: Files, changed: Mapping[str, frozenset[int]], lines: Lines | None, most: int = MAX_TRIED) -> Planned:
    """Return which mutants there are to be.

    Args:
        head: the tree.
        changed: changed lines of code by path, from 1.
        lines: what the tests execute.
        most: how many are tried.
    """
    if lines is None:
        return Planned(gaps=(NO_LINES,))
    tried: list[tuple[str, Wrong]] = []
    uncovered: list[tuple[str, Wrong]] = []
    gaps: list[str] = []
    for path, numbers in changed.items():
        source = head.read(path)
        found = None if source is None else wrongs(source, numbers)
        if found is None:
            gaps.append(f"{shown(path)}: it cannot be read as Python")
            continue
        for one in found:
            # What runs on import may have run before anyone watched, so all tests are asked.
            covered = not one.called or lines.ran(path, one.line) or lines.ran(path, one.statement)
            (tried if covered else uncovered).append((path, one))
    if len(tried) > most:
        gaps.append(f"{most} of {len(tried)} changed lines were made wrong, evenly spread")
        tried = [tried[number * len(tried) // most] for number in range(most)]
    return Planned(tuple(tried), tuple(uncovered), tuple(gaps))


def mutate(
    planned: Planned,
    head: Files,
    baseline: Baseline,
    runs: Runs,
    store: Store,
    *,
    progress: Callable[[int, int, str], None] | None = None,
) -> Mutation:
    """Return what became of each mutant; arguments as for `hunks.ablate`."""
    if not baseline.passing:
        return Mutation(gaps=(*planned.gaps, *baseline.gaps, why_none(baseline)))
    wanted: list[Trial] = []
    for path, one in planned.tried:
        selection = _selection(baseline, path, one)
        name = trials.key("mutant", head.key, path, one.source, *(selection.ids or ()))
        tree = f"head with {path}:{one.line} made wrong"
        wanted.append(Trial(name, head.replaced({path: one.source}), tree, selection))
    found = trials.hold(wanted, baseline, runs, store, progress=progress)
    rows = [_row(path, one, found.get(trial.key)) for (path, one), trial in zip(planned.tried, wanted, strict=True)]
    rows += [_row(path, one, None, "uncovered") for path, one in planned.uncovered]
    open_ = sum(trial.key not in found for trial in wanted)
    gaps = [*planned.gaps, *([f"{open_} of {len(wanted)} mutants were not tried"] if open_ else [])]
    ran = [verdict.ran for verdict in found.values() if verdict.ran is not None]
    order = {path: number for number, path in enumerate(dict.fromkeys(row.path for row in rows))}
    rows.sort(key=lambda row: (order[row.path], row.line))
    return Mutation(rows=tuple(rows), runs=tuple(ran), gaps=tuple(gaps))


def _selection(baseline: Baseline, path: str, one: Wrong) -> Selection:
    """Return the tests that execute a line; those that pass at all, where it runs only when its file is imported."""
    lines = baseline.lines
    names = [*lines.covering(path, one.line), *lines.covering(path, one.statement)] if lines is not None else []
    ids = [each for each in dict.fromkeys(names) if each in baseline.passing][:_MAX_TESTS]
    if not ids:
        ids = sorted(baseline.passing, key=lambda each: (baseline.passing[each] not in baseline.own, each))[:_MOST]
    return Selection(paths=tuple(sorted({baseline.passing[each] for each in ids})), ids=tuple(ids))


def _row(path: str, one: Wrong, verdict: Verdict | None, state: MutantState = "undecided") -> Mutant:
    by: tuple[str, ...] = ()
    if verdict is not None:
        state, by = _STATES[verdict.answer], verdict.by
    return Mutant(
        path=path, line=one.line, operator=one.operator, before=one.before, after=one.after, state=state, by=by
    )
