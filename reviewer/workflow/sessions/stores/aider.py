"""Aider's chats: one Markdown file in the repository, to which every chat is added.

Knows its name, the variable that moves it, and the line that begins a chat; each chat is a session of its own. Times in
it are local and have no zone, and no chat says when it ended: at the start of the next, after a day at most. Source:
`aider/io.py` and the options reference of Aider-AI/aider.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reviewer.workflow.sessions.candidate import Candidate, closed
from reviewer.workflow.sessions.reading import NotReadableError, lies_in, modified, open_regular, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reviewer.workflow.sessions.search import Search

AGENT = "aider"
HISTORY = ".aider.chat.history.md"
_START = re.compile(rb"^# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[ \t\r]*$", re.MULTILINE)
_MAX_BYTES = 256 << 20
_MAX_CHATS = 2_000
_BLOCK = 1 << 20
_LONGEST = 80
_LONGEST_CHAT = 86_400


class Chat(NamedTuple):
    """A chat in a history: when it began as the file has it, where it begins and ends in bytes."""

    began: str
    first: int
    last: int


def candidates(search: Search) -> Iterator[Candidate]:
    """Yield the chats in the histories of the repository, and of the folders above it."""
    named = search.places.environment.get("AIDER_CHAT_HISTORY_FILE", "").strip()
    places = [folder / HISTORY for folder in search.folders_around()]
    if named and "\0" not in named:
        places += [folder / named for folder in search.roots]
    for place in dict.fromkeys(places):
        if not place.exists():
            continue
        if not lies_in(place, place.parent):
            yield closed(AGENT, place, "is a link that leads out of its folder")
            continue
        written = modified(place)
        if search.since is not None and written < search.since:
            search.older += 1
            continue
        try:
            found = chats(place)
        except NotReadableError as error:
            yield closed(AGENT, place, error.why, modified=written or None)
            continue
        yield from _each(place, found, written)


def _each(place: Path, found: list[Chat], written: float) -> Iterator[Candidate]:
    for number, chat in enumerate(found, start=1):
        start = seconds(chat.began)
        end = seconds(found[number].began) if number < len(found) else written
        yield Candidate(
            agent=AGENT,
            path=place,
            part=str(number),
            cwds=(str(place.parent),),
            started=start,
            ended=end if number == len(found) or start is None or end is None else min(end, start + _LONGEST_CHAT),
            size=chat.last - chat.first,
        )


def chats(place: Path) -> list[Chat]:
    """Return the chats of a history in the order of the file.

    Raises:
        NotReadableError: it cannot be read, is too large, or holds no chat.
    """
    starts: list[tuple[int, str]] = []
    at, kept = 0, b""
    with open_regular(place) as stream:
        while block := stream.read(_BLOCK):
            # A line may be cut by the block: what is left of it is looked at again with the next one.
            text = kept + block
            edge = text.rfind(b"\n") + 1
            base = at - len(kept)
            starts += [(base + match.start(), match[1].decode()) for match in _START.finditer(text, 0, edge)]
            at += len(block)
            kept = text[edge:][-_LONGEST:]
            if at > _MAX_BYTES or len(starts) > _MAX_CHATS:
                raise NotReadableError(f"holds more than {_MAX_CHATS:,} chats or {_MAX_BYTES >> 20} MiB")
    if not starts:
        raise NotReadableError("holds no chat of Aider")
    places = [first for first, _ in starts[1:]]
    return [Chat(began, first, last) for (first, began), last in zip(starts, [*places, at], strict=True)]
