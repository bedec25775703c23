"""The plan as the agent showed it last, and when it made one.

Pure. The main agent's plan stands over those of sub-agents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Plan

if TYPE_CHECKING:
    from reviewer.run.derive.facts import Graded
    from reviewer.run.derive.trace import Trace
    from reviewer.run.event import PlanStep


def plans(trace: Trace) -> list[Plan]:
    """Return the plans of the main agent, or where it made none those of sub-agents, in order."""
    found = [event for event in trace.kept if isinstance(event, Plan) and (event.text or event.steps)]
    return [event for event in found if event.agent == "root"] or found


def last_steps(found: list[Plan]) -> tuple[Plan | None, tuple[PlanStep, ...]]:
    """Return the last plan that has steps, and these."""
    last = next((event for event in reversed(found) if event.steps), None)
    return last, last.steps if last is not None else ()


def plan(table: Graded, trace: Trace) -> None:
    """Fill the table of the plan."""
    found = plans(trace)
    if not found:
        return
    _, steps = last_steps(found)
    text = next((event.text for event in reversed(found) if event.text), None)
    table.put("recorded", text=text, steps=[{"text": step.text, "status": step.status} for step in steps] or None)
    edit = trace.applied[0].seq if trace.applied else None
    table.put("derived", made_before_first_edit=edit is None or found[0].seq < edit)
