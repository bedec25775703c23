"""Prompts typed while the agent works (`queue-operation` records and `queued_command` attachments).

Knows that versions differ: some write the prompt again when it reaches the agent, some do not. Each is one prompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Context, Prompt
from reviewer.run.importers.claude_code import words
from reviewer.run.importers.values import Json, joined, text

if TYPE_CHECKING:
    from reviewer.run.importers.claude_code.shell import Shell
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording


class Queue:
    """What is queued, and what left the queue and has not been seen as a prompt yet, in order."""

    def __init__(self, commands: Shell) -> None:
        self._waiting: list[tuple[str, Draft]] = []
        self._sent: list[tuple[str, Draft]] = []
        self._commands = commands

    def operation(self, state: Recording, record: Json) -> None:
        """Take a `queue-operation` record."""
        name = text(record.get("operation"))
        said = joined(record.get("content"))
        if name == "enqueue":
            read = words.read(said) if said else None
            if read is not None and read.role == "notification":
                self._commands.notified(state, said)
            elif read is not None and read.role in {"prompt", "plan"}:
                # Until it is seen to be delivered elsewhere, this is where the prompt stands.
                draft = state.add(Prompt, text=said, via="queued")
                draft.bumps = True
                self._waiting.append((said, draft))
        elif name == "popAll":
            for _, draft in self._waiting:
                _taken_back(draft)
            self._waiting.clear()
        elif name in {"dequeue", "remove"}:
            self._left(said)
        else:
            state.not_understood(f"queue-operation/{name}", said)

    def delivered(self, said: str) -> None:
        """Take a prompt that stands in a record of its own: it is not to be counted twice."""
        for queue in (self._sent, self._waiting):
            for place, (waiting, draft) in enumerate(queue):
                if waiting.strip() == said.strip():
                    draft.dead = True
                    del queue[place]
                    return

    def _left(self, said: str) -> None:
        """Some versions say which prompt left the queue, some do not: then it is the first."""
        place = next((place for place, (text, _) in enumerate(self._waiting) if text == said), 0)
        if self._waiting:
            self._sent.append(self._waiting.pop(place))


def _taken_back(draft: Draft) -> None:
    draft.cls = Context
    draft.bumps = False
    draft.fields = {"what": "note", "text": f"queued and taken back: {draft.fields['text']}"}
