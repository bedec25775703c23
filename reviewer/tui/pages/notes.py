"""Findings and comments as notes in the diff: a glyph in the gutter, and what unfolds below the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.tui.render.note import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.finding import Finding
    from reviewer.review.state import Comment, ReviewState

_GLYPHS = {"high": "●", "medium": "◆", "low": "○", "info": "·"}
FINDING_KEYS = "a answer   A adopt   x dismiss with a reason"


def notes_of(findings: Iterable[Finding], state: ReviewState) -> Iterator[Note]:
    """Yield a note for each finding and comment that has a place in a file."""
    for finding in findings:
        if finding.file is not None:
            yield _finding(finding, state, finding.file)
    for comment in state.comments.values():
        if comment.file is not None:
            yield _comment(comment, comment.file)


def _finding(finding: Finding, state: ReviewState, file: str) -> Note:
    decided = state.dispositions.get(finding.id)
    lines = [finding.why, f"{finding.mode.replace('_', ' ')} · {finding.rule} · {finding.severity} · {finding.known}"]
    if decided is None:
        lines.append(FINDING_KEYS)
    else:
        lines.append(f"{decided.kind}{f': {decided.reason}' if decided.reason else ''}")
    return Note(
        id=finding.id,
        file=file,
        side=finding.side or "new",
        line=finding.line,
        end_line=finding.end_line,
        severity=finding.severity,
        glyph="✓" if decided is not None else _GLYPHS[finding.severity],
        title=finding.message,
        body="\n".join(lines),
    )


def _comment(comment: Comment, file: str) -> Note:
    title, _, body = comment.text.partition("\n")
    return Note(
        id=comment.id,
        file=file,
        side=comment.side or "new",
        line=comment.line,
        end_line=comment.end_line,
        glyph="✓" if comment.resolved else "¶",
        title=title,
        body=body,
    )
