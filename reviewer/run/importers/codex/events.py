"""Events of a Codex session: what its program told of the turn, of calls and of itself.

Knows the kinds of events (`codex-rs/protocol`, protocol) and which part takes what; which of them a log holds depends
on the version. Some are also a response item, and are taken once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Error
from reviewer.run.importers.values import Json, compact, some_text, table, text, whole, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.event import ContextKind
    from reviewer.run.importers.codex.log import Log

_ONCE = words_of(
    "thread_settings turn_diff background_event thread_goal_updated thread_name_updated mcp_startup_update "
    "mcp_startup_complete skills_update_available deprecation_notice plan_delta model_reroute guardian_assessment "
    "guardian_warning exec_command_output_delta agent_message_delta agent_reasoning_delta agent_message_content_delta "
    "raw_response_item agent_reasoning_raw_content_delta reasoning_content_delta reasoning_raw_content_delta "
    "terminal_interaction list_custom_prompts_response get_history_entry_response mcp_list_tools_response "
    "list_skills_response item_updated account_updated conversation_path realtime_conversation_started "
    "shutdown_complete model_verification web_search_begin patch_apply_begin mcp_tool_call_begin view_image_tool_call "
    "image_generation_begin agent_reasoning_section_break undo_started dynamic_tool_call_request hook_started "
    "collab_agent_spawn_begin collab_agent_interaction_begin collab_waiting_begin collab_close_begin "
    "collab_resume_begin"
)
_TOGETHER = words_of(
    "collab_agent_spawn_end collab_agent_interaction_end collab_waiting_end collab_close_end collab_resume_end"
)
_NOTES: dict[str, ContextKind] = {
    "undo_completed": "rewind",
    "hook_completed": "hook",
    "warning": "note",
    "exec_approval_request": "note",
    "apply_patch_approval_request": "note",
    "elicitation_request": "note",
    "request_permissions": "note",
    "dynamic_tool_call_response": "note",
}


class Events:
    """Takes events."""

    def __init__(self, log: Log) -> None:
        self._log = log
        ends = log.ends
        self._takers: dict[str, Callable[[Json], None]] = {
            "token_count": log.session.tokens,
            "user_message": self._person,
            "agent_message": self._said,
            "agent_reasoning": self._thought,
            "agent_reasoning_raw_content": self._raw_thought,
            "exec_command_begin": ends.command_begun,
            "exec_command_end": ends.command,
            "patch_apply_end": ends.patch,
            "mcp_tool_call_end": ends.mcp,
            "web_search_end": self._searched,
            "image_generation_end": self._image,
            "plan_update": self._plan,
            "task_started": log.begun,
            "turn_started": log.begun,
            "task_complete": log.complete,
            "turn_complete": log.complete,
            "turn_aborted": log.aborted,
            "thread_rolled_back": self._taken_back,
            "context_compacted": self._compacted,
            "item_completed": self._item,
            "item_started": self._begun_item,
            "thread_settings_applied": self._settings,
            "session_configured": self._configured,
            "entered_review_mode": self._review,
            "exited_review_mode": self._reviewed,
            "sub_agent_activity": self._agent,
            **dict.fromkeys(_TOGETHER, self._together),
            "error": self._failed,
            "stream_error": self._trouble,
        }

    def take(self, event: Json) -> None:
        """Take an event."""
        kind = event.get("type")
        taker = self._takers.get(kind) if isinstance(kind, str) else None
        if taker is not None:
            taker(event)
        elif isinstance(kind, str) and kind in _NOTES:
            self._log.state.note(_NOTES[kind], compact(event))
        elif isinstance(kind, str) and kind in _ONCE:
            self._log.noted(kind, event)
        else:
            self._log.state.not_understood(f"event_msg/{kind}", compact(event))

    def _person(self, event: Json) -> None:
        self._log.done = False
        self._log.talk.user_event(event)

    def _said(self, event: Json) -> None:
        self._log.talk.said(text(event.get("message")) or "", "event")

    def _thought(self, event: Json) -> None:
        self._log.talk.thought(some_text(event.get("text")), "event")

    def _raw_thought(self, event: Json) -> None:
        self._log.talk.thought(some_text(event.get("text")), "raw event")

    def _searched(self, event: Json) -> None:
        self._log.ends.searched(event, "event")

    def _image(self, event: Json) -> None:
        self._log.ends.tool(event, "image_generation", event.get("revised_prompt"), ok=True, reach="network")

    def _plan(self, event: Json) -> None:
        self._log.ends.plan(event, "event")

    def _taken_back(self, event: Json) -> None:
        self._log.taken_back(whole(event.get("num_turns")) or 0)

    def _compacted(self, _event: Json) -> None:
        self._log.session.compacted("", "event")

    def _item(self, event: Json) -> None:
        self._log.items.completed(table(event.get("item")))

    def _begun_item(self, event: Json) -> None:
        self._log.items.began(table(event.get("item")))

    def _settings(self, event: Json) -> None:
        self._log.session.turn(table(event.get("thread_settings")))

    def _configured(self, event: Json) -> None:
        self._log.session.meta({"id": event.get("session_id"), "cwd": event.get("cwd")})
        self._log.session.turn(event)

    def _review(self, event: Json) -> None:
        self._log.session.mode("review mode", some_text(event.get("user_facing_hint")) or "", "event")

    def _reviewed(self, event: Json) -> None:
        self._log.session.mode("end of review mode", compact(event.get("review_output")), "event")

    def _agent(self, event: Json) -> None:
        agent = some_text(event.get("agent_thread_id"))
        if agent is not None and event.get("kind") == "started":
            self._log.state.launched_by.setdefault(agent, self._log.agent)
        self._log.state.note(
            "subagent", f"{event.get('agent_path') or agent}: {event.get('kind') or event.get('status')}"
        )

    def _together(self, event: Json) -> None:
        """Take what an agent asked of another one, or heard of it."""
        made = some_text(event.get("new_thread_id"))
        if made is not None:
            self._log.state.launched_by.setdefault(made, self._log.agent)
        self._log.state.note("subagent", compact(event))

    def _failed(self, event: Json) -> None:
        self._log.failed(some_text(event.get("message")) or compact(event))

    def _trouble(self, event: Json) -> None:
        self._log.state.add(Error, where="provider", text=some_text(event.get("message")) or compact(event))
