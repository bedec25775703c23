"""Make real patches: two trees of files in, what `git diff --binary --full-index` says out."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """A file of a tree: content, and git's mode ("120000": the content is the link's target; "160000": an id)."""

    content: bytes
    mode: str = "100644"


def git(repository: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(repository),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    }
    done = subprocess.run(
        ["git", *arguments], cwd=repository, env=environment, input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def init(repository: Path) -> None:
    repository.mkdir(parents=True, exist_ok=True)
    git(repository, "init", "-q", "--initial-branch=main", ".")


def write_tree(repository: Path, files: Mapping[bytes, Entry]) -> str:
    """Write a tree from entries, without a work tree, and return its id."""
    listing = b""
    for path, entry in files.items():
        if entry.mode == "160000":
            oid = entry.content.decode()
        else:
            oid = git(repository, "hash-object", "-w", "--no-filters", "--stdin", stdin=entry.content).decode().strip()
        listing += f"{entry.mode} {oid}\t".encode() + path + b"\0"
    git(repository, "read-tree", "--empty")
    git(repository, "update-index", "--add", "-z", "--index-info", stdin=listing)
    return git(repository, "write-tree").decode().strip()


def diff(repository: Path, old: str, new: str, *options: str) -> bytes:
    options = options or ("--binary", "--full-index", "-M", "-C")
    return git(repository, "diff", "--no-color", "--no-ext-diff", *options, old, new)
