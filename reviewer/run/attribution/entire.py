"""Entire checkpoints: a commit's trailer names one, and a folder of git objects holds its sessions with their logs.

Knows the names in that folder and its `metadata.json` (branch `entire/checkpoints/v1`, or one reference a checkpoint);
reads no git. A trailer may name a checkpoint of another change: what it touched is said, nothing is taken on trust.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.values import Json, some_text, table, tables, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

TRAILER = "entire-checkpoint"
BRANCHES = ("refs/heads/entire/checkpoints/v1", "refs/remotes/origin/entire/checkpoints/v1")
METADATA = "metadata.json"
_ID = re.compile(r"[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}", re.IGNORECASE)
_LOG = re.compile(r"full\.jsonl(?:\.(\d{3}))?")


@dataclass(frozen=True, slots=True)
class CheckpointSession:
    """One session of a checkpoint, as its metadata says.

    Attributes:
        session_id: the recorder's id; it holds the agent program's own.
        agent: the program, None if not recorded.
        touched: files that the recorder saw changed.
    """

    session_id: str | None
    agent: str | None
    touched: tuple[str, ...]


def checkpoint_ids(trailers: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the checkpoints that a commit's trailers name, each once; a squashed commit may name several."""
    named = (value.strip() for key, value in trailers if key.lower() == TRAILER)
    return tuple(dict.fromkeys(value for value in named if _ID.fullmatch(value)))


def folder(checkpoint: str) -> str:
    """Return the path of a checkpoint's folder on the branch."""
    return f"{checkpoint[:2]}/{checkpoint[2:]}"


def references(checkpoint: str) -> tuple[str, ...]:
    """Return the references that may hold a checkpoint of its own, whose tree is its folder."""
    return (
        f"refs/entire/checkpoints/{checkpoint[:2]}/{checkpoint}",
        f"refs/entire/checkpoints/{checkpoint[:2]}/{checkpoint[2:]}",
    )


def parse_metadata(data: bytes) -> CheckpointSession:
    """Return what a `metadata.json` says; fields that are missing are not recorded.

    Raises:
        ValueError: it is not JSON.
    """
    meta: Json = table(lenient(data)[0])
    sessions = texts(meta.get("session_ids"))
    return CheckpointSession(
        session_id=some_text(meta.get("session_id")) or (sessions[-1] if sessions else None),
        agent=some_text(meta.get("agent")),
        touched=tuple(texts(meta.get("files_touched"))),
    )


def is_summary(data: bytes) -> bool:
    """Return whether a `metadata.json` is that of a checkpoint with sessions in numbered folders."""
    try:
        return bool(tables(table(lenient(data)[0]).get("sessions")))
    except ValueError:
        return False


def log_parts(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a session's log in a folder, in order: long logs are kept in parts."""
    found = [(int(match[1] or 0), name) for name in names if (match := _LOG.fullmatch(name))]
    return tuple(name for _, name in sorted(found))
