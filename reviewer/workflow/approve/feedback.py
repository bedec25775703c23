"""What goes back to the author: the points of a review, written as Markdown and JSON beside the packet or elsewhere."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.diff.model import RowKind
from reviewer.errors import BadInputError
from reviewer.review.feedback import Feedback, answers, feedback_json, feedback_markdown, points

if TYPE_CHECKING:
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
        _put(markdown, feedback_markdown(feedback).encode("utf-8", "surrogateescape"))
        _put(machine, text.encode())
    except OSError as error:
        raise BadInputError(f"the feedback cannot be written to {base.parent}: {error.strerror}") from error
    return markdown, machine


def _put(path: Path, content: bytes) -> None:
    # A packet comes with the folder that it lies in: a link planted under this name must not lead the words elsewhere.
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
        draft.write(content)
    try:
        Path(draft.name).chmod(0o644)
        Path(draft.name).replace(path)
    except OSError:
        Path(draft.name).unlink(missing_ok=True)
        raise


def _quoted(index: DiffIndex, file: str, side: Side, first: int, last: int) -> tuple[str, ...]:
    span = next((entry for entry in index.files if file in {entry.path, entry.old_path}), None)
    if span is None:
        return ()
    rows = (index.row_of_line(span, side, number) for number in range(first, min(last, first + 200) + 1))
    shown = [index.row(row) for row in rows if row is not None]
    kinds = {RowKind.CONTEXT, RowKind.ADDED, RowKind.REMOVED}
    return tuple(row.raw[1:].decode("utf-8", "surrogateescape") for row in shown if row.kind in kinds)
