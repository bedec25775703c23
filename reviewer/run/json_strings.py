"""Where in lines of JSON the strings stand that may hold a secret, and what stands around them.

Knows bytes, quotes and commas; decides nothing. A string of JSON never goes over the end of its line, and a line that
does not begin as JSON does is plain text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.secrets.scan import Suspect

_JSON_LINE = re.compile(rb"[ \t\r\0]*+[{}\[\]\"]")
_STRING_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_COMMA = re.compile(rb"\s*,\s*\"")
_BLANKS = frozenset((b" ", b"\t"))


class Place(NamedTuple):
    """A stretch to look into: a string of JSON with its quotes, or text of a line.

    Attributes:
        start, end: byte offsets.
        is_string: it is a string of JSON; `whole` where its closing quote is there.
        holds_key: a private key may begin in it.
    """

    start: int
    end: int
    is_string: bool
    holds_key: bool = False


def places(data: bytes, found: Sequence[Suspect]) -> Iterator[Place]:
    """Yield the stretches that hold a suspect; after a suspicious key, the string that is its value."""
    done = line_end = -1
    first = 0
    is_json = False
    for at, family in found:
        if at < done:
            continue
        if at >= line_end:
            first = data.rfind(b"\n", 0, at) + 1
            line_end = data.find(b"\n", at)
            line_end = len(data) if line_end < 0 else line_end
            is_json = _JSON_LINE.match(data, first) is not None
        start = _quote_before(data, at, first) if is_json else -1
        if start < 0:
            done = line_end
            yield Place(first, line_end, is_string=False, holds_key=family == "block")
            continue
        done = _quote_after(data, start + 1, line_end)
        value = _value_after(data, done, line_end)
        if value is None:
            yield Place(start, done, is_string=True, holds_key=family == "block")
        elif value:
            yield Place(value, _quote_after(data, value + 1, line_end), is_string=True)


def next_string(data: bytes, end: int) -> Place | None:
    """Return the string that follows the one that ends at `end` in a list, None if there is none."""
    comma = _COMMA.match(data, end)
    if comma is None:
        return None
    line_end = data.find(b"\n", comma.end())
    return Place(
        comma.end() - 1, _quote_after(data, comma.end(), len(data) if line_end < 0 else line_end), is_string=True
    )


def key_before(data: bytes, start: int) -> bytes:
    """Return the key whose value starts at `start`, empty if it is not a key's value."""
    place = _skip_back(data, start)
    if data[place - 1 : place] != b":":
        return b""
    place = _skip_back(data, place - 1)
    if data[place - 1 : place] != b'"':
        return b""
    first = data.rfind(b"\n", 0, place) + 1
    return data[_quote_before(data, place - 1, first) + 1 : place - 1]


def _value_after(data: bytes, end: int, line_end: int) -> int | None:
    """Return where the value of the key that ends at `end` starts if it is a string, 0 if not; None if it is no key."""
    after = _skip(data, end)
    if data[after : after + 1] != b":":
        return None
    after = _skip(data, after + 1)
    return after if after < line_end and data[after : after + 1] == b'"' else 0


def _skip(data: bytes, place: int) -> int:
    while data[place : place + 1] in _BLANKS:
        place += 1
    return place


def _skip_back(data: bytes, place: int) -> int:
    while place > 0 and data[place - 1 : place] in _BLANKS:
        place -= 1
    return place


def _quote_before(data: bytes, at: int, first: int) -> int:
    place = data.rfind(b'"', first, at)
    while place > first and _is_escaped(data, place):
        place = data.rfind(b'"', first, place)
    return place


def _quote_after(data: bytes, at: int, line_end: int) -> int:
    """Return the offset after the closing quote, the line's end if there is none."""
    rest = _STRING_REST.match(data, at, line_end)
    return line_end if rest is None else rest.end()


def _is_escaped(data: bytes, place: int) -> bool:
    slashes = 0
    while place - slashes - 1 >= 0 and data[place - slashes - 1] == 0x5C:
        slashes += 1
    return slashes % 2 == 1
