"""A pipeline of checks as its values: what starts it, what it may do, its jobs and what they run. One model for all.

Knows nothing of the files that pipelines are written in, and nothing of two sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.gates.check_commands import CheckCommand
    from reviewer.checks.gates.tree import Node


@dataclass(frozen=True, slots=True)
class Saying:
    """A value with its place: a condition, a reason why a failure does not count."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a job.

    Attributes:
        name: what it is called, or what it runs.
        runs: the checks among its commands.
        uses: the action, task or template that it calls, without its version; "" for commands.
        condition: when it runs, if not always; disabled: why it never does.
        tolerated: why its failure does not fail the job.
    """

    name: str
    line: int
    runs: tuple[CheckCommand, ...] = ()
    uses: str = ""
    condition: Saying | None = None
    disabled: Saying | None = None
    tolerated: Saying | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One job: `needs` are the jobs that have to pass before it, `matrix` the values by axis."""

    id: str
    line: int
    name: str = ""
    stages: tuple[Stage, ...] = ()
    condition: Saying | None = None
    disabled: Saying | None = None
    tolerated: Saying | None = None
    needs: tuple[str, ...] | None = None
    matrix: tuple[tuple[str, Node], ...] = ()
    permissions: Node | None = None

    def checks(self) -> Iterator[tuple[Stage, CheckCommand]]:
        """Yield the checks that it runs, each with its step."""
        for stage in self.stages:
            for command in stage.runs:
                yield stage, command


@dataclass(frozen=True, slots=True)
class Trigger:
    """One event that starts a pipeline; `filters` narrow it ("branches", "paths", …)."""

    event: str
    line: int
    filters: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One file of a pipeline.

    Attributes:
        path: in the change (the new one of a rename), for both sides.
        triggers: None where the notation has none or they are not read.
        has_permissions: whether the notation knows permissions; those of the file are None where it states none.
        is_ci: False for recipes, which nothing has to run.
    """

    path: str
    jobs: tuple[Job, ...]
    triggers: tuple[Trigger, ...] | None = None
    triggers_line: int | None = None
    permissions: Node | None = None
    has_permissions: bool = False
    is_ci: bool = True

    def checks(self) -> Iterator[tuple[Job, Stage, CheckCommand]]:
        """Yield the checks of all jobs."""
        for job in self.jobs:
            for stage, command in job.checks():
                yield job, stage, command
