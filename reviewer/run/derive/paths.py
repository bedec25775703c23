"""Where a path of a log lies in the repository (rule `repository-path`).

Pure: texts only, nothing is looked up on disk. A log may come from another machine, a container, another user's home or
a worktree: its root is then the folder that, put before changed paths, gives the most logged ones.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\]")
_MOUNTED = re.compile(r"/(?:mnt/|cygdrive/)?([A-Za-z])/")
_UNTIDY = re.compile(r"//|/\.|\\|/\Z|\A/[A-Za-z]:")
"""Anything that a path from a root may have to be rid of."""
_HOME_FOLDER = re.compile(r"(?:[a-z]:)?/(?:home|users)/[^/]+(?=/|\Z)|/root(?=/|\Z)", re.IGNORECASE)
_WORKTREE = re.compile(r"(?:^|[/._-])(?:git-?)?worktrees?(?:$|[/._-])")
_HOME = ("~/", "${HOME}/", "$HOME/")
_HERE = ("${PWD}/", "$PWD/", "$(pwd)/", "$(git rev-parse --show-toplevel)/")
_MAX_PARTS, _MAX_ROOTS, _MAX_FOLDERS = 64, 32, 1_000
"""Deeper paths are compared with changed ones by their last parts only; more roots and folders are not looked at."""


class PathMap:
    """Maps logged paths to paths below the repository's root.

    A log that has drive letters or backslash roots is of Windows: there case is folded, and `/c/Users` is of drive C.
    """

    def __init__(
        self,
        changed: Collection[str],
        root: str | None,
        cwds: Sequence[str],
        logged: Iterable[str] = (),
        *,
        session_cwds: Mapping[int, str] | None = None,
    ) -> None:
        """Find the roots that the log uses.

        Args:
            changed: paths of the change, with `/`.
            root: the repository's folder here, None if unknown.
            cwds: folders that the agent worked in, as the log has them.
            logged: paths that the log names.
            session_cwds: the first folder of each joined session, where they differ.
        """
        named = set(logged)
        self._windows = any(_DRIVE.match(path) for path in (*cwds, *named))
        self._changed = {self._folded(path): path for path in changed}
        self._home: str | None = None
        folders = [self._clean(cwd) for cwd in cwds[:_MAX_FOLDERS]]
        self._home = next((home[0] for cwd in folders if (home := _HOME_FOLDER.match(cwd))), None)
        self._first = folders[0] if folders else None
        self._cwds = {number: self._clean(cwd) for number, cwd in (session_cwds or {}).items()}
        self._known: dict[tuple[str, int], str | None] = {}
        here = None if root is None else self._clean(root)
        found = self._voted({self._clean(path) for path in named}, folders, here)
        if here is not None and here not in found:
            found.append(here)
        if self._is_guess(here, found):
            found.append(self._first or "")
        # The innermost first: a worktree may lie inside the repository's own folder.
        self._roots = sorted((self._folded(path).rstrip("/") + "/" for path in found if path), key=len, reverse=True)

    def repo_path(self, logged: str, session: int = 1) -> str | None:
        """Return the path below the root, None if it lies outside or cannot be told."""
        key = (logged, session if self._cwds else 1)
        if key not in self._known:
            self._known[key] = self._find(logged, self._cwds.get(session, self._first))
        return self._known[key]

    def _find(self, logged: str, cwd: str | None) -> str | None:
        path = self._clean(logged)
        if not path or path == "." or path.startswith("$"):
            return None
        if not is_absolute(path):
            if path.startswith("../") and cwd is None:
                return None
            if self._folded(path) in self._changed:
                return self._changed[self._folded(path)]
            if cwd is None:
                return path
            path = posixpath.normpath(posixpath.join(cwd, path))
        folded = self._folded(path)
        for root in self._roots:
            if folded.startswith(root) and len(folded) > len(root):
                return self._changed.get(folded[len(root) :], path[len(root) :])
        return None

    def _voted(self, logged: Collection[str], cwds: Sequence[str], here: str | None) -> list[str]:
        """Return the folders that, put before changed paths, give logged ones."""
        votes: Counter[str] = Counter()
        deep: set[str] = set()
        deepest = min(_MAX_PARTS, max((path.count("/") for path in self._changed), default=0) + 1)
        for path in self._full(logged):
            parts = path.split("/")
            for count in range(1, min(deepest, len(parts) - 1) + 1):
                if self._folded("/".join(parts[-count:])) in self._changed:
                    root = "/".join(parts[:-count]) or "/"
                    votes[root] += count
                    if count > 1:
                        deep.add(root)
        lived = _with_ancestors(cwds)
        # A bare name says little: the folder has to be one that the agent worked in, or above it; where the log has no
        # such folder, one that is called as the repository.
        named = "" if here is None or cwds else posixpath.basename(here)
        found = [
            (root, count)
            for root, count in votes.most_common()
            if root in deep or root in lived or (named and posixpath.basename(root) == named)
        ]
        most = max((count for root, count in found if root in lived), default=0)
        # Beside a root that the agent worked in, a like-named path is another project's, unless in a worktree. A folder
        # above one that it worked in is the root only where nothing speaks for another.
        at_home = here is not None and here in lived
        worked = set(cwds)
        kept = [
            root
            for root, count in found
            if root in worked
            or (root in lived and count == most)
            or (root not in lived and count > most and not at_home)
            or _WORKTREE.search(root)
            or _is_beside(root, here)
        ]
        return kept[:_MAX_ROOTS]

    def _full(self, logged: Collection[str]) -> set[str]:
        """Return cleaned paths, relative ones below the first working folder."""
        full: set[str] = set()
        for path in logged:
            if is_absolute(path):
                full.add(path)
            elif self._first is not None and path and not path.startswith("$"):
                full.add(posixpath.normpath(posixpath.join(self._first, path)))
        return full

    def _is_guess(self, here: str | None, found: Sequence[str]) -> bool:
        """Return whether the first working folder has to stand for the root, since nothing else tells."""
        if self._first is None or any(_below(self._first, root) for root in found):
            return False
        if here is None:
            return not found
        return found == [here] and posixpath.basename(self._first) == posixpath.basename(here)

    def _clean(self, path: str) -> str:
        cleaned = clean(path, windows=self._windows or None)
        return f"{self._home}/{cleaned[2:]}" if self._home is not None and cleaned.startswith("~/") else cleaned

    def _folded(self, path: str) -> str:
        return path.lower() if self._windows else path


def clean(path: str, *, windows: bool | None = None) -> str:
    """Return a path with `/`, without `.`, `..` and doubled separators; a Windows drive becomes lower case.

    Args:
        path: as logged; a `file:` URL and the shell's names for home and working folder are taken for what they mean.
        windows: whether the log is of Windows; None to tell from the path alone.
    """
    if not windows and path[:1] == "/" and not _UNTIDY.search(path):
        return path
    path = path.removeprefix("file://")
    if path.startswith("/") and _DRIVE.match(path[1:]):
        path = path[1:]
    if windows or (windows is None and "\\" in path and "/" not in path):
        path = path.removeprefix("\\\\?\\").replace("\\", "/")
    if path.startswith(_HOME):
        path = f"~/{path.split('/', 1)[1]}"
    for name in _HERE:
        path = path.removeprefix(name)
    if path[1:2] == ":" and path[:1].isalpha():
        path = path[0].lower() + path[1:]
    elif windows and (mounted := _MOUNTED.match(path)):
        path = f"{mounted[1].lower()}:/{path[mounted.end() :]}"
    return posixpath.normpath(path) if path else ""


def is_absolute(path: str) -> bool:
    """Return whether a cleaned path starts at a root, a drive or a home."""
    return path.startswith(("/", "~/")) or path[1:3] == ":/"


def folders(path: str) -> Iterator[str]:
    """Yield the folders that a path of the repository lies in, the innermost first, of very deep ones not all."""
    above = path
    for _ in range(_MAX_PARTS):
        above = above.rpartition("/")[0]
        if not above:
            return
        yield above


def _with_ancestors(folders: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for folder in folders:
        above = folder
        for _ in range(_MAX_PARTS):
            if not above or above in found:
                break
            found.add(above)
            above = posixpath.dirname(above)
    return found


def _is_beside(root: str, here: str | None) -> bool:
    """Return whether a folder is named as a second work tree of the repository often is ("shop-feature" for "shop")."""
    return here is not None and len(here) > 1 and root.startswith((f"{here}-", f"{here}.", f"{here}_"))


def _below(path: str, root: str) -> bool:
    return f"{path}/".startswith(root.rstrip("/") + "/")
