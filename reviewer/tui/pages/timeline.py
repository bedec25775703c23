"""Section 4: the run from prompt to end, by session and turn, each event with what came of it.

Failures and retries are visible without asking for them. Records that nothing understands are listed as unknown.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from reviewer.run.event import (
    Command,
    Context,
    Denial,
    Edit,
    End,
    Error,
    Message,
    Plan,
    Prompt,
    Question,
    Read,
    Search,
    Thought,
    Tool,
    Unknown,
    Usage,
)
from reviewer.text import clip, plural
from reviewer.tui.pages.field import NOT_RECORDED, state_pieces
from reviewer.tui.pages.run import FAILED
from reviewer.tui.row import BLANK, Piece, Row, Tone, clip_cells, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.packet.manifest import Session
    from reviewer.run.event import Event
    from reviewer.tui.pages.subject import Subject

_TIME_COLUMNS = 8
_KIND_COLUMNS = 9
_RIGHT_COLUMNS = 36
_UNFOLDED_LINES = 400
_LINKS = {
    "note": "a note on the commit",
    "trailer": "a trailer of the commit",
    "patch": "the patch that it handed in",
    "commit": "a commit that it made",
    "time_and_files": "time and files",
    "files": "files alone",
}


def timeline(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 4: every event in order, by turn; usage and thoughts not in the clear are counted."""
    manifest, events = subject.manifest, subject.events
    yield from _record(subject)
    if not events:
        yield Row((Piece("⊘ ", "dim"), Piece("No timeline: the packet was made without an agent's log", "dim")))
        return
    start = next((event.time for event in events if event.time), None)
    failed = {command.n for command in manifest.command if command.state in FAILED}
    retried = {command.n: command.retry_of for command in manifest.command if command.retry_of}
    spent = _spent(events)
    agents = {session.n: f", {session.agent}" for session in manifest.session}
    place = (0, -1)
    for event in events:
        if isinstance(event, Usage) or (isinstance(event, Thought) and event.text is None):
            continue
        if (event.session, event.turn) != place:
            place = event.session, event.turn
            yield BLANK
            if event.turn:
                yield label(f"Turn {event.turn}", spent.get(event.turn, ""))
            elif event.session > 1:
                yield label(f"Session {event.session}{agents.get(event.session, '')}")
            else:
                yield label("Before the first prompt", spent.get(0, ""))
        yield _event_row(event, start, failed, retried)
        if ("event", event.seq) in subject.unfolded:
            yield from _details(event, covered=subject.covered)


def _spent(events: Sequence[Event]) -> dict[int, str]:
    """Return what is counted by turn, since it would be a row after every answer: tokens, and thoughts not shown."""
    tokens: dict[int, int] = {}
    hidden: dict[int, int] = {}
    for event in events:
        if isinstance(event, Usage) and event.output_tokens:
            tokens[event.turn] = tokens.get(event.turn, 0) + event.output_tokens
        elif isinstance(event, Thought) and event.text is None:
            hidden[event.turn] = hidden.get(event.turn, 0) + 1
    said = {turn: f"{plural(count, 'thought')} not in the clear" for turn, count in hidden.items()}
    for turn, count in tokens.items():
        said[turn] = "  ".join(filter(None, (said.get(turn), f"{count:,} tokens out")))
    return said


def _record(subject: Subject) -> Iterator[Row]:
    manifest = subject.manifest
    logs = manifest.origin.transcript
    for session in manifest.session:
        yield from _session(session)
        if session.link == "unrelated":
            for place in session.transcript[:1]:
                why = logs[place - 1].chosen_because if place <= len(logs) else None
                if why:
                    yield Row((Piece(f"taken because {why}", "dim"),), indent=10, wrap=True)
    for log in logs:
        unknown = sum(log.unknown.values())
        if manifest.session and not (unknown or log.torn or log.left_out):
            continue
        parts = [plural(log.records, "record")]
        parts += [f"{unknown:,} of unknown kinds"] if unknown else []
        parts += [f"{log.torn:,} bytes torn at the end"] if log.torn else []
        parts += [f"left out: {log.left_out}"] if log.left_out else []
        yield Row((Piece("Log".ljust(10), "dim"), Piece(f"{log.format}: {', '.join(parts)}")), hanging=10, wrap=True)
    masked = sum(entry.count for entry in manifest.redaction)
    if masked:
        rules = ", ".join(sorted({entry.rule for entry in manifest.redaction}))
        yield Row((Piece("Masked".ljust(10), "dim"), Piece(f"{plural(masked, 'secret')} by {rules}")), wrap=True)
    for omission in manifest.omission:
        left = (Piece("Left out".ljust(10), "dim"), Piece(f"{omission.what}: {omission.reason}"))
        yield Row(left, hanging=10, wrap=True)


def _session(session: Session) -> Iterator[Row]:
    version = f" {session.versions[-1]}" if session.versions else ""
    parts = [plural(session.commands, "command"), plural(session.edits, "edit"), f"ended: {session.end}"]
    head = (Piece(f"Session {session.n}".ljust(10), "dim"), Piece(f"{session.agent}{version}: {', '.join(parts)}"))
    yield Row(head, hanging=10, wrap=True)
    if session.link == "unrelated":
        evidence = f": {session.link_evidence}" if session.link_evidence else ""
        link = (Piece("✗ ", "bad"), Piece(f"nothing ties it to these commits{evidence}"))
    else:
        link = (Piece("✓ ", "good"), Piece(session.link_evidence or f"tied by {_LINKS[session.link]}", "dim"))
    yield Row(link, indent=10, hanging=2, wrap=True)


def _event_row(event: Event, start: str | None, failed: set[int], retried: dict[int, int]) -> Row:
    kind, text, tone, right = _say(event)
    if isinstance(event, Command):
        state = "failed" if event.n in failed and event.state == "unknown" else event.state
        state = "not_conclusive" if state == "passed" and event.not_conclusive else state
        glyph, word = state_pieces(state)
        tone = "bright" if event.n in failed else "normal"
        again = f"again after {retried[event.n]} · " if event.n in retried else ""
        right = f"{again}{word}"
    else:
        bad = isinstance(event, Error | Denial) or (isinstance(event, Edit) and event.applied is False)
        glyph = Piece("✗", "bad") if bad else Piece(" ")
    when = Piece(f"{_since(start, event.time):>{_TIME_COLUMNS}}  ", "dim")
    agent = "" if event.agent == "root" else "↳ "
    undone = " · rewound" if event.discarded else ""
    right = clip_cells(right, _RIGHT_COLUMNS)
    left = (
        when,
        glyph,
        Piece(f" {agent}{kind:<{_KIND_COLUMNS - 1}} ", "dim"),
        Piece(clip(" ".join(text.split()), 500), tone),
    )
    return Row(left, (Piece(f"{right}{undone}", "dim"),) if right or undone else (), key=("event", event.seq))


def _say(event: Event) -> tuple[str, str, Tone, str]:
    match event:
        case Prompt():
            return event.via, event.text, "bright", plural(event.attachments, "attachment") if event.attachments else ""
        case Message():
            return "says", event.text, "prose", ""
        case Thought():
            return "thinks", event.text if event.text is not None else NOT_RECORDED, "dim", ""
        case Plan():
            done = sum(step.status == "completed" for step in event.steps)
            text = event.text or "; ".join(step.text for step in event.steps)
            return "plan", text, "normal", f"{done} of {len(event.steps)}" if event.steps else ""
        case Read():
            lines = f":{event.first}–{event.last or 'end'}" if event.first else ""
            return "read", f"{event.repo_path or event.path}{lines}", "normal", "failed" if event.ok is False else ""
        case Search():
            return "search", event.pattern, "normal", event.path or ""
        case Edit():
            counts = "" if event.added is None else f"+{event.added} −{event.removed or 0}"
            return event.op, event.repo_path or event.path, "normal", event.refused or counts
        case Command():
            return f"run {event.n}", event.line, "normal", ""
        case _:
            return _say_rest(event)


def _say_rest(event: Event) -> tuple[str, str, Tone, str]:
    match event:
        case Tool():
            return "tool", f"{event.tool} {event.input}", "normal", "denied" if event.denied else event.boundary
        case Question():
            return "asks", event.text, "prose", "answered" if event.answer is not None else "open"
        case Denial():
            reason = f" ({event.reason})" if event.reason else ""
            return "denied", f"{event.tool}: {event.what}{reason}", "bright", ""
        case Error():
            return "error", event.text, "bright", event.where
        case Context():
            return event.what, event.text, "dim", ""
        case End():
            return "end", event.text or event.reason, "bright", event.reason if event.text else ""
        case Unknown():
            return "unknown", f"{event.record} {event.text}", "dim", "kept as it was"
        case _:
            return event.kind, "", "dim", ""


def _details(event: Event, *, covered: bool) -> Iterator[Row]:
    words = isinstance(event, Message | Thought | End | Question)
    text = "Covered until every hunk has been seen (B uncovers it)." if covered and words else _whole(event)
    lines = text.replace("\r\n", "\n").split("\n")
    for line in lines[:_UNFOLDED_LINES]:
        yield Row((Piece("│ ", "dim"), Piece(line, "prose" if words else "normal")), indent=10, hanging=2, wrap=True)
    if len(lines) > _UNFOLDED_LINES:
        yield Row((Piece(f"│ {plural(len(lines) - _UNFOLDED_LINES, 'line')} more", "dim"),), indent=10)
    if event.source:
        yield Row((Piece(f"│ {event.source}", "dim"),), indent=10)


def _whole(event: Event) -> str:
    match event:
        case Prompt() | Message() | Error() | Context() | Unknown() | End():
            return event.text
        case Thought():
            return event.text if event.text is not None else NOT_RECORDED
        case Plan():
            return "\n".join([*([event.text] if event.text else []), *(f"{s.status}: {s.text}" for s in event.steps)])
        case Edit():
            return "\n".join(
                part for part in (event.refused, event.patch, "cut here" if event.patch_cut else "") if part
            )
        case Command():
            tests = ", ".join(f"{count} {name}" for name, count in (event.tests or {}).items())
            parts = (event.description, event.line, f"in {event.cwd}" if event.cwd else None, tests or None)
            return "\n".join(part for part in parts if part)
        case Question():
            return f"{event.text}\n{event.answer if event.answer is not None else 'no answer recorded'}"
        case Tool():
            return event.input
        case Denial():
            return f"{event.what}\n{event.reason or ''}".rstrip()
        case _:
            return ""


def _since(start: str | None, time: str | None) -> str:
    if start is None or time is None:
        return ""
    try:
        passed = int((datetime.fromisoformat(time) - datetime.fromisoformat(start)).total_seconds())
    except (ValueError, TypeError):
        return ""
    hours, rest = divmod(max(0, passed), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
