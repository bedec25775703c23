"""The jobs and checks of both sides of all pipelines of a change, matched; what has no counterpart anywhere is lost.

A job that is renamed, split or moved to another file keeps its checks, and a check whose tool is replaced by another of
its kind is still a check: neither is a loss.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks.gates.check_commands import purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.gates.check_commands import CheckCommand
    from reviewer.checks.gates.pipeline import Job, Pipeline, Stage


@dataclass(frozen=True, slots=True)
class Placed:
    """A check with the step, the job and the pipeline that it stands in."""

    pipeline: Pipeline
    job: Job
    stage: Stage
    check: CheckCommand


@dataclass(frozen=True, slots=True)
class JobPair:
    """The same job before and after, with the pipelines of each."""

    old_pipeline: Pipeline
    old: Job
    new_pipeline: Pipeline
    new: Job


@dataclass(slots=True)
class Matched:
    """What was matched: jobs, checks, and the checks that are lost."""

    jobs: list[JobPair] = field(default_factory=list)
    checks: list[tuple[Placed, Placed]] = field(default_factory=list)
    lost: list[tuple[Placed, bool]] = field(default_factory=list)
    """Lost checks, each with whether the same tool, or another for the same purpose, still runs."""
    gone: list[tuple[Pipeline, Job]] = field(default_factory=list)
    """Jobs that have no counterpart."""


def match(old: Sequence[Pipeline], new: Sequence[Pipeline]) -> Matched:
    """Match the jobs and the checks of all pipelines before and after."""
    found = Matched()
    left = [(pipeline, job) for pipeline in old for job in pipeline.jobs]
    right = [(pipeline, job) for pipeline in new for job in pipeline.jobs]
    _match_jobs(left, right, found)
    unmatched: list[Placed] = []
    gained: list[Placed] = []
    for pair in found.jobs:
        before = [Placed(pair.old_pipeline, pair.old, *one) for one in pair.old.checks()]
        after = [Placed(pair.new_pipeline, pair.new, *one) for one in pair.new.checks()]
        lone, fresh = _match_checks(before, after, found)
        unmatched.extend(lone)
        gained.extend(fresh)
    for pipeline, job in left:
        found.gone.append((pipeline, job))
        unmatched.extend(Placed(pipeline, job, *one) for one in job.checks())
    for pipeline, job in right:
        gained.extend(Placed(pipeline, job, *one) for one in job.checks())
    # What left one job for another is matched too, then what took its place is counted off.
    unmatched, gained = _match_checks(unmatched, gained, found)
    free = Counter(purpose(placed.check) for placed in gained)
    running = [check for pipeline in new for _, _, check in pipeline.checks()]
    tools = {(check.kind, check.tool) for check in running}
    purposes = {purpose(check) for check in running}
    kept = {id(pair.old): pair.new for pair in found.jobs}
    for placed in unmatched:
        wanted, kind = purpose(placed.check), placed.check.kind
        # What runs tasks by name may take any check's place, and any may take its.
        taken = next(
            (one for one in (wanted, kind, *(free if wanted == kind == "lint" else ())) if free[one] > 0), None
        )
        if taken is not None:
            # One linter may do the work of many.
            free[taken] -= kind not in {"lint", "form"}
            continue
        still = (kind, placed.check.tool) in tools or (kind != "test" and bool({wanted, kind} & purposes))
        # A job that stays and no longer does its work is not replaced by another.
        now = kept.get(id(placed.job))
        hollow = now is not None and all(check.kind != kind for _, check in now.checks())
        found.lost.append((placed, still and not hollow))
    return found


def _match_jobs(left: list[tuple[Pipeline, Job]], right: list[tuple[Pipeline, Job]], found: Matched) -> None:
    """Match jobs, and take them out of both lists: by file and name, by name, by a check, by a tool in common."""
    for way in _WAYS:
        index: dict[tuple[str, str], list[int]] = {}
        for place, (pipeline, job) in enumerate(right):
            for key in way(pipeline, job):
                index.setdefault(key, []).append(place)
        taken: set[int] = set()
        kept: list[tuple[Pipeline, Job]] = []
        for pipeline, job in left:
            found_at = next(
                (place for key in way(pipeline, job) for place in index.get(key, ()) if place not in taken), None
            )
            if found_at is None:
                kept.append((pipeline, job))
            else:
                taken.add(found_at)
                found.jobs.append(JobPair(pipeline, job, *right[found_at]))
        left[:] = kept
        right[:] = [one for place, one in enumerate(right) if place not in taken]


def _by_file(pipeline: Pipeline, job: Job) -> list[tuple[str, str]]:
    return [(pipeline.path, job.id)]


def _by_name(_: Pipeline, job: Job) -> list[tuple[str, str]]:
    return [("", job.id)]


def _by_check(_: Pipeline, job: Job) -> list[tuple[str, str]]:
    return [("", check.key) for _, check in job.checks()]


def _by_tool(_: Pipeline, job: Job) -> list[tuple[str, str]]:
    return [(check.kind, check.tool) for _, check in job.checks()]


_WAYS = (_by_file, _by_name, _by_check, _by_tool)


def _match_checks(
    before: Sequence[Placed], after: Sequence[Placed], found: Matched
) -> tuple[list[Placed], list[Placed]]:
    """Match checks by their words, then by their tool; return those of both sides that are left."""
    rest, free = list(before), list(after)
    for key in (_words, _tool):
        index: dict[object, list[Placed]] = {}
        for placed in free:
            index.setdefault(key(placed), []).append(placed)
        kept = []
        used: set[int] = set()
        for placed in rest:
            same = index.get(key(placed))
            if same:
                other = same.pop(0)
                used.add(id(other))
                found.checks.append((placed, other))
            else:
                kept.append(placed)
        rest = kept
        free = [placed for placed in free if id(placed) not in used]
    return rest, free


def _words(placed: Placed) -> object:
    return placed.check.tool, placed.check.key


def _tool(placed: Placed) -> object:
    return placed.check.kind, placed.check.tool
