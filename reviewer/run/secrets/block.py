"""Private keys: the one kind of secret that takes several lines, of a text or of a list of strings in JSON.

Pure: where they begin, where they end, and whether a line may be one of theirs. Decides nothing about other secrets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.secrets.rules import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = "Private Key"
_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_END = re.compile(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_BODY = re.compile(r"[A-Za-z0-9+/=]{24,}")
_BODY_LINE = re.compile(
    r"(?:\\[nr]|[\s\d→|+>:\-\"'\\,])*(?:[A-Za-z0-9+/=]{16,}|(?:Proc-Type|DEK-Info|Comment|Version): .*)?[\\nr\"',\s]*"
)
_BODY_CHARACTERS = re.compile(r"[A-Za-z0-9+/=\\\s\"',]*")
_WIDEST = 400
"""Lines of a key are 64 to 76 characters, with a line number or a mark before them; a longer one is all of it."""
_FIRST_LINE = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_LAST_LINE = re.compile(rb"-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_LONGEST = 64 << 10
"""No key takes more, bytes; the longest that are in use (RSA of 16,384 bits) take a fifth."""
_SIGN = re.compile(r"(?:\+|-(?!----[^-]))?\s*(?:\d+\s*[→|:]\s*)?")


def keys(text: str) -> Iterator[Span]:
    """Yield the private keys of a text: to their last line, or as far as what follows looks like one."""
    begins = list(_BEGIN.finditer(text))
    for place, begin in enumerate(begins):
        limit = begins[place + 1].start() if place + 1 < len(begins) else len(text)
        end = _END.search(text, begin.end(), limit)
        if not _BODY.search(text, begin.end(), limit if end is None else end.start()):
            continue  # speaks of keys, holds none
        yield Span(begin.start(), _as_far_as(text, begin.end(), limit) if end is None else end.end(), RULE)


def _as_far_as(text: str, start: int, limit: int) -> int:
    end = start
    for line in text[start:limit].split("\n"):
        if not is_body(line):
            break
        end += len(line) + 1
    return min(end, limit)


def is_body(line: str) -> bool:
    """Return whether a line may stand inside a private key."""
    return (_BODY_LINE if len(line) <= _WIDEST else _BODY_CHARACTERS).fullmatch(line) is not None


def holds_body(line: str) -> bool:
    """Return whether a line that may stand inside a key has something of it."""
    return _BODY.search(line) is not None


def begins_only(text: str) -> bool:
    """Return whether a text is a key's first line and nothing after it, as in a list of lines."""
    begin = _BEGIN.search(text)
    return begin is not None and not text[begin.end() :].strip("\\nr\"' \t\r\n,+-")


def ends(text: str) -> bool:
    """Return whether a text has a key's last line."""
    return _END.search(text) is not None


def sign_of(line: str) -> str:
    """Return what stands before a line of a key: the mark of a patch, a line's number."""
    found = _SIGN.match(line)
    return found.group() if found else ""


def open_key(data: bytes) -> int:
    """Return where the line begins in which a key starts that does not end in this data; its length if there is none.

    Whoever reads a log in stretches keeps what follows for the next one, so that no key is cut.
    """
    place = data.rfind(b"PRIVATE KEY")
    if place < 0:
        return len(data)
    line = data.rfind(b"\n", 0, place) + 1
    if _LAST_LINE.search(data, line) is not None:
        return len(data)
    is_open = _FIRST_LINE.search(data, line) is not None
    return line if is_open and len(data) - line <= _LONGEST else len(data)


def region_end(data: bytes, start: int) -> int:
    """Return the end of the line in which the key that starts at `start` ends, as far as keys go."""
    limit = min(len(data), start + _LONGEST)
    last = _LAST_LINE.search(data, start, limit)
    end = data.find(b"\n", limit if last is None else last.end())
    return len(data) if end < 0 else end
