"""Claude Code's session logs on disk: where they are, what their two ends say, and which files they edit.

Knows the program's folders and file names. Whole logs are read only for the edits of one that fits otherwise.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import orjson

from reviewer.run.importers.importer import LogSource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

_EDGE = 1 << 16
"""Bytes read at the start and at the end of a log to see what it is."""
_MAX_LOGS = 400
_EDITS = frozenset(("Edit", "Write", "MultiEdit", "NotebookEdit"))
_NOT_LETTERS = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A session log that may be the one.

    Attributes:
        path: of the log; `companions`: logs of its sub-agents with their ids.
        cwd: the first working directory in it; all of `cwds` are looked at.
        started, ended: seconds since 1970, None if not recorded.
    """

    path: Path
    session: str
    cwds: tuple[str, ...]
    started: float | None
    ended: float | None
    companions: tuple[tuple[Path, str], ...] = ()

    @property
    def newest_first(self) -> tuple[float, str]:
        """What candidates are ordered by."""
        return (-(self.ended or 0.0), str(self.path))


def config_folders(environment: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Return Claude Code's configuration folders that there are: `CLAUDE_CONFIG_DIR` may list several."""
    named = [
        Path(entry.strip()).expanduser()
        for entry in environment.get("CLAUDE_CONFIG_DIR", "").split(",")
        if entry.strip()
    ]
    config = environment.get("XDG_CONFIG_HOME", "")
    base = Path(config) if config.startswith("/") else home / ".config"
    places = [*named, home / ".claude", base / "claude"]
    return tuple(dict.fromkeys(place for place in places if (place / "projects").is_dir()))


def project_name(folder: Path) -> str:
    """Return the name under which Claude Code keeps the sessions of a working directory."""
    return _NOT_LETTERS.sub("-", str(folder))


def logs_of(folders: Sequence[Path], roots: Sequence[Path]) -> Iterator[Path]:
    """Yield logs that may be of this repository, the newest first: of it and of folders inside it, by name."""
    names = {project_name(root) for root in roots}
    found: list[tuple[float, Path]] = []
    for folder in folders:
        for project in _entries(folder / "projects"):
            if not any(project.name == name or project.name.startswith(f"{name}-") for name in names):
                continue
            found += [
                (_changed_at(log), log)
                for log in _entries(project)
                if log.suffix == ".jsonl" and not log.name.startswith("agent-")
            ]
    yield from (log for _, log in sorted(found, key=lambda entry: (-entry[0], str(entry[1])))[:_MAX_LOGS])


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def examine(path: Path) -> Candidate | None:
    """Return what the two ends of a log say, None if it cannot be read or is no session."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_EDGE)
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - _EDGE))
            tail = stream.read(_EDGE)
    except OSError:
        return None
    records = [*_whole_records(head), *_whole_records(tail)]
    times = [moment for record in records if (moment := _seconds(record.get("timestamp"))) is not None]
    cwds = [cwd for record in records if isinstance(cwd := record.get("cwd"), str) and cwd]
    sessions = [session for record in records if isinstance(session := record.get("sessionId"), str)]
    if not sessions:
        return None
    candidate = Candidate(
        path=path,
        session=sessions[-1],
        cwds=tuple(dict.fromkeys(cwds)),
        started=min(times, default=None),
        ended=max(times, default=None),
    )
    return replace(candidate, companions=subagent_logs(path, frozenset(sessions)))


def _whole_records(data: bytes) -> Iterator[dict[str, object]]:
    for line in data.split(b"\n"):
        if line.startswith(b"{"):
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if isinstance(value, dict):
                yield value


def _seconds(value: object) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def subagent_logs(log: Path, sessions: Collection[str] | None = None) -> tuple[tuple[Path, str], ...]:
    """Return the logs of a session's sub-agents with their ids.

    Newer versions keep them in `<session>/subagents/`, older ones beside the session, where only the session id inside
    tells whose they are.

    Args:
        log: the session's log.
        sessions: its session ids; None to take the one in its name.
    """
    ids = frozenset((log.stem,)) if sessions is None else frozenset(sessions) | {log.stem}
    found = [(path, _agent_id(path)) for path in sorted((log.parent / log.stem).glob("subagents/**/agent-*.jsonl"))]
    beside = [path for path in sorted(log.parent.glob("agent-*.jsonl")) if path != log and _belongs(path, ids)]
    return (*found, *((path, _agent_id(path)) for path in beside))


def _agent_id(path: Path) -> str:
    return path.stem.removeprefix("agent-")


def _belongs(path: Path, sessions: Collection[str]) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(_EDGE)
    except OSError:
        return False
    return any(record.get("sessionId") in sessions for record in _whole_records(head))


def edited_in(candidate: Candidate) -> frozenset[str]:
    """Return the paths that a session's edit calls name, those of its sub-agents included."""
    found: set[str] = set()
    for path in (candidate.path, *(path for path, _ in candidate.companions)):
        try:
            with path.open("rb") as stream:
                for line in stream:
                    if b'"tool_use"' in line and b"_path" in line:
                        found.update(_edited(line))
        except OSError:
            continue
    return frozenset(found)


def _edited(line: bytes) -> Iterator[str]:
    try:
        record = orjson.loads(line)
        blocks = record["message"]["content"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, dict) or block.get("name") not in _EDITS or not isinstance(block.get("input"), dict):
            continue
        path = block["input"].get("file_path") or block["input"].get("notebook_path")
        if isinstance(path, str):
            yield path


def log_source(path: Path, name: str, agent: str | None = None) -> LogSource:
    """Return a log on disk as an importer takes it, without companions.

    Raises:
        OSError: it is not there.
    """
    return LogSource(name=name, size=path.stat().st_size, open=lambda: cast("BinaryIO", path.open("rb")), agent=agent)
