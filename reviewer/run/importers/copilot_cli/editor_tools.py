"""What VS Code notes of a tool call: its arguments, its end, and the path that it is about.

Knows `toolInvocationSerialized`, the rounds of calls in a request's result, and URIs; nothing of events.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from reviewer.run.event import Plan, PlanStep
from reviewer.run.importers.copilot_cli import tools
from reviewer.run.importers.toolset import Result, step_status
from reviewer.run.importers.values import Json, compact, integer, some_text, table, tables, text, whole

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.toolset import Kind

_FILE = re.compile(r"\(((?:file|vscode-remote)://[^)\s]{1,2000})\)")
_DENIED = 0
"""`ToolConfirmKind.Denied` of VS Code; the others are ways of yes."""
_SKIPPED = 5


def rounds_of(facts: Json) -> dict[str, Json]:
    """Return the calls that the model made, by id, each with its result where the file has one."""
    results = table(facts.get("toolCallResults"))
    calls: dict[str, Json] = {}
    for each in tables(facts.get("toolCallRounds")):
        for call in tables(each.get("toolCalls")):
            identity = some_text(call.get("id"))
            if identity is not None:
                shown = [_shown(part) for part in tables(table(results.get(identity)).get("content"))]
                calls[identity] = {**call, "result": "\n".join(part for part in shown if part)}
    return calls


def _shown(part: Json) -> str:
    value = part.get("value")
    return value if isinstance(value, str) else compact(value) if value else ""


def matched(identity: str, rounds: dict[str, Json]) -> Json:
    """Take the call that a part of the response stands for: the editor adds a suffix to some ids."""
    found = rounds.pop(identity, None)
    if found is None:
        found = rounds.pop(identity.split("__vscode", 1)[0], None)
    return found or {}


def told(part: Json, specific: Json) -> Json:
    """Return what the editor tells of a call's arguments where the call itself is not in the file."""
    line = table(specific.get("commandLine"))
    command = next(
        (each for key in ("userEdited", "toolEdited", "original") if (each := some_text(line.get(key)))), None
    )
    command = command or some_text(specific.get("command"))
    if command is not None:
        return {"command": command, "cwd": path_of(specific.get("cwd"))}
    raw = table(specific.get("rawInput"))
    if raw:
        return raw
    for key in ("pastTenseMessage", "invocationMessage"):
        message = part.get(key)
        said = message if isinstance(message, str) else text(table(message).get("value"))
        match = _FILE.search(said or "")
        if match:
            return {"path": path_of(match.group(1)), "message": said}
        if said:
            return {"message": said}
    return {}


def result_of(part: Json, specific: Json, shown: str | None, kind: Kind) -> Result:
    """Return how a call ended.

    Args:
        part: what the editor notes of it.
        specific: its data by tool, in there.
        shown: the result that the model saw, None if the file has none.
        kind: what the tool is for.
    """
    confirmed = part.get("isConfirmed")
    way = integer(table(confirmed).get("type"))
    if confirmed is False or way == _DENIED:
        return Result("denied", shown or "")
    if way == _SKIPPED:
        return Result("not_run", shown or "")
    state = table(specific.get("terminalCommandState"))
    output = text(table(specific.get("terminalCommandOutput")).get("text")) or shown or ""
    code = integer(state.get("exitCode"))
    if kind == "command":
        length = whole(state.get("duration"))
        told = tools.shell(output)
        code = told.exit_code if code is None else code
        ended = "ok" if code is not None else told.ended or "unknown"
        seconds = None if length is None else length / 1000
        cut = table(specific.get("terminalCommandOutput")).get("truncated") is True
        return Result(ended, told.output, exit_code=code, seconds=seconds, reported=seconds is not None, cut=cut)
    if not shown:
        return Result("unknown")
    failed = shown.startswith(("ERROR", "Error", "error:"))
    return Result("failed" if failed else "ok", shown, created=True if kind == "write" and not failed else None)


def planned(draft: Draft, specific: Json) -> None:
    """Give a plan the steps that the editor notes with it."""
    listed = tables(specific.get("todoList"))
    if draft.cls is Plan and listed and not draft.fields["steps"]:
        draft.fields["steps"] = tuple(
            PlanStep(some_text(step.get("title")) or "", step_status(step.get("status"))) for step in listed
        )


def path_of(value: object) -> str | None:
    """Return the path of a file that the editor names: a URI as text or in parts, or a plain path."""
    if isinstance(value, dict):
        inner = value.get("uri")
        if isinstance(inner, dict):
            value = inner
        return some_text(value.get("fsPath")) or some_text(value.get("path"))
    named = some_text(value)
    if named is None or "://" not in named:
        return named
    try:
        path = unquote(urlsplit(named).path)
    except ValueError:
        return named
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path or named
