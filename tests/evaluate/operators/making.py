"""A spoiled commit, made in a bare repository of its own that borrows the mirror's objects, and what is said of it.

The mirror stays as it is. Only the check of the fault's mode runs, so that a fault takes a second.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.evaluate.examined import Examined, examine
from tests.evaluate.history import git
from tests.evaluate.kept import diagnoses
from tests.support.repositories import hermetic_environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.evaluate.operators.seeding import Seeded
    from tests.evaluate.operators.spoiled import Recorded

_WHEN = {"GIT_AUTHOR_DATE": "2024-06-01T00:00:00Z", "GIT_COMMITTER_DATE": "2024-06-01T00:00:00Z"}


def spoiled(seeded: Seeded) -> Examined:
    """Examine the commit with the fault."""
    return _examined(seeded, seeded.name, seeded.spoiled.edits, seeded.spoiled.run)


def original(seeded: Seeded) -> Examined:
    """Examine the same commit without it."""
    return _examined(seeded, seeded.original, {}, seeded.spoiled.honest)


def _examined(seeded: Seeded, name: str, edits: Mapping[str, str | None], recorded: Recorded | None) -> Examined:
    with tempfile.TemporaryDirectory(prefix="evaluate-") as place:
        root, span = made(seeded, edits, Path(place))
        contract, log = Path(place) / "task.toml", Path(place) / "timeline.jsonl"
        if recorded is not None:
            contract.write_text(recorded.contract_text, "utf-8")
            log.write_text(recorded.events_text, "utf-8")
        with diagnoses(name):
            return examine(
                name,
                root,
                span,
                sessions=() if recorded is None else (log,),
                task=None if recorded is None else contract,
                python=sys.prefix if seeded.commit.language == "python" else None,
                parts=seeded.spoiled.parts,
                modes=(seeded.mode,),
            )


def made(seeded: Seeded, edits: Mapping[str, str | None], place: Path) -> tuple[Path, str]:
    """Return a repository with the commit and these edits, and the range to look at."""
    repository = place / "one.git"
    subprocess.run(["git", "init", "-q", "--bare", str(repository)], check=True, capture_output=True)
    borrowed = git(seeded.commit.repository, "rev-parse", "--absolute-git-dir").strip()
    (repository / "objects/info/alternates").write_text(f"{borrowed}/objects\n", "utf-8")
    both = seeded.spoiled.base
    # Without what was before, no one has to walk through thousands of commits.
    base = _commit(repository, f"{seeded.commit.oid}^", both, (), {})
    modes = seeded.spoiled.modes if edits else {}
    head = _commit(repository, seeded.commit.oid, {**both, **edits}, ("-p", base), modes)
    _call(repository, "update-ref", "refs/heads/main", head)
    _call(repository, "symbolic-ref", "HEAD", "refs/heads/main")
    return repository, f"{base}..{head}"


def _commit(
    repository: Path, tree: str, edits: Mapping[str, str | None], parents: tuple[str, ...], modes: Mapping[str, str]
) -> str:
    _call(repository, "read-tree", tree)
    for path, text in edits.items():
        if text is None:
            _call(repository, "update-index", "--index-info", stdin=f"0 {'0' * 40}\t{path}\n")
            continue
        mode = modes.get(path) or _call(repository, "ls-files", "-s", "--", path).partition(" ")[0] or "100644"
        blob = _call(repository, "hash-object", "-w", "--stdin", stdin=text)
        _call(repository, "update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}")
    return _call(repository, "commit-tree", _call(repository, "write-tree"), *parents, "-m", "Change")


def _call(repository: Path, *arguments: str, stdin: str = "") -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), *arguments],
        input=stdin.encode(),
        capture_output=True,
        check=True,
        env=hermetic_environment(repository.parent / "home", **_WHEN),
    )
    return done.stdout.decode().strip()
