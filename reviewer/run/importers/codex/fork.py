"""Which part of a Codex log is a copy: a fork, or a sub-agent that was started with it, repeats its parent's history.

Ids of sessions and turns begin with the time at which they were made (UUID version 7): the log's own first turn is the
first whose id is not older than that of the session. Where no id tells, nothing is cut.
"""

from __future__ import annotations

import re
from datetime import datetime

from reviewer.run.importers.values import Json, some_text, table, whole

_VERSION_7 = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


def made(identity: object) -> int | None:
    """Return when an id was made, in milliseconds since 1970; None if it does not tell."""
    match = _VERSION_7.fullmatch(identity) if isinstance(identity, str) else None
    return None if match is None else int(match.group(1) + match.group(2), 16)


def parent(meta: Json) -> str | None:
    """Return the id of the session that this one was forked from, or that started it; None if there is none."""
    spawned = table(table(table(meta.get("source")).get("subagent")).get("thread_spawn"))
    keys = ("forked_from_id", "parent_thread_id")
    return next((found for given in (meta, spawned) for key in keys if (found := some_text(given.get(key)))), None)


def is_subagent(meta: Json) -> bool:
    """Return whether the session is that of a sub-agent."""
    source = meta.get("source")
    return (
        (isinstance(source, dict) and "subagent" in source)
        or source == "subagent"
        or some_text(meta.get("parent_thread_id")) is not None
        or meta.get("thread_source") == "subagent"
    )


class Fork:
    """Watches the start of one log for the end of what is copied.

    Attributes:
        parent: of the session, None if it is no fork.
        waiting: the log may still be in what is copied.
    """

    def __init__(self) -> None:
        self.parent: str | None = None
        self.waiting = False
        self._began: int | None = None

    def head(self, meta: Json) -> None:
        """Take the head of the session."""
        self.parent = parent(meta)
        self._began = made(some_text(meta.get("id")) or meta.get("session_id")) or _milliseconds(meta.get("timestamp"))
        self.waiting = self.parent is not None and self._began is not None

    def ends(self, turn: Json) -> bool:
        """Return whether this turn is the first that is the session's own."""
        if not self.waiting or self._began is None:
            return False
        at = made(turn.get("turn_id"))
        if at is None:
            seconds = whole(turn.get("started_at"))
            # A whole second: the session may have begun within it.
            at = None if seconds is None else seconds * 1000 + 999
        if at is None or at < self._began:
            return False
        self.waiting = False
        return True


def _milliseconds(value: object) -> int | None:
    try:
        return int(datetime.fromisoformat(value).timestamp() * 1000) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
