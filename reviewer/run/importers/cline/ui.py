"""Reads `ui_messages.json`, what the interface of Cline or Roo Code showed: items in the order of the screen.

Knows items by type and kind, streaming copies among them, and what each says; calls stand beside. An item that is not
known is kept by its kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Error, Message, Plan, Prompt, Question, Thought
from reviewer.run.importers.checklist import steps_of
from reviewer.run.importers.cline import ui_notes
from reviewer.run.importers.cline.history import count, results_of, working_folder
from reviewer.run.importers.cline.ui_calls import Calls
from reviewer.run.importers.cline.ui_notes import decoded
from reviewer.run.importers.document import parts
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, moment, some_text, table, text, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.importers.document import Part
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.recording import Recording

_ROO = words_of(
    "checkpoint_saved api_req_retry_delayed api_req_deleted rooignore_error condense_context user_edit_todos "
    "codebase_search_result auto_approval_max_req_reached"
)
_CALLS = words_of("tool command use_mcp_server browser_action_launch use_subagents new_task")
_CHANGED = "HAS_CHANGES"


def read(
    log: LogSource,
    conversation: LogSource | None,
    state: Recording,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> ImportedRun:
    """Return the run that the interface's messages tell, with results from the conversation where it is at hand.

    Raises:
        ImportCancelledError: `cancelled` said so.
    """
    screen = _Screen(state, log.name)
    for part in parts(log, progress, cancelled):
        screen.take(part)
    screen.close()
    if conversation is not None:
        screen.calls.late(results_of(conversation))
    return screen.finished()


class _Screen:
    """The items of a task being read."""

    def __init__(self, state: Recording, name: str) -> None:
        self.state = state
        self.calls = Calls(state)
        self.last = ""
        self._name = name
        self._held: tuple[str, Json] | None = None
        self._shown: set[tuple[str, int]] = set()
        self._repeated = 0
        self._prompted = False
        self._question: Draft | None = None
        self._plan: object = None
        self._handlers: dict[str, Callable[[str, Json], None]] = {
            "task": self._prompt,
            "text": self._text,
            "act_mode_respond": self._said,
            "completion_result": self._completed,
            "reasoning": self._thought,
            "user_feedback": self._feedback,
            "followup": self._asked,
            "plan_mode_respond": self._planned,
            "api_req_started": self._request,
            "subagent_usage": self._request,
            "deleted_api_reqs": self._request,
            "command_output": lambda said, _: self.calls.output(said),
            "task_progress": self._progress,
            "diff_error": lambda said, _: self.calls.diff_error(said),
        }

    def take(self, part: Part) -> None:
        """Take one part of the document: an item."""
        state = self.state
        state.source = f"{self._name}:{part.place}"
        state.replaced += part.replaced
        if part.problem:
            state.not_understood("torn" if part.problem == "torn" else part.problem, part.text)
            state.torn += part.size if part.problem == "torn" else 0
            return
        state.records += 1
        item = table(part.value)
        side = text(item.get("type")) or ""
        kind = text(item.get(side)) if side in {"ask", "say"} else None
        if kind is None:
            state.not_understood("item without kind", compact(part.value))
            return
        if self._is_streamed(kind, item):
            return
        self._at(item)
        self._item(kind, item, asked=side == "ask")

    def _is_streamed(self, kind: str, item: Json) -> bool:
        """Return whether an item is a copy, or not whole yet; one that never became whole is taken later."""
        held, self._held = self._held, None
        if held is not None and held[0] != kind:
            self._unfinished(*held)
        elif held is not None:
            self._repeated += 1
        if item.get("partial") is True:
            self._held = (kind, item)
            return True
        said = some_text(item.get("text"))
        if kind == "api_req_started":
            self._shown.clear()
        elif said is not None and kind not in {"command_output", "user_feedback", "task_progress"}:
            key = (kind, hash(said))
            if key in self._shown:
                self._repeated += 1
                return True
            self._shown.add(key)
        return False

    def _unfinished(self, kind: str, item: Json) -> None:
        self._at(item)
        if kind in {"text", "reasoning", "completion_result"} and some_text(item.get("text")) is not None:
            self._item(kind, item, asked=False)
        elif kind in {"tool", "command", "use_mcp_server"} and some_text(item.get("text")) is not None:
            self.calls.never_ran(kind, item)

    def _at(self, item: Json) -> None:
        state = self.state
        stamp = moment(item.get("ts"), per_second=1000)
        if stamp is not None:
            state.time = stamp
            state.info.started = state.info.started or stamp
            state.info.ended = stamp
        used = table(item.get("modelInfo"))
        model, mode = some_text(used.get("modelId")), some_text(used.get("mode"))
        if remember(state.info.models, model) and len(state.info.models) > 1:
            state.note("model", f"model: {model}")
        modes = state.info.permission_modes
        if mode is not None and (not modes or modes[-1] != mode):
            modes.append(mode)
            state.note("mode", f"mode: {mode}")

    def close(self) -> None:
        """End the items."""
        held, self._held = self._held, None
        if held is not None:
            self._unfinished(*held)

    def finished(self) -> ImportedRun:
        """Return the run."""
        waiting = self.calls.close()
        reasons = {
            "complete": "finished",
            "said": "finished",
            "asked": "unanswered",
            "question": "unanswered",
            "interrupt": "interrupted",
            "error": "error",
            "limit": "limit",
        }
        reason = reasons.get(self.last, "unknown")
        if self.last == "call" and waiting:
            return self.state.finished("unanswered", f"no result of {waiting} in the log", repeated=self._repeated)
        return self.state.finished(reason, repeated=self._repeated)

    def _item(self, kind: str, item: Json, *, asked: bool) -> None:
        state = self.state
        said = text(item.get("text")) or ""
        if kind in _ROO:
            state.info.agent = "Roo Code"
        handler = self._handlers.get(kind)
        if kind in _CALLS:
            if self.calls.shown(kind, said, asked=asked):
                self.last = "call"
        elif handler is not None:
            handler(said, item)
        else:
            self.last = ui_notes.take(state, kind, said, item) or self.last

    def _prompt(self, said: str, item: Json) -> None:
        attached = sum(len(each) for key in ("images", "files") if isinstance(each := item.get(key), list))
        self.state.prompt(said, attachments=attached)
        self._prompted = True
        self.last = "asked"

    def _text(self, said: str, item: Json) -> None:
        # The first text of a task is the person's; older versions do not mark it otherwise.
        (self._said if self._prompted else self._prompt)(said, item)

    def _thought(self, said: str, item: Json) -> None:
        self.state.add(Thought, text=some_text(item.get("reasoning")) or said or None)

    def _said(self, said: str, _: Json) -> None:
        said = said.removesuffix(_CHANGED)
        response = table(decoded(said)).get("response")
        said = response if isinstance(response, str) else said
        if said.strip():
            self.state.add(Message, text=said)
            self.last = "said"

    def _completed(self, said: str, item: Json) -> None:
        self._said(said, item)
        self.last = "complete"
        ui_notes.checkpoint(self.state, item)

    def _feedback(self, said: str, item: Json) -> None:
        question, self._question = self._question, None
        if question is not None and question.fields.get("answer") is None:
            question.fields["answer"] = said
            self.state.add(Prompt, text=said, via="answer")
            self.last = "asked"
            return
        self._prompt(said, item)
        self.calls.fed_back(self.state.drafts[-1])

    def _planned(self, said: str, _: Json) -> None:
        plan = some_text(table(decoded(said)).get("response")) or said
        self.state.add(Plan, text=plan, steps=steps_of(plan))
        self.last = "said"

    def _asked(self, said: str, _: Json) -> None:
        given = table(decoded(said))
        answer = some_text(given.get("selected"))
        asked = some_text(given.get("question")) or said
        self._question = self.state.add(Question, text=asked, answer=answer)
        if answer is not None:
            self.state.add(Prompt, text=answer, via="answer")
        self.last = "question" if answer is None else "asked"

    def _request(self, said: str, _: Json) -> None:
        state = self.state
        facts = table(decoded(said))
        count(state, facts, state.info.models[-1] if state.info.models else None)
        request = some_text(facts.get("request"))
        if request is not None:
            working_folder(state, request)
            self.calls.answered(request)
        reason = some_text(facts.get("cancelReason"))
        if reason == "user_cancelled":
            state.note("interrupt", "cancelled by the person")
            self.last = "interrupt"
        elif reason is not None:
            state.add(Error, where="provider", text=some_text(facts.get("streamingFailedMessage")) or reason)
            self.last = "error"

    def _progress(self, said: str, _: Json) -> None:
        steps = steps_of(said)
        if (steps or said) != self._plan:
            self._plan = steps or said
            self.state.add(Plan, text=None if steps else said, steps=steps)
