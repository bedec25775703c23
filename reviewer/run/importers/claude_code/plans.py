"""Plans and questions of Claude Code.

Knows the tools `TodoWrite`, `TaskCreate`, `TaskUpdate`, `ExitPlanMode` and `AskUserQuestion`. `TodoWrite` writes whole
plans; the task tools write changes, from which a whole plan is made each time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, get_args

from reviewer.run.event import Plan, PlanStep, Prompt, Question, StepStatus, Tool
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, some_text, table, tables, text, texts

if TYPE_CHECKING:
    from reviewer.run.importers.claude_code.call import Call
    from reviewer.run.importers.claude_code.outcome import Outcome
    from reviewer.run.importers.recording import Recording

TODOS = frozenset(("TodoWrite",))
TASKS = frozenset(("TaskCreate", "TaskUpdate"))
PLANS = frozenset(("ExitPlanMode", "exit_plan_mode"))
QUESTIONS = frozenset(("AskUserQuestion",))

_STATUSES = frozenset(get_args(StepStatus))
_ANSWER = re.compile(r'"((?:[^"\\]|\\.)*)"="((?:[^"\\]|\\.)*)"')
_TASK_NUMBER = re.compile(r"Task #(\w+)")


def status_of(value: object) -> StepStatus:
    """Return a step's status by our names."""
    if value in {"deleted", "canceled"}:
        return "cancelled"
    return cast("StepStatus", value) if isinstance(value, str) and value in _STATUSES else "unknown"


class Todos:
    """`TodoWrite`: each call is the whole plan."""

    def open(self, state: Recording, call: Call) -> None:
        """Add the plan."""
        steps = tuple(
            PlanStep(text(todo.get("content")) or text(todo.get("subject")) or "", status_of(todo.get("status")))
            for todo in tables(call.input.get("todos"))
        )
        call.draft = state.add(Plan, steps=steps)

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:
        """Take the plan back where the call was refused."""
        if call.draft is not None and outcome.end in {"denied", "failed", "not_run"}:
            call.draft.dead = True
            state.add(Tool, tool=call.name, input="", ok=False, denied=outcome.end == "denied")


@dataclass(slots=True)
class _Task:
    subject: str
    status: StepStatus = "pending"


class Tasks:
    """`TaskCreate`, `TaskUpdate`: changes to a list that is kept here; ids are 1, 2, 3 in the order of creation."""

    def __init__(self) -> None:
        self._tasks: dict[str, _Task] = {}
        self._created = 0

    def open(self, state: Recording, call: Call) -> None:
        """Add the call; the plan follows with its result."""
        call.draft = state.add(Tool, tool=call.name, boundary="host")

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:
        """Add the whole plan after this change."""
        if call.draft is not None:
            call.draft.fields["ok"] = outcome.end == "ok"
            call.draft.fields["denied"] = outcome.end == "denied"
        if outcome.end != "ok":
            return
        if call.name == "TaskCreate":
            self._create(call.input, outcome)
        else:
            self._update(call.input)
        steps = tuple(PlanStep(task.subject, task.status) for task in self._tasks.values())
        draft = state.add(Plan, steps=steps)
        draft.time = call.time or draft.time

    def _create(self, arguments: Json, outcome: Outcome) -> None:
        self._created += 1
        number = _TASK_NUMBER.search(outcome.text)
        known = table(outcome.twin.get("task")).get("id")
        identity = str(known) if isinstance(known, (str, int)) else number.group(1) if number else str(self._created)
        self._tasks[identity] = _Task(text(arguments.get("subject")) or "")

    def _update(self, arguments: Json) -> None:
        identity = arguments.get("taskId")
        task = self._tasks.get(str(identity)) if isinstance(identity, (str, int)) else None
        if task is None:
            # The list was begun before this log starts: the step is there, its words are not.
            task = self._tasks[str(identity)[:40]] = _Task(f"task {str(identity)[:40]}")
        task.subject = some_text(arguments.get("subject")) or task.subject
        if arguments.get("status") is not None:
            task.status = status_of(arguments.get("status"))


class ExitPlan:
    """`ExitPlanMode`: the plan as text, accepted or refused by the person."""

    def open(self, state: Recording, call: Call) -> None:
        """Add the plan as proposed."""
        call.draft = state.add(Plan, text=some_text(call.input.get("plan")))
        for prompt in tables(call.input.get("allowedPrompts")):
            tool, what = text(prompt.get("tool")) or "", text(prompt.get("prompt")) or ""
            remember(state.info.allowed_commands, f"{tool}: {what}" if tool else what)

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:  # noqa: ARG002 - the protocol's
        """Add the plan's text where only the result has it."""
        if call.draft is not None and call.draft.fields.get("text") is None:
            call.draft.fields["text"] = some_text(outcome.twin.get("plan"))


class Questions:
    """`AskUserQuestion`: questions, and the person's answers, which are instructions."""

    def open(self, state: Recording, call: Call) -> None:
        """Add the questions, unanswered."""
        asked = tables(call.input.get("questions")) or [call.input]
        call.extra = [
            state.add(Question, text=some_text(entry.get("question")) or some_text(entry.get("header")) or "")
            for entry in asked
        ]

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:
        """Add the answers, each to its question and as the person's words."""
        if outcome.end != "ok":
            return
        answers = _answers(outcome)
        drafts = call.extra if isinstance(call.extra, list) else []
        for draft in drafts:
            answer = answers.pop(draft.fields["text"], None)
            if answer is None and len(drafts) == 1:
                answer = next(iter(answers.values()), outcome.text or None)
                answers.clear()
            draft.fields["answer"] = answer
            if answer:
                state.add(Prompt, text=answer, via="answer")
        for question, answer in answers.items():
            state.add(Prompt, text=f"{question}: {answer}", via="answer")


def _answers(outcome: Outcome) -> dict[str, str]:
    recorded = table(outcome.twin.get("answers"))
    found = {
        question: answer if isinstance(answer, str) else ", ".join(texts(answer))
        for question, answer in recorded.items()
        if isinstance(answer, (str, list))
    }
    return found or dict(_ANSWER.findall(outcome.text))
