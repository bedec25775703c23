"""opencode's sessions on disk: rows of `opencode*.db`, or files below `storage`, as older versions keep them.

Knows the folders (`XDG_DATA_HOME/opencode`, `OPENCODE_DB`) and both layouts. Source: opencode's `packages/opencode/src`
(storage, session), and the form of `opencode export`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.workflow.sessions import database
from reviewer.workflow.sessions.candidate import Candidate, closed, families
from reviewer.workflow.sessions.reading import NotReadableError, modified, seconds, table_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from reviewer.workflow.sessions.places import Places
    from reviewer.workflow.sessions.search import Search

AGENT = "opencode"
_MAX_SESSIONS = 2_000
_COLUMNS = ("id", "parent_id", "directory", "time_created", "time_updated")


def candidates(search: Search) -> Iterator[Candidate]:
    """Yield the sessions of opencode's databases, then those of its older files that no database has."""
    known: set[str] = set()
    for place in _databases(search):
        try:
            found = list(sessions_of(place))
        except NotReadableError as error:
            yield closed(AGENT, place, error.why, modified=modified(place) or None)
            continue
        known.update(each.session for each in found)
        recent = [each for each in found if _is_wanted(each, search)]
        search.older += len(found) - len(recent)
        yield from (each for each in recent if each.parent is None)
    for home in _homes(search.places):
        base = home / "storage" / "session"
        files = [path for path in search.files_below(base, depth=1) if path.suffix == ".json"]
        new = [path for path in files if path.stem not in known]
        stored = search.examined(AGENT, search.newest(AGENT, new), base, examine_file)
        yield from (each for each in families(stored) if each.parent is None or each.parent not in known)


def _homes(places: Places) -> tuple[Path, ...]:
    return tuple(base / "opencode" for base in places.data())


def _databases(search: Search) -> list[Path]:
    found = [path for home in _homes(search.places) for path in search.entries(home) if _is_database(path.name)]
    named = search.places.environment.get("OPENCODE_DB", "").strip()
    if named and named != ":memory:" and "\0" not in named:
        found += [home / named for home in _homes(search.places) if (home / named).is_file()]
    return list(dict.fromkeys(found))


def _is_database(name: str) -> bool:
    return name.startswith("opencode") and name.endswith(".db")


def _is_wanted(each: Candidate, search: Search) -> bool:
    return search.since is None or (each.ended or 0.0) >= search.since or each.session in search.named


def sessions_of(place: Path) -> Iterator[Candidate]:
    """Yield the sessions of a database, the newest first.

    Raises:
        NotReadableError: it cannot be read, or is no database of opencode.
    """
    with database.opened(place) as connection:
        has = database.columns(connection, "session")
        if not {"id", "time_created"} <= has:
            raise NotReadableError("holds no sessions of opencode")
        order = "time_updated" if "time_updated" in has else "time_created"
        wanted = ", ".join(name for name in _COLUMNS if name in has)
        query = f"SELECT {wanted} FROM session ORDER BY {order} DESC LIMIT {_MAX_SESSIONS}"  # noqa: S608 - names of ours
        rows = connection.execute(query).fetchall()
    for row in rows:
        if isinstance(row["id"], str) and row["id"]:
            yield _from_row(place, row)


def _from_row(place: Path, row: sqlite3.Row) -> Candidate:
    has = row.keys()
    parent = row["parent_id"] if "parent_id" in has else None
    folder = row["directory"] if "directory" in has else None
    created = seconds(row["time_created"])
    return Candidate(
        agent=AGENT,
        path=place,
        part=row["id"],
        session=row["id"],
        sessions=(row["id"],),
        cwds=(folder,) if isinstance(folder, str) and folder else (),
        started=created,
        ended=seconds(row["time_updated"]) if "time_updated" in has else created,
        parent=parent if isinstance(parent, str) and parent else None,
    )


def examine_file(path: Path) -> Candidate:
    """Return what a session's own file in `storage` says.

    Raises:
        NotReadableError: it cannot be read, or is no session.
    """
    info = table_of(path)
    session = info.get("id")
    if not isinstance(session, str) or not session:
        raise NotReadableError("holds no session that can be read")
    times = info.get("time")
    created = seconds(times.get("created")) if isinstance(times, dict) else None
    updated = seconds(times.get("updated")) if isinstance(times, dict) else None
    folder, parent = info.get("directory"), info.get("parentID")
    return Candidate(
        agent=AGENT,
        path=path,
        session=session,
        sessions=(session,),
        cwds=(folder,) if isinstance(folder, str) and folder else (),
        started=created,
        ended=updated or created or modified(path),
        parent=parent if isinstance(parent, str) and parent else None,
    )
