"""Trajectories of SWE-agent and mini-SWE-agent: files that a run leaves in the repository, or in mini's own folder.

Knows names and places (`trajectories/`, `MSWEA_GLOBAL_CONFIG_DIR`). A file that git tracks is part of the repository
and no run of it. Source: `docs/usage/trajectories.md` of SWE-agent, `docs/usage/output_files.md` of mini-swe-agent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.workflow.sessions.candidate import Candidate
from reviewer.workflow.sessions.reading import NotReadableError, ends, small, texts_at, times_at, unique

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reviewer.workflow.sessions.places import Places
    from reviewer.workflow.sessions.search import Search

SWE, MINI = "swe-agent", "mini-swe-agent"
LAST_RUN = "last_mini_run.traj.json"
_SUFFIXES = (".traj", ".traj.json")
_MAX_INDEX = 64 << 20


def candidates(search: Search) -> Iterator[Candidate]:
    """Yield the trajectories in the repository's folders, and the last one of mini-SWE-agent."""
    for root in search.roots:
        logs = [path for path in search.entries(root) if path.name.endswith(_SUFFIXES)]
        logs += [path for path in search.files_below(root / "trajectories", depth=4) if path.name.endswith(_SUFFIXES)]
        if logs:
            index = _index(root)
            own = [path for path in logs if path.relative_to(root).as_posix().encode() not in index]
            for each in search.examined(MINI, search.newest(MINI, own), root, examine):
                # What a run leaves in a repository is of a run in it, wherever its container had the files.
                yield replace(each, cwds=(str(root),))
    for folder in _homes(search.places):
        last = [folder / LAST_RUN] if (folder / LAST_RUN).exists() else []
        yield from search.examined(MINI, search.newest(MINI, last), folder, examine)


def _homes(places: Places) -> tuple[Path, ...]:
    named = places.named("MSWEA_GLOBAL_CONFIG_DIR")
    return (named,) if named is not None else tuple(base / "mini-swe-agent" for base in places.config())


def _index(root: Path) -> bytes:
    """Return git's list of tracked files as it is on disk: paths stand in it as they are (gitformat-index(5))."""
    try:
        return small(root / ".git" / "index", _MAX_INDEX)
    except NotReadableError:
        return b""


def examine(path: Path) -> Candidate:
    """Return what the two ends of a trajectory say; older ones have no times, and the file's own stands for the end.

    Raises:
        NotReadableError: it cannot be read.
    """
    found = ends(path)
    if not found.size:
        raise NotReadableError("is empty")
    times = times_at(found.both, "timestamp")
    name = path.name.removesuffix(".json").removesuffix(".traj")
    return Candidate(
        agent=MINI if path.name.endswith(".json") else SWE,
        path=path,
        session=name,
        sessions=unique([name, *list(texts_at(found.tail, "instance_id"))[:1]]),
        started=min(times, default=None),
        ended=max(times, default=found.modified),
        size=found.size,
    )
