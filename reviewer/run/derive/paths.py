"""Where a path of a log lies in the repository (rule `repository-path`).

Pure: texts only, nothing is looked up on disk. A log may come from another machine, another user's home or a worktree:
then its root is found by the changed paths that logged paths end with.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence


class PathMap:
    """Maps logged paths to paths below the repository's root."""

    def __init__(
        self, changed: Collection[str], root: str | None, cwds: Sequence[str], logged: Iterable[str] = ()
    ) -> None:
        """Find the roots that the log uses.

        Args:
            changed: paths of the change, with `/`.
            root: the repository's folder here, None if unknown.
            cwds: folders that the agent worked in, as the log has them.
            logged: paths that the log names.
        """
        self._changed = frozenset(changed)
        self._cwd = clean(cwds[0]) if cwds else None
        self._known: dict[str, str | None] = {}
        roots = _roots(self._changed, [clean(path) for path in set(logged)], [clean(cwd) for cwd in cwds])
        if root is not None:
            roots.insert(0, clean(root))
        # Without any match the first working folder is the best guess for the root.
        if not roots and self._cwd is not None:
            roots.append(self._cwd)
        self._roots = list(dict.fromkeys(roots))

    def repo_path(self, logged: str) -> str | None:
        """Return the path below the root, None if it lies outside or cannot be told."""
        if logged not in self._known:
            self._known[logged] = self._find(logged)
        return self._known[logged]

    def _find(self, logged: str) -> str | None:
        path = clean(logged)
        if not path or path == ".":
            return None
        if not is_absolute(path):
            if path.startswith("../"):
                return None
            if path in self._changed or self._cwd is None:
                return path
            path = posixpath.join(self._cwd, path)
        for root in self._roots:
            if path.startswith(root.rstrip("/") + "/"):
                return path[len(root.rstrip("/")) + 1 :]
        return None


def clean(path: str) -> str:
    """Return a path with `/`, without `.`, `..` and doubled separators; a Windows drive becomes lower case."""
    if "\\" in path and "/" not in path:
        path = path.replace("\\", "/")
    if path[1:2] == ":" and path[:1].isalpha():
        path = path[0].lower() + path[1:]
    return posixpath.normpath(path) if path else ""


def is_absolute(path: str) -> bool:
    """Return whether a cleaned path starts at a root or a drive."""
    return path.startswith("/") or path[1:3] == ":/"


def _roots(changed: Collection[str], logged: Sequence[str], cwds: Sequence[str]) -> list[str]:
    """Return the folders that, put before changed paths, give logged ones; the one with most of them first."""
    by_name: dict[str, list[str]] = {}
    for path in changed:
        by_name.setdefault(posixpath.basename(path), []).append(path)
    votes: Counter[str] = Counter()
    sure: set[str] = set()
    for path in logged:
        if not is_absolute(path):
            continue
        for candidate in by_name.get(posixpath.basename(path), ()):
            if path.endswith("/" + candidate):
                root = path[: -len(candidate) - 1] or "/"
                votes[root] += 1 + candidate.count("/")
                # A bare name says little: the folder has to be one that the agent worked in, or above it.
                if "/" in candidate or any(f"{cwd}/".startswith(root.rstrip("/") + "/") for cwd in cwds):
                    sure.add(root)
    return [root for root, _ in votes.most_common() if root in sure]
