"""One Codex log while it is read: what its parts know of each other, where it stands, and how it ended.

Knows which parts there are; what a record means stands in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Context, Error
from reviewer.run.importers.codex import fork, rollback
from reviewer.run.importers.codex.calls import Calls
from reviewer.run.importers.codex.code_mode import Scripts
from reviewer.run.importers.codex.ends import Ends
from reviewer.run.importers.codex.items import Items
from reviewer.run.importers.codex.session import Session
from reviewer.run.importers.codex.talk import Talk
from reviewer.run.importers.codex.words import Copies
from reviewer.run.importers.values import Json, compact, some_text

if TYPE_CHECKING:
    from reviewer.run.event import ContextKind
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording

_LIMIT_WORDS = ("usage limit", "rate limit", "quota", "context window", "budget", "out of credits")
_PROVIDER_WORDS = ("stream", "limit", "overloaded", "HTTP", "http", "server")
_NOTED = 1000


class Log:
    """The parts of one log, and where it stands.

    Attributes:
        session, talk, calls, scripts, ends, items: the parts.
        fork: what the log copies of another.
        agent: id of the sub-agent that it is of, "" for the main one.
        done: the last turn came to its end.
        first: the first time that is recorded.
        repeated: records that are copies of another log's.
    """

    def __init__(self, state: Recording, name: str, *, main: bool, agent: str | None) -> None:
        state.drafts, state.cwd, state.time = [], None, None
        state.agent = self.agent = agent or ""
        self.state = state
        self.main = main
        self.fork = fork.Fork()
        self._copies = Copies()
        self.session = Session(state, self._copies, main=main)
        self.talk = Talk(state, self.session, self._copies)
        self.calls = Calls(state, self.session)
        self.scripts = Scripts(state, self.calls)
        self.ends = Ends(state, self.session, self.calls, self.scripts)
        self.items = Items(state, self.session, self.talk, self.ends)
        self.done = False
        self.first: str | None = None
        self.repeated = 0
        self._name = name
        self._head: Json | None = None
        self._failure = ""
        self._taken_back: dict[int, int] = {}
        self._before = state.records

    @property
    def parent(self) -> str | None:
        """The id of the session that this one goes out from, None if there is none."""
        return self.fork.parent

    def meta(self, payload: Json) -> None:
        """Take the head of a session: the log's own, or one that it repeats."""
        if self._head is None:
            self._head = payload
            self.fork.head(payload)
            self.session.meta(payload)
            if not self.main and not self.agent and fork.is_subagent(payload):
                self.state.agent = self.agent = self.session.identity or self._name
            if self.fork.parent is not None:
                what: ContextKind = "subagent" if fork.is_subagent(payload) else "fork"
                self.state.note(what, f"goes out from session {self.fork.parent}")
        elif some_text(payload.get("id")) == self.session.identity:
            self.session.meta(payload)
            self.state.note("resume", "the session was taken up again")
        elif not self.fork.waiting:
            self.state.note("fork", f"repeats the head of session {payload.get('id')}")

    def context(self, payload: Json) -> None:
        """Take what holds for a turn."""
        self._own(payload)
        self.session.turn(payload)

    def begun(self, event: Json) -> None:
        """Take the start of a turn."""
        self._own(event)
        self.done = False
        self.calls.waiting.clear()
        self.calls.shell.settle()
        self.scripts.turn()

    def _own(self, turn: Json) -> None:
        """Leave out what was read so far where this turn is the first that is no copy of another session's."""
        if not self.fork.ends(turn):
            return
        for draft in self.state.drafts:
            draft.dead = draft.cls is not Context or draft.fields.get("what") not in {"fork", "subagent"}
        # The head and this record are the session's own.
        self.repeated = max(0, self.state.records - self._before - 2)
        self._taken_back.clear()
        self._copies.clear()
        self.talk.forget()
        self.session.again(self._head or {})
        self.first = self.state.time

    def complete(self, event: Json) -> None:
        """Take the end of a turn that was done."""
        said = some_text(event.get("last_agent_message"))
        if said is not None and self.talk.last == "asked":
            self.talk.said(said, "end")
        self.done = True
        self._failure = ""

    def aborted(self, event: Json) -> None:
        """Take the end of a turn that was not done."""
        reason = some_text(event.get("reason")) or ""
        words = {"interrupted": "the person interrupted the agent", "replaced": "another task took its place"}
        self.talk.interrupted(words.get(reason, reason), "event")
        self.calls.waiting.clear()
        self.calls.shell.settle()
        self.scripts.turn()
        self.done = False

    def taken_back(self, turns: int) -> None:
        """Take that the person took back the last turns."""
        draft = self.state.note(
            "rewind", f"{turns} turns were taken back from the conversation; what they did to the disk remains"
        )
        self._taken_back[id(draft)] = turns

    def failed(self, said: str) -> None:
        """Take trouble that ended a turn."""
        self._failure = said
        self.done = False
        self.state.add(Error, where="provider" if any(word in said for word in _PROVIDER_WORDS) else "agent", text=said)

    def noted(self, kind: str, payload: Json) -> None:
        """Note what the program keeps for itself, the first of each kind: the rest is more of the same."""
        if kind not in self.state.noted:
            self.state.noted.add(kind)
            self.state.note("note", f"{kind}: {compact(payload)[:_NOTED]}")

    def finish(self) -> tuple[list[Draft], set[str]]:
        """Return the drafts, and the nodes of those that were taken back."""
        self.calls.shell.settle()
        self.talk.settle()
        self.session.settle()
        if self.main:
            self.state.info.started, self.state.info.ended = self.first, self.state.time
        drafts = self.state.drafts
        for draft in drafts:
            draft.agent = self.agent
        return drafts, rollback.mark(drafts, self._taken_back, self._name)

    def end(self) -> tuple[str, str]:
        """Return how the log ended: the reason, and the words for it."""
        waiting = self.calls.waiting
        if self._failure:
            is_limit = any(word in self._failure.lower() for word in _LIMIT_WORDS)
            return ("limit" if is_limit else "error"), self._failure[:_NOTED]
        if waiting and not self.done:
            names = ", ".join(dict.fromkeys(call.name for call in waiting.values()))
            count = "1 call has" if len(waiting) == 1 else f"{len(waiting)} calls have"
            return "unanswered", f"{count} no output in the log: {names}"
        if self.talk.last == "interrupt":
            return "interrupted", "interrupted by the person"
        if self.done or self.talk.last == "said":
            return "finished", ""
        return ("unanswered", "the agent did not answer") if self.talk.last == "asked" else ("unknown", "")
