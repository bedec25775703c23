"""A session of opencode, from its database or its files, written out in the form of `opencode export`.

Knows both layouts and the form: {"info": ..., "messages": [{"info": ..., "parts": [...]}]}. Rows and files are copied
one by one; what cannot be read stays as a part that says so. Sessions that it started come after it.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson

from reviewer.run.importers.jsonl import lenient
from reviewer.workflow.sessions import database
from reviewer.workflow.sessions.opencode_info import session_info
from reviewer.workflow.sessions.reading import NotReadableError, names_in, small, table_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_MAX_CHILDREN = 200
_MAX_FILES = 100_000
_MAX_FILE = 64 << 20
_KEPT = 1024


def from_database(path: Path, session: str, room: Path) -> Iterator[tuple[Path, str, str | None]]:
    """Write a session and those that it started; yield each document, its name, and the sub-agent's id.

    Raises:
        NotReadableError: the database cannot be read, or has no such session.
        OSError: it cannot be written.
    """
    with database.opened(path) as connection:
        if not {"session", "message", "part"} <= _tables(connection):
            raise NotReadableError("holds no sessions of opencode")
        for number, row in enumerate(_family(connection, session)):
            target = room / f"{number}.json"
            _write(target, session_info(dict(row)), _messages(connection, row["id"]))
            yield target, row["id"], row["id"] if number else None


def _tables(connection: sqlite3.Connection) -> frozenset[str]:
    return frozenset(name for name in ("session", "message", "part") if database.columns(connection, name))


def _family(connection: sqlite3.Connection, session: str) -> list[sqlite3.Row]:
    """Return the rows of a session and of those that it started, and they in turn."""
    first = connection.execute("SELECT * FROM session WHERE id = ?", (session,)).fetchone()
    if first is None:
        raise NotReadableError(f"has no session {session[:80]}")
    found, seen = [first], {session}
    if "parent_id" not in first.keys():  # noqa: SIM118 - a row tells its names only so
        return found
    query = "SELECT * FROM session WHERE parent_id = ? ORDER BY id LIMIT ?"
    for parent in found:
        for row in connection.execute(query, (parent["id"], _MAX_CHILDREN)):
            if row["id"] not in seen and isinstance(row["id"], str) and len(found) <= _MAX_CHILDREN:
                seen.add(row["id"])
                found.append(row)
    return found


def _messages(
    connection: sqlite3.Connection, session: str
) -> Iterator[tuple[dict[str, Any], Iterable[dict[str, Any]]]]:
    """Yield messages with their parts, in the program's order; parts of no message get one that has only its id."""
    order = "time_created, id" if "time_created" in database.columns(connection, "message") else "id"
    rows = connection.execute(f"SELECT id, data FROM message WHERE session_id = ? ORDER BY {order}", (session,))  # noqa: S608 - names of ours
    for row in rows:
        own = "SELECT id, message_id, data FROM part WHERE message_id = ? AND session_id = ? ORDER BY id"
        parts = connection.execute(own, (row["id"], session))
        yield _value(row["data"]) | {"id": row["id"], "sessionID": session}, (_part(each, session) for each in parts)
    lost = """SELECT id, message_id, data FROM part WHERE session_id = ?
        AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = part.message_id AND message.session_id = ?)
        ORDER BY message_id, id"""
    orphans = connection.execute(lost, (session, session))
    for name, rest in groupby(orphans, key=lambda each: each["message_id"]):
        yield {"id": name, "sessionID": session}, (_part(each, session) for each in rest)


def _part(row: sqlite3.Row, session: str) -> dict[str, Any]:
    return _value(row["data"]) | {"id": row["id"], "sessionID": session, "messageID": row["message_id"]}


def is_session_file(path: Path) -> bool:
    """Tell whether a file is a session's own in `storage/session/<project>/`."""
    return path.suffix == ".json" and path.parent.parent.name == "session" and _storage(path).name == "storage"


def _storage(path: Path) -> Path:
    return path.parent.parent.parent


def from_files(path: Path, room: Path) -> Iterator[tuple[Path, str, str | None]]:
    """Write a session that older versions keep as files, and those that it started; yields as `from_database`.

    Raises:
        NotReadableError: it cannot be read.
        OSError: it cannot be written.
    """
    for number, (session, info) in enumerate(_stored_family(path)):
        target = room / f"{number}.json"
        _write(target, info, _stored_messages(_storage(path), session))
        yield target, session, session if number else None


def _stored_family(path: Path) -> list[tuple[str, dict[str, Any]]]:
    info = dict(table_of(path))
    session = info.get("id")
    if not isinstance(session, str) or not _is_name(session):
        raise NotReadableError("holds no session that can be read")
    beside: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for other in names_in(path.parent, most=5_000)[0]:
        row = dict(table_of(other)) if other.suffix == ".json" and other != path and not other.is_symlink() else {}
        parent, own = row.get("parentID"), row.get("id")
        if isinstance(parent, str) and isinstance(own, str) and _is_name(own):
            beside.setdefault(parent, []).append((own, row))
    found, seen = [(session, info)], {session}
    for name, _ in found:
        for child in beside.get(name, ()):
            if child[0] not in seen and len(found) <= _MAX_CHILDREN:
                seen.add(child[0])
                found.append(child)
    return found


def _stored_messages(storage: Path, session: str) -> Iterator[tuple[dict[str, Any], Iterable[dict[str, Any]]]]:
    for path in _json_files(storage / "message" / session):
        yield _stored(path), (_stored(part) for part in _json_files(storage / "part" / path.stem))


def _json_files(folder: Path) -> list[Path]:
    if folder.is_symlink():
        return []
    return [path for path in names_in(folder, most=_MAX_FILES)[0] if path.suffix == ".json"]


def _stored(path: Path) -> dict[str, Any]:
    try:
        if path.is_symlink():
            raise NotReadableError("is a link")
        return {"id": path.stem} | _value(small(path, _MAX_FILE))
    except NotReadableError as error:
        return {"id": path.stem, "type": "unreadable", "text": error.why}


def _value(data: object) -> dict[str, Any]:
    """Return the object in a row's or a file's JSON; where there is none, a part that keeps the start of it."""
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    if isinstance(raw, bytes):
        try:
            value, _ = lenient(raw)
        except ValueError:
            return {"type": "unreadable", "text": raw[:_KEPT].decode("utf-8", "replace")}
        if isinstance(value, dict):
            return value
    return {"type": "unreadable", "text": str(data)[:_KEPT]}


def _write(
    target: Path, info: dict[str, Any], messages: Iterator[tuple[dict[str, Any], Iterable[dict[str, Any]]]]
) -> None:
    with target.open("xb") as output:
        output.write(b'{"info":' + _dumped(info) + b',"messages":[')
        for number, (message, parts) in enumerate(messages):
            output.write((b"," if number else b"") + b'\n{"info":' + _dumped(message) + b',"parts":[')
            for count, part in enumerate(parts):
                output.write((b"," if count else b"") + _dumped(part))
            output.write(b"]}")
        output.write(b"]}\n")


def _dumped(value: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError as error:
        kept = {key: each for key in ("id", "messageID") if isinstance(each := value.get(key), str)}
        return orjson.dumps(kept | {"type": "unreadable", "text": str(error)})


def _is_name(session: str) -> bool:
    return session not in {"", ".", ".."} and "/" not in session and "\0" not in session
