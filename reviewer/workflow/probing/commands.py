"""The commands of a plan, each exactly as it will be started, in the order in which they are first started."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.probe import matrix, rehearsal, vet
from reviewer.probe.frameworks.framework import Stage
from reviewer.probe.mutants import MAX_BUILT, MAX_TRIED
from reviewer.probe.required import MAX_LINES, argv
from reviewer.probe.sandbox.layout import OUT, PROGRAMS, TREE
from reviewer.probe.workshop import Job
from reviewer.text import plural
from reviewer.workflow.probing import tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.probed import Part
    from reviewer.probe.frameworks.framework import Framework
    from reviewer.workflow.probing.plan import Plan


@dataclass(frozen=True, slots=True)
class Command:
    """One command as it will be started, or several that differ in their tree alone.

    Attributes:
        part: that it belongs to.
        tree: over which files, in words.
        argv: the exact words.
        times: how often at most.
    """

    part: Part
    tree: str
    argv: tuple[str, ...]
    times: int = 1


def commands(plan: Plan) -> tuple[Command, ...]:
    """Return every command of a plan."""
    found: dict[tuple[str, tuple[str, ...]], Command] = {}
    for part in plan.parts:
        for command in _of(plan, part):
            # A run over equal files that a part before it makes is not made again.
            found.setdefault((command.tree, command.argv), command)
    return tuple(found.values())


def _of(plan: Plan, part: Part) -> Iterator[Command]:
    match part:
        case "tests":
            yield from _of_matrix(plan)
        case "replay":
            if plan.change.replayable:
                yield from (_tests(plan, part, job) for job in matrix.old_jobs(plan.change))
        case "rotten":
            yield _tests(plan, part, plan.baseline())
        case "hunks" | "mutants":
            yield from _of_trials(plan, part)
        case "rollback":
            if plan.tools.framework is not None:
                yield _tests(plan, part, Job(files=plan.change.before, words="what taking the change back leaves"))
                words = f"{rehearsal.PARENT}, if one fails there"
                yield _tests(plan, part, Job(files=plan.change.before, words=words))
        case "required":
            yield from (Command(part, "the head", argv(line)) for line in plan.lines[:MAX_LINES])
        case "vet":
            yield from (Command(part, words, one.argv) for one in plan.vetters for words in (vet.BASE, vet.HEAD))


def _of_matrix(plan: Plan) -> Iterator[Command]:
    if plan.change.new_tests or plan.change.replayable:
        yield from (_tests(plan, "tests", job) for job in matrix.jobs(plan.change))
    if plan.whole:
        for words, files in ((matrix.HEAD_NEW, plan.change.after), (matrix.PARENT_OLD, plan.change.before)):
            yield _tests(plan, "tests", Job(files=files, words=f"{words}, the whole suite"))


def _of_trials(plan: Plan, part: Part) -> Iterator[Command]:
    yield _tests(plan, part, plan.baseline())
    if part == "hunks":
        times = sum(piece.fate == "try" for _, piece in plan.hunks.pieces)
        words = f"the head without one piece of its code, {plural(times, 'piece')} in turn"
    else:
        times = MAX_TRIED if "python" in tools.languages(plan.change) else MAX_BUILT
        words = "the head with one changed line made wrong, with the tests that execute it"
    if times:
        job = replace(plan.baseline(), words=words)
        yield replace(_tests(plan, part, job, plan.tools.impatient), times=times)


def _tests(plan: Plan, part: Part, job: Job, framework: Framework | None = None) -> Command:
    framework = framework or tools.required(plan.tools)
    stage = Stage(TREE if plan.checkout is None else str(plan.checkout), OUT, PROGRAMS)
    return Command(part, job.words, framework.start(job.files, job.selection, job.trace, stage).argv)
