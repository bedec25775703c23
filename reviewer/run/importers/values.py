"""Typed looks into decoded JSON that may hold anything: the value if it is of the type, else nothing.

Knows JSON types only. No function here raises.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson

Json: TypeAlias = dict[str, Any]

_EXACT = 2**53
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?", re.ASCII)
NOTHING: Json = {}
MAX_INPUT = 4096
"""Inputs of tools are kept this far, in characters."""


def words_of(names: str) -> frozenset[str]:
    """Return the words of a text as a set; for tables of names."""
    return frozenset(names.split())


def text(value: object) -> str | None:
    """Return the value if it is text."""
    return value if isinstance(value, str) else None


def some_text(value: object) -> str | None:
    """Return the value if it is text and not empty."""
    return value if isinstance(value, str) and value else None


def table(value: object) -> Json:
    """Return the value if it is an object, else an empty one that nobody may change."""
    return value if isinstance(value, dict) else NOTHING


def tables(value: object) -> list[Json]:
    """Return the objects in a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """Return the texts in a list."""
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def whole(value: object) -> int | None:
    """Return the value if it is a whole number that any reader keeps exactly, and not negative."""
    return value if type(value) is int and 0 <= value <= _EXACT else None


def integer(value: object) -> int | None:
    """Return the value if it is a whole number within 2**31 of zero (exit codes, task ids)."""
    return value if type(value) is int and abs(value) < 2**31 else None


def time(value: object) -> str | None:
    """Return the value in UTC if it is an ISO time that says its zone; without zone it is not a time here."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        moment = datetime.fromisoformat(value)
        if value.endswith("Z"):
            return value
        return None if moment.tzinfo is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None


def local_time(value: object) -> str | None:
    """Return an ISO time as `time` does, and one without zone as it stands: it is local to nobody knows where."""
    found = time(value)
    if found is not None or not isinstance(value, str):
        return found
    return value.replace(" ", "T", 1) if _LOCAL.fullmatch(value) else None


def moment(value: object, *, per_second: int = 1) -> str | None:
    """Return a number of seconds since 1970 as a time in UTC, None if it is none.

    Args:
        value: the number.
        per_second: 1 for seconds, 1000 for milliseconds.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = datetime.fromtimestamp(value / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z") if found.year > 1970 else None


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Return the time between two recorded times in seconds, None if either is missing or they run backwards."""
    if start is None or end is None:
        return None
    try:
        seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return round(seconds, 3) if seconds >= 0 else None


def joined(content: object) -> str:
    """Return the text of a message's or a result's content: itself, or its text blocks with line feeds between."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "\n".join(
        block["text"] for block in content if isinstance(block, dict) and isinstance(block.get("text"), str)
    )


def compact(value: object) -> str:
    """Return a tool's input as compact JSON, at most 4 KiB."""
    try:
        raw = orjson.dumps(value)
    except (orjson.JSONEncodeError, RecursionError):
        return ""
    whole = raw.decode()
    return whole if len(whole) <= MAX_INPUT else f"{whole[: MAX_INPUT - 1]}…"
