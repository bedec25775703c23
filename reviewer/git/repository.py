"""Find a repository on disk and say what it is, without running git in it.

Follows gitrepository-layout(5): a `.git` folder, a `.git` file that points elsewhere (linked worktrees, submodules), or
a bare repository. Reads small files as data; takes no setting from the repository but its object format.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.errors import GitError
from reviewer.text import display_safe

if TYPE_CHECKING:
    from pathlib import Path

ObjectFormat: TypeAlias = Literal["sha1", "sha256"]

_SMALL = 64 * 1024
_SECTION = re.compile(rb"\s*\[\s*([A-Za-z0-9.-]+)\s*(\"[^\"]*\")?\s*\]\s*(.*)")
_OBJECT_FORMAT = re.compile(rb"\s*objectformat\s*=\s*\"?([A-Za-z0-9]+)\"?\s*([#;].*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on disk.

    Attributes:
        git_dir: holds HEAD; of a linked worktree, the worktree's own.
        common_dir: holds objects and branches; the same as `git_dir` but for linked worktrees.
        work_tree: the checked-out files, or None for a bare repository.
    """

    git_dir: Path
    common_dir: Path
    work_tree: Path | None

    @property
    def objects(self) -> Path:
        """The folder of objects."""
        return self.common_dir / "objects"

    @property
    def is_incomplete(self) -> bool:
        """Whether the clone is marked as shallow or partial, so that objects may be missing on purpose."""
        if (self.common_dir / "shallow").exists():
            return True
        return b"promisor" in (read_small(self.common_dir / "config") or b"").lower()

    @property
    def uses_reftable(self) -> bool:
        """Whether references are kept in the reftable format."""
        return (self.common_dir / "reftable").is_dir()

    def object_format(self) -> ObjectFormat:
        """Return which hash names the objects (`extensions.objectFormat`, read as text: nothing is included).

        A wrong answer cannot hide anything: objects whose bytes do not hash to their ids are refused.
        """
        section = b""
        found = b"sha1"
        for line in (read_small(self.common_dir / "config", 1 << 20) or b"").split(b"\n"):
            text = line
            if match := _SECTION.match(line):
                section, text = match[1].lower() + (match[2] or b""), match[3]
            if section == b"extensions" and (match := _OBJECT_FORMAT.fullmatch(text.rstrip(b"\r"))):
                found = match[1].lower()
        return "sha256" if found == b"sha256" else "sha1"


def find_repository(start: Path) -> Repository:
    """Return the repository that `start` lies in, or is.

    A bare repository is only taken when `start` itself is one: a folder in the tree that merely looks like one is never
    preferred over the repository around it (as with git's safe.bareRepository=explicit).

    Raises:
        GitError: there is none, or its `.git` file leads nowhere.
    """
    shown = display_safe(str(start))
    try:
        if not start.exists():
            raise GitError(f"{shown} does not exist")
        found = _find(start.resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise GitError(f"{shown} cannot be searched for a git repository: {error}") from error
    if found is None:
        raise GitError(f"there is no git repository at {shown} or above it", hint="go to the repository, or name it")
    return found


def _find(start: Path) -> Repository | None:
    if (found := _at_or_none(start)) is not None:
        return found
    if _is_git_dir(start):
        return Repository(start, _common_dir(start), start.parent if start.name == ".git" else None)
    return next((found for folder in start.parents if (found := _at_or_none(folder)) is not None), None)


def read_small(path: Path, limit: int = _SMALL) -> bytes | None:
    """Return at most `limit` bytes of a regular file, or None when there is no such file.

    Opened without waiting, so that a named pipe in its place cannot hang the program.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        try:
            return stream.read(limit)
        except OSError:
            return None


def _at_or_none(folder: Path) -> Repository | None:
    dot_git = folder / ".git"
    # Like git, look further up when a folder is called .git but holds no repository.
    if not dot_git.exists() or (dot_git.is_dir() and not _is_git_dir(dot_git)):
        return None
    return _at(folder)


def _at(folder: Path) -> Repository:
    dot_git = folder / ".git"
    if dot_git.is_dir():
        git_dir = dot_git.resolve()
    else:
        content = read_small(dot_git) or b""
        if not content.startswith(b"gitdir: "):
            raise GitError(f"{display_safe(str(dot_git))} is neither a folder nor a 'gitdir:' line")
        git_dir = (folder / os.fsdecode(content[len(b"gitdir: ") :].rstrip(b"\r\n"))).resolve()
    if not _is_git_dir(git_dir):
        raise GitError(f"{display_safe(str(dot_git))} leads to {display_safe(str(git_dir))}, which is no repository")
    return Repository(git_dir, _common_dir(git_dir), folder)


def _common_dir(git_dir: Path) -> Path:
    content = read_small(git_dir / "commondir")
    if content is None:
        return git_dir
    return (git_dir / os.fsdecode(content.rstrip(b"\r\n"))).resolve()


def _is_git_dir(path: Path) -> bool:
    if not (path / "HEAD").is_file() and not (path / "HEAD").is_symlink():
        return False
    common = _common_dir(path)
    return (common / "objects").is_dir() and (common / "refs").exists()
