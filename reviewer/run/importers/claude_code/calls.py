"""Tool calls of Claude Code: what each asks for, and what its result adds.

A call is opened by a `tool_use` block and closed by the `tool_result` with its id; one that is never closed stays as it
was asked. Tools with a meaning of their own are in the modules beside; any other is kept whole as a tool event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Denial, Prompt, Tool
from reviewer.run.importers.claude_code import files, plans, shell
from reviewer.run.importers.claude_code.call import Call
from reviewer.run.importers.values import MAX_INPUT, Json, compact, some_text

if TYPE_CHECKING:
    from reviewer.run.event import Boundary
    from reviewer.run.importers.claude_code.call import Handler
    from reviewer.run.importers.claude_code.outcome import Outcome
    from reviewer.run.importers.recording import Recording

_NETWORK = frozenset(("WebFetch", "WebSearch", "web_search", "web_fetch", "RemoteTrigger"))
AGENTS = frozenset(("Task", "Agent"))


class _Other:
    """Any tool without an event kind of its own."""

    def open(self, state: Recording, call: Call) -> None:
        call.draft = state.add(Tool, tool=call.name, boundary=boundary(call.name), input=compact(call.input))

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:  # noqa: ARG002 - the protocol's
        if call.draft is not None:
            call.draft.fields["ok"] = outcome.end in {"ok", "running"}
            call.draft.fields["denied"] = outcome.end == "denied"


class _Agent(_Other):
    """A sub-agent: its own records are elsewhere, tied by its id."""

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:
        super().close(state, call, outcome)
        agent = some_text(outcome.twin.get("agentId"))
        if agent and agent != state.agent:
            state.launched_by.setdefault(agent, state.agent)


class Calls:
    """The calls of a log that are open, and the tools."""

    def __init__(self) -> None:
        self.open_calls: dict[str, Call] = {}
        commands = shell.Shell()
        other = _Other()
        self._handlers: dict[str, Handler] = {
            **dict.fromkeys(shell.SHELLS, commands),
            **dict.fromkeys(shell.POLLS, shell.Poll(commands)),
            **dict.fromkeys(shell.KILLS, shell.Kill(commands)),
            **dict.fromkeys(files.READS, files.Reading()),
            **dict.fromkeys(files.SEARCHES, files.Searching()),
            **dict.fromkeys(files.EDITS, files.Editing()),
            **dict.fromkeys(plans.TODOS, plans.Todos()),
            **dict.fromkeys(plans.TASKS, plans.Tasks()),
            **dict.fromkeys(plans.PLANS, plans.ExitPlan()),
            **dict.fromkeys(plans.QUESTIONS, plans.Questions()),
            **dict.fromkeys(AGENTS, _Agent()),
        }
        self._other = other
        self.commands = commands

    def opened(self, state: Recording, identity: str | None, name: str, arguments: Json) -> None:
        """Take a `tool_use` block; `identity` may be missing in the first records of a cut file."""
        call = Call(name, arguments, state.time, self._handlers.get(name, self._other))
        call.handler.open(state, call)
        if identity is not None:
            self.open_calls[identity] = call

    def closed(self, state: Recording, identity: str | None, outcome: Outcome) -> None:
        """Take a `tool_result` block. A result whose call is not in the file is kept as a tool event of its own."""
        call = self.open_calls.pop(identity, None) if identity is not None else None
        if call is None:
            state.add(
                Tool,
                tool="result without call",
                input=outcome.text[:MAX_INPUT],
                ok=outcome.end in {"ok", "running"},
                denied=outcome.end == "denied",
            )
        else:
            call.closed = True
            call.handler.close(state, call, outcome)
        if outcome.end == "denied":
            _denied(state, call, outcome)


def _denied(state: Recording, call: Call | None, outcome: Outcome) -> None:
    name = call.name if call is not None else "unknown"
    what = ""
    if call is not None:
        keys = ("command", "file_path", "notebook_path", "url", "plan", "description")
        what = next((value for key in keys if (value := some_text(call.input.get(key)))), "") or compact(call.input)
    reason = outcome.text if outcome.said is None else outcome.text.split("the user said:", 1)[0].strip()
    state.add(Denial, tool=name, what=what[:MAX_INPUT], reason=reason or None)
    if outcome.said is not None:
        state.add(Prompt, text=outcome.said, via="denial")


def boundary(name: str) -> Boundary:
    """Return what a tool reaches, by its name."""
    if name.startswith("mcp__"):
        return "mcp"
    return "network" if name in _NETWORK else "host"
