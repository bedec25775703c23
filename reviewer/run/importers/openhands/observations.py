"""Observations of the older OpenHands (V0): what came of an action, tied to it by `cause`.

Source of the format: `openhands/core/schema/observation.py` and `openhands/events/observation` of the project. A failed
edit is an observation `edit` whose text starts with `ERROR:`; the oldest logs have the fields on top of the record.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reviewer.run.event import Error, Plan
from reviewer.run.importers.openhands.terminal import seen
from reviewer.run.importers.toolset import Result, plan_steps
from reviewer.run.importers.values import Json, joined, some_text, table, tables, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.importers.openhands.reader import Reader

_CLIPPED = "<response clipped>"
_REFUSED = "Action has been rejected by the user!"


def take(reader: Reader, event: Json, identity: str | None) -> None:
    """Add what an observation tells of the action with this id."""
    name = str(event["observation"])
    fields = table(event.get("extras")) if "extras" in event else event
    content = event.get("content")
    shown = content if isinstance(content, str) else joined(content)
    taker = _TAKERS.get(name)
    if taker is not None:
        taker(reader, event, fields, identity, shown)
    elif name not in _QUIET:
        reader.not_understood(f"observation/{name}", event)


def _run(reader: Reader, event: Json, fields: Json, identity: str | None, shown: str) -> None:
    found = seen(shown, fields, flat=event)
    line = some_text(fields.get("command"))
    if (identity is None or identity not in reader.calls.open) and line is not None:
        identity = f"observed {identity}"  # the log starts after its action
        reader.terminal.asked(identity, "execute_bash", {"command": line})
    reader.terminal.shown(identity, found)


def _cell(reader: Reader, _event: Json, _fields: Json, identity: str | None, shown: str) -> None:
    ended = reader.cells.closed(identity, shown)
    reader.calls.closed(identity, Result(ended, shown))


def _read(reader: Reader, _event: Json, fields: Json, identity: str | None, shown: str) -> None:
    failed = shown.startswith("ERROR:")
    call = reader.calls.closed(identity, Result("failed" if failed else "ok", shown))
    if call is None or failed:
        return
    read = call.drafts[0].fields
    if "whole" in read:
        is_part = read.get("first") is not None or read.get("last") is not None or _CLIPPED in shown
        read["whole"] = not is_part
        read["path"] = read.get("path") or some_text(fields.get("path")) or ""


def _edit(reader: Reader, _event: Json, fields: Json, identity: str | None, shown: str) -> None:
    if shown.startswith("ERROR:"):
        reader.calls.closed(identity, Result("failed", shown))
        return
    diff = "\n".join(line for line in (text(fields.get("diff")) or "").split("\n") if line[:4] not in {"--- ", "+++ "})
    call = reader.calls.open.get(identity) if identity is not None else None
    made = call is not None and text(call.parts[0].call.arguments.get("command")) in {None, "create"}
    created = made and fields.get("prev_exist") is False
    reader.calls.closed(identity, Result("ok", shown, patch=diff.strip("\n") or None, created=created or None))


def _write(reader: Reader, _event: Json, _fields: Json, identity: str | None, shown: str) -> None:
    reader.calls.closed(identity, Result("failed" if shown.startswith("ERROR:") else "ok", shown))


def _browse(reader: Reader, _event: Json, fields: Json, identity: str | None, shown: str) -> None:
    said = fields.get("error")
    failed = said is True or (said is None and bool(fields.get("last_browser_action_error")))
    reader.calls.closed(identity, Result("failed" if failed else "ok", shown))


def _mcp(reader: Reader, _event: Json, fields: Json, identity: str | None, shown: str) -> None:
    failed = fields.get("isError") is True or '"isError": true' in shown[-200:] or '"isError":true' in shown[-200:]
    reader.calls.closed(identity, Result("failed" if failed else "ok", shown))


def _tasks(reader: Reader, _event: Json, fields: Json, identity: str | None, shown: str) -> None:
    call = reader.calls.closed(identity, Result("ok", shown))
    steps = plan_steps(fields)
    if call is not None and steps:
        draft = call.drafts[0]
        if draft.cls is Plan and not draft.fields.get("steps"):
            draft.fields["steps"] = steps


def _delegated(reader: Reader, _event: Json, _fields: Json, identity: str | None, shown: str) -> None:
    if reader.delegates:
        reader.delegates.pop()
        reader.recording.agent = reader.delegates[-1] if reader.delegates else ""
    reader.calls.closed(identity, Result("ok", shown))


def _error(reader: Reader, _event: Json, _fields: Json, identity: str | None, shown: str) -> None:
    call = reader.calls.open.get(identity) if identity is not None else None
    if call is None:
        reader.recording.add(Error, where="agent", text=shown)
    elif call.kind == "command":
        reader.terminal.shown(identity, replace(seen(shown, {}), is_error=True))
    else:
        reader.cells.closed(identity, f"ERROR: {shown}")
        reader.calls.closed(identity, Result("failed", shown))


def _rejected(reader: Reader, _event: Json, _fields: Json, identity: str | None, shown: str) -> None:
    said = shown.removeprefix(_REFUSED).strip().removeprefix("Waiting for further user input.").strip()
    reader.cells.closed(identity, f"ERROR: {shown}")
    reader.calls.closed(identity, Result("denied", shown, said=said if said != shown.strip() and said else None))
    reader.told("denied")


def _state(reader: Reader, _event: Json, fields: Json, _identity: str | None, shown: str) -> None:
    now = some_text(fields.get("agent_state")) or ""
    why = some_text(fields.get("reason")) or shown
    if now == "error":
        reader.failed(why or "the agent stopped with an error")
    elif now == "rate_limited":
        reader.recording.add(Error, where="provider", text=why or "rate limited")
    elif not reader.delegates:
        reader.state = now
        if now == "stopped":
            reader.recording.note("interrupt", f"the agent was stopped{f': {why}' if why else ''}")
            reader.told("interrupt")


def _recalled(reader: Reader, event: Json, fields: Json, _identity: str | None, shown: str) -> None:
    names = [name for entry in tables(fields.get("microagent_knowledge")) if (name := some_text(entry.get("name")))]
    parts = [
        some_text(event.get("message")) or shown,
        f"repository {name}" if (name := some_text(fields.get("repo_name"))) else "",
        f"in {folder}" if (folder := some_text(fields.get("repo_directory"))) else "",
        f"knowledge: {', '.join(names)}" if names else "",
        some_text(fields.get("repo_instructions")) or "",
    ]
    reader.recording.note("note", "; ".join(part for part in parts if part))


def _noted(reader: Reader, event: Json, _fields: Json, _identity: str | None, shown: str) -> None:
    reader.recording.note("note", f"{str(event['observation']).replace('_', ' ')}: {shown}")


def _condensed(reader: Reader, _event: Json, _fields: Json, _identity: str | None, shown: str) -> None:
    reader.recording.note("compaction", shown)


def _nothing(reader: Reader, _event: Json, _fields: Json, identity: str | None, *_: Any) -> None:  # noqa: ANN401
    if identity is not None and identity in reader.calls.open:
        reader.calls.closed(identity, Result("unknown"))


_QUIET = frozenset(("think",))
_TAKERS: dict[str, Callable[[Reader, Json, Json, str | None, str], None]] = {
    "run": _run,
    "run_ipython": _cell,
    "read": _read,
    "write": _write,
    "edit": _edit,
    "browse": _browse,
    "mcp": _mcp,
    "task_tracking": _tasks,
    "delegate": _delegated,
    "error": _error,
    "user_rejected": _rejected,
    "agent_state_changed": _state,
    "recall": _recalled,
    "agent_recall": _recalled,
    "workspace_context": _recalled,
    "microagent": _recalled,
    "condense": _condensed,
    "null": _nothing,
    "success": _noted,
    "chat": _noted,
    "message": _noted,
    "download": _noted,
    "kill": _noted,
    "loop_detection": _noted,
    "server_ready": _noted,
    "file_download": _noted,
}
NAMES = frozenset((*_TAKERS, *_QUIET))
"""The observations that are known, to tell the format by."""
