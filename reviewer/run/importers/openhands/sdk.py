"""Events of the newer OpenHands (the software agent SDK), each with its kind.

Source of the format: `openhands/sdk/event` and `openhands/tools` of the project. An observation names its action by id;
events form a tree. What is said of the conversation as a whole stands beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Error, Message, Thought
from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.openhands import conversation
from reviewer.run.importers.openhands.terminal import seen
from reviewer.run.importers.openhands.tools import BY_ACTION, KINDS, PATCHES
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import Json, compact, joined, some_text, table, tables, text, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.importers.openhands.reader import Reader

_THINKS, _THOUGHT = "<think>", "</think>"
_RESUMED = "<<RESUMED CONVERSATION>>"
_NO_WORDS = frozenset(("User rejected the action", "User rejected the actions", "Rejected by user", ""))
_RISKS = {"MEDIUM": "medium", "HIGH": "high"}
_ACP: dict[str, str] = {
    "execute": "terminal", "read": "read", "edit": "edit", "delete": "edit", "move": "edit", "search": "grep",
    "fetch": "fetch",
}  # fmt: skip
_ONCE = frozenset(("TokenEvent", "LLMCompletionLogEvent", "StreamingDeltaEvent"))


def take(reader: Reader, event: Json) -> None:
    """Add what an event is."""
    kind = str(event["kind"])
    taker = _TAKERS.get(kind)
    if taker is not None:
        taker(reader, event)
    elif kind in _ONCE:
        if kind not in reader.recording.noted:
            reader.recording.noted.add(kind)
            reader.recording.note("note", f"{kind}: what the log has beside the conversation is left out")
    else:
        if kind == "UnreadableEvent":
            reader.recording.info.lost.setdefault("events", f"{event.get('file')}: {event.get('why')}"[:200])
        reader.not_understood(kind, event)


def _system(reader: Reader, event: Json) -> None:
    info = reader.recording.info
    tools = tables(event.get("tools"))
    names = [
        name
        for tool in tools
        if (name := some_text(tool.get("name")) or some_text(table(tool.get("function")).get("name")))
    ]
    if names and info.allowed_tools is None:
        info.allowed_tools = list(dict.fromkeys(names))
        reader.recording.note("scope", f"tools: {', '.join(info.allowed_tools)}")
    said = text(table(event.get("system_prompt")).get("text")) or ""
    reader.recording.note("note", f"system prompt ({len(said):,} characters)")


def _message(reader: Reader, event: Json) -> None:
    message = table(event.get("llm_message"))
    content = message.get("content")
    said = joined(content)
    pictures = sum(len(texts(part.get("image_urls"))) or 1 for part in tables(content) if part.get("type") == "image")
    source = event.get("source")
    if source == "user" and said.lstrip().startswith(_RESUMED):
        reader.recording.note("resume", said)
    elif source == "user":
        reader.prompted(said, attachments=pictures)
    elif source == "agent":
        _thought(reader, message)
        if said:
            reader.recording.add(Message, text=said)
        reader.told("said")
    else:
        reader.recording.note("note", said)
    added = joined(event.get("extended_content"))
    if added:
        reader.recording.note("note", f"added by the program: {added}")


def _thought(reader: Reader, record: Json) -> str:
    """Add the reasoning; return the words beside it, without a copy of it."""
    blocks = [text(block.get("thinking")) for block in tables(record.get("thinking_blocks"))]
    reasoning = some_text(record.get("reasoning_content")) or "\n".join(block for block in blocks if block)
    said = joined(record.get("thought"))
    if reasoning:
        reader.recording.add(Thought, text=reasoning)
        said = _without_thinking(said)
    return said.strip()


def _without_thinking(said: str) -> str:
    """Return a text without the passages that repeat the reasoning; one that does not end stays."""
    kept, at = [], 0
    while (start := said.find(_THINKS, at)) >= 0 and (end := said.find(_THOUGHT, start)) >= 0:
        kept.append(said[at:start])
        at = end + len(_THOUGHT)
    return "".join([*kept, said[at:]])


def _action(reader: Reader, event: Json) -> None:
    identity = some_text(event.get("id"))
    said = _thought(reader, event)
    if said:
        reader.recording.add(Thought, text=said)
    action = table(event.get("action"))
    kind = some_text(action.get("kind")) or ""
    arguments = {key: value for key, value in action.items() if key != "kind"} or _asked(event)
    if kind == "MCPToolAction":
        arguments = table(arguments.get("data")) or arguments
    given = some_text(event.get("tool_name")) or ""
    name = given if given in KINDS or given in PATCHES else BY_ACTION.get(kind, given or kind or "unknown")
    _risk(reader, event, name, arguments)
    match name:
        case "finish":
            said = text(arguments.get("message")) or ""
            reader.recording.add(Message, text=said)
            reader.told("finish")
        case "think":
            reader.recording.add(Thought, text=some_text(arguments.get("thought")))
            reader.told("thought")
        case _:
            _call(reader, event, identity, name, arguments, is_mcp=kind == "MCPToolAction")


def _asked(event: Json) -> Json:
    """Return the arguments of a call that the program could not read as an action."""
    call = table(event.get("tool_call"))
    raw = call.get("arguments", table(call.get("function")).get("arguments"))
    if not isinstance(raw, str):
        return table(raw)
    try:
        return table(lenient(raw.encode("utf-8", "replace"))[0]) or {"arguments": raw}
    except ValueError:
        return {"arguments": raw}


def _risk(reader: Reader, event: Json, name: str, arguments: Json) -> None:
    risk = event.get("security_risk")
    if isinstance(risk, str) and risk in _RISKS:
        what = some_text(arguments.get("command")) or some_text(arguments.get("path")) or name
        reader.recording.note("scope", f"rated {_RISKS[risk]} risk: {what}")


def _call(reader: Reader, event: Json, identity: str | None, name: str, arguments: Json, *, is_mcp: bool) -> None:
    reader.told("call")
    call_id = some_text(event.get("tool_call_id"))
    if identity is not None and call_id is not None:
        reader.by_call[call_id] = identity
    kind = KINDS.get(name)
    if kind == "command":
        reader.terminal.asked(identity, name, arguments, some_text(event.get("summary")))
        return
    if kind == "plan" and arguments.get("command") == "view":
        name = f"{name} (view)"
    call = reader.calls.opened(identity, name, arguments)
    if is_mcp:
        for draft in call.drafts:
            if "boundary" in draft.fields:
                draft.fields["boundary"] = "mcp"


def _identity(reader: Reader, event: Json) -> str | None:
    action = some_text(event.get("action_id"))
    if action is not None and action in reader.calls.open:
        return action
    call = some_text(event.get("tool_call_id"))
    return reader.by_call.get(call, action) if call is not None else action


def _observed(reader: Reader, event: Json) -> None:
    identity = _identity(reader, event)
    observation = table(event.get("observation"))
    shown = joined(observation.get("content"))
    kind = some_text(observation.get("kind")) or ""
    if kind in {"FinishObservation", "ThinkObservation"}:
        return
    if kind in {"TerminalObservation", "ExecuteBashObservation"} or "exit_code" in observation:
        line = some_text(observation.get("command"))
        if (identity is None or identity not in reader.calls.open) and line is not None:
            identity = f"observed {some_text(event.get('id'))}"  # the log starts after its action
            reader.terminal.asked(identity, "terminal", {"command": line})
        shown = shown or text(observation.get("output")) or ""
        reader.terminal.shown(identity, seen(shown, observation))
        return
    failed = observation.get("is_error") is True or bool(some_text(observation.get("error")))
    is_new = observation.get("is_new_file") is True or (
        observation.get("command") == "create" and observation.get("prev_exist") is False
    )
    shown = some_text(observation.get("error")) or shown if failed else shown
    call = reader.calls.closed(identity, Result("failed" if failed else "ok", shown, created=is_new or None))
    if call is not None and call.kind == "read" and not failed and "<response clipped>" in shown:
        call.drafts[0].fields["whole"] = False


def _rejected(reader: Reader, event: Json) -> None:
    reason = text(event.get("rejection_reason")) or ""
    is_hook = event.get("rejection_source") == "hook"
    said = reason if not is_hook and reason not in _NO_WORDS else None
    shown = f"a hook refused it: {reason}" if is_hook else reason
    reader.calls.closed(_identity(reader, event), Result("denied", shown, said=said))
    reader.told("denied")


def _failed(reader: Reader, event: Json) -> None:
    identity, said = _identity(reader, event), text(event.get("error")) or compact(event)
    if identity is not None and identity in reader.calls.open:
        reader.calls.closed(identity, Result("failed", said))
    else:
        reader.recording.add(Error, where="agent", text=said)


def _stopped(reader: Reader, event: Json) -> None:
    reader.recording.note("interrupt", "paused by the person" if event["kind"] == "PauseEvent" else "interrupted")
    reader.told("interrupt")


def _condensed(reader: Reader, event: Json) -> None:
    gone = event.get("forgotten_event_ids")
    count = f"{len(gone)} events forgotten" if isinstance(gone, list) else "condensed"
    summary = some_text(event.get("summary"))
    reader.recording.note("compaction", f"{count}: {summary}" if summary else count)


def _broke(reader: Reader, event: Json) -> None:
    code, detail = some_text(event.get("code")) or "error", some_text(event.get("detail")) or ""
    reader.failed(f"{code}: {detail}" if detail else code)


def _limit(reader: Reader, event: Json) -> None:
    reader.failed(some_text(event.get("detail")) or "the limit of iterations was reached", limit=True)


def _hook(reader: Reader, event: Json) -> None:
    parts = (
        some_text(event.get("hook_event_type")) or "hook",
        some_text(event.get("hook_command")) or "",
        "blocked the action" if event.get("blocked") is True else "",
        some_text(event.get("reason")) or "",
    )
    reader.recording.note("hook", ": ".join(part for part in parts if part))


def _acp(reader: Reader, event: Json) -> None:
    """Take a call of another agent that this one steers: the same id comes again at each change of its status."""
    call_id = some_text(event.get("tool_call_id")) or some_text(event.get("id"))
    raw = table(event.get("raw_input"))
    name = _ACP.get(some_text(event.get("tool_kind")) or "", some_text(event.get("title")) or "tool")
    if call_id is not None and call_id not in reader.by_call:
        reader.by_call[call_id] = call_id
        given = {**raw, "command": raw.get("command", event.get("title"))} if name == "terminal" else raw
        reader.calls.opened(call_id, name, given)
        reader.told("call")
    status = text(event.get("status"))
    if call_id in reader.calls.open and status in {"completed", "failed"}:
        shown = joined([part.get("content", part) for part in tables(event.get("content"))])
        failed = status == "failed" or event.get("is_error") is True
        reader.calls.closed(call_id, Result("failed" if failed else "ok", shown or compact(event.get("raw_output"))))


_TAKERS: dict[str, Callable[[Reader, Json], None]] = {
    "SystemPromptEvent": _system,
    "MessageEvent": _message,
    "ActionEvent": _action,
    "ObservationEvent": _observed,
    "UserRejectObservation": _rejected,
    "AgentErrorEvent": _failed,
    "PauseEvent": _stopped,
    "InterruptEvent": _stopped,
    "Condensation": _condensed,
    "CondensationRequest": _condensed,
    "CondensationSummaryEvent": _condensed,
    "ConversationStateUpdateEvent": conversation.updated,
    "ConversationErrorEvent": _broke,
    "ConversationIterationLimitEvent": _limit,
    "HookExecutionEvent": _hook,
    "ACPToolCallEvent": _acp,
}
