"""Codex's sessions on disk: rollouts in `sessions/YYYY/MM/DD`, in `archived_sessions`, and flat as before.

Knows the program's folders, file names and first records. A sub-agent has a rollout of its own that names its parent
thread. Source: the program's own rollouts and `codex-rs/rollout` of openai/codex.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.workflow.packing.compressed import open_unpacked
from reviewer.workflow.sessions.candidate import Candidate, families
from reviewer.workflow.sessions.reading import (
    EDGE,
    Ends,
    NotReadableError,
    ends,
    lies_in,
    modified,
    seconds,
    texts_at,
    times_at,
    unique,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from reviewer.workflow.sessions.places import Places
    from reviewer.workflow.sessions.search import Search

AGENT = "codex"
_FOLDERS = ("sessions", "archived_sessions")
_ROLLOUT = re.compile(r"rollout-(\d{4}-\d\d-\d\d)T(\d\d-\d\d-\d\d)-?(.*)\.jsonl(?:\.zst)?", re.DOTALL)
_HEAD = 2 * EDGE
"""The first record carries the model's instructions, 20 KB and more."""
_CWD = re.compile(rb"(?:<cwd>|[Cc]urrent working directory: )([^<\\\n\"]{1,4096})")
_MAX_CHILDREN = 400
_DAY = 86_400


def candidates(search: Search) -> Iterator[Candidate]:
    """Yield the sessions in Codex's folders, each with the rollouts of its sub-agents."""
    for home in _homes(search.places):
        found: list[Candidate] = []
        for base in (home / name for name in _FOLDERS):
            logs = search.newest(AGENT, _plain_first(search.files_below(base, depth=3)))
            found += search.examined(AGENT, logs, base, examine)
        yield from families(found)


def _homes(places: Places) -> tuple[Path, ...]:
    found = (places.named("CODEX_HOME"), places.home / ".codex")
    return tuple(dict.fromkeys(home for home in found if home is not None))


def _plain_first(files: Iterable[Path]) -> list[Path]:
    """Return the rollouts, of a plain and a compressed one the plain: the other is being made or removed."""
    rollouts = {path for path in files if _ROLLOUT.fullmatch(path.name)}
    return [path for path in rollouts if not (_is_compressed(path) and path.with_suffix("") in rollouts)]


def examine(path: Path) -> Candidate:
    """Return what the two ends of a rollout say.

    Raises:
        NotReadableError: it cannot be read, or is no rollout.
    """
    found = _compressed(path) if _is_compressed(path) else ends(path, _HEAD)
    if not found.size:
        raise NotReadableError("is empty")
    # A fork repeats its parent's records after its own first one.
    first = found.head.lstrip().partition(b"\n")[0]
    ids = [*list(texts_at(first, "id"))[:1], _name(path)[1]]
    if not any(texts_at(first, "timestamp")):
        raise NotReadableError("holds no record of a session")
    times = times_at(found.both, "timestamp")
    started = min(times, default=seconds(_name(path)[0]))
    # The oldest rollouts have one time, in their first line.
    lasted = len(set(times)) > 1 and not _is_compressed(path)
    return Candidate(
        agent=AGENT,
        path=path,
        session=next((each for each in ids if each), path.stem),
        sessions=unique([*ids, *texts_at(first, "session_id")]),
        cwds=_folders(found),
        started=started,
        ended=max(times) if lasted else max(found.modified, started or 0.0),
        size=found.size,
        parent=next(texts_at(first, "parent_thread_id"), None),
    )


def _is_compressed(path: Path) -> bool:
    return path.suffix == ".zst"


def _compressed(path: Path) -> Ends:
    size = ends(path, 1).size
    try:
        with open_unpacked(path) as stream:
            return Ends(stream.read(_HEAD), b"", size, modified(path))
    except BadTranscriptError as error:
        raise NotReadableError(f"cannot be decompressed: {error.sentence}") from None


def _folders(found: Ends) -> tuple[str, ...]:
    recorded = unique(list(texts_at(found.both, "cwd")))
    # Before there was an envelope, only the text that is put before the first prompt told the folder.
    return recorded or unique([match[1].decode("utf-8", "replace").strip() for match in _CWD.finditer(found.head)])


def _name(path: Path) -> tuple[str, str]:
    """Return the start (local time) and the id in a rollout's name."""
    match = _ROLLOUT.fullmatch(path.name)
    return ("", "") if match is None else (f"{match[1]}T{match[2].replace('-', ':')}", match[3])


def companions(path: Path) -> tuple[tuple[Path, str | None], ...]:
    """Return the rollouts of a rollout's sub-agents with their ids, from the folder that it lies in."""
    start = _name(path)[0]
    base = next((folder for folder in path.parents if folder.name in _FOLDERS), None)
    if not start or base is None:
        return ()
    # A sub-agent starts after its parent's start and before its end; names begin with the time.
    end = f"rollout-{datetime.fromtimestamp(modified(path) + _DAY).isoformat()[:19].replace(':', '-')}"  # noqa: DTZ006 - names have local time
    files, _ = walk(base, depth=3, most=20_000)
    near = [other for other in _plain_first(files) if path.name[:27] <= other.name <= end and other != path]
    family: list[Candidate] = []
    for each in (path, *sorted(near, key=lambda other: other.name)[:_MAX_CHILDREN]):
        try:
            if lies_in(each, base):
                family.append(examine(each))
        except NotReadableError:
            continue
    return next((top.companions for top in families(family) if top.path == path), ())
