"""Each hunk of code taken back alone, while the tests run that pass with it: does one of them notice?

Knows how a hunk's fate follows from a run; what a hunk is was cut before (`checks.ablation`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.probed import Ablation, Hunk
from reviewer.probe import trials
from reviewer.probe.suite import Selection
from reviewer.probe.trials import NAMED, Trial, Verdict
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.checks.ablation.piece import Piece
    from reviewer.checks.ablation.pieces import Cut
    from reviewer.checks.probed import HunkState
    from reviewer.probe.files import Files
    from reviewer.probe.trials import Answer, Baseline, Runs, Store

NO_TESTS = "no test passes on the head, so none can notice"
MAX_ALL = 30
"""Up to so many tests all are run for each hunk, from more those that execute it."""
_MOST = 300
_STATES: dict[Answer, HunkState] = {
    "noticed": "defended",
    "silent": "undefended",
    "broken": "cannot_apply",
    "undecided": "undecided",
}


def ablate(
    cut: Cut,
    head: Files,
    baseline: Baseline,
    runs: Runs,
    store: Store,
    *,
    progress: Callable[[int, int, str], None] | None = None,
) -> Ablation:
    """Return what became of each hunk.

    Args:
        cut: the hunks.
        head: the tree with all of them.
        baseline: the tests over that tree.
        runs: where tests are run.
        store: verdicts of before, and where new ones go.
        progress: told trials done, trials in all, and which.
    """
    if not baseline.passing:
        why = why_none(baseline)
        rows = [_row(path, piece, Verdict("undecided", reason=why)) for path, piece in cut.pieces]
        return Ablation(rows=tuple(rows), gaps=(*cut.gaps, *baseline.gaps, why))
    wanted: list[Trial] = []
    keys: list[str] = []
    for path, piece in cut.pieces:
        selection = _selection(baseline, path, piece)
        name = trials.key("hunk", head.key, path, piece.without or b"", *(selection.ids or ()))
        keys.append(name)
        if piece.fate == "try":
            wanted.append(Trial(name, head.replaced({path: piece.without}), _named(path, piece), selection))
    found = trials.hold(wanted, baseline, runs, store, progress=progress)
    rows = [_row(path, piece, found.get(name)) for (path, piece), name in zip(cut.pieces, keys, strict=True)]
    ran = [baseline.ran] if baseline.ran is not None else []
    ran += [verdict.ran for verdict in found.values() if verdict.ran is not None]
    open_ = sum(trial.key not in found for trial in wanted)
    gaps = [*cut.gaps, *baseline.gaps]
    if open_:
        of = plural(len(wanted), "piece of code", "pieces of code")
        gaps.append(f"{open_} of {of} {'was' if open_ == 1 else 'were'} not tried")
    return Ablation(rows=tuple(rows), runs=tuple(ran), gaps=tuple(gaps))


def why_none(baseline: Baseline) -> str:
    """Return why there is no test that could notice."""
    if baseline.ran is not None and baseline.ran.ended != "exit":
        return "the tests did not come to their end on the head"
    return NO_TESTS


def _selection(baseline: Baseline, path: str, piece: Piece) -> Selection:
    """Return the tests that could notice: all if they are few, else those that execute it, if any is known to."""
    ids = sorted(baseline.passing)
    if len(ids) > MAX_ALL and baseline.lines is not None:
        # Where lines were taken away, those on both sides of the place stand for them.
        new, end = piece.span.new, piece.span.new_end
        numbers = range(new + 1, end + 1) if end > new else range(max(1, new), new + 2)
        covering = dict.fromkeys(test for line in numbers for test in baseline.lines.covering(path, line))
        ids = _few([one for one in covering if one in baseline.passing] or ids, baseline)
    return Selection(paths=tuple(sorted({baseline.passing[one] for one in ids})), ids=tuple(ids))


def _few(ids: Sequence[str], baseline: Baseline) -> list[str]:
    """Return tests that are not too many, the change's own first."""
    return sorted(sorted(ids, key=lambda one: (baseline.passing[one] not in baseline.own, one))[:_MOST])


def _row(path: str, piece: Piece, verdict: Verdict | None) -> Hunk:
    state: HunkState
    reason = piece.note
    by: tuple[str, ...] = ()
    if piece.fate != "try":
        state = piece.fate
    elif verdict is None:
        state, reason = "undecided", "not tried yet"
    else:
        state, by = _STATES[verdict.answer], verdict.by[:NAMED]
        reason = "; ".join(part for part in (piece.note, verdict.reason) if part)
    span = piece.span
    return Hunk(
        path=path,
        old_first=span.old + 1,
        old_last=span.old_end,
        new_first=span.new + 1,
        new_last=span.new_end,
        state=state,
        by=by,
        reason=reason,
    )


def _named(path: str, piece: Piece) -> str:
    first = piece.span.new + 1
    place = f"{path}:{first}" if piece.span.new_end <= first else f"{path}:{first}-{piece.span.new_end}"
    return f"head without {place}"
