"""The matrix of {parent, head} code and {old, new} tests: which tests need the change, and which it breaks.

Runs the changed test files over the head and over the parent; then, where that is cheap, what the change edits or takes
away in its old form over both; the whole suite only when asked. A test that fails where the other side passes is run
once more, alone with its like, and counts as flaky if it then ends otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.probed import Matrix, TestClass, TestOutcome, TestRow
from reviewer.probe import borrowed
from reviewer.probe.change import Change, is_among
from reviewer.probe.suite import Selection
from reviewer.probe.workshop import Job
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewer.checks.probed import Ran
    from reviewer.probe.suite import SuiteRun
    from reviewer.probe.workshop import Workshop

HEAD_NEW, PARENT_NEW = "the head with its tests", "the parent with the head's tests"
HEAD_OLD, PARENT_OLD = "the head with the parent's tests", "the parent with its tests"
MAX_ROWS = 20_000
MAX_AGAIN = 500
AGAIN_SECONDS = 1.0
OLD_SECONDS = 2.0
_BAD: frozenset[TestOutcome] = frozenset({"failed", "error"})
_ABSENCE = re.compile(
    r"(?:ImportError|ModuleNotFoundError|NameError)\b"
    r"|AttributeError: (?:(?:partially initialized )?module|type object)"
    r"|AttributeError: (?!'NoneType')'[^']{1,200}' object has no attribute"
    r"|TypeError: .{0,500}unexpected keyword argument"
    r"|fixture '[^']{1,200}' not found"
)


@dataclass(frozen=True, slots=True)
class Runs4:
    """The four runs; those of the old tests are None where the change touches no old test."""

    head_new: SuiteRun
    parent_new: SuiteRun
    head_old: SuiteRun | None = None
    parent_old: SuiteRun | None = None

    def all(self) -> tuple[SuiteRun, ...]:
        """Return those that were made."""
        runs = (self.head_new, self.parent_new, self.head_old, self.parent_old)
        return tuple(run for run in runs if run is not None)


def jobs(change: Change) -> list[Job]:
    """Return the runs that the matrix may make: two, and two more where the change touches old tests."""
    return new_jobs(change) + (old_jobs(change) if change.replayable else [])


def new_jobs(change: Change) -> list[Job]:
    """Return the two runs of the head's tests."""
    new = Selection(paths=change.new_tests)
    return [
        Job(files=change.after, words=HEAD_NEW, selection=new),
        Job(files=change.parent_new, words=PARENT_NEW, selection=new),
    ]


def old_jobs(change: Change) -> list[Job]:
    """Return the two runs of old tests that the change edits or takes away."""
    ids = None if any("::" not in each for each in change.replayable) else tuple(sorted(change.replayable))
    paths = tuple(path for path in change.old_tests if any(each.split("::")[0] == path for each in change.replayable))
    old = Selection(paths=paths, ids=ids)
    return [
        Job(files=change.head_old, words=HEAD_OLD, selection=old),
        Job(files=change.before, words=PARENT_OLD, selection=old),
    ]


def matrix(change: Change, shop: Workshop, *, whole: bool = False) -> Matrix:
    """Return the matrix of a change.

    Args:
        change: what changed.
        shop: where tests are run.
        whole: also run the whole suite on both sides, to find tests that the change breaks.
    """
    gaps: list[str] = []
    rows: list[TestRow] = []
    ran: list[Ran] = []
    same = 0
    if change.new_tests or change.replayable:
        made = _four(change, shop)
        again = _once_more(made, shop, change)
        rows = _rows(change, made, again)
        ran = [run.ran for run in (*made.all(), *again)]
        gaps += [gap for run in made.all() for gap in run.gaps]
    elif change.test_paths:
        gaps.append("the change edits what tests use, and no test: only a run of the whole suite says what that does")
    else:
        gaps.append("the change adds and edits no test")
    if whole and not shop.watch.is_over():
        found, same, more, gaps_of_whole = _whole(change, shop, frozenset(row.id for row in rows))
        rows, ran, gaps = rows + found, ran + more, gaps + gaps_of_whole
    if change.borrowed:
        gaps.append(borrowed.gap(change.borrowed))
    if len(rows) > MAX_ROWS:
        gaps.append(f"{plural(len(rows) - MAX_ROWS, 'more test')} ran and have no row here")
    return Matrix(
        framework=shop.framework.name,
        rows=tuple(rows[:MAX_ROWS]),
        runs=tuple(ran),
        gaps=tuple(dict.fromkeys(gaps)),
        whole=whole,
        same=same,
    )


def classify(before: TestOutcome, after: TestOutcome, message: str) -> TestClass:
    """Return the class of a test from what became of it on the parent's and on the head's code.

    Args:
        before: on the parent's code with the head's tests.
        after: on the head's code with the head's tests.
        message: why it fails on the parent.
    """
    match before, after:
        case "passed", "passed":
            return "P2P"
        case "failed", "passed":
            # It could not even ask: what it uses is not there yet.
            return "E2P" if _ABSENCE.match(message) else "F2P"
        case "error" | "absent", "passed":
            return "E2P"
        case "passed", "failed" | "error":
            return "P2F"
        case (("failed" | "error" | "absent"), ("failed" | "error")):
            return "F2F"
    return "undecided"


def _four(change: Change, shop: Workshop) -> Runs4:
    head, parent = shop.run_all(new_jobs(change))
    if not change.replayable or shop.watch.is_over() or not _is_cheap(change, head):
        return Runs4(head, parent)
    return Runs4(head, parent, *shop.run_all(old_jobs(change)))


def _is_cheap(change: Change, head: SuiteRun) -> bool:
    """Return whether the old forms of edited tests may be run as well, judged by what the new ones took.

    Where a change edits most of a slow suite, that would double the time; asking for the replay makes these runs.
    """
    edited = sum(row.seconds for test, row in head.tests.items() if is_among(test, change.edited))
    return edited <= max(OLD_SECONDS, head.ran.seconds / 2)


def _once_more(made: Runs4, shop: Workshop, change: Change) -> tuple[SuiteRun, ...]:
    """Run once more what fails on one side: on the parent where the head passes, on the head in any case."""
    parent = [
        test
        for test, row in made.parent_new.tests.items()
        if row.outcome in _BAD and made.head_new.outcome(test) == "passed" and not _ABSENCE.match(row.message)
    ]
    head = [test for test, row in made.head_new.tests.items() if row.outcome in _BAD]
    wanted = []
    for files, words, tests in ((change.after, HEAD_NEW, head), (change.parent_new, PARENT_NEW, parent)):
        if tests and not shop.watch.is_over():
            run = made.head_new if tests is head else made.parent_new
            ids = _affordable(tests, run, made.head_new)
            paths = tuple(dict.fromkeys(test.split("::", 1)[0] for test in ids))
            selection = Selection(paths=paths, ids=ids)
            wanted.append(Job(files=files, words=f"{words}, once more", selection=selection, again=True))
    return tuple(shop.run_all(wanted))


def _affordable(tests: Sequence[str], run: SuiteRun, first: SuiteRun) -> tuple[str, ...]:
    """Return the tests that are run once more: the quick ones first, for a quarter of the first run's time."""
    left = max(AGAIN_SECONDS, first.ran.seconds / 4)
    found: list[str] = []
    for test in sorted(tests, key=lambda each: (run.tests[each].seconds, each))[:MAX_AGAIN]:
        left -= run.tests[test].seconds
        if left < 0 and found:
            break
        found.append(test)
    return tuple(found)


def _rows(change: Change, made: Runs4, again: Sequence[SuiteRun]) -> list[TestRow]:
    names = dict.fromkeys((*made.head_new.tests, *made.parent_new.tests))
    for place in made.head_new.broken:
        # A file that cannot be collected on the head tells no names: it is a row itself.
        path = place.split("::", 1)[0]
        if path and not any(test.startswith(f"{path}::") for test in names):
            names[path] = None
    olds = {change.as_new(test): test for run in (made.head_old, made.parent_old) if run for test in run.tests}
    names |= dict.fromkeys(olds)
    return [_row(change, made, again, test, olds.get(test)) for test in names]


def _row(change: Change, made: Runs4, again: Sequence[SuiteRun], test: str, old: str | None) -> TestRow:
    parent, head = made.parent_new.outcome(test), made.head_new.outcome(test)
    if change.new_tests == ():
        parent = head = "not_run"
    why = made.parent_new.message(test)
    kind = classify(parent, head, why)
    outcomes = {"head": head, "parent": parent}
    for run in again:
        side = "head" if run.ran.tree.startswith(HEAD_NEW) else "parent"
        if test in run.tests and (run.tests[test].outcome in _BAD) != (outcomes[side] in _BAD):
            kind = "flaky"
    message = made.head_new.message(test) if kind in {"P2F", "F2F"} else why if kind in {"F2P", "E2P"} else ""
    if kind == "flaky":
        message = why or made.head_new.message(test)
    return TestRow(
        id=test,
        path=test.split("::", 1)[0],
        changed=is_among(test, change.edited) or (old is not None and is_among(old, change.replayable)),
        parent_old=_old(made.parent_old, old),
        parent_new=parent,
        head_old=_old(made.head_old, old),
        head_new=head,
        kind=kind,
        message=message,
    )


def _old(run: SuiteRun | None, test: str | None) -> TestOutcome:
    return "not_run" if run is None or test is None else run.outcome(test)


def _whole(change: Change, shop: Workshop, known: frozenset[str]) -> tuple[list[TestRow], int, list[Ran], list[str]]:
    """Run the whole suite on both sides; return rows of tests that end differently, and how many end the same."""
    head, parent = shop.run_all(
        [
            Job(files=change.after, words=f"{HEAD_NEW}, the whole suite"),
            Job(files=change.before, words=f"{PARENT_OLD}, the whole suite"),
        ]
    )
    gaps = [*head.gaps, *parent.gaps]
    touched = frozenset(change.new_tests) | frozenset(change.old_tests)
    rest = [test for test in dict.fromkeys((*head.tests, *parent.tests)) if _is_rest(test, known, touched)]
    same = sum(head.outcome(test) == parent.outcome(test) for test in rest)
    differing = [test for test in rest if head.outcome(test) != parent.outcome(test)]
    failing = [test for test in differing if head.outcome(test) in _BAD and parent.outcome(test) == "passed"]
    again = _confirm(failing, change, shop)
    rows = []
    for test in differing:
        before, after = parent.outcome(test), head.outcome(test)
        kind = classify(before, after, parent.message(test))
        if kind == "P2F" and again is not None and test in again.tests and again.tests[test].outcome not in _BAD:
            kind = "flaky"
        why = head.message(test) if after in _BAD else parent.message(test)
        path = test.split("::", 1)[0]
        rows.append(
            TestRow(id=test, path=path, changed=False, parent_old=before, head_new=after, kind=kind, message=why)
        )
    runs = [run.ran for run in (head, parent, again) if run is not None]
    return rows, same, runs, gaps


def _is_rest(test: str, known: frozenset[str], touched: Iterable[str]) -> bool:
    return test not in known and test.split("::", 1)[0] not in touched


def _confirm(tests: Sequence[str], change: Change, shop: Workshop) -> SuiteRun | None:
    if not tests or shop.watch.is_over():
        return None
    ids = tuple(sorted(tests)[:MAX_AGAIN])
    paths = tuple(dict.fromkeys(test.split("::", 1)[0] for test in ids))
    selection = Selection(paths=paths, ids=ids)
    return shop.run(Job(files=change.after, words=f"{HEAD_NEW}, once more", selection=selection, again=True))
