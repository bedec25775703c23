"""One OpenHands run being read: what is known so far, and what each event of either generation goes to.

Knows how events are told apart and how the run ended; what they mean stands in the modules beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Error
from reviewer.run.importers.open_calls import OpenCalls
from reviewer.run.importers.openhands.cells import Cells
from reviewer.run.importers.openhands.meter import Meter
from reviewer.run.importers.openhands.terminal import Terminal
from reviewer.run.importers.openhands.tools import KINDS, PATCHES
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, local_time, some_text

if TYPE_CHECKING:
    from reviewer.run.importers.recording import Recording

_LIMITS = ("maximum iteration", "MaxIterations", "maximum number of iterations", "budget", "context window")
_ENDS = {
    "finish": ("finished", ""),
    "finished": ("finished", ""),
    "said": ("finished", ""),
    "asked": ("unanswered", "the agent did not answer"),
    "limit": ("limit", ""),
    "error": ("error", ""),
    "stuck": ("error", "the agent was stuck in a loop"),
    "rejected": ("error", "the agent gave the task up"),
    "interrupt": ("interrupted", "stopped by the person"),
    "stopped": ("interrupted", "stopped by the person"),
    "paused": ("interrupted", "stopped by the person"),
    "waiting_for_confirmation": ("unanswered", "the person was asked to confirm an action"),
    "awaiting_user_confirmation": ("unanswered", "the person was asked to confirm an action"),
}
"""What the last thing, or the state that the program wrote last, says of the end."""


class Reader:
    """A run being read.

    Attributes:
        recording: its events so far.
        calls, terminal, cells, meter: what waits for an answer, and what was counted.
        parents, order, prompts, answers: the tree of events, of the newer generation.
        is_beside: the log is that of a sub-agent.
        asked: how many prompts there were since the record at hand began.
        by_call: the event that asked for a call, by the call's id.
        delegates: sub-agents that are at work, the innermost last.
        state: the last state that the program wrote of itself.
    """

    def __init__(self, recording: Recording, *, is_beside: bool = False) -> None:
        self.recording = recording
        self.is_beside = is_beside
        self.meter = Meter(recording)
        self.parents: dict[str, str | None] = {}
        self.order: list[str] = []
        self.prompts: set[str] = set()
        self.answers: set[str] = set()
        self.leaf: str | None = None
        self.asked = 0
        self.delegates: list[str] = []
        self.made_delegates = 0
        self.state = ""
        self.last = ""
        self.last_text = ""
        self.totals: Json = {}
        self._seen: set[str] = set()
        self.repeated = 0
        self.begin()

    def begin(self) -> None:
        """Begin another run of the same log: ids start anew."""
        self.calls = OpenCalls(self.recording, KINDS, patches=PATCHES)
        self.terminal = Terminal(self.recording, self.calls)
        self.cells = Cells(self.recording)
        self.by_call: dict[str, str] = {}
        self.asked = 0
        self.delegates = []
        self.last = self.last_text = self.state = ""

    def enter(self, event: Json) -> bool:
        """Set the time and the agent of an event; return False if it was there before (a copy by its long id)."""
        state = self.recording
        identity = some_text(event.get("id"))
        state.node = identity
        if identity is not None:
            if identity in self._seen:
                self.repeated += 1
                return False
            self._seen.add(identity)
            parent = event.get("parent_id")
            if isinstance(parent, str):
                self.parents[identity] = parent
            elif self.order:
                self.parents[identity] = self.order[-1]  # older logs have no parents: one follows the other
            self.order.append(identity)
        stamp = local_time(event.get("timestamp"))
        if stamp is not None:
            state.time = stamp
            state.info.started = state.info.started or stamp
            state.info.ended = stamp
        state.agent = self.delegates[-1] if self.delegates else ""
        return True

    def prompted(self, said: str, *, attachments: int = 0) -> None:
        """Add what a person asked; a sub-agent with a log of its own is asked by the agent that started it."""
        state = self.recording
        if self.is_beside:
            state.note("subagent", said)
            return
        state.agent = ""
        state.prompt(said, attachments=attachments)
        self.asked += 1
        self.told("asked")
        if state.node is not None:
            self.prompts.add(state.node)

    def told(self, last: str, said: str = "") -> None:
        """Remember what the last thing was; of sub-agents nothing ends the run."""
        if not self.delegates:
            self.last, self.last_text = last, said
        if last in {"said", "call", "finish"} and self.recording.node is not None:
            self.answers.add(self.recording.node)

    def failed(self, said: str, *, limit: bool | None = None) -> None:
        """Add an error of the program, after which a run stops."""
        is_limit = any(word in said for word in _LIMITS) if limit is None else limit
        self.recording.add(Error, where="agent", text=said)
        self.told("limit" if is_limit else "error", said)

    def not_understood(self, name: str, event: Json) -> None:
        """Keep an event of a kind that nobody knows."""
        self.recording.not_understood(name, compact(event))

    def model(self, name: str | None) -> None:
        """Note a model that is another than before."""
        if remember(self.recording.info.models, name) and len(self.recording.info.models) > 1:
            self.recording.note("model", f"model: {name}")

    def end(self) -> tuple[str, str]:
        """Return how the run ended, and what there is to say about it: by the last thing, else by the last state."""
        waiting = self.calls.unanswered()
        if self.last == "call" and waiting:
            return "unanswered", f"no result of {waiting} in the log"
        for word in (self.last, self.state):
            if word in _ENDS:
                reason, why = _ENDS[word]
                return reason, self.last_text or why
        return "unknown", ""
