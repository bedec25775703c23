"""Agent Trace records: one JSON object a line, in the form of the specification or in the flat form of some recorders.

The specification is version 0.1.0 (January 2026); the flat form has one record a range. A record's revision is the
commit that was checked out when it was written, so the change is in the one after it. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reviewer.run.attribution.record import MAX_RECORDS, LineRecord, Recorded, SessionPointer
from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.values import Json, some_text, table, tables, time, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.attribution.record import Contributor

_CONTRIBUTORS = {"human": "human", "ai": "agent", "mixed": "mixed"}


def parse(data: bytes, source: str) -> Recorded:
    """Return what a file of records says.

    Args:
        data: the whole file, or its end.
        source: what to call it; records are named with their line.
    """
    lines: list[LineRecord] = []
    sessions: dict[str, SessionPointer] = {}
    unread = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            record = table(lenient(line)[0])
        except ValueError:
            record = {}
        found = list(_records(record, f"{source}:{number}"))
        if not found or len(lines) + len(found) > MAX_RECORDS:
            unread += 1
            continue
        lines += found
        for pointer in _pointers(record, found, f"{source}:{number}"):
            sessions.setdefault(pointer.session_id or pointer.place or "", pointer)
    problems = (f"{source}: {unread:,} records were not understood or too many",) if unread else ()
    return Recorded(tuple(lines), tuple(sessions.values()), problems)


def _records(record: Json, source: str) -> Iterator[LineRecord]:
    if "files" in record:
        for file in tables(record.get("files")):
            yield from _of_file(record, file, source)
        return
    path, first, last = (
        some_text(record.get("file_path")),
        whole(record.get("start_line")),
        whole(record.get("end_line")),
    )
    if path is None or not first or last is None or last < first:
        return
    kind = some_text(table(record.get("contributor")).get("type")) or some_text(record.get("contributor"))
    yield LineRecord(
        path=path,
        first=first,
        last=last,
        # The flat form is written by an agent's own hook, and names the tool that edited.
        by=_contributor(kind) if kind else "agent" if record.get("tool") else "unknown",
        agent=some_text(record.get("agent")),
        model=some_text(record.get("model")) or some_text(record.get("model_id")),
        session_id=some_text(record.get("session_id")),
        parent=some_text(record.get("revision")),
        time=time(record.get("timestamp")),
        source=source,
    )


def _of_file(record: Json, file: Json, source: str) -> Iterator[LineRecord]:
    path = some_text(file.get("path"))
    if path is None:
        return
    vcs, tool = table(record.get("vcs")), table(record.get("tool"))
    for conversation in tables(file.get("conversations")):
        own = table(conversation.get("contributor"))
        for span in tables(conversation.get("ranges")):
            first, last = whole(span.get("start_line")), whole(span.get("end_line"))
            if not first or last is None or last < first:
                continue
            contributor = table(span.get("contributor")) or own
            yield LineRecord(
                path=path,
                first=first,
                last=last,
                by=_contributor(some_text(contributor.get("type"))),
                agent=some_text(tool.get("name")),
                model=some_text(contributor.get("model_id")),
                session_id=_session(some_text(conversation.get("url"))),
                parent=some_text(vcs.get("revision")),
                time=time(record.get("timestamp")),
                source=source,
            )


def _contributor(kind: str | None) -> Contributor:
    return cast("Contributor", _CONTRIBUTORS.get(kind or "", "unknown"))


def _session(url: str | None) -> str | None:
    """Return the last part of a conversation's URL, which is the session's id in all recorders that we know."""
    if url is None:
        return None
    last = url.rstrip("/").replace("\\", "/").rpartition("/")[2].partition("?")[0]
    return last.removesuffix(".jsonl").removesuffix(".json") or None


def _pointers(record: Json, found: list[LineRecord], source: str) -> Iterator[SessionPointer]:
    for line in found:
        if line.session_id is not None:
            yield SessionPointer(line.session_id, agent=line.agent, place=_place(record), source=source)


def _place(record: Json) -> str | None:
    for file in tables(record.get("files")):
        for conversation in tables(file.get("conversations")):
            url = some_text(conversation.get("url"))
            if url is not None:
                return url
    return None
