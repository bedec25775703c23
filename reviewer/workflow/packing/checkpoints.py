"""Checkpoints that commits name in a trailer: their sessions, and the session logs that are kept in git beside them.

Knows the references and folders; names and fields are `reviewer.run.attribution.entire`. A checkpoint that touched none
of the changed files is told, and its log is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.errors import ReviewerError
from reviewer.git.tree import GitTree
from reviewer.run.attribution import LineRecord, entire

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from reviewer.git.commit import CommitInfo
    from reviewer.git.quarantine import Quarantine
    from reviewer.git.tree import TreeEntry
    from reviewer.run.attribution.entire import CheckpointSession

MAX_LOGS = 512 << 20
"""Logs of all checkpoints together, bytes: git keeps what repeats itself in next to no room."""
_MAX_CHECKPOINTS = 50
_MAX_SESSIONS = 20


@dataclass(frozen=True, slots=True)
class CheckpointLog:
    """A session log from git, written to a file of ours.

    Attributes:
        path: the file; `name` is what to call it.
        session_id, agent: as the checkpoint says, None if not recorded.
        because: why it was taken.
    """

    path: Path
    name: str
    session_id: str | None
    agent: str | None
    because: str


@dataclass(slots=True)
class Checkpoints:
    """What the trailers of a range lead to.

    Attributes:
        lines, sessions, logs, notes: as LineEvidence has them.
        written: the ids of the parts of each log that was written; room: bytes that are left for more.
    """

    lines: list[LineRecord] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)
    logs: tuple[CheckpointLog, ...] = ()
    notes: list[str] = field(default_factory=list)
    written: set[tuple[str, ...]] = field(default_factory=set)
    room: int = field(default_factory=lambda: MAX_LOGS)


def read_checkpoints(
    quarantine: Quarantine, commits: Sequence[CommitInfo], paths: Collection[str], staging: Path
) -> Checkpoints:
    """Return the checkpoints that commits name.

    Args:
        quarantine: the repository.
        commits: of the range.
        paths: changed paths.
        staging: a folder of ours, for the logs.
    """
    found = Checkpoints()
    reading = _Reading(quarantine, frozenset(paths), staging, found)
    named = [(checkpoint, commit.oid) for commit in commits for checkpoint in entire.checkpoint_ids(commit.trailers)]
    for checkpoint, commit in named[:_MAX_CHECKPOINTS]:
        try:
            place = _place(quarantine, checkpoint)
            if place is None:
                found.notes.append(f"commit {commit[:12]} names checkpoint {checkpoint}, which is not here")
                continue
            reading.read(place, checkpoint, commit)
        except (ReviewerError, ValueError, OSError) as error:
            said = error.sentence if isinstance(error, ReviewerError) else str(error)
            found.notes.append(f"checkpoint {checkpoint} was not read: {said}")
    return found


def _place(quarantine: Quarantine, checkpoint: str) -> GitTree | None:
    for reference in entire.references(checkpoint):
        if (oid := quarantine.refs.get(reference)) is not None:
            return GitTree(quarantine.objects, quarantine.objects.commit(oid).tree)
    for branch in entire.BRANCHES:
        if (oid := quarantine.refs.get(branch)) is not None:
            tree = GitTree(quarantine.objects, quarantine.objects.commit(oid).tree)
            folder = tree.find(entire.folder(checkpoint))
            if folder is not None and folder.is_folder:
                return GitTree(quarantine.objects, folder.oid)
    return None


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the reading of each checkpoint needs, and where it puts what it finds."""

    quarantine: Quarantine
    paths: frozenset[str]
    staging: Path
    found: Checkpoints

    def read(self, place: GitTree, checkpoint: str, commit: str) -> None:
        """Read one checkpoint; `commit` is the one that names it."""
        for number, tree in enumerate(_sessions(self.quarantine, place)):
            data = tree.read(entire.METADATA)
            if data is None:
                continue
            session = entire.parse_metadata(data)
            if session.touched and not self.paths & set(session.touched):
                self.found.notes.append(
                    f"commit {commit[:12]} names checkpoint {checkpoint}, which touched none of the changed files: "
                    "it was left"
                )
                continue
            self._take(session, tree, f"{checkpoint}/{number}", commit)

    def _take(self, session: CheckpointSession, tree: GitTree, name: str, commit: str) -> None:
        if session.session_id is not None:
            self.found.sessions.add(session.session_id)
        self.found.lines += [
            LineRecord(
                path,
                None,
                None,
                "agent",
                agent=session.agent,
                session_id=session.session_id,
                commit=commit,
                source=f"checkpoint {name}",
            )
            for path in session.touched
            if path in self.paths
        ]
        log = self._log(tree, name)
        if log is not None:
            because = f"commit {commit[:12]} names its checkpoint {name.partition('/')[0]} in a trailer"
            called = f"checkpoint {name}"
            self.found.logs += (CheckpointLog(log, called, session.session_id, session.agent, because),)

    def _log(self, tree: GitTree, name: str) -> Path | None:
        """Return a session's log, written out; None where there is none, or one that is there already or too large."""
        entries = {entry.name.decode("utf-8", "replace"): entry for entry in self.quarantine.objects.entries(tree.oid)}
        parts = [entries[part] for part in entire.log_parts(entries) if not entries[part].is_folder]
        key = tuple(part.oid for part in parts)
        if not parts or key in self.found.written:
            return None
        size = sum(self.quarantine.objects.size(part.oid) for part in parts)
        if size > self.found.room:
            self.found.notes.append(f"the log of checkpoint {name} was left: there is too much of such logs")
            return None
        self.found.room -= size
        self.found.written.add(key)
        path = self.staging / f"checkpoint-{name.replace('/', '-')}.jsonl"
        _write(self.quarantine, parts, path)
        return path


def _sessions(quarantine: Quarantine, place: GitTree) -> Iterator[GitTree]:
    """Yield the folders of a checkpoint's sessions: numbered ones, or the checkpoint itself in the older layout."""
    entries: dict[bytes, TreeEntry] = {entry.name: entry for entry in quarantine.objects.entries(place.oid)}
    numbered = sorted((int(name), entry) for name, entry in entries.items() if name.isdigit() and entry.is_folder)
    if not numbered:
        yield place
    for _, entry in numbered[:_MAX_SESSIONS]:
        yield GitTree(quarantine.objects, entry.oid)


def _write(quarantine: Quarantine, parts: Sequence[TreeEntry], path: Path) -> None:
    """Write the parts of a session's log to a file, each from the start of a line."""
    with path.open("wb") as file:
        last = b"\n"

        def keep(chunk: bytes) -> None:
            nonlocal last
            file.write(chunk)
            last = chunk[-1:] or last

        for part in parts:
            if last != b"\n":
                file.write(b"\n")
            quarantine.objects.feed(part.oid, "blob", keep)
