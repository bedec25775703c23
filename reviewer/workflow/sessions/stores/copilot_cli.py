"""Copilot CLI's sessions on disk (`session-state/<id>/events.jsonl`), and the chats of Copilot in VS Code.

Knows the programs' folders and file names. Source: GitHub's reference of the Copilot CLI configuration directory
(`COPILOT_HOME`), and VS Code's `workspaceStorage/<id>/chatSessions`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from reviewer.workflow.sessions.candidate import Candidate
from reviewer.workflow.sessions.reading import (
    Ends,
    NotReadableError,
    ends,
    small,
    table_of,
    texts_at,
    times_at,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reviewer.workflow.sessions.places import Places
    from reviewer.workflow.sessions.search import Search

AGENT = "copilot-cli"
CHAT_AGENT = "copilot-chat"
EVENTS = "events.jsonl"
_SUFFIXES = frozenset((".json", ".jsonl"))


def candidates(search: Search) -> Iterator[Candidate]:
    """Yield the sessions in Copilot CLI's folders, the older flat ones too."""
    for home in _homes(search.places):
        for base in (home / "session-state", home / "history-session-state"):
            logs = []
            for entry in search.entries(base):
                if entry.suffix in _SUFFIXES:
                    logs.append(entry)
                elif os.path.lexists(entry / EVENTS):
                    logs.append(entry / EVENTS)
            yield from search.examined(AGENT, search.newest(AGENT, logs), base, examine)


def _homes(places: Places) -> tuple[Path, ...]:
    # `--config-dir` aside: COPILOT_HOME moves all of it; before 1.0 the XDG folders held it.
    found = [places.named("COPILOT_HOME"), places.home / ".copilot"]
    found += [base / ".copilot" for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME") if (base := places.named(name))]
    return tuple(dict.fromkeys(home for home in found if home is not None))


def examine(path: Path) -> Candidate:
    """Return what the two ends of a session's events say.

    Raises:
        NotReadableError: it cannot be read, or is no session.
    """
    found = ends(path)
    if not found.size:
        raise NotReadableError("is empty")
    times = times_at(found.both, "timestamp", "startTime")
    session = path.parent.name if path.name == EVENTS else path.stem
    sessions = unique([*list(texts_at(found.head, "sessionId"))[:1], session])
    if not times and not any(texts_at(found.head, "sessionId")):
        raise NotReadableError("holds no record of a session")
    return Candidate(
        agent=AGENT,
        path=path,
        session=sessions[0],
        sessions=sessions,
        cwds=_folders(found) or _workspace(path),
        started=min(times, default=None),
        ended=max(times, default=found.modified),
        size=found.size,
    )


def _folders(found: Ends) -> tuple[str, ...]:
    first = found.head.partition(b'"tool.execution_start"')[0]
    return unique([*texts_at(first, "cwd"), *texts_at(first, "gitRoot")])


def _workspace(path: Path) -> tuple[str, ...]:
    """Return the folder in the file beside the events: one `cwd: <path>` line of simple YAML."""
    try:
        text = small(path.parent / "workspace.yaml", 1 << 16).decode("utf-8", "replace")
    except NotReadableError:
        return ()
    lines = (line.partition(":") for line in text.split("\n"))
    return unique([value.strip().strip("\"'") for key, _, value in lines if key in {"cwd", "git_root"}])


def chat_candidates(search: Search) -> Iterator[Candidate]:
    """Yield the chats that editors of VS Code's kind keep for a folder."""
    for user in search.places.editors():
        for storage in search.entries(user / "workspaceStorage"):
            folder = _folder_of(storage)
            wanted = folder is not None and any(_touches(folder, str(root)) for root in search.roots)
            if not wanted and not search.everywhere:
                continue
            base = storage / "chatSessions"
            logs = [path for path in search.entries(base) if path.suffix in _SUFFIXES]
            for each in search.examined(CHAT_AGENT, search.newest(CHAT_AGENT, logs), base, examine_chat):
                yield _in_folder(each, folder, storage)


def _in_folder(chat: Candidate, folder: str | None, storage: Path) -> Candidate:
    from dataclasses import replace

    if folder is not None:
        return replace(chat, cwds=(folder,))
    return replace(chat, elsewhere=f"is kept for another folder (workspace {storage.name[:20]})")


def _folder_of(storage: Path) -> str | None:
    """Return the folder that a workspace of the editor is, None if it is several or on another machine."""
    uri = table_of(storage / "workspace.json", 1 << 16).get("folder")
    if not isinstance(uri, str):
        return None
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    return unquote(parts.path) if parts.scheme == "file" and not parts.netloc else None


def _touches(folder: str, root: str) -> bool:
    return f"{folder}/".startswith(f"{root}/") or f"{root}/".startswith(f"{folder.rstrip('/')}/")


def examine_chat(path: Path) -> Candidate:
    """Return what the two ends of a chat of VS Code say.

    Raises:
        NotReadableError: it cannot be read.
    """
    found = ends(path)
    if not found.size:
        raise NotReadableError("is empty")
    times = times_at(found.both, "creationDate", "lastMessageDate", "timestamp")
    sessions = unique([*list(texts_at(found.both, "sessionId"))[:1], path.stem])
    return Candidate(
        agent=CHAT_AGENT,
        path=path,
        session=sessions[0],
        sessions=sessions,
        started=min(times, default=None),
        ended=max(times, default=found.modified),
        size=found.size,
    )
