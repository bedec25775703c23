"""Cursor's sessions on disk: transcripts of its agent by project, and the binary stores of its command line.

Knows the folders and how they are named after a project. Transcripts have no times: the file's own stands for the end.
Source: `~/.cursor/projects/<project>/agent-transcripts` and `~/.cursor/chats` as the programs write them.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

from reviewer.workflow.sessions.candidate import Candidate, closed
from reviewer.workflow.sessions.reading import NotReadableError, ends, lies_in, modified, names_in, times_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reviewer.workflow.sessions.places import Places
    from reviewer.workflow.sessions.search import Search

AGENT = "cursor"
BINARY = "is a binary store; export the chat from Cursor"
STORE = "store.db"
_SUFFIXES = (".jsonl", ".txt")
_NOT_LETTERS = re.compile(r"[^A-Za-z0-9]+")
_MAX_CHILDREN = 200


def candidates(search: Search) -> Iterator[Candidate]:
    """Yield the transcripts in Cursor's folders, and the stores that cannot be read."""
    for home in _homes(search.places):
        yield from _transcripts(search, home / "projects")
        yield from _stores(search, home / "chats")


def _homes(places: Places) -> tuple[Path, ...]:
    found = (places.named("CURSOR_DATA_DIR"), places.named("CURSOR_CONFIG_DIR"), places.home / ".cursor")
    return tuple(dict.fromkeys(home for home in found if home is not None))


def _transcripts(search: Search, base: Path) -> Iterator[Candidate]:
    names = {project_name(folder): str(folder) for folder in reversed(search.folders_around())}
    inside = tuple(f"{project_name(root)}-" for root in search.roots)
    for project in search.entries(base):
        folder = names.get(project.name)
        if folder is None and not project.name.startswith(inside) and not search.everywhere and not search.named:
            continue
        place = project / "agent-transcripts"
        logs = _logs(search, place)
        for each in search.examined(AGENT, search.newest(AGENT, logs), base, examine):
            yield _in_folder(each, folder, project, may_be_inside=project.name.startswith(inside))


def _logs(search: Search, place: Path) -> list[Path]:
    """Return the transcripts of a project, of the two forms of one the lines of JSON."""
    found: dict[str, Path] = {}
    for entry in search.entries(place):
        options = [entry] if entry.suffix in _SUFFIXES else [entry / f"{entry.name}{end}" for end in _SUFFIXES]
        for path in options:
            if path.exists() and (path.suffix == _SUFFIXES[0] or path.stem not in found):
                found[path.stem] = path
    return list(found.values())


def _in_folder(each: Candidate, folder: str | None, project: Path, *, may_be_inside: bool) -> Candidate:
    from dataclasses import replace

    if folder is not None:
        return replace(each, cwds=(folder,))
    # The name of a folder below ours and that of a sibling cannot be told apart: then the edits decide.
    return each if may_be_inside else replace(each, elsewhere=f"is kept for another folder (project {project.name})")


def project_name(folder: Path) -> str:
    """Return the name under which Cursor keeps the transcripts of a folder."""
    return _NOT_LETTERS.sub("-", str(folder)).strip("-")


def examine(path: Path) -> Candidate:
    """Return what is known of a transcript.

    Raises:
        NotReadableError: it cannot be read.
    """
    found = ends(path)
    if not found.size:
        raise NotReadableError("is empty")
    times = times_at(found.both, "timestamp", "createdAt")
    return Candidate(
        agent=AGENT,
        path=path,
        session=path.stem,
        sessions=(path.stem,),
        started=min(times, default=None),
        ended=max(times, default=found.modified),
        size=found.size,
        companions=companions(path),
    )


def companions(path: Path) -> tuple[tuple[Path, str | None], ...]:
    """Return the transcripts of a transcript's sub-agents with their ids."""
    if path.parent.name != path.stem:
        return ()
    files, _ = names_in(path.parent / "subagents", most=_MAX_CHILDREN)
    return tuple((child, child.stem) for child in files if child.suffix == _SUFFIXES[0] and lies_in(child, path.parent))


def _stores(search: Search, base: Path) -> Iterator[Candidate]:
    names = {workspace_hash(folder): str(folder) for folder in search.folders_around()}
    for workspace in search.entries(base):
        folder = names.get(workspace.name)
        if folder is None and not search.everywhere:
            continue
        stores = [chat / STORE for chat in search.entries(workspace) if (chat / STORE).exists()]
        for store in search.newest(AGENT, stores):
            found = closed(AGENT, store, BINARY, session=store.parent.name, modified=modified(store))
            yield _in_folder(found, folder, workspace, may_be_inside=False)


def workspace_hash(folder: Path) -> str:
    """Return the name under which Cursor's command line keeps the chats of a folder."""
    return hashlib.md5(os.fsencode(folder), usedforsecurity=False).hexdigest()
