"""Items of the interface that are neither words nor calls: checkpoints, compaction, provider trouble, hooks, notices.

Knows the kinds that only tell that something happened; one that is not known is kept by its kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Denial, Error
from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.values import Json, compact, some_text, table, text, whole, words_of

if TYPE_CHECKING:
    from reviewer.run.importers.recording import Recording

_NOTES = words_of(
    "api_req_finished api_req_retried api_req_deleted shell_integration_warning mcp_notification info image "
    "shell_integration_warning_with_suggestion mcp_server_request_started load_mcp_documentation subtask_result "
    "generate_explanation conditional_rules_applied codebase_search_result user_edit_todos browser_action_result "
    "auto_approval_max_req_reached report_bug subagent mcp_server_response condense_context_error browser_action"
)
_TROUBLE = words_of("error clineignore_error rooignore_error mistake_limit_reached")
_PROVIDER = words_of("error_retry api_req_retry_delayed api_req_failed")
_COMPACTION = words_of("condense_context condense summarize_task")
_HOOKS = words_of("hook_status hook_output_stream hook")


def take(state: Recording, kind: str, said: str, item: Json) -> str:
    """Take an item; return what the task ended with if it was the last one ("error", "limit"), "" for no change."""
    if kind in _PROVIDER:
        state.add(Error, where="provider", text=said or kind.replace("_", " "))
        return "error"
    if kind in _TROUBLE:
        state.add(Error, where="agent", text=said or kind.replace("_", " "))
        return "limit" if kind == "mistake_limit_reached" else ""
    if kind == "command_permission_denied":
        state.add(Denial, tool="execute_command", what=said, reason="by a rule of the person")
    elif kind in {"checkpoint_created", "checkpoint_saved"}:
        checkpoint(state, item)
    elif kind in _COMPACTION:
        _compaction(state, said, item)
    elif kind in {"resume_task", "resume_completed_task"}:
        state.note("resume", kind.replace("_", " "))
    elif kind in _HOOKS:
        state.note("hook", said)
    elif kind == "user_feedback_diff":
        facts = table(decoded(said))
        path, diff = some_text(facts.get("path")) or "", text(facts.get("diff")) or ""
        state.note("note", f"changed by the person: {path}\n{diff}")
    elif kind in _NOTES:
        shown = f"{kind}: {said}" if said else kind
        state.note("subagent" if kind in {"subtask_result", "subagent"} else "note", shown)
    else:
        # Pictures are no text.
        state.not_understood(kind, compact({key: value for key, value in item.items() if key != "images"}))
    return ""


def _compaction(state: Recording, said: str, item: Json) -> None:
    facts = table(item.get("contextCondense"))
    before, after = whole(facts.get("prevContextTokens")), whole(facts.get("newContextTokens"))
    span = f"{before:,} tokens before, {after:,} after\n" if before is not None and after is not None else ""
    state.note("compaction", f"{span}{some_text(facts.get('summary')) or said}")


def checkpoint(state: Recording, item: Json) -> None:
    """Take the commit in the program's own hidden repository that an item names."""
    commit = some_text(item.get("lastCheckpointHash")) or some_text(table(item.get("checkpoint")).get("to"))
    if commit is None and item.get("say") == "checkpoint_saved":
        commit = some_text(item.get("text"))
    if commit is not None:
        state.note("snapshot", f"checkpoint {commit}")


def decoded(said: str) -> object:
    """Return the JSON in an item's text, None if it is none."""
    if not said.lstrip().startswith("{"):
        return None
    try:
        return lenient(said.encode("utf-8", "replace"))[0]
    except ValueError:
        return None
