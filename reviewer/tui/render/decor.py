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

CHUNK = 128
"""Rows that are coloured together."""
KEPT_CHUNKS = 160


class Chunk(NamedTuple):
    """Rows `first` up to `last` (exclusive) of one hunk of a file."""

    file: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Coloured:
    """Colours of a chunk: by row from its first, a class for each character, and changed parts."""

    chunk: Chunk
    syntax: tuple[bytes | None, ...]
    words: tuple[Spans, ...]


class Decor:
    """The colours that are there by now."""

    def __init__(self) -> None:
        """Start plain."""
        self._chunks: OrderedDict[int, Coloured] = OrderedDict()
        self._of_row: dict[int, Chunk] = {}

    def of(self, row: int) -> tuple[bytes | None, Spans]:
        """Return a row's syntax classes (None when not there yet) and changed parts."""
        chunk = self._of_row.get(row)
        coloured = None if chunk is None else self._chunks.get(chunk.first)
        if coloured is None or not coloured.chunk.first <= row < coloured.chunk.last:
            return None, ()
        place = row - coloured.chunk.first
        return coloured.syntax[place], coloured.words[place]

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
        here = self._chunks.get(chunk.first)
        if here is None or here.chunk != chunk:
            return False
        self._chunks.move_to_end(chunk.first)
        return True

    def add(self, coloured: Coloured) -> None:
        """Keep the colours of a chunk; the longest unused ones go."""
        chunk = coloured.chunk
        self._chunks[chunk.first] = coloured
        for row in range(chunk.first, chunk.last):
            self._of_row[row] = chunk
        while len(self._chunks) > KEPT_CHUNKS:
            _, old = self._chunks.popitem(last=False)
            for row in range(old.chunk.first, old.chunk.last):
                self._of_row.pop(row, None)

    def clear(self) -> None:
        """Forget all colours."""
        self._chunks.clear()
        self._of_row.clear()


def make(index: DiffIndex, chunk: Chunk) -> Coloured:
    """Return the colours of a chunk. Takes milliseconds: run it in a worker."""
    span = index.files[chunk.file]
    kinds: list[RowKind] = []
    texts: list[str] = []
    for row in range(chunk.first, chunk.last):
        kinds.append(index.kind(row))
        raw = index.raw(row, READ_LIMIT)
        texts.append(show(raw[1:]).text)
    syntax: list[bytes | None] = [None] * len(texts)
    for side, path in ((RowKind.REMOVED, span.old_path or span.path), (RowKind.ADDED, span.path)):
        lexer = lexer_for(path)
        places = [n for n, kind in enumerate(kinds) if kind in (side, RowKind.CONTEXT)]
        if lexer is None or (side not in kinds and side is RowKind.REMOVED):
            continue
        for place, codes in zip(places, classify(lexer, [texts[n] for n in places]), strict=True):
            # Context is coloured as the new side has it.
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
