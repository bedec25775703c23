"""Apply one file of a patch to its old content, exactly: no fuzz, no offset, no white space rules.

The link of the packet's chain that says "what is shown is what was signed": old content and patch give the new content
or there is an error. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.diff.binary import DiffError, apply_part, read_parts
from reviewer.diff.model import RowKind

if TYPE_CHECKING:
    from reviewer.diff.model import DiffIndex, FileSpan, HunkSpan

__all__ = ["DiffError", "apply", "old_content"]

MAX_BYTES = 256 << 20
"""Content larger than this is not made: a few bytes of deflate can declare gigabytes."""

_MARK = b"\\ No newline at end of file"
_RUN = re.compile(rb"\x04+|\x05+|\x06+|\x07")
_CONTEXT, _ADDED, _NO_NEWLINE = int(RowKind.CONTEXT), int(RowKind.ADDED), int(RowKind.NO_NEWLINE)


def apply(old: bytes | None, index: DiffIndex, file: FileSpan, *, limit: int = MAX_BYTES) -> bytes | None:
    """Return the content after the change, None when the file is gone.

    Args:
        old: the content before; None when there was no file. For a rename or copy, that of the old path; for a
            submodule, the line `Subproject commit <id>` that git shows for it.
        index: an index that is complete.
        file: which file of it.
        limit: the most bytes to make.

    Raises:
        DiffError: the patch does not fit `old`, is not whole, or does not hold the content.
    """
    path = file.path
    if file.combined:
        raise DiffError(f"{path}: a combined diff of a merge cannot be applied")
    if not file.consistent:
        raise DiffError(f"{path}: the patch contradicts itself or holds rows that are not part of a patch")
    if file.status == "A" and old is not None:
        raise DiffError(f"{path}: the patch creates it, and it is already there")
    if file.status != "A" and old is None:
        raise DiffError(f"{path}: the patch changes it, and there is no old content")
    if file.binary:
        return _binary(old, index, file, limit)
    if file.status == "D" and not file.hunk_count:
        if old:
            raise DiffError(f"{path}: the patch deletes an empty file, and the old content is not empty")
        return None
    new = _Text(old or b"", path).patched(index, file)
    if file.status != "D":
        return new
    if new:
        raise DiffError(f"{path}: the patch deletes the file, but leaves {len(new):,} bytes of it")
    return None


def old_content(index: DiffIndex, file: FileSpan, *, limit: int = MAX_BYTES) -> bytes | None:
    """Return the old content where the patch alone holds all of it, else None.

    A deletion of text does; binary data does when its way back is a literal. The caller has to know its digest: a patch
    that removes only a part cannot be told from one that removes all.

    Raises:
        DiffError: the binary data is broken.
    """
    if not file.consistent or file.status == "A":
        return None
    if file.binary:
        start = _binary_start(index, file)
        parts = () if start is None else read_parts(list(index.raws(start, file.last)), limit)
        return parts[1].data if len(parts) == 2 and not parts[1].delta else None
    if file.status != "D":
        return None
    lines = [raw[1:] for hunk in file.hunks for raw in index.raws(hunk.first + 1, hunk.last) if raw[:1] != b"\\"]
    if not lines:
        return b""
    marked = index.kind(file.hunks[-1].last - 1) == RowKind.NO_NEWLINE
    return b"\n".join(lines) + (b"" if marked else b"\n")


def _binary_start(index: DiffIndex, file: FileSpan) -> int | None:
    """Return the row behind `GIT binary patch`."""
    rows = range(file.first, file.last)
    return next((row + 1 for row in rows if index.raw(row, 20).rstrip(b"\r") == b"GIT binary patch"), None)


def _binary(old: bytes | None, index: DiffIndex, file: FileSpan, limit: int) -> bytes | None:
    start = _binary_start(index, file)
    if start is None or file.hunk_count:
        raise DiffError(f"{file.path}: the patch does not hold the binary content")
    try:
        parts = read_parts(list(index.raws(start, file.last)), limit)
        new = apply_part(parts[0], old or b"", limit)
        if len(parts) == 2 and apply_part(parts[1], new, limit) != (old or b""):
            raise DiffError("the way back does not give the old content")
    except DiffError as error:
        raise DiffError(f"{file.path}: {error.sentence}") from None
    if file.status == "D":
        if new:
            raise DiffError(f"{file.path}: the patch deletes the file, but leaves {len(new):,} bytes of it")
        return None
    return new


class _Text:
    """Old content as lines, and a place in them."""

    def __init__(self, old: bytes, path: str) -> None:
        self.path = path
        self.lines = old.split(b"\n")
        # The last piece is what stands behind the last line feed: nothing, or a line without one.
        self.unended = bool(self.lines[-1])
        if not self.unended:
            self.lines.pop()
        self.at = 0
        self.out: list[bytes] = []
        self.ended = True

    def patched(self, index: DiffIndex, file: FileSpan) -> bytes:
        for hunk in file.hunks:
            self._copy(hunk.old_start - 1 if hunk.old_count else hunk.old_start)
            new_at = hunk.new_start - 1 if hunk.new_count else hunk.new_start
            if len(self.out) != new_at:
                self._refuse(hunk, f"new line {new_at + 1} would be line {len(self.out) + 1}")
            self._hunk(index, hunk)
        if self.at < len(self.lines):
            self._copy(len(self.lines))
        if not self.out:
            return b""
        return b"\n".join(self.out) + (b"\n" if self.ended else b"")

    def _copy(self, end: int) -> None:
        if end > len(self.lines):
            raise DiffError(f"{self.path}: the patch starts at old line {end + 1:,}, the old content has fewer")
        if end > self.at:
            self._open()
            self.out += self.lines[self.at : end]
            self.at = end
            self.ended = not (self.unended and end == len(self.lines))

    def _open(self) -> None:
        if not self.ended:
            raise DiffError(f"{self.path}: the patch has lines behind a line that it says ends the file")

    def _hunk(self, index: DiffIndex, hunk: HunkSpan) -> None:
        first = hunk.first + 1
        if hunk.last <= first:
            return
        rows = list(index.raws(first, hunk.last))
        kinds = index.kinds(first, hunk.last)
        for run in _RUN.finditer(kinds):
            low, high = run.span()
            if kinds[low] == _NO_NEWLINE:
                self._check_mark(hunk, kinds[low - 1] if low else 0, rows[low])
                continue
            marked = high < len(kinds) and kinds[high] == _NO_NEWLINE
            self._run(hunk, kinds[low], [row[1:] for row in rows[low:high]], marked=marked)

    def _check_mark(self, hunk: HunkSpan, before: int, row: bytes) -> None:
        if before in (0, _NO_NEWLINE) or row != _MARK:
            self._refuse(hunk, "a 'No newline' mark is not git's, or stands where it means nothing")

    def _run(self, hunk: HunkSpan, kind: int, texts: list[bytes], *, marked: bool) -> None:
        """Take rows of one kind; `marked` says that the last of them has no line feed."""
        if kind != _ADDED:
            end = self.at + len(texts)
            if self.lines[self.at : end] != texts:
                wrong = next(
                    (n for n, text in enumerate(texts) if self.lines[self.at + n : self.at + n + 1] != [text]), 0
                )
                self._refuse(hunk, f"old line {self.at + wrong + 1} is not what the patch says")
            self.at = end
            if marked != (self.unended and end == len(self.lines)):
                self._refuse(hunk, "it disagrees about the line feed at the end of the old content")
        if kind in (_CONTEXT, _ADDED):
            self._open()
            self.out += texts
            self.ended = not marked

    def _refuse(self, hunk: HunkSpan, why: str) -> None:
        raise DiffError(f"{self.path}: hunk at old line {hunk.old_start} does not fit: {why}")
