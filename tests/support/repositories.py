"""Scripted git repositories for tests: own home, no system settings, fixed dates and people, so ids never change."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FIRST_COMMIT = 1_767_225_600
"""2026-01-01T00:00:00Z; every commit is one minute later than the one before."""


def hermetic_environment(home: Path, **extra: str) -> dict[str, str]:
    """Return the environment of a test's git: nothing of this machine's but PATH."""
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
        "TZ": "UTC0",
        "GIT_AUTHOR_NAME": "Ada Author",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Cy Committer",
        "GIT_COMMITTER_EMAIL": "cy@example.org",
        **extra,
    }


class ScriptedRepository:
    """A real repository that a test builds commit by commit; `root` is its work tree."""

    def __init__(self, root: Path, *, object_format: str = "sha1", branch: str = "main") -> None:
        self.root = root
        self.environment = hermetic_environment(root.parent / f"{root.name}-home")
        self.submodules: dict[str, str] = {}
        """Path and commit id of what every commit is to hold as a submodule; nothing is checked out."""
        self._clock = FIRST_COMMIT
        root.mkdir(parents=True)
        self.git("init", "-q", f"--object-format={object_format}", f"--initial-branch={branch}")

    @property
    def git_dir(self) -> Path:
        return self.root / ".git"

    def git(self, *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None) -> str:
        """Run git in the work tree and return what it printed, without the last line feed."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=self.environment | dict(variables or {}),
            input=stdin,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, f"git {arguments}: {done.stderr.decode(errors='replace')}"
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def write(self, path: str | bytes, content: str | bytes, *, mode: int = 0o644) -> Path:
        """Write a file of the work tree; folders are made."""
        target = self.root / os.fsdecode(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        target.chmod(mode)
        return target

    def commit(
        self,
        message: str,
        files: Mapping[str, str | bytes | None] | None = None,
        **variables: str,
    ) -> str:
        """Write these files (None removes one), commit everything, and return the commit's full id."""
        for path, content in (files or {}).items():
            if content is None:
                (self.root / path).unlink()
            else:
                self.write(path, content)
        self.git("add", "--all")
        for path, oid in self.submodules.items():
            self.git("update-index", "--add", "--cacheinfo", f"160000,{oid},{path}")
        self.git("commit", "-q", "--allow-empty", "--no-gpg-sign", "-m", message, variables=self._dates() | variables)
        return self.head()

    def merge(self, other: str, message: str = "Merge") -> str:
        """Merge another branch into the current one with a merge commit, and return its id."""
        self.git("merge", "-q", "--no-ff", "-m", message, other, variables=self._dates())
        return self.head()

    def switch(self, branch: str, *, start: str | None = None) -> None:
        """Go to a branch; made anew at `start` when that is given."""
        self.git("checkout", "-q", *(("-b", branch, start) if start else (branch,)))

    def head(self) -> str:
        """Return the full id of the current commit."""
        return self.git("rev-parse", "HEAD")

    def path_of(self, oid: str) -> Path:
        """Return where a loose object lies."""
        return self.git_dir / "objects" / oid[:2] / oid[2:]

    def _dates(self) -> dict[str, str]:
        self._clock += 60
        return {"GIT_AUTHOR_DATE": f"{self._clock} +0000", "GIT_COMMITTER_DATE": f"{self._clock} +0000"}
