"""Rows of files read, commands, retries, tools, assumptions and claims, from the events.

Pure. Each row names the events that it follows from, so that a person can check it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.derive.retries import attempts
from reviewer.run.derive.words import assumptions, claims
from reviewer.run.event import Command, Denial, Edit, Question, Read, Search, Tool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.derive.facts import Row
    from reviewer.run.derive.paths import PathMap
    from reviewer.run.event import Boundary, Event

_EVENTS = 50
"""A row names this many events at most; the first ones."""
_REMOTE = re.compile(r"\bgit\b.*\b(?:push|pull|fetch|clone|ls-remote)\b|\b(?:docker|podman) (?:pull|push)\b")
_HIDDEN_WRAPPERS = frozenset(("result without call",))


def file_read(events: Sequence[Event], paths: PathMap) -> list[Row]:
    """Return the files that the agent read, by path, those outside the repository last."""
    rows: dict[str, Row] = {}
    derived: dict[str, bool] = {}
    for event in events:
        if not isinstance(event, Read) or event.ok is False or not event.path:
            continue
        inside = paths.repo_path(event.path)
        path = inside or event.path
        row = rows.setdefault(
            path,
            {"path": path, "times": 0, "first_at": event.time, "outside_repo": inside is None, "events": []},
        )
        row["times"] += 1
        row["events"].append(event.seq)
        derived[path] = derived.get(path, True) and event.derived
    for path, row in rows.items():
        row["known"] = "derived" if derived[path] else "recorded"
        if derived[path]:
            row["rule"] = "read-by-shell"
        row["events"] = row["events"][:_EVENTS]
    return sorted(rows.values(), key=lambda row: (row["outside_repo"], row["path"]))


def command(events: Sequence[Event]) -> list[Row]:
    """Return the commands in order; `after_last_edit` is left out where the agent edited nothing."""
    last_edit = max((event.seq for event in events if isinstance(event, Edit) and event.applied), default=None)
    return [_command_row(event, last_edit) for event in events if isinstance(event, Command)]


def _command_row(event: Command, last_edit: int | None) -> Row:
    return {
        "n": event.n,
        "line": event.line,
        "cwd": event.cwd,
        "started": event.time,
        "seconds": event.seconds,
        "exit_code": event.exit_code,
        "kind": event.command_kind,
        "state": event.state,
        "not_conclusive": event.not_conclusive,
        "log": event.log,
        "after_last_edit": None if last_edit is None else event.seq > last_edit,
        "retry_of": None,
        "known": "recorded",
        "rule": "command-state",
        "events": [event.seq],
    }


def retry(events: Sequence[Event], paths: PathMap, commands: Sequence[Row]) -> list[Row]:
    """Return what was tried again; each later attempt in `commands` gets `retry_of`."""
    by_number = {row["n"]: row for row in commands}
    rows: list[Row] = []
    for attempt in attempts(events, paths):
        for earlier, later in zip(attempt.commands, attempt.commands[1:], strict=False):
            by_number[later]["retry_of"] = earlier
        rows.append(
            {
                "command": list(attempt.commands),
                "outcome": attempt.outcome,
                "what_changed_between": list(attempt.changed),
                "known": "derived",
                "rule": attempt.rule,
                "events": list(attempt.events[:_EVENTS]),
            }
        )
    return rows


def tool_call(events: Sequence[Event], paths: PathMap) -> list[Row]:
    """Return calls by tool and by what they reach (rule `boundary`)."""
    rows: dict[tuple[str, Boundary], Row] = {}
    denied = {event.seq - 1 for event in events if isinstance(event, Denial)}
    for event in events:
        for tool, boundary, was_denied in _calls(event, paths):
            row = rows.setdefault(
                (tool, boundary),
                {"tool": tool, "boundary": boundary, "times": 0, "denied": 0, "known": "derived", "rule": "boundary",
                 "events": []},
            )  # fmt: skip
            if was_denied or (isinstance(event, (Edit, Read)) and event.seq in denied):
                row["denied"] += 1
            else:
                row["times"] += 1
            if len(row["events"]) < _EVENTS:
                row["events"].append(event.seq)
    return [rows[key] for key in sorted(rows)]


def _calls(event: Event, paths: PathMap) -> Iterator[tuple[str, Boundary, bool]]:
    match event:
        case Command():
            remote = event.command_kind in {"network", "install"} or _REMOTE.search(event.line) is not None
            yield "shell", "network" if remote else "host", event.state == "denied"
        case Read(derived=False):
            yield "read", "repo" if paths.repo_path(event.path) else "host", False
        case Edit():
            inside = paths.repo_path(event.path) is not None
            yield event.tool or "edit", "repo" if inside else "host", False
        case Search():
            outside = (
                event.path is not None and event.path.startswith("/") and paths.repo_path(event.path + "/x") is None
            )
            yield event.tool or "search", "host" if outside else "repo", False
        case Tool() if event.tool not in _HIDDEN_WRAPPERS:
            yield event.tool, event.boundary, event.denied
        case Question():
            yield "question", "host", False
        case _:
            return


def assumption(events: Sequence[Event]) -> list[Row]:
    """Return what the agent says it takes for granted, quoted, with the line of the timeline."""
    return [
        {
            "text": found.text,
            "where": f"timeline.jsonl:{found.event.seq}",
            "known": "derived",
            "rule": found.rule,
            "events": [found.event.seq],
        }
        for found in assumptions(events)
    ]


def claim(events: Sequence[Event]) -> list[Row]:
    """Return what the agent says passed, quoted, with the command that bears it out where there is one."""
    return [
        {
            "text": found.text,
            "at": found.event.time,
            "evidence": found.evidence.n if found.evidence is not None else None,
            "known": "derived",
            "rule": found.rule,
            "events": [found.event.seq, *([found.evidence.seq] if found.evidence is not None else [])],
        }
        for found in claims(events)
    ]
