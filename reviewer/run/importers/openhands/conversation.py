"""What the newer OpenHands says of a conversation as a whole: how it was set up, what it may, what it used.

Source of the format: `openhands/sdk/conversation/state.py` of the project. The same is written as `base_state.json`,
and part by part as events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, some_text, table, tables, texts

if TYPE_CHECKING:
    from reviewer.run.importers.openhands.reader import Reader


def base_state(reader: Reader, state: Json) -> None:
    """Take `base_state.json`: how the conversation was set up, and its totals at the end."""
    info = reader.recording.info
    agent, workspace = table(state.get("agent")), table(state.get("workspace"))
    remember(info.session_ids, some_text(state.get("id")))
    remember(info.cwds, some_text(workspace.get("working_dir")))
    reader.terminal.folder = reader.terminal.folder or some_text(workspace.get("working_dir"))
    reader.model(some_text(table(agent.get("llm")).get("model")))
    names = [name for tool in tables(agent.get("tools")) if (name := some_text(tool.get("name")))]
    if names:
        info.allowed_tools = list(dict.fromkeys([*names, *texts(agent.get("include_default_tools"))]))
    policy = some_text(table(state.get("confirmation_policy")).get("kind"))
    threshold = some_text(table(state.get("confirmation_policy")).get("threshold"))
    info.approval = f"{policy} ({threshold})" if policy and threshold else policy or info.approval
    told = (
        f"confirmation policy: {info.approval}" if policy else "",
        f"security analyzer: {kind}" if (kind := some_text(table(state.get("security_analyzer")).get("kind"))) else "",
        f"workspace: {kind}" if (kind := some_text(workspace.get("kind"))) else "",
        f"tools: {', '.join(info.allowed_tools)}" if info.allowed_tools else "",
    )
    reader.recording.note("scope", "; ".join(part for part in told if part) or "nothing recorded of what is allowed")
    reader.leaf = some_text(state.get("leaf_event_id"))
    reader.totals = table(table(state.get("stats")).get("usage_to_metrics"))
    reader.state = some_text(state.get("execution_status")) or ""


def updated(reader: Reader, event: Json) -> None:
    """Take an event that tells a part of the state."""
    key, value = some_text(event.get("key")) or "", event.get("value")
    if key == "stats":
        for counter, metrics in table(table(value).get("usage_to_metrics")).items():
            reader.meter.total(counter, table(metrics))
            reader.model(some_text(table(metrics).get("model_name")) if counter != "condenser" else None)
    elif key == "full_state":
        base_state(reader, table(value))
    elif key in {"execution_status", "agent_status"} and isinstance(value, str):
        reader.state = value
    elif key == "confirmation_policy":
        reader.recording.info.approval = some_text(table(value).get("kind")) or reader.recording.info.approval
        reader.recording.note("scope", f"confirmation policy: {compact(value)}")
    else:
        reader.recording.note("note", f"{key or 'state'}: {compact(value)[:300]}")
