"""Each changed line of code made wrong on purpose, while the tests run that execute it: does one of them notice?

Which lines, and how, is said by `checks.ablation`; which tests execute a line, by what was recorded on the head. For
JavaScript, TypeScript and Go nothing is recorded: all tests that pass are run for each, so fewer lines are tried, and
what cannot be built counts for nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ablation import tree_mutants
from reviewer.checks.ablation.mutants import wrongs
from reviewer.checks.ident import shown
from reviewer.checks.probed import Mutant, Mutation, Noticing
from reviewer.probe import trials
from reviewer.probe.hunks import why_none
from reviewer.probe.suite import Selection
from reviewer.probe.trials import NAMED, UNCOLLECTED, Trial
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reviewer.checks.ablation.mutants import Wrong
    from reviewer.checks.probed import MutantState
    from reviewer.probe.files import Files
    from reviewer.probe.suite import Lines
    from reviewer.probe.trials import Answer, Baseline, Runs, Store, Verdict

MAX_TRIED = 60
"""Mutants of one change that are run; from more lines than that, evenly spread ones are taken."""
MAX_BUILT = 20
"""The same where each run builds the code anew, or all tests run for each line."""
MAX_SECONDS = 900.0
"""After so long no further mutant is started where each takes a build."""
NO_LINES = "which tests execute which lines was not recorded"
_MAX_TESTS = 40
_MOST = 300
_NAMES = {"go": "Go", "javascript": "JavaScript", "typescript": "TypeScript"}
_STATES: dict[Answer, MutantState] = {
    "noticed": "killed",
    "silent": "survived",
    "broken": "killed",
    "undecided": "undecided",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """The mutants of a change: those that are tried, lines that nothing runs, and what was not looked at.

    Attributes:
        built: each run may have to build the code.
    """

    tried: tuple[tuple[str, Wrong], ...] = ()
    uncovered: tuple[tuple[str, Wrong], ...] = ()
    gaps: tuple[str, ...] = ()
    built: bool = False


def plan(head: Files, changed: Mapping[str, frozenset[int]], lines: Lines | None, most: int = MAX_TRIED) -> Planned:
    """Return which mutants there are to be.

    Args:
        head: the tree.
        changed: changed lines of code by path, from 1.
        lines: what the tests execute.
        most: how many are tried.
    """
    tried: list[tuple[str, Wrong]] = []
    uncovered: list[tuple[str, Wrong]] = []
    gaps: list[str] = []
    blind = False
    for path, numbers in changed.items():
        language = roles.language(path)
        is_tree = language in tree_mutants.LANGUAGES
        if lines is None and not is_tree:
            gaps.append(NO_LINES)
            continue
        source = head.read(path)
        if source is None or language is None:
            found = None
        else:
            found = tree_mutants.wrongs(source, numbers, language, path) if is_tree else wrongs(source, numbers)
        if found is None:
            gaps.append(f"{shown(path)}: it cannot be read as {_NAMES.get(language or '', 'Python')}")
            continue
        blind = blind or is_tree
        for one in found:
            # What runs on import may have run before anyone watched, so all tests are asked.
            covered = lines is None or not one.called or lines.ran(path, one.line) or lines.ran(path, one.statement)
            (tried if covered else uncovered).append((path, one))
    most = min(most, MAX_BUILT) if blind else most
    if len(tried) > most:
        gaps.append(f"{most} of {len(tried)} changed lines were made wrong, evenly spread")
        tried = [tried[number * len(tried) // most] for number in range(most)]
    return Planned(tuple(tried), tuple(uncovered), tuple(dict.fromkeys(gaps)), blind)


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
        name = trials.key("mutant and who notices", head.key, path, one.source, *(selection.ids or ()))
        tree = f"head with {path}:{one.line} made wrong"
        wanted.append(Trial(name, head.replaced({path: one.source}), tree, selection))
    until = time.monotonic() + MAX_SECONDS if planned.built else None
    found = trials.hold(
        wanted,
        baseline,
        runs,
        store,
        progress=progress,
        over=None if until is None else lambda: time.monotonic() > until,
    )
    pairs = [(path, one, found.get(trial.key)) for (path, one), trial in zip(planned.tried, wanted, strict=True)]
    counted = [each for each in pairs if not _is_unbuilt(each[0], each[2])]
    rows = [_row(path, one, verdict) for path, one, verdict in counted]
    rows += [_row(path, one, None, "uncovered") for path, one in planned.uncovered]
    open_ = sum(trial.key not in found for trial in wanted)
    gaps = [*planned.gaps, *([f"{open_} of {len(wanted)} mutants were not tried"] if open_ else [])]
    if unbuilt := len(pairs) - len(counted):
        gaps.append(f"{plural(unbuilt, 'mutant')} could not be built or loaded, and says nothing of the tests")
    ran = [verdict.ran for verdict in found.values() if verdict.ran is not None]
    order = {path: number for number, path in enumerate(dict.fromkeys(row.path for row in rows))}
    rows.sort(key=lambda row: (order[row.path], row.line))
    return Mutation(rows=tuple(rows), tests=tuple(_noticing(pairs, baseline)), runs=tuple(ran), gaps=tuple(gaps))


def _noticing(pairs: Sequence[tuple[str, Wrong, Verdict | None]], baseline: Baseline) -> Iterator[Noticing]:
    """Yield how much each test of the change's own files notices, cases of one test together."""
    if baseline.lines is None:
        return
    tried: dict[tuple[str, str], set[tuple[str, int]]] = {}
    noticed: dict[tuple[str, str], set[tuple[str, int]]] = {}
    for path, one, verdict in pairs:
        if verdict is None or not _says_who(verdict):
            continue
        ran = {*baseline.lines.covering(path, one.line), *baseline.lines.covering(path, one.statement)}
        for test in ran & {*(_selection(baseline, path, one).ids or ())}:
            if (file := baseline.passing[test]) not in baseline.own:
                continue
            name = (test.partition("[")[0], file)
            tried.setdefault(name, set()).add((path, one.line))
            if test in verdict.by:
                noticed.setdefault(name, set()).add((path, one.line))
    for (test, file), lines in sorted(tried.items()):
        yield Noticing(id=test, path=file, tried=len(lines), noticed=len(noticed.get((test, file), ())))


def _says_who(verdict: Verdict) -> bool:
    """Return whether a verdict tells which tests failed and which did not."""
    return verdict.answer == "silent" or (verdict.answer == "noticed" and bool(verdict.by) and not verdict.reason)


def _is_unbuilt(path: str, verdict: Verdict | None) -> bool:
    """Return whether a compiler or a loader ended a run, before any test could."""
    if verdict is None or roles.language(path) not in tree_mutants.LANGUAGES:
        return False
    return verdict.answer == "broken" or (verdict.answer == "noticed" and verdict.reason == UNCOLLECTED)


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
        state, by = _STATES[verdict.answer], verdict.by[:NAMED]
    return Mutant(
        path=path, line=one.line, operator=one.operator, before=one.before, after=one.after, state=state, by=by
    )
