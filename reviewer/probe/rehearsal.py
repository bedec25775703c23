"""The change taken back, and the tests of the parent over what that leaves.

Knows trees and runs; how the change was taken back, and from which commit, is said by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.probed import Rehearsal
from reviewer.probe.workshop import Job

if TYPE_CHECKING:
    from reviewer.probe.files import Files
    from reviewer.probe.trials import Runs

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
    return Rehearsal(
        target=taken.target,
        target_name=taken.target_name,
        applied=True,
        suite=run.ran,
        suite_passed=run.passed,
        gaps=(*gaps, *run.gaps),
    )
