"""GitHub Actions: workflows and composite actions as pipelines.

Follows the workflow syntax of docs.github.com/actions/reference/workflow-syntax-for-github-actions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.gates.check_commands import of_action, of_script
from reviewer.checks.gates.pipeline import Job, Pipeline, Saying, Stage, Trigger
from reviewer.checks.gates.script_rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.gates.tree import Node

_EXPRESSION = re.compile(r"^\$\{\{ ?(.*?) ?\}\}$")
_LONGEST = 2_000
_INLINE = re.compile(r"\$\{\{.{0,2000}?\}\}")
"""An expression in a script: its quotes and pipes are not the shell's."""
_NEVER = frozenset(("false", "0", "''", '""'))
_ALWAYS = frozenset(("true", "always()", "success()", "!cancelled()", "success() || failure()"))
_NOT_AXES = frozenset(("exclude",))
_TOLERANT_INPUTS = {
    "fail_ci_if_error": False,
    "fail-on-error": False,
    "fail_on_error": False,
    "fail-on-severity": None,
    "continue-on-error": True,
    "soft_fail": True,
    "exit-code": False,
    "failOnTest": False,
}
"""Inputs of actions, and the answer with which a failure no longer counts."""


def workflow(path: str, root: Node) -> Pipeline:
    """Return a workflow, or a composite action as a pipeline of one job."""
    jobs = root.get("jobs")
    if jobs is None and (runs := root.get("runs")) is not None:
        stages = tuple(_stage(step) for step in (runs.get("steps") or runs).elements)
        return Pipeline(path, (Job("runs", runs.line, stages=stages),))
    on = root.get("on")
    permissions = root.get("permissions")
    return Pipeline(
        path,
        tuple(_job(name, node) for name, node in jobs.entries) if jobs is not None else (),
        triggers=tuple(_triggers(on)) if on is not None else None,
        triggers_line=None if on is None else on.line,
        permissions=permissions,
        has_permissions=True,
    )


def _triggers(on: Node) -> Iterator[Trigger]:
    if not on.is_map:
        for element in on.list_of():
            yield Trigger((element.text or "").strip(), element.line)
    for event, node in on.entries:
        if event == "schedule":
            yield Trigger(event, node.line)
        else:
            yield Trigger(event, node.line, tuple(node.entries))


def _job(name: str, node: Node) -> Job:
    condition, disabled = conditions(node.get("if"))
    stages = [_stage(step) for step in (node.get("steps") or node).elements]
    if node.said("uses"):
        # A job that calls another workflow is its one step.
        stages.append(_stage(node))
    matrix = node.get("strategy", "matrix")
    needs = node.get("needs")
    return Job(
        name,
        node.line,
        node.said("name"),
        tuple(stages),
        condition,
        disabled,
        tolerated(node.get("continue-on-error")),
        None if needs is None else needs.words(),
        tuple((axis, values) for axis, values in matrix.entries if axis not in _NOT_AXES) if matrix is not None else (),
        node.get("permissions"),
    )


def _stage(node: Node) -> Stage:
    condition, disabled = conditions(node.get("if"))
    excused = tolerated(node.get("continue-on-error"))
    uses, run = node.get("uses"), node.get("run")
    script = [(_INLINE.sub("$expression", row), line) for row, line in rows(run)]
    name = node.said("name") or (script[0][0].strip() if script else "")
    called = "" if uses is None else (uses.text or "").split("@", 1)[0].strip()
    check = of_action(called, uses.line if uses is not None else node.line, owned=True) if called else None
    return Stage(
        name or called,
        node.line,
        (check,) if check is not None else of_script(script, pipefail="bash" in node.said("shell")),
        called,
        condition,
        disabled,
        excused or _tolerant_input(node.get("with")),
    )


def conditions(node: Node | None) -> tuple[Saying | None, Saying | None]:
    """Return a condition, or the reason for which a job never runs; neither if it always does."""
    if node is None or node.text is None:
        return None, None
    said = _bare(node.text)
    if said.lower() in _NEVER or re.match(r"(?:false|0)\s*&&", said.lower()):
        return None, Saying(f"if: {said}", node.line)
    return (None, None) if said.lower() in _ALWAYS or not said else (Saying(f"if: {said}", node.line), None)


def tolerated(node: Node | None) -> Saying | None:
    """Return why a failure does not count, None if it does."""
    if node is None or node.text is None:
        return None
    said = _bare(node.text)
    return None if said.lower() in {"false", "", "no"} else Saying(f"continue-on-error: {said}", node.line)


def _tolerant_input(given: Node | None) -> Saying | None:
    for name, node in given.entries if given is not None else ():
        if name in _TOLERANT_INPUTS and node.truth is _TOLERANT_INPUTS[name] and node.truth is not None:
            return Saying(f"{name}: {(node.text or '').strip()}", node.line)
    return None


def _bare(text: str) -> str:
    plain = " ".join(text[:_LONGEST].split())
    match = _EXPRESSION.match(plain)
    return match[1] if match else plain
