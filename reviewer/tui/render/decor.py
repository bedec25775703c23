"""Colour that arrives late: syntax classes and changed words of rows near the screen, made in a thread.

Work is cut into chunks of rows of one hunk; what is made is kept for a bounded number of rows. `make` is pure and slow
and runs in a worker; the rest is the drawing thread's. Knows the index; nothing of styles or widgets.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reviewer.diff.intraline import pair_lines, word_spans
from reviewer.diff.model import RowKind
from reviewer.tui.render.shown import READ_LIMIT, show
from reviewer.tui.render.syntax import classify, lexer_for

if TYPE_CHECKING:
    from reviewer.diff.intraline import Spans
    from reviewer.diff.model import DiffIndex
    from reviewer.tui.render.document import Document

CHUNK = 128
"""Rows that are coloured together."""
KEPT_CHUNKS = 160


class Chunk(NamedTuple):
    """Rows `first` up to `last` (exclusive) of one hunk of a file; with `lines`, lines (from 1) of its new side."""

    file: int
    first: int
    last: int
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What a worker needs to colour a chunk: nothing that another thread changes."""

    chunk: Chunk
    index: DiffIndex
    path: str
    old_path: str
    lines: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Coloured:
    """Colours of a chunk: by row (or line) from its first, a class for each character, and changed parts."""

    chunk: Chunk
    syntax: tuple[bytes | None, ...]
    words: tuple[Spans, ...]


class Decor:
    """The colours that are there by now."""

    def __init__(self) -> None:
        """Start plain."""
        self._chunks: OrderedDict[Chunk, Coloured] = OrderedDict()
        self._of_row: dict[int, Chunk] = {}

    def of(self, row: int) -> tuple[bytes | None, Spans]:
        """Return a row's syntax classes (None when not there yet) and changed parts."""
        chunk = self._of_row.get(row)
        coloured = None if chunk is None else self._chunks.get(chunk)
        if chunk is None or coloured is None:
            return None, ()
        return coloured.syntax[row - chunk.first], coloured.words[row - chunk.first]

    def of_line(self, file: int, line: int) -> bytes | None:
        """Return the syntax classes of a line of a file's new side, None when not there yet."""
        chunk = line_chunk(file, line)
        coloured = self._chunks.get(chunk)
        place = line - chunk.first
        return None if coloured is None or place >= len(coloured.syntax) else coloured.syntax[place]

    def chunk_of(self, index: DiffIndex, row: int) -> Chunk | None:
        """Return the chunk that a row is in, None outside of hunks."""
        found = self._of_row.get(row)
        if found is not None:
            return found
        hunk, file = index.hunk_at(row), index.file_at(row)
        if hunk is None or file is None:
            return None
        first = hunk.first + 1 + (max(0, row - hunk.first - 1) // CHUNK) * CHUNK
        return Chunk(file.number, first, min(hunk.last, first + CHUNK, len(index)))

    def has(self, chunk: Chunk) -> bool:
        """Return whether a chunk's colours are there, and keep them longer if so."""
        if chunk not in self._chunks:
            return False
        self._chunks.move_to_end(chunk)
        return True

    def add(self, coloured: Coloured) -> None:
        """Keep the colours of a chunk; the longest unused ones go."""
        self._chunks[coloured.chunk] = coloured
        if not coloured.chunk.lines:
            self._of_row.update(dict.fromkeys(range(coloured.chunk.first, coloured.chunk.last), coloured.chunk))
        while len(self._chunks) > KEPT_CHUNKS:
            old, _ = self._chunks.popitem(last=False)
            for row in () if old.lines else range(old.first, old.last):
                self._of_row.pop(row, None)

    def clear(self) -> None:
        """Forget all colours."""
        self._chunks.clear()
        self._of_row.clear()


def line_chunk(file: int, line: int) -> Chunk:
    """Return the chunk that a line of a file's new side is in."""
    first = (line - 1) // CHUNK * CHUNK + 1
    return Chunk(file, first, first + CHUNK, lines=True)


def request_for(document: Document, chunk: Chunk) -> Request:
    """Return what is needed to colour a chunk."""
    span = document.index.files[chunk.file]
    lines: tuple[bytes, ...] = ()
    if chunk.lines:
        lines = tuple(
            line[:READ_LIMIT] for line in (document.blobs.lines(span) or ())[chunk.first - 1 : chunk.last - 1]
        )
    return Request(chunk, document.index, span.path, span.old_path or span.path, lines)


def make(request: Request) -> Coloured:
    """Return the colours of a chunk. Takes milliseconds: run it in a worker."""
    chunk, index = request.chunk, request.index
    if chunk.lines:
        lexer = lexer_for(request.path)
        lines = [show(line).text for line in request.lines]
        plain: list[bytes | None] = [None] * len(lines)
        return Coloured(chunk, tuple(plain if lexer is None else classify(lexer, lines)), ((),) * len(lines))
    kinds = [index.kind(row) for row in range(chunk.first, chunk.last)]
    texts = [show(index.raw(row, READ_LIMIT)[1:]).text for row in range(chunk.first, chunk.last)]
    syntax: list[bytes | None] = [None] * len(texts)
    # Context is coloured as the new side has it, so that side comes last.
    for side, path in ((RowKind.REMOVED, request.old_path), (RowKind.ADDED, request.path)):
        lexer = lexer_for(path)
        if lexer is None or (side is RowKind.REMOVED and side not in kinds):
            continue
        places = [n for n, kind in enumerate(kinds) if kind in (side, RowKind.CONTEXT)]
        for place, codes in zip(places, classify(lexer, [texts[n] for n in places]), strict=True):
            syntax[place] = codes
    return Coloured(chunk, tuple(syntax), tuple(_words(kinds, texts)))


def _words(kinds: list[RowKind], texts: list[str]) -> list[Spans]:
    words: list[Spans] = [()] * len(texts)
    place = 0
    while place < len(kinds):
        removed, place = _run(kinds, place, RowKind.REMOVED)
        added, after = _run(kinds, place, RowKind.ADDED)
        if removed and added:
            for old, new in pair_lines([texts[n] for n in removed], [texts[n] for n in added]):
                words[removed[old]], words[added[new]] = word_spans(texts[removed[old]], texts[added[new]])
        place = max(after, place + (not removed and not added))
    return words


def _run(kinds: list[RowKind], place: int, kind: RowKind) -> tuple[list[int], int]:
    found = []
    while place < len(kinds) and kinds[place] in (kind, RowKind.NO_NEWLINE):
        if kinds[place] is kind:
            found.append(place)
        place += 1
    return found, place
