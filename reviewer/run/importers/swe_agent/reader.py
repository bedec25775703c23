"""Reads a SWE-agent trajectory, part by part, into drafts of events.

Steps are the source of what was done, and the history that of what was asked; where there are no steps, the history
stands for them. A demonstration in the history is another run, shown to the model, and is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Message, Usage
from reviewer.run.importers.swe_agent import outcome
from reviewer.run.importers.swe_agent.facts import Facts
from reviewer.run.importers.swe_agent.steps import Steps
from reviewer.run.importers.values import Json, compact, joined, table, tables, text

if TYPE_CHECKING:
    from reviewer.run.importers.document import Part
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.importer import ImportedRun
    from reviewer.run.importers.recording import Recording

_NOTED = 400
_IGNORED = frozenset(("environment", "replay_config", "info"))


class Reader:
    """One trajectory being read.

    Attributes:
        state: what is known of the run.
    """

    def __init__(self, state: Recording, name: str) -> None:
        self.state = state
        self._name = name
        self._facts = Facts(state.info)
        self._steps: list[Draft] = []
        self._step_taker = Steps(state)
        self._history = History(state)
        self._attempts: list[list[Draft]] = []
        self._repeated = 0
        self._place = name

    def take(self, part: Part) -> None:
        """Take one part of the document."""
        state = self.state
        state.source = f"{self._name}:{part.place}"
        state.replaced += part.replaced
        state.drafts = self._steps
        if part.problem:
            state.broken(part)
            return
        state.records += 1
        value = part.value
        if part.key == "info":
            self._facts.info(table(value))
        elif part.key == "replay_config":
            self._facts.replay(value)
        elif part.number is not None and part.key in {"trajectory", "history", "attempts"}:
            if isinstance(value, dict):
                self._element(part.key, part.number, value)
            else:
                state.not_understood(f"{part.key} element", compact(value))
        elif part.key not in _IGNORED and not (part.key in {"trajectory", "history", "attempts"} and value is None):
            state.not_understood(part.key or "not a trajectory", compact(value))

    def _element(self, key: str, number: int, value: Json) -> None:
        state = self.state
        if key == "attempts":
            self._attempt(number, value)
        elif key == "trajectory":
            self._place = state.source
            if self._attempts:
                self._repeated += 1  # the best attempt stands a second time in the place of a run with one
                return
            self._step_taker.take(value)
        else:
            self._place = state.source if not self._step_taker.count and not self._attempts else self._place
            self._history.take(value, only_asked=bool(self._step_taker.count or self._attempts))

    def _attempt(self, number: int, value: Json) -> None:
        """Take one of several attempts at the task, each from the start."""
        state = self.state
        place = state.source
        state.drafts, state.node = [], f"attempt {number}"
        state.note("rewind", f"attempt {number + 1} begins, in a folder as it was at the start")
        steps = Steps(state)
        for at, step in enumerate(tables(value.get("trajectory"))):
            state.source = f"{place}.trajectory[{at}]"
            steps.take(step)
        self._place = state.source
        self._attempts.append(state.drafts)
        self._facts.info(table(value.get("info")))
        self._facts.replay(value.get("replay_config"))
        for at, message in enumerate(tables(value.get("history"))):
            state.source = f"{place}.history[{at}]"
            self._history.take(message, only_asked=True)
        state.node = None

    def finished(self) -> ImportedRun:
        """Return the run."""
        state = self.state
        history = self._history
        history.close()
        done = [draft for drafts in self._attempts for draft in drafts] or (
            self._steps if self._step_taker.count else [*self._steps, *history.done]
        )
        state.drafts = [*history.asked, *done]
        state.source = f"{self._name}:info"
        cost = self._facts.cost()
        if cost is not None:
            state.add(Usage, **cost)
        state.source = self._place
        best = self._facts.best
        count = len(self._attempts)
        gone = {f"attempt {number}" for number in range(count) if number != best} if best is not None else set()
        reason, said = self._facts.end() or self._open_end()
        return state.finished(reason, said, repeated=self._repeated, gone=gone)

    def _open_end(self) -> tuple[str, str]:
        last = self._step_taker.last or self._history.last
        if last == "submit":
            return "finished", "the last action handed in the work"
        return "unknown", "the file does not say how the run ended"


class History:
    """The messages of a trajectory.

    Attributes:
        asked: drafts of what stands before the agent's first answer.
        done: drafts of the steps that the messages stand for.
    """

    def __init__(self, state: Recording) -> None:
        self._state = state
        self.asked: list[Draft] = []
        self.done: list[Draft] = []
        self._steps = Steps(state)
        self._open: Json | None = None
        self._source = ""
        self._said: set[str] = set()
        self._shown = 0
        self._answered = False

    @property
    def last(self) -> str:
        """What the last step was."""
        return self._steps.last

    def take(self, message: Json, *, only_asked: bool) -> None:
        """Take a message; the steps are elsewhere where only what was asked is wanted."""
        state = self._state
        role = text(message.get("role"))
        said = joined(message.get("content"))
        if message.get("is_demo") is True or message.get("message_type") == "demonstration":
            self._shown += 1
            return
        if role == "assistant":
            self._answered = True
            if not only_asked:
                self._agent(message, said)
        elif role == "system" or not self._answered:
            self._before(role, said)
        elif not only_asked and role in {"user", "tool"}:
            self._observed(said)
        elif role not in {"user", "tool"}:
            state.drafts = self.done
            state.not_understood(f"message of {role}", compact(message))

    def _before(self, role: object, said: str) -> None:
        """Take what stands before the first answer: the program's instructions, and the task."""
        if said in self._said:
            return  # each attempt begins with the same messages
        state = self._state
        state.drafts = self.asked
        state.node, node = None, state.node
        if role == "system":
            state.note("note", f"instructions of the program: {said[:_NOTED]}")
        elif not any(draft.bumps for draft in self.asked):
            state.prompt(said)
        else:
            state.note("note", f"put in by the program: {said[:_NOTED]}")
        state.node = node
        self._said.add(said)

    def _agent(self, message: Json, said: str) -> None:
        self.close()
        action = text(message.get("action"))
        thought = text(message.get("thought"))
        if action is None and not message.get("tool_calls"):
            self._state.drafts = self.done
            self._state.add(Message, text=thought or said)
            return
        self._open = {"action": action or "", "thought": said if thought is None else thought, "state": {}}
        self._source = self._state.source

    def _observed(self, said: str) -> None:
        if self._open is None:
            self._state.drafts = self.done
            self._state.note("note", f"put in by the program: {said[:_NOTED]}")
            return
        shown, known = outcome.status(said)
        self._open |= {"observation": shown, "state": known}
        self.close()

    def close(self) -> None:
        """Take the step that is open, with or without an observation; note how much was a demonstration."""
        state = self._state
        if self._open is not None:
            here, state.source, state.drafts = state.source, self._source, self.done
            self._steps.take(self._open)
            state.source, self._open = here, None
        if self._shown:
            state.drafts = self.asked
            state.note("note", f"{self._shown} messages of a demonstration are left out: they are another run")
            self._shown = 0
