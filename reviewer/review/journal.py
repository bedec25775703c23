"""A reviewer's own record of a review: one line an event, appended, on disk before anything is drawn.

Each reviewer writes one file and nobody else's. A line names the digest of the line before it, so that a line taken out
or changed shows. A torn last line is reported and cut off by the next append; any other damage is refused with its
number (rules: design, style 7.5). This module opens the paths that it is given and no others.
"""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING

from reviewer.errors import JournalError
from reviewer.review.entry import (
    MAX_SEQ,
    VERSION,
    JournalEntry,
    Reading,
    check_chain,
    journal_name,
    merge,
    parse,
    parse_line,
    render,
)
from reviewer.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from reviewer.review.event import ReviewEvent

__all__ = ["MAX_BYTES", "Journal", "JournalEntry", "Reading", "journal_name", "merge", "read"]

MAX_BYTES = 64 << 20
"""A journal larger than this is no reviewer's own work: refused."""


def read(path: Path) -> Reading:
    """Return what another reviewer's journal holds, without writing to it or waiting for its writer.

    Raises:
        JournalError: it cannot be opened as a plain file, is too large, or is damaged.
    """
    descriptor = _open(path, os.O_RDONLY)
    try:
        return parse(_read_from(descriptor, 0, path), path.name)
    finally:
        os.close(descriptor)


class Journal:
    """The journal of the person at the keyboard. Not for several threads at once; several processes may share it."""

    def __init__(self, path: Path, by: str, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        """Keep where to write; nothing is opened before `load` or `append`.

        Args:
            path: the file; made with its folders when the first event is written.
            by: whose journal it is.
            clock: the time now, with a time zone.
            new_id: a name for an entry, unlike all before.
        """
        self.path = path
        self.by = by
        self.torn = 0
        self._clock = clock
        self._new_id = new_id
        self._entries: list[JournalEntry] = []
        self._size = 0
        self._inode = 0
        self._highest = 0

    @property
    def entries(self) -> tuple[JournalEntry, ...]:
        """The entries read or written so far."""
        return tuple(self._entries)

    def load(self) -> tuple[JournalEntry, ...]:
        """Read what was added since the last time and return all entries; `torn` tells of a torn last line.

        Raises:
            JournalError: the file cannot be read, is not plain, is damaged, or is not the one read before.
        """
        if not self._exists():
            self._check_same(None)
            return self.entries
        descriptor = _open(self.path, os.O_RDONLY)
        try:
            with _locked(descriptor, fcntl.LOCK_SH, self.path):
                self._catch_up(descriptor)
        finally:
            os.close(descriptor)
        return self.entries

    def witness(self, seq: int) -> None:
        """Take note of a partner's counter: what is written from now on comes after it."""
        self._highest = max(self._highest, min(seq, MAX_SEQ - 1))

    def append(self, event: ReviewEvent) -> JournalEntry:
        """Write an event and return its entry once it is on disk.

        What another process of the same reviewer wrote meanwhile is read first and stands in `entries`.

        Raises:
            JournalError: it could not be written whole; the file is then as it was before.
        """
        descriptor = self._open_for_append()
        try:
            with _locked(descriptor, fcntl.LOCK_EX, self.path):
                self._catch_up(descriptor)
                entry, line = self._next(event)
                _write(descriptor, self._size, line, self.path)
                self._size += len(line)
                self._take((entry,))
                self.torn = 0
                return entry
        finally:
            os.close(descriptor)

    def _next(self, event: ReviewEvent) -> tuple[JournalEntry, bytes]:
        at = self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        prev = self._entries[-1].digest if self._entries else ""
        draft = JournalEntry(VERSION, self._highest + 1, at, self.by, self._new_id(), prev, event)
        line = render(draft)
        # What cannot be read back must not be written: a review would be locked by its own journal.
        try:
            entry = parse_line(line)
            check_chain(entry, self._entries[-1] if self._entries else None)
        except ValueError as error:
            raise JournalError(f"this cannot be recorded: {display_safe(str(error))}") from None
        if self._size + len(line) + 1 > MAX_BYTES:
            raise JournalError(f"{self.path.name}: the journal is full ({MAX_BYTES:,} bytes)")
        return entry, line + b"\n"

    def _catch_up(self, descriptor: int) -> None:
        self._check_same(os.fstat(descriptor))
        data = _read_from(descriptor, self._size, self.path)
        last = self._entries[-1] if self._entries else None
        reading = parse(data, self.path.name, last, len(self._entries) + 1)
        for number, entry in enumerate(reading.entries, len(self._entries) + 1):
            if entry.by != self.by:
                raise JournalError(f"{self.path.name}, line {number}: it is by another reviewer than '{self.by}'")
        self._take(reading.entries)
        self.torn = reading.torn
        self._size += len(data) - reading.torn

    def _take(self, entries: Iterable[JournalEntry]) -> None:
        for entry in entries:
            self._entries.append(entry)
            self._highest = max(self._highest, entry.seq)

    def _check_same(self, status: os.stat_result | None) -> None:
        if status is not None and not self._inode:
            self._inode = status.st_ino
        if self._size and (status is None or status.st_ino != self._inode or status.st_size < self._size):
            raise JournalError(
                f"{self.path.name}: the journal was replaced or cut while the review was open",
                hint="what was recorded so far is still on the screen: put the file back, or open the packet again",
            )
        if status is not None:
            self._inode = status.st_ino

    def _exists(self) -> bool:
        try:
            self.path.lstat()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _failed(self.path, "opened", error) from None
        return True

    def _open_for_append(self) -> int:
        if self._size and not self._exists():
            self._check_same(None)
        try:
            _make_folders(self.path.parent)
        except OSError as error:
            raise _failed(self.path.parent, "made", error) from None
        is_new = not self._exists()
        descriptor = _open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            status = os.fstat(descriptor)
            if status.st_uid != os.geteuid():
                raise JournalError(f"{self.path.name}: the journal belongs to another user of this machine")
            if stat.S_IMODE(status.st_mode) != 0o600:
                os.fchmod(descriptor, 0o600)
            if is_new:
                _sync_folder(self.path.parent)
        except OSError as error:
            os.close(descriptor)
            raise _failed(self.path, "opened", error) from None
        except JournalError:
            os.close(descriptor)
            raise
        return descriptor


def _open(path: Path, flags: int) -> int:
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except OSError as error:
        raise _failed(path, "opened", error) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise JournalError(f"{path.name}: a journal has to be a plain file")
    return descriptor


def _read_from(descriptor: int, start: int, path: Path) -> bytes:
    size = os.fstat(descriptor).st_size
    if size > MAX_BYTES:
        raise JournalError(f"{path.name}: the journal has {size:,} bytes, more than the {MAX_BYTES:,} that are read")
    pieces = []
    try:
        while start < size and (piece := os.pread(descriptor, size - start, start)):
            pieces.append(piece)
            start += len(piece)
    except OSError as error:
        raise _failed(path, "read", error) from None
    return b"".join(pieces)


def _write(descriptor: int, size: int, line: bytes, path: Path) -> None:
    """Make `line` the file's only content behind `size`, on disk, or leave the file with `size` bytes."""
    try:
        if os.fstat(descriptor).st_size != size:
            os.ftruncate(descriptor, size)
        written = os.write(descriptor, line)
        if written != len(line):
            raise OSError(f"only {written} of {len(line)} bytes fit")
        os.fsync(descriptor)
    except OSError as error:
        try:
            os.ftruncate(descriptor, size)
            os.fsync(descriptor)
        except OSError:
            # Then a torn line stays, and the next reading reports it.
            pass
        raise _failed(path, "written", error, "nothing was kept of it: free some space, then do it again") from None


@contextmanager
def _locked(descriptor: int, kind: int, path: Path) -> Iterator[None]:
    try:
        fcntl.flock(descriptor, kind)
    except OSError as error:
        raise _failed(path, "locked", error) from None
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _make_folders(folder: Path) -> None:
    missing = []
    at = folder
    while not at.exists():
        missing.append(at)
        at = at.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(each.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _failed(path: Path, what: str, error: OSError, hint: str = "look at who may write there") -> JournalError:
    return JournalError(f"{path}: the journal cannot be {what}: {error.strerror or error}", hint=hint)
