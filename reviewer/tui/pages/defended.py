"""The mark in a hunk's own row that says whether a test fails without it.

The probe cuts finer than the diff, so one row of the diff may stand for several of its pieces of code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.probed import Ablation, Hunk
    from reviewer.diff.model import DiffIndex, HunkSpan


def defended_marks(ablation: Ablation | None, index: DiffIndex) -> Mapping[int, tuple[str, bool]]:
    """Return by the hunk's place among all hunks of the diff: a few words, and whether all of it is defended."""
    if ablation is None or not ablation.rows:
        return {}
    by_path: dict[str, list[Hunk]] = {}
    for row in ablation.rows:
        by_path.setdefault(row.path, []).append(row)
    return dict(_marks(by_path, index))


def _marks(by_path: Mapping[str, list[Hunk]], index: DiffIndex) -> Iterator[tuple[int, tuple[str, bool]]]:
    for file in index.files:
        rows = by_path.get(file.path)
        if not rows:
            continue
        for number in range(file.hunk_first, file.hunk_last):
            span = index.hunk(number)
            judged = [row for row in rows if row.state in {"defended", "undefended"} and _within(row, span)]
            if judged:
                good = sum(row.state == "defended" for row in judged)
                yield number, (_words(good, len(judged)), good == len(judged))


def _words(good: int, judged: int) -> str:
    if good == judged:
        return "▪ defended"
    return f"▫ {good} of {judged} pieces defended" if good else "▫ undefended"


def _within(row: Hunk, span: HunkSpan) -> bool:
    # A hunk that only removes has no new lines, and is found by the line that it stands behind.
    first, last = row.new_first, max(row.new_first, row.new_last)
    return first < span.new_start + max(1, span.new_count) and last >= span.new_start
