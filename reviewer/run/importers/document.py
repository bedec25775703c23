"""A log that is one JSON document, part by part: each member of the outer object, each element of an outer list.

Knows bytes and JSON, nothing of what a part means. A small document is decoded at once; a large or a broken one is
walked, so that memory stays bounded and all that stands before a tear is read. Lists one level down are given element
by element, since that is where logs keep their messages.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

import orjson

from reviewer.run.importers.jsonl import is_overfull, lenient, stretches, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.importers.importer import Cancelled, LogSource, Progress

AT_ONCE = 24 << 20
"""A larger document is walked, bytes."""
_KEPT = 1024
_DROP = 1 << 20
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]|"', re.DOTALL)
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n\0]*+")
_SCALAR = re.compile(rb"[^,\]}\s]++")


class Part(NamedTuple):
    """One part of a document.

    Attributes:
        key: the member of the outer object that it is, or stands in; "" in an outer list.
        number: its place in the list, from 0; None for a member that is no list.
        value: the decoded JSON; None when `problem` says why there is none.
        problem: "not JSON", "torn" or "" when all is well.
        text, size: start and bytes of what could not be decoded.
        replaced: bytes that are not UTF-8, or lone surrogates, were replaced by U+FFFD.
    """

    key: str
    number: int | None
    value: object
    problem: str = ""
    text: str = ""
    size: int = 0
    replaced: bool = False

    @property
    def place(self) -> str:
        """Where it stands ("messages[3]", "info")."""
        return self.key if self.number is None else f"{self.key}[{self.number}]"


def parts(source: LogSource, progress: Progress | None = None, cancelled: Cancelled | None = None) -> Iterator[Part]:
    """Yield the parts of a document in the order of the file.

    Raises:
        ImportCancelledError: `cancelled` said so.
    """
    blocks = _told(source, progress, cancelled)
    start = bytearray()
    for block in blocks:
        start += block
        if len(start) > AT_ONCE:
            break
    else:
        try:
            whole = None if is_overfull(start) else orjson.loads(bytes(start))
        except orjson.JSONDecodeError:
            whole = None
        if whole is not None:
            yield from _of(whole)
            return
    yield from _Walk(start, blocks).parts()


def head_parts(head: bytes) -> list[Part]:
    """Return the parts that stand whole in the first bytes of a document, to tell its format by.

    The last one has the problem "torn", and the key of what it was cut in, where the document goes on.
    """
    return list(_Walk(bytearray(head.removeprefix(codecs.BOM_UTF8)), iter(())).parts())


def _told(source: LogSource, progress: Progress | None, cancelled: Cancelled | None) -> Iterator[bytes]:
    done = 0
    for size, block in stretches(source):
        yield block
        done += size
        tell(done, source, progress, cancelled)
    tell(done, source, progress, cancelled)


def _of(whole: object) -> Iterator[Part]:
    members = whole.items() if isinstance(whole, dict) else (("", whole),)
    for key, value in members:
        if isinstance(value, list):
            yield from (Part(key, index, entry) for index, entry in enumerate(value))
        else:
            yield Part(key, None, value)


class _Torn(Exception):  # noqa: N818 - never leaves this module
    """The document ends inside a value."""


class _Walk:
    """A walk over a document of which only a window is in memory."""

    def __init__(self, window: bytearray, blocks: Iterator[bytes]) -> None:
        self._window = window
        self._blocks = blocks
        self._at = 0
        self._key = ""

    def parts(self) -> Iterator[Part]:
        try:
            first = self._peek()
        except _Torn:
            return
        if first not in b"{[":
            yield self._rest("not JSON")
            return
        self._at += 1
        try:
            if first == b"[":
                yield from self._elements("")
            else:
                yield from self._members()
        except _Torn:
            yield self._rest("torn")
            return
        except ValueError:
            yield self._rest("not JSON")
            return
        if self._window[self._at :].strip(b" \t\r\n\0") or any(block.strip(b" \t\r\n\0") for block in self._blocks):
            yield self._rest("not JSON")

    def _members(self) -> Iterator[Part]:
        while (sign := self._peek()) != b"}":
            if sign == b",":
                self._at += 1
                continue
            if sign != b'"':
                raise ValueError("a name was expected")
            name, _ = lenient(self._value())
            if self._peek() != b":":
                raise ValueError("a colon was expected")
            self._at += 1
            key = self._key = name if isinstance(name, str) else ""
            if self._peek() == b"[":
                self._at += 1
                yield from self._elements(key)
            else:
                yield _part(key, None, self._value())
        self._at += 1

    def _elements(self, key: str) -> Iterator[Part]:
        index = 0
        while (sign := self._peek()) != b"]":
            if sign == b",":
                self._at += 1
                continue
            if sign in b":}":
                raise ValueError("a value was expected")
            yield _part(key, index, self._value())
            index += 1
        self._at += 1

    def _peek(self) -> bytes:
        """Return the next byte that is no space, without taking it."""
        if self._at > _DROP:
            del self._window[: self._at]
            self._at = 0
        while True:
            match = _SPACE.match(self._window, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._window):
                return bytes(self._window[self._at : self._at + 1])
            self._more()

    def _value(self) -> bytes:
        """Take the value that starts here."""
        start = self._at
        sign = bytes(self._window[start : start + 1])
        if sign == b'"':
            end = self._string(start)
        elif sign in {b"{", b"["}:
            end = self._nested(start)
        else:
            end = self._scalar(start)
        self._at = end
        return bytes(self._window[start:end])

    def _string(self, start: int) -> int:
        while (match := _STRING.match(self._window, start)) is None:
            self._more()
        return match.end()

    def _scalar(self, start: int) -> int:
        while True:
            match = _SCALAR.match(self._window, start)
            if match is None:
                raise ValueError("a value was expected")
            if match.end() < len(self._window):
                return match.end()
            self._more()

    def _nested(self, start: int) -> int:
        depth, at = 0, start
        while True:
            depth, at, ended = self._walked(depth, at)
            if ended:
                return at
            self._more()

    def _walked(self, depth: int, at: int) -> tuple[int, int, bool]:
        """Return the depth, how far the window was walked, and whether the value ended there."""
        for match in _TOKEN.finditer(self._window, at):
            sign = match.group()
            if sign in {b"{", b"["}:
                depth += 1
            elif sign in {b"}", b"]"}:
                depth -= 1
                if not depth:
                    return 0, match.end(), True
            elif sign == b'"':  # a string that ends beyond the window
                return depth, match.start(), False
            at = match.end()
        return depth, at, False

    def _more(self) -> None:
        """Make the window about twice as large, so that a long value is not looked at again and again."""
        wanted = len(self._window) + max(_DROP, len(self._window) - self._at)
        before = len(self._window)
        for block in self._blocks:
            self._window += block
            if len(self._window) >= wanted:
                break
        if len(self._window) == before:
            raise _Torn

    def _rest(self, problem: str) -> Part:
        left = bytes(self._window[self._at :])
        return Part(self._key, None, None, problem, left[:_KEPT].decode("utf-8", "replace"), len(left))


def _part(key: str, index: int | None, data: bytes) -> Part:
    try:
        value, replaced = lenient(data)
    except ValueError:
        return Part(key, index, None, "not JSON", data[:_KEPT].decode("utf-8", "replace"), len(data))
    return Part(key, index, value, replaced=replaced)
