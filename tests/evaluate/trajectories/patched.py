"""A trajectory's patch as two commits of a throw-away repository: on the commit that it is for, or on what it shows.

Where a mirror has the commit, the patch is applied there, and checks see whole files. Elsewhere the old side is made of
the patch's own lines, with empty ones between its hunks so that numbers stay: checks that need whole files say nothing.
Only indexes are written, never a work tree, so that no path of a patch leads anywhere.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from tests.support.repositories import hermetic_environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.evaluate.trajectories.rows import Trajectory

_FILE = re.compile(r"^diff --git a/(.+?) b/(.+)$|^--- (?:a/)?(.+?)(?:\t.*)?$")
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")
_MOST_LINES = 200_000
_WHEN = {"GIT_AUTHOR_DATE": "2024-06-01T00:00:00Z", "GIT_COMMITTER_DATE": "2024-06-01T00:00:00Z"}


class UnfitPatchError(Exception):
    """The patch does not fit what it is for, or is none."""


def make(one: Trajectory, place: Path, mirror: Path | None) -> tuple[Path, str, bool]:
    """Return a repository, the range to look at, and whether its files are whole.

    Args:
        one: the row.
        place: an empty folder.
        mirror: a bare repository of the row's project, if there is one.

    Raises:
        UnfitPatchError: it cannot be applied.
    """
    repository = place / "one.git"
    place.mkdir(parents=True, exist_ok=True)
    _git(place, "init", "-q", "--bare", str(repository))
    whole = mirror is not None and bool(one.base) and _has(mirror, one.base)
    if whole and mirror is not None:
        (repository / "objects/info/alternates").write_text(f"{mirror.resolve()}/objects\n", "utf-8")
        _git(repository, "read-tree", one.base)
    else:
        for path, text in shown(one.patch).items():
            blob = _git(repository, "hash-object", "-w", "--stdin", stdin=text)
            _git(repository, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    base = _git(repository, "commit-tree", _git(repository, "write-tree"), "-m", "Base")
    _git(repository, "apply", "--cached", "--whitespace=nowarn", "-", stdin=one.patch)
    tree = _git(repository, "write-tree")
    head = _git(repository, "commit-tree", tree, "-p", base, "-m", _subject(one))
    _git(repository, "update-ref", "refs/heads/main", head)
    _git(repository, "symbolic-ref", "HEAD", "refs/heads/main")
    return repository, f"{base}..{head}", whole


def shown(patch: str) -> dict[str, str]:
    """Return the old side of each file that a patch edits, as far as the patch shows it.

    Raises:
        UnfitPatchError: a hunk lies beyond what a file may have.
    """
    files: dict[str, list[str]] = {}
    path, rows = "", 0
    for line in patch.split("\n"):
        if rows <= 0 and (found := _FILE.match(line)):
            path = found[1] or found[3]
            continue
        if rows <= 0 and path not in {"", "/dev/null"} and (hunk := _HUNK.match(line)):
            start, rows = int(hunk[1]), int(hunk[2] or 1)
            if rows == 0:
                continue
            if start > _MOST_LINES:
                raise UnfitPatchError(f"line {start} is beyond what is made up")
            known = files.setdefault(path, [])
            known.extend([""] * (start - 1 - len(known)))
        elif rows > 0 and line[:1] in {" ", "-", ""}:
            files[path].append(line[1:])
            rows -= 1
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}


def _subject(one: Trajectory) -> str:
    return (one.asked.strip().splitlines() or [one.name])[0][:100] or one.name


def _has(mirror: Path, commit: str) -> bool:
    done = subprocess.run(["git", "-C", str(mirror), "cat-file", "-e", f"{commit}^{{commit}}"], check=False)
    return done.returncode == 0


def _git(place: Path, *arguments: str, stdin: str = "") -> str:
    done = subprocess.run(
        ["git", "-C", str(place), *arguments],
        input=stdin.encode("utf-8", "surrogatepass"),
        capture_output=True,
        check=False,
        timeout=120,
        env=hermetic_environment(place.parent / "home", **_WHEN),
    )
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
        raise UnfitPatchError(words[0][:200])
    return done.stdout.decode("utf-8", "replace").strip()
