"""The agent's last words: the sentences of the last message of each session's main agent."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from reviewer.run.derive.prose import sentences
from reviewer.run.event import Message, Prompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.case import Case

_MOST = 400


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, where it stands, and since when the agent worked on what it speaks of.

    Attributes:
        since: the person's last words before it; what was edited before them may be another matter.
        whole: nothing was asked before them, so that it speaks of the whole run.
    """

    text: str
    event: int
    since: int
    whole: bool


def last_words(case: Case) -> tuple[Said, ...]:
    """Return the sentences of the last message of the last session whose main agent said something."""
    prompts: list[int] = []
    last: Message | None = None
    asked: list[int] = []
    for event in case.events:
        if event.agent != "root":
            continue
        if isinstance(event, Prompt):
            prompts.append(event.seq)
        elif isinstance(event, Message) and not event.discarded:
            last, asked = event, list(prompts)
    if last is None:
        return ()
    return _said(last, asked)


def _said(message: Message, asked: Sequence[int]) -> tuple[Said, ...]:
    since = asked[-1] if asked else 0
    found = islice(sentences(message.text), _MOST)
    return tuple(Said(text, message.seq, since, len(asked) <= 1) for text in found)
