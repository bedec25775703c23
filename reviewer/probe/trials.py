"""A tree with one thing changed, and whether the tests that pass on it notice: the one question behind two parts.

Knows trees, tests and runs; not what was changed or why. Trials are independent of each other, so several run side by
side, each in a place of its own, and one that was answered before is not asked again.
"""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from reviewer.probe.workshop import Job
from reviewer.text import clip, display_safe, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reviewer.checks.probed import Ran
    from reviewer.probe.files import Files
    from reviewer.probe.sandbox.limits import Limits
    from reviewer.probe.suite import Lines, Selection, SuiteRun, Watch

Answer: TypeAlias = Literal["noticed", "silent", "broken", "undecided"]
"""A test that passes otherwise fails; all pass still; no test can be collected; it could not be found out."""

UNCOLLECTED = "a test file cannot be collected"
INCOMPLETE = "the report is not complete"
_NOT_STARTED = frozenset({2, 3, 4})
NAMED = 5
"""So many tests are named in a result."""
_LEAST_SECONDS = 15.0
_TIMES = 5
_BAD = frozenset({"failed", "error"})


class Runs(Protocol):
    """Where tests are run over trees, from any thread (`probe.workshop.Workshop`)."""

    @property
    def size(self) -> int:
        """How many runs are made at a time."""

    @property
    def watch(self) -> Watch:
        """Cancelling, progress, and the limits of all runs."""

    def run(self, job: Job) -> SuiteRun:
        """Make one run; whatever goes wrong is told in the result."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the tests do where nothing was changed.

    Attributes:
        passing: path of each test that passes, by id.
        lines: what they execute, None if that was not recorded.
        ran: the process.
        gaps: what cannot be counted, and why.
        own: paths of the tests that the change adds or edits.
    """

    passing: Mapping[str, str]
    lines: Lines | None = None
    ran: Ran | None = None
    gaps: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()

    @classmethod
    def of(cls, run: SuiteRun, own: Iterable[str] = ()) -> Baseline:
        """Return the baseline that a run over the untouched tree gives."""
        passing = {row.id: row.path for row in run.tests.values() if row.outcome == "passed"} if run.complete else {}
        return cls(passing, run.lines, run.ran, run.gaps, frozenset(own))


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing to try.

    Attributes:
        key: tells it from others, now and later.
        files: the tree.
        tree: what it is, in words.
        selection: the tests that are run.
    """

    key: str
    files: Files
    tree: str
    selection: Selection


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a trial: the answer, the ids of tests or files that noticed, a reason, and the run."""

    answer: Answer
    by: tuple[str, ...] = ()
    reason: str = ""
    ran: Ran | None = None


class Store(Protocol):
    """Keeps what came of trials, so that a run that was ended goes on where it was."""

    def get(self, key: str) -> Verdict | None:
        """Return what came of a trial before."""

    def keep(self, key: str, verdict: Verdict) -> None:
        """Keep a verdict; it is there when this returns."""


def key(*parts: str | bytes) -> str:
    """Return a name for a trial from what it is made of."""
    whole = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()


def judge(run: SuiteRun, baseline: Baseline, selection: Selection) -> Verdict:
    """Return what a run over a changed tree says."""
    wanted = {one for one in baseline.passing if selection.ids is None or one in selection.ids}
    failed = sorted(one for one in wanted if one in run.tests and run.tests[one].outcome in _BAD)
    if run.ran.ended == "time":
        return Verdict("noticed", reason="the tests did not end in their time", ran=run.ran)
    if run.ran.ended != "exit":
        return Verdict("undecided", reason=f"the run was ended: {run.ran.ended}", ran=run.ran)
    seen = {one for one in wanted if one in run.tests and run.tests[one].outcome not in {"absent", "not_run"}}
    if run.broken and (not seen or all(run.tests[one].path in run.broken for one in seen)):
        said = clip(display_safe(next(iter(run.broken.values())).strip().rsplit("\n", 1)[-1]), 160)
        return Verdict("broken", reason=f"no test can be collected without it: {said}", ran=run.ran)
    if not seen and run.ran.code in _NOT_STARTED:
        return Verdict("broken", reason="the tests cannot be started without it", ran=run.ran)
    if failed:
        return Verdict("noticed", tuple(failed), "" if run.complete else INCOMPLETE, ran=run.ran)
    if run.broken:
        return Verdict("noticed", tuple(sorted(run.broken)), UNCOLLECTED, ran=run.ran)
    if not run.complete:
        return Verdict("undecided", reason="; ".join(run.gaps) or INCOMPLETE, ran=run.ran)
    if len(seen) < len(wanted):
        missing = plural(len(wanted) - len(seen), "test")
        return Verdict("undecided", reason=f"{missing} of those that pass otherwise did not run", ran=run.ran)
    return Verdict("silent", ran=run.ran)


def hold(
    trials: Sequence[Trial],
    baseline: Baseline,
    runs: Runs,
    store: Store,
    *,
    progress: Callable[[int, int, str], None] | None = None,
    over: Callable[[], bool] | None = None,
) -> dict[str, Verdict]:
    """Run the trials and return what came of each, by key; those that nobody waited for are missing.

    Args:
        trials: in the order in which they are started.
        baseline: of the tree where nothing was changed.
        runs: as many trials are made side by side as it has room for.
        store: what came of trials before, and what is told each verdict as it comes.
        progress: told trials done, trials in all, and the tree.
        over: asked before each; true where no more is to be started.
    """
    found = {trial.key: verdict for trial in trials if (verdict := store.get(trial.key)) is not None}
    waiting = [trial for trial in trials if trial.key not in found]
    limits = _limits(baseline, runs.watch.limits)
    lock = threading.Lock()

    def one(trial: Trial) -> None:
        if runs.watch.is_over() or (over is not None and over()):
            return
        if progress is not None:
            progress(len(found), len(trials), trial.tree)
        # Not kept by the workshop: each is run once, and there are many.
        job = Job(files=trial.files, words=trial.tree, selection=trial.selection, limits=limits, again=True)
        run = runs.run(job)
        if run.ran.ended == "cancelled" or (run.ran.ended != "exit" and runs.watch.is_over()):
            return
        verdict = judge(run, baseline, trial.selection)
        with lock:
            store.keep(trial.key, verdict)
            found[trial.key] = verdict

    with ThreadPoolExecutor(max_workers=max(1, runs.size), thread_name_prefix="trial") as pool:
        for _ in pool.map(one, waiting):
            pass
    if progress is not None:
        progress(len(found), len(trials), "")
    return found


def _limits(baseline: Baseline, limits: Limits) -> Limits:
    """Return limits that end what was made to run for ever soon after it should have been done."""
    if baseline.ran is None:
        return limits
    return replace(limits, seconds=min(limits.seconds, _LEAST_SECONDS + _TIMES * baseline.ran.seconds))
