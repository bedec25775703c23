"""git-ai authorship notes: an attestation by file and lines, a line `---`, and JSON about sessions and people.

The format is the git-ai standard 3.0.0 (`refs/notes/ai`), with the `prompts` of the versions before it. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.run.attribution.record import MAX_RECORDS, LineRecord, Recorded, SessionPointer
from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.values import Json, some_text, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.attribution.record import Contributor

_ENTRY = re.compile(r"  (\S+) ([\d,-]+)\s*")
_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_MAX_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class _Who:
    by: Contributor
    agent: str | None = None
    model: str | None = None
    session_id: str | None = None


def parse(note: bytes, commit: str, source: str) -> Recorded:
    """Return what a note says of its commit.

    Args:
        note: the whole note.
        commit: full id of the commit that it is on.
        source: what to call it.
    """
    if len(note) > _MAX_BYTES:
        return Recorded(problems=(f"{source}: the note of {commit[:12]} is larger than {_MAX_BYTES >> 20} MiB",))
    attested, mark, about = note.decode("utf-8", "replace").replace("\r\n", "\n").partition("\n---\n")
    if not mark:
        attested, _, about = note.decode("utf-8", "replace").partition("---\n")
    problems: list[str] = []
    try:
        meta = table(lenient(about.encode())[0])
    except ValueError:
        meta = {}
        problems.append(f"{source}: the note of {commit[:12]} has no readable JSON after its line '---'")
    lines: list[LineRecord] = []
    unread = 0
    for path, key, first, last in _attested(attested):
        if path is None or len(lines) >= MAX_RECORDS:
            unread += 1
            continue
        who = _who(key, meta)
        lines.append(
            LineRecord(
                path=path,
                first=first,
                last=last,
                by=who.by,
                agent=who.agent,
                model=who.model,
                session_id=who.session_id,
                commit=commit,
                source=source,
            )
        )
    if unread:
        problems.append(f"{source}: {unread:,} entries of the note of {commit[:12]} were not understood or too many")
    return Recorded(tuple(lines), tuple(_sessions(meta, commit, source)), tuple(problems))


def _attested(text: str) -> Iterator[tuple[str | None, str, int, int]]:
    """Yield (path, key, first, last) of each range; a path of None for what was not understood."""
    path: str | None = None
    for line in text.split("\n"):
        if not line.strip():
            continue
        if not line.startswith("  "):
            path = line[1:-1] if len(line) > 1 and line.startswith('"') and line.endswith('"') else line
            continue
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            yield None, "", 0, 0
            continue
        for part in entry[2].split(","):
            span = _RANGE.fullmatch(part)
            first, last = (int(span[1]), int(span[2] or span[1])) if span else (0, 0)
            yield (path if 0 < first <= last else None), entry[1], first, last


def _who(key: str, meta: Json) -> _Who:
    if key.startswith("h_"):
        return _Who("human")
    if key.startswith("s_"):
        return _agent(table(table(meta.get("sessions")).get(key.partition("::")[0])))
    return _agent(table(table(meta.get("prompts")).get(key)))


def _agent(entry: Json) -> _Who:
    identity = table(entry.get("agent_id"))
    if not identity:
        return _Who("unknown")
    return _Who("agent", *(some_text(identity.get(name)) for name in ("tool", "model", "id")))


def _sessions(meta: Json, commit: str, source: str) -> Iterator[SessionPointer]:
    seen: set[str] = set()
    for name in ("sessions", "prompts"):
        for entry in table(meta.get(name)).values():
            identity = table(table(entry).get("agent_id"))
            session = some_text(identity.get("id"))
            if session is not None and session not in seen:
                seen.add(session)
                yield SessionPointer(
                    session,
                    agent=some_text(identity.get("tool")),
                    place=some_text(table(entry).get("messages_url")),
                    commit=commit,
                    source=source,
                )
