"""GitLab CI: jobs with what they extend, as pipelines.

Follows the keyword reference of docs.gitlab.com/ci/yaml. Included files are not followed; each include is itself a job
that may be a check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.gates.check_commands import of_action, of_script
from reviewer.checks.gates.pipeline import Job, Pipeline, Saying, Stage
from reviewer.checks.gates.script_rows import rows
from reviewer.checks.gates.tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_GLOBAL = frozenset(
    (
        *("stages", "variables", "workflow", "include", "default", "image", "services", "cache", "before_script"),
        *("after_script", "types", "spec"),
    )
)
_MOST_PARENTS = 8


def pipeline(path: str, documents: Sequence[Node]) -> Pipeline:
    """Return a pipeline of GitLab; a file may begin with a document of inputs."""
    entries = tuple(entry for document in documents for entry in document.entries)
    known = dict(entries)
    jobs = [_job(name, _whole(node, known)) for name, node in entries if _is_job(name, node)]
    return Pipeline(path, (*jobs, *_includes(known.get("include"))))


def _is_job(name: str, node: Node) -> bool:
    return node.is_map and name not in _GLOBAL and not name.startswith(".")


def _whole(node: Node, known: Mapping[str, Node]) -> Node:
    """Return a job with the keys of what it extends, its own first."""
    own = dict(node.entries)
    extends = node.get("extends")
    pending = list(extends.words()) if extends is not None else []
    for _ in range(_MOST_PARENTS):
        if not pending:
            break
        parent = known.get(pending.pop())
        if parent is None:
            continue
        for name, value in parent.entries:
            own.setdefault(name, value)
        above = parent.get("extends")
        if above is not None:
            pending.extend(above.words())
    return Node(node.line, entries=tuple(own.items()), is_map=True)


def _job(name: str, node: Node) -> Job:
    script = [row for key in ("before_script", "script") for row in rows(node.get(key))]
    stage = Stage(name, node.line, of_script(script, pipefail=True))
    condition, disabled = _conditions(node)
    needs = node.get("needs")
    matrix = node.get("parallel", "matrix")
    return Job(
        name,
        node.line,
        stages=(stage,),
        condition=condition,
        disabled=disabled,
        tolerated=_tolerated(node.get("allow_failure")),
        needs=None if needs is None else tuple(element.text or element.said("job") for element in needs.list_of()),
        matrix=tuple(entry for element in matrix.elements for entry in element.entries) if matrix is not None else (),
    )


def _conditions(node: Node) -> tuple[Saying | None, Saying | None]:
    """Return a condition, or why a job never starts by itself."""
    when = node.get("when")
    if when is not None and when.text in {"never", "manual"}:
        return None, Saying(f"when: {when.text}", when.line)
    rules = node.get("rules")
    if rules is not None:
        asked = [(rule.said("when"), rule) for rule in rules.elements]
        if asked and all(said in {"never", "manual"} for said, _ in asked):
            return None, Saying(f"rules: when: {asked[0][0]}", asked[0][1].line)
        return Saying("rules: " + "; ".join(_said(rule) for rule in rules.elements), rules.line), None
    for key in ("only", "except"):
        given = node.get(key)
        if given is not None:
            return Saying(f"{key}: {_said(given)}", given.line), None
    return None, None


def _said(node: Node, depth: int = 3) -> str:
    if node.text is not None:
        return " ".join(node.text.split())
    if not depth:
        return "…"
    parts = [f"{name}={_said(value, depth - 1)}" for name, value in node.entries]
    return " ".join([*parts, *(_said(element, depth - 1) for element in node.elements)])[:400]


def _tolerated(node: Node | None) -> Saying | None:
    if node is None or node.truth is False:
        return None
    return Saying("allow_failure: " + (_said(node) or "true"), node.line)


def _includes(node: Node | None) -> Iterator[Job]:
    for element in (node,) if node is not None and node.is_map else node.list_of() if node is not None else ():
        name = element.text or next((value.text or "" for _, value in element.entries), "")
        check = of_action(name, element.line)
        yield Job(f"include {name}", element.line, stages=(Stage(name, element.line, (check,) if check else (), name),))
