"""Rows of files read, commands and retries, from the events.

Pure. Each row names the events that it follows from, so that a person can check it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.derive.facts import EVENTS, bounded
from reviewer.run.derive.retries import attempts
from reviewer.run.event import Read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.derive.facts import Row
    from reviewer.run.derive.trace import Trace
    from reviewer.run.event import Command


def file_read(trace: Trace) -> list[Row]:
    """Return the files that the agent read, by path, those outside the repository last."""
    rows: dict[str, Row] = {}
    derived: dict[str, bool] = {}
    for event in trace.kept:
        if not isinstance(event, Read) or event.ok is False or not event.path:
            continue
        inside = trace.paths.repo_path(event.path, event.session)
        path = inside or event.path
        row = rows.setdefault(
            path,
            {"path": path, "times": 0, "first_at": event.time, "outside_repo": inside is None, "events": []},
        )
        row["times"] += 1
        if len(row["events"]) < EVENTS:
            row["events"].append(event.seq)
        derived[path] = derived.get(path, True) and event.derived
    for path, row in rows.items():
        row["known"] = "derived" if derived[path] else "recorded"
        if derived[path]:
            row["rule"] = "read-by-shell"
    return sorted(rows.values(), key=lambda row: (row["outside_repo"], row["path"]))


def command(trace: Trace) -> list[Row]:
    """Return the commands in order; `after_last_edit` is left out where the agent edited nothing that lasts."""
    return [_command_row(event, trace) for event in trace.commands]


def _command_row(event: Command, trace: Trace) -> Row:
    last_edit = trace.last_edit
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
        "selection": trace.said(event).selection,
        "tests": event.tests,
        "log": event.log,
        "log_cut": event.log_cut,
        "after_last_edit": None if last_edit is None else event.seq > last_edit,
        "retry_of": None,
        "known": "recorded",
        "rule": "command-state",
        "events": [event.seq],
    }


def retry(trace: Trace, commands: Sequence[Row]) -> list[Row]:
    """Return what was tried again; each later attempt in `commands` gets `retry_of`."""
    by_number = {row["n"]: row for row in commands}
    rows: list[Row] = []
    for attempt in attempts(trace):
        for earlier, later in zip(attempt.commands, attempt.commands[1:], strict=False):
            by_number[later]["retry_of"] = earlier
        rows.append(
            {
                "command": list(attempt.commands),
                "outcome": attempt.outcome,
                "what_changed_between": list(attempt.changed),
                "known": "derived",
                "rule": attempt.rule,
                "events": bounded(attempt.events),
            }
        )
    return rows
