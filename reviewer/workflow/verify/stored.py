"""Gather stored records: beside a packet, from files that a person names, from a repository's ledger.

Knows where records lie and reads them strictly; judges nobody. A record may come from anywhere: it proves itself.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.approval import verify
from reviewer.approval.refusal import RefusedError
from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from reviewer.approval.verify import Record
    from reviewer.git.quarantine import Quarantine

SUFFIX = ".intoto.jsonl"
MAX_BYTES = 64 << 20
_LEDGER = "the ledger"


@dataclass(frozen=True, slots=True)
class Stored:
    """Records that could be read, by payload digest, and a sentence for each that could not.

    Attributes:
        damaged: of files; such a line may have been a rejection, so nothing is approved beside it.
        doubts: how the ledger was rewritten; a rejection may be gone, so nothing is certain any more.
        notes: what was odd in the ledger, where one damaged record must not speak about all others.
        places: where was looked, in words.
    """

    records: tuple[Record, ...] = ()
    damaged: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def __add__(self, other: Stored) -> Stored:
        """Return both together, each record once."""
        known = {record.digest: record for record in (*other.records, *self.records)}
        return Stored(
            tuple(known.values()),
            self.damaged + other.damaged,
            self.doubts + other.doubts,
            self.notes + other.notes,
            self.places + other.places,
        )


def beside(packet: Path) -> Path:
    """Return the file that holds the records of a packet: `<name>.intoto.jsonl` in the same folder."""
    whole = packet.absolute()
    return whole.with_name(whole.name + SUFFIX)


def from_file(path: Path, *, required: bool) -> Stored:
    """Return the records of a file, one a line.

    Raises:
        BadInputError: it is required and not there, cannot be read, or is too large.
    """
    try:
        # Opened without waiting, so that a named pipe in its place cannot hang the program.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise BadInputError(f"{path} is not a plain file of records")
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        if required:
            raise BadInputError(f"{path} does not exist", hint="name a file of records (.intoto.jsonl)") from error
        return Stored(places=(path.name,))
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise BadInputError(f"{path} is larger than {MAX_BYTES:,} bytes")
    lines = data.split(b"\n")
    damaged: list[str] = []
    if lines.pop():
        damaged.append(f"{path.name}: the last line is cut")
    records: dict[str, Record] = {}
    for number, line in enumerate(lines, 1):
        try:
            record = verify.read(line)
        except RefusedError as error:
            damaged.append(f"{path.name}, line {number}: {error.sentence}")
        else:
            records.setdefault(record.digest, record)
    return Stored(tuple(records.values()), tuple(damaged), places=(path.name,))


def from_ledger(quarantine: Quarantine) -> Stored:
    """Return the records of a repository's ledger; nothing when it has none.

    Raises:
        GitError: an object was altered.
        UndeterminedError: an object is missing.
    """
    from reviewer import ledger

    newest = ledger.tip(quarantine)
    if newest is None:
        return Stored()
    records: list[Record] = []
    notes: list[str] = []
    for digest, line in ledger.records(quarantine):
        try:
            record = verify.read(line.removesuffix(b"\n"))
            if record.digest != digest:
                raise RefusedError("its name is not the digest of its payload")
        except RefusedError as error:
            notes.append(f"{_LEDGER}, record {digest.short}: {error.sentence}")
        else:
            records.append(record)
    doubts = ledger.check_append_only(quarantine, None, newest)
    return Stored(tuple(records), doubts=doubts, notes=tuple(notes), places=(_LEDGER,))


def gather(packet: Path | None, named: Sequence[Path], quarantine: Quarantine | None) -> Stored:
    """Return all records that can be found.

    Args:
        packet: look beside this packet.
        named: files that the person names; each has to exist.
        quarantine: look into this repository's ledger and beside the packets that it keeps.
    """
    parts: list[Stored] = [from_file(path, required=True) for path in named]
    if packet is not None:
        parts.append(from_file(beside(packet), required=False))
    if quarantine is not None:
        parts.append(from_ledger(quarantine))
    return _sum(parts)


def of_repository(quarantine: Quarantine) -> Stored:
    """Return the records beside the packets that the repository keeps in its git folder."""
    folder = quarantine.repository.common_dir / "reviewer" / "packets"
    found = sorted(folder.glob("*" + SUFFIX)) if folder.is_dir() else []
    return _sum(_whole_or_nothing(from_file(path, required=True)) for path in found)


def _whole_or_nothing(part: Stored) -> Stored:
    """Return a file's records, or none of them when a line is damaged: that line may have been a rejection of one."""
    if not part.damaged:
        return part
    notes = tuple(f"{sentence}; no record of this file is counted" for sentence in part.damaged)
    return Stored(notes=notes, places=part.places)


def _sum(parts: Iterable[Stored]) -> Stored:
    whole = Stored()
    for part in parts:
        whole += part
    return whole
