"""Decisive tests run once more: what ends differently on both sides counts only when it was seen twice.

The second runs hold these tests alone and, where the tests of all files share one process, each file in a process of
its own: a row that a test of another file wrote in the first run then stands against one that it cannot reach. Knows
two runs and what is to be run again; not what a class of tests is good for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.probe.suite import Selection
from reviewer.probe.workshop import Job
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reviewer.checks.probed import TestOutcome
    from reviewer.probe.files import Files
    from reviewer.probe.suite import SuiteRun
    from reviewer.probe.workshop import Workshop

Seen: TypeAlias = Literal["same", "other", "once"]
"""The second run says the same; it does not; there is no second run that can be counted."""

MAX_AGAIN = 500
MAX_ALONE = 4
"""Up to so many files are run each by itself; more of them together."""
BAD: frozenset[TestOutcome] = frozenset({"failed", "error"})
_RAN = BAD | {"passed", "skipped", "xfailed"}
AGAIN = "once more"


@dataclass(frozen=True, slots=True)
class Side:
    """One tree, its first run, and the tests of it that are to be seen again."""

    files: Files
    words: str
    first: SuiteRun
    tests: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Twice:
    """What the second runs say, by the words of a side and the id of a test."""

    runs: tuple[SuiteRun, ...] = ()
    outcomes: Mapping[str, Mapping[str, TestOutcome]] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()

    def seen(self, words: str, test: str, first: TestOutcome) -> Seen:
        """Return whether a side ended the same way twice for a test."""
        second = self.outcomes.get(words, {}).get(test)
        if second is None:
            return "once"
        return "same" if _kind(second) == _kind(first) else "other"


def sides(head: Side, parent: Side, by_absence: Callable[[str], bool]) -> tuple[Side, Side]:
    """Return what is to be seen again: what differs between the sides, and all that fails on the head.

    Args:
        head: with no tests yet.
        parent: with no tests yet.
        by_absence: whether a message says that something is not there, which ends no other way the next time.
    """
    ours, theirs = head.first, parent.first
    gains = [
        test
        for test, row in theirs.tests.items()
        if row.outcome in BAD and ours.outcome(test) == "passed" and not by_absence(row.message)
    ]
    losses = [test for test, row in theirs.tests.items() if row.outcome == "passed" and ours.outcome(test) in BAD]
    failing = dict.fromkeys((*(test for test, row in ours.tests.items() if row.outcome in BAD), *losses))
    return replace(head, tests=[*failing, *gains]), replace(parent, tests=[*gains, *losses])


def once_more(wanted: Iterable[Side], shop: Workshop) -> Twice:
    """Run the tests of each side once more."""
    jobs: list[tuple[str, Job]] = []
    gaps: list[str] = []
    for side in wanted:
        # The quick ones first, where they are too many.
        ids = sorted(side.tests, key=lambda test: (_seconds(side.first, test), test))[:MAX_AGAIN]
        if len(ids) < len(side.tests):
            more = plural(len(side.tests) - len(ids), "more decisive test")
            gaps.append(f"{more} of {side.words} ran once only: the limit is {MAX_AGAIN}")
        jobs += [(side.words, job) for job in _jobs(side, ids, alone=shop.framework.traces)]
    if shop.watch.is_over():
        return Twice()
    runs = shop.run_all([job for _, job in jobs])
    outcomes: dict[str, dict[str, TestOutcome]] = {}
    for (words, job), run in zip(jobs, runs, strict=True):
        if not run.complete:
            continue
        asked = frozenset(job.selection.ids or ())
        found = outcomes.setdefault(words, {})
        found |= {test: row.outcome for test, row in run.tests.items() if test in asked and row.outcome in _RAN}
        # A file that cannot be collected this time has no rows.
        found |= {test: "error" for test in asked if test not in found and run.breakage(test) is not None}
    return Twice(tuple(runs), outcomes, (*gaps, *(gap for run in runs for gap in run.gaps)))


def _jobs(side: Side, ids: Sequence[str], *, alone: bool) -> list[Job]:
    by_path: dict[str, list[str]] = {}
    for test in sorted(ids):
        by_path.setdefault(test.split("::", 1)[0], []).append(test)
    groups = [list(by_path)] if not alone or len(by_path) > MAX_ALONE else [[path] for path in by_path]
    found = []
    for paths in groups:
        tests = tuple(test for path in paths for test in by_path[path])
        if tests:
            selection = Selection(paths=tuple(paths), ids=tests)
            found.append(Job(files=side.files, words=f"{side.words}, {AGAIN}", selection=selection, again=True))
    return found


def _seconds(run: SuiteRun, test: str) -> float:
    row = run.tests.get(test)
    return 0.0 if row is None else row.seconds


def _kind(outcome: TestOutcome) -> str:
    return "bad" if outcome in BAD else outcome
