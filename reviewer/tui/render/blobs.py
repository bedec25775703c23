"""Lines of whole files, for the gaps of a patch: the packet's blobs, asked for one at a time.

Keeps the lines of the few files that were last asked for. Split on LF only. Knows nothing of packets: it is given a
function.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.diff.model import FileSpan, Side

    BlobSource: TypeAlias = Callable[[FileSpan, Side], bytes | None]

_KEPT = 4


class BlobLines:
    """The lines of a file after the change, or None when nobody has them."""

    def __init__(self, source: BlobSource | None = None) -> None:
        """Ask `source` for the bytes of one side of a file."""
        self.source = source
        self._lines: OrderedDict[int, list[bytes] | None] = OrderedDict()
        self._counts: dict[int, int | None] = {}

    def lines(self, file: FileSpan) -> list[bytes] | None:
        """Return a file's lines without line feeds. May read and split a whole blob."""
        if file.number in self._lines:
            self._lines.move_to_end(file.number)
            return self._lines[file.number]
        data = None if self.source is None or file.binary or file.status == "D" else self.source(file, "new")
        lines = None
        if data is not None:
            lines = data.split(b"\n")
            if not lines[-1]:
                lines.pop()
        self._lines[file.number] = lines
        self._counts[file.number] = None if lines is None else len(lines)
        while len(self._lines) > _KEPT:
            self._lines.popitem(last=False)
        return lines

    def known(self, file: int) -> bool:
        """Return whether the number of a file's lines is known, so that `count` is quick."""
        return file in self._counts

    def count(self, file: FileSpan) -> int | None:
        """Return how many lines a file has, None when nobody has them."""
        if file.number not in self._counts:
            self.lines(file)
        return self._counts[file.number]
