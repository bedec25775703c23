"""Actions of the older OpenHands (V0, until 0.6x): what the agent or the person did, each with its arguments.

Source of the format: `openhands/core/schema/action.py` and `openhands/events/serialization` of the project. The oldest
logs have the arguments on top of the record in place of `args`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewer.run.event import Message, Thought
from reviewer.run.importers.openhands.cells import CELL
from reviewer.run.importers.openhands.tools import KINDS
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, integer, some_text, table, tables, text, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewer.run.importers.openhands.reader import Reader

_WHO_STOPPED = {"stopped", "paused"}
_RISKS: Mapping[object, str] = {"MEDIUM": "medium", "HIGH": "high", 1: "medium", 2: "high"}
_ATTACHED = ("image_urls", "images_urls", "file_urls")
_QUIET = frozenset(("null", "noop"))
_DEEPEST = 12
"""Sub-agents of sub-agents are told apart so far down."""


def take(reader: Reader, event: Json, identity: str | None) -> None:
    """Add what an action is."""
    name = str(event["action"])
    arguments = table(event.get("args")) if "args" in event else event
    _counted(reader, event)
    _scope(reader, name, arguments)
    taker = _TAKERS.get(name)
    if taker is not None:
        taker(reader, event, arguments, identity)
    elif name in _NOTED:
        reader.recording.note("note", f"{name.replace('_', ' ')}: {_said(event, arguments)}")
    elif name not in _QUIET:
        reader.not_understood(f"action/{name}", event)


def _said(event: Json, arguments: Json) -> str:
    return some_text(event.get("message")) or compact({key: arguments[key] for key in arguments if key != "thought"})


def _counted(reader: Reader, event: Json) -> None:
    """Take the tokens: the running totals where there are any, else the usage of each answer."""
    totals = table(event.get("llm_metrics"))
    response = table(table(event.get("tool_call_metadata")).get("model_response"))
    if totals:
        reader.meter.total("agent", totals)
    else:
        reader.model(some_text(response.get("model")))
        reader.meter.answer(response)


def _scope(reader: Reader, name: str, arguments: Json) -> None:
    confirmed = some_text(arguments.get("confirmation_state")) or some_text(arguments.get("is_confirmed"))
    info = reader.recording.info
    if confirmed == "awaiting_confirmation" and info.approval is None:
        info.approval = "confirmation mode"
        reader.recording.note("scope", "the person is asked before actions (confirmation mode)")
    risk = arguments.get("security_risk")
    if isinstance(risk, (str, int)) and risk in _RISKS:
        what = some_text(arguments.get("command")) or some_text(arguments.get("path")) or name
        reader.recording.note("scope", f"rated {_RISKS[risk]} risk: {what}")


def _thought(reader: Reader, arguments: Json) -> None:
    thought = some_text(arguments.get("thought"))
    if thought is not None:
        reader.recording.add(Thought, text=thought)


def _message(reader: Reader, event: Json, arguments: Json, _: str | None) -> None:
    said = text(arguments.get("content")) or text(event.get("message")) or ""
    source = event.get("source")
    is_agents = source == "agent" or (source is None and arguments.get("wait_for_response") is True)
    files = [name for key in _ATTACHED for name in texts(arguments.get(key))]
    if is_agents:
        reader.recording.add(Message, text=said)
        reader.told("said")
    elif source == "environment":
        reader.recording.note("note", said)
    elif reader.delegates and said.startswith("TASK:"):
        reader.recording.note("subagent", said)
    else:
        reader.prompted(said, attachments=len(files))


def _system(reader: Reader, event: Json, arguments: Json, _: str | None) -> None:
    info = reader.recording.info
    remember(info.versions, some_text(arguments.get("openhands_version")))
    functions = [table(tool.get("function")) for tool in tables(arguments.get("tools"))]
    names = [name for function in functions if (name := some_text(function.get("name")))]
    if names and info.allowed_tools is None:
        info.allowed_tools = list(dict.fromkeys(names))
        reader.recording.note("scope", f"tools: {', '.join(info.allowed_tools)}")
    said = text(arguments.get("content")) or text(event.get("message")) or ""
    reader.recording.note("note", f"system prompt ({len(said):,} characters)")


def _run(reader: Reader, event: Json, arguments: Json, identity: str | None) -> None:
    _thought(reader, arguments)
    name = _name(event, "execute_bash")
    reader.terminal.asked(identity, name if KINDS.get(name) == "command" else "execute_bash", arguments)
    reader.told("call")


def _cell(reader: Reader, _event: Json, arguments: Json, identity: str | None) -> None:
    _thought(reader, arguments)
    code = text(arguments.get("code")) or ""
    reader.calls.opened(identity, CELL, code)
    reader.cells.opened(identity, code)
    reader.told("call")


def _read(reader: Reader, event: Json, arguments: Json, identity: str | None) -> None:
    first, last = integer(arguments.get("start")), integer(arguments.get("end"))
    span = arguments.get("view_range")
    if span is None and ((first or 0) > 0 or (last is not None and last >= 0)):
        span = [(first or 0) + 1, last]
    _thought(reader, arguments)
    _open(reader, "read", event, {"path": arguments.get("path"), "view_range": span}, identity)


def _write(reader: Reader, event: Json, arguments: Json, identity: str | None) -> None:
    _thought(reader, arguments)
    _open(reader, "write", event, arguments, identity)


def _edit(reader: Reader, event: Json, arguments: Json, identity: str | None) -> None:
    _thought(reader, arguments)
    named = some_text(arguments.get("command"))
    # Without a command it is a draft of the whole region, which the program itself works in.
    given = {key: value for key, value in arguments.items() if key not in {"content", "thought"} or not named}
    _open(reader, "str_replace_editor" if named else "edit_file", event, given, identity, own=True)


def _open(reader: Reader, name: str, event: Json, arguments: Json, identity: str | None, *, own: bool = False) -> None:
    call = reader.calls.opened(identity, name, arguments)
    shown = _name(event, name)
    if own and "tool" in call.drafts[0].fields:
        call.drafts[0].fields["tool"] = shown
    reader.told("call")


def _name(event: Json, otherwise: str) -> str:
    name = some_text(table(event.get("tool_call_metadata")).get("function_name"))
    return name if name in {"execute_bash", "str_replace_editor", "edit_file", "terminal", "bash"} else otherwise


def _some(arguments: Json, *names: str) -> Json:
    return {name: arguments[name] for name in names if name in arguments}


def _browse(reader: Reader, event: Json, arguments: Json, identity: str | None) -> None:
    _thought(reader, arguments)
    given = _some(arguments, "url", "browser_actions")
    _open(reader, "browser" if event["action"] == "browse_interactive" else "browse", event, given, identity)


def _mcp(reader: Reader, event: Json, arguments: Json, identity: str | None) -> None:
    _thought(reader, arguments)
    call = reader.calls.opened(identity, some_text(arguments.get("name")) or "mcp", arguments.get("arguments"))
    for draft in call.drafts:
        if "boundary" in draft.fields:
            draft.fields["boundary"] = "mcp"
    reader.told("call")
    del event


def _tasks(reader: Reader, event: Json, arguments: Json, identity: str | None) -> None:
    _thought(reader, arguments)
    given = _some(arguments, "command", "task_list")
    name = "task_tracker" if arguments.get("command") != "view" else "task_tracker (view)"
    _open(reader, name, event, given, identity)


def _delegate(reader: Reader, event: Json, arguments: Json, identity: str | None) -> None:
    _thought(reader, arguments)
    given = _some(arguments, "agent", "inputs")
    _open(reader, "delegate", event, given, identity)
    if len(reader.delegates) >= _DEEPEST:
        return
    reader.made_delegates += 1
    agent = f"{some_text(arguments.get('agent')) or 'agent'}-{reader.made_delegates}"
    reader.recording.launched_by[agent] = reader.recording.agent
    reader.delegates.append(agent)


def _think(reader: Reader, event: Json, arguments: Json, _: str | None) -> None:
    del event
    _thought(reader, arguments)
    reader.told("thought")


def _finish(reader: Reader, event: Json, arguments: Json, _: str | None) -> None:
    outputs = table(arguments.get("outputs"))
    final = some_text(arguments.get("final_thought")) or some_text(outputs.get("content"))
    thought = some_text(arguments.get("thought"))
    if final is not None and thought != final:
        _thought(reader, arguments)
    said = final or thought or some_text(event.get("message"))
    if said is not None:
        reader.recording.add(Message, text=said)
    done = arguments.get("task_completed")
    reader.told("finish", f"task completed: {done}" if isinstance(done, str) else "")


def _reject(reader: Reader, event: Json, arguments: Json, _: str | None) -> None:
    _thought(reader, arguments)
    why = some_text(table(arguments.get("outputs")).get("reason")) or some_text(event.get("message")) or "rejected"
    reader.recording.add(Message, text=why)
    reader.told("error", f"the agent gave the task up: {why}")


def _condensed(reader: Reader, _event: Json, arguments: Json, _identity: str | None) -> None:
    gone = arguments.get("forgotten_event_ids")
    count = f"{len(gone)} events forgotten" if isinstance(gone, list) else "events forgotten"
    summary = some_text(arguments.get("summary"))
    reader.recording.note("compaction", f"{count}: {summary}" if summary else count)


def _requested(reader: Reader, *_: Any) -> None:  # noqa: ANN401 - the table's form
    reader.recording.note("compaction", "a condensation was asked for")


def _state(reader: Reader, event: Json, arguments: Json, _: str | None) -> None:
    wanted = some_text(arguments.get("agent_state")) or ""
    if wanted in _WHO_STOPPED and event.get("source") == "user":
        reader.recording.note("interrupt", f"the person set the agent to {wanted}")
        reader.told("interrupt")
    else:
        reader.recording.note("note", f"agent state asked for: {wanted}")


def _start(reader: Reader, event: Json, arguments: Json, _: str | None) -> None:
    task = some_text(arguments.get("task"))
    if task is not None:
        reader.prompted(task)
    else:
        reader.recording.note("note", f"start: {_said(event, arguments)}")


_NOTED = frozenset(
    (
        "recall", "init", "summarize", "add_task", "modify_task", "kill", "push", "send_pr", "pause", "resume", "stop",
        "save_experience", "search", "loop_recovery",
    )
)  # fmt: skip
_TAKERS: dict[str, Callable[[Reader, Json, Json, str | None], None]] = {
    "message": _message,
    "system": _system,
    "run": _run,
    "run_ipython": _cell,
    "read": _read,
    "write": _write,
    "edit": _edit,
    "browse": _browse,
    "browse_interactive": _browse,
    "call_tool_mcp": _mcp,
    "mcp": _mcp,
    "task_tracking": _tasks,
    "delegate": _delegate,
    "think": _think,
    "finish": _finish,
    "reject": _reject,
    "condensation": _condensed,
    "condensation_request": _requested,
    "change_agent_state": _state,
    "start": _start,
}
NAMES = frozenset((*_TAKERS, *_NOTED, *_QUIET))
"""The actions that are known, to tell the format by."""
