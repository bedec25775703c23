"""The change taken back, and the tests of the parent over what that leaves.

Knows trees and runs; how the change was taken back, and from which commit, is said by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.probed import Rehearsal
from reviewer.probe.workshop import Job
from reviewer.text import plural

if TYPE_CHECKING:
    from reviewer.probe.files import Files
    from reviewer.probe.suite import SuiteRun
    from reviewer.probe.trials import Runs

PARENT = "the tree before the change, with its tests"
_BAD = frozenset({"failed", "error"})
TREE = "the target with the change taken back"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A tree from which the change was taken back.

    Attributes:
        target: id of the commit that it was taken back from, and the name that led there.
        files: what is left, None if there are conflicts.
        conflicts: paths that cannot be taken back by themselves.
        notes: what has to be known about it.
    """

    target: str
    target_name: str
    files: Files | None
    conflicts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def rehearse(taken: TakenBack, runs: Runs | None, parent: Files | None = None) -> Rehearsal:
    """Return how the way back went.

    Args:
        taken: what taking it back left.
        runs: where its tests are run, None if they cannot be.
        parent: the tree before the change, to tell when nothing but that is left.
    """
    gaps = list(taken.notes)
    if taken.files is None:
        return Rehearsal(
            target=taken.target,
            target_name=taken.target_name,
            applied=False,
            conflicts=taken.conflicts,
            gaps=(*gaps, "the tests were not run, as there is no tree to run them over"),
        )
    if parent is not None and parent.key == taken.files.key:
        gaps.append("what is left is exactly the tree before the change")
    if runs is None:
        gaps.append("the tests were not run over what is left")
        return Rehearsal(target=taken.target, target_name=taken.target_name, applied=True, gaps=tuple(gaps))
    run = runs.run(Job(files=taken.files, words=TREE))
    passed = run.passed
    if passed is False and parent is not None:
        first = run if parent.key == taken.files.key else runs.run(Job(files=parent, words=PARENT))
        failing = _failing(run)
        own = [test for test in failing if first.outcome(test) in _BAD]
        if failing and len(own) == len(failing):
            # The way back is not to blame for them, and what else it does cannot be seen past them.
            passed = None
            gaps.append(f"{plural(len(failing), 'test')} that fail over what is left fail before the change too")
        elif failing:
            gaps.append(f"{len(own)} of {plural(len(failing), 'failing test')} fail before the change too")
    return Rehearsal(
        target=taken.target,
        target_name=taken.target_name,
        applied=True,
        suite=run.ran,
        suite_passed=passed,
        gaps=(*gaps, *run.gaps),
    )


def _failing(run: SuiteRun) -> list[str]:
    return [*(test for test, row in run.tests.items() if row.outcome in _BAD), *run.broken]
