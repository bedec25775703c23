"""A log that is plain text, line by line: nothing but a stretch of it is in memory.

Knows bytes and lines, nothing of what a line means. Lines end at a line feed and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reviewer.run.importers.jsonl import stretches, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.importers.importer import Cancelled, LogSource, Progress

_STEP = 1 << 20


class Line(NamedTuple):
    """One line.

    Attributes:
        number: from 1.
        text: without its line feed and a carriage return before it.
        replaced: bytes that are not UTF-8 were replaced by U+FFFD.
    """

    number: int
    text: str
    replaced: bool = False


def lines(source: LogSource, progress: Progress | None = None, cancelled: Cancelled | None = None) -> Iterator[Line]:
    """Yield the lines of a log in the order of the file.

    Raises:
        ImportCancelledError: `cancelled` said so.
    """
    number = done = told = 0
    for size, block in stretches(source):
        whole = block.decode("utf-8", "replace")
        replaced = "\ufffd" in whole and b"\xef\xbf\xbd" not in block
        parts = whole.split("\n")
        if not parts[-1]:
            parts.pop()
        for text in parts:
            number += 1
            yield Line(number, text.removesuffix("\r").replace("\0", ""), replaced and "\ufffd" in text)
        done += size
        if done - told >= _STEP:
            told = done
            tell(done, source, progress, cancelled)
    tell(done, source, progress, cancelled)
