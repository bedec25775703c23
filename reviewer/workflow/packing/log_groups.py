"""Which of the chosen logs are one session, and which importer reads it.

Knows contents, not names: a log that another one holds whole is read once, and logs of one program that share records
go to its importer together, which leaves out copies by their ids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run import whole_lines
from reviewer.run.importers.detect import detect
from reviewer.workflow.packing.compressed import open_unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from reviewer.run.importers.importer import Importer
    from reviewer.workflow.packing.chosen import ChosenLog
    from reviewer.workflow.packing.masked_copy import MaskedCopy

_KNOWS_COPIES = frozenset(("claude-code",))
"""Formats whose records have ids that stay when a session is resumed or forked into another file."""
_IDENTITY = re.compile(rb'"uuid"\s*:\s*"([A-Za-z0-9-]{8,64})"')
_SESSION = re.compile(rb'"sessionId"\s*:\s*"([A-Za-z0-9-]{1,64})"')
_MOST_IDS = 2_000_000
_START = 4096
_CHUNK = 1 << 20


@dataclass(slots=True)
class LogGroup:
    """One session: the importer that reads it, and its logs, the main one first."""

    importer: Importer
    copies: list[MaskedCopy] = field(default_factory=list)


def distinct(logs: Sequence[ChosenLog]) -> tuple[list[ChosenLog], list[str]]:
    """Return the logs without those that another one holds whole, and a note for each that was left.

    Raises:
        BadTranscriptError: a log cannot be read.
    """
    by_path: dict[Path, ChosenLog] = {}
    for log in logs:
        if log.main:
            by_path.setdefault(log.path, log)
    mains = list(by_path.values())
    within: dict[Path, ChosenLog] = {}
    if len(mains) > 1:
        starts = {log.path: _start(log.path) for log in mains}
        for log in sorted(mains, key=lambda log: (_size(log.path), -mains.index(log))):
            rest = [other for other in mains if other is not log and other.path not in within]
            holder = next((other for other in rest if _holds(other.path, log.path, starts)), None)
            if holder is not None:
                within[log.path] = holder
    kept: list[ChosenLog] = []
    for log in _with_their_own(logs, within):
        # A file may be named twice, and belong to two sessions where one was forked from the other.
        if log.path not in {other.path for other in kept}:
            kept.append(log)
    notes = [
        f"session log left: {log.path} holds nothing that {within[log.path].path} does not hold"
        for log in mains
        if log.path in within
    ]
    return kept, notes


def _with_their_own(logs: Sequence[ChosenLog], within: dict[Path, ChosenLog]) -> Iterator[ChosenLog]:
    """Yield main logs that are kept, each with what belongs to it or to one that it holds."""
    own: dict[Path, list[ChosenLog]] = {}
    main: Path | None = None
    for log in logs:
        if log.main:
            main = log.path
            while main in within:
                main = within[main].path
            own.setdefault(main, [])
        elif main is not None:
            own[main].append(log)
    for log in logs:
        if log.main and log.path in own:
            yield log
            yield from own.pop(log.path)


def _start(path: Path) -> bytes:
    with open_unpacked(path) as stream:
        return stream.read(_START)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _holds(whole: Path, part: Path, starts: dict[Path, bytes]) -> bool:
    """Return whether a file begins with all that another one has."""
    if not starts[part] or not starts[whole].startswith(starts[part]):
        return False
    with open_unpacked(whole) as one, open_unpacked(part) as other:
        while wanted := other.read(_CHUNK):
            if one.read(len(wanted)) != wanted:
                return False
    return True


def group(copies: Sequence[MaskedCopy], notes: list[str]) -> list[LogGroup]:
    """Return the sessions that logs are of, in their order.

    Args:
        copies: of the logs, each main one before those that belong to it.
        notes: gets one for each log that was left, since nobody asked for it and it cannot be read.

    Raises:
        BadTranscriptError: a log that somebody asked for is of no known format.
    """
    groups: list[LogGroup] = []
    is_left = False
    for copy in copies:
        if not copy.log.main and groups and not is_left:
            groups[-1].copies.append(copy)
        elif copy.log.main:
            try:
                groups.append(LogGroup(detect(copy.head(), copy.log.called), [copy]))
                is_left = False
            except BadTranscriptError as error:
                if copy.log.must:
                    raise
                is_left = True
                notes.append(f"session left: {error.sentence}")
    return _with_copies_together(groups)


def _with_copies_together(groups: list[LogGroup]) -> list[LogGroup]:
    """Put sessions together whose logs share records, as far as their importer knows copies when it sees them."""
    able = [each for each in groups if each.importer.name in _KNOWS_COPIES]
    if len(able) < 2:
        return groups
    found: list[LogGroup] = []
    ids: list[set[int]] = []
    for each in groups:
        if each not in able:
            found.append(each)
            ids.append(set())
            continue
        own = _ids(each.copies[0].log.path)
        place = next((place for place, known in enumerate(ids) if known & own), None)
        if place is None:
            found.append(each)
            ids.append(own)
        else:
            found[place] = replace(found[place], copies=[*found[place].copies, *each.copies])
            ids[place] |= own
    return found


def _ids(path: Path) -> set[int]:
    """Return what records and session of a log are known by."""
    found: set[int] = set()
    with open_unpacked(path) as stream:
        for block in whole_lines.blocks(stream):
            found.update(hash(match.group(1)) for match in _IDENTITY.finditer(block))
            session = _SESSION.search(block)
            if session is not None:
                found.add(hash(session.group(1)))
            if len(found) > _MOST_IDS:
                break
    return found
