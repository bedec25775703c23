"""One commit as operators see it: both trees by path, what it changed, and its Python files with their trees."""

from __future__ import annotations

import difflib
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

from tests.evaluate.history import Commit, git
from tests.evaluate.operators.source import Source

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS = 12
"""Files beside a changed one that an operator may take a helper from."""


class View:
    """One commit.

    Attributes:
        before, after: contents by path; what is no text is not there.
        changed: paths of the new side that the commit adds or edits.
        subject: what its author said of it.
    """

    def __init__(self, language: str, before: Mapping[str, str], after: Mapping[str, str], subject: str = "") -> None:
        self.language, self.before, self.after, self.subject = language, before, after, subject

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """What the commit adds or edits."""
        return tuple(path for path in self.after if self.before.get(path) != self.after[path])

    def added(self, path: str) -> set[int]:
        """Lines of the new side that the commit wrote."""
        old, new = self.before.get(path, "").splitlines(), self.after[path].splitlines()
        blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        return {line + 1 for tag, _, _, first, last in blocks if tag != "equal" for line in range(first, last)}

    def patch(self, path: str) -> str:
        """The commit's patch of a file, hunks alone."""
        old, new = self.before.get(path, ""), self.after.get(path, "")
        lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=1, lineterm="")
        return "\n".join(list(lines)[2:]) + "\n"

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The changed Python files."""
        found = []
        others = [path for path in self.after if path.endswith(".py") and path not in self.changed]
        for path in self.changed:
            new = self.after.get(path)
            if not path.endswith(".py") or new is None or "\r" in new or "\f" in new:
                continue
            folder = path.rpartition("/")[0]
            near = [one for one in others if one.rpartition("/")[0] == folder][:_OTHERS]
            texts = {one: self.after.get(one, "") for one in near}
            found.append(Source(path, self.before.get(path), new, self.added(path), texts))
        return tuple(found)

    @property
    def has_tests(self) -> bool:
        """Whether tests are among what it changes."""
        return any(is_test(path) for path in self.changed)


def is_test(path: str) -> bool:
    """Whether a path is one of tests, in any language."""
    name = path.rpartition("/")[2].lower()
    return "test" in name or "spec" in name or any(part in {"test", "tests", "spec"} for part in path.split("/"))


class CommitView(View):
    """A commit of a mirror; contents are read as they are asked for."""

    def __init__(self, commit: Commit) -> None:
        subject = git(commit.repository, "show", "-s", "--format=%s", commit.oid).strip()
        before, after = _Tree(commit.repository, f"{commit.oid}^"), _Tree(commit.repository, commit.oid)
        super().__init__(commit.language, before, after, subject)
        self._commit = commit

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """What git says that the commit adds or edits."""
        said = git(
            self._commit.repository,
            "diff",
            "--name-only",
            "--diff-filter=AMR",
            "-z",
            f"{self._commit.oid}^",
            self._commit.oid,
        )
        return tuple(said.split("\0")[:-1])


class _Tree(Mapping[str, str]):
    """A commit's tree."""

    def __init__(self, repository: Path, revision: str) -> None:
        self._repository, self._revision = repository, revision

    @cached_property
    def _paths(self) -> dict[str, None]:
        said = git(self._repository, "ls-tree", "-r", "--name-only", "-z", self._revision)
        return dict.fromkeys(said.split("\0")[:-1])

    def __getitem__(self, path: str) -> str:
        text = _read(self._repository, self._revision, path) if path in self._paths else None
        if text is None:
            raise KeyError(path)
        return text

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


@cache
def _read(repository: Path, revision: str, path: str) -> str | None:
    done = subprocess.run(
        ["git", "-C", str(repository), "show", f"{revision}:{path}"], capture_output=True, check=False
    )
    try:
        return done.stdout.decode("utf-8") if done.returncode == 0 else None
    except UnicodeDecodeError:
        return None
