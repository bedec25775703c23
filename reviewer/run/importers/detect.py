"""Which importer reads a log: decided by its content, never by its name or a recorder's label."""

from __future__ import annotations

from pathlib import Path

from reviewer.errors import BadTranscriptError
from reviewer.run import whole_lines
from reviewer.run.importers import IMPORTERS
from reviewer.run.importers.form import plain
from reviewer.run.importers.importer import Importer, LogSource


def detect(log: Path | LogSource | bytes, name: str | None = None) -> Importer:
    """Return the importer for a log.

    Args:
        log: a path, a source, or the first bytes of a log.
        name: what to call it in errors.

    Raises:
        BadTranscriptError: it cannot be opened, is empty, or no importer knows it.
    """
    start, called = _head(log)
    head, called = plain(start), name or called
    if not head.strip():
        raise BadTranscriptError(f"{called} is empty: a session log was expected.")
    for importer in IMPORTERS:
        if importer.sniff(head, called):
            return importer
    known = ", ".join(importer.title for importer in IMPORTERS)
    raise BadTranscriptError(
        f"{called} is not a session log that reviewer knows (it knows: {known}).",
        hint="Give another log with --session, or --session none to pack without one.",
    )


def _head(log: Path | LogSource | bytes) -> tuple[bytes, str]:
    if isinstance(log, bytes):
        return log, "the log"
    if isinstance(log, LogSource):
        with log.open() as stream:
            return whole_lines.head(stream), log.name
    try:
        with Path(log).open("rb") as stream:
            return whole_lines.head(stream), str(log)
    except OSError as error:
        raise BadTranscriptError(f"{log} cannot be read: {error.strerror or error}.") from None
