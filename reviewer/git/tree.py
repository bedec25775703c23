"""Trees as git stores them, and the files of one commit as checks read them (`SourceTree`).

Parsing is pure and strict: a tree that git's own tools would read in more than one way (names twice, out of order, with
a slash) is refused. Reading goes through whoever gives verified objects.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from reviewer.errors import GitError
from reviewer.text import decode, display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOLDER = "040000"
GITLINK = "160000"
SYMLINK = "120000"
MAX_FILES = 1_000_000
"""Files and folders walked in one tree or comparison; a few nested trees can otherwise stand for billions."""
_MAX_DEPTH = 512
_ROWS = {
    width: re.compile(rb"([0-7]{5,6}) ([^\0/]+)\0(.{%d})" % width, re.DOTALL)  # bytes of an id
    for width in (20, 32)
}
_IMPOSSIBLE = {b".", b".."}


class TreeEntry(NamedTuple):
    """One name in a tree: git's octal mode with six digits, the name's bytes, the object's id.

    A named tuple, as whole listings are made and compared by the hundred thousand.
    """

    mode: str
    name: bytes
    oid: str

    @property
    def is_folder(self) -> bool:
        """Whether the entry is another tree."""
        return self.mode == FOLDER


class Objects(Protocol):
    """Gives objects whose bytes were checked against their id."""

    def entries(self, tree: str) -> Sequence[TreeEntry]:
        """Return the entries of a tree, by its id."""

    def read_blob(self, oid: str) -> bytes:
        """Return the content of a blob, by its id."""


def parse_tree(oid: str, data: bytes) -> tuple[TreeEntry, ...]:
    """Return the entries of a tree in their order.

    Raises:
        GitError: the tree is cut, has an impossible name or mode, or its names are repeated or out of order.
    """
    width = len(oid) // 2
    rows = _ROWS[width].findall(data)
    # By columns: a listing is parsed for every commit of a history, and may have hundreds of names.
    modes, names, binaries = zip(*rows, strict=True) if rows else ((), (), ())
    if sum(map(len, modes)) + sum(map(len, names)) + (width + 2) * len(rows) != len(data):
        raise GitError(f"tree {oid} is malformed: it is cut, or has an impossible name or mode")
    canonical = {mode: _canonical_mode(oid, mode) for mode in set(modes)}
    if len(set(names)) != len(names) or not _IMPOSSIBLE.isdisjoint(names):
        raise GitError(f"tree {oid} is malformed: a name stands in it twice, or is '.' or '..'")
    columns = (map(canonical.__getitem__, modes), names, map(bytes.hex, binaries))
    entries = tuple(map(TreeEntry._make, zip(*columns, strict=True)))
    keys = [_sort_key(entry) for entry in entries] if FOLDER in canonical.values() else list(names)
    if keys != sorted(keys):
        raise GitError(f"tree {oid} is malformed: its names are out of order")
    return entries


def render_tree(entries: Sequence[TreeEntry]) -> bytes:
    """Return the bytes of a tree object holding these entries, sorted as git sorts them."""
    ordered = sorted(entries, key=_sort_key)
    return b"".join(
        entry.mode.lstrip("0").encode() + b" " + entry.name + b"\0" + bytes.fromhex(entry.oid) for entry in ordered
    )


class GitTree:
    """The files of one commit, by path with `/` (bytes that are not UTF-8 as lone surrogates)."""

    def __init__(self, objects: Objects, tree: str) -> None:
        """Stand for the tree with this id; nothing is read yet."""
        self._objects = objects
        self.oid = tree

    def find(self, path: str) -> TreeEntry | None:
        """Return the entry of a path (file, link, submodule or folder), or None when there is none."""
        names = path.encode("utf-8", "surrogateescape").split(b"/")
        tree = self.oid
        for depth, name in enumerate(names, start=1):
            entry = next((entry for entry in self._objects.entries(tree) if entry.name == name), None)
            if entry is None or depth == len(names):
                return entry
            if not entry.is_folder:
                return None
            tree = entry.oid
        return None

    def read(self, path: str) -> bytes | None:
        """Return the exact content of a file, the target of a symbolic link, or None for anything else."""
        entry = self.find(path)
        if entry is None or entry.mode in {FOLDER, GITLINK}:
            return None
        return self._objects.read_blob(entry.oid)

    def paths(self) -> Iterator[str]:
        """Yield every path that `read` gives content for, in git's order."""
        return (decode(path) for path, entry in self.entries() if entry.mode != GITLINK)

    def entries(self) -> Iterator[tuple[bytes, TreeEntry]]:
        """Yield (path, entry) for every file, link and submodule, in git's order.

        Raises:
            GitError: more than `MAX_FILES` entries, or folders nested too deep.
        """
        count = 0
        stack = [(b"", iter(self._objects.entries(self.oid)))]
        while stack:
            prefix, pending = stack[-1]
            entry = next(pending, None)
            if entry is None:
                stack.pop()
                continue
            count += 1
            if count > MAX_FILES or len(stack) > _MAX_DEPTH:
                raise GitError(f"tree {self.oid} is too large to walk (limit {MAX_FILES:,} entries)")
            if entry.is_folder:
                stack.append((prefix + entry.name + b"/", iter(self._objects.entries(entry.oid))))
            else:
                yield prefix + entry.name, entry


def _sort_key(entry: TreeEntry) -> bytes:
    # Git sorts folders as if their names ended with a slash.
    return entry.name + b"/" if entry.mode == FOLDER else entry.name


def _canonical_mode(tree: str, mode: bytes) -> str:
    # Old versions of git wrote group permissions into trees; git itself reads them as these five modes.
    value = int(mode, 8)
    match value >> 12:
        case 0o4:
            return FOLDER
        case 0o10:
            return "100755" if value & 0o100 else "100644"
        case 0o12:
            return SYMLINK
        case 0o16:
            return GITLINK
    raise GitError(f"tree {tree} is malformed: '{display_safe(mode)}' is no file mode")
