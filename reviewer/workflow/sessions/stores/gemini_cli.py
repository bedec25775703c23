"""Gemini CLI's chats on disk: `.gemini/tmp/<project>/chats`, the project being a name or a hash of its folder.

Knows the program's folders and file names. Source: `packages/core/src/config/storage.ts` and
`services/chatRecordingService.ts` of google-gemini/gemini-cli; `GEMINI_CLI_HOME` of its configuration reference.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from reviewer.workflow.sessions.candidate import Candidate, families
from reviewer.workflow.sessions.reading import (
    NotReadableError,
    ends,
    lies_in,
    small,
    table_of,
    texts_at,
    times_at,
    unique,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from reviewer.workflow.sessions.search import Search

AGENT = "gemini-cli"
_SUFFIXES = frozenset((".json", ".jsonl"))
_MAX_FOLDERS = 500
_MAX_CHILDREN = 400


def candidates(search: Search) -> Iterator[Candidate]:
    """Yield the chats in Gemini CLI's folders, each with those of its sub-agents."""
    moved = search.places.named("GEMINI_CLI_HOME")
    homes = dict.fromkeys(home for home in (moved, search.places.home) if home is not None)
    for base in (home / ".gemini" for home in homes):
        folders = _folders(base, search.roots)
        for project in search.entries(base / "tmp"):
            folder = _own_name(project) or folders.get(project.name)
            if folder is None and not search.everywhere and not search.named:
                continue
            chats = project / "chats"
            logs = [path for path in search.files_below(chats, depth=2) if path.suffix in _SUFFIXES]
            found = search.examined(AGENT, search.newest(AGENT, logs), chats, examine)
            yield from families(_placed(found, project, folder))


def _placed(found: Iterable[Candidate], project: Path, folder: str | None) -> Iterator[Candidate]:
    from dataclasses import replace

    for each in found:
        if folder is not None:
            yield replace(each, cwds=unique([folder, *each.cwds]))
        elif each.cwds:
            yield each
        else:
            yield replace(each, elsewhere=f"is kept for another folder (project {project.name[:20]})")


def _own_name(project: Path) -> str | None:
    """Return the folder that a project's own file names."""
    try:
        return small(project / ".project_root", 8192).decode("utf-8", "replace").strip() or None
    except NotReadableError:
        return None


def _folders(base: Path, roots: Iterable[Path]) -> dict[str, str]:
    """Return the folder of each project that can be told: by the program's list, and by the hash of ours."""
    listed = table_of(base / "projects.json").get("projects")
    known = {name: path for path, name in listed.items() if isinstance(name, str)} if isinstance(listed, dict) else {}
    for root in roots:
        for folder in (root, *root.parents, *_inside(root)):
            known.setdefault(project_hash(folder), str(folder))
    return known


def project_hash(folder: Path) -> str:
    """Return the name under which older versions keep the chats of a folder."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()


def _inside(root: Path) -> Iterator[Path]:
    """Yield folders of a repository, two levels deep: an agent may have been started in one of them."""
    count = 0
    pending = [(root, 2)]
    while pending:
        place, depth = pending.pop(0)
        try:
            with os.scandir(place) as entries:
                below = sorted(each.name for each in entries if each.is_dir(follow_symlinks=False))
        except OSError:
            continue
        for name in below:
            count += 1
            if count > _MAX_FOLDERS:
                return
            if name != ".git":
                yield place / name
                if depth > 1:
                    pending.append((place / name, depth - 1))


def examine(path: Path) -> Candidate:
    """Return what the two ends of a chat say.

    Raises:
        NotReadableError: it cannot be read, or is no chat.
    """
    found = ends(path)
    if not found.size:
        raise NotReadableError("is empty")
    times = times_at(found.both, "startTime", "lastUpdated", "timestamp")
    sessions = unique(list(texts_at(found.head, "sessionId"))[:1])
    if not sessions and not times:
        raise NotReadableError("holds no record of a session")
    # Chats of sub-agents lie in a folder that has their parent's id.
    below = path.parent.name != "chats" and path.parent.parent.name == "chats"
    return Candidate(
        agent=AGENT,
        path=path,
        session=sessions[0] if sessions else path.stem,
        sessions=sessions or (path.stem,),
        started=min(times, default=None),
        ended=max(times, default=found.modified),
        size=found.size,
        parent=path.parent.name if below else None,
    )


def companions(path: Path) -> tuple[tuple[Path, str | None], ...]:
    """Return the chats of a chat's sub-agents with their ids."""
    if path.parent.name != "chats":
        return ()
    try:
        session = examine(path).session
    except NotReadableError:
        return ()
    files, _ = walk(path.parent / session, depth=1, most=_MAX_CHILDREN) if _is_name(session) else ([], False)
    own = [child for child in files if child.suffix in _SUFFIXES and lies_in(child, path.parent)]
    return tuple((child, child.stem) for child in own)


def _is_name(session: str) -> bool:
    return session not in {"", ".", ".."} and "/" not in session and "\0" not in session
