"""What Copilot CLI asked the person, and the answers: `user_input.*` and `elicitation.*`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Question
from reviewer.run.importers.values import Json, compact, some_text

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.open_calls import OpenCalls
    from reviewer.run.importers.recording import Recording


class Questions:
    """The questions that are open, by the id of the request."""

    def __init__(self, state: Recording, calls: OpenCalls) -> None:
        self._state = state
        self._calls = calls
        self._open: dict[str, Draft] = {}

    def asked(self, data: Json) -> None:
        """Take a question; one that a tool call stands for is that call."""
        call = self._calls.open.get(some_text(data.get("toolCallId")) or "")
        if call is not None and call.kind == "question":
            return
        words = some_text(data.get("question")) or some_text(data.get("message")) or compact(data)
        draft = self._state.add(Question, text=words)
        self._open[some_text(data.get("requestId")) or ""] = draft

    def answered(self, data: Json) -> None:
        """Take an answer, or what the person chose to do instead."""
        draft = self._open.pop(some_text(data.get("requestId")) or "", None)
        if draft is None:
            return
        answer = some_text(data.get("answer"))
        if answer is None and data.get("content"):
            answer = compact(data.get("content"))
        draft.fields["answer"] = answer or some_text(data.get("action"))
