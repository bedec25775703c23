"""CircleCI: the jobs that its workflows run, as a pipeline.

Follows the configuration reference of circleci.com/docs/configuration-reference. Orbs are not followed; each is a step
that may be a check by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.gates.check_commands import of_action, of_script
from reviewer.checks.gates.pipeline import Job, Pipeline, Saying, Stage
from reviewer.checks.gates.script_rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.gates.tree import Node

_DEEPEST = 3


def pipeline(path: str, root: Node) -> Pipeline:
    """Return the pipeline; a job that no workflow names is in none."""
    return Pipeline(path, tuple(_jobs(root)))


def _jobs(root: Node) -> Iterator[Job]:
    workflows = root.get("workflows")
    if workflows is None:
        for name, node in (root.get("jobs") or root).entries:
            if node.get("steps") is not None:
                yield _job(root, name, node.line, None)
        return
    for _, workflow in workflows.entries:
        for element in (workflow.get("jobs") or workflow).elements:
            if element.text is not None:
                yield _job(root, element.text.strip(), element.line, None)
            for name, given in element.entries:
                yield _job(root, name, element.line, given)


def _job(root: Node, name: str, line: int, given: Node | None) -> Job:
    known = root.get("jobs", name)
    stages = (
        [stage for step in (known.get("steps") or known).elements for stage in _stages(root, step)] if known else []
    )
    if known is None and (check := of_action(name, line)) is not None:
        stages = [Stage(name, line, (check,), name)]
    requires = None if given is None else given.get("requires")
    matrix = None if given is None else given.get("matrix", "parameters")
    return Job(
        (given.said("name") if given is not None else "") or name,
        line,
        stages=tuple(stages),
        condition=_filters(given),
        needs=None if requires is None else requires.words(),
        matrix=matrix.entries if matrix is not None else (),
    )


def _filters(given: Node | None) -> Saying | None:
    filters = None if given is None else given.get("filters")
    if filters is None:
        return None
    said = [f"{kind}.{way}" for kind, node in filters.entries for way in node.words()]
    # Tags are not built at all unless a filter says so: naming them widens.
    return Saying("filters: " + ", ".join(said), filters.line) if filters.get("branches") is not None else None


def _stages(root: Node, step: Node, depth: int = 0) -> Iterator[Stage]:
    run = step.get("run")
    if run is not None:
        script = run.get("command") if run.is_map else run
        told = rows(script)
        name = run.said("name") or (told[0][0].strip() if told else "run")
        yield Stage(name, step.line, of_script(told, pipefail=True))
        return
    for name in step.words():
        own = root.get("commands", name, "steps")
        if own is not None and depth < _DEEPEST:
            for inner in own.elements:
                yield from _stages(root, inner, depth + 1)
        elif (check := of_action(name, step.line)) is not None:
            yield Stage(name, step.line, (check,), name)
