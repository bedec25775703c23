"""What the run's events say, in the manifest's form: commands, reads, plan, cost, end, and which files were edited.

Knows events and rows. Says only what events say directly; a value that the manifest could not hold is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reviewer.run.event import Command, Edit, End, Plan, Prompt, Read, Tool, Usage
from reviewer.workflow.packing.tables import GradedTable, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from reviewer.run.event import Event
    from reviewer.workflow.packing.run_log import RunRecord

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)


@dataclass(slots=True)
class Facts:
    """What the run says, ready to join.

    Attributes:
        edited: changed paths that an edit in the log was applied to.
        read_before_edit: for each of them, whether it was read before the first such edit.
        scope, plan, cost, end: graded tables.
        rows: the arrays of tables that come from the run alone, by name.
    """

    edited: frozenset[str] = frozenset()
    read_before_edit: dict[str, bool] = field(default_factory=dict)
    scope: GradedTable = field(default_factory=GradedTable)
    plan: GradedTable = field(default_factory=GradedTable)
    cost: GradedTable = field(default_factory=GradedTable)
    end: GradedTable = field(default_factory=GradedTable)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def find_facts(run: RunRecord, paths: Sequence[str], root: Path | None) -> Facts:
    """Return what a run says.

    Args:
        run: the run; one without a log says nothing.
        paths: changed paths of the repository.
        root: its work tree, None if it has none.
    """
    facts = Facts()
    if run.info is None:
        return facts
    edits = [event for event in run.events if isinstance(event, Edit) and event.applied]
    reads = [event for event in run.events if isinstance(event, Read) and event.ok is not False]
    facts.edited = frozenset(path for path in paths if any(_is_at(edit.path, path, root) for edit in edits))
    for path in facts.edited:
        first = min(edit.seq for edit in edits if _is_at(edit.path, path, root))
        facts.read_before_edit[path] = any(read.seq < first and _is_at(read.path, path, root) for read in reads)
    facts.scope.put("recorded", allowed_tools=run.info.allowed_tools)
    _fill_plan(facts, run.events, edits)
    _fill_cost(facts, run)
    facts.rows = {
        "command": _commands(run.events, edits),
        "file_read": _reads(reads, root),
        "tool_call": _tools(run.events),
    }
    return facts


def _fill_plan(facts: Facts, events: Iterable[Event], edits: Sequence[Edit]) -> None:
    plans = [event for event in events if isinstance(event, Plan)]
    if not plans:
        return
    last = plans[-1]
    steps = [{"text": step.text, "status": step.status} for step in last.steps]
    facts.plan.put("recorded", text=last.text, steps=steps or None)
    facts.plan.put("derived", made_before_first_edit=not edits or plans[0].seq < edits[0].seq)


def _fill_cost(facts: Facts, run: RunRecord) -> None:
    usages = [event for event in run.events if isinstance(event, Usage)]
    started, ended = (None if run.info is None else _moment(time) for time in _span(run))
    seconds = None if started is None or ended is None else max(0.0, (ended - started).total_seconds())
    facts.cost.put(
        "derived",
        input_tokens=_sum(usage.input_tokens for usage in usages),
        output_tokens=_sum(usage.output_tokens for usage in usages),
        cache_tokens=_sum(tokens for usage in usages for tokens in (usage.cache_read_tokens, usage.cache_write_tokens)),
        seconds=seconds,
        turns=sum(isinstance(event, Prompt) and event.agent == "root" for event in run.events),
        subagents=len({event.agent for event in run.events} - {"root"}),
    )
    paid = [usage.usd for usage in usages if usage.usd is not None]
    facts.cost.put("recorded", usd=sum(paid) if paid else None)
    end = run.events[-1] if run.events else None
    if isinstance(end, End):
        facts.end.put("recorded", reason=end.reason, text=end.text or None)


def _commands(events: Iterable[Event], edits: Sequence[Edit]) -> list[dict[str, Any]]:
    last_edit = max((edit.seq for edit in edits), default=0)
    return [
        {
            "n": event.n,
            "line": plain(event.line),
            "cwd": plain(event.cwd),
            "started": _time(event.time),
            "seconds": None if event.seconds is None else max(0.0, event.seconds),
            "exit_code": event.exit_code,
            "kind": event.command_kind,
            "state": event.state,
            "not_conclusive": plain(event.not_conclusive),
            "log": event.log,
            "after_last_edit": event.seq > last_edit,
            "events": [event.seq],
        }
        for event in events
        if isinstance(event, Command)
    ]


def _reads(reads: Sequence[Read], root: Path | None) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for read in reads:
        path, outside = _below(read.path, root)
        row = rows.setdefault(
            path, {"path": path, "times": 0, "first_at": _time(read.time), "outside_repo": outside, "events": []}
        )
        row["times"] += 1
        row["events"].append(read.seq)
    return list(rows.values())


def _tools(events: Iterable[Event]) -> list[dict[str, Any]]:
    calls = [event for event in events if isinstance(event, Tool)]
    times = Counter((call.tool, call.boundary) for call in calls)
    denied = Counter((call.tool, call.boundary) for call in calls if call.denied)
    return [
        {"tool": plain(tool), "boundary": boundary, "times": count, "denied": denied[tool, boundary]}
        for (tool, boundary), count in times.items()
    ]


def _below(logged: str, root: Path | None) -> tuple[str, bool]:
    if not logged.startswith("/"):
        return plain(logged), logged.startswith("../")
    base = None if root is None else f"{root}/"
    if base is not None and logged.startswith(base):
        return plain(logged.removeprefix(base)), False
    return plain(logged), base is not None


def _is_at(logged: str, path: str, root: Path | None) -> bool:
    # The run may have been recorded elsewhere: a container, another home, a worktree. Whole parts have to agree.
    return logged in {path, f"{root}/{path}"} or logged.endswith(f"/{path}")


def _span(run: RunRecord) -> tuple[str | None, str | None]:
    return (None, None) if run.info is None else (run.info.started, run.info.ended)


def _moment(time: str | None) -> datetime | None:
    return None if _time(time) is None or time is None else datetime.fromisoformat(time)


def _time(time: str | None) -> str | None:
    return time if time is not None and _TIME.fullmatch(time) else None


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
