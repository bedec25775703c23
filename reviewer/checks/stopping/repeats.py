"""What was tried again and again without anything having changed between: commands that fail, edits that are refused.

Pure. An edit that took effect, an installation, a person's word and a success of the same each begin a new count.
Asking a server whether it is up yet is waiting, and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from reviewer.run.event import Command, Context, Edit, Prompt
from reviewer.run.shell.command_line import analyse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.event import Event

BLIND = 3
"""So many failures with nothing between are told: the second may be a check of whether the first was a flaw."""
_WAITS = ("sleep", "until ", "while ", "wait", "poll", "watch ")
_CHANGES = frozenset(("install",))

_Doer: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same failing again and again: what, and the events, in order."""

    what: str
    events: tuple[int, ...]
    commands: tuple[int, ...] = ()


@dataclass(slots=True)
class _Open:
    """Failures since something last changed."""

    line: str
    events: list[int] = field(default_factory=list)
    commands: list[int] = field(default_factory=list)


def failing_commands(events: Sequence[Event]) -> Iterator[Repeat]:
    """Yield commands that failed `BLIND` times or more with nothing changed between."""
    running: dict[tuple[_Doer, str, str | None], _Open] = {}
    for event in events:
        known = analyse(event.line) if isinstance(event, Command) else None
        key = (_doer(event), known.key or event.line, event.cwd) if isinstance(event, Command) and known else None
        if _changes(event):
            # What a command leaves behind by itself does not make its next try another one.
            yield from _closed({other: one for other, one in running.items() if other != key})
            running = {key: running[key]} if key in running else {}
        if not isinstance(event, Command) or known is None or key is None or event.background:
            continue
        if event.state == "failed":
            if event.command_kind in {"network", "vcs"} or known.hosts or any(word in event.line for word in _WAITS):
                continue
            one = running.setdefault(key, _Open(event.line))
            one.events.append(event.seq)
            one.commands.append(event.n)
        elif event.state == "passed" and key in running:
            yield from _closed({key: running.pop(key)})
    yield from _closed(running)


def refused_edits(events: Sequence[Event]) -> Iterator[Repeat]:
    """Yield files of which `BLIND` edits or more in a row were refused."""
    running: dict[tuple[_Doer, str], _Open] = {}
    for event in events:
        if isinstance(event, Prompt):
            yield from _closed(running)
            running.clear()
        if not isinstance(event, Edit):
            continue
        key = (_doer(event), event.path)
        if event.applied is False:
            running.setdefault(key, _Open(event.repo_path or event.path)).events.append(event.seq)
        elif key in running:
            yield from _closed({key: running.pop(key)})
    yield from _closed(running)


def _closed(running: dict[tuple[_Doer, str, str | None], _Open] | dict[tuple[_Doer, str], _Open]) -> Iterator[Repeat]:
    for one in running.values():
        if len(one.events) >= BLIND:
            yield Repeat(one.line, tuple(one.events), tuple(one.commands))


def _changes(event: Event) -> bool:
    """Return whether anything that a command depends on may be other after an event."""
    if isinstance(event, Edit):
        return event.applied is not False and event.repo_path is not None
    if isinstance(event, Command):
        if event.state in {"denied", "not_run"}:
            return False
        known = analyse(event.line)
        return event.command_kind in _CHANGES or bool(known.edits or known.effects or known.formats)
    return isinstance(event, Prompt) or (isinstance(event, Context) and event.what in {"rewind", "session", "branch"})


def _doer(event: Event) -> _Doer:
    return event.session, event.agent
