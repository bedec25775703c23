"""Records of Claude Code that are neither words nor tool calls: what the program noted.

Knows the system, progress, attachment and bookkeeping records up to the versions listed there. What is not known is
counted and kept as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Error, Prompt
from reviewer.run.importers.claude_code import words
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, joined, some_text, table, text, texts, whole, words_of

if TYPE_CHECKING:
    from reviewer.run.event import ContextKind
    from reviewer.run.importers.claude_code.queue import Queue
    from reviewer.run.importers.recording import Recording

_NOTED: dict[str, ContextKind] = {
    "local_command": "note",
    "away_summary": "note",
    "informational": "note",
    "turn_duration": "note",
    "stop_hook_summary": "hook",
    "memory_saved": "note",
    "bridge_status": "note",
    "scheduled_task_fire": "note",
    "permission_retry": "note",
    "agents_killed": "note",
    "thinking": "note",
    "status": "note",
    "init": "note",
    "session_start": "note",
}
_NOTES = words_of(
    "skill_listing deferred_tools_delta mcp_instructions_delta agent_listing_delta todo_reminder task_reminder todo "
    "file edited_text_file edited_image_file directory compact_file_reference pdf_reference already_read_file "
    "diagnostics selected_lines_in_ide opened_file_in_ide nested_memory relevant_memories dynamic_skill "
    "invoked_skills async_agent skill_discovery output_style plan_mode plan_mode_reentry plan_mode_exit "
    "plan_file_reference auto_mode auto_mode_exit date_change ultrathink_effort critical_system_reminder "
    "token_usage budget_usd output_token_usage new_file read_file context_efficiency companion_intro mcp_resource "
    "agent_mention task_status unified_tasks verify_plan_reminder current_session_memory session_memory "
    "max_turns_reached structured_output teammate_mailbox team_context background_task queued_command_result "
    "memory_update new_directory"
)
_HOOKS = words_of(
    "hook_success hook_error_during_execution hook_non_blocking_error hook_blocking_error hook_stopped_continuation "
    "hook_cancelled hook_additional_context hook_permission_decision hook_system_message async_hook_response"
)
_ATTACHED: dict[str, ContextKind] = {**dict.fromkeys(_NOTES, "note"), **dict.fromkeys(_HOOKS, "hook")}
_PROGRESS = words_of(
    "bash_progress hook_progress agent_progress mcp_progress waiting_for_task search_results_received query_update "
    "powershell_progress skill_progress repl_tool_call workflow_progress"
)


def system(state: Recording, record: Json) -> None:
    """Take a `system` record."""
    subtype = text(record.get("subtype"))
    said = text(record.get("content")) or ""
    if subtype in {"compact_boundary", "microcompact_boundary"}:
        facts = table(record.get("compactMetadata")) or table(record.get("microcompactMetadata"))
        state.note("compaction", _described(said or str(subtype).replace("_", " "), facts))
    elif subtype in {"api_error", "error"}:
        state.add(Error, where="provider", text=_api_error(record))
    elif subtype == "api_refusal":
        state.add(Error, where="provider", text=some_text(record.get("apiRefusalExplanation")) or said or "refused")
    elif subtype in _NOTED:
        duration = whole(record.get("durationMs"))
        if subtype == "turn_duration" and duration is not None:
            said = f"turn took {duration / 1000:.1f} s"
        state.note(_NOTED[subtype], said or subtype.replace("_", " "))
    elif subtype is None and said:
        state.note("note", said)
    else:
        state.not_understood(f"system/{subtype}", compact(record))


def _described(said: str, facts: Json) -> str:
    tokens, trigger = whole(facts.get("preTokens")), some_text(facts.get("trigger"))
    details = [part for part in (trigger, f"{tokens:,} tokens before" if tokens is not None else None) if part]
    return f"{said} ({', '.join(details)})" if details else said


def _api_error(record: Json) -> str:
    error = table(record.get("error"))
    said = some_text(record.get("content")) or some_text(error.get("message")) or compact(error) or "provider error"
    attempt, most = whole(record.get("retryAttempt")), whole(record.get("maxRetries"))
    return said if attempt is None else f"{said} (attempt {attempt}{f' of {most}' if most is not None else ''})"


def progress(state: Recording, record: Json) -> None:
    """Take a `progress` record other than a sub-agent's words: what it shows is in the result later."""
    kind = text(table(record.get("data")).get("type"))
    if kind not in _PROGRESS:
        state.not_understood(f"progress/{kind}", compact(record))


def attachment(state: Recording, record: Json, queue: Queue) -> None:
    """Take an `attachment` record."""
    content = table(record.get("attachment"))
    kind = text(content.get("type"))
    if kind == "queued_command":
        said = joined(content.get("prompt"))
        read = words.read(said)
        if read.role in {"prompt", "plan"} and content.get("isMeta") is not True:
            queue.delivered(said)
            state.add(Prompt, text=said, via="queued").bumps = True
        else:
            state.note("note", said)
    elif kind == "command_permissions":
        tools = texts(content.get("allowedTools"))
        state.info.allowed_tools = list(dict.fromkeys([*(state.info.allowed_tools or []), *tools]))
        state.note("mode", "allowed tools: " + (", ".join(tools) or "none"))
    elif kind in _ATTACHED:
        said = joined(content.get("content")) or some_text(content.get("command")) or ""
        what = some_text(content.get("filename")) or some_text(content.get("hookName")) or ""
        state.note(_ATTACHED[kind], " ".join(part for part in (kind.replace("_", " "), what, said) if part))
    else:
        state.not_understood(f"attachment/{kind}", compact(content))


def snapshot(state: Recording, record: Json) -> None:
    """Take a `file-history-snapshot`: backups before edits; one without name is of a file that was not there."""
    backups = table(table(record.get("snapshot")).get("trackedFileBackups"))
    if not backups:
        state.note("snapshot", "no files yet")
        return
    new = sorted(path for path, backup in backups.items() if table(backup).get("backupFileName") is None)
    note = f"{len(backups)} tracked files"
    state.note("snapshot", f"{note}; new: {', '.join(new)}" if new else note)


def bookkeeping(state: Recording, record: Json) -> None:
    """Take a record that the program writes for itself; repeated at each resume, so only what is new is noted."""
    kind = text(record.get("type")) or ""
    if kind == "pr-link":
        link = some_text(record.get("prUrl")) or ""
        if remember(state.info.links, link):
            state.note("link", link)
    elif kind in {"permission-mode", "mode"}:
        mode(state, text(record.get("permissionMode")) or text(record.get("mode")))
    elif kind in {"ai-title", "custom-title", "agent-name"}:
        title = (
            some_text(record.get("aiTitle")) or some_text(record.get("customTitle")) or some_text(record.get("title"))
        )
        if title and title != state.info.title:
            state.info.title = title
            state.note("note", f"title: {title}")
    elif kind == "summary":
        state.note("note", f"summary (may be of another session): {text(record.get('summary')) or ''}")
    elif kind not in state.noted:
        state.noted.add(kind)
        state.note("note", f"{kind}: {compact({key: value for key, value in record.items() if key != 'type'})}")


def mode(state: Recording, name: str | None) -> None:
    """Note a permission mode when it is another than before."""
    modes = state.info.permission_modes
    if name and (not modes or modes[-1] != name):
        modes.append(name)
        state.note("mode", f"permission mode: {name}")
