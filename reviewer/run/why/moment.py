"""What surrounds an edit in the run: the agent's words before it, what failed before and what passed after.

Knows the order of events; nothing of hunks. Words are the agent's own, quoted and cut at sentences, never reworded.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from reviewer.run.derive.targets import only_looks
from reviewer.run.event import Command, Edit, Message, Plan, Read, Search, Thought
from reviewer.run.shell.command_line import analyse
from reviewer.run.why.model import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.event import CommandKind, Event

CHECKS: frozenset[CommandKind] = frozenset(("test", "lint", "type", "build", "security"))
_MAX_SAID = 280
_MAX_READ = 20_000
"""Characters at the end of a message in which its last sentences are looked for."""
_FENCED = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_seq = attrgetter("seq")
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")


class Moments:
    """The words and commands of a run, by their place in it."""

    def __init__(self, events: Sequence[Event]) -> None:
        """Note where they stand."""
        self._words: dict[tuple[int, str], list[Message | Thought | Plan]] = {}
        self._failed: dict[int, list[Command]] = {}
        self._failed_checks: dict[int, list[Command]] = {}
        self._passed: dict[int, list[Command]] = {}
        self._passed_checks: dict[int, list[Command]] = {}
        self._green: dict[tuple[int, CommandKind], list[Command]] = {}
        handled = _handled(events)
        for event in events:
            if isinstance(event, Command):
                self._note(event, proves=event.seq not in handled)
            elif isinstance(event, (Message, Thought, Plan)) and _speaks(event):
                self._words.setdefault((event.session, event.agent), []).append(event)

    def _note(self, command: Command, *, proves: bool) -> None:
        check = command.command_kind in CHECKS
        if command.state == "failed":
            if check:
                self._failed_checks.setdefault(command.session, []).append(command)
            elif not only_looks(analyse(command.line).tool):
                self._failed.setdefault(command.session, []).append(command)
        elif command.state == "passed":
            if check:
                self._green.setdefault((command.session, command.command_kind), []).append(command)
            if check and command.not_conclusive is None:
                self._passed_checks.setdefault(command.session, []).append(command)
            elif command.command_kind == "other" and proves and command.not_conclusive is None:
                self._passed.setdefault(command.session, []).append(command)

    def said(self, event: Event) -> Said | None:
        """Return the last words of the same agent, in the same turn, before an event."""
        words = self._words.get((event.session, event.agent), [])
        place = bisect_left(words, event.seq, key=_seq) - 1
        if place < 0 or words[place].turn != event.turn:
            return None
        word = words[place]
        if isinstance(word, Plan):
            return Said(word.seq, "plan", _clip(next(s.text for s in word.steps if s.status == "in_progress")))
        text = last_sentences(word.text or "")
        return Said(word.seq, word.kind, text) if text else None

    def failed_before(self, event: Event) -> int | None:
        """Return the number of the last failed command of the session before an event.

        A check of this turn goes before any other command of it, unless one of its kind passed since; an earlier turn
        counts only for a check that stayed failed, since no check passed from then on. What only shows files does not
        count.
        """
        check = _before(self._failed_checks.get(event.session, []), event)
        if check is not None and check.turn == event.turn:
            green = _before(self._green.get((event.session, check.command_kind), []), event)
            if green is None or green.seq < check.seq:
                return check.n
        last = _before(self._failed.get(event.session, []), event)
        if last is not None and last.turn == event.turn:
            return last.n
        passed = _before(self._passed_checks.get(event.session, []), event)
        stayed = check is not None and (passed is None or passed.seq < check.seq)
        return check.n if check is not None and stayed else None

    def passed_after(self, event: Event) -> int | None:
        """Return the number of the next passed command after an event: a check, else one that ran something."""
        for row in (self._passed_checks, self._passed):
            commands = row.get(event.session, [])
            place = bisect_right(commands, event.seq, key=_seq)
            if place < len(commands):
                return commands[place].n
        return None


def _before(commands: Sequence[Command], event: Event) -> Command | None:
    place = bisect_left(commands, event.seq, key=_seq) - 1
    return commands[place] if place >= 0 else None


def _handled(events: Sequence[Event]) -> set[int]:
    """Return the commands that show, search or write files: what they did to them stands right behind them."""
    found: set[int] = set()
    last = 0
    for event in events:
        if isinstance(event, Command):
            last = event.seq
        elif isinstance(event, (Edit, Read, Search)) and event.derived:
            found.add(last)
    return found


def last_sentences(text: str) -> str:
    """Return the end of what was said: whole sentences of its last paragraph, without blocks of code."""
    text = _FENCED.sub("\n", text[-_MAX_READ:])
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    last = next((part for part in reversed(paragraphs) if _is_speech(part)), "")
    kept = ""
    for sentence in reversed(_SENTENCE_END.split(last)):
        if kept and len(sentence) + 1 + len(kept) > _MAX_SAID:
            break
        kept = f"{sentence} {kept}".strip()
    return _clip(kept)


def _is_speech(paragraph: str) -> bool:
    """Return whether a paragraph says something; a lone file name over a block of code does not."""
    return any(map(str.isalnum, paragraph)) and (" " in paragraph or paragraph.endswith((".", "!", "?", ":")))


def _clip(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MAX_SAID else f"{text[:_MAX_SAID].rstrip()}…"


def _speaks(event: Message | Thought | Plan) -> bool:
    if isinstance(event, Plan):
        return any(step.status == "in_progress" for step in event.steps)
    return bool(event.text)
