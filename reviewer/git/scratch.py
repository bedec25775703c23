"""Repositories made from scratch, for the demo: no template, hook or setting of the person takes part."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.git.command import clean_environment, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Commit:
    """A whole tree and who wrote it: paths with `/` to contents, (name, address), seconds since 1970 in UTC."""

    files: Mapping[str, bytes]
    message: str
    author: tuple[str, str]
    time: int


def make_repository(folder: Path, commits: Sequence[Commit], *, branch: str) -> tuple[str, ...]:
    """Make a repository with a line of commits: the first on `main`, all of them on `branch`, which is checked out.

    Equal commits give equal object ids.

    Args:
        folder: the work tree; made if missing, and it must hold no repository yet.
        commits: at least one, the oldest first; each is a whole tree.
        branch: name of the branch that holds them all.

    Returns:
        The ids of the commits, in their order.

    Raises:
        GitError: git is missing or fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    git_dir = folder / ".git"
    # Git starts in the folder that GIT_DIR names, so it has to be there before git makes it a repository.
    git_dir.mkdir()
    with tempfile.TemporaryDirectory(prefix="reviewer-home-") as home:
        environment = clean_environment(Path(home), git_dir) | {"GIT_WORK_TREE": str(folder)}
        run(["init", "--quiet", "--template=", "--initial-branch=main"], environment)
        marks = Path(home) / "marks"
        run(["fast-import", "--quiet", f"--export-marks={marks}"], environment, stdin=_stream(commits, branch))
        ids = dict(line.split(" ") for line in marks.read_text(encoding="ascii").splitlines())
        run(["symbolic-ref", "HEAD", f"refs/heads/{branch}"], environment)
        run(["reset", "--quiet", "--hard"], environment)
    return tuple(ids[f":{number}"] for number in range(1, len(commits) + 1))


def _stream(commits: Sequence[Commit], branch: str) -> bytes:
    """Return the commits in the language of git-fast-import(1)."""
    out: list[bytes] = []
    for number, commit in enumerate(commits, start=1):
        who = f"{commit.author[0]} <{commit.author[1]}> {commit.time} +0000"
        ref = "main" if number == 1 else branch
        message = commit.message.encode()
        out.append(f"commit refs/heads/{ref}\nmark :{number}\nauthor {who}\ncommitter {who}\n".encode())
        out.append(b"data %d\n%s\n" % (len(message), message))
        if number > 1:
            out.append(b"from :%d\ndeleteall\n" % (number - 1))
        for path, content in sorted(commit.files.items()):
            out.append(b"M 100644 inline %s\ndata %d\n%s\n" % (_quoted(path), len(content), content))
    if len(commits) == 1:
        out.append(b"reset refs/heads/%s\nfrom :1\n" % branch.encode())
    return b"".join(out)


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'"%s"' % escaped.encode("utf-8", "surrogateescape")
