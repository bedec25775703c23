"""What recorders beside the agents say of this change: read from git and the work tree, held against the diff.

Knows where such records are kept; what they say is parsed by `reviewer.run.attribution`. A record can be wider than the
change, or of another one altogether: only what touches lines of this change is kept, and the rest is counted.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from reviewer.errors import GitError, ReviewerError
from reviewer.git.notes import read_note
from reviewer.paths import read_plain
from reviewer.run.attribution import LineRecord, Recorded, SessionPointer, agent_trace, git_ai
from reviewer.run.attribution.record import MAX_RECORDS
from reviewer.run.derive import PathMap
from reviewer.text import plural
from reviewer.workflow.packing.added_lines import added_lines
from reviewer.workflow.packing.checkpoints import read_checkpoints

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from reviewer.git.commit import CommitInfo
    from reviewer.git.quarantine import Quarantine
    from reviewer.workflow.packing.added_lines import Ranges
    from reviewer.workflow.packing.checkpoints import CheckpointLog
    from reviewer.workflow.packing.commit_range import CommitRange

NOTES_REF = "refs/notes/ai"
TRACES = ".agent-trace/traces.jsonl"
MAX_ROWS = 2_000
_MOST_ROWS = 10 * MAX_ROWS
"""So many are counted; beyond, there are more."""
_MAX_NOTES = 32 << 20
"""Notes of all commits together, bytes."""
_MAX_TRACES = 16 << 20
_MAX_COMMITS = 500
_SLACK = 600
"""A record may be written a little after the commit that it is about; seconds."""


@dataclass(slots=True)
class LineEvidence:
    """What was found.

    Attributes:
        rows: of the manifest's `[[attribution]]`.
        named: session ids that notes, records and checkpoints name.
        noted: those that a note or a record names; trailed: those that a commit's trailer leads to.
        logs: session logs kept in git, written to our staging folder.
        notes: what the person should know.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    noted: set[str] = field(default_factory=set)
    trailed: set[str] = field(default_factory=set)
    logs: tuple[CheckpointLog, ...] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def named(self) -> frozenset[str]:
        """Session ids that any of them names."""
        return frozenset(self.noted | self.trailed)


def find_evidence(
    quarantine: Quarantine,
    span: CommitRange,
    commits: Sequence[CommitInfo],
    paths: Collection[str],
    *,
    diff: Path,
    staging: Path,
) -> LineEvidence:
    """Return what recorders say of a change; nothing here stops a packet from being made.

    Args:
        quarantine: the repository.
        span: which commits.
        commits: the same, in their order.
        paths: changed paths, old names of renames included.
        diff: the change as git's diff.
        staging: a folder of ours; logs that are kept in git are written there.
    """
    found = LineEvidence()
    records = [
        *_from_notes(quarantine, commits[-_MAX_COMMITS:], found),
        *_from_traces(quarantine, span, commits, paths, found),
    ]
    checkpoints = read_checkpoints(quarantine, commits, frozenset(paths), staging)
    found.trailed |= checkpoints.sessions
    found.logs, found.rows = checkpoints.logs, [_row(record, record.first, record.last) for record in checkpoints.lines]
    found.notes += checkpoints.notes
    if records:
        wanted = {record.path for record in records}
        found.rows += _held(records, added_lines(diff, wanted), quarantine, span)
    if len(found.rows) > MAX_ROWS:
        more = " and more" if len(found.rows) >= _MOST_ROWS else ""
        found.notes.append(f"{plural(len(found.rows) - MAX_ROWS, 'row')}{more} of line evidence left out: too many")
        del found.rows[MAX_ROWS:]
    return found


def _from_notes(quarantine: Quarantine, commits: Sequence[CommitInfo], found: LineEvidence) -> list[LineRecord]:
    try:
        oid = quarantine.refs.get(NOTES_REF)
        if oid is None:
            return []
        root = quarantine.objects.commit(oid).tree
    except ReviewerError as error:
        found.notes.append(f"git-ai notes were not read: {error.sentence}")
        return []
    records: list[LineRecord] = []
    left = _MAX_NOTES
    for commit in commits:
        if left < 0 or len(records) >= MAX_RECORDS:
            found.notes.append(f"git-ai notes from {commit.oid[:12]} on were not read: there are too many")
            break
        try:
            note = read_note(quarantine.objects, root, commit.oid)
        except ReviewerError as error:
            found.notes.append(f"the git-ai note of {commit.oid[:12]} was not read: {error.sentence}")
            continue
        if note is not None:
            left -= len(note)
            records += _taken(git_ai.parse(note, commit.oid, NOTES_REF), found)
    return records


def _taken(recorded: Recorded, found: LineEvidence) -> tuple[LineRecord, ...]:
    found.notes += recorded.problems
    found.noted |= {pointer.session_id for pointer in recorded.sessions if pointer.session_id is not None}
    return recorded.lines


def _from_traces(
    quarantine: Quarantine,
    span: CommitRange,
    commits: Sequence[CommitInfo],
    paths: Collection[str],
    found: LineEvidence,
) -> list[LineRecord]:
    data = _traces(quarantine, span, found)
    if data is None:
        return []
    recorded = agent_trace.parse(data, TRACES)
    root = quarantine.repository.work_tree
    places = PathMap(paths, None if root is None else str(root), (), {record.path for record in recorded.lines})
    known = {commit.oid for commit in commits} | {span.base}
    start, end = quarantine.commit(span.base).committer_time, quarantine.commit(span.head).committer_time + _SLACK
    kept: list[LineRecord] = []
    for record in recorded.lines:
        path = places.repo_path(record.path)
        if path not in paths or path is None:
            continue
        # The revision is the commit before the change; without one, only the time can tell which change it was.
        is_ours = record.parent in known if record.parent else start <= (_seconds(record.time) or 0) <= end
        if is_ours:
            kept.append(_at(record, path))
    sessions = {record.session_id for record in kept}
    pointers = tuple(pointer for pointer in recorded.sessions if pointer.session_id in sessions)
    found.notes += recorded.problems
    if others := len(recorded.lines) - len(kept):
        found.notes.append(f"{TRACES}: {plural(others, 'record')} of other changes left aside")
    _taken(Recorded(sessions=_only_ids(pointers)), found)
    return kept


def _only_ids(pointers: Iterable[SessionPointer]) -> tuple[SessionPointer, ...]:
    return tuple(pointer for pointer in pointers if pointer.session_id is not None)


def _traces(quarantine: Quarantine, span: CommitRange, found: LineEvidence) -> bytes | None:
    """Return the records of the work tree, or else those that are committed."""
    root = quarantine.repository.work_tree
    if root is not None:
        try:
            return read_plain(root / TRACES, _MAX_TRACES)
        except OSError:
            pass
    try:
        data = quarantine.tree(span.head).read(TRACES)
    except GitError as error:
        found.notes.append(f"{TRACES} was not read: {error.sentence}")
        return None
    return None if data is None else data[-_MAX_TRACES:]


def _at(record: LineRecord, path: str) -> LineRecord:
    from dataclasses import replace

    return replace(record, path=path)


def _seconds(time: str | None) -> float | None:
    try:
        return None if time is None else datetime.fromisoformat(time).timestamp()
    except ValueError:
        return None


def _held(
    records: Sequence[LineRecord], added: dict[str, Ranges], quarantine: Quarantine, span: CommitRange
) -> list[dict[str, Any]]:
    """Return rows for what the records say of added lines; several beside one another become one."""
    rows: list[dict[str, Any]] = []
    same: dict[tuple[str, str], bool] = {}
    for record in records:
        if record.path not in added:
            continue
        if record.commit is not None and not _is_same(quarantine, record, span, same):
            # A later commit moved the lines: what was said of the file still holds, where it stood does not.
            _add(rows, _row(record, None, None))
            continue
        if len(rows) >= _MOST_ROWS:
            break
        for low, high in _overlap(record, added[record.path]):
            _add(rows, _row(record, low, high))
    return sorted(rows, key=lambda row: (row["path"], row["first"] or 0, row["source"]))


def _overlap(record: LineRecord, ranges: Ranges) -> Iterator[tuple[int, int]]:
    """Yield what a record and the added lines have in common; a file may have very many of both."""
    start = bisect_left(ranges, record.first or 0, key=itemgetter(1))
    for place in range(start, len(ranges)):
        first, last = ranges[place]
        if record.last is not None and first > record.last:
            break
        yield max(first, record.first or first), min(last, record.last or last)


def _add(rows: list[dict[str, Any]], row: dict[str, Any]) -> None:
    if rows:
        last = rows[-1]
        is_same = all(last[name] == row[name] for name in row if name not in {"first", "last", "source"})
        if is_same and row["first"] is None and last["first"] is None:
            return
        if is_same and None not in {row["first"], last["last"]} and row["first"] == last["last"] + 1:
            last["last"] = row["last"]
            return
    rows.append(row)


def _is_same(quarantine: Quarantine, record: LineRecord, span: CommitRange, same: dict[tuple[str, str], bool]) -> bool:
    """Return whether a file at the record's commit is what it is at the head."""
    if record.commit is None or record.commit == span.head:
        return True
    key = (record.commit, record.path)
    if key not in same:
        try:
            then, now = (quarantine.tree(oid).find(record.path) for oid in (record.commit, span.head))
        except ReviewerError:
            same[key] = False
        else:
            same[key] = then is not None and now is not None and then.oid == now.oid
    return same[key]


def _row(record: LineRecord, first: int | None, last: int | None) -> dict[str, Any]:
    return {
        "path": record.path,
        "first": first,
        "last": last,
        "by": record.by,
        "agent": record.agent,
        "model": record.model,
        "session_id": record.session_id,
        "commit": record.commit,
        "source": record.source,
        "known": "recorded",
    }
