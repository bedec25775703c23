"""Compare two trees by their listings: which paths differ, in mode or content, without git's diff machinery.

Folders with equal ids are equal and are not opened, so only what changed is read. No renames, no attributes, no
submodule settings: nothing in the repository can hide an entry.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.errors import GitError
from reviewer.git.tree import FOLDER, MAX_FILES, Objects, TreeEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_DEPTH = 512


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that differs; a side that does not have it is None. Folders appear as their files."""

    path: bytes
    old: TreeEntry | None
    new: TreeEntry | None


@dataclass(slots=True)
class Comparison:
    """What differs between two trees.

    Attributes:
        differences: sorted by path bytes.
        trees: every tree that was opened, in the order it was met.
    """

    differences: list[Difference] = field(default_factory=list)
    trees: dict[str, None] = field(default_factory=dict)


def compare(objects: Objects, old: str | None, new: str | None) -> Comparison:
    """Return what differs between two trees given by id; None stands for no tree at all.

    Raises:
        GitError: a tree is malformed, or there is more than `MAX_FILES` to compare.
    """
    result = Comparison()
    pending: list[tuple[bytes, int, str | None, str | None]] = [(b"", 0, old, new)]
    count = 0
    while pending:
        prefix, depth, left, right = pending.pop()
        if left == right:
            continue
        for side in (left, right):
            if side is not None:
                result.trees[side] = None
        for difference in _compare_one(objects, left, right):
            count += 1
            if count > MAX_FILES or depth > _MAX_DEPTH:
                raise GitError(f"the change is too large to compare (limit {MAX_FILES:,} paths)")
            path = prefix + difference.path
            _add(result, pending, Difference(path, difference.old, difference.new), depth)
    result.differences.sort(key=lambda difference: difference.path)
    return result


def _compare_one(objects: Objects, left: str | None, right: str | None) -> Iterator[Difference]:
    before = set(objects.entries(left)) if left else set()
    after = set(objects.entries(right)) if right else set()
    old = {entry.name: entry for entry in before - after}
    new = {entry.name: entry for entry in after - before}
    for name in old.keys() | new.keys():
        yield Difference(name, old.get(name), new.get(name))


def _add(
    result: Comparison,
    pending: list[tuple[bytes, int, str | None, str | None]],
    difference: Difference,
    depth: int,
) -> None:
    old_folder, old_file = _split(difference.old)
    new_folder, new_file = _split(difference.new)
    if old_folder or new_folder:
        pending.append((difference.path + b"/", depth + 1, old_folder, new_folder))
    if old_file or new_file:
        result.differences.append(Difference(difference.path, old_file, new_file))


def _split(entry: TreeEntry | None) -> tuple[str | None, TreeEntry | None]:
    if entry is None:
        return None, None
    return (entry.oid, None) if entry.mode == FOLDER else (None, entry)
