"""What would be run, before anything is: which parts, over which trees, with what, and how it is shut in.

A plan runs nothing. It is what the person says yes to; `commands` names each command as it will be started.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.checks.ablation.pieces import Cut, cut
from reviewer.checks.claims import required_commands
from reviewer.checks.probed import PARTS, Part
from reviewer.errors import ReviewerError, UndeterminedError
from reviewer.probe.borrowed import borrow
from reviewer.probe.change import Change
from reviewer.probe.matrix import HEAD_NEW
from reviewer.probe.sandbox import containment as containments
from reviewer.probe.sandbox.limits import Limits
from reviewer.probe.suite import Selection
from reviewer.probe.workshop import JOBS, Job
from reviewer.workflow.checking import python_at
from reviewer.workflow.open import build_case
from reviewer.workflow.probing import tools as tooling
from reviewer.workflow.probing import vet_tools
from reviewer.workflow.probing.store import About
from reviewer.workflow.probing.takeback import Target, target_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reviewer.checks.case import Case
    from reviewer.probe.sandbox.containment import Containment
    from reviewer.probe.vet import Vetter
    from reviewer.workflow.open import OpenedPacket
    from reviewer.workflow.probing.tools import Tools

_NEEDS_TESTS: frozenset[Part] = frozenset({"tests", "replay", "hunks", "mutants", "rotten"})
NO_COMPILER = "no language of the change has a compiler that is asked"
TRACED = f"{HEAD_NEW}, line by line"


@dataclass(frozen=True)
class Plan:
    """What would be run.

    Attributes:
        parts: in order, those that can be run; `missing` says of each of the others why not.
        change: both trees.
        case: the change as checks see it.
        tools: environment and framework.
        containment: how runs are shut in.
        limits: of each run.
        about: what the results are kept under.
        whole: the whole suite runs on both sides too.
        target: where the change would be taken back, None if that is not asked or not known.
        lines, prose: required commands, and conditions that are none.
        checkout: the person's work tree, whose place the trees take.
        vetters: compilers that are run over both sides; `not_vetted` says why there is none for some of the change.
    """

    parts: tuple[Part, ...]
    change: Change
    case: Case
    tools: Tools
    containment: Containment
    limits: Limits
    about: About
    whole: bool = False
    target: Target | None = None
    lines: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()
    checkout: Path | None = None
    jobs: int = JOBS
    missing: tuple[tuple[Part, str], ...] = ()
    vetters: tuple[Vetter, ...] = ()
    not_vetted: tuple[str, ...] = ()

    @cached_property
    def hunks(self) -> Cut:
        """The hunks that would be taken back."""
        return cut(self.case)

    def baseline(self) -> Job:
        """Return the run that says which tests pass on the head and what they execute."""
        selection = Selection(paths=() if self.whole else self.change.new_tests)
        return Job(files=self.change.after, words=TRACED, selection=selection)


def plan(
    opened: OpenedPacket,
    parts: Sequence[Part] = PARTS,
    *,
    python: str | None = None,
    seconds: float | None = None,
    whole: bool = False,
    target: str | None = None,
    commands: Sequence[str] = (),
    suite: str | None = None,
    containment: Containment | None = None,
    jobs: int = JOBS,
) -> Plan:
    """Return what would be run; the only thing that is started here is a tiny program of our own, to see what shuts in.

    Args:
        opened: the packet.
        parts: those that are wanted.
        python: an environment that the person named; a path that is not absolute starts at the repository.
        seconds: of each run at most.
        whole: run the whole suite on both sides, not the changed tests alone.
        target: where the change would be taken back, else the branch that changes go to.
        commands: of the person, run beside those that the task requires.
        suite: a shell line that runs the tests, in place of a framework that is known.
        containment: in place of the best that works here.
        jobs: runs at a time.

    Raises:
        UndeterminedError: the repository is not at hand, so there are no trees to run.
        BadInputError: what the person named is not there.
    """
    case = build_case(opened)
    change = Change.of(case)
    if change is None or opened.quarantine is None:
        raise UndeterminedError(
            "nothing can be run: the repository with both commits is not at hand",
            hint="name it: --repo FOLDER",
        )
    checkout = None if opened.repository is None else opened.repository.work_tree
    if checkout is not None:
        change = borrow(change, checkout)
    tools = tooling.find(change, python=python_at(opened, python), checkout=checkout, suite=suite)
    lines, prose = required_commands(opened.manifest.task)
    lines = [*lines, *(line for line in commands if line not in lines)]
    limits = Limits() if seconds is None else Limits(seconds=seconds)
    missing: dict[Part, str] = {}
    if tools.framework is None:
        missing |= {part: tools.missing for part in parts if part in _NEEDS_TESTS}
    if not lines:
        missing["required"] = "the task requires no command"
    vetters, not_vetted = vet_tools.find(change, checkout)
    if not vetters:
        missing["vet"] = "; ".join(not_vetted) or NO_COMPILER
    where: Target | None = None
    if "rollback" in parts:
        try:
            where = target_of(opened.quarantine, target)
        except ReviewerError as error:
            if target is not None:
                raise
            missing["rollback"] = error.sentence
    # Who asks for everything does not ask for what most changes cannot have.
    named = tuple(parts) != PARTS
    shut = containment or containments.best()
    manifest = opened.manifest.change
    about = About(
        base_tree=opened.quarantine.tree_id(manifest.base),
        head_tree=opened.quarantine.tree_id(manifest.head),
        environment=tooling.digest([tools.digest, change.before.key]) if change.borrowed else tools.digest,
        containment=shut.kind,
        not_contained=shut.not_contained,
        settings=json.dumps([whole, limits.seconds, None if where is None else where.commit, lines]),
    )
    return Plan(
        parts=tuple(part for part in PARTS if part in parts and part not in missing),
        change=change,
        case=case,
        tools=tools,
        containment=shut,
        limits=limits,
        about=about,
        whole=whole,
        target=where,
        lines=tuple(lines),
        prose=tuple(prose),
        checkout=checkout,
        jobs=jobs,
        vetters=vetters,
        not_vetted=not_vetted,
        missing=tuple((part, why) for part, why in missing.items() if part in parts and (why != NO_COMPILER or named)),
    )
