"""OpenHands' conversations on disk: a folder each, one file an event, in the old layout and in that of the SDK.

Knows the folders (`OPENHANDS_CONVERSATIONS_DIR`, `OPENHANDS_PERSISTENCE_DIR`, `FILE_STORE_PATH`) and file names.
Source: `openhands_cli/locations.py` and the file stores of All-Hands-AI/OpenHands, `conversation/persistence_const.py`
of OpenHands/software-agent-sdk.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.workflow.sessions.candidate import Candidate
from reviewer.workflow.sessions.reading import (
    Ends,
    NotReadableError,
    ends,
    lies_in,
    modified,
    names_in,
    texts_at,
    times_at,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reviewer.workflow.sessions.places import Places
    from reviewer.workflow.sessions.search import Search

AGENT = "openhands"
STATE = "base_state.json"
MAX_EVENTS = 200_000
_EVENT = re.compile(r"(?:event-)?(\d{1,12})(?:-[0-9A-Za-z-]+)?\.json")
_MAX_CHILDREN = 100


def candidates(search: Search) -> Iterator[Candidate]:
    """Yield the conversations in OpenHands' folders."""
    for base in _bases(search.places):
        folders = [folder for folder in search.entries(base) if is_conversation(folder)]
        newest = search.newest(AGENT, folders, written=lambda folder: modified(folder / "events"))
        yield from search.examined(AGENT, newest, base, examine)


def _bases(places: Places) -> tuple[Path, ...]:
    moved = (places.named("OPENHANDS_PERSISTENCE_DIR"), places.named("FILE_STORE_PATH"))
    homes = [home for home in moved if home is not None]
    homes += [places.home / ".openhands", places.home / ".openhands-state"]
    found = [base for base in (places.named("OPENHANDS_CONVERSATIONS_DIR"),) if base is not None]
    for home in homes:
        found += [home / "conversations", home / "sessions"]
        # Where there are accounts, each has a folder of its own.
        found += [user / "conversations" for user in names_in(home / "users", most=100)[0]]
    return tuple(dict.fromkeys(found))


def is_conversation(folder: Path) -> bool:
    """Tell whether a folder holds a conversation, of either layout."""
    return (folder / "events").is_dir()


def event_files(folder: Path) -> tuple[list[Path], bool]:
    """Return the files of a conversation's events in their order, and whether there are more than are listed.

    Links are not among them.
    """
    if not lies_in(folder / "events", folder):
        return [], False
    found, more = names_in(folder / "events", most=MAX_EVENTS)
    numbered = [(int(match[1]), path) for path in found if (match := _EVENT.fullmatch(path.name))]
    return [path for _, path in sorted(numbered)], more


def subagents(folder: Path) -> list[Path]:
    """Return the folders of the conversations that a conversation handed work to."""
    found, _ = names_in(folder / "subagents", most=_MAX_CHILDREN)
    return [child for child in found if is_conversation(child) and lies_in(child, folder)]


def examine(folder: Path) -> Candidate:
    """Return what the state and the two ends of a conversation say.

    Raises:
        NotReadableError: it has no event, or one that cannot be read.
    """
    files, _ = event_files(folder)
    if not files:
        raise NotReadableError("holds no event")
    edges = [_event_ends(files[0]), _event_ends(files[-1])]
    state = _state(folder)
    times = [moment for edge in edges for moment in times_at(edge.both, "timestamp")]
    ids = list(texts_at(state, "id"))[-1:]
    return Candidate(
        agent=AGENT,
        path=folder,
        session=folder.name,
        sessions=unique([folder.name, *ids]),
        cwds=unique(list(texts_at(state, "working_dir"))),
        started=min(times, default=None),
        ended=max(times, default=edges[-1].modified),
        companions=tuple((child, child.name) for child in subagents(folder)),
    )


def _event_ends(path: Path) -> Ends:
    if path.is_symlink():
        raise NotReadableError("has a link among its events")
    return ends(path)


def _state(folder: Path) -> bytes:
    path = folder / STATE
    return ends(path, 1 << 20).both if path.exists() and not path.is_symlink() else b""
