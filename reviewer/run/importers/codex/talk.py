"""What people and the agent say in a Codex session, each text once.

A rollout stores a visible text as a response item, as an event, and in some versions as a completed item. Texts that
the program wrote in the user's name are no prompts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Context, Message, Thought
from reviewer.run.importers.codex import words
from reviewer.run.importers.values import Json, some_text, tables, text

if TYPE_CHECKING:
    from reviewer.run.importers.codex.session import Session
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording

_NOTED = 400
"""How much of an injected text is shown, characters."""
_OLD_INJECTED = frozenset(("user_instructions", "environment_context"))


class Talk:
    """Prompts, messages and thoughts of one log.

    Attributes:
        last: what came last: "asked", "said", "interrupt", or "" at the start.
    """

    def __init__(self, state: Recording, session: Session, copies: words.Copies) -> None:
        self._state = state
        self._session = session
        self._copies = copies
        self._unconfirmed: dict[int, list[Draft]] = {}
        self._confirming = False
        self._aborted: Draft | None = None
        self.last = ""

    def forget(self) -> None:
        """Start anew: what was said so far is of another session."""
        self._unconfirmed.clear()
        self._confirming = False
        self._aborted = None
        self.last = ""

    def user_event(self, payload: Json) -> None:
        """Take the event of a person's prompt: the one place that holds nothing else."""
        if text(payload.get("kind")) in _OLD_INJECTED:
            return
        pictures = sum(len(found) for key in ("images", "local_images") if isinstance(found := payload.get(key), list))
        self._prompt(words.asked(text(payload.get("message")) or ""), "event", pictures)

    def user_item(self, item: Json) -> None:
        """Take a completed item of a person's prompt."""
        self._prompt(words.asked(item.get("content") or item.get("text")), "completed")

    def message(self, payload: Json) -> None:
        """Take a response item of type `message`."""
        role = payload.get("role")
        content = payload.get("content")
        if role == "assistant":
            for part in tables(content) or [{"text": content}]:
                self.said(text(part.get("text")) or "", "response")
        elif role == "user":
            self._prompt(words.asked(content), "response")
        else:
            for part in tables(content) or [{"text": content}]:
                self._program(text(part.get("text")) or "", str(role))

    def _prompt(self, asked: words.Asked, place: str, pictures: int = 0) -> None:
        for said in asked.injected:
            self._injected(said)
        if not asked.said.strip() and not pictures and not asked.pictures:
            if asked.around and place != "response":
                self._program(asked.around, "editor")
            return
        key = hash(("asked", asked.said.strip()))
        if place != "response":
            self._confirming = True
        new = self._copies.is_new(key, place)
        waiting = self._unconfirmed.get(key)
        if not new:
            if place != "response" and waiting:
                waiting.pop(0)
            return
        draft = self._state.prompt(asked.said, attachments=max(pictures, asked.pictures))
        self.last = "asked"
        if asked.around:
            self._program(asked.around, "editor")
        if place == "response":
            self._unconfirmed.setdefault(key, []).append(draft)

    def settle(self) -> None:
        """Make notes of the texts in the user's name that no event confirmed, where the log has such events."""
        if not self._confirming:
            return
        for drafts in self._unconfirmed.values():
            for draft in drafts:
                said = str(draft.fields.get("text", ""))
                draft.cls, draft.bumps = Context, False
                draft.fields = {"what": "note", "text": f"put in by the program: {_start(said)}"}
        self._unconfirmed.clear()

    def _injected(self, said: str) -> None:
        start = said.lstrip()
        if start.startswith("<turn_aborted>"):
            self.interrupted("", place="text")
        elif start.startswith("<user_shell_command>"):
            found = words.shell_command(said)
            if found is not None:
                self._session.typed(*found, place="text")
        else:
            if start[:25].lower().startswith("<environment_context>"):
                self._session.environment(words.environment(said))
            self._program(said, "user")

    def _program(self, said: str, role: str) -> None:
        """Note a text of the program, once for all copies of it."""
        if said.strip() and self._copies.is_new(hash(("program", said)), "text"):
            if "sandbox_mode" in said[:_NOTED]:
                self._session.permissions(said)
            self._state.note("note", f"put in by the program ({role}): {_start(said)}")

    def said(self, said: str, place: str) -> None:
        """Take the agent's words."""
        if not said:
            return
        self.last = "said"
        if self._copies.is_new(hash(("said", said.strip())), place):
            self._state.add(Message, text=said)

    def thought(self, said: str | None, place: str) -> None:
        """Take a thought; None where it is encrypted."""
        if said is None or self._copies.is_new(hash(("thought", said.strip())), place):
            self._state.add(Thought, text=said)

    def reasoning(self, payload: Json) -> None:
        """Take a response item of type `reasoning`: a summary, the text itself, or nothing in the clear."""
        shown = [said for part in tables(payload.get("summary")) if (said := some_text(part.get("text")))]
        own = [said for part in tables(payload.get("content")) if (said := some_text(part.get("text")))]
        for said in shown:
            self.thought(said, "response")
        for said in own:
            self.thought(said, "raw response")
        if not shown and not own:
            self.thought(None, "response")

    def interrupted(self, reason: str, place: str) -> None:
        """Take the end of a turn before it was done; the event and a text in the user's name tell of the same."""
        self.last = "interrupt"
        if self._copies.is_new("interrupt", place):
            self._aborted = self._state.note("interrupt", reason or "the person interrupted the agent")
        elif reason and self._aborted is not None:
            self._aborted.fields["text"] = reason


def _start(said: str) -> str:
    line = " ".join(said[: 2 * _NOTED].split())
    return line if len(said) <= _NOTED else f"{line[:_NOTED]} … {len(said):,} characters"
