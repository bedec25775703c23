"""What goes back to the author: the points of a review, written as Markdown and JSON beside the packet or elsewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reviewer.diff.model import RowKind
from reviewer.errors import BadInputError
from reviewer.review.feedback import Feedback, answers, feedback_json, feedback_markdown, points

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.diff.model import DiffIndex, Side
    from reviewer.workflow.approve.identity import Reviewer
    from reviewer.workflow.approve.port import ReviewUnderWay


def feedback_of(review: ReviewUnderWay, reviewer: Reviewer) -> Feedback:
    """Return the feedback of a review: open comments, adopted findings, and answers with notes."""
    packet = review.opened.packet
    index = review.opened.index

    def quote(file: str, side: Side, first: int, last: int) -> tuple[str, ...]:
        return _quoted(index, file, side, first, last)

    return Feedback(
        packet.manifest.title,
        packet.key,
        packet.manifest.change.head,
        f"{reviewer.name} <{reviewer.email}>",
        points(review.state, review.findings, quote),
        answers(review.state, {item.id: item.question for item in review.policy.checklist}),
    )


def write_feedback(feedback: Feedback, packet: Path, folder: Path | None = None) -> tuple[Path, Path]:
    """Write `<packet>.feedback.md` and `.json` beside the packet (or into `folder`) and return their paths.

    Earlier feedback under the same name is replaced.

    Raises:
        BadInputError: they cannot be written.
    """
    base = (folder or packet.absolute().parent) / packet.absolute().name
    markdown, machine = (base.with_name(base.name + ending) for ending in (".feedback.md", ".feedback.json"))
    text = json.dumps(feedback_json(feedback), indent=2, ensure_ascii=True) + "\n"
    try:
        markdown.write_text(feedback_markdown(feedback), encoding="utf-8", errors="surrogateescape")
        machine.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"the feedback cannot be written to {base.parent}: {error.strerror}") from error
    return markdown, machine


def _quoted(index: DiffIndex, file: str, side: Side, first: int, last: int) -> tuple[str, ...]:
    span = next((entry for entry in index.files if file in {entry.path, entry.old_path}), None)
    if span is None:
        return ()
    rows = (index.row_of_line(span, side, number) for number in range(first, min(last, first + 200) + 1))
    shown = [index.row(row) for row in rows if row is not None]
    kinds = {RowKind.CONTEXT, RowKind.ADDED, RowKind.REMOVED}
    return tuple(row.raw[1:].decode("utf-8", "surrogateescape") for row in shown if row.kind in kinds)
