"""Sessions of Cline and Roo Code on disk: task folders below the editors' `globalStorage`, and Cline's own folder.

Knows the folders (`CLINE_DIR`, `CLINE_DATA_DIR`, `CLINE_SESSION_DATA_DIR`) and file names of both layouts. Source:
`core/storage/disk.ts` and `packages/shared/src/storage/paths.ts` of cline/cline, `packages/types` of Roo Code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

from reviewer.workflow.sessions.candidate import Candidate
from reviewer.workflow.sessions.reading import (
    NotReadableError,
    ends,
    lies_in,
    modified,
    names_in,
    seconds,
    small,
    table_of,
    times_at,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reviewer.workflow.sessions.places import Places
    from reviewer.workflow.sessions.search import Search

CLINE, ROO = "cline", "roo"
SHOWN = "ui_messages.json"
ASKED = "api_conversation_history.json"
BESIDE = (ASKED, "task_metadata.json", "history_item.json")
MESSAGES = ".messages.json"
_EXTENSIONS = (
    (CLINE, "saoudrizwan.claude-dev"),
    (CLINE, "saoudrizwan.cline-nightly"),
    (ROO, "rooveterinaryinc.roo-cline"),
    (ROO, "rooveterinaryinc.roo-code-nightly"),
)
_FOLDER = re.compile(rb'Current Work(?:ing|space) Directory \(((?:[^)"\\]|\\[^n]){1,4096})\)')
_MAX_HISTORY = 32 << 20


def candidates(search: Search) -> Iterator[Candidate]:
    """Yield the tasks and sessions of Cline and Roo Code."""
    for agent, base in _task_folders(search.places):
        folders = [folder for folder in search.entries(base) if is_task(folder)]
        history = _listed(base.parent)
        newest = search.newest(agent, folders, written=_task_written)
        yield from search.examined(agent, newest, base, lambda folder, a=agent, h=history: examine_task(a, folder, h))  # type: ignore[misc]
    for base in _session_folders(search.places):
        folders = [folder for folder in search.entries(base) if messages_of(folder) is not None]
        newest = search.newest(CLINE, folders, written=_session_written)
        yield from search.examined(CLINE, newest, base, examine_session)


def _task_folders(places: Places) -> Iterator[tuple[str, Path]]:
    for user in places.editors():
        for agent, extension in _EXTENSIONS:
            yield agent, user / "globalStorage" / extension / "tasks"
    for data in _data_folders(places):
        yield CLINE, data / "tasks"


def _data_folders(places: Places) -> tuple[Path, ...]:
    moved = places.named("CLINE_DIR")
    found = (places.named("CLINE_DATA_DIR"), moved and moved / "data", places.home / ".cline" / "data")
    return tuple(dict.fromkeys(folder for folder in found if folder is not None))


def _session_folders(places: Places) -> tuple[Path, ...]:
    named = places.named("CLINE_SESSION_DATA_DIR")
    found = [named] if named is not None else []
    found += [data / "sessions" for data in _data_folders(places)]
    return tuple(dict.fromkeys(found))


def is_task(folder: Path) -> bool:
    """Tell whether a folder holds a task in the layout of the editors' extensions."""
    return (folder / SHOWN).exists() or (folder / ASKED).exists()


def messages_of(folder: Path) -> Path | None:
    """Return the file of messages in the folder of a session of Cline's own layout, None if there is none."""
    usual = folder / f"{folder.name}{MESSAGES}"
    if usual.exists():
        return usual
    return next((path for path in names_in(folder, most=200)[0] if path.name.endswith(MESSAGES)), None)


def main_file(folder: Path) -> Path:
    """Return the file of a task that tells the most."""
    return folder / SHOWN if (folder / SHOWN).exists() else folder / ASKED


def _task_written(folder: Path) -> float:
    return max(modified(main_file(folder)), modified(folder / ASKED))


def _session_written(folder: Path) -> float:
    path = messages_of(folder)
    return 0.0 if path is None else modified(path)


def _listed(storage: Path) -> dict[str, str]:
    """Return the folder of each task as the extension's own list of tasks has it."""
    for place in (storage / "state" / "taskHistory.json", storage / "tasks" / "_index.json"):
        try:
            value = orjson.loads(small(place, _MAX_HISTORY))
        except (NotReadableError, orjson.JSONDecodeError):
            continue
        rows = value.get("entries") if isinstance(value, dict) else value
        if isinstance(rows, list):
            return {
                row["id"]: folder
                for row in rows
                if isinstance(row, dict) and isinstance(row.get("id"), str) and (folder := _own_folder(row))
            }
    return {}


def _own_folder(row: Mapping[str, object]) -> str | None:
    found = row.get("cwdOnTaskInitialization") or row.get("workspace")
    return found if isinstance(found, str) and found else None


def examine_task(agent: str, folder: Path, listed: Mapping[str, str]) -> Candidate:
    """Return what the files of a task say.

    Args:
        agent: "cline" or "roo".
        folder: of the task; its name is when it began.
        listed: the folder that each task was run in, as far as the extension's list tells.

    Raises:
        NotReadableError: it cannot be read.
    """
    main = main_file(folder)
    found = ends(main)
    if not found.size:
        raise NotReadableError("is empty")
    times = times_at(found.both, "ts")
    item = table_of(folder / "history_item.json")
    cwds = unique([listed.get(folder.name, ""), _own_folder(item) or "", *_said(folder)])
    name = folder.name
    return Candidate(
        agent=agent,
        path=folder,
        session=name,
        sessions=(name,),
        cwds=cwds,
        started=seconds(int(name))
        if name.isascii() and name.isdigit() and len(name) < 17
        else min(times, default=None),
        ended=max(times, default=found.modified),
        size=found.size,
        companions=tuple((folder / each, None) for each in BESIDE if each != main.name and (folder / each).exists()),
    )


def _said(folder: Path) -> Iterator[str]:
    """Yield the folder that is put before the first prompt."""
    try:
        path = folder / ASKED
        head = ends(path).head if lies_in(path, folder) else b""
    except NotReadableError:
        return
    for match in list(_FOLDER.finditer(head))[:1]:
        try:
            yield orjson.loads(b'"' + match[1] + b'"')
        except orjson.JSONDecodeError:
            continue


def examine_session(folder: Path) -> Candidate:
    """Return what the two files of a session in Cline's own layout say.

    Raises:
        NotReadableError: it cannot be read.
    """
    messages = messages_of(folder)
    if messages is None:
        raise NotReadableError("holds no messages")
    found = ends(messages)
    info_file = messages.with_name(messages.name.removesuffix(MESSAGES) + ".json")
    info = table_of(info_file)
    times = times_at(found.both, "ts", "timestamp", "updated_at")
    session = info.get("session_id")
    cwds = [place for key in ("cwd", "workspace_root") if isinstance(place := info.get(key), str)]
    started, ended = seconds(info.get("started_at")), seconds(info.get("ended_at"))
    return Candidate(
        agent=CLINE,
        path=folder,
        session=session if isinstance(session, str) and session else folder.name,
        sessions=unique([session if isinstance(session, str) else "", folder.name]),
        cwds=unique(cwds),
        started=started or min(times, default=None),
        ended=max((ended or 0.0, *times)) or found.modified,
        size=found.size,
        companions=((info_file, None),) if info_file.exists() else (),
    )
