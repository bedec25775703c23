"""Which repository a packet belongs to, and where a repository keeps its packets and journals.

Looks at paths and asks git's objects; a repository is only taken from around the person when it holds both commits.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import ReviewerError
from reviewer.git.quarantine import Quarantine
from reviewer.git.repository import Repository, find_repository
from reviewer.paths import state_dir

if TYPE_CHECKING:
    from reviewer.packet.manifest import Manifest

_OWN = "reviewer"
_PACKETS = "packets"
_JOURNALS = "journal"
_SUFFIX = ".packet"


def packet_folder(repository: Repository) -> Path:
    """Return where a repository keeps packets: in its git folder, never in the work tree."""
    return repository.common_dir / _OWN / _PACKETS


def packet_path(repository: Repository, packet_id: str) -> Path:
    """Return where the packet with this id is written by default."""
    return packet_folder(repository) / f"{packet_id}{_SUFFIX}"


def packets(repository: Repository) -> tuple[Path, ...]:
    """Return the packets that a repository keeps, newest first."""
    folder = packet_folder(repository)
    try:
        found = [(path.stat().st_mtime_ns, path) for path in folder.iterdir() if path.suffix == _SUFFIX]
    except OSError:
        return ()
    return tuple(path for _, path in sorted(found, reverse=True))


def repository_of(packet: Path, manifest: Manifest, start: Path | None = None) -> Repository | None:
    """Return the repository that a packet is about, None when it is not at hand.

    Args:
        packet: the packet; under a repository's own packets it belongs there.
        manifest: names the commits.
        start: where else to look, the current folder by default; taken only when both commits are there.
    """
    if (keeper := _keeper(packet)) is not None:
        return keeper
    try:
        repository = find_repository(start or Path.cwd())
        return repository if holds(repository, manifest) else None
    except (ReviewerError, OSError):
        return None


def holds(repository: Repository, manifest: Manifest) -> bool:
    """Tell whether a repository has both commits of a change, as the objects that their ids name."""
    try:
        with Quarantine(repository) as quarantine:
            for commit in (manifest.change.base, manifest.change.head):
                quarantine.commit(commit)
    except ReviewerError:
        return False
    return True


def journal_folder(key: str, repository: Repository | None, root: Path | None = None) -> Path:
    """Return where the journals of the packet with this key are: with the repository, else with the person's state."""
    if root is None:
        root = (repository.common_dir / _OWN if repository is not None else state_dir()) / _JOURNALS
    return root / key[:16]


def _keeper(packet: Path) -> Repository | None:
    try:
        folder = packet.resolve().parent
        if folder.name != _PACKETS or folder.parent.name != _OWN:
            return None
        repository = find_repository(folder.parent.parent)
    except (ReviewerError, OSError):
        return None
    return repository if repository.common_dir == folder.parent.parent else None
