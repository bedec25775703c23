"""One line of a journal: its form, its place in the chain, and the one order of many.

A line names the digest of the line before it, so that a line taken out or changed shows (rules: design, style 7.5).
Strict: whatever is not a whole entry is refused with its number. Pure; `journal` does the reading and writing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviewer.digest import sha256
from reviewer.errors import JournalError
from reviewer.review.codec import from_fields, to_fields
from reviewer.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.review.event import ReviewEvent

VERSION = 1
MAX_SEQ = 2**53 - 1

_ENVELOPE = ("v", "seq", "at", "by", "id", "prev", "type")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ODD = re.compile(r"[^A-Za-z0-9._@+-]+", re.ASCII)
_MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line.

    Attributes:
        v: version of the format.
        seq: Lamport counter: larger than every entry its writer had seen.
        at: when, as the writer's clock had it (RFC 3339, UTC).
        by: the reviewer.
        id: unlike every other entry's of this reviewer.
        prev: SHA-256 of the line before (without its line feed), empty for the first.
        event: what was done.
        digest: SHA-256 of this line.
    """

    v: int
    seq: int
    at: str
    by: str
    id: str
    prev: str
    event: ReviewEvent
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a journal file holds: whole entries, and how many bytes of a torn last line stand behind them."""

    entries: tuple[JournalEntry, ...]
    torn: int


def journal_name(by: str) -> str:
    """Return the file name of a reviewer's journal: the address itself where that is a plain name."""
    name = _ODD.sub(lambda match: "".join(f"%{byte:02x}" for byte in _bytes(match.group())), by)
    if name.startswith("."):
        name = "%2e" + name[1:]
    if len(name) > _MAX_NAME:
        name = name[: _MAX_NAME - 17] + "-" + sha256(_bytes(by)).short
    return (name or "%") + ".jsonl"


def render(entry: JournalEntry) -> bytes:
    """Return an entry's line, without its line feed."""
    head = {"v": entry.v, "seq": entry.seq, "at": entry.at, "by": entry.by, "id": entry.id, "prev": entry.prev}
    return json.dumps(head | to_fields(entry.event), separators=(",", ":")).encode("ascii")


def parse(data: bytes, name: str, after: JournalEntry | None = None, line: int = 1) -> Reading:
    """Return the entries in the bytes of a journal.

    Args:
        data: the file, or what was added to it behind `after`.
        name: what to call it in errors.
        after: the entry before the first one in `data`.
        line: number of the first line in `data`.

    Raises:
        JournalError: a whole line is not an entry, belongs to another reviewer, or does not continue the chain.
    """
    whole, feed, torn = data.rpartition(b"\n")
    entries: list[JournalEntry] = []
    for number, raw in enumerate(whole.split(b"\n") if feed else (), line):
        try:
            entry = parse_line(raw)
            check_chain(entry, after)
        except (ValueError, RecursionError) as error:
            raise JournalError(
                f"{name}, line {number}: {display_safe(str(error))}",
                hint="the journal was changed outside reviewer: put the original back, or move the file away",
            ) from None
        entries.append(entry)
        after = entry
    return Reading(tuple(entries), len(torn))


def merge(*streams: Iterable[JournalEntry]) -> tuple[JournalEntry, ...]:
    """Return the entries of all journals once each, in the one order that everybody computes: (seq, by, id)."""
    unique = {(entry.seq, entry.by, entry.id, render(entry)): entry for stream in streams for entry in stream}
    return tuple(unique[key] for key in sorted(unique))


def parse_line(raw: bytes) -> JournalEntry:
    """Return the entry of one line (no line feed).

    Raises:
        ValueError: it is none; the text says why.
    """
    values = json.loads(raw, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    if not isinstance(values, dict):
        raise ValueError("a line has to be a JSON object")  # noqa: TRY004 - one kind of error for one bad line
    missing = next((key for key in _ENVELOPE if key not in values), None)
    if missing is not None:
        raise ValueError(f"it has no '{missing}'")
    version, seq = values["v"], values["seq"]
    if type(version) is not int or version != VERSION:
        raise ValueError(f"it is of version {version!r:.20}, this reviewer reads version {VERSION}")
    if type(seq) is not int or not 0 < seq <= MAX_SEQ:
        raise ValueError("'seq' has to be a whole number from 1")
    if not all(isinstance(values[key], str) for key in ("at", "by", "id", "prev")):
        raise ValueError("'at', 'by', 'id' and 'prev' have to be texts")
    if not _TIME.fullmatch(values["at"]) or not (values["prev"] == "" or _DIGEST.fullmatch(values["prev"])):
        raise ValueError("'at' has to be a time in UTC and 'prev' a digest")
    event = from_fields({key: value for key, value in values.items() if key not in _ENVELOPE[:-1]})
    head = (values["at"], values["by"], values["id"], values["prev"])
    return JournalEntry(version, seq, *head, event, sha256(raw))


def check_chain(entry: JournalEntry, after: JournalEntry | None) -> None:
    """Check that an entry may stand behind another.

    Raises:
        ValueError: it may not; the text says why.
    """
    if entry.prev != (after.digest if after else ""):
        raise ValueError("it does not name the line before it, so a line was changed, added or taken out")
    if after and (entry.seq <= after.seq or entry.by != after.by):
        raise ValueError("its 'seq' does not rise, or it is by another reviewer than the line before it")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name stands twice in it")
    return values


def _no_constant(name: str) -> float:
    raise ValueError(f"'{name}' is not JSON")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
