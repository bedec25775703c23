"""Shell commands of Claude Code, in the foreground and in the background.

Knows the tools `Bash`, `BashOutput`, `TaskOutput`, `KillShell` and the notices about background tasks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import Command, Tool
from reviewer.run.importers.claude_code import outcome as outcomes
from reviewer.run.importers.values import Json, integer, seconds_between, some_text, table, text

if TYPE_CHECKING:
    from reviewer.run.importers.claude_code.call import Call
    from reviewer.run.importers.claude_code.outcome import Outcome
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording

SHELLS = frozenset(("Bash", "PowerShell"))
POLLS = frozenset(("BashOutput", "TaskOutput", "AgentOutput"))
KILLS = frozenset(("KillShell", "KillBash", "TaskStop"))

_STATUS = re.compile(r"<status>(\w+)</status>")
_EXIT = re.compile(r"<exit_code>(-?\d{1,9})</exit_code>|\(exit code:? (-?\d{1,9})\)|with exit code (-?\d{1,9})")
_TASK = re.compile(r"<(?:task-id|shell-id)>([^<]+)</")


class Shell:
    """`Bash`: one command event, completed by its result, or later by the background task that it became."""

    def __init__(self) -> None:
        self.tasks: dict[str, Draft] = {}

    def open(self, state: Recording, call: Call) -> None:
        """Add the command as asked for; nothing is known of its end yet."""
        state.commands += 1
        call.draft = state.add(
            Command,
            line=text(call.input.get("command")) or "",
            cwd=call.extra if isinstance(call.extra, str) else state.cwd,
            description=some_text(call.input.get("description")),
            background=call.input.get("run_in_background") is True,
            ended="not_run",
        )
        call.draft.command = state.commands

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:
        """Add the exit code, the time and the output."""
        draft = call.draft
        if draft is None:
            return
        draft.fields["ended"] = outcome.end
        draft.fields["exit_code"] = outcome.exit_code
        draft.fields["log_cut"] = outcome.cut
        seconds = seconds_between(call.time, state.time)
        if seconds is not None and outcome.end in {"ok", "failed", "cancelled"}:
            draft.fields["seconds"] = seconds
            draft.fields["seconds_from"] = "timestamps"
        shown = outcomes.output(outcome)
        if shown is not None:
            state.spool.append(draft.command, shown.encode("utf-8", "replace"))
        if outcome.task is not None:
            draft.fields["background"] = True
            self.tasks[outcome.task] = draft

    def heard(self, state: Recording, task: str, said: str, twin: Json) -> bool:
        """Add what a later record tells of a background task; return whether it is one of ours."""
        draft = self.tasks.get(task)
        if draft is None:
            return False
        status = text(twin.get("status")) or _first(_STATUS, said) or ""
        code = integer(twin.get("exitCode"))
        if code is None:
            found = _first(_EXIT, said)
            code = int(found) if found is not None else None
        output = _streams(said, twin)
        if output:
            _keep(state, draft, output, grows=text(twin.get("command")) is not None)
        if status in {"killed", "stopped", "cancelled"}:
            draft.fields["ended"] = "cancelled"
        elif status == "completed" or (code == 0 and status != "running"):
            draft.fields["ended"] = "ok" if not code else "failed"
        elif status in {"failed", "error"} or code:
            draft.fields["ended"] = "failed"
        if code is not None:
            draft.fields["exit_code"] = code
        return True

    def notified(self, state: Recording, notice: str) -> None:
        """Take a `<task-notification>`."""
        task = _first(_TASK, notice)
        if task is not None:
            self.heard(state, task.strip(), notice, {})

    def killed(self, task: str) -> None:
        """Take the end of a task that the agent stopped itself."""
        draft = self.tasks.get(task)
        if draft is not None and draft.fields.get("ended") == "running":
            draft.fields["ended"] = "cancelled"


class Poll:
    """`BashOutput`, `TaskOutput`: a look at a background task; the outcome belongs to its command."""

    def __init__(self, commands: Shell) -> None:
        self._commands = commands

    def open(self, state: Recording, call: Call) -> None:
        """Add the look itself."""
        call.draft = state.add(Tool, tool=call.name, boundary="host", input=_task_of(call.input))

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:
        """Pass on what was seen."""
        if call.draft is not None:
            call.draft.fields["ok"] = outcome.end == "ok"
        twin = outcome.twin
        inner = table(twin.get("task")) or twin
        task = some_text(inner.get("task_id")) or some_text(inner.get("shellId")) or _task_of(call.input)
        self._commands.heard(state, task, outcome.text, inner)


class Kill:
    """`KillShell`, `TaskStop`: the agent stopped a background task."""

    def __init__(self, commands: Shell) -> None:
        self._commands = commands

    def open(self, state: Recording, call: Call) -> None:
        """Add the call."""
        call.draft = state.add(Tool, tool=call.name, boundary="host", input=_task_of(call.input))

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:  # noqa: ARG002 - the protocol's
        """End the command."""
        if call.draft is not None:
            call.draft.fields["ok"] = outcome.end == "ok"
        if outcome.end == "ok":
            self._commands.killed(_task_of(call.input))


def _task_of(arguments: Json) -> str:
    keys = ("bash_id", "task_id", "shell_id", "agentId")
    return next((value for key in keys if (value := some_text(arguments.get(key)))), "")


def _first(pattern: re.Pattern[str], said: str) -> str | None:
    match = pattern.search(said)
    return None if match is None else next((group for group in match.groups() if group is not None), None)


def _streams(said: str, twin: Json) -> str:
    own = [part for key in ("stdout", "stderr", "output") if (part := some_text(twin.get(key)))]
    return "\n".join(own or [part for name in ("stdout", "stderr", "output") if (part := _tagged(said, name))])


def _tagged(said: str, name: str) -> str:
    _, start, rest = said.partition(f"<{name}>")
    inside, end, _ = rest.partition(f"</{name}>")
    return inside.strip("\n") if start and end else ""


def _keep(state: Recording, draft: Draft, output: str, *, grows: bool) -> None:
    """Add what a look showed: `BashOutput` gives what is new, `TaskOutput` all there is."""
    data = output.encode("utf-8", "replace")
    if grows:
        state.spool.append(draft.command, data if data.endswith(b"\n") else data + b"\n")
    elif len(data) >= state.spool.size(draft.command):
        state.spool.replace(draft.command, data)
