"""What the run reached: tools by boundary, hosts, and effects that the change does not show.

Pure. Rules: `boundary` (repository, this machine, network, MCP server), `hosts-named`, `effect` (what reverting the
change does not undo). What was denied or did not run reached nothing; what the log does not tell stays untold.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.derive import shell
from reviewer.run.derive.facts import EVENTS
from reviewer.run.derive.refusals import denied_edits
from reviewer.run.derive.trace import DID_NOT_RUN
from reviewer.run.event import Command, Edit, Question, Read, Search, Tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.derive.edits import Ledger
    from reviewer.run.derive.facts import Row
    from reviewer.run.derive.trace import Trace
    from reviewer.run.event import Boundary, Event

_NOT_A_TOOL = frozenset(("result without call",))
_URL = re.compile(r"\b(?:https?|wss?|ftp)://(?:[^\s/\"'\\@]{0,200}@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]{1,253})")
_WRITES = re.compile(
    r"(?:^|[_\W])(?:create|add|update|edit|write|delete|remove|send|post|put|push|merge|comment|set|upload|publish"
    r"|insert|append|close|assign|move|rename|trigger|deploy|execute|run)(?:$|[_\W])"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COMMIT = ("git commit", "git add")
_SHOWN = 500
"""Of the input of a tool that writes somewhere, so many characters are told."""
_MOST_HOSTS = 2_000


def tool_call(trace: Trace) -> list[Row]:
    """Return calls by tool and by what they reach (rule `boundary`)."""
    rows: dict[tuple[str, Boundary], Row] = {}
    denied = denied_edits(trace.events)
    for event in trace.events:
        for tool, boundary, was_denied in _calls(event, trace, denied):
            row = rows.setdefault(
                (tool, boundary),
                {"tool": tool, "boundary": boundary, "times": 0, "denied": 0, "known": "derived", "rule": "boundary",
                 "events": []},
            )  # fmt: skip
            row["denied" if was_denied else "times"] += 1
            if len(row["events"]) < EVENTS:
                row["events"].append(event.seq)
    return [rows[key] for key in sorted(rows)]


def _calls(event: Event, trace: Trace, denied: set[int]) -> Iterator[tuple[str, Boundary, bool]]:
    paths = trace.paths
    match event:
        case Command():
            yield "shell", "network" if shell.is_remote(event, trace.said(event)) else "host", event.state == "denied"
        case Read(derived=False):
            yield "read", "repo" if paths.repo_path(event.path, event.session) else "host", False
        case Edit(derived=False):
            inside = paths.repo_path(event.path, event.session) is not None
            yield event.tool or "edit", "repo" if inside else "host", event.seq in denied
        case Search(derived=False):
            place = event.path
            outside = place is not None and place.startswith("/") and not paths.repo_path(f"{place}/x", event.session)
            yield event.tool or "search", "host" if outside else "repo", False
        case Tool() if event.tool not in _NOT_A_TOOL:
            yield event.tool, event.boundary, event.denied
        case Question():
            yield "question", "host", False
        case _:
            return


def host(trace: Trace) -> list[Row]:
    """Return the hosts that commands and web tools that ran name (rule `hosts-named`); those of MCP servers are not."""
    rows: dict[str, Row] = {}
    for event in trace.events:
        for name, way in _named(event, trace):
            key = name.lower().rstrip(".")
            row = rows.get(key)
            if row is None:
                if len(rows) >= _MOST_HOSTS:
                    continue
                row = rows[key] = {"host": key, "times": 0, "ways": [], "known": "derived", "rule": "hosts-named",
                                   "events": []}  # fmt: skip
            row["times"] += 1
            if way not in row["ways"]:
                row["ways"].append(way)
            if len(row["events"]) < EVENTS:
                row["events"].append(event.seq)
    return [rows[key] for key in sorted(rows)]


def _named(event: Event, trace: Trace) -> Iterator[tuple[str, str]]:
    if isinstance(event, Command) and event.state not in DID_NOT_RUN:
        yield from dict.fromkeys(trace.said(event).hosts)
    elif isinstance(event, Tool) and event.boundary == "network" and not event.denied:
        for name in dict.fromkeys(_URL.findall(event.input)):
            if not shell.is_here(name):
                yield name, event.tool


def effect(trace: Trace, book: Ledger) -> list[Row]:
    """Return what the run did that the change does not show, in the order of the run (rule `effect`)."""
    rows: dict[tuple[str, str], Row] = {}
    for event in trace.events:
        for what, text, reached in _done(event, trace, book):
            row = rows.setdefault(
                (what, text),
                {"what": what, "text": text, "reached": reached, "known": "derived", "rule": "effect", "events": []},
            )
            if reached or (reached is None and row["reached"] is False):
                row["reached"] = reached
            if len(row["events"]) < EVENTS:
                row["events"].append(event.seq)
    return list(rows.values())


def _done(event: Event, trace: Trace, book: Ledger) -> Iterator[tuple[str, str, bool | None]]:
    match event:
        case Command():
            reached = shell.reached(event)
            for what, text in trace.said(event).effects:
                # Its edits outside the repository are told where they took effect, and its commits are the change.
                if not (what == "file_outside" and text in book.outside) and not text.startswith(_COMMIT):
                    yield what, text, reached
        case Edit() if event.path and event.applied is not False:
            if trace.paths.repo_path(event.path, event.session) is None:
                yield "file_outside", event.path, event.applied
        case Tool(boundary="mcp" | "network") if _WRITES.search(_HUMP.sub("_", event.tool).lower()):
            reached = False if event.denied else True if event.ok else None
            yield "network_write", f"{event.tool} {event.input[:_SHOWN]}".strip(), reached
        case _:
            return
