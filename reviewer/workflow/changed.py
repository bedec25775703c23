"""The files of a change with everything that is known of them: diff, modes, content of both sides.

Joins three sources that name the same paths: the row index, the change manifest and the contents at hand. Lines and
contents are made when they are asked for, because a change may have a million of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, overload

from reviewer.checks.case import ChangedFile, ChangedLine
from reviewer.diff.model import RowKind
from reviewer.packet.change import ABSENT_MODE, GITLINK, ChangeEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewer.diff.model import DiffIndex, FileSpan, Side

Content: TypeAlias = Callable[[str, "Side", str | None], bytes | None]
"""Gives the content of (path, side, its digest in the change manifest), None when it is not at hand."""

_CONTEXT = int(RowKind.CONTEXT)

KEPT_BYTES = 4 << 20
"""Changes with no more content than this are kept once made; larger ones are made anew each time."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One path of the change.

    Attributes:
        spans: its entries in the diff, in order; a change of type has two, a path that the diff leaves out none.
        old_entry, new_entry: the change manifest's entries that hold its old and its new side (the same one, but for a
            rename or copy).
    """

    path: str
    old_path: str | None
    status: str
    spans: tuple[FileSpan, ...]
    old_entry: ChangeEntry | None
    new_entry: ChangeEntry | None

    @property
    def old_digest(self) -> str | None:
        """What the change manifest says of the old content."""
        return None if self.status == "A" or self.old_entry is None else self.old_entry.old

    @property
    def new_digest(self) -> str | None:
        """What the change manifest says of the new content."""
        return None if self.new_entry is None else self.new_entry.new

    @property
    def old_mode(self) -> str | None:
        """Git's mode before, None where there was no file."""
        return None if self.status == "A" or self.old_entry is None else _mode(self.old_entry.old_mode)

    @property
    def new_mode(self) -> str | None:
        """Git's mode after, None where there is no file."""
        return None if self.new_entry is None else _mode(self.new_entry.new_mode)

    @property
    def binary(self) -> bool:
        """Whether the diff shows it without lines."""
        return any(span.binary for span in self.spans)


def file_changes(index: DiffIndex, entries: Iterable[ChangeEntry]) -> tuple[FileChange, ...]:
    """Return the files of the diff in its order, each with its entries of the change manifest."""
    by_path = {entry.path: entry for entry in entries}
    groups: dict[str, list[FileSpan]] = {}
    for span in index.files:
        groups.setdefault(span.path, []).append(span)
    return tuple(_file_change(path, tuple(spans), by_path) for path, spans in groups.items())


def _file_change(path: str, spans: tuple[FileSpan, ...], by_path: Mapping[bytes, ChangeEntry]) -> FileChange:
    first = spans[0]
    status = "T" if len(spans) > 1 else first.status
    entry = by_path.get(path_bytes(path))
    source = entry if first.old_path is None else by_path.get(path_bytes(first.old_path))
    return FileChange(path, first.old_path, status, spans, source, entry)


def path_bytes(path: str) -> bytes:
    """Return a diff's path as the bytes that git has."""
    return path.encode("utf-8", "surrogateescape")


def _mode(mode: str) -> str | None:
    return None if mode == ABSENT_MODE else mode


class ChangedLines(Sequence[ChangedLine]):
    """The added or removed lines of some files' diffs, read from the patch when they are asked for."""

    __slots__ = ("_index", "_kind", "_length", "_side", "_spans")

    def __init__(self, index: DiffIndex, spans: Sequence[FileSpan], side: Side) -> None:
        """Stand for the lines that only `side` has."""
        self._index = index
        self._spans = spans
        self._side = side
        self._kind = RowKind.REMOVED if side == "old" else RowKind.ADDED
        self._length = sum(span.removed if side == "old" else span.added for span in spans)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[ChangedLine]:
        index, wanted = self._index, int(self._kind)
        for span in self._spans:
            for hunk in span.hunks:
                number = hunk.old_start if self._side == "old" else hunk.new_start
                first = hunk.first + 1
                for kind, raw in zip(index.kinds(first, hunk.last), index.raws(first, hunk.last), strict=True):
                    if kind == wanted:
                        yield ChangedLine(number, raw[1:])
                        number += 1
                    elif kind == _CONTEXT:
                        number += 1

    @overload
    def __getitem__(self, key: int) -> ChangedLine: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[ChangedLine]: ...
    def __getitem__(self, key: int | slice) -> ChangedLine | Sequence[ChangedLine]:
        if isinstance(key, slice):
            return tuple(self)[key]
        place = key + self._length if key < 0 else key
        for at, line in enumerate(self):
            if at == place:
                return line
        raise IndexError(key)


class ChangedFiles(Sequence[ChangedFile]):
    """The changed files as checks read them, made when they are asked for."""

    def __init__(self, index: DiffIndex, changes: Sequence[FileChange], content: Content) -> None:
        """Join `changes` with their lines and contents."""
        self._index = index
        self._changes = changes
        self._content = content
        self._kept: dict[int, ChangedFile] = {}
        self._kept_bytes = 0

    def __len__(self) -> int:
        return len(self._changes)

    @overload
    def __getitem__(self, key: int) -> ChangedFile: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[ChangedFile]: ...
    def __getitem__(self, key: int | slice) -> ChangedFile | Sequence[ChangedFile]:
        if isinstance(key, slice):
            return tuple(self[place] for place in range(*key.indices(len(self))))
        place = key + len(self) if key < 0 else key
        if (kept := self._kept.get(place)) is not None:
            return kept
        if not 0 <= place < len(self):
            raise IndexError(key)
        file = self._make(self._changes[place])
        size = len(file.old or b"") + len(file.new or b"")
        if self._kept_bytes + size <= KEPT_BYTES:
            self._kept[place] = file
            self._kept_bytes += size
        return file

    def _make(self, change: FileChange) -> ChangedFile:
        old = self._content(change.old_path or change.path, "old", change.old_digest)
        new = self._content(change.path, "new", change.new_digest)
        missing = any(
            side is None and digest is not None and not digest.startswith(GITLINK)
            for side, digest in ((old, change.old_digest), (new, change.new_digest))
        )
        return ChangedFile(
            path=change.path,
            old_path=change.old_path,
            status=change.status,
            old=old,
            new=new,
            added=ChangedLines(self._index, change.spans, "new"),
            removed=ChangedLines(self._index, change.spans, "old"),
            old_mode=change.old_mode,
            new_mode=change.new_mode,
            binary=change.binary,
            content_missing=missing,
        )
