"""A second reading of each file of a patch, by unidiff, that has to agree with the row index.

Two parsers that share no code must see the same hunks; unidiff drops what it does not expect without a word, so what it
kept is compared with the bytes. Names are not its part: it cannot read all that git writes. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

if TYPE_CHECKING:
    from unidiff.patch import Hunk, PatchedFile

    from reviewer.diff.model import DiffIndex, FileSpan, HunkSpan

_NAMES = ["--- old\n", "+++ new\n"]


def parse(index: DiffIndex, file: FileSpan) -> PatchedFile | None:
    """Return unidiff's reading of one file (its names are always `old` and `new`), None when it is not one file.

    Text is decoded with surrogate escapes and split on line feeds only: unidiff's own reader also splits at carriage
    returns and refuses bytes that are not UTF-8.
    """
    patch = _read(index, file)
    return patch[0] if patch is not None and len(patch) == 1 else None


def _read(index: DiffIndex, file: FileSpan) -> PatchSet | None:
    first = file.hunks[0].first if file.hunk_count else file.first
    start, end = index.extent(first)[0], index.extent(file.last - 1)[1]
    text = bytes(index.data[start:end]).decode("utf-8", "surrogateescape")
    lines = [line + "\n" for line in text.removesuffix("\n").split("\n")]
    try:
        return PatchSet(iter(_NAMES + lines if file.hunk_count else lines))
    except UnidiffParseError:
        return None


def round_trips(index: DiffIndex, file: FileSpan) -> bool:
    """Tell whether unidiff sees the same hunks as the index: the same ranges, and every line byte for byte."""
    if file.combined or not file.consistent:
        return False
    if not file.hunk_count:
        patch = _read(index, file)
        return patch is not None and not any(len(each) for each in patch)
    patched = parse(index, file)
    if patched is None or len(patched) != file.hunk_count:
        return False
    return all(_same(index, span, hunk) for span, hunk in zip(file.hunks, patched, strict=True))


def _same(index: DiffIndex, span: HunkSpan, hunk: Hunk) -> bool:
    ranges = (hunk.source_start, hunk.source_length, hunk.target_start, hunk.target_length)
    if ranges != (span.old_start, span.old_count, span.new_start, span.new_count):
        return False
    if span.last == span.first + 1:
        return len(hunk) == 0
    start, end = index.extent(span.first + 1)[0], index.extent(span.last - 1)[1]
    text = "".join([str(line) for line in hunk])
    return text.encode("utf-8", "surrogateescape") == bytes(index.data[start:end]).removesuffix(b"\n") + b"\n"
