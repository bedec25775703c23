"""The layout of a git notes tree: a file per commit, named by its id, possibly spread over folders of two digits.

Knows the layout only; whoever calls gives checked objects and stores the new ones (git-notes(1)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from reviewer.git.tree import FOLDER, Objects, TreeEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILE = "100644"


class ObjectStore(Objects, Protocol):
    """Gives checked objects, and stores new ones."""

    def store_blob(self, data: bytes) -> str:
        """Store a file's content and return its id."""

    def store_tree(self, entries: Sequence[TreeEntry]) -> str:
        """Store a folder's listing and return its id."""


def read_note(objects: Objects, root: str, commit: str) -> bytes | None:
    """Return the note of a commit (full id) in the notes tree with the id `root`, or None."""
    tree, name = root, commit.encode()
    while True:
        entries = {entry.name: entry for entry in objects.entries(tree)}
        entry = entries.get(name)
        if entry is not None and not entry.is_folder:
            return objects.read_blob(entry.oid)
        folder = entries.get(name[:2])
        if folder is None or not folder.is_folder or len(name) <= 2:
            return None
        tree, name = folder.oid, name[2:]


def note_tree(store: ObjectStore, root: str | None, commit: str, line: bytes) -> str:
    """Return the id of a notes tree like `root` whose note of `commit` ends with `line`.

    Args:
        store: gives and takes objects.
        root: id of the notes tree there is, or None.
        commit: full id of the commit that is annotated.
        line: bytes to add, with their line feed.
    """
    return _with_line(store, root, commit.encode(), line)


def _with_line(store: ObjectStore, tree: str | None, name: bytes, line: bytes) -> str:
    entries = {entry.name: entry for entry in store.entries(tree)} if tree else {}
    folder = entries.get(name[:2])
    if name not in entries and len(name) > 2 and folder is not None and folder.is_folder:
        entries[name[:2]] = TreeEntry(FOLDER, name[:2], _with_line(store, folder.oid, name[2:], line))
    else:
        known = entries.get(name)
        before = store.read_blob(known.oid) if known is not None and not known.is_folder else b""
        if before and not before.endswith(b"\n"):
            before += b"\n"
        entries[name] = TreeEntry(_FILE, name, store.store_blob(before + line))
    return store.store_tree(list(entries.values()))
