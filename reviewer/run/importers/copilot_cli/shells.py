"""The shells of Copilot CLI that go on in the background, and what later looks at them tell.

Knows the tools that read, write and stop a shell, and the notice of its end; nothing of other tools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.importers.copilot_cli import tools
from reviewer.run.importers.values import Json, some_text

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.open_calls import Call
    from reviewer.run.importers.recording import Recording


class Shells:
    """The commands that still run, by the id of their shell."""

    def __init__(self, state: Recording) -> None:
        self._state = state
        self.running: dict[str, Draft] = {}

    def polled(self, call: Call, data: Json) -> None:
        """Take what a look at a shell tells of the command that runs in it."""
        given = call.parts[0].call.arguments
        which = next((each for key in ("shellId", "sessionId") if (each := some_text(given.get(key)))), "")
        draft = self.running.get(which)
        if draft is None:
            return
        result, still = tools.outcome(data, seconds=None, kind="command")
        if result.text:
            self._state.output(draft, result.text)
        if result.ended == "cancelled" or (call.name.startswith("stop_") and result.ended == "ok"):
            draft.fields["ended"] = "cancelled"
        elif result.exit_code is not None:
            draft.fields["ended"], draft.fields["exit_code"] = "ok", result.exit_code
        if still is None and result.ended != "running":
            del self.running[which]

    def over(self, shell: str, code: int | None) -> None:
        """Take the notice that a command in the background ended; None is an exit code that is not recorded."""
        draft = self.running.pop(shell, None)
        if draft is not None:
            draft.fields["ended"] = "unknown" if code is None else "ok"
            draft.fields["exit_code"] = code
