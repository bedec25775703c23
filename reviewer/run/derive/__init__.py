"""What follows from a run: pure rules over its events, each with its name and the events it follows from.

Knows events and paths as texts; opens nothing. Branches that the person gave up count only for what stays on disk:
edits and commands are kept, words are not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from reviewer.run.derive import rows
from reviewer.run.derive.facts import Graded, RunFacts
from reviewer.run.derive.paths import PathMap
from reviewer.run.event import Command, Edit, End, Plan, Prompt, Read, Tool, Usage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviewer.run.event import Event
    from reviewer.run.importers.importer import SessionInfo

__all__ = ["Graded", "PathMap", "RunFacts", "derive", "path_map", "with_repo_paths"]

_AGENT_TOOLS = frozenset(("Task", "Agent"))
_ASKED = frozenset(("prompt", "plan", "queued"))


def derive(
    events: Sequence[Event],
    changed_paths: Collection[str],
    repo_root: str | None = None,
    info: SessionInfo | None = None,
) -> RunFacts:
    """Return the facts of a run.

    Args:
        events: in order, as imported.
        changed_paths: paths of the change with `/`, old names of renames included.
        repo_root: the repository's folder on this machine, None if there is none.
        info: what the log says about the session, None if nothing.
    """
    paths = path_map(events, changed_paths, repo_root, info)
    kept = [event for event in events if not event.discarded]
    facts = RunFacts()
    _edits(facts, events, changed_paths, paths)
    facts.file_read = rows.file_read(kept, paths)
    facts.command = rows.command(events)
    facts.retry = rows.retry(events, paths, facts.command)
    facts.tool_call = rows.tool_call(events, paths)
    facts.assumption = rows.assumption(kept)
    facts.claim = rows.claim(kept)
    _plan(facts.plan, kept)
    _cost(facts.cost, events)
    _end(facts.end, events)
    _task(facts.task, kept)
    if info is not None:
        _scope(facts.scope, info)
        _origin(facts.origin, info)
    return facts


def path_map(
    events: Sequence[Event], changed_paths: Collection[str], repo_root: str | None, info: SessionInfo | None
) -> PathMap:
    """Return how the paths of a log map to those of the repository."""
    cwds = list(info.cwds) if info is not None else []
    cwds += [event.cwd for event in events if isinstance(event, Command) and event.cwd and event.cwd not in cwds]
    logged = {event.path for event in events if isinstance(event, (Edit, Read)) and event.path}
    return PathMap(changed_paths, repo_root, cwds, logged)


def with_repo_paths(events: Sequence[Event], paths: PathMap) -> list[Event]:
    """Return the events with `repo_path` set in edits of files of the repository."""
    return [
        replace(event, repo_path=paths.repo_path(event.path)) if isinstance(event, Edit) and event.path else event
        for event in events
    ]


def _edits(facts: RunFacts, events: Sequence[Event], changed: Collection[str], paths: PathMap) -> None:
    """Rule `read-before-edit` and the two sets of rule 5.5: what the log says was edited, and what of it changed."""
    first: dict[str, Edit] = {}
    outside: dict[str, None] = {}
    for event in events:
        if isinstance(event, Edit) and event.applied:
            path = paths.repo_path(event.path)
            if path is None:
                outside[event.path] = None
            else:
                first.setdefault(path, event)
    facts.claimed, facts.outside = tuple(first), tuple(outside)
    facts.edited = frozenset(first) & frozenset(changed)
    seen: dict[str, int] = {}
    for event in events:
        if isinstance(event, Read) and event.ok is not False:
            path = paths.repo_path(event.path)
            if path is not None:
                seen.setdefault(path, event.seq)
    facts.read_before_edit = {
        path: seen.get(path, edit.seq) < edit.seq
        for path, edit in first.items()
        if path in facts.edited and edit.op != "add"
    }


def _plan(table: Graded, events: Sequence[Event]) -> None:
    plans = [event for event in events if isinstance(event, Plan)]
    if not plans:
        return
    own = [plan for plan in plans if plan.agent == "root"] or plans
    steps = next((plan.steps for plan in reversed(own) if plan.steps), ())
    text = next((plan.text for plan in reversed(own) if plan.text), None)
    table.put("recorded", text=text, steps=[{"text": step.text, "status": step.status} for step in steps] or None)
    edit = next((event.seq for event in events if isinstance(event, Edit) and event.applied), None)
    table.put("derived", made_before_first_edit=edit is None or plans[0].seq < edit)


def _cost(table: Graded, events: Sequence[Event]) -> None:
    used = [event for event in events if isinstance(event, Usage)]
    reads, writes = _sum([use.cache_read_tokens for use in used]), _sum([use.cache_write_tokens for use in used])
    table.put(
        "recorded",
        input_tokens=_sum([use.input_tokens for use in used]),
        output_tokens=_sum([use.output_tokens for use in used]),
        cache_tokens=None if reads is None and writes is None else (reads or 0) + (writes or 0),
    )
    prices = [use.usd for use in used if use.usd is not None]
    table.put("recorded", usd=sum(prices) if prices else None)
    agents = {event.agent for event in events if event.agent != "root"}
    calls = sum(1 for event in events if isinstance(event, Tool) and event.tool in _AGENT_TOOLS and not event.denied)
    table.put(
        "derived",
        seconds=_span([event.time for event in events if event.time]),
        turns=max((event.turn for event in events), default=None),
        subagents=max(len(agents), calls) if events else None,
    )


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _span(times: Sequence[str]) -> float | None:
    if not times:
        return None
    try:
        return (datetime.fromisoformat(max(times)) - datetime.fromisoformat(min(times))).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None


def _end(table: Graded, events: Sequence[Event]) -> None:
    last = next((event for event in reversed(events) if isinstance(event, End)), None)
    if last is not None:
        table.put("derived", reason=last.reason, text=last.text or None)


def _task(table: Graded, events: Sequence[Event]) -> None:
    """The first thing that a person asked, and all that they said after it, wherever the log hides it."""
    prompts = [event for event in events if isinstance(event, Prompt) and event.agent == "root" and event.text]
    first = next((event for event in prompts if event.via in _ASKED), prompts[0] if prompts else None)
    if first is None:
        return
    later = [event.text for event in prompts if event.seq > first.seq and event.via != "command"]
    table.put("recorded", prompt=first.text, follow_ups=later or None)


def _scope(table: Graded, info: SessionInfo) -> None:
    """What the agent's own permission settings allowed; they say nothing about paths."""
    table.put("recorded", allowed_tools=info.allowed_tools, allowed_commands=info.allowed_commands or None)


def _origin(table: Graded, info: SessionInfo) -> None:
    table.put(
        "recorded",
        agent=info.agent,
        agent_version=", ".join(info.versions) or None,
        models=list(info.models) or None,
        session_ids=list(info.session_ids) or None,
    )
