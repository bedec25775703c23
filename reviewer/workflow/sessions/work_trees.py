"""Where and when a change was made, as git has it: the work trees of its repository, the moments of its commits.

Knows gitrepository-layout(5) as far as linked work trees go; reads small files as data.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.git.repository import read_small
from reviewer.workflow.sessions.choice import TimeSpan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.git.commit import CommitInfo
    from reviewer.git.repository import Repository


def work_trees(repository: Repository) -> tuple[Path, ...]:
    """Return the work trees of a repository, the one at hand first: an agent may have run in any of them."""
    trees = [repository.work_tree] if repository.work_tree is not None else []
    if repository.common_dir.name == ".git":
        trees.append(repository.common_dir.parent)
    try:
        linked = sorted((repository.common_dir / "worktrees").iterdir())
    except OSError:
        linked = []
    for folder in linked:
        # Each names the `.git` file of its work tree (gitrepository-layout(5)).
        content = read_small(folder / "gitdir")
        if content and content.startswith(b"/"):
            trees.append(Path(os.fsdecode(content.rstrip(b"\r\n"))).parent)
    return tuple(dict.fromkeys(trees))


def span_of(base: CommitInfo, commits: Sequence[CommitInfo]) -> TimeSpan:
    """Return when a change was made.

    It begins with the base commit, or with the first of the change's commits that was written before: a rebase onto a
    newer base leaves the authors' times as they were. It ends with the last commit.
    """
    starts = [time for time in (base.committer_time, *(commit.author_time for commit in commits)) if time]
    ends = [time for commit in commits for time in (commit.committer_time, commit.author_time)]
    return TimeSpan(min(starts, default=0), max(ends, default=0))
