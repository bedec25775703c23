"""Sections 4 to 6: the run from prompt to end, its commands, and what was tried again.

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
from reviewer.tui.pages.field import NOT_RECORDED, grade, seconds, state_pieces
from reviewer.tui.row import BLANK, Piece, Row, Tone, clip_cells, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.packet.manifest import CommandRow
    from reviewer.run.event import Event
    from reviewer.tui.pages.subject import Subject

_TIME_COLUMNS = 8
_KIND_COLUMNS = 9
_RIGHT_COLUMNS = 36
_UNFOLDED_LINES = 400
_FAILED = frozenset({"failed", "denied", "cancelled"})


def timeline(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 4: every event in order, by turn; usage records are counted, not listed."""
    manifest, events = subject.manifest, subject.events
    yield from _record(subject)
    if not events:
        yield Row((Piece("⊘ ", "dim"), Piece("No timeline: the packet was made without an agent's log", "dim")))
        return
    start = next((event.time for event in events if event.time), None)
    failed = {command.n for command in manifest.command if command.state in _FAILED}
    retried = {command.n: command.retry_of for command in manifest.command if command.retry_of}
    spent = _spent(events)
    turn = -1
    for event in events:
        if isinstance(event, Usage):
            continue
        if event.turn != turn:
            turn = event.turn
            yield BLANK
            yield label(f"Turn {turn}" if turn else "Before the first prompt", spent.get(turn, ""))
        yield _event_row(event, start, failed, retried)
        if ("event", event.seq) in subject.unfolded:
            yield from _details(event, covered=subject.covered)


def commands(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 5: each command with its state; Enter opens its output."""
    rows = subject.manifest.command
    if not rows:
        yield Row((Piece("⊘ ", "dim"), Piece("No commands recorded", "dim")))
        return
    failed = sum(command.state in _FAILED for command in rows)
    unclear = sum(standing(command) in {"not_conclusive", "unknown"} for command in rows)
    parts = [plural(len(rows), "command"), f"{failed} failed"]
    parts += [f"{unclear} not conclusive or not recorded"] if unclear else []
    yield label(", ".join(parts))
    yield BLANK
    for command in rows:
        yield from _command_rows(command)


def retries(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 6: each chain of attempts, what came of it and what changed between."""
    rows = subject.manifest.retry
    if not subject.manifest.command:
        yield Row((Piece("⊘ ", "dim"), Piece("No commands recorded", "dim")))
        return
    if not rows:
        yield Row((Piece("No command was tried again after it failed.", "dim"),), grade("derived"))
        return
    outcomes: dict[str, tuple[str, Tone, str]] = {
        "fixed": ("✓", "good", "fixed"),
        "gave_up": ("✗", "bad", "gave up"),
        "changed_test": ("!", "warn", "passed after a test was changed"),
    }
    for number, retry in enumerate(rows, 1):
        glyph, tone, word = outcomes[retry.outcome]
        head = (Piece(f"{glyph} ", tone), Piece(f"{plural(len(retry.command), 'attempt')}", "name"), Piece(f", {word}"))
        yield from (BLANK,) if number > 1 else ()
        yield Row(head, grade(retry.known))
        for n in retry.command:
            if n in subject.commands:
                yield from _command_rows(subject.commands[n], indent=2)
        changed = ", ".join(retry.what_changed_between) or "nothing recorded"
        left = (Piece("changed between  ", "dim"), Piece(changed))
        yield Row(left, indent=2, hanging=17, wrap=True)


def _spent(events: Sequence[Event]) -> dict[int, str]:
    """Return what each turn's answers of the model cost, which would be a row after every one of them."""
    tokens: dict[int, int] = {}
    for event in events:
        if isinstance(event, Usage) and event.output_tokens:
            tokens[event.turn] = tokens.get(event.turn, 0) + event.output_tokens
    return {turn: f"{count:,} tokens out" for turn, count in tokens.items()}


def _record(subject: Subject) -> Iterator[Row]:
    manifest = subject.manifest
    for log in manifest.origin.transcript:
        unknown = sum(log.unknown.values())
        parts = [plural(log.records, "record")]
        parts += [f"{unknown:,} of unknown kinds"] if unknown else []
        parts += [f"{log.torn:,} bytes torn at the end"] if log.torn else []
        parts += [f"left out: {log.left_out}"] if log.left_out else []
        yield Row((Piece("Log".ljust(10), "dim"), Piece(f"{log.format}: {', '.join(parts)}")), hanging=10, wrap=True)
        if log.chosen_because:
            yield Row((Piece(" " * 10), Piece(log.chosen_because, "dim")), hanging=10, wrap=True)
    masked = sum(entry.count for entry in manifest.redaction)
    if masked:
        rules = ", ".join(sorted({entry.rule for entry in manifest.redaction}))
        yield Row((Piece("Masked".ljust(10), "dim"), Piece(f"{plural(masked, 'secret')} by {rules}")), wrap=True)
    for omission in manifest.omission:
        left = (Piece("Left out".ljust(10), "dim"), Piece(f"{omission.what}: {omission.reason}"))
        yield Row(left, hanging=10, wrap=True)


def standing(command: CommandRow) -> str:
    """Return a command's state; one that passed behind a pipe or `|| true` proved nothing, and is not said to pass."""
    return "not_conclusive" if command.state == "passed" and command.not_conclusive else command.state


def _command_rows(command: CommandRow, *, indent: int = 0) -> Iterator[Row]:
    glyph, word = state_pieces(standing(command))
    tone: Tone = "bright" if command.state in _FAILED else "normal"
    left = (glyph, Piece(f" {command.n:>4}  ", "dim"), Piece(clip(" ".join(command.line.split())), tone))
    right = (Piece(f"{word}  {seconds(command.seconds):>7}", "dim"),)
    yield Row(left, right, key=("command", command.n), indent=indent)
    notes = []
    if command.exit_code not in {None, 0}:
        notes.append(f"exit {command.exit_code}")
    if command.not_conclusive:
        notes.append(f"its exit code says nothing: {command.not_conclusive}")
    if command.retry_of:
        notes.append(f"again after {command.retry_of}")
    if command.after_last_edit is False and command.kind == "test":
        notes.append("before the last edit")
    if notes:
        yield Row((Piece(" · ".join(notes), "dim"),), indent=indent + 8, wrap=True)


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
        Piece(f" {agent}{kind:<{_KIND_COLUMNS}}", "dim"),
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
            return "read", f"{event.path}{lines}", "normal", "failed" if event.ok is False else ""
        case Search():
            return "search", f"{event.pattern}{f' in {event.path}' if event.path else ''}", "normal", ""
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
