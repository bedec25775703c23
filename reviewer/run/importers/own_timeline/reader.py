"""Reads a timeline line by line into drafts of events: fields one by one, so that one that is wrong costs only itself.

Knows the shapes of events by their names; what follows from a command is worked out where every importer has it done.
"""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reviewer.errors import BadTranscriptError
from reviewer.run import timeline
from reviewer.run.event import Command, Prompt
from reviewer.run.importers.own_timeline import head
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, local_time, some_text

if TYPE_CHECKING:
    from reviewer.run.event import Event
    from reviewer.run.importers.importer import ImportedRun
    from reviewer.run.importers.jsonl import Record
    from reviewer.run.importers.recording import Recording

_OURS = ("seq", "turn", "session", "n", "log", "kind")
"""Fields of a packet's timeline that are worked out anew: `kind` says what an event is, and is no field to set."""
_ENDED = {"failed": "failed", "passed": "ok", "not_conclusive": "ok", "unknown": "unknown"}
_GIVEN = ("state", "command_kind", "not_conclusive", "tests")
_GONE = "discarded"
_SHOWN = 200
_HINTS = 200
"""For so many names a close one is looked for; it takes its time."""


class Reader:
    """One timeline being read."""

    def __init__(self, state: Recording, name: str) -> None:
        self.state = state
        self._name = name
        self._number = 0
        self._commands: list[Json] = []
        self._end: tuple[str, str] | None = None
        self._last = ""
        self._again = 0
        self._hints: dict[tuple[str, str], str] = {}

    def take(self, record: Record) -> None:
        """Take one record of a log."""
        state = self.state
        self._number = record.line
        state.source = f"{self._name}:{record.line}"
        state.replaced += record.replaced
        first = not state.records and not state.unknown
        row = record.value if isinstance(record.value, dict) else None
        kind = row.get("kind") if row is not None else None
        known = isinstance(kind, str) and (kind == "run" or timeline.class_of(kind) is not None)
        if first and not known:
            raise BadTranscriptError(f"{self._name}, line {record.line}: {_first_wrong(record, kind)}.")
        if record.problem:
            state.broken(record)
            return
        state.records += 1
        if row is None or not known:
            name = kind if isinstance(kind, str) else "no kind"
            state.not_understood(name, compact(record.value))
        elif kind == "run":
            self._head(row)
        else:
            self._event(str(kind), row)

    def _head(self, row: Json) -> None:
        """Take what the log says of the run itself."""
        given, wrong = head.read(row)
        for name, sentence in wrong.items():
            if sentence:
                self._wrong(name, row[name], sentence)
            else:
                self._no_field("run", name, head.NAMES)
        head.take(self.state, given)

    def _event(self, kind: str, row: Json) -> None:
        """Take an event: its fields one by one, so that one that is wrong costs nothing but itself."""
        if row.get("derived") is True:
            self._again += 1  # It follows from a command, and will again.
            return
        values = self._values(kind, row)
        missing = sorted(timeline.required(kind) - {"seq", "n", "kind"} - values.keys())
        state = self.state
        self._place(values)
        if kind == "end":
            self._end = (values.get("reason", "unknown"), values.get("text", ""))
            return
        if missing:
            needed = " and ".join(f"'{name}'" for name in missing)
            state.not_understood(kind, f"line {self._number}: an event '{kind}' needs {needed}: {compact(row)}")
            return
        for name in ("time", "agent", "source", "discarded", *_OURS):
            values.pop(name, None)
        self._add(kind, row, values)

    def _add(self, kind: str, row: Json, values: dict[str, Any]) -> None:
        state = self.state
        if kind == "command":
            self._command(row, values)
        elif kind == "prompt":
            asks = values.get("via", "prompt") in {"prompt", "queued", "plan"}
            state.add(Prompt, **values).bumps = asks
            self._last = "asked" if asks else self._last
        elif kind == "unknown":
            # It was not understood when the packet was made, and is not now.
            state.not_understood(values["record"], values.get("text", ""))
        else:
            cls: type[Event] | None = timeline.class_of(kind)
            if kind == "thought":
                values.setdefault("text", None)
            if cls is not None:
                state.add(cls, **values)
            if kind == "usage":
                remember(state.info.models, values.get("model"))
            self._last = "said" if kind == "message" else self._last

    def _values(self, kind: str, row: Json) -> dict[str, Any]:
        names = set(timeline.field_names(kind))
        values: dict[str, Any] = {}
        for name, value in row.items():
            if name in names and value is not None:
                read, wrong = timeline.read_field(kind, name, value)
                if not wrong and name == "time" and (read := local_time(value)) is None:
                    wrong = "has to be a time such as 2026-03-02T09:00:00Z"
                if wrong:
                    self._wrong(name, value, wrong)
                else:
                    values[name] = read
            elif name not in names and not (kind == "command" and name == "output"):
                self._no_field(kind, name, timeline.field_names(kind))
        return values

    def _place(self, values: dict[str, Any]) -> None:
        """Set where the event stands: its time, its agent, and whether it was taken back."""
        state = self.state
        state.time = values.get("time")
        if state.time is not None:
            state.info.started = state.info.started or state.time
            state.info.ended = state.time
        outer = ""
        for agent in str(values.get("agent", "root")).split("/"):
            if agent and agent != "root":
                state.launched_by.setdefault(agent, outer)
                outer = agent
        state.agent = outer
        state.node = _GONE if values.get("discarded") is True else None
        said = some_text(values.get("source"))
        if said is not None:
            state.source = f"{self._name}:{self._number} ({said[:_SHOWN]})"

    def _command(self, row: Json, values: dict[str, Any]) -> None:
        state = self.state
        given = {name: values.pop(name) for name in _GIVEN if name in values}
        code = values.get("exit_code")
        told = given.get("state")
        if (told == "passed" and code not in (None, 0)) or (told == "failed" and code == 0):
            self._wrong("state", told, f"does not go with exit code {code}, which counts")
            del given["state"]
            told = None
        ended = _ENDED.get(told, told) if told is not None else "ok" if code is not None else "unknown"
        draft = state.command(values.pop("line"), **{"cwd": state.cwd, **values, "ended": ended})
        output = row.get("output")
        if isinstance(output, str):
            state.output(draft, output)
        elif output is not None:
            self._wrong("output", output, "has to be text")
        elif "log" in row:
            state.info.lost["outputs"] = "they lie beside the packet that this timeline is of"
        self._commands.append(given)
        self._last = "result"

    def _wrong(self, name: str, value: object, wrong: str) -> None:
        shown = compact(value)[:_SHOWN]
        self._told("wrong field", f"line {self._number}: '{name}' {wrong}, it is {shown}; the field was left out")

    def _no_field(self, kind: str, name: str, names: tuple[str, ...]) -> None:
        known = (kind, name[:80])
        if known not in self._hints and len(self._hints) < _HINTS:
            close = difflib.get_close_matches(name[:80], names, n=1)
            self._hints[known] = f"; did you mean '{close[0]}'?" if close else ""
        hint = self._hints.get(known, "")
        self._told("unknown field", f"line {self._number}: an event '{kind}' has no '{name[:80]}'{hint}")

    def _told(self, name: str, sentence: str) -> None:
        self.state.not_understood(name, sentence)

    def finished(self) -> ImportedRun:
        """Return the run; what a log says of a command itself stands in place of what would follow from it."""
        reasons = {"said": "finished", "asked": "unanswered"}
        reason, text = self._end or (reasons.get(self._last, "unknown"), "")
        run = self.state.finished(reason, text, repeated=self._again, gone={_GONE})
        if any(self._commands):
            told = iter(self._commands)
            run.events[:] = [_as_told(event, told) for event in run.events]
        return run


def _as_told(event: Event, told: Any) -> Event:  # noqa: ANN401 - an iterator of fields
    if not isinstance(event, Command):
        return event
    given: dict[str, Any] = next(told, {})
    return replace(event, **given) if given else event


def _first_wrong(record: Record, kind: object) -> str:
    known = f"one of run, {', '.join(timeline.kinds())}"
    if record.problem:
        return "a JSON object was expected"
    if not isinstance(record.value, dict):
        return f"a JSON object with 'kind' was expected, {known}"
    if kind is None:
        return f"'kind' is missing; it has to be {known}"
    return f"'kind' has to be {known}; it is {compact(kind)[:_SHOWN]}"
