"""What Copilot CLI asked leave for and what it was told: approvals, refusals, and the plan that a person accepts.

Knows the permission and plan-mode events; a refusal closes the call that it is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Denial, Plan, Prompt
from reviewer.run.importers.checklist import steps_of
from reviewer.run.importers.copilot_cli import tools
from reviewer.run.importers.recording import remember
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import MAX_INPUT, Json, compact, some_text, table, text, texts

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.open_calls import OpenCalls
    from reviewer.run.importers.recording import Recording

_WHAT = ("fullCommandText", "path", "fileName", "url", "toolName", "intention")
_WHY = ("feedback", "message", "reason")


class Permissions:
    """The requests that are open, and what was refused."""

    def __init__(self, state: Recording, calls: OpenCalls) -> None:
        self._state = state
        self._calls = calls
        self._asked: dict[str, Json] = {}
        self._refused: dict[str, Draft | None] = {}

    def requested(self, data: Json) -> None:
        """Take `permission.requested`."""
        self._asked[some_text(data.get("requestId")) or ""] = table(data.get("permissionRequest"))

    def completed(self, data: Json) -> None:
        """Take `permission.completed`: an approval says what was allowed, anything else refuses the call."""
        asked = self._asked.pop(some_text(data.get("requestId")) or "", {})
        result = table(data.get("result"))
        kind = text(result.get("kind")) or ""
        what = next((each for key in _WHAT if (each := some_text(asked.get(key)))), compact(asked) if asked else "")
        identity = some_text(data.get("toolCallId")) or some_text(asked.get("toolCallId"))
        if kind.startswith("approved"):
            self._approved(kind, table(result.get("approval")), what)
        elif kind.startswith("denied"):
            self._denied(identity, asked, kind, result, what)
        elif kind == "cancelled":
            if identity in self._calls.open:
                self._calls.closed(identity, Result("cancelled", some_text(result.get("reason")) or ""))
            self._state.note("interrupt", f"permission not answered: {what}")
        else:
            self._state.not_understood(f"permission.completed/{kind or 'no kind'}", compact(data))

    def _approved(self, kind: str, approval: Json, what: str) -> None:
        granted = texts(approval.get("commandIdentifiers"))
        for command in granted:
            remember(self._state.info.allowed_commands, command)
        also = f" ({', '.join(granted) or some_text(approval.get('kind')) or ''})" if approval else ""
        self._state.note("scope", f"{kind.replace('-', ' ')}{also}: {what}")

    def _denied(self, identity: str | None, asked: Json, kind: str, result: Json, what: str) -> None:
        state = self._state
        said = some_text(result.get("feedback"))
        reason = next((each for key in _WHY[1:] if (each := some_text(result.get(key)))), kind.replace("-", " "))
        if identity is not None and identity in self._calls.open:
            self._calls.closed(identity, Result("denied", reason, said=said))
            self._refused[identity] = next((draft for draft in reversed(state.drafts) if draft.cls is Denial), None)
            return
        tool = some_text(asked.get("toolName")) or some_text(asked.get("kind")) or "unknown"
        state.add(Denial, tool=tool, what=what[:MAX_INPUT], reason=reason)
        if said:
            state.add(Prompt, text=said, via="denial")

    def settled(self, identity: str, data: Json) -> bool:
        """Return whether a call was refused already; what its result adds goes to the denial."""
        if identity not in self._refused:
            return False
        denial = self._refused[identity]
        result, _ = tools.outcome(data, seconds=None, kind="other")
        if denial is not None and result.text and result.text not in (denial.fields["reason"] or ""):
            denial.fields["reason"] = f"{denial.fields['reason']}: {result.text}"
        return True

    def plan_shown(self, data: Json) -> None:
        """Take `exit_plan_mode.requested`: the whole plan as the person saw it."""
        plan = some_text(data.get("planContent")) or some_text(data.get("summary"))
        self._state.add(Plan, text=plan, steps=steps_of(plan or ""))

    def plan_answered(self, data: Json) -> None:
        """Take `exit_plan_mode.completed`."""
        state, said = self._state, some_text(data.get("feedback"))
        if data.get("approved") is False:
            state.add(Denial, tool="exit_plan_mode", what="the plan", reason=None)
            if said:
                state.add(Prompt, text=said, via="denial")
        elif said:
            state.add(Prompt, text=said, via="answer")
        else:
            action = some_text(data.get("selectedAction"))
            state.note("scope", f"plan accepted{f': {action}' if action else ''}")
