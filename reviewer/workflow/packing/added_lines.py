"""Which lines of the head a diff adds, by file, as ranges; only for the files that somebody asks about."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, TypeAlias

from reviewer.diff.index import IndexBuilder
from reviewer.diff.model import RowKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

Ranges: TypeAlias = list[tuple[int, int]]
"""First and last line of each run of added lines, from 1, in order."""


def added_lines(diff: Path, wanted: Collection[str]) -> dict[str, Ranges]:
    """Return the added lines of the wanted files of a diff; files that add none are not in it."""
    if not diff.stat().st_size:
        return {}
    with diff.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    builder = IndexBuilder(data)
    while not builder.step():
        pass
    found: dict[str, Ranges] = {}
    for span in builder.index.files:
        if span.path not in wanted or span.binary:
            continue
        ranges: Ranges = []
        for place in range(span.first, span.last):
            row = builder.index.row(place)
            if row.kind is not RowKind.ADDED or row.new is None:
                continue
            if ranges and ranges[-1][1] == row.new - 1:
                ranges[-1] = (ranges[-1][0], row.new)
            else:
                ranges.append((row.new, row.new))
        if ranges:
            found[span.path] = ranges
    return found
