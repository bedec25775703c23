"""A repository around a real recorded run: its files as the log has them before the first edit, and after the last."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviewer.git.scratch import Commit, make_repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AUTHOR = ("Sample", "sample@example.org")


@dataclass(frozen=True)
class SampleRepository:
    """Where it is, and the range that the run made."""

    root: Path
    base: str
    head: str


def make_sample_repository(root: Path, session: Path, folder: str, *, time: int) -> SampleRepository:
    """Make it.

    Args:
        root: where; missing or empty.
        session: a Claude Code log.
        folder: the repository's folder in the log; files outside it are left out.
        time: of the head commit, in seconds since 1970.
    """
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    for path, old, new in _edits(session, folder):
        before.setdefault(path, old)
        after[path] = new
    commits = (Commit(before, "Before the run\n", AUTHOR, time - 3600), Commit(after, "What it made\n", AUTHOR, time))
    return SampleRepository(root, *make_repository(root, commits, branch="agent"))


def _edits(session: Path, folder: str) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield path, content before and content after of each edit that the log shows whole."""
    for record in _records(session):
        result = record.get("toolUseResult")
        if not isinstance(result, dict) or not isinstance(result.get("originalFile"), str):
            continue
        path, old = str(result.get("filePath", "")), result["originalFile"]
        if path.startswith(f"{folder}/") and "oldString" in result:
            new = old.replace(result["oldString"], result["newString"], -1 if result.get("replaceAll") else 1)
            yield path.removeprefix(f"{folder}/"), old.encode(), new.encode()


def _records(session: Path) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    for line in session.read_text(encoding="utf-8").split("\n"):
        start = 0
        while start < len(line.rstrip()):
            record, start = decoder.raw_decode(line, start)
            yield record
