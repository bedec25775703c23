"""Azure Pipelines: stages, jobs and steps as pipelines.

Follows the YAML schema of learn.microsoft.com/azure/devops/pipelines/yaml-schema. Templates are not followed; each is a
step that may be a check by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.gates.check_commands import of_action, of_script
from reviewer.checks.gates.github import conditions
from reviewer.checks.gates.pipeline import Job, Pipeline, Saying, Stage, Trigger
from reviewer.checks.gates.script_rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.gates.tree import Node

_SCRIPTS = ("script", "bash", "pwsh", "powershell")
_CALLS = ("task", "template")


def pipeline(path: str, root: Node) -> Pipeline:
    """Return a pipeline of Azure."""
    triggers = tuple(_triggers(root))
    return Pipeline(path, tuple(_jobs(root)), triggers, 1)


def _triggers(root: Node) -> Iterator[Trigger]:
    """Yield what starts it; left out, both a push and a pull request do."""
    for key, event in (("trigger", "push"), ("pr", "pull_request")):
        node = root.get(key)
        if node is None:
            yield Trigger(event, 1)
        elif node.text is None or node.text.strip() != "none":
            filters = tuple(node.entries) if node.is_map else (("branches", node),) if node.elements else ()
            yield Trigger(event, node.line, filters)


def _jobs(root: Node) -> Iterator[Job]:
    stages = root.get("stages")
    if stages is not None:
        for stage in stages.elements:
            outer = stage.said("stage")
            for job in (stage.get("jobs") or stage).elements:
                yield _job(job, outer, stage)
        return
    jobs = root.get("jobs")
    if jobs is not None:
        for job in jobs.elements:
            yield _job(job, "", None)
    elif root.get("steps") is not None:
        yield _job(root, "", None)


def _job(node: Node, outer: str, stage: Node | None) -> Job:
    name = node.said("job") or node.said("deployment") or node.said("template") or "steps"
    condition, disabled = _conditions(node)
    if stage is not None and disabled is None:
        above, disabled = _conditions(stage)
        condition = condition or above
    steps = node.get("steps")
    stages = [_stage(step) for step in steps.elements] if steps is not None else []
    if node.said("template"):
        stages.append(_stage(node))
    needs = node.get("dependsOn")
    return Job(
        f"{outer}/{name}" if outer else name,
        node.line,
        node.said("displayName"),
        tuple(stages),
        condition,
        disabled,
        _tolerated(node),
        None if needs is None else needs.words(),
    )


def _stage(node: Node) -> Stage:
    condition, disabled = _conditions(node)
    script = next((found for key in _SCRIPTS if (found := node.get(key)) is not None), None)
    called = next((said for key in _CALLS if (said := node.said(key))), "")
    inputs = node.get("inputs")
    if script is None and inputs is not None:
        script = inputs.get("script")
    check = of_action(called, node.line) if called and script is None else None
    told = rows(script)
    return Stage(
        node.said("displayName") or called or (told[0][0] if told else ""),
        node.line,
        (check,) if check is not None else of_script(told),
        called,
        condition,
        disabled,
        _tolerated(node),
    )


def _conditions(node: Node) -> tuple[Saying | None, Saying | None]:
    enabled = node.get("enabled")
    if enabled is not None and enabled.truth is False:
        return None, Saying("enabled: false", enabled.line)
    condition, disabled = conditions(node.get("condition"))
    if condition is not None and condition.text in {"if: succeeded()", "if: succeededOrFailed()"}:
        condition = None
    return condition, disabled


def _tolerated(node: Node) -> Saying | None:
    for key, counts in (("continueOnError", True), ("failOnStderr", None)):
        given = node.get(key)
        if given is not None and counts and given.truth is not False:
            return Saying(f"{key}: {(given.text or '').strip()}", given.line)
    failing = node.get("inputs", "failTaskOnFailedTests")
    if failing is not None and failing.truth is False:
        return Saying("failTaskOnFailedTests: false", failing.line)
    return None
