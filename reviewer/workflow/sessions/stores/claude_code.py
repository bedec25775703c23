"""Claude Code's sessions on disk: `projects/<working directory>/<session>.jsonl` in its configuration folders.

Knows the program's folders, file names and the envelope of its records. Source: the program's own logs, 1.0 to 2.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.workflow.sessions.candidate import Candidate
from reviewer.workflow.sessions.reading import (
    NotReadableError,
    ends,
    lies_in,
    names_in,
    seconds,
    texts_at,
    unique,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from reviewer.workflow.sessions.places import Places
    from reviewer.workflow.sessions.search import Search

AGENT = "claude-code"
_NOT_LETTERS = re.compile(r"[^A-Za-z0-9]")
_NAME_LENGTH = 200
_MAX_COMPANIONS = 500


def candidates(search: Search) -> Iterator[Candidate]:
    """Yield the sessions in Claude Code's folders, those that are kept under the repository's name first."""
    names = tuple({project_name(root) for root in search.roots})
    above = {project_name(folder) for folder in search.folders_around()}
    for config in config_folders(search.places):
        base = config / "projects"
        near: list[Path] = []
        far: list[Path] = []
        for project in search.entries(base):
            name = project.name[:_NAME_LENGTH]
            inside = any(name == each or name.startswith(f"{each}-") for each in names)
            logs = [log for log in search.entries(project) if _is_session(log)]
            (near if inside or name in above else far).extend(logs)
        for logs in (near, far):
            yield from search.examined(AGENT, search.newest(AGENT, logs), base, examine)


def _is_session(log: Path) -> bool:
    return log.suffix == ".jsonl" and not log.name.startswith("agent-")


def config_folders(places: Places) -> tuple[Path, ...]:
    """Return the configuration folders that there are: `CLAUDE_CONFIG_DIR` may list several."""
    named = places.environment.get("CLAUDE_CONFIG_DIR", "").split(",")
    base = places.named("XDG_CONFIG_HOME") or places.home / ".config"
    found = [*(places.path(entry) for entry in named), places.home / ".claude", base / "claude"]
    return tuple(dict.fromkeys(folder for folder in found if folder is not None and (folder / "projects").is_dir()))


def project_name(folder: Path) -> str:
    """Return the name under which Claude Code keeps the sessions of a working directory."""
    return _NOT_LETTERS.sub("-", str(folder))[:_NAME_LENGTH]


def examine(path: Path) -> Candidate:
    """Return what the two ends of a log say.

    Raises:
        NotReadableError: it cannot be read, or is no session.
    """
    found = ends(path)
    if not found.size:
        raise NotReadableError("is empty")
    records = found.records()
    sessions = unique([text for record in records if isinstance(text := record.get("sessionId"), str)])
    if not sessions:
        raise NotReadableError("holds no record of a session")
    times = [moment for record in records if (moment := seconds(record.get("timestamp"))) is not None]
    return Candidate(
        agent=AGENT,
        path=path,
        session=sessions[-1],
        sessions=unique([*sessions, path.stem]),
        cwds=unique([cwd for record in records if isinstance(cwd := record.get("cwd"), str)]),
        started=min(times, default=None),
        ended=max(times, default=None),
        size=found.size,
        companions=subagent_logs(path, sessions),
    )


def sessions_in(path: Path) -> tuple[str, ...]:
    """Return the session ids at the two ends of a log, in order.

    Raises:
        NotReadableError: it cannot be read.
    """
    return unique([text for each in ends(path).records() if isinstance(text := each.get("sessionId"), str)])


def subagent_logs(log: Path, sessions: Sequence[str] | None = None) -> tuple[tuple[Path, str], ...]:
    """Return the logs of a session's sub-agents with their ids.

    Newer versions keep them in `<session>/subagents/`, older ones beside the session, where only the session id inside
    tells whose they are.

    Args:
        log: the session's log.
        sessions: its session ids; None to take the one in its name.
    """
    ids = frozenset((log.stem, *(sessions or ())))
    below, _ = walk(log.parent / log.stem / "subagents", depth=3, most=_MAX_COMPANIONS)
    beside = [path for path in names_in(log.parent, most=20_000)[0] if path != log and _is_agent(path)]
    found = [path for path in below if _is_agent(path) and lies_in(path, log.parent)]
    found += [path for path in beside[:_MAX_COMPANIONS] if lies_in(path, log.parent) and _belongs(path, ids)]
    return tuple((path, path.stem.removeprefix("agent-")) for path in found)


def _is_agent(path: Path) -> bool:
    return path.name.startswith("agent-") and path.suffix == ".jsonl"


def _belongs(path: Path, sessions: Collection[str]) -> bool:
    try:
        head = ends(path).head
    except NotReadableError:
        return False
    return any(session in sessions for session in texts_at(head, "sessionId"))
