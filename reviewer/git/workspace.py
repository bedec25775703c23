"""Bare repositories of our own making: made by writing files, never by running git, with every switch set.

One is the quarantine, whose objects are borrowed from the reviewed repository; another is a clean room, which has only
objects that were hashed first. Neither takes anything else from outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.git.command import clean_environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reviewer.git.repository import ObjectFormat

_CONFIG = """\
[core]
	repositoryformatversion = 1
	bare = true
	filemode = true
	commitGraph = false
	multiPackIndex = false
	useReplaceRefs = false
	hooksPath = /dev/null
	attributesFile = /dev/null
	excludesFile = /dev/null
	fsmonitor = false
	untrackedCache = false
	logAllRefUpdates = false
	quotePath = true
	bigFileThreshold = 512m
	pager = cat
	fsync = loose-object,pack,pack-metadata
[gc]
	auto = 0
[maintenance]
	auto = false
[protocol]
	allow = never
[fetch]
	fsckObjects = true
[diff]
	renameLimit = 1000
[mailmap]
	file = /dev/null
	blob =
"""


def make_bare(folder: Path, object_format: ObjectFormat, borrowed: Sequence[Path] = ()) -> dict[str, str]:
    """Make a bare repository in `folder` (which must not exist) and return the environment to use it with.

    Args:
        folder: where; its parent serves as the home folder of git processes.
        object_format: which hash names the objects.
        borrowed: folders of objects to read from (gitrepository-layout(5), objects/info/alternates).
    """
    for part in ("objects/info", "objects/pack", "refs"):
        (folder / part).mkdir(parents=True)
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    # HEAD names a branch that is not there: newer versions of git read attributes from HEAD in a bare repository.
    (folder / "HEAD").write_bytes(b"ref: refs/heads/none\n")
    extension = "[extensions]\n\tobjectFormat = sha256\n" if object_format == "sha256" else ""
    (folder / "config").write_text(_CONFIG + extension, encoding="utf-8")
    if borrowed:
        lines = b"".join(_quoted(bytes(path)) + b"\n" for path in borrowed)
        (folder / "objects/info/alternates").write_bytes(lines)
    return clean_environment(home, folder)


def _quoted(path: bytes) -> bytes:
    # In the C style that git unquotes, as a path may hold a line feed.
    return b'"' + b"".join(b"\\%03o" % byte if byte < 32 or byte in b'"\\' else bytes((byte,)) for byte in path) + b'"'
