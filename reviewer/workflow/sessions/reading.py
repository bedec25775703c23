"""Other programs' files, looked at with care: regular files only, opened without waiting, only their two ends.

Knows bytes and folders, no agent's format. What cannot be read says why, as a phrase that a person can be shown.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

import orjson

from reviewer.run.importers.jsonl import first_records, lenient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EDGE = 1 << 16
"""Bytes read at the start and at the end of a log to see what it is."""
_RECORDS = 400
_KINDS = (
    (stat.S_ISDIR, "is a folder, not a file"),
    (stat.S_ISFIFO, "is a named pipe, not a file"),
    (stat.S_ISSOCK, "is a socket, not a file"),
    (stat.S_ISLNK, "is a link that leads nowhere"),
)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)


class NotReadableError(Exception):
    """A session cannot be read; `why` is the reason as a phrase ("is a named pipe, not a file")."""

    def __init__(self, why: str) -> None:
        """Keep the reason."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of a file; `tail` holds only what `head` does not. `modified` is in seconds since 1970."""

    head: bytes
    tail: bytes
    size: int
    modified: float

    @property
    def both(self) -> bytes:
        """Head and tail with a line feed between."""
        return self.head + b"\n" + self.tail

    def records(self) -> list[dict[str, object]]:
        """Return the objects that stand whole on lines of the two ends."""
        return [*first_records(self.head, _RECORDS), *first_records(self.tail, _RECORDS)]


def open_regular(path: Path) -> BinaryIO:
    """Return a regular file opened for reading; nothing else is ever opened or waited for.

    Raises:
        NotReadableError: it is something else, or cannot be opened.
    """
    try:
        _must_be_file(path.stat().st_mode)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise NotReadableError(why_of(error)) from None
    try:
        _must_be_file(os.fstat(descriptor).st_mode)
    except NotReadableError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def _must_be_file(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotReadableError(next((words for test, words in _KINDS if test(mode)), "is a device, not a file"))


def why_of(error: OSError | ValueError) -> str:
    """Return an error of the system as a phrase."""
    said = error.strerror if isinstance(error, OSError) else None
    return f"cannot be read: {(said or 'its name is not one').lower()}"


def ends(path: Path, edge: int = EDGE) -> Ends:
    """Return the two ends of a file, `edge` bytes each.

    Raises:
        NotReadableError: it is no regular file, or cannot be read.
    """
    with open_regular(path) as stream:
        try:
            head = stream.read(edge)
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(len(head), size - edge))
            return Ends(head, stream.read(edge), size, os.fstat(stream.fileno()).st_mtime)
        except OSError as error:
            raise NotReadableError(why_of(error)) from None


def small(path: Path, limit: int) -> bytes:
    """Return a whole file.

    Raises:
        NotReadableError: it is no regular file, cannot be read, or is larger than `limit` bytes.
    """
    with open_regular(path) as stream:
        try:
            data = stream.read(limit + 1)
        except OSError as error:
            raise NotReadableError(why_of(error)) from None
    if len(data) > limit:
        raise NotReadableError(f"is larger than {limit >> 20} MiB")
    return data


def table_of(path: Path, limit: int = 4 << 20) -> dict[str, object]:
    """Return a small JSON object from a file; an empty one if it is not there or is none."""
    try:
        value, _ = lenient(small(path, limit))
    except (NotReadableError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def modified(path: Path) -> float:
    """Return when a file was last written, 0 if that cannot be told."""
    try:
        return path.stat().st_mtime
    except (OSError, ValueError):
        return 0.0


def lies_in(path: Path, base: Path) -> bool:
    """Tell whether a path, all links followed, lies in a folder."""
    try:
        real, root = os.path.realpath(path), os.path.realpath(base)
    except (OSError, ValueError):
        return False
    return real == root or real.startswith(root.rstrip("/") + "/")


def names_in(folder: Path, most: int) -> tuple[list[Path], bool]:
    """Return what a folder holds, by name, and whether there is more than `most`; nothing if it cannot be listed."""
    found: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if len(found) >= most:
                    return sorted(found), True
                found.append(folder / entry.name)
    except (OSError, ValueError):
        return sorted(found), False
    return sorted(found), False


def walk(folder: Path, *, depth: int, most: int) -> tuple[list[Path], bool]:
    """Return the files in a folder and, `depth` levels down, in its folders, and whether there are more than `most`.

    No link to a folder is followed.
    """
    found: list[Path] = []
    pending = [(folder, depth)]
    while pending:
        place, left = pending.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if not entry.is_dir(follow_symlinks=False):
                        found.append(place / entry.name)
                    elif left:
                        pending.append((place / entry.name, left - 1))
                    if len(found) + len(pending) > most:
                        return sorted(found), True
        except (OSError, ValueError):
            continue
    return sorted(found), False


def texts_at(data: bytes, key: str) -> Iterator[str]:
    """Yield the texts that stand under a key anywhere in JSON that may be cut anywhere; never inside a text."""
    pattern = rb'(?<!\\)"' + re.escape(key.encode()) + rb'"\s*+:\s*+("(?:[^"\\\n]|\\.)*+")'
    for match in re.finditer(pattern, data):
        try:
            value = orjson.loads(match[1])
        except orjson.JSONDecodeError:
            continue
        if value:
            yield value


def times_at(data: bytes, *keys: str) -> list[float]:
    """Return the times under these keys, texts or numbers, in seconds since 1970."""
    found = [moment for key in keys for text in texts_at(data, key) if (moment := seconds(text)) is not None]
    for key in keys:
        pattern = rb'(?<!\\)"' + re.escape(key.encode()) + rb'"\s*+:\s*+(\d{9,16}(?:\.\d{1,9})?)(?=[\s,}\]])'
        found += [moment for match in re.finditer(pattern, data) if (moment := seconds(float(match[1]))) is not None]
    return found


def seconds(value: object) -> float | None:
    """Return a time in seconds since 1970, None if it is none.

    Args:
        value: an ISO time (without zone it is taken as of this machine), or a number of seconds or milliseconds.
    """
    try:
        if isinstance(value, str) and _STAMP.fullmatch(value):
            moment = datetime.fromisoformat(value)
            return moment.timestamp()
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 1e8 < value < 1e16:
            return float(value) if value < 1e11 else value / 1000
    except (ValueError, OverflowError, OSError):
        return None
    return None


def iso(moment: float | None) -> str | None:
    """Return seconds since 1970 as a time in UTC, None for None and for what is no time."""
    if moment is None:
        return None
    try:
        return datetime.fromtimestamp(int(moment), UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def unique(values: Iterator[str] | list[str]) -> tuple[str, ...]:
    """Return the values in their order, each once, empty ones left out."""
    return tuple(dict.fromkeys(value for value in values if value))
