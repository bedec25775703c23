"""All checks over an open packet, those that need nothing first, then those that judge what tools say.

Finds the environment and hands the trees to the tools; decides nothing. The tools run over copies in a temporary
folder, with packages of an environment that the person named, and never with anything that the repository names.
"""

from __future__ import annotations

import gc
import os
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.analysis import environment, existence, lint
from reviewer.analysis.floor import floor_of
from reviewer.analysis.process import CancelledError
from reviewer.checks import ALL, DIAGNOSED, roles, runner
from reviewer.checks.diagnostics import Diagnostics
from reviewer.checks.inputs import digest_of
from reviewer.checks.python_trees import forget
from reviewer.checks.sides import contents
from reviewer.workflow.crew import Crew, groups, is_large
from reviewer.workflow.crossing import Request
from reviewer.workflow.elsewhere import installed
from reviewer.workflow.open import build_case
from reviewer.workflow.probing.store import kept_of
from reviewer.workflow.project_policy import policy_of, switched_off, trimmed, without
from reviewer.workflow.tool_runs import runs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.check import Check
    from reviewer.checks.finding import CheckResult, Mode
    from reviewer.policy.model import Policy
    from reviewer.workflow.open import OpenedPacket


def check(
    opened: OpenedPacket,
    checks: Sequence[Check] | None = None,
    *,
    modes: Collection[Mode] = (),
    python: str | None = None,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[CheckResult]:
    """Yield one result a check, as each is done.

    Args:
        opened: the packet.
        checks: those to run; by default ours, and those that the person installed beside them.
        modes: only these, all by default.
        python: an interpreter's path or the folder of an environment, named by the person; a path that is not absolute
            starts at the repository. Nothing of it is run.
        cancelled: asked all the time; once it is true nothing more is yielded.
        progress: told what the tools do now.

    Raises:
        BadInputError: the project's policy, as the base has it, is not as it has to be.
    """
    # Syntax trees are millions of objects without a cycle: looking for one takes a third of the time and finds nothing.
    collected = gc.isenabled()
    gc.disable()
    try:
        work = _work(opened, ALL if checks is None else checks, modes, python, cancelled, progress)
        if checks is None:
            work = replace(work, others=_others(opened, modes))
        yield from _spread(work, modes) if checks is None and is_large(opened) else work.all()
    finally:
        forget()
        if collected:
            gc.enable()


def some(
    opened: OpenedPacket,
    modes: Collection[Mode],
    *,
    judging: bool,
    python: str | None,
    cancelled: Callable[[], bool] | None,
    progress: Callable[[str], None] | None,
) -> Iterator[CheckResult]:
    """Yield what `check` does for those that judge what tools say, or for the others; arguments are as there."""
    work = _work(opened, ALL, modes, python, cancelled, progress)
    yield from replace(work, others=_others(opened, modes)).judged() if judging else work.run(work.plain)


@dataclass(frozen=True, slots=True)
class _Work:
    """What there is to run on one packet.

    Attributes:
        plain: checks that need no tools; `judging`: those that judge what tools say.
        others: checks that the person installed, which come last.
    """

    opened: OpenedPacket
    case: Case
    round: _Round
    plain: tuple[Check, ...]
    judging: tuple[Check, ...]
    python: str | None
    cancelled: Callable[[], bool] | None
    progress: Callable[[str], None] | None
    others: tuple[Check, ...] = ()

    @property
    def over(self) -> bool:
        """Whether nobody wants more."""
        return self.cancelled is not None and self.cancelled()

    def all(self) -> Iterator[CheckResult]:
        """Yield everything, one after the other."""
        yield from self.run(self.plain)
        yield from self.judged()

    def run(self, checks: Sequence[Check]) -> Iterator[CheckResult]:
        """Yield the results of checks that need no tools."""
        for result in self.round.results(self.case, checks):
            yield result
            self.opened.let_go()

    def judged(self) -> Iterator[CheckResult]:
        """Run the tools, and yield the results of those that judge them, then of the others."""
        running = {one.mode for one in self.judging if not self.round.is_off(one.mode)}
        case = self.case
        if self.over:
            return
        if running:
            place, checkout = python_at(self.opened, self.python), _checkout(self.opened)
            asked = self.cancelled
            try:
                said = diagnose(case, running, python=place, checkout=checkout, cancelled=asked, progress=self.progress)
            except CancelledError:
                return
            case = replace(case, diagnostics=said)
        yield from replace(self, case=case).run((*self.judging, *self.others))


def _work(  # noqa: PLR0917 - what `check` was given, in its order
    opened: OpenedPacket,
    checks: Sequence[Check],
    modes: Collection[Mode],
    python: str | None,
    cancelled: Callable[[], bool] | None,
    progress: Callable[[str], None] | None,
) -> _Work:
    policy = policy_of(opened)
    told = {one.mode for one in DIAGNOSED}
    case = replace(build_case(opened), probed=kept_of(opened))
    wanted = [one for one in checks if not modes or one.mode in modes]
    plain = tuple(one for one in wanted if one.mode not in told)
    judging = tuple(one for one in wanted if one.mode in told)
    round_ = _Round(policy, str(opened.packet.key), cancelled)
    return _Work(opened, case, round_, plain, judging, python, cancelled, progress)


def _others(opened: OpenedPacket, modes: Collection[Mode]) -> tuple[Check, ...]:
    return tuple(one for one in installed(_checkout(opened)) if not modes or one.mode in modes)


def _spread(work: _Work, modes: Collection[Mode]) -> Iterator[CheckResult]:
    """Yield everything in its order, worked out here and in other processes at once."""
    shared = groups([one.mode for one in work.plain], judging=bool(work.judging or work.others))
    elsewhere = {mode for group in shared for mode in group}
    here = deque(one for one in work.plain if one.mode not in elsewhere)
    done: dict[Mode, CheckResult] = {}
    with Crew(work.cancelled, work.progress) as crew:
        # What is known at once is not kept waiting by processes that start.
        if here:
            done |= {one.mode: one for one in work.run((here.popleft(),))}
        for group in shared if here or len(shared) > 1 else ():
            crew.start(Request.of(work.opened, work.python), group, group or tuple(modes))
        for one in work.plain:
            home = crew.group_of(one.mode)
            while one.mode not in done and not work.over:
                if home is not None and (not here or crew.is_heard(home)):
                    done[one.mode] = crew.next(home) or runner.lost(one)
                else:
                    done |= {result.mode: result for result in work.run((here.popleft() if here else one,))}
            if work.over:
                return
            yield done[one.mode]
        if not crew.has(()):
            yield from work.judged()
            return
        for one in (*work.judging, *work.others):
            result = crew.next(())
            if work.over:
                return
            yield result or runner.lost(one)


class _Round:
    """One run of checks, each held to the policy, and its result bound to what it looked at."""

    def __init__(self, policy: Policy, key: str, cancelled: Callable[[], bool] | None) -> None:
        self._policy = policy
        self._key = key
        self._cancelled = cancelled

    def is_off(self, mode: Mode) -> bool:
        """Return whether the project does without a mode."""
        return without(mode, 0, switched_off(self._policy, mode)) is not None

    def results(self, case: Case, checks: Sequence[Check]) -> Iterator[CheckResult]:
        """Yield one result a check; one that is switched off as a whole is not run."""
        inputs = self._inputs(case) if checks else ""
        for one in checks:
            off = switched_off(self._policy, one.mode)
            silent = without(one.mode, one.version, off)
            if silent is not None:
                yield silent
                continue
            for result in runner.run(case, (one,), self._cancelled):
                tools, seconds = runs_of(one.mode, case) if not result.by else ((), 0.0)
                known = replace(result, tools=(*result.tools, *tools), seconds=result.seconds + seconds, inputs=inputs)
                yield trimmed(known, off)

    def _inputs(self, case: Case) -> str:
        repository = case.before is not None
        said = (case.diagnostics, case.probed)
        return digest_of((self._key, repository, self._policy.digest, said), without=frozenset({"seconds"}))


def diagnose(
    case: Case,
    modes: Iterable[Mode],
    *,
    python: Path | None = None,
    checkout: Path | None = None,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Diagnostics:
    """Return what the tools say of both sides of the change.

    Args:
        case: the change.
        modes: of the checks that ask.
        python: absolute path of an environment.
        checkout: the work tree of the repository; what the environment imports from there is left out.
        cancelled: asked all the time.
        progress: told what the tools do now.

    Raises:
        CancelledError: it was cancelled.
    """
    changed = [
        existence.Changed(file.path, file.old_path, sides.old, sides.new)
        for file in case.files
        if roles.language(file.path) == "python" and not file.path.endswith(".pyw") and _is_plain(file.new_mode)
        for sides in (contents(case, file),)
        if sides.complete
    ]
    found = Diagnostics()
    if "style_drift" in modes and case.before is not None:
        found = replace(found, lint=lint.examine(changed, case.before, floor_of(case.before), cancelled=cancelled))
    if "hallucinated_api" in modes:
        place: environment.Environment | None = None
        gaps: tuple[str, ...] = ()
        if python is not None:
            try:
                place = environment.find(python, without=checkout)
            except environment.NoEnvironmentError as error:
                gaps = (error.sentence,)
        floor = None if case.after is None else floor_of(case.after)
        said = existence.examine(changed, case.before, place, floor, cancelled=cancelled, progress=progress)
        found = replace(found, existence=replace(said, gaps=(*gaps, *said.gaps)))
    return found


def python_at(opened: OpenedPacket, python: str | None) -> Path | None:
    """Return the absolute path of the environment that the person named, None if they named none."""
    if not python:
        return None
    place = Path(python).expanduser()
    start = _checkout(opened) or Path()
    return Path(os.path.abspath(start / place))  # noqa: PTH100 - a link is what makes an environment


def _checkout(opened: OpenedPacket) -> Path | None:
    return None if opened.repository is None else opened.repository.work_tree


def _is_plain(mode: str | None) -> bool:
    return mode is None or mode.startswith("100")
