"""The run's facts in the manifest's form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewer.run.event import Command, Edit, End, Plan, Prompt, Read, Tool, Usage
from reviewer.workflow.packing.tables import GradedTable, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reviewer.workflow.packing.run_log import RunRecord


@dataclass(slots=True)
class Facts:
    """What the run says, ready to join."""

    edited: frozenset[str] = frozenset()
    read_before_edit: dict[str, bool] = field(default_factory=dict)
    plan: GradedTable = field(default_factory=GradedTable)
    cost: GradedTable = field(default_factory=GradedTable)
    end: GradedTable = field(default_factory=GradedTable)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def fill_scope(self, table: GradedTable) -> None:
        """Put in what the agent's own settings allowed."""


def find_facts(run: RunRecord, paths: Sequence[str], root: Path | None) -> Facts:  # noqa: ARG001 - not needed yet
    """Return the facts of a run, for the changed `paths` of the repository at `root`."""
    facts = Facts()
    if run.info is None:
        return facts
    edits = [e for e in run.events if isinstance(e, Edit) and e.applied]
    facts.edited = frozenset(p for p in paths if any(_same(e.path, p) for e in edits))
    reads = [e for e in run.events if isinstance(e, Read)]
    for path in facts.edited:
        first = min(e.seq for e in edits if _same(e.path, path))
        facts.read_before_edit[path] = any(_same(e.path, path) and e.seq < first for e in reads)
    plans = [e for e in run.events if isinstance(e, Plan)]
    if plans:
        last = plans[-1]
        facts.plan.put(
            "recorded",
            text=last.text,
            steps=[{"text": s.text, "status": s.status} for s in last.steps] or None,
            made_before_first_edit=not edits or plans[0].seq < edits[0].seq,
        )
    usage = [e for e in run.events if isinstance(e, Usage)]
    facts.cost.put(
        "derived",
        input_tokens=_sum([e.input_tokens for e in usage]),
        output_tokens=_sum([e.output_tokens for e in usage]),
        turns=sum(isinstance(e, Prompt) for e in run.events),
    )
    ends = [e for e in run.events if isinstance(e, End)]
    if ends:
        facts.end.put("recorded", reason=ends[-1].reason, text=ends[-1].text or None)
    last_edit = max((e.seq for e in edits), default=0)
    facts.rows["command"] = [
        {
            "n": e.n,
            "line": plain(e.line),
            "cwd": plain(e.cwd),
            "started": e.time,
            "seconds": e.seconds,
            "exit_code": e.exit_code,
            "kind": e.command_kind,
            "state": e.state,
            "not_conclusive": e.not_conclusive,
            "log": e.log,
            "after_last_edit": e.seq > last_edit,
            "events": [e.seq],
        }
        for e in run.events
        if isinstance(e, Command)
    ]
    facts.rows["file_read"] = [
        {"path": plain(p), "times": n} for p, n in sorted(Counter(e.path for e in reads).items())
    ]
    tools = Counter((e.tool, e.boundary) for e in run.events if isinstance(e, Tool))
    facts.rows["tool_call"] = [{"tool": t, "boundary": b, "times": n} for (t, b), n in sorted(tools.items())]
    return facts


def _same(logged: str, path: str) -> bool:
    return logged == path or logged.endswith("/" + path)


def _sum(values: Sequence[int | None]) -> int | None:
    known = [v for v in values if v is not None]
    return sum(known) if known else None
