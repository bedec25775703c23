"""What starts a pipeline and what it may do, before and after: narrower triggers, wider permissions.

Follows docs.github.com on triggers and on permissions of GITHUB_TOKEN; other notations have no permissions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.gates import wording
from reviewer.checks.gates.wording import weakening
from reviewer.checks.ident import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.finding import Severity
    from reviewer.checks.gates.jobs import Matched
    from reviewer.checks.gates.pipeline import Pipeline, Trigger
    from reviewer.checks.gates.tree import Node
    from reviewer.checks.ident import Fact

_PRIVILEGED = "pull_request_target"
_GATING: dict[str, Severity] = {"pull_request": "medium", "merge_group": "medium", "push": "low", "schedule": "low"}
_STRONG = frozenset(("contents", "packages", "actions", "id-token", "deployments", "attestations", "security-events"))
"""Permissions that reach code, releases, credentials or other pipelines."""
_EVERYTHING = frozenset(("*", "**"))
_POSITIVE = frozenset(("branches", "paths", "types", "include"))
_NEGATIVE = frozenset(("branches-ignore", "paths-ignore", "exclude"))
_PROSE = re.compile(
    r"[!'\"]?(?:\*\*/)?(?:docs?/.*|.*\.(?:md|rst|txt|adoc)|LICENSE.*|\.github/.*|.*README.*|CHANGE.*)['\"]?"
)


def triggers(old: Pipeline, new: Pipeline) -> Iterator[Fact]:
    """Yield the events that no longer start a pipeline of checks, and those that start it with more rights."""
    after = {trigger.event: trigger for trigger in new.triggers or ()}
    before = {trigger.event: trigger for trigger in old.triggers or ()}
    if _PRIVILEGED in after and _PRIVILEGED not in before:
        yield weakening(
            rule="trigger-privileged",
            severity="high",
            message="The pipeline now runs with the repository's rights on pull requests from outside.",
            why=wording.WHY_RIGHTS,
            quote=_PRIVILEGED,
            path=new.path,
            line=after[_PRIVILEGED].line,
        )
    if next(new.checks(), None) is None or old.triggers is None or new.triggers is None:
        return
    lost = [event for event in before if event in _GATING and event not in after]
    for event in lost:
        if "workflow_call" in after and "workflow_call" not in before:
            continue
        none_left = not any(event in after for event in ("pull_request", "push", "merge_group", _PRIVILEGED))
        yield _narrowed(
            new, new.triggers_line, "high" if none_left and event in {"push", "pull_request"} else _GATING[event],
            f"The pipeline no longer starts on {event}.", event,
        )  # fmt: skip
    for event, trigger in after.items():
        if event in before and event in _GATING:
            yield from _filters(new, before[event], trigger)


def _filters(pipeline: Pipeline, old: Trigger, new: Trigger) -> Iterator[Fact]:
    before, after = dict(old.filters), dict(new.filters)
    for name, node in after.items():
        had = set(before[name].words()) if name in before else set()
        has = node.words()
        if name in _POSITIVE:
            gone = had - set(has)
            if _EVERYTHING & set(has):
                continue
            narrower = (name not in before and f"{name}-ignore" not in before) or (bool(gone) and set(has) <= had)
            detail = ", ".join(has) if name not in before else "without " + ", ".join(sorted(gone))
        elif name in _NEGATIVE:
            gone = set(has) - had
            narrower = bool(gone) and not had - set(has) and name.removesuffix("-ignore") not in before
            detail = ", ".join(sorted(gone))
        else:
            continue
        # A default that is spelled out narrows nothing.
        if not narrower or (name == "types" and {"opened", "synchronize"} <= set(has)):
            continue
        prose = name in _NEGATIVE and all(_PROSE.fullmatch(pattern) for pattern in gone)
        severity: Severity = "info" if prose else "low" if new.event in {"push", "schedule"} else "medium"
        message = f"The pipeline starts on {new.event} only for some {shown(name)} now: {shown(detail, 100)}"
        yield _narrowed(pipeline, node.line, severity, message, f"{new.event} {name} {detail}")


def _narrowed(pipeline: Pipeline, line: int | None, severity: Severity, message: str, quote: str) -> Fact:
    return weakening(
        rule="trigger-narrowed",
        severity=severity,
        message=message,
        why=wording.WHY_NARROW,
        quote=quote,
        path=pipeline.path,
        line=line,
    )


def permissions(old: Pipeline, new: Pipeline, matched: Matched) -> Iterator[Fact]:
    """Yield permissions that a pipeline or a job gains, or that are no longer limited."""
    if not old.has_permissions or not new.has_permissions:
        return
    privileged = any(trigger.event == _PRIVILEGED for trigger in new.triggers or ())
    # Jobs that state their own are not touched by those of the file.
    if new.permissions is not None or any(job.permissions is None for job in new.jobs):
        yield from _wider(new, "The pipeline", old.permissions, new.permissions, privileged=privileged)
    for pair in matched.jobs:
        if pair.new_pipeline is not new or (pair.new.permissions is None and pair.old.permissions is None):
            continue
        before = pair.old.permissions if pair.old.permissions is not None else pair.old_pipeline.permissions
        after = pair.new.permissions
        if after is not None:
            yield from _wider(new, f"The job {shown(pair.new.id)}", before, after, privileged=privileged)


def _wider(pipeline: Pipeline, who: str, old: Node | None, new: Node | None, *, privileged: bool) -> Iterator[Fact]:
    if new is None:
        if old is not None:
            yield weakening(
                rule="permissions-widened",
                severity="medium",
                message=f"{who} no longer limits its permissions; those of the repository's settings hold.",
                why=wording.WHY_RIGHTS,
                quote=f"{who} unlimited",
                path=pipeline.path,
                line=old.line,
                side="old",
            )
        return
    everything = new.said() == "write-all"
    gained = [
        (scope, node.line)
        for scope, node in new.entries
        # What was not stated may have been as wide: a limit that names one permission to write widens nothing.
        if _level(new, scope) == "write" and _level(old, scope) in {"none", "read"}
    ]
    if everything and (old is None or old.said() != "write-all"):
        gained = [("everything", new.line)]
    if gained:
        names = [scope for scope, _ in gained]
        yield weakening(
            rule="permissions-widened",
            severity="high" if everything or privileged else "medium" if _STRONG & set(names) else "low",
            message=f"{who} may now write: {shown(', '.join(names), 80)}",
            why=wording.WHY_RIGHTS,
            quote=f"{who} {' '.join(names)}",
            path=pipeline.path,
            line=gained[0][1],
        )


def _level(node: Node | None, scope: str) -> str:
    if node is None:
        return "unstated"
    said = node.said()
    return said.removesuffix("-all") if said.endswith("-all") else node.said(scope) or "none"
