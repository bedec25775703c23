"""Open a packet for reading: everything in it, typed, and the repository that it is about where that is at hand.

Cheap first, dear later: the manifest is there at once, the diff's rows grow, the run, the contents and the repository
are read when they are asked for. What is shown as intact is said by `integrity`, not here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Self

from reviewer.checks.case import Case
from reviewer.digest import sha256
from reviewer.errors import BadPacketError, ReviewerError
from reviewer.git.quarantine import Quarantine
from reviewer.git.repository import Repository, find_repository
from reviewer.packet.change import GITLINK, ChangeEntry
from reviewer.packet.limits import DEFAULT_LIMITS, Limits
from reviewer.packet.loader import Packet, load
from reviewer.packet.mapped import digest, let_go
from reviewer.packet.member import DIFF, TIMELINE
from reviewer.run import timeline
from reviewer.workflow.changed import ChangedFiles, FileChange, file_changes
from reviewer.workflow.integrity import Proof, integrity, prove
from reviewer.workflow.locate import repository_of
from reviewer.workflow.peek import GrowingIndex, Peek, peek
from reviewer.workflow.probing.store import kept_of

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from reviewer.checks.case import SourceTree
    from reviewer.diff.model import DiffIndex, FileSpan, Side
    from reviewer.packet.manifest import Manifest
    from reviewer.run.event import Event

__all__ = ["OpenedPacket", "Peek", "Proof", "build_case", "integrity", "open_packet", "peek", "prove"]

_EMPTY = sha256(b"")


class OpenedPacket:
    """A packet that is open for reading. Close it, or use it as a context. Several threads may read.

    Attributes:
        packet, manifest: as loaded.
        rows: the diff's index while it grows; `index` is the same, whole.
    """

    def __init__(self, packet: Packet, rows: GrowingIndex, repository: Path | None, glance: Peek | None = None) -> None:
        """Keep what was opened; `repository` is where the person says it is, else it is looked for."""
        self.packet = packet
        self.manifest: Manifest = packet.manifest
        self.rows = rows
        self._named = repository
        self._glance = glance
        self._lock = threading.RLock()

    @property
    def index(self) -> DiffIndex:
        """The index of the whole diff; waits until it is complete."""
        return self.rows.finish()

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The run.

        Raises:
            BadPacketError: the timeline is damaged; the sentence has the line.
        """
        return timeline.parse(self.packet.read(TIMELINE), f"{self.packet.path.name}: {TIMELINE}")

    @cached_property
    def entries(self) -> tuple[ChangeEntry, ...]:
        """The change manifest."""
        return self.packet.change_entries()

    @cached_property
    def changes(self) -> tuple[FileChange, ...]:
        """The files of the diff, joined with the change manifest."""
        return file_changes(self.index, self.entries)

    @cached_property
    def repository(self) -> Repository | None:
        """The repository that the packet is about, None when it is not at hand.

        Raises:
            GitError: the person named one, and there is none.
        """
        if self._named is not None:
            return find_repository(self._named)
        return repository_of(self.packet.path, self.manifest)

    @cached_property
    def quarantine(self) -> Quarantine | None:
        """The repository, opened for reading; None when it is not at hand or lacks the packet's commits."""
        if self.repository is None:
            return None
        quarantine = Quarantine(self.repository)
        try:
            for commit in (self.manifest.change.base, self.manifest.change.head):
                quarantine.commit(commit)
        except ReviewerError:
            quarantine.close()
            return None
        return quarantine

    def tree(self, side: Side) -> SourceTree | None:
        """Return the whole tree of one side, None without the repository."""
        with self._lock:
            if self.quarantine is None:
                return None
            change = self.manifest.change
            return self.quarantine.tree(change.base if side == "old" else change.head)

    def content(self, path: str, side: Side, digest: str | None) -> bytes | None:
        """Return the content with this digest: from the packet, else `path` of the repository if it is the same.

        Args:
            path: where it is on that side.
            side: of the change.
            digest: SHA-256 in hex, or what a change manifest says of a submodule (then None is returned).
        """
        if digest is None or digest.startswith(GITLINK):
            return None
        if digest == _EMPTY:
            return b""
        with self._lock:
            if (blob := self.packet.blob(digest)) is not None:
                return blob
            tree = self.tree(side)
            try:
                data = None if tree is None else tree.read(path)
            except ReviewerError:
                return None
        return data if data is not None and sha256(data) == digest else None

    def blob(self, file: FileSpan, side: Side) -> bytes | None:
        """Return one side of a file of the diff, None when there is none or it is not at hand."""
        change = next((each for each in self.changes if file.path == each.path), None)
        if change is None or (side == "old" and file.status == "A") or (side == "new" and file.status == "D"):
            return None
        if side == "old":
            return self.content(change.old_path or change.path, side, change.old_digest)
        return self.content(change.path, side, change.new_digest)

    def log(self, name: str) -> bytes | None:
        """Return a command's output by its name in the packet, None when the packet does not hold it."""
        return self.packet.read(name) if self.packet.has(name) else None

    def let_go(self) -> None:
        """Give back the memory of what was read through once; nothing is closed."""
        for view in (self.packet.diff(), self.rows.index.data):
            let_go(view)

    def close(self) -> None:
        """Let go of the files and of the repository."""
        quarantine = self.__dict__.pop("quarantine", None)
        if quarantine is not None:
            quarantine.close()
        if self._glance is not None:
            self._glance.close()
        self.packet.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_packet(
    path: Path,
    *,
    limits: Limits | None = None,
    repository: Path | None = None,
    verify: bool = True,
    glance: Peek | None = None,
) -> OpenedPacket:
    """Open a packet.

    Args:
        path: a folder or a `.packet` file.
        limits: what is refused as too large.
        repository: a folder of the repository it is about; looked for by default.
        verify: check every byte against its digest now. Without it `Packet.verify` has to be called before anything is
            believed.
        glance: the same packet as `peek` gave it: its index is taken over if its bytes are those the packet pins. It is
            then closed together with the packet.

    Raises:
        BadPacketError: the packet breaks a rule of its format, its limits or its own digests.
    """
    limits = limits or DEFAULT_LIMITS
    shared = None if glance is None else glance.source(limits)
    packet = load(path, limits, verify=verify, source=shared)
    try:
        diff = packet.diff()
        checked = verify and shared is not None
        if glance is not None and not checked and digest(glance.data) != packet.listed[DIFF]:
            raise BadPacketError(
                f"{path.name}: {DIFF} is not what the packet says; it was changed after the packet was made",
                hint="what was on the screen until now cannot be believed",
            )
        rows = GrowingIndex(diff) if glance is None else glance.rows
        opened = OpenedPacket(packet, rows, repository, glance)
        opened.let_go()
    except BaseException:
        packet.close()
        raise
    return opened


def build_case(opened: OpenedPacket) -> Case:
    """Return what the checks may look at: lines and contents are read when a check asks for them."""
    return Case(
        manifest=opened.manifest,
        events=opened.events,
        files=ChangedFiles(opened.index, opened.changes, opened.content),
        before=opened.tree("old"),
        after=opened.tree("new"),
        logs=_Logs(opened),
        probed=kept_of(opened),
    )


class _Logs(Mapping[str, bytes]):
    """The outputs of the recorded commands by name, read when asked for."""

    def __init__(self, opened: OpenedPacket) -> None:
        self._opened = opened
        self._names = tuple(row.log for row in opened.manifest.command if row.log is not None)

    def __getitem__(self, name: str) -> bytes:
        log = self._opened.log(name) if name in self._names else None
        if log is None:
            raise KeyError(name)
        return log

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
