"""Ask git which commit last wrote each line of a file, and check the answer against hashed objects.

Git walks history without hashing it. So the commits, folders and versions of the file that it walked over are hashed
here too, and each commit it names has to hold the line at the place git says; else it is an error and never shown.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from reviewer.errors import GitError
from reviewer.git.command import attempt
from reviewer.git.quoting import unquote
from reviewer.git.tree import FOLDER, GITLINK, TreeEntry
from reviewer.ownership import BlameLine
from reviewer.text import decode, display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.git.quarantine import Quarantine

MAX_WALK = 20_000
"""Commits that are walked to check an answer; beyond them only the commits that git names are looked at."""
_AT_ONCE = 1000
_HEADER = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+)(?: \d+)?", re.ASCII)


def blame(quarantine: Quarantine, revision: str, path: str) -> tuple[BlameLine, ...]:
    """Return for each line of a file at a commit which commit last wrote it.

    Raises:
        GitError: the file is not there, or the answer does not fit the objects.
        UndeterminedError: the history of the file is not all here.
    """
    commit = quarantine.resolve(revision)
    shown = display_safe(path)
    content = quarantine.tree(commit).read(path)
    if content is None:
        raise GitError(f"there is no file {shown} at {commit[:12]}")
    arguments: list[str | bytes] = ["blame", "--porcelain", commit, "--", path.encode("utf-8", "surrogateescape")]
    outcome = attempt(arguments, quarantine.environment)
    if outcome.code != 0:
        if quarantine.repository.is_incomplete:
            raise quarantine.incomplete(f"who wrote {shown} cannot be determined")
        raise GitError(f"git blame of {shown} failed: {outcome.complaint}")
    lines = parse_porcelain(outcome.stdout)
    if [line.text for line in lines] != _lines(content):
        raise GitError(f"git blame of {shown} shows other lines than the file has: history was altered")
    _check_sources(quarantine, shown, lines)
    _check_walk(quarantine, commit, shown, lines)
    return lines


def parse_porcelain(data: bytes) -> tuple[BlameLine, ...]:
    """Return the lines in the output of `git blame --porcelain`.

    Raises:
        GitError: the output is cut or of another form.
    """
    found: list[BlameLine] = []
    paths: dict[str, str] = {}
    commit, original, final, path = "", 0, 0, ""
    for row in _lines(data):
        if row.startswith(b"\t") and commit and path:
            found.append(BlameLine(final, commit, original, path, row[1:]))
            commit = ""
        elif not commit:
            match = _HEADER.fullmatch(row)
            if match is None:
                raise GitError("git blame gave an answer that cannot be read")
            commit, original, final = match[1].decode(), int(match[2]), int(match[3])
            path = paths.get(commit, "")
        elif row.startswith(b"filename "):
            path = paths[commit] = decode(unquote(row[len(b"filename ") :]))
    if commit:
        raise GitError("git blame gave an answer that is cut")
    return tuple(found)


def _check_sources(quarantine: Quarantine, shown: str, lines: tuple[BlameLine, ...]) -> None:
    sources: dict[tuple[str, str], list[bytes]] = {}
    for line in lines:
        key = (line.commit, line.path)
        if key not in sources:
            for parent in quarantine.objects.commit(line.commit).parents:
                # Where a parent is missing, git takes the commit for the first one and says nothing.
                quarantine.objects.commit(parent)
            sources[key] = _lines(quarantine.tree(line.commit).read(line.path) or b"")
        source = sources[key]
        if not 1 <= line.orig_line <= len(source) or source[line.orig_line - 1] != line.text:
            raise GitError(
                f"git blame says that {line.commit[:12]} wrote line {line.line} of {shown}, "
                "but that commit does not hold it there: history was altered"
            )


def _check_walk(quarantine: Quarantine, tip: str, shown: str, lines: tuple[BlameLine, ...]) -> None:
    wanted = {line.commit for line in lines}
    paths = {line.path for line in lines}
    hashed: set[str] = set()
    walk = islice(quarantine.history.reach(tip), MAX_WALK)
    walked = 0
    while wanted and (commits := _until_all_met(walk, wanted)):
        walked += len(commits)
        for path in paths:
            for blob in _versions(quarantine, commits, path) - hashed:
                quarantine.objects.digest(blob)
                hashed.add(blob)
    if wanted and walked < MAX_WALK:
        raise GitError(
            f"git blame of {shown} names {min(wanted)[:12]}, which is no ancestor of {tip[:12]}: history was altered"
        )


def _until_all_met(walk: Iterator[str], wanted: set[str]) -> list[str]:
    """Return the next commits of a walk, at most `_AT_ONCE`, and take them off `wanted`; end where it is empty."""
    commits = []
    for commit in islice(walk, _AT_ONCE):
        commits.append(commit)
        wanted.discard(commit)
        if not wanted:
            break
    return commits


def _versions(quarantine: Quarantine, commits: list[str], path: str) -> set[str]:
    """Return the blobs that a path has in these commits, reading the folders on the way all at once."""
    trees = {quarantine.objects.commit(commit).tree for commit in commits}
    *folders, name = path.encode("utf-8", "surrogateescape").split(b"/")
    for folder in folders:
        trees = {entry.oid for entry in _named(quarantine, trees, folder) if entry.mode == FOLDER}
    return {entry.oid for entry in _named(quarantine, trees, name) if entry.mode not in {FOLDER, GITLINK}}


def _named(quarantine: Quarantine, trees: set[str], name: bytes) -> Iterator[TreeEntry]:
    quarantine.objects.prefetch_trees(trees)
    return (entry for tree in trees for entry in quarantine.objects.entries(tree) if entry.name == name)


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return lines
