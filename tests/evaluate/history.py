"""Whole commits of people in bare mirrors: what they merged is taken for fine, so what is found there is an alarm."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.evaluate.examined import Examined, examine
from tests.evaluate.kept import diagnoses

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BEFORE = "2024-06-01"
"""Later commits may have been written by machines."""
MOST = 2000
"""Added lines of a commit; beyond it is an import or a move, and no review."""

SOURCES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "python": (
        (
            "pallets+click",
            "pallets+werkzeug",
            "python-attrs+attrs",
            "psf+requests",
            "pallets+jinja",
            "pallets+flask",
            "Textualize+rich",
        ),
        ("*.py",),
    ),
    "javascript": (("expressjs+express", "axios+axios"), ("*.js",)),
    "go": (("spf13+cobra",), ("*.go",)),
    "ruby": (("sinatra+sinatra",), ("*.rb",)),
    "rust": (("BurntSushi+ripgrep",), ("*.rs",)),
    "java": (("google+gson",), ("*.java",)),
}
"""Mirrors by language, and what a commit has to touch."""

WANTED = {"python": 420, "javascript": 120, "go": 40, "ruby": 40, "rust": 40, "java": 40}


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a mirror."""

    language: str
    repository: Path
    oid: str

    @property
    def name(self) -> str:
        """How it is kept."""
        return f"negative {self.repository.parent.name} {self.oid}"


def git(repository: Path, *arguments: str) -> str:
    """Return what git prints."""
    done = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def commits(mirrors: Path, limit: int | None = None) -> list[Commit]:
    """Return commits of all mirrors that are there, spread evenly over each one's history.

    Args:
        mirrors: folder of `owner+name/repo` bare repositories.
        limit: of commits in all; each language gets its share.
    """
    whole = sum(WANTED.values())
    found = []
    for language, (names, patterns) in SOURCES.items():
        there = [mirrors / name / "repo" for name in names if (mirrors / name / "repo").is_dir()]
        count = WANTED[language] if limit is None else max(1, WANTED[language] * limit // whole)
        for repository in there:
            share = max(1, count // len(there))
            found += [Commit(language, repository, oid) for oid in _spread(repository, patterns, share)]
    return found


def _spread(repository: Path, patterns: Sequence[str], count: int) -> list[str]:
    listed = git(
        repository, "log", "--no-merges", f"--before={BEFORE}", "--numstat", "--format=@%H %P", "--", *patterns
    )
    sizes: dict[str, int] = {}
    oid = ""
    for line in listed.splitlines():
        if line.startswith("@"):
            oid, _, parent = line[1:].partition(" ")
            oid = oid if parent else ""
        elif oid and line[:1].isdigit():
            sizes[oid] = sizes.get(oid, 0) + int(line.partition("\t")[0])
    # The later half: the tools of today understand it, and it has tests and settings as projects have them now.
    fit = [one for one, size in sizes.items() if 0 < size <= MOST]
    fit = fit[: max(count, len(fit) // 2)]
    return fit[:: max(1, len(fit) // count)][:count]


def run(commit: Commit) -> Examined:
    """Examine a commit against its parent, with the environment that runs this."""
    with diagnoses(commit.name):
        return examine(
            commit.name,
            commit.repository,
            f"{commit.oid}^..{commit.oid}",
            python=sys.prefix if commit.language == "python" else None,
        )
