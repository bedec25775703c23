"""What a session did, read by its importer and not kept: edited paths, commands, commits.

Knows importers through their protocol only, and what may be read here at all: so many bytes of one session. A larger
log is looked through for the names of the changed files.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError, ReviewerError
from reviewer.run.event import Command, Edit
from reviewer.run.importers.detect import detect
from reviewer.run.importers.importer import LogSource
from reviewer.run.importers.spool import OutputSpool
from reviewer.workflow.packing.compressed import open_unpacked
from reviewer.workflow.sessions import database
from reviewer.workflow.sessions.gathering import gather
from reviewer.workflow.sessions.reading import NotReadableError, seconds, unique, why_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviewer.run.importers.importer import ImportedRun
    from reviewer.workflow.sessions.candidate import Candidate
    from reviewer.workflow.sessions.gathering import GatheredLog

MAX_IMPORT = 64 << 20
"""A larger session is not imported to see whether it fits, bytes."""
MAX_COMPRESSED = 4 << 20
MAX_TOGETHER = 1 << 30
"""Sessions are not imported any more once so many bytes of them were."""
MAX_SCAN = 2 << 30
_BLOCK = 1 << 20
_MAX_NAMES = 200
_KEPT = 256


@dataclass(frozen=True, slots=True)
class Activity:
    """What a session did.

    Attributes:
        edited: paths that it edited, as its log has them, those of shell commands too.
        commands: how many it ran, None if that was not counted.
        commits: ids of commits that it made, often shortened.
        cwds, started, ended: as in Candidate, from the whole log.
        only_named: the log was too large to be read as a whole; `edited` are paths that it names.
    """

    edited: frozenset[str] = frozenset()
    commands: int | None = None
    commits: tuple[str, ...] = ()
    cwds: tuple[str, ...] = ()
    started: float | None = None
    ended: float | None = None
    only_named: bool = False


class Activities:
    """What sessions did, each read once."""

    def __init__(self, changed: Collection[str] = ()) -> None:
        """Keep the changed paths, which logs that are too large are looked through for."""
        self._changed = tuple(changed)[:_MAX_NAMES]
        self._known: dict[tuple[object, ...], Activity | str] = {}
        self._left = MAX_TOGETHER

    def of(self, candidate: Candidate) -> Activity:
        """Return what a session did.

        Raises:
            NotReadableError: no importer can read it.
        """
        key = (candidate.reference, *database.fingerprint(candidate.path))
        if key not in self._known:
            while len(self._known) >= _KEPT:
                del self._known[next(iter(self._known))]
            try:
                self._known[key] = self._read(candidate)
            except NotReadableError as error:
                self._known[key] = error.why
        found = self._known[key]
        if isinstance(found, str):
            raise NotReadableError(found)
        return found

    def _read(self, candidate: Candidate) -> Activity:
        try:
            with tempfile.TemporaryDirectory(prefix="reviewer-session-") as folder:
                logs = gather(candidate.reference, Path(folder))
                self._left -= sum(log.path.stat().st_size for log in logs)
                if self._left < 0 or _is_large(logs):
                    return _named_in(logs, self._changed)
                return _of_run(_imported(logs))
        except ReviewerError as error:
            raise NotReadableError(f"cannot be read: {error.sentence.removesuffix('.')}") from None
        except NotReadableError:
            raise
        except OSError as error:
            raise NotReadableError(why_of(error)) from None
        except Exception as error:  # noqa: BLE001 - one log that an importer trips over must not hide the others
            raise NotReadableError(f"cannot be read: {type(error).__name__} in its importer") from None


def _is_large(logs: Sequence[GatheredLog]) -> bool:
    sizes = [(log.path.stat().st_size, log.path.suffix in {".zst", ".gz"}) for log in logs]
    return sum(size for size, _ in sizes) > MAX_IMPORT or any(size > MAX_COMPRESSED for size, packed in sizes if packed)


def _imported(logs: Sequence[GatheredLog]) -> ImportedRun:
    main, *others = (_source(log) for log in sorted(logs, key=lambda log: not log.main))
    source = LogSource(main.name, main.size, main.open, companions=tuple(others), agent=main.agent)
    try:
        importer = detect(source)
    except BadTranscriptError:
        raise NotReadableError("is empty, or of a form that no importer knows") from None
    with OutputSpool() as spool:
        return importer.read(source, spool)


def _source(log: GatheredLog) -> LogSource:
    return LogSource(log.name, log.path.stat().st_size, lambda: open_unpacked(log.path), agent=log.agent)


def _of_run(run: ImportedRun) -> Activity:
    edits = [event for event in run.events if isinstance(event, Edit) and event.applied is not False]
    return Activity(
        edited=frozenset(edit.path for edit in edits),
        commands=sum(isinstance(event, Command) and event.state not in {"denied", "not_run"} for event in run.events),
        commits=unique(run.info.commits),
        cwds=unique(run.info.cwds),
        started=seconds(run.info.started),
        ended=seconds(run.info.ended),
    )


def _named_in(logs: Sequence[GatheredLog], changed: Sequence[str]) -> Activity:
    """Return which of the changed paths a session names, without reading any record."""
    left = {path: path.encode("utf-8", "surrogateescape") for path in changed}
    keep = max((len(name) for name in left.values()), default=1)
    scanned = 0
    for log in logs:
        kept = b""
        with open_unpacked(log.path) as stream:
            while left and scanned < MAX_SCAN and (block := stream.read(_BLOCK)):
                scanned += len(block)
                text = kept + block
                left = {path: name for path, name in left.items() if name not in text}
                kept = text[-keep:]
    return Activity(edited=frozenset(path for path in changed if path not in left), only_named=True)
