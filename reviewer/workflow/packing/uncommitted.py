"""What lies in the work tree and is not committed: it is not in the packet, and the person should know.

Git looks from the quarantine with a copy of the index, so that no setting, hook, filter or monitor of the reviewed
repository takes part, and nothing in it is written.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import GitError
from reviewer.git.command import attempt

if TYPE_CHECKING:
    from reviewer.git.quarantine import Quarantine

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Uncommitted:
    """Paths that differ from HEAD, and paths that git does not know and does not ignore (folders end in `/`)."""

    changed: tuple[str, ...]
    untracked: tuple[str, ...]


def find_uncommitted(quarantine: Quarantine) -> Uncommitted | None:
    """Return what is not committed, or None when it cannot be told (bare, no index, too slow)."""
    work_tree = quarantine.repository.work_tree
    index = quarantine.repository.git_dir / "index"
    if work_tree is None or not index.is_file():
        return None
    try:
        head = quarantine.resolve("HEAD")
        with tempfile.TemporaryDirectory(prefix="reviewer-index-") as place:
            copy = Path(place) / "index"
            shutil.copyfile(index, copy)
            environment = quarantine.environment | {"GIT_WORK_TREE": str(work_tree), "GIT_INDEX_FILE": str(copy)}
            attempt(["update-index", "-q", "--refresh", "--ignore-submodules"], environment, timeout=_PATIENCE)
            changed = _paths(["diff-index", "--name-only", "-z", "--ignore-submodules=all", head], environment)
            others = ["ls-files", "-z", "--others", "--directory", "--no-empty-directory", "--exclude-standard"]
            untracked = _paths(others, environment)
    except (GitError, OSError):
        return None
    return None if changed is None or untracked is None else Uncommitted(changed, untracked)


def _paths(arguments: list[str], environment: dict[str, str]) -> tuple[str, ...] | None:
    outcome = attempt(arguments, environment, timeout=_PATIENCE)
    if outcome.code != 0:
        return None
    return tuple(path.decode("utf-8", "surrogateescape") for path in outcome.stdout.split(b"\0") if path)
