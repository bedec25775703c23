"""Cut a patch into rows, once, without keeping any of its text.

Count-driven: each `@@` header says how many old and new lines follow and exactly those are content, so `--- a/x` inside
a hunk stays a removed line. Works on whole chunks (one split, one pass over first bytes, counts by `bytes.count`), so
that a million rows take well under a second; text nobody expected becomes META rows, and the rows always partition the
bytes. Knows the format of `git diff`; never opens a file.
"""

from __future__ import annotations

import re
from itertools import accumulate, count
from operator import add
from typing import TYPE_CHECKING

from reviewer.diff.header import Header, split_names
from reviewer.diff.model import DiffIndex, FileSpan, HunkSpan, Row, RowKind, Side, Tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.diff.model import Buffer

__all__ = ["DiffIndex", "FileSpan", "HunkSpan", "IndexBuilder", "Row", "RowKind", "Side", "index_patch"]

SLICE = 1 << 18
"""Bytes a step of `index_patch`: about 5 ms of work, so that other threads are not kept waiting."""

_FILE, _META, _HUNK = int(RowKind.FILE), int(RowKind.META), int(RowKind.HUNK)
_CONTEXT, _ADDED, _REMOVED, _NO_NEWLINE = (
    int(RowKind.CONTEXT),
    int(RowKind.ADDED),
    int(RowKind.REMOVED),
    int(RowKind.NO_NEWLINE),
)
_EMPTY = 0x0A
"""Stands for the first byte of an empty line; no line can start with a line feed."""

_BODY = bytes.maketrans(b" \n+-\\", bytes((_CONTEXT, _CONTEXT, _ADDED, _REMOVED, _NO_NEWLINE)))
_NOT_BODY = re.compile(rb"[^ \n+\-\\]")
_NOT_BASE85 = re.compile(rb"[^A-Za-z]")
_RANGE = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_PLAIN_FILE = re.compile(rb"--- [^\n]*\n\+\+\+ [^\n]*\n@@ -\d")
_LINE_FEED = re.compile(rb"\n")
_BINARY_PART = re.compile(rb"(?:literal|delta) \d+\r?$")
_GIT, _COMBINED = b"diff --git ", (b"diff --cc ", b"diff --combined ")


def index_patch(
    data: Buffer,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> DiffIndex:
    """Return the index of a whole patch.

    Args:
        data: the patch: bytes, or a read-only map or view that lives as long as the index.
        progress: called with bytes done and bytes in all, every few milliseconds.
        cancelled: asked as often; True stops the work and leaves `complete` False.
    """
    return IndexBuilder(data).run(progress, cancelled)


class IndexBuilder:
    """Builds a `DiffIndex` slice by slice; `index` can be read at any time, also from other threads."""

    def __init__(self, data: Buffer) -> None:
        """Start over `data`: bytes, or a read-only map or view that lives as long as the index."""
        self._tables = Tables(data)
        self.index = DiffIndex(self._tables)
        self._header: Header | None = None
        self._old_left = self._new_left = 0
        self._in_hunk = False
        self._binary_part = False
        self._ordered = True
        self._old_end = self._new_end = 0
        self._added = self._removed = 0
        self._lines: list[bytes] = []
        self._firsts = b""
        self._base = 0

    @property
    def progress(self) -> tuple[int, int]:
        """Bytes done and bytes in all."""
        return self._tables.indexed_bytes, len(self._tables.data)

    def step(self, max_bytes: int = SLICE) -> bool:
        """Index about `max_bytes` more (a single longer line whole) and return whether everything is done."""
        tables = self._tables
        if tables.complete:
            return True
        start, size = tables.indexed_bytes, len(tables.data)
        end = self._cut(start, min(size, start + max(1, max_bytes)))
        lines = bytes(tables.data[start:end]).split(b"\n")
        if not lines[-1]:
            lines.pop()
        self._lines = lines
        self._firsts = bytes([line[0] if line else _EMPTY for line in lines])
        self._base = len(tables.kinds)
        tables.starts.extend(map(add, accumulate(map(len, lines[:-1]), initial=start), count()))
        self._consume()
        self._lines = []
        if end == size and (self._old_left or self._new_left):
            self._old_left = self._new_left = 0
            tables.whole[-1] = 0
        self._publish(end)
        tables.complete = end == size
        return tables.complete

    def run(
        self,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        slice_bytes: int = SLICE,
    ) -> DiffIndex:
        """Index the rest; stops early, with `complete` False, when `cancelled` says so."""
        while not (cancelled is not None and cancelled()):
            done = self.step(slice_bytes)
            if progress is not None:
                progress(*self.progress)
            if done:
                break
        return self.index

    def _cut(self, start: int, end: int) -> int:
        """Return the end of the last line that ends at or before `end`, else of the line that `start` is in."""
        data = self._tables.data
        if end == len(data):
            return end
        window = bytes(data[max(start, end - (1 << 16)) : end])
        feed = window.rfind(b"\n")
        if feed >= 0:
            return end - len(window) + feed + 1
        match = _LINE_FEED.search(data, end)
        return match.end() if match else len(data)

    def _consume(self) -> None:
        at, total = 0, len(self._lines)
        while at < total:
            if self._old_left or self._new_left:
                at = self._body(at, total)
            elif self._binary_part:
                at = self._binary(at, total)
            else:
                self._line(at, self._lines[at])
                at += 1

    # Hunks ------------------------------------------------------------------------------------------------------------

    def _body(self, at: int, total: int) -> int:
        """Take rows of the open hunk from line `at` on and return the first line not taken."""
        stop = _NOT_BODY.search(self._firsts, at)
        end = stop.start() if stop else total
        firsts = self._firsts
        context = firsts.count(b" ", at, end) + firsts.count(b"\n", at, end)
        added, removed = firsts.count(b"+", at, end), firsts.count(b"-", at, end)
        if context + removed > self._old_left or context + added > self._new_left:
            end, context, added, removed = self._exact(at, end)
        self._old_left -= context + removed
        self._new_left -= context + added
        self._added += added
        self._removed += removed
        self._tables.kinds.extend(firsts[at:end].translate(_BODY))
        if end < total and (self._old_left or self._new_left):
            # The header promised more lines than there are: what follows is no content of this hunk.
            self._old_left = self._new_left = 0
            self._tables.whole[-1] = 0
            self._close_hunk(end)
        return end

    def _exact(self, at: int, end: int) -> tuple[int, int, int, int]:
        """Walk line by line to where the counts are used up: more lines that look like content follow the hunk."""
        old, new = self._old_left, self._new_left
        context = added = removed = 0
        for place in range(at, end):
            first = self._firsts[place]
            if first == 0x5C:  # \ No newline at end of file
                continue
            if not (old or new):
                return place, context, added, removed
            takes_old, takes_new = first != 0x2B, first != 0x2D
            if (takes_old and not old) or (takes_new and not new):
                return place, context, added, removed
            old -= takes_old
            new -= takes_new
            if takes_old and takes_new:
                context += 1
            elif takes_old:
                removed += 1
            else:
                added += 1
        return end, context, added, removed

    def _open_hunk(self, at: int, match: re.Match[bytes]) -> None:
        old_start, new_start = int(match[1]), int(match[3])
        old_count = 1 if match[2] is None else int(match[2])
        new_count = 1 if match[4] is None else int(match[4])
        row = self._base + at
        self._tables.hunk_first.append(row)
        self._tables.hunk_last.append(row + 1)
        self._tables.old_start.append(old_start)
        self._tables.old_count.append(old_count)
        self._tables.new_start.append(new_start)
        self._tables.new_count.append(new_count)
        self._tables.whole.append(1)
        # An empty range stands behind its line, any other begins with it.
        old_at, new_at = old_start + (not old_count), new_start + (not new_count)
        # Lines are counted from 1, and hunks neither overlap nor go back.
        self._ordered = self._ordered and old_at >= max(1, self._old_end) and new_at >= max(1, self._new_end)
        self._old_end, self._new_end = old_at + old_count, new_at + new_count
        self._old_left, self._new_left = old_count, new_count
        self._in_hunk = True

    def _close_hunk(self, at: int) -> None:
        if self._in_hunk:
            self._tables.hunk_last[-1] = self._base + at
            self._in_hunk = False

    # Everything else --------------------------------------------------------------------------------------------------

    def _line(self, at: int, line: bytes) -> None:
        kinds = self._tables.kinds
        if self._in_hunk:
            if line.startswith(b"\\"):
                kinds.append(_NO_NEWLINE)
                return
            self._close_hunk(at)
        header = self._header
        if line.startswith(b"@@ -") and header and not header.combined and (match := _RANGE.match(line)):
            self._open_hunk(at, match)
            kinds.append(_HUNK)
        elif line.startswith(b"diff --git ") or line.startswith(_COMBINED) or self._starts_plain_file(at, line):
            self._open_file(at, line)
            kinds.append(_FILE)
        else:
            kinds.append(_META)
            if header:
                self._read_header(header, line)

    def _starts_plain_file(self, at: int, line: bytes) -> bool:
        """Tell whether a file without a `diff --git` row starts here."""
        if not line.startswith(b"--- ") or (self._header and self._header.combined):
            return False
        fresh = self._header is None or self._has_hunks()
        return fresh and _PLAIN_FILE.match(self._tables.data, self._tables.starts[self._base + at]) is not None

    def _read_header(self, header: Header, line: bytes) -> None:
        if header.combined:
            return
        if _BINARY_PART.match(line) and header.binary:
            self._binary_part = True
        elif line.rstrip(b"\r") == b"GIT binary patch":
            header.binary = True
        elif header.binary and not line:
            return
        elif self._has_hunks():
            header.unparsed += 1
        else:
            header.read(line)

    def _binary(self, at: int, total: int) -> int:
        """Take the base-85 lines of a binary patch; they end at the first line that cannot be one."""
        stop = _NOT_BASE85.search(self._firsts, at)
        end = stop.start() if stop else total
        place = next((n for n in range(at, end) if self._lines[n].startswith(b"diff --")), end)
        self._tables.kinds.extend(bytes((_META,)) * (place - at))
        if place < total:
            self._binary_part = False
        return place

    def _has_hunks(self) -> bool:
        files = self._tables.files
        return bool(files) and len(self._tables.hunk_first) > files[-1].hunk_first

    def _open_file(self, at: int, line: bytes) -> None:
        self._close_file(self._base + at)
        header = Header()
        if line.startswith(_GIT):
            header.line = line[len(_GIT) :]
            header.names = split_names(header.line)
        elif line.startswith(_COMBINED):
            header.combined = True
            header.new_name = b"b/" + line.split(b" ", 2)[2]
        else:
            header.read(line)
        self._header = header
        self._added = self._removed = 0
        self._old_end = self._new_end = 0
        self._ordered = True
        self._tables.file_rows.append(self._base + at)
        hunks = len(self._tables.hunk_first)
        self._tables.files.append(
            FileSpan(
                len(self._tables.files),
                self._base + at,
                self._base + at + 1,
                "",
                None,
                "M",
                None,
                None,
                binary=False,
                added=0,
                removed=0,
                hunk_first=hunks,
                hunk_last=hunks,
                _index=self.index,
            )
        )

    def _close_file(self, end: int) -> None:
        """Write the last file's span again, with what is known by row `end`."""
        header = self._header
        if header is None:
            return
        files = self._tables.files
        seed = files[-1]
        hunk_last = len(self._tables.hunk_first)
        old_path, path, agree = header.paths()
        whole = 0 not in self._tables.whole[seed.hunk_first : hunk_last]
        files[-1] = FileSpan(
            seed.number,
            seed.first,
            end,
            path,
            old_path,
            header.status,
            None if header.created else header.old_mode,
            None if header.deleted else header.new_mode,
            header.binary,
            self._added,
            self._removed,
            header.old_id,
            header.new_id,
            header.combined,
            header.unparsed,
            agree and whole and self._ordered and not header.unparsed and not header.combined,
            seed.hunk_first,
            hunk_last,
            self.index,
        )

    def _publish(self, end: int) -> None:
        """Make the rows found so far readable; the count comes last, so that readers never see half a row."""
        tables = self._tables
        rows = len(tables.kinds)
        if self._in_hunk:
            tables.hunk_last[-1] = rows
        self._close_file(rows)
        tables.indexed_bytes = end
        tables.rows = rows
