"""Old tests over new code: was an edit of a test needed for it to pass, or does its old form pass as well?

Runs what `matrix` runs of old tests, and asks nothing more where that was done before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.probed import Replay, Replayed
from reviewer.probe.matrix import MAX_ROWS, old_jobs

if TYPE_CHECKING:
    from reviewer.probe.change import Change
    from reviewer.probe.workshop import Workshop


def replay(change: Change, shop: Workshop) -> Replay:
    """Return what becomes of the parent's version of edited and deleted tests on the head's code."""
    if not change.replayable:
        return Replay(gaps=() if change.old_tests else ("the change edits and deletes no test",))
    head, parent = shop.run_all(old_jobs(change))
    names = dict.fromkeys((*parent.tests, *head.tests))
    rows = []
    for test in list(names)[:MAX_ROWS]:
        outcome = head.outcome(test)
        rows.append(
            Replayed(
                id=test,
                path=test.split("::", 1)[0],
                deleted=change.is_deleted(test),
                outcome=outcome,
                on_parent=parent.outcome(test),
                message=head.message(test) if outcome in {"failed", "error"} else "",
            )
        )
    return Replay(rows=tuple(rows), runs=(head.ran, parent.ran), gaps=tuple(dict.fromkeys((*head.gaps, *parent.gaps))))
