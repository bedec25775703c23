"""What happens to a session of Copilot CLI itself: its start, models, modes, compaction, rewinds, errors and its end.

Knows the `session.*`, hook and notice events; what the program writes for its own screen is noted once by type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Error, Message, Plan, Usage
from reviewer.run.importers.checklist import steps_of
from reviewer.run.importers.recording import remember
from reviewer.run.importers.toolset import plan_steps
from reviewer.run.importers.values import (
    Json,
    compact,
    integer,
    some_text,
    table,
    tables,
    text,
    texts,
    whole,
    words_of,
)

if TYPE_CHECKING:
    from reviewer.run.importers.copilot_cli.reader import Reader
    from reviewer.run.importers.draft import Draft

_QUIET = words_of(
    "session.idle session.usage_info session.usage_checkpoint session.tools_updated session.skills_loaded "
    "session.custom_agents_updated session.mcp_servers_loaded session.mcp_server_status_changed "
    "session.extensions_loaded session.extensions.attachments_pushed session.background_tasks_changed "
    "session.remote_steerable_changed session.binary_asset session.custom_notification session.import_legacy "
    "session.schedule_created session.schedule_cancelled session.schedule_rearmed session.session_limits_changed "
    "session.auto_mode_resolved session.managed_settings_resolved session.managed_settings_enforced "
    "session.canvas.opened session.canvas.closed session.canvas.registry_changed session.canvas.unavailable "
    "session.canvas.recorded session.canvas.removed session.autopilot_objective_changed "
    "assistant.turn_start assistant.turn_end assistant.idle assistant.intent assistant.message_start "
    "assistant.message_delta assistant.reasoning_delta assistant.streaming_delta assistant.tool_call_delta "
    "assistant.server_tool_progress model.call_start model.call_end tool.execution_progress pending_messages.modified "
    "hook.progress tool_search.activated subagent.selected subagent.deselected commands.changed capabilities.changed "
    "command.queued command.execute command.completed external_tool.completed sampling.requested sampling.completed "
    "mcp.oauth_required mcp.oauth_completed mcp.headers_refresh_required mcp.headers_refresh_completed "
    "mcp.tools.list_changed mcp.resources.list_changed mcp.prompts.list_changed ui.ephemeral_query "
    "auto_mode_switch.requested auto_mode_switch.completed session_limits_exhausted.requested "
    "session_limits_exhausted.completed factory.run_updated factory.run_started factory.run_settled "
    "mcp_app.tool_call_complete session.todos_changed session.workspace_file_changed"
)
_NOTES = words_of("session.info session.warning session.handoff system.message system.notification skill.invoked")
GONE = "rewound"
"""Node of what the person took back."""
_PROVIDER = ("rate", "quota", "auth", "model", "query", "context", "api", "network", "provider", "billing")


class Session:
    """The session events of one log."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._state = reader.state
        self._hooks: dict[str, Draft] = {}
        self._gone: list[tuple[int, int]] = []
        self._handlers = {
            "session.start": self._start,
            "session.resume": self._start,
            "session.context_changed": lambda _, data: self._place(data),
            "session.model_change": self._model,
            "session.mode_changed": self._mode,
            "session.permissions_changed": self._mode,
            "session.plan_changed": self._plan,
            "session.title_changed": self._title,
            "session.compaction_start": lambda _, data: self._note("compaction began", data),
            "session.compaction_complete": self._compaction,
            "session.truncation": self._truncation,
            "session.context_cleared": lambda _, data: self._state.note(
                "truncation", f"context cleared {compact(data)}"
            ),
            "session.snapshot_rewind": self._rewind,
            "session.error": self._error,
            "model.call_failure": self._error,
            "session.task_complete": self._complete,
            "session.shutdown": self._shutdown,
            "subagent.completed": self._agent_ended,
            "subagent.failed": self._agent_ended,
            "hook.start": self._hook,
            "hook.end": self._hook,
        }

    def take(self, kind: str, data: Json) -> bool:
        """Return whether an event of this type is known here."""
        handler = self._handlers.get(kind)
        if handler is not None:
            handler(kind, data)
        elif kind in _NOTES:
            self._said(kind, data)
        elif kind in _QUIET:
            self._quiet(kind, data)
        else:
            return False
        return True

    def _quiet(self, kind: str, data: Json) -> None:
        todos = plan_steps(data) if kind == "session.todos_changed" else ()
        if todos:
            self._state.add(Plan, steps=todos)
        elif kind == "assistant.turn_start":
            remember(self._state.info.models, some_text(data.get("model")))
        elif kind not in self._state.noted:
            self._state.noted.add(kind)
            self._note(kind, data)

    def _note(self, what: str, data: Json) -> None:
        self._state.note("note", f"{what}: {compact(data)}" if data else what)

    def _start(self, kind: str, data: Json) -> None:
        info = self._state.info
        remember(info.session_ids, some_text(data.get("sessionId")))
        remember(info.versions, some_text(data.get("copilotVersion")))
        if kind == "session.resume":
            self._state.note("resume", f"resumed after {whole(data.get('eventCount')) or 0} events")
            self._reader.last = self._reader.last if self._reader.last == "asked" else ""
        context = table(data.get("context"))
        self._place(context)
        commit = some_text(context.get("headCommit"))
        if info.base_commit is None and commit is not None:
            info.base_commit = commit
        name, host = some_text(context.get("repository")), some_text(context.get("repositoryHost"))
        if info.repository is None and name is not None:
            info.repository = name if host is None or ":" in name else f"https://{host}/{name}"
        model = some_text(data.get("selectedModel"))
        if remember(info.models, model) and kind == "session.resume" and len(info.models) > 1:
            self._state.note("model", f"model: {model}")

    def _place(self, context: Json) -> None:
        state = self._state
        cwd = some_text(context.get("cwd"))
        if cwd is not None:
            state.cwd = cwd
            remember(state.info.cwds, cwd)
        branch = some_text(context.get("branch"))
        if remember(state.info.branches, branch) and len(state.info.branches) > 1:
            state.note("branch", f"branch: {branch}")

    def _model(self, _: str, data: Json) -> None:
        model, before = some_text(data.get("newModel")), some_text(data.get("previousModel"))
        remember(self._state.info.models, model)
        self._state.note("model", f"model: {model}" + (f", before: {before}" if before else ""))

    def _mode(self, kind: str, data: Json) -> None:
        mode = some_text(data.get("newMode")) or some_text(data.get("mode"))
        modes = self._state.info.permission_modes
        if mode and (not modes or modes[-1] != mode):
            modes.append(mode)
        self._state.note("mode", f"{'mode' if kind == 'session.mode_changed' else 'permission mode'}: {mode}")

    def _plan(self, _: str, data: Json) -> None:
        content = some_text(data.get("content")) or some_text(data.get("planContent"))
        if content is not None:
            self._state.add(Plan, text=content, steps=steps_of(content))
        else:
            operation = text(data.get("operation")) or "changed"
            self._state.note("note", f"plan.md: {operation}")
            self._state.info.lost.setdefault("plan", "the log says that plan.md changed, and not what stands in it")

    def _title(self, _: str, data: Json) -> None:
        self._state.info.title = some_text(data.get("title")) or self._state.info.title

    def _compaction(self, _: str, data: Json) -> None:
        before, after = whole(data.get("preCompactionTokens")), whole(data.get("postCompactionTokens"))
        span = f"{before:,} tokens before" if before is not None else "compacted"
        span += f", {after:,} after" if after is not None else ""
        if data.get("success") is False:
            self._state.note("note", f"compaction failed: {some_text(data.get('error')) or compact(data)}")
            return
        summary = some_text(data.get("summaryContent"))
        self._state.note("compaction", f"{span}\n{summary}" if summary else span)

    def _truncation(self, _: str, data: Json) -> None:
        removed = whole(data.get("messagesRemovedDuringTruncation"))
        self._state.note("truncation", f"{removed} messages removed" if removed is not None else compact(data))

    def _rewind(self, _: str, data: Json) -> None:
        """Everything from the named event on was taken back; what it did to files remains."""
        state, target = self._state, some_text(data.get("upToEventId")) or ""
        place, now = self._reader.places.get(target), len(state.drafts)
        if place is not None:
            self._take_back(place, now)
        removed = whole(data.get("eventsRemoved"))
        state.node = None
        count = f" ({removed} events)" if removed is not None else ""
        state.note("rewind", f"the person went back{count}; what was done before remains on disk")

    def _take_back(self, place: int, now: int) -> None:
        """Mark drafts from a place on; those that are marked already are not looked at again."""
        low, high = place, now
        while self._gone and self._gone[-1][1] > place:
            start, end = self._gone.pop()
            self._mark(max(end, place), high)
            low, high = min(low, start), start
        self._mark(place, high)
        self._gone.append((low, now))

    def _mark(self, start: int, end: int) -> None:
        for draft in self._state.drafts[start:end]:
            draft.node = GONE

    def _error(self, kind: str, data: Json) -> None:
        said = some_text(data.get("message")) or some_text(data.get("errorMessage")) or compact(data)
        sort = (some_text(data.get("errorType")) or "").lower()
        status = whole(data.get("statusCode"))
        provider = kind == "model.call_failure" or status is not None or any(word in sort for word in _PROVIDER)
        where = "provider" if provider else "agent"
        self._state.add(Error, where=where, text=f"{said} ({status})" if status is not None else said)
        if kind == "session.error":
            self._reader.last, self._reader.end_text = "error", said

    def _complete(self, _: str, data: Json) -> None:
        summary = some_text(data.get("summary"))
        if summary is not None:
            self._state.add(Message, text=summary)
        failed = data.get("success") is False or data.get("outcome") == "blocked"
        self._reader.last = "error" if failed else "complete"
        self._reader.end_text = (some_text(data.get("reason")) or "task not completed") if failed else ""

    def _shutdown(self, _: str, data: Json) -> None:
        state, reader = self._state, self._reader
        changes = table(data.get("codeChanges"))
        if changes:
            files = texts(changes.get("filesModified"))
            added, removed = whole(changes.get("linesAdded")), whole(changes.get("linesRemoved"))
            state.note("note", f"code changes: {len(files)} files, +{added} -{removed}: {', '.join(files)}")
        self._metrics(table(data.get("modelMetrics")))
        premium = data.get("totalPremiumRequests")
        if isinstance(premium, (int, float)) and not isinstance(premium, bool):
            state.note("note", f"{premium:g} premium requests")
        if data.get("shutdownType") == "error":
            reader.last, reader.end_text = (
                "error",
                some_text(data.get("errorReason")) or "the program ended in an error",
            )
        elif reader.last not in {"interrupt", "error", "asked"}:
            reader.last = "shutdown"

    def _metrics(self, metrics: Json) -> None:
        """Take the tokens by model: they stand for those of the messages, and not beside those of single calls."""
        reader = self._reader
        rows = [(model, table(table(entry).get("usage"))) for model, entry in metrics.items()]
        rows = [(model, usage) for model, usage in rows if usage]
        if reader.counted or not rows:
            return
        for draft in reader.usage:
            draft.dead = True
        reader.usage.clear()
        for model, usage in rows:
            remember(self._state.info.models, model)
            self._state.add(
                Usage,
                model=model,
                input_tokens=whole(usage.get("inputTokens")),
                output_tokens=whole(usage.get("outputTokens")),
                cache_read_tokens=whole(usage.get("cacheReadTokens")),
                cache_write_tokens=whole(usage.get("cacheWriteTokens")),
            )

    def _agent_ended(self, kind: str, data: Json) -> None:
        name = some_text(data.get("agentDisplayName")) or some_text(data.get("agentName")) or "sub-agent"
        error = some_text(data.get("error"))
        ended = "cancelled" if data.get("cancelled") is True else "ended"
        self._state.note("subagent", f"{name} failed: {error}" if kind == "subagent.failed" else f"{name} {ended}")

    def _hook(self, kind: str, data: Json) -> None:
        identity = some_text(data.get("hookInvocationId")) or ""
        name = some_text(data.get("hookType")) or "hook"
        if kind == "hook.start":
            self._hooks[identity] = self._state.note("hook", name)
            return
        draft = self._hooks.pop(identity, None) or self._state.note("hook", name)
        error = table(data.get("error"))
        failed = f"failed: {some_text(error.get('message')) or compact(error)}"
        draft.fields["text"] = f"{name}: {failed if data.get('success') is False else 'ok'}"

    def _said(self, kind: str, data: Json) -> None:
        state = self._state
        about = table(data.get("kind"))
        shell = some_text(about.get("shellId"))
        if kind == "system.notification" and shell is not None:
            self._reader.shells.over(shell, integer(about.get("exitCode")))
        if kind == "session.info" and data.get("infoType") == "folder_trust":
            state.note("scope", some_text(data.get("message")) or "folder trusted")
            return
        if kind == "skill.invoked":
            tools = texts(data.get("allowedTools"))
            if tools:
                state.info.allowed_tools = list(dict.fromkeys([*(state.info.allowed_tools or []), *tools]))
        words = ("message", "content", "summary", "name")
        said = next((each for key in words if (each := some_text(data.get(key)))), None)
        extra = "" if said else compact({key: value for key, value in data.items() if not tables(value)})
        state.note("note", f"{kind}: {said or extra}")
