"""What a person asked, refused and answered, wherever the log hides it.

Pure. Rules: `denial-with-words` (what a person said with a refusal belongs to it, and to what was asked later),
`question-answer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.derive.refusals import denied_edits
from reviewer.run.derive.trace import doer
from reviewer.run.event import Command, Denial, Edit, Prompt, Question, Tool, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.derive.facts import Graded, Row
    from reviewer.run.derive.trace import Doer, Trace
    from reviewer.run.event import Event

_ANSWERS = frozenset(("denial", "answer"))
_SHELL = "shell"


def task(table: Graded, trace: Trace) -> None:
    """The first thing that a person asked, and all that they said after it.

    A sub-agent's prompts are its parent's words; but what a person said when they refused or answered it is theirs.
    A command that was typed to the program asks the agent for something only where a turn begins with it.
    """
    begins: dict[tuple[int, int], int] = {}
    for event in trace.kept:
        begins.setdefault((event.session, event.turn), event.seq)
    said = [
        event
        for event in trace.kept
        if isinstance(event, Prompt) and event.text and (event.agent == "root" or event.via in _ANSWERS)
    ]
    asks = [
        event
        for event in said
        if event.via != "command" or (event.turn and begins[event.session, event.turn] == event.seq)
    ]
    first = next((event for event in asks if event.via not in _ANSWERS), said[0] if said else None)
    if first is None:
        return
    later = [(event.seq, event.text) for event in asks if event.seq > first.seq]
    # Some logs have an answer only in its question.
    words = {(doer(event), event.text) for event in said if event.via == "answer"}
    later += [
        (event.seq, event.answer)
        for event in (trace.kept if "question" in trace.kinds else ())
        if isinstance(event, Question) and event.answer and (doer(event), event.answer) not in words
    ]
    table.put("recorded", prompt=first.text, follow_ups=[text for _, text in sorted(later)] or None)


def denial(trace: Trace) -> list[Row]:
    """Return the calls that a person refused, each with what they said with it.

    Some logs say of a command or a tool that it was denied without an event of its own; these are told too.
    """
    events = trace.events
    if not trace.kinds & {"denial", "tool"} and all(command.state != "denied" for command in trace.commands):
        return []
    told = _denied_elsewhere(events)
    denied = denied_edits(events)
    rows: list[Row] = []
    open_rows: dict[Doer, Row] = {}
    for event in events:
        who = doer(event)
        match event:
            case Denial():
                open_rows[who] = _row(event.tool, event.what, event.reason, event.seq)
                rows.append(open_rows[who])
            case Command(state="denied") if not _is_told(event, event.line, told):
                open_rows[who] = _row(_SHELL, event.line, None, event.seq)
                rows.append(open_rows[who])
            case Tool(denied=True) if not _is_told(event, event.tool, told):
                open_rows[who] = _row(event.tool, event.input, None, event.seq)
                rows.append(open_rows[who])
            case Prompt(via="denial") if who in open_rows:
                row = open_rows.pop(who)
                row["said"] = event.text
                row["rule"] = "denial-with-words"
                row["events"].append(event.seq)
            case Usage() | Edit(applied=False):
                pass
            case _ if event.seq not in denied:
                open_rows.pop(who, None)
    return rows


def _denied_elsewhere(events: Sequence[Event]) -> dict[tuple[Doer, str], int]:
    """Return how many denials name a tool, or what it was asked to do, by who was refused."""
    told: dict[tuple[Doer, str], int] = {}
    for event in events:
        if isinstance(event, Denial):
            for name in {event.tool, event.what}:
                key = (doer(event), name)
                told[key] = told.get(key, 0) + 1
    return told


def _is_told(event: Event, name: str, told: dict[tuple[Doer, str], int]) -> bool:
    """Return whether a denial of its own tells of this event; each denial tells of one."""
    for key in ((doer(event), name), (doer(event), name[:4096])):
        if told.get(key):
            told[key] -= 1
            return True
    return False


def _row(tool: str, what: str, reason: str | None, seq: int) -> Row:
    return {
        "tool": tool,
        "what": what,
        "reason": reason,
        "said": None,
        "known": "recorded",
        "rule": None,
        "events": [seq],
    }


def question(trace: Trace) -> list[Row]:
    """Return what the agent asked; an answer that stands apart is the next thing that the person said to it."""
    rows: list[Row] = []
    if "question" not in trace.kinds:
        return rows
    open_rows: dict[Doer, Row] = {}
    for event in trace.events:
        if isinstance(event, Question):
            row: Row = {
                "text": event.text,
                "answer": event.answer,
                "known": "recorded",
                "rule": None,
                "events": [event.seq],
            }
            rows.append(row)
            if event.answer is None:
                open_rows[doer(event)] = row
        elif isinstance(event, Prompt):
            asked = open_rows.pop(doer(event), None)
            if asked is not None and event.via == "answer":
                asked |= {"answer": event.text, "known": "derived", "rule": "question-answer"}
                asked["events"].append(event.seq)
    return rows
