"""What the person types into Aider: prompts, slash commands, and commands that they run themselves.

Knows the program's slash commands. A command that the person ran is one of the run: the agent goes on from its output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Prompt
from reviewer.run.importers.values import words_of

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording

_ASKING = words_of("/ask /code /architect /context /help /ok")
"""Slash commands whose words go to the model."""
_RUN = words_of("/run /test /git")


class Typed:
    """The last thing that the person typed, as far as the program's lines after it are about it."""

    def __init__(self, state: Recording) -> None:
        self._state = state
        self._command: Draft | None = None
        self._word = ""

    def forget(self) -> None:
        """Say that what follows is not about it any more."""
        self._command, self._word = None, ""

    def goes_on(self, command: Draft) -> None:
        """Say that the messages that follow are more of a command's output."""
        self._command, self._word = command, ""

    def take(self, said: str) -> bool:
        """Take what was typed; return whether the model has to answer."""
        self.forget()
        word, _, rest = said.partition(" ")
        line = said[1:].strip() if said.startswith("!") else rest.strip() if word in _RUN else ""
        if line and word == "/git":
            line = f"git {line}"
        if not said.startswith(("/", "!")) or (word in _ASKING and rest.strip()):
            if said == "<blank>":
                self._state.add(Prompt, text=said, via="command")
                return False
            self._state.prompt(said)
            return True
        self._state.add(Prompt, text=said, via="command")
        if line:
            self._word = word
            self._command = self._state.command(line, ended="unknown", description="run by the person")
        return False

    def output(self, text: str) -> bool:
        """Return whether a message is output of the command that was typed, and take it."""
        if self._command is None or self._word in {"/run", "/test"} or self._word.startswith("!"):
            return False
        self._state.output(self._command, f"{text}\n")
        return True

    def shared(self) -> None:
        """Take that an output was added to the chat: `/test` does so only where the command failed."""
        if self._command is not None and self._word == "/test":
            self._command.fields["ended"] = "failed"
