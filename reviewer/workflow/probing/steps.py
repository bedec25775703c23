"""Results that come one by one, each on the disk before the next: a private file of lines that survives a crash."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from typing import TYPE_CHECKING, Generic, TypeVar

from reviewer.errors import ReviewerError
from reviewer.paths import read_plain
from reviewer.workflow.probing.codec import NotAsWrittenError, decode, encode

if TYPE_CHECKING:
    from pathlib import Path

R = TypeVar("R")
_LIMIT = 64 << 20
_STEP = 1 << 20


class StoreError(ReviewerError):
    """Results cannot be kept."""


class Steps(Generic[R]):
    """Results that come one by one, kept line by line: what was kept is there after a crash, a torn line is not."""

    def __init__(self, path: Path, kind: type[R]) -> None:
        """Read what is there."""
        self._path = path
        self._kind = kind
        self._known: dict[str, R] = {}
        try:
            data = read_plain(path, _LIMIT)
        except OSError:
            return
        for line in data.split(b"\n")[:-1]:
            key, _, value = line.partition(b" ")
            with contextlib.suppress(NotAsWrittenError):
                self._known[key.decode("ascii", "replace")] = decode(kind, value)

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str) -> R | None:
        """Return what is kept under a key."""
        return self._known.get(key)

    def keep(self, key: str, value: R) -> None:
        """Keep one result; it is on the disk when this returns.

        Raises:
            StoreError: the state folder cannot be written.
        """
        self._known[key] = value
        line = key.encode("ascii") + b" " + encode(value) + b"\n"
        if len(line) > _STEP:
            return
        try:
            make_folder(self._path.parent)
            descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "ab") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX)
                # After a crash the last line may be torn; what follows must not become part of it.
                size = os.fstat(descriptor).st_size
                torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                stream.write((b"\n" if torn else b"") + line)
                stream.flush()
                os.fsync(descriptor)
        except OSError as error:
            raise unkept(error) from error


def make_folder(folder: Path) -> None:
    """Make the private folder of some results, and those above it that are ours."""
    folder.parent.parent.parent.mkdir(parents=True, exist_ok=True)
    for place in (folder.parent.parent, folder.parent, folder):
        place.mkdir(mode=0o700, exist_ok=True)
        if place.is_symlink():
            raise OSError(errno.ELOOP, "it is a link", str(place))


def unkept(error: OSError) -> StoreError:
    """Return the error for results that cannot be written."""
    return StoreError(
        f"results cannot be kept: {error.strerror or error}",
        hint="the folder is that of REVIEWER_STATE_DIR, else ~/.local/state/reviewer",
    )
