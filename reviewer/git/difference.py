"""Let git write a diff in a clean room: a repository that holds only the objects of this change, each hashed before.

Git compares what it finds without hashing it, so it is given nothing that was not checked. Every option that a setting
could change is spelled out; the bytes are those of `git diff --binary --full-index` with git's own defaults.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reviewer.git.command import run
from reviewer.git.objects import EMPTY_TREE
from reviewer.git.packfile import PackWriter
from reviewer.git.tree import GITLINK
from reviewer.git.workspace import make_bare

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from reviewer.git.comparison import Comparison
    from reviewer.git.objects import ObjectReader

OPTIONS = (
    "--binary",
    "--full-index",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--find-renames=50%",
    "-l1000",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--unified=3",
    "--inter-hunk-context=0",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--submodule=short",
    "--ignore-submodules=none",
    "--no-function-context",
    "--ws-error-highlight=none",
    "--color-moved=no",
    "-O/dev/null",
)
"""Renames are shown (a packet has the status R); attributes are not read, so git decides by content what is text."""


def write_diff(
    reader: ObjectReader, comparison: Comparison, trees: tuple[str, str], room: Path, output: BinaryIO
) -> None:
    """Write the diff between two trees to a file.

    Args:
        reader: gives the objects, hashing each.
        comparison: what differs between the two trees.
        trees: ids of the old and the new tree.
        room: a folder that does not exist and is made; the caller removes it.
        output: a real file, opened for writing bytes.

    Raises:
        UndeterminedError: an object of the change is not in the repository.
        GitError: an object is damaged or altered, or git failed.
    """
    if trees[0] == trees[1]:
        return
    environment = make_bare(room, reader.object_format)
    _fill(reader, comparison, room)
    run(["index-pack", str(room / "objects/pack/change.pack")], environment)
    run(["diff", *OPTIONS, *trees, "--"], environment, stdout=output)


def _fill(reader: ObjectReader, comparison: Comparison, room: Path) -> None:
    wanted = dict.fromkeys(comparison.trees, "tree")
    for difference in comparison.differences:
        for entry in (difference.old, difference.new):
            if entry is not None and entry.mode != GITLINK:
                wanted[entry.oid] = "blob"
    # Git knows the empty tree without having it.
    wanted.pop(EMPTY_TREE[reader.object_format], None)
    with (room / "objects/pack/change.pack").open("wb") as stream:
        pack = PackWriter(stream, len(wanted), reader.object_format)
        for oid, kind in wanted.items():
            pack.add(kind, reader.size(oid), partial(reader.feed, oid, kind))
        pack.finish()
