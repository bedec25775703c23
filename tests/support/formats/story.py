"""The story that all formats tell, and what a format can tell of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

Record: TypeAlias = dict[str, Any]

FOLDER = "/home/ana/shop"
PATH = f"{FOLDER}/total.py"
PROMPT = "Fix the total, please."
OLD, NEW, GONE = "    return a - b", "    return a + b", "    return a * b"
TEXT = f"def total(a, b):\n{OLD}\n"
RUN = "pytest -q"
BAD, GOOD = "1 failed in 0.10s", "1 passed in 0.10s"
SAID = "The total adds now, and the test passes."
THOUGHT = "The sign is wrong."
REFUSED = "String to replace not found in file."
HUNK = f"@@ -1,2 +1,2 @@\n def total(a, b):\n-{OLD}\n+{NEW}"
PATCH = f"*** Begin Patch\n*** Update File: {PATH}\n@@ def total(a, b):\n-{OLD}\n+{NEW}\n*** End Patch"
WRONG_PATCH = PATCH.replace(OLD, GONE)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The story in one form.

    Attributes:
        name: of the form; importer: the name of what reads it.
        data: the log.
        codes: exit codes of the two test runs, None where the form has none.
        states: of the two test runs.
        asked: it has the person's words.
        refused: it tells of the edit that failed.
        by_shell: it has no tools but a shell.
        applied: what it says of the edit that worked.
        read: the path of the file that was read, as it has it.
        outputs: it has what commands printed.
        end: how it says that the run ended.
        timed: it has times, of events or of the whole.
    """

    name: str
    importer: str
    data: bytes
    codes: tuple[int | None, int | None] = (1, 0)
    states: tuple[str, str] = ("failed", "passed")
    asked: bool = True
    refused: bool = True
    by_shell: bool = False
    applied: bool | None = True
    read: str = PATH
    outputs: bool = True
    end: str = "finished"
    timed: bool = True


def at(second: float) -> str:
    """Return a time of the story, so many seconds in."""
    return (START + timedelta(seconds=second)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local(second: float) -> str:
    """Return the same time as programs write it that do not write a zone."""
    return (START + timedelta(seconds=second)).replace(tzinfo=None).isoformat(timespec="microseconds")


def epoch(second: float) -> float:
    """Return the same time in seconds since 1970."""
    return (START + timedelta(seconds=second)).timestamp()


def jsonl(*records: object) -> bytes:
    """Return records as JSON Lines, as most programs write them."""
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


def document(value: object) -> bytes:
    """Return one JSON document on many lines."""
    return json.dumps(value, indent=2).encode()
