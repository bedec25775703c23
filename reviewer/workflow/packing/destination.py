"""Where a packet goes, and putting it there: never over another one, never half.

Knows paths and the writer. By default a packet lies in the repository's git directory, so that it is never committed
by accident.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.errors import BadInputError
from reviewer.packet import writer
from reviewer.workflow.locate import packet_path

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.digest import Sha256
    from reviewer.git.repository import Repository
    from reviewer.workflow.packing.assembly import Sealed

SUFFIX = ".packet"


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a packet is now, its digest, and whether the same one was there already."""

    path: Path
    digest: Sha256
    was_there: bool


def store(sealed: Sealed, output: Path | None, repository: Repository) -> Stored:
    """Write a packet.

    Args:
        sealed: the packet.
        output: a name ending in `.packet` is a file; a folder that is there gets a file; any other name becomes the
            packet's folder. None is the repository's own place for packets.
        repository: whose place that is.

    Raises:
        BadInputError: something else is there, it cannot be written, or the disk is full; nothing is left behind.
    """
    path, as_folder = _place(sealed, output, repository)
    if path.exists() or path.is_symlink():
        return _kept(path, sealed)
    if not as_folder:
        return Stored(path, writer.write_archive(path, sealed.members), was_there=False)
    writer.write_folder(path, sealed.members)
    return Stored(path, writer.members_digest(sealed.members), was_there=False)


def _place(sealed: Sealed, output: Path | None, repository: Repository) -> tuple[Path, bool]:
    name = f"{sealed.manifest.id}{SUFFIX}"
    if output is None:
        path = packet_path(repository, sealed.manifest.id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInputError(
                f"{path.parent}: cannot be made: {error.strerror}", hint="give another place with -o"
            ) from None
        return path, False
    if output.is_dir() and not (output / "packet.toml").exists():
        return output / name, False
    return output, output.suffix != SUFFIX


def _kept(path: Path, sealed: Sealed) -> Stored:
    # The same range packed twice is the same packet, and a review of it may be under way.
    from reviewer.packet.loader import load  # needed here only, and seldom

    digest = writer.members_digest(sealed.members)
    try:
        with load(path) as there:
            same = there.digest() == digest
    except BadInputError:
        same = False
    if not same:
        raise BadInputError(
            f"{path}: is there already and is something else; nothing is written over",
            hint="remove it if it is not needed, or choose another place with -o",
        )
    return Stored(path, digest, was_there=True)
