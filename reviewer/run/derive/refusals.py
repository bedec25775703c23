"""Edits that a tool refused, and what became of them.

Pure. Rules: `edit-refused` (the tool says that the edit did not take effect: text not found or found twice, file not
read) and `edit-retry` (an edit of the same file by the same agent follows). A call that is of several files is one
refusal; what a person refused is a denial.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from reviewer.run.derive.facts import bounded
from reviewer.run.derive.trace import doer
from reviewer.run.event import Denial, Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.derive.facts import Row
    from reviewer.run.derive.trace import Doer, Trace
    from reviewer.run.event import Event

_NOT_REFUSED = re.compile(r"Sibling tool call errored|Cancelled: parallel tool call|^not_run$|^denied$|^cancelled$")
"""The tool never looked at the edit."""
_MOST_WAITING = 200
"""One denial is of so many edits at most."""


def refused(trace: Trace) -> tuple[list[Row], list[Row]]:
    """Return the rows of edits that a tool refused, and those of `retry` for files that were edited again after it."""
    denied = denied_edits(trace.events)
    calls = _calls(trace.events)
    rows: list[Row] = []
    open_rows: dict[tuple[Doer, str], list[Row]] = {}
    retries: dict[tuple[Doer, str], Row] = {}
    again: set[tuple[Doer, str]] = set()
    done: list[Row] = []
    for event in trace.events:
        if not isinstance(event, Edit) or not event.path or event.derived or calls.get(event.seq) == []:
            continue
        key = (doer(event), event.path)
        tried = retries.get(key)
        if tried is not None:
            tried["events"].append(event.seq)
            again.add(key)
        if event.applied is False and event.seq not in denied and not _NOT_REFUSED.search(event.refused or ""):
            row = _refused_row(event, calls.get(event.seq, [event.seq]), trace)
            rows.append(row)
            open_rows.setdefault(key, []).append(row)
            if tried is None:
                retries[key] = _retry_row(row)
        elif event.applied:
            for row in open_rows.pop(key, ()):
                row["retried"] = True
                row["events"].append(event.seq)
            if tried is not None:
                done.append({**retries.pop(key), "outcome": "fixed"})
                again.discard(key)
    left = [row for key, row in retries.items() if key in again]
    found = sorted((*done, *left), key=lambda row: row["events"][0])
    for row in (*rows, *found):
        row["events"] = bounded(row["events"])
    return rows, found


def _calls(events: Sequence[Event]) -> dict[int, list[int]]:
    """Return for the refused edits of calls that are of several files which ones belong together.

    One of them stands for its call, the one that the reason names or the first; the others have an empty list.
    """
    groups: dict[tuple[Doer, str, str | None], list[Edit]] = {}
    for event in events:
        if isinstance(event, Edit) and event.applied is False and event.source:
            groups.setdefault((doer(event), event.source, event.refused), []).append(event)
    found: dict[int, list[int]] = {}
    for edits in groups.values():
        if len(edits) > 1:
            reason = (edits[0].refused or "").replace("\\", "/")
            lead = next((edit for edit in edits if edit.path.replace("\\", "/") in reason), edits[0])
            found |= {edit.seq: [] for edit in edits}
            found[lead.seq] = [edit.seq for edit in edits]
    return found


def _refused_row(event: Edit, seqs: Sequence[int], trace: Trace) -> Row:
    return {
        "path": trace.paths.repo_path(event.path, event.session) or event.path,
        "reason": event.refused or "no reason is recorded",
        "retried": False,
        "known": "recorded",
        "rule": "edit-refused",
        "events": list(seqs),
    }


def _retry_row(row: Row) -> Row:
    return {
        "command": [],
        "path": row["path"],
        "outcome": "gave_up",
        "what_changed_between": [],
        "known": "derived",
        "rule": "edit-retry",
        "events": list(row["events"]),
    }


def denied_edits(events: Sequence[Event]) -> set[int]:
    """Return the numbers of edits that a person refused: those of its tool before a denial whose paths it names."""
    if not any(isinstance(event, Denial) for event in events):
        return set()
    waiting: dict[tuple[Doer, str], deque[Edit]] = {}
    found: set[int] = set()
    for event in events:
        if isinstance(event, Edit) and event.applied is False:
            waiting.setdefault((doer(event), event.tool), deque(maxlen=_MOST_WAITING)).append(event)
        elif isinstance(event, Denial) and (edits := waiting.pop((doer(event), event.tool), None)):
            named = {event.what, *event.what.split(", ")}
            meant = [edit.seq for edit in edits if edit.path in named]
            if not meant and edits[-1].seq == event.seq - 1:
                meant = [edits[-1].seq]
            found.update(meant)
    return found
