"""Which of the files of a task a log is: told by its content.

Knows the outer shapes of what Cline and Roo Code store; nothing of what stands in them.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.run import whole_lines
from reviewer.run.importers.document import head_parts
from reviewer.run.importers.values import Json, joined, some_text, table, tables

if TYPE_CHECKING:
    from reviewer.run.importers.document import Part

Form: TypeAlias = Literal["ui", "history", "sdk", "session", "item", "metadata"]
"""`ui_messages.json`, `api_conversation_history.json`, `<id>.messages.json` and `<id>.json` of the SDK,
`history_item.json`, `task_metadata.json`."""

HEAD = 1 << 16
_SIGNS = ("<task>", "<user_message>", "<environment_details>", "[TASK RESUMPTION]")


def form_of(head: bytes) -> Form | None:
    """Return what a log that starts with these bytes is, None if it is none of a task's files."""
    start = b"".join(whole_lines.blocks(BytesIO(head)))
    first = start.lstrip(b" \t\r\n")[:1]
    if first not in (b"[", b"{"):
        return None
    parts = head_parts(start)
    return _of_list(parts, start) if first == b"[" else _of_object(parts)


def _of_list(parts: list[Part], start: bytes) -> Form | None:
    items = [table(part.value) for part in parts if not part.problem]
    if items and all(_is_item(item) for item in items[:5]):
        return "ui"
    if items and all(_is_message(item) for item in items[:5]):
        said = "\n".join(joined(item.get("content")) for item in items[:5])
        return "history" if any(sign in said for sign in _SIGNS) else None
    if not items and b'"role"' in start[:400] and any(sign.encode() in start for sign in _SIGNS):
        return "history"  # The first message alone is longer than what is looked at.
    return None


def _is_item(item: Json) -> bool:
    kind = item.get("type")
    return kind in ("ask", "say") and isinstance(item.get("ts"), (int, float)) and isinstance(item.get(str(kind)), str)


def _is_message(item: Json) -> bool:
    return item.get("role") in ("user", "assistant") and isinstance(item.get("content"), (str, list))


def _of_object(parts: list[Part]) -> Form | None:
    keys = {part.key for part in parts}
    first = next((table(part.value) for part in parts if part.key == "messages" and part.number == 0), None)
    if {"version", "sessionId"} <= keys and first is not None and _is_sdk_message(first):
        return "sdk"
    if {"version", "sessionId", "messages"} <= keys and first is None and not keys & {"projectHash", "requests"}:
        return "sdk" if "agent" in keys else None
    if "session_id" in keys and keys & {"messages_path", "enable_tools", "workspace_root"}:
        return "session"
    if "files_in_context" in keys or "model_usage" in keys:
        return "metadata"
    values = {part.key: part.value for part in parts if part.number is None}
    if some_text(values.get("task")) is not None and {"id", "ts", "tokensIn"} <= keys:
        return "item"
    return None


def _is_sdk_message(message: Json) -> bool:
    content = message.get("content")
    blocks = tables(content)
    typed = isinstance(content, str) or (bool(blocks) and all("type" in block for block in blocks[:5]))
    return message.get("role") in ("user", "assistant") and typed
