"""The hooks of pre-commit as a pipeline, one job a hook, and what they pass over as settings (pre-commit.com)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks.gates.check_commands import CheckCommand, of_action, of_script, purpose
from reviewer.checks.gates.lists import names
from reviewer.checks.gates.pipeline import Job, Pipeline, Saying, Stage
from reviewer.checks.gates.tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator


def pipeline(path: str, root: Node) -> Pipeline:
    """Return the hooks as jobs; a hook of the stage `manual` alone runs only by hand."""
    return Pipeline(path, tuple(_job(hook) for hook in _hooks(root)))


def passed_over(root: Node) -> Node:
    """Return what the hooks pass over, by hook, and what all of them do."""
    found = [
        (hook.said("id"), given.at(given.line)) for hook in _hooks(root) if (given := hook.get("exclude")) is not None
    ]
    everywhere = root.get("exclude")
    if everywhere is not None:
        found.append(("all hooks", everywhere))
    return Node(1, entries=(("exclude", Node(1, entries=tuple(found), is_map=True)),), is_map=True)


def _hooks(root: Node) -> Iterator[Node]:
    repos = root.get("repos")
    for repo in repos.elements if repos is not None else ():
        hooks = repo.get("hooks")
        for hook in hooks.elements if hooks is not None else ():
            if hook.said("id"):
                yield hook


def _job(hook: Node) -> Job:
    name = hook.said("id")
    stages = hook.get("stages")
    only_by_hand = stages is not None and set(names(stages)) == {"manual"}
    return Job(
        name,
        hook.line,
        stages=(Stage(name, hook.line, (_check(hook, name),)),),
        disabled=Saying("stages: manual", stages.line) if stages is not None and only_by_hand else None,
    )


def _check(hook: Node, name: str) -> CheckCommand:
    args = hook.get("args")
    words = " ".join(f"'{word}'" if " " in word and "'" not in word else word for word in names(args))
    line = args.line if args is not None else hook.line
    ran = of_script([(f"{name} {words}", line)])
    known = ran[0] if ran else of_action(name, line, unknown="form")
    if known is None or purpose(known) == "format":
        return replace(known or CheckCommand("form", name, f"{name} {words}".strip(), line), kind="form")
    return known
