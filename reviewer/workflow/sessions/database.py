"""Other programs' SQLite databases, read without leaving a trace in the person's folder.

A database is opened read-only and as unchangeable, so that SQLite makes no `-wal` or `-shm` file beside it; where a
write-ahead log holds newer rows, both are copied into a folder of ours first (sqlite.org/wal.html). Knows no schema.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import time
import weakref
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from reviewer.workflow.sessions.reading import NotReadableError, open_regular, why_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_COPY = 8 << 30
"""A larger database with a write-ahead log is not copied, bytes."""
_MAX_VALUE = 64 << 20
_PATIENCE = 60.0
_STEPS = 100_000
_TRIES = 3


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that reads a database as it is now, rows by column name; broken texts are replaced.

    Raises:
        NotReadableError: it is no regular file, no database, too large to copy, or reading it takes too long.
    """
    place = _readable(path)
    connection = None
    try:
        connection = sqlite3.connect(f"file:{quote(str(place))}?mode=ro&immutable=1", uri=True)
        connection.row_factory = sqlite3.Row
        connection.text_factory = _text
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA mmap_size = 0")
        connection.execute("PRAGMA cell_size_check = ON")
        # A view of another's making may never end: whoever asks too long is stopped.
        end = time.monotonic() + _PATIENCE
        connection.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS)
        yield connection
    except sqlite3.Error as error:
        raise NotReadableError(f"is no database that can be read: {error}") from None
    finally:
        if connection is not None:
            connection.close()


def columns(connection: sqlite3.Connection, name: str) -> frozenset[str]:
    """Return the columns of a table; none if there is no such table (a view is none).

    A table with columns that are computed is none either: a small file could make them of any size.
    """
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone()
    if found is None:
        return frozenset()
    rows = connection.execute("SELECT name, hidden FROM pragma_table_xinfo(?)", (name,)).fetchall()
    return frozenset() if any(row[1] for row in rows) else frozenset(row[0] for row in rows)


def fingerprint(path: Path) -> tuple[int, ...]:
    """Return what changes when a database is written to."""
    found: list[int] = []
    for each in (path, _log_of(path)):
        try:
            state = each.stat()
        except OSError:
            found += (0, 0)
        else:
            found += (state.st_size, state.st_mtime_ns)
    return tuple(found)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _readable(path: Path) -> Path:
    """Return the file to open: the database itself, or our copy where a write-ahead log belongs to it."""
    with open_regular(path):
        pass
    try:
        if not _log_of(path).stat().st_size:
            return path
    except OSError:
        return path
    for _ in range(_TRIES):
        before = fingerprint(path)
        copy = _copied(path, before)
        if fingerprint(path) == before:
            return copy.place
    raise NotReadableError("is being written to; try again when the agent rests")


class _Copy:
    """A database and its log in a folder of ours, which goes with this object."""

    def __init__(self, path: Path) -> None:
        size = sum(fingerprint(path)[::2])
        folder = tempfile.mkdtemp(prefix="reviewer-db-")
        self._cleanup = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        if size > min(MAX_COPY, shutil.disk_usage(folder).free):
            raise NotReadableError("is in use, and too large to be copied; end the agent and try again")
        self.place = Path(folder, "copy.db")
        # The log first: what a checkpoint moves meanwhile is then in both, and never in neither.
        for source, target in ((_log_of(path), _log_of(self.place)), (path, self.place)):
            with open_regular(source) as stream, target.open("xb") as output:
                shutil.copyfileobj(stream, output, 1 << 20)
        # Taking the log in, in our copy, makes one file of it that can be opened as unchangeable.
        with contextlib.closing(sqlite3.connect(self.place)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE")


@lru_cache(maxsize=2)
def _copied(path: Path, fingerprint_: tuple[int, ...]) -> _Copy:  # noqa: ARG001 - a changed database is copied anew
    try:
        return _Copy(path)
    except OSError as error:
        raise NotReadableError(why_of(error)) from None
    except sqlite3.Error as error:
        raise NotReadableError(f"is no database that can be read: {error}") from None
