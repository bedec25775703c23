"""What events and completed items tell of calls: how commands, patches and other tools ended.

The same end stands in an event of a rollout, in a completed item of a newer one, and in the stream of `codex exec`.
An end whose call is not in the log stands for the call too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Plan, PlanStep, Tool
from reviewer.run.importers.codex import patches
from reviewer.run.importers.codex.calls import Call
from reviewer.run.importers.codex.shell import line_of
from reviewer.run.importers.toolset import plan_steps
from reviewer.run.importers.values import MAX_INPUT, Json, compact, some_text, table, tables, text, texts

if TYPE_CHECKING:
    from reviewer.run.event import Boundary
    from reviewer.run.importers.codex.calls import Calls
    from reviewer.run.importers.codex.code_mode import Scripts
    from reviewer.run.importers.codex.session import Session
    from reviewer.run.importers.recording import Recording

_BY_PERSON = frozenset(("user_shell", "userShell"))
_LOOK = frozenset(("unified_exec_interaction", "unifiedExecInteraction"))
_FINE = {"completed": True, "success": True, "failed": False, "declined": False, "error": False}


class Ends:
    """Holds ends against calls."""

    def __init__(self, state: Recording, session: Session, calls: Calls, scripts: Scripts) -> None:
        self._state = state
        self._session = session
        self._calls = calls
        self._scripts = scripts

    def command_begun(self, event: Json) -> None:
        """Take the start of a command, where the log has no call for it."""
        if text(event.get("source")) in _BY_PERSON or text(event.get("source")) in _LOOK:
            return
        call = self._command(event)
        if call.draft is not None and call.family == "shell":
            self._calls.shell.runs_on(call.draft)

    def command(self, event: Json) -> None:
        """Take the end of a command."""
        line = line_of(event.get("command"))
        if text(event.get("source")) in _BY_PERSON:
            code = event.get("exit_code")
            self._session.typed(line, f"Exit code: {code}\nOutput:\n", place="event")
            return
        if text(event.get("source")) in _LOOK:
            return
        call = self._command(event)
        if call.family == "shell" and call.draft is not None:
            self._calls.shell.told(call.draft, event)

    def _command(self, event: Json) -> Call:
        identity = _identity(event)
        call = self._calls.by_id.get(identity) if identity is not None else None
        line = line_of(event.get("command"))
        if call is None:
            call = self._scripts.inner("shell", line)
            if call is None:
                folder = (some_text(event.get("cwd")) or "").removeprefix("file://")
                call = Call("shell", "shell", self._state.command(line, cwd=folder or self._state.cwd))
            if identity is not None:
                self._calls.by_id[identity] = call
        return call

    def patch(self, event: Json) -> None:
        """Take the end of a patch; in a script its id is not that of the call."""
        identity = _identity(event)
        call = self._calls.by_id.get(identity) if identity is not None else None
        if call is None or call.patch is None:
            paths = tuple(path for path, _ in patches.changed(event.get("changes")))
            call = self._scripts.inner("patch", *paths) or Call("apply_patch", "patch", patch=patches.PatchCall())
            if identity is not None:
                self._calls.by_id[identity] = call
        if call.patch is not None and text(event.get("status")) not in {"in_progress", "inProgress"}:
            patches.told(self._state, call.patch, event)

    def mcp(self, event: Json) -> None:
        """Take the end of a call of an MCP server's tool."""
        asked = table(event.get("invocation")) or event
        name = f"mcp__{some_text(asked.get('server')) or 'unknown'}__{some_text(asked.get('tool')) or 'unknown'}"
        result = table(event.get("result"))
        ok = _FINE.get(str(event.get("status")))
        if "Err" in result or some_text(event.get("error")) or table(event.get("error")):
            ok = False
        elif "Ok" in result or result:
            inner = table(result.get("Ok")) or result
            ok = inner.get("isError") is not True and inner.get("is_error") is not True and ok is not False
        self.tool(event, name, asked.get("arguments"), ok=ok, reach="mcp")

    def tool(self, event: Json, name: str, given: object, *, ok: bool | None, reach: Boundary) -> None:
        """Take the end of any other tool."""
        identity = _identity(event)
        call = self._calls.by_id.get(identity) if identity is not None else None
        if call is not None:
            if call.draft is not None and call.draft.cls is Tool:
                call.draft.fields["boundary"] = reach
                call.draft.fields["ok"] = ok if ok is not None else call.draft.fields.get("ok")
            return
        shown = given if isinstance(given, str) else compact(given)
        draft = self._state.add(Tool, tool=name, boundary=reach, input=shown[:MAX_INPUT], ok=ok)
        if identity is not None:
            self._calls.by_id[identity] = Call(name, "plain", draft)

    def searched(self, event: Json, place: str) -> None:
        """Take a search of the web, which a response item, an event and an item tell each; newer ones have no id."""
        action = table(event.get("action"))
        if self._scripts.inner("plain", "web__run") is None and self._session.is_new("search", place):
            shown = compact(action) if action else text(event.get("query")) or ""
            self._state.add(Tool, tool="web_search", boundary="network", input=shown[:MAX_INPUT], ok=True)

    def plan(self, given: Json, place: str) -> None:
        """Take a plan that an event or an item holds: as text, or as steps."""
        said = some_text(given.get("text")) or some_text(given.get("explanation"))
        steps = plan_steps(given)
        done = [row.get("completed") for row in tables(given.get("items"))]
        if done and all(isinstance(value, bool) for value in done):
            steps = tuple(
                PlanStep(step.text, "completed" if value else "pending")
                for step, value in zip(steps, done, strict=False)
            )
        if (said or steps) and self._session.is_new(("plan", said, steps), place):
            self._state.add(Plan, text=said, steps=steps)

    def agents(self, event: Json) -> None:
        """Take a call between agents: who was started is of interest, the rest is a tool as others."""
        for receiver in texts(event.get("receiver_thread_ids")) + texts(event.get("receiverThreadIds")):
            self._state.launched_by.setdefault(receiver, self._state.agent)
        name = some_text(event.get("tool")) or some_text(event.get("name")) or "agent"
        self.tool(event, name, event.get("prompt"), ok=_FINE.get(str(event.get("status"))), reach="host")


def _identity(event: Json) -> str | None:
    return some_text(event.get("call_id")) or some_text(event.get("id"))
