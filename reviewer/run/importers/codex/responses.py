"""Response items of a Codex rollout: what went to the model and what came back, in an envelope or bare.

Knows the kinds of response items (`codex-rs/protocol`, models) and which part takes what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from reviewer.run.importers.values import Json, compact, joined, some_text, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.importers.codex.log import Log


class Responses:
    """Takes response items."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._takers: dict[str, Callable[[Json], None]] = {
            "message": log.talk.message,
            "reasoning": log.talk.reasoning,
            "function_call": self._call,
            "custom_tool_call": self._custom,
            "local_shell_call": self._local,
            "tool_search_call": self._search,
            "function_call_output": self._output,
            "custom_tool_call_output": self._output,
            "local_shell_call_output": self._output,
            "mcp_tool_call_output": self._output,
            "tool_search_output": self._output,
            "image_generation_call": self._image,
            "web_search_call": self._web_search,
            "ghost_snapshot": self._snapshot,
            "compaction": self._compaction,
            "compaction_summary": self._compaction,
            "context_compaction": self._compaction,
            "agent_message": self.between,
        }

    def knows(self, kind: object) -> bool:
        """Return whether this is the kind of a response item."""
        return isinstance(kind, str) and kind in self._takers

    def take(self, item: Json) -> None:
        """Take a response item."""
        kind = item.get("type")
        taker = self._takers.get(kind) if isinstance(kind, str) else None
        if kind is None and "role" in item and "content" in item:
            self._log.talk.message(item)
        elif taker is None:
            self._log.state.not_understood(f"response_item/{kind}", compact(item))
        else:
            taker(item)

    def _asked(self, item: Json, name: str, arguments: object) -> None:
        log = self._log
        log.done = False
        call = log.calls.ask(name, arguments, some_text(item.get("call_id")) or some_text(item.get("id")))
        if call.family == "script" and isinstance(arguments, str):
            log.scripts.ask(call, arguments)

    def _call(self, item: Json) -> None:
        name = some_text(item.get("name")) or "unknown"
        place = some_text(item.get("namespace")) or ""
        self._asked(item, place + name if place.startswith("mcp__") else name, _decoded(item.get("arguments")))

    def _custom(self, item: Json) -> None:
        self._asked(item, some_text(item.get("name")) or "unknown", item.get("input"))

    def _local(self, item: Json) -> None:
        action = table(item.get("action"))
        self._asked(item, "local_shell", {"command": action.get("command"), "workdir": action.get("working_directory")})

    def _search(self, item: Json) -> None:
        self._asked(item, "tool_search", item.get("arguments"))

    def _output(self, item: Json) -> None:
        calls = self._log.calls
        call = calls.answered(some_text(item.get("call_id")) or some_text(item.get("id")))
        output = item.get("output", item.get("tools", item.get("result")))
        if call is None:
            calls.orphan(output)
        elif call.family in {"script", "wait"}:
            self._log.scripts.printed(call, output)
        else:
            calls.close(call, output, failed=item.get("status") == "failed")

    def _image(self, item: Json) -> None:
        ok = True if item.get("status") == "completed" else None
        self._log.ends.tool(item, "image_generation", item.get("revised_prompt"), ok=ok, reach="network")

    def _web_search(self, item: Json) -> None:
        self._log.ends.searched(item, "response")

    def _compaction(self, _item: Json) -> None:
        self._log.session.compacted("", "response")

    def _snapshot(self, item: Json) -> None:
        identity = some_text((table(item.get("ghost_commit")) or item).get("id"))
        self._log.state.note("snapshot", f"snapshot of the folder: commit {identity}" if identity else compact(item))

    def between(self, item: Json) -> None:
        """Take words of one agent to another."""
        author, to = (some_text(item.get(key)) or "an agent" for key in ("author", "recipient"))
        said = joined(item.get("content"))
        if self._log.session.is_new(("between", author, said), "response" if item.get("type") else "record"):
            self._log.state.note("subagent", f"{author} to {to}: {said or 'encrypted'}")


def _decoded(arguments: object) -> object:
    """Return the arguments of a function call, which are JSON written as text."""
    if not isinstance(arguments, str):
        return arguments
    try:
        return orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return arguments
