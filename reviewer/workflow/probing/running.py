"""A plan carried out, part by part: each result is on the disk before anyone sees it, and what was done is not redone.

Prints nothing and asks nobody; whoever calls says when to stop. Every folder that it makes is gone when it returns.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypeAlias

from reviewer.checks import roles
from reviewer.checks.ablation.pieces import is_code
from reviewer.checks.probed import (
    Ablation,
    Matrix,
    Mutation,
    Part,
    Probed,
    Rehearsal,
    Replay,
    Required,
    Rerun,
    Rotten,
    Vet,
)
from reviewer.probe import hunks, matrix, mutants, rehearsal, replay, required, rotten
from reviewer.probe import vet as vetting
from reviewer.probe.frameworks.framework import Stage, Start
from reviewer.probe.suite import Watch
from reviewer.probe.trials import Baseline, Verdict
from reviewer.probe.workshop import Workshop
from reviewer.workflow.probing import tools as tooling
from reviewer.workflow.probing.store import Results, with_parts
from reviewer.workflow.probing.takeback import take_back

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from reviewer.checks.probed import Ran
    from reviewer.probe.files import Files
    from reviewer.probe.frameworks.framework import Framework
    from reviewer.probe.sandbox.limits import CellRun
    from reviewer.probe.suite import Selection, SuiteRun
    from reviewer.workflow.open import OpenedPacket
    from reviewer.workflow.probing.plan import Plan

Outcome: TypeAlias = Matrix | Replay | Ablation | Mutation | Rotten | Rehearsal | Required | Vet
_TAIL = 4_096
Progress: TypeAlias = "Callable[[Part, int, int, str], None]"


def run(
    plan: Plan,
    opened: OpenedPacket,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    done: Callable[[Part, Outcome], None] | None = None,
    again: bool = False,
    root: Path | None = None,
) -> Probed:
    """Carry out a plan and return what is known then.

    Args:
        plan: what to run; the person said yes to it.
        opened: the packet that it was made of.
        progress: told the part, how much of it is done, of how much (0: not known), and what is going on; from any
            thread.
        cancelled: asked all the time, from any thread; once it is true everything ends soon, and what is done is kept.
        done: told each part as it is done and kept.
        again: run what is kept already once more.
        root: where results are kept, in place of the person's state folder.

    Raises:
        StoreError: the results cannot be kept.
        GitError: an object of the repository is damaged.
    """
    results = Results(plan.about, root)
    if again:
        results.forget(plan.parts)
    over = cancelled or (lambda: False)
    found: dict[Part, Outcome] = {}
    finished = ""
    open_parts: list[Part] = []
    for part in plan.parts:
        kept = results.part(part)
        if kept is None:
            open_parts.append(part)
        else:
            found[part] = kept
            if done is not None:
                done(part, kept)
    if open_parts:
        with _Session(plan, opened, results, over, progress) as session:
            for part in open_parts:
                if over():
                    break
                outcome = session.part(part)
                if over():
                    # Its steps are kept; a part that was cut short is not, so that it goes on the next time.
                    found[part] = outcome
                    break
                finished = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                results.keep(part, outcome, finished)
                found[part] = outcome
                if done is not None:
                    done(part, outcome)
    about = plan.about
    return with_parts(
        Probed(
            base_tree=about.base_tree,
            head_tree=about.head_tree,
            environment=about.environment,
            containment=about.containment,
            not_contained=about.not_contained,
            finished=finished,
        ),
        found,
    )


def kept(plan: Plan, root: Path | None = None) -> tuple[Part, ...]:
    """Return the parts of a plan that are done already, and would not be run again."""
    results = Results(plan.about, root)
    return tuple(part for part in plan.parts if results.part(part) is not None)


class _Session:
    """The workshop and what its parts share."""

    def __init__(
        self,
        plan: Plan,
        opened: OpenedPacket,
        results: Results,
        over: Callable[[], bool],
        progress: Progress | None,
    ) -> None:
        self._plan = plan
        self._opened = opened
        self._results = results
        self._over = over
        self._progress = progress
        self._part: Part = "tests"
        self._quiet = False
        self._baseline: Baseline | None = None
        watch = Watch(cancelled=over, progress=self._told if progress is not None else None, limits=plan.limits)
        self._watch = watch
        self._shop = self._workshop(plan.tools.framework or _NoFramework())
        self._trials: Workshop | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self._shop.__exit__(*reason)
        if self._trials is not None:
            self._trials.__exit__(*reason)

    def _workshop(self, framework: Framework, readable: tuple[Path, ...] | None = None) -> Workshop:
        plan = self._plan
        return Workshop(
            framework,
            containment=plan.containment,
            checkout=plan.checkout,
            readable=plan.tools.readable if readable is None else readable,
            watch=self._watch,
            jobs=plan.jobs,
        )

    def _impatient(self) -> Workshop:
        """Return a workshop whose runs end at the first test that fails: who notices does not matter much."""
        if self._plan.tools.impatient is None:
            return self._shop
        if self._trials is None:
            self._trials = self._workshop(self._plan.tools.impatient)
        return self._trials

    def part(self, part: Part) -> Outcome:
        """Run one part to its end, or until nobody wants it."""
        self._part, self._quiet = part, False
        plan, shop = self._plan, self._shop
        match part:
            case "tests":
                return matrix.matrix(plan.change, shop, whole=plan.whole)
            case "replay":
                return replay.replay(plan.change, shop)
            case "rotten":
                return rotten.rotten(plan.change, shop, whole=plan.whole)
            case "hunks":
                return self._hunks()
            case "mutants":
                return self._mutants()
            case "rollback":
                return self._rollback()
            case "required":
                return self._required()
            case "vet":
                return self._vet()

    def _hunks(self) -> Ablation:
        baseline = self._base()
        self._quiet = True
        steps = self._results.steps("hunks", Verdict)
        return hunks.ablate(
            self._plan.hunks, self._plan.change.after, baseline, self._impatient(), steps, progress=self._counted
        )

    def _mutants(self) -> Mutation:
        baseline = self._base()
        languages = tooling.languages(self._plan.change)
        changed = {
            file.path: frozenset(line.number for line in file.added)
            for file in self._plan.change.files
            if is_code(file) and file.status != "D" and roles.language(file.path) in languages
        }
        planned = mutants.plan(self._plan.change.after, changed, baseline.lines)
        self._quiet = True
        steps = self._results.steps("mutants", Verdict)
        return mutants.mutate(
            planned, self._plan.change.after, baseline, self._impatient(), steps, progress=self._counted
        )

    def _rollback(self) -> Rehearsal:
        quarantine, target = self._opened.quarantine, self._plan.target
        if quarantine is None or target is None:
            return Rehearsal(target="", target_name="", applied=False, gaps=("the repository is not at hand",))
        change = self._opened.manifest.change
        taken = take_back(quarantine, change.base, change.head, target)
        if taken.files is not None:
            # What a build left in the checkout belongs to every tree that is run.
            borrowed = self._plan.change
            taken = replace(taken, files=taken.files.overlaid(borrowed.before, borrowed.borrowed))
        shop = self._shop if self._plan.tools.framework is not None else None
        return rehearsal.rehearse(taken, shop, self._plan.change.before)

    def _required(self) -> Required:
        head = self._plan.change.after
        self._quiet = True
        with self._shop.bench() as bench:

            def one(argv: Sequence[str]) -> Ran:
                bench.show(head, self._over)
                made = bench.cell.run(
                    argv,
                    environment=self._plan.tools.variables(head, bench.stage),
                    limits=self._plan.limits,
                    cancelled=self._over,
                )
                return made.told("the head")

            steps = self._results.steps("required", Rerun)
            return required.rerun(
                self._plan.lines,
                one,
                prose=self._plan.prose,
                store=steps,
                over=self._over,
                progress=self._counted,
            )

    def _vet(self) -> Vet:
        plan = self._plan
        self._quiet = True
        own = self._workshop(_NoFramework(), tuple(place for one in plan.vetters for place in one.readable))
        with own, own.bench() as bench:

            def one(vetter: vetting.Vetter, files: Files, words: str) -> tuple[Ran, bytes | None]:
                bench.show(files, self._over)
                made = bench.cell.run(
                    vetter.argv,
                    environment={**vetter.environment, "REVIEWER_OUT": bench.stage.out},
                    limits=plan.limits,
                    report=vetting.REPORT,
                    cancelled=self._over,
                )
                tail = made.report[-_TAIL:].decode("utf-8", "surrogateescape") or made.message
                return replace(made.told(words), tail=tail), None if made.report_cut else made.report

            return vetting.vet(
                plan.change,
                plan.vetters,
                one,
                over=self._over,
                missing=plan.not_vetted,
                progress=self._counted,
            )

    def _base(self) -> Baseline:
        """Return which tests pass on the head and what they execute; run once, whoever asks first."""
        if self._baseline is None:
            plan = self._plan
            run = rotten.traced_run(plan.change, self._shop, whole=plan.whole)
            self._baseline = Baseline.of(run, plan.change.new_tests)
        return self._baseline

    def _told(self, count: int, total: int, words: str) -> None:
        if self._progress is not None and not self._quiet:
            self._progress(self._part, count, total, words)

    def _counted(self, count: int, total: int, words: str) -> None:
        if self._progress is not None:
            self._progress(self._part, count, total, words)


class _NoFramework:
    """Stands where only commands of the task are run."""

    name = "no framework"
    traces = False
    by_id = False

    def start(self, files: Files, selection: Selection, trace: tuple[str, ...], stage: Stage) -> Start:  # noqa: ARG002 - as every framework
        """Return a command that does nothing."""
        return Start(("/bin/true",))

    def read(self, run: CellRun, words: str, selection: Selection, stage: Stage) -> SuiteRun:  # noqa: ARG002 - as above
        """Return a run that shows nothing."""
        from reviewer.probe.suite import SuiteRun

        return SuiteRun(ran=run.told(words), complete=False, gaps=("there is no framework to run tests with",))
