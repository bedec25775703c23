"""What the agent took for granted and what it said it did: its own sentences, with the place.

Pure. Words of a model are no evidence; a claim gets the command that bears it out, or none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.run.command_line import analyse
from reviewer.run.derive import phrases
from reviewer.run.event import Command, Edit, Message, Plan, Thought

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.event import CommandKind, Event

_MAX_SENTENCE = 400
_MAX_ROWS = 100
_SENTENCE = re.compile(r"[^\n.!?]*(?:[.!?](?=\S)[^\n.!?]*)*[.!?]?")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence of the agent, the event it stands in, and for a claim the command that bears it out."""

    text: str
    event: Event
    rule: str
    evidence: Command | None = None


def assumptions(events: Sequence[Event]) -> list[Quoted]:
    """Return the sentences in which the agent says that it takes something for granted or did not check it."""
    found: dict[str, Quoted] = {}
    for event in events:
        said = event.text if isinstance(event, (Message, Thought, Plan)) else None
        if not said or not _holds(said, phrases.ASSUMES_STEMS):
            continue
        for sentence in _sentences(said):
            if phrases.ASSUMES.search(sentence):
                found.setdefault(sentence, Quoted(sentence, event, "assumption-words"))
    return list(found.values())[:_MAX_ROWS]


def claims(events: Sequence[Event]) -> list[Quoted]:
    """Return the sentences in which the agent tells the person that a check passed.

    Evidence is the last command of that kind before the sentence that passed after the last edit before it; a run that
    was narrowed does not bear out "all".
    """
    found: list[Quoted] = []
    last_edit = 0
    runs: dict[CommandKind, Command] = {}
    for event in events:
        if isinstance(event, Edit) and event.applied:
            last_edit = event.seq
        elif isinstance(event, Command):
            runs[event.command_kind] = event
        elif isinstance(event, Message) and _holds(event.text, phrases.CLAIMS_STEMS):
            for sentence in _sentences(event.text):
                kind = _claimed(sentence)
                if kind is not None:
                    found.append(_claim(sentence, event, runs.get(kind), last_edit))
    return found[:_MAX_ROWS]


def _claim(sentence: str, event: Event, run: Command | None, last_edit: int) -> Quoted:
    if run is None:
        return Quoted(sentence, event, "claim-without-run")
    if run.state != "passed":
        return Quoted(sentence, event, "claim-against-run")
    if run.seq < last_edit:
        return Quoted(sentence, event, "claim-before-last-edit")
    if phrases.ALL.search(sentence) and analyse(run.line).selection is not None:
        return Quoted(sentence, event, "claim-wider-than-run")
    return Quoted(sentence, event, "claim-borne-out", run)


def _claimed(sentence: str) -> CommandKind | None:
    if phrases.NOT_SAID.search(sentence):
        return None
    return next((kind for kind, pattern in phrases.CLAIMS if pattern.search(sentence)), None)


def _holds(text: str, stems: Sequence[str]) -> bool:
    low = text.lower()
    return any(stem in low for stem in stems)


def _sentences(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for match in _SENTENCE.finditer(line):
            sentence = match.group().strip().lstrip("#*->•✅✓ \t").strip()
            if len(sentence) >= 8:
                yield sentence if len(sentence) <= _MAX_SENTENCE else f"{sentence[:_MAX_SENTENCE]}…"
