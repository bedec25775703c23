"""Changes whose effects outlive a revert without looking like it: deleted files of data, and switches turned over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import ChangedFile

_DATA = re.compile(
    r"\.(?:csv|tsv|parquet|sqlite3?|db|dump|bak|xlsx|ndjson|avro|feather|rdb)$|(?:^|/)(?:data|backups?|dumps?|seeds?)/[^/]+\.(?:json|sql)$",
    re.IGNORECASE,
)
_DATA_WORDS = re.compile(r"data|restore|backup|file|csv|dump", re.IGNORECASE)
_FLAG = re.compile(
    r"^\s*[\"']?(?P<name>[\w.-]{0,60}?(?:enable|disable|feature|flag|toggle|use_|allow|require|default)[\w.-]{0,60})[\"']?"
    r"\s*(?::\s*bool\s*)?[:=]\s*(?P<value>true|false|on|off|yes|no)\b",
    re.IGNORECASE,
)
_OPPOSITE = {"true": "false", "false": "true", "on": "off", "off": "on", "yes": "no", "no": "yes"}
_FLAG_WORDS = re.compile(r"flag|toggle|default|switch|setting|turn|enable|disable", re.IGNORECASE)


def data_deleted(file: ChangedFile, note: str) -> Iterator[Fact]:
    """Yield a deleted file of data of which the note says nothing."""
    if (
        file.status == "D"
        and _DATA.search(file.path)
        and not roles.is_example(file.path)
        and not _DATA_WORDS.search(note)
    ):
        yield Fact(
            rule="data-deleted",
            severity="medium",
            message=f"{shown(file.path)} is deleted, and the rollback note does not mention data.",
            why="Whatever was read from it or written to it since then does not come back with a revert.",
            quote=file.path,
            file=file.path,
            side="old",
        )


def flag_flipped(file: ChangedFile, note: str) -> Iterator[Fact]:
    """Yield switches whose default is turned over: what they let happen meanwhile is not undone."""
    before = {match["name"]: match["value"].lower() for line in file.removed if (match := _flag(line.text))}
    for line in file.added:
        match = _flag(line.text)
        if (
            match is None
            or match["name"] not in before
            or _OPPOSITE.get(match["value"].lower()) != before[match["name"]]
        ):
            continue
        if _FLAG_WORDS.search(note) or match["name"].lower() in note.lower():
            continue
        yield Fact(
            rule="flag-flipped",
            severity="low",
            message=f"The default of {shown(match['name'], 60)} changes from {shown(before[match['name']], 10)} to "
            f"{shown(match['value'], 10)}, and the rollback note does not mention it.",
            why="What it let happen meanwhile is not undone by turning it back.",
            quote=match["name"],
            file=file.path,
            side="new",
            line=line.number,
        )


def _flag(text: str) -> re.Match[str] | None:
    return _FLAG.search(text[:500])
