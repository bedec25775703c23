"""The matrix of {parent, head} code and {old, new} tests: which tests need the change, and which it breaks.

Runs the changed test files over the head and over the parent; then, where that is cheap, what the change edits or takes
away in its old form over both; the whole suite only when asked. A test that fails on one side and passes on the other
is run once more on both, and has a class only if it ends so twice: it is flaky if not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.probed import Matrix, TestClass, TestOutcome, TestRow
from reviewer.probe import borrowed
from reviewer.probe.change import Change, is_among
from reviewer.probe.suite import Selection
from reviewer.probe.twice import BAD, Side, once_more, sides
from reviewer.probe.workshop import Job
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.probed import Ran
    from reviewer.probe.suite import SuiteRun
    from reviewer.probe.twice import Twice
    from reviewer.probe.workshop import Workshop

HEAD_NEW, PARENT_NEW = "the head with its tests", "the parent with the head's tests"
HEAD_OLD, PARENT_OLD = "the head with the parent's tests", "the parent with its tests"
_WHOLE, _WHOLE_OLD = f"{HEAD_NEW}, the whole suite", f"{PARENT_OLD}, the whole suite"
MAX_ROWS = 20_000
OLD_SECONDS = 2.0
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
        head, parent = Side(change.after, HEAD_NEW, made.head_new), Side(change.parent_new, PARENT_NEW, made.parent_new)
        again = once_more(sides(head, parent, _by_absence), shop)
        rows = _rows(change, made, again)
        ran = [run.ran for run in (*made.all(), *again.runs)]
        gaps += [*(gap for run in made.all() for gap in run.gaps), *again.gaps, *_seen_once(rows)]
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


def _by_absence(message: str) -> bool:
    return _ABSENCE.match(message) is not None


def _seen_once(rows: Iterable[TestRow]) -> list[str]:
    """Return the sentence for tests that differ between the sides and could not be seen to do so twice."""
    once = 0
    for row in rows:
        before = row.parent_old if row.parent_new == "not_run" else row.parent_new
        differs = (before == "passed") != (row.head_new == "passed") and {before, row.head_new} <= BAD | {"passed"}
        once += differs and row.kind == "undecided"
    sentence = f"{plural(once, 'test')} ended differently on both sides, and in no second run that can be counted"
    return [sentence] if once else []


def _rows(change: Change, made: Runs4, again: Twice) -> list[TestRow]:
    names = dict.fromkeys((*made.head_new.tests, *made.parent_new.tests))
    for place in made.head_new.broken:
        # A file that cannot be collected on the head tells no names: it is a row itself.
        path = place.split("::", 1)[0]
        if path and not any(test.startswith(f"{path}::") for test in names):
            names[path] = None
    olds = {change.as_new(test): test for run in (made.head_old, made.parent_old) if run for test in run.tests}
    names |= dict.fromkeys(olds)
    return [_row(change, made, again, test, olds.get(test)) for test in names]


def _row(change: Change, made: Runs4, again: Twice, test: str, old: str | None) -> TestRow:
    parent, head = made.parent_new.outcome(test), made.head_new.outcome(test)
    if change.new_tests == ():
        parent = head = "not_run"
    why = made.parent_new.message(test)
    kind = classify(parent, head, why)
    deleted = old is not None and head in {"absent", "not_run"} and change.is_deleted(old)
    seen = {again.seen(HEAD_NEW, test, head), again.seen(PARENT_NEW, test, parent)}
    if kind in {"F2P", "P2F"}:
        kind = "flaky" if "other" in seen else "undecided" if "once" in seen else kind
    elif "other" in seen:
        kind = "flaky"
    message = made.head_new.message(test) if kind in {"P2F", "F2F"} else why if kind in {"F2P", "E2P"} else ""
    if kind == "flaky":
        message = why or made.head_new.message(test)
    if deleted and made.head_old is not None and old is not None:
        message = made.head_old.message(old)
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
        deleted=deleted,
    )


def _old(run: SuiteRun | None, test: str | None) -> TestOutcome:
    return "not_run" if run is None or test is None else run.outcome(test)


def _whole(change: Change, shop: Workshop, known: frozenset[str]) -> tuple[list[TestRow], int, list[Ran], list[str]]:
    """Run the whole suite on both sides; return rows of tests that end differently, and how many end the same."""
    head, parent = shop.run_all(
        [
            Job(files=change.after, words=_WHOLE),
            Job(files=change.before, words=_WHOLE_OLD),
        ]
    )
    gaps = [*head.gaps, *parent.gaps]
    touched = frozenset(change.new_tests) | frozenset(change.old_tests)
    rest = [test for test in dict.fromkeys((*head.tests, *parent.tests)) if _is_rest(test, known, touched)]
    same = sum(head.outcome(test) == parent.outcome(test) for test in rest)
    differing = [test for test in rest if head.outcome(test) != parent.outcome(test)]
    failing = [test for test in differing if head.outcome(test) in BAD and parent.outcome(test) == "passed"]
    confirmed = once_more(
        (Side(change.after, _WHOLE, head, failing), Side(change.before, _WHOLE_OLD, parent, failing)), shop
    )
    rows = []
    for test in differing:
        before, after = parent.outcome(test), head.outcome(test)
        kind = classify(before, after, parent.message(test))
        if kind == "P2F":
            seen = {confirmed.seen(_WHOLE, test, after), confirmed.seen(_WHOLE_OLD, test, before)}
            kind = "flaky" if "other" in seen else "undecided" if "once" in seen else kind
        why = head.message(test) if after in BAD else parent.message(test)
        path = test.split("::", 1)[0]
        rows.append(
            TestRow(id=test, path=path, changed=False, parent_old=before, head_new=after, kind=kind, message=why)
        )
    runs = [run.ran for run in (head, parent, *confirmed.runs)]
    return rows, same, runs, [*gaps, *confirmed.gaps, *_seen_once(rows)]


def _is_rest(test: str, known: frozenset[str], touched: Iterable[str]) -> bool:
    return test not in known and test.split("::", 1)[0] not in touched
