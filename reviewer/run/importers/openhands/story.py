"""What each record of an OpenHands log is: an event of either generation, a pair, or an instance of a benchmark.

Knows the outer form of records; what an event means stands in the modules beside. An instance is read as it comes,
member by member, so that a long one needs no more memory than its longest event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.importers.openhands import actions, conversation, observations, sdk
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, some_text, table, text

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.openhands.reader import Reader

_EVENTS = frozenset(("history", "trajectory", "events"))
_KINDS = ("Event", "Observation", "Condensation", "CondensationRequest")
_BESIDE_ACTION = frozenset(("args", "is_confirmed", "action_risk", "wait_for_response"))
_BENCHMARK = frozenset(("test_result", "instruction", "metadata", "history", "instance"))
_RESOLVER = frozenset(("issue_type", "instruction", "base_commit", "git_patch", "history"))
_SOURCES = frozenset(("agent", "user", "environment", "hook"))
_VERDICTS = ("success", "comment_success", "result_explanation")


def is_event(value: object) -> bool:
    """Return whether this is an event of OpenHands, or a pair of an action and its observation."""
    if isinstance(value, list):
        return len(value) == 2 and is_event(value[0]) and is_event(value[1])
    if not isinstance(value, dict):
        return False
    kind = value.get("kind")
    if isinstance(kind, str):
        return kind.endswith(_KINDS) and text(value.get("source")) in _SOURCES
    action, observed = value.get("action"), value.get("observation")
    if isinstance(action, str) and "observation" not in value:
        return action in actions.NAMES and bool(_BESIDE_ACTION & value.keys())
    if isinstance(observed, str) and "action" not in value:
        return observed in observations.NAMES and "content" in value
    return False


def is_base_state(value: Json) -> bool:
    """Return whether this is the state of a conversation of the newer generation."""
    return "kind" not in value and "agent" in value and "execution_status" in value


def is_instance(keys: Collection[str]) -> bool:
    """Return whether a record with these members is one of a benchmark or of the resolver."""
    has = set(keys)
    if has & {"trajectory", "trajectory_format", "replay_config"}:
        return False
    if "instance_id" in has:
        return len(has & _BENCHMARK) > 1
    return "issue" in has and len(has & _RESOLVER) > 1


def _history(record: Json) -> list[object] | None:
    """Return the events in a record, None if it holds no list of them."""
    return next((value for key in record if key in _EVENTS and isinstance(value := record[key], list)), None)


class Story:
    """The records of one log, in their order.

    Attributes:
        reader: what they are read into.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._instances = 0
        self._start = 0
        self._facts: Json = {}
        self._waiting: str | None = None
        self._flat = 0
        self._patches: list[str] = []

    def take(self, value: object, source: str) -> None:
        """Take a whole record."""
        history = _history(value) if isinstance(value, dict) and "kind" not in value else None
        if isinstance(value, dict) and (history is not None or is_instance(value)):
            self._end_instance()
            facts = {key: member for key, member in value.items() if key not in _EVENTS}
            if facts:
                self._begin_instance()
                self._facts = facts
                self._introduce()
            self._each(history or [], f"{source}:history")
            self._end_instance()
        elif isinstance(value, list) and not is_event(value):
            self._each(value, f"{source}:")
        else:
            self.event(value)

    def _each(self, events: list[object], place: str) -> None:
        source = self.reader.recording.source
        for number, entry in enumerate(events):
            self.reader.recording.source = f"{place}[{number}]"
            self.event(entry)
        self.reader.recording.source = source

    def take_part(self, key: str, number: int | None, value: object) -> None:
        """Take a part of a log that is one document."""
        if key in _EVENTS and number is not None:
            self.event(value)
        elif not key and number is not None:
            self.take(value, self.reader.recording.source)
        elif not key:
            self.event(value)
        else:
            if not self._facts:
                self._begin_instance()
            self._facts[key] = value

    def close(self) -> None:
        """End the log."""
        if self._facts:
            self._introduce()
            self._end_instance()
        if len(self._patches) == 1:
            self.reader.recording.info.patch = self._patches[0] or None
        elif self._patches:
            self.reader.recording.note(
                "note", f"{len(self._patches)} runs in one log: which patch is the change's cannot be told from it"
            )
        if self.reader.totals:
            self.reader.meter.rest(*(table(metrics) for metrics in self.reader.totals.values()))

    def event(self, value: object) -> None:
        """Take an event, or a pair of them as old logs have."""
        reader = self.reader
        if isinstance(value, list) and len(value) <= 2:
            for entry in value:
                if isinstance(entry, dict):
                    self._one(entry)
                else:
                    reader.recording.not_understood("not an object", compact(entry))
        elif isinstance(value, dict):
            self._one(value)
        else:
            reader.recording.node = None
            reader.recording.not_understood("not an object", compact(value))

    def _one(self, event: Json) -> None:
        reader = self.reader
        if not reader.enter(event):
            return
        if isinstance(event.get("kind"), str):
            sdk.take(reader, event)
        elif isinstance(event.get("action"), str):
            self._acted(event)
        elif isinstance(event.get("observation"), str):
            observations.take(reader, event, self._cause(event))
        elif is_base_state(event):
            conversation.base_state(reader, event)
        else:
            reader.not_understood("no kind", event)

    def _acted(self, event: Json) -> None:
        number = event.get("id")
        if type(number) is int and number >= 0:
            identity = str(number)
        else:
            self._flat += 1
            identity = f"#{self._flat}"
        actions.take(self.reader, event, identity)
        if identity in self.reader.calls.open:
            self._waiting = identity

    def _cause(self, event: Json) -> str | None:
        cause = event.get("cause")
        if type(cause) is int and str(cause) in self.reader.calls.open:
            return str(cause)
        # Without a cause, an observation is of the action before it.
        if cause is None and self._waiting in self.reader.calls.open:
            return self._waiting
        return None if type(cause) is not int else str(cause)

    def _begin_instance(self) -> None:
        self._instances += 1
        self._start = len(self.reader.recording.drafts)
        self._facts = {}
        self._waiting = None
        self.reader.begin()
        self.reader.recording.time = None
        self.reader.recording.agent = ""
        self.reader.recording.node = None

    def _introduce(self) -> None:
        """Say which instance this is, and what it was given; put in front of its events where they came before."""
        facts, recording = self._facts, self.reader.recording
        info = recording.info
        metadata, instance = table(facts.get("metadata")), table(facts.get("instance"))
        issue = table(facts.get("issue"))
        self.reader.model(some_text(table(metadata.get("llm_config")).get("model")))
        commit = some_text(metadata.get("git_commit"))
        remember(info.versions, f"git {commit[:12]}" if commit else None)
        base = some_text(instance.get("base_commit")) or some_text(facts.get("base_commit"))
        info.base_commit = info.base_commit or base
        name = some_text(facts.get("instance_id"))
        number = issue.get("number")
        told = (
            f"run of {name}" if name else "run of an issue" if issue else "a run",
            f"{text(issue.get('owner')) or ''}/{text(issue.get('repo')) or ''}#{number}" if issue else "",
            f"repository {repo}" if (repo := some_text(instance.get("repo"))) else "",
            f"base {base}" if base else "",
            f"at most {limit} iterations" if type(limit := metadata.get("max_iterations")) is int else "",
        )
        self._first(recording.note("session", "; ".join(part for part in told if part)))

    def _first(self, draft: Draft, *, after: int = 0) -> None:
        """Put the draft that was added last in front of the instance's events, or so many after."""
        drafts = self.reader.recording.drafts
        drafts.pop()
        place = self._start + after
        draft.time = drafts[place].time if place < len(drafts) else draft.time
        drafts.insert(place, draft)

    def _end_instance(self) -> None:
        if not self._facts:
            return
        facts, reader = self._facts, self.reader
        recording = reader.recording
        recording.agent = ""
        instruction = some_text(facts.get("instruction"))
        if instruction is not None and not reader.asked:
            reader.asked += 1
            self._first(recording.prompt(instruction), after=1)
        reader.meter.rest(table(facts.get("metrics")))
        result = table(facts.get("test_result"))
        patch = text(result.get("git_patch"))
        if patch is None:
            patch = text(facts.get("git_patch"))
        if patch is not None:
            self._patches.append(patch)
        for verdict in _VERDICTS:
            if facts.get(verdict) is not None:
                recording.note("note", f"{verdict.replace('_', ' ')}: {compact(facts[verdict])}")
        error = facts.get("error")
        if isinstance(error, str) and error:
            reader.failed(error)
        self._facts = {}
