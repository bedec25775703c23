"""Reads the session events of Copilot CLI, one after another, into drafts of events.

Knows words, tool calls, permissions, questions and sub-agents; what happens to the session itself stands beside. The
types are those of the official SDK (github/copilot-sdk, `session-events`): one that is not known is counted and kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Command, Message, Prompt, Thought, Tool, Usage
from reviewer.run.importers.checklist import steps_of
from reviewer.run.importers.copilot_cli import tools
from reviewer.run.importers.copilot_cli.permissions import Permissions
from reviewer.run.importers.copilot_cli.questions import Questions
from reviewer.run.importers.copilot_cli.session import GONE, Session
from reviewer.run.importers.copilot_cli.shells import Shells
from reviewer.run.importers.open_calls import OpenCalls
from reviewer.run.importers.recording import remember
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import Json, compact, some_text, table, tables, text, time, whole

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.importer import ImportedRun
    from reviewer.run.importers.jsonl import Record
    from reviewer.run.importers.open_calls import Call
    from reviewer.run.importers.recording import Recording

_INJECTED = ("skill-", "agent-", "system", "hook", "autopilot", "jit-", "command-")
"""What the source of a message starts with that no person wrote."""
_USAGE = (
    ("inputTokens", "input_tokens"),
    ("outputTokens", "output_tokens"),
    ("cacheReadTokens", "cache_read_tokens"),
    ("cacheWriteTokens", "cache_write_tokens"),
)
_PARTIAL = 64 * 1024
"""The end of an output that never came whole, characters."""


class Reader:
    """One run being read.

    Attributes:
        state: the drafts, and what is known of the session.
        usage: what messages told of their own tokens; counted: calls of the model tell theirs.
        places: how many drafts there were before an event, by its id.
        last: what the log ended with so far ("said", "asked", "result", "interrupt", "error", "complete", "shutdown").
    """

    def __init__(self, state: Recording, name: str) -> None:
        self.state = state
        self.last = ""
        self.end_text = ""
        self.calls = OpenCalls(state, tools.KINDS, patches=tools.PATCHES)
        self.permissions = Permissions(state, self.calls)
        self.session = Session(self)
        self.usage: list[Draft] = []
        self.counted = False
        self._name = name
        self._repeated = 0
        self._thoughts: set[int] = set()
        self.shells = Shells(state)
        questions = Questions(state, self.calls)
        self._partial: dict[str, str] = {}
        self.places: dict[str, int] = {}
        self._handlers = {
            "user.message": self._asked,
            "assistant.message": self._said,
            "assistant.reasoning": self._thought,
            "assistant.usage": self._used,
            "tool.execution_start": self._started,
            "tool.user_requested": self._by_person,
            "tool.execution_partial_result": self._partly,
            "tool.execution_complete": self._completed,
            "external_tool.requested": self._started,
            "permission.requested": self.permissions.requested,
            "permission.completed": self.permissions.completed,
            "user_input.requested": questions.asked,
            "user_input.completed": questions.answered,
            "elicitation.requested": questions.asked,
            "elicitation.completed": questions.answered,
            "exit_plan_mode.requested": self.permissions.plan_shown,
            "exit_plan_mode.completed": self.permissions.plan_answered,
            "subagent.started": self._agent_started,
            "abort": self._aborted,
        }

    def take(self, record: Record) -> None:
        """Take one record of a log."""
        state = self.state
        state.source = f"{self._name}:{record.line}"
        state.replaced += record.replaced
        if record.problem:
            state.broken(record)
            return
        state.records += 1
        if not isinstance(record.value, dict):
            state.node = None
            state.not_understood("not an object", compact(record.value))
            return
        self._event(record.value)

    def _event(self, event: Json) -> None:
        state = self.state
        identity = some_text(event.get("id"))
        if identity is not None:
            if identity in self.places:
                self._repeated += 1
                return
            self.places[identity] = len(state.drafts)
        state.node = identity
        stamp = time(event.get("timestamp"))
        if stamp is not None:
            state.time = stamp
            state.info.started = state.info.started or stamp
            state.info.ended = stamp
        data = table(event.get("data"))
        kind = text(event.get("type"))
        state.agent = self._agent(event, data)
        handler = self._handlers.get(kind or "")
        if handler is not None:
            handler(data)
        elif not self.session.take(kind or "", data):
            state.not_understood(kind or "no type", compact(event))

    def _agent(self, event: Json, data: Json) -> str:
        named = some_text(event.get("agentId"))
        parent = some_text(data.get("parentToolCallId"))
        agent = named or parent
        if agent is None:
            return ""
        started = self.calls.open.get(parent or agent)
        if started is None:
            # The event that starts it names the call.
            started = self.calls.open.get(some_text(data.get("toolCallId")) or "")
            started = started if started is not None and started.kind == "agent" else None
        self.state.launched_by.setdefault(agent, started.agent if started is not None else "")
        return agent

    def finished(self) -> ImportedRun:
        """Return the run: what was never answered stays as it was asked for."""
        state = self.state
        for identity, shown in self._partial.items():
            call = self.calls.open.get(identity)
            if call is not None and call.kind == "command":
                state.output(call.drafts[0], shown)
                call.drafts[0].fields["log_cut"] = True
        reason, said = self._end()
        return state.finished(reason, said, repeated=self._repeated, gone={GONE})

    def _end(self) -> tuple[str, str]:
        if self.last in {"interrupt", "error"}:
            return (
                ("interrupted", "interrupted by the person") if self.last == "interrupt" else ("error", self.end_text)
            )
        waiting = self.calls.unanswered()
        if waiting and self.last not in {"complete", "shutdown", "said"}:
            return "unanswered", f"no result of {waiting} in the log"
        if self.last == "asked":
            return "unanswered", "the agent did not answer"
        if self.last in {"said", "complete", "shutdown"}:
            return "finished", self.end_text
        return "unknown", ""

    def _asked(self, data: Json) -> None:
        state = self.state
        said = text(data.get("content"))
        if said is None:
            state.not_understood("user.message without content", compact(data))
            return
        source = some_text(data.get("source")) or ""
        attachments = tables(data.get("attachments"))
        if state.agent:
            state.note("subagent", said)
        elif source.lower().startswith(_INJECTED) or data.get("isAutopilotContinuation") is True:
            state.note("note", f"{source or 'autopilot'}: {said}")
        elif data.get("agentMode") == "shell":
            state.add(Prompt, text=f"! {said}", via="command")
        else:
            via = "queued" if text(data.get("delivery")) in {"queued", "steering", "enqueue"} else "prompt"
            state.prompt(said, via=via, attachments=len(attachments))
            self.last = "asked"

    def _said(self, data: Json) -> None:
        state = self.state
        self._answered_by(data)
        thought = some_text(data.get("reasoningText"))
        if thought is not None:
            self._think(thought)
        elif some_text(data.get("reasoningOpaque")) or some_text(data.get("encryptedContent")):
            state.add(Thought, text=None)
        said = some_text(data.get("content"))
        if said is not None:
            state.add(Message, text=said)
        tokens = whole(data.get("outputTokens"))
        if tokens is not None and not self.counted:
            self.usage.append(state.add(Usage, model=some_text(data.get("model")), output_tokens=tokens))
        for request in tables(data.get("toolRequests")):
            self._requested(request)
        if not state.agent and (said is not None or data.get("toolRequests")):
            self.last = "call" if tables(data.get("toolRequests")) else "said"

    def _answered_by(self, data: Json) -> None:
        model = some_text(data.get("model"))
        if remember(self.state.info.models, model) and len(self.state.info.models) > 1:
            self.state.note("model", f"model: {model}")

    def _thought(self, data: Json) -> None:
        thought = some_text(data.get("content"))
        if thought is not None:
            self._think(thought)

    def _think(self, thought: str) -> None:
        # The program writes a thought as an event of its own and again in the message.
        if hash(thought) not in self._thoughts:
            self._thoughts.add(hash(thought))
            self.state.add(Thought, text=thought)

    def _used(self, data: Json) -> None:
        fields = {name: whole(data.get(key)) for key, name in _USAGE}
        if not self.counted:
            # What messages tell of their own tokens is in here again.
            for draft in self.usage:
                draft.dead = True
        self.counted = True
        self._answered_by(data)
        self.state.add(Usage, model=some_text(data.get("model")), **fields)

    def _requested(self, request: Json) -> None:
        identity = some_text(request.get("toolCallId"))
        name = some_text(request.get("name")) or "unknown"
        if identity is None or identity not in self.calls.open:
            self._opened(identity, name, request)

    def _opened(self, identity: str | None, name: str, data: Json) -> Call:
        arguments = tools.arguments_of(data.get("arguments"))
        call = self.calls.opened(identity, name, arguments)
        draft = call.drafts[0]
        if some_text(data.get("mcpServerName")) and draft.cls is Tool:
            draft.fields["boundary"] = "mcp"
        given = table(arguments)
        if call.kind == "command":
            asynchronous = text(given.get("mode")) in {"async", "detached"} or given.get("async") is True
            draft.fields["background"] = asynchronous or given.get("detach") is True
        elif call.kind == "plan":
            listed = some_text(given.get("todos")) or some_text(given.get("todoList"))
            if listed is not None:
                draft.fields["steps"] = steps_of(listed)
                draft.fields["text"] = None if draft.fields["steps"] else listed
            elif not draft.fields["steps"]:
                draft.fields["text"] = some_text(given.get("plan")) or some_text(given.get("summary"))
        return call

    def _started(self, data: Json) -> None:
        identity = some_text(data.get("toolCallId"))
        call = self.calls.open.get(identity or "")
        if call is None:
            call = self._opened(identity, some_text(data.get("toolName")) or "unknown", data)
        call.time = self.state.time
        if not self.state.agent:
            self.last = "call"

    def _by_person(self, data: Json) -> None:
        call = self._opened(some_text(data.get("toolCallId")), some_text(data.get("toolName")) or "unknown", data)
        draft = call.drafts[0]
        said = str(draft.fields["line"]) if draft.cls is Command else f"{call.name} {compact(data.get('arguments'))}"
        self.state.add(Prompt, text=f"! {said}", via="command")

    def _partly(self, data: Json) -> None:
        identity, shown = some_text(data.get("toolCallId")), text(data.get("partialOutput"))
        if identity is not None and shown:
            self._partial[identity] = (self._partial.get(identity, "") + shown)[-_PARTIAL:]

    def _completed(self, data: Json) -> None:
        identity = some_text(data.get("toolCallId"))
        self._partial.pop(identity or "", None)
        call = self.calls.open.get(identity or "")
        if call is None and identity is not None and self.permissions.settled(identity, data):
            return
        if call is None and some_text(data.get("toolName")):
            # The oldest versions name the tool only here.
            call = self._opened(identity or "", some_text(data.get("toolName")) or "", data)
            identity = identity or ""
        result, shell = tools.outcome(
            data, seconds=self.calls.seconds(identity), kind=call.kind if call is not None else "other"
        )
        if call is not None and call.name in tools.POLLS:
            self.shells.polled(call, data)
        self.calls.closed(identity, result)
        if shell is not None and call is not None:
            self.shells.running[shell] = call.drafts[0]
        if not self.state.agent:
            self.last = "result"

    def _agent_started(self, data: Json) -> None:
        state = self.state
        identity = some_text(data.get("toolCallId"))
        call = self.calls.open.get(identity or "")
        outer = call.agent if call is not None else ""
        for agent in (state.agent, identity):
            if agent:
                state.launched_by.setdefault(agent, outer)
        name = some_text(data.get("agentDisplayName")) or some_text(data.get("agentName")) or "sub-agent"
        state.note("subagent", f"{name} started")

    def _aborted(self, data: Json) -> None:
        state = self.state
        state.note("interrupt", some_text(data.get("reason")) or "aborted")
        for identity in list(self.calls.open):
            self.calls.closed(identity, Result("cancelled", ""))
        self.last = "interrupt"
