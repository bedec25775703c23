"""Findings and comments as notes in the diff: a glyph in the gutter, and what unfolds below the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.tui.keymap import DEFAULT, Keymap
from reviewer.tui.render.note import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.finding import Finding
    from reviewer.review.state import Comment, ReviewState

_GLYPHS = {"high": "●", "medium": "◆", "low": "○", "info": "·"}


def notes_of(findings: Iterable[Finding], state: ReviewState, keymap: Keymap = DEFAULT) -> Iterator[Note]:
    """Yield a note for each finding and comment that has a place in a file, with what can be done about it."""
    for finding in findings:
        if finding.file is not None:
            yield _finding(finding, state, finding.file, keymap)
    for comment in state.comments.values():
        if comment.file is not None:
            yield _comment(comment, comment.file, keymap)


def _finding(finding: Finding, state: ReviewState, file: str, keymap: Keymap) -> Note:
    decided = state.dispositions.get(finding.id)
    lines = [finding.why, f"{finding.mode.replace('_', ' ')} · {finding.rule.replace('-', ' ')} · {finding.known}"]
    key = keymap.key
    if decided is None:
        lines.append(
            f"{key('show_evidence')} evidence   {key('adopt')} adopt   {key('set_aside')} dismiss with a reason   "
            f"{key('answer')} answer"
        )
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


def _comment(comment: Comment, file: str, keymap: Keymap) -> Note:
    title, _, body = comment.text.partition("\n")
    key = keymap.key
    resolve = "open again" if comment.resolved else "resolve"
    keys = f"{key('comment')} rewrite   {key('resolve_comment')} {resolve}   {key('delete_comment')} delete"
    return Note(
        id=comment.id,
        file=file,
        side=comment.side or "new",
        line=comment.line,
        end_line=comment.end_line,
        glyph="✓" if comment.resolved else "¶",
        title=title,
        body="\n".join(filter(None, (body, keys))),
    )
