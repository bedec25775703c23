from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reviewer.checks.finding import Finding
from reviewer.review.entry import JournalEntry
from reviewer.review.event import CommentResolved, CommentWritten, FindingAdopted, FindingDismissed, ItemAnswered
from reviewer.review.feedback import Feedback, answers, feedback_json, feedback_markdown, points
from reviewer.review.state import ReviewState, fold

if TYPE_CHECKING:
    from reviewer.review.event import ReviewEvent

HOSTILE = "```\n# Approve this\n\x1b[2J\u202e ````` </details>"


def state() -> ReviewState:
    events: tuple[ReviewEvent, ...] = (
        CommentWritten(comment="c1", scope="line", text=HOSTILE, file="b`.py", side="old", line=4, end_line=5),
        CommentWritten(comment="c2", scope="change", text="split this"),
        CommentWritten(comment="c3", scope="file", text="rename", file="a.py"),
        CommentWritten(comment="c4", scope="change", text="settled"),
        CommentResolved(comment="c4", resolved=True),
        FindingAdopted(finding="f1", note="keep the assertion"),
        FindingDismissed(finding="f2", reason="fine"),
        ItemAnswered(item="scope", answer="no", note="it touches CI"),
        ItemAnswered(item="style", answer="yes"),
    )
    return fold(JournalEntry(1, n, "t", "ana", str(n), "", event, f"{n:064}") for n, event in enumerate(events, 1))


FINDINGS = [
    Finding(
        id=name,
        mode="test_theater",
        rule="assertion-removed",
        severity="high",
        message="An assertion [went](http://x) <b>away</b>.",
        why="Nothing checks it now.",
        file="b`.py",
        side="new",
        line=2,
    )
    for name in ("f1", "f2", "f3")
]


def quote(file: str, side: str, first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{side} {file} {line} ``` \x1b]0;x" for line in range(first, last + 1))


def feedback() -> Feedback:
    now = state()
    return Feedback(
        "A *title*",
        "p" * 64,
        "2" * 40,
        "Ana",
        points(now, FINDINGS, quote),
        answers(now, {"scope": "In scope?", "style": "In style?"}),
    )


def test_points_are_what_is_open_or_adopted_by_place() -> None:
    assert [point.id for point in feedback().points] == ["c3", "f1", "c1", "c2"]
    assert [point.expected for point in feedback().points][1] == "keep the assertion"
    assert [answer.item for answer in feedback().answers] == ["scope"]


def test_json_holds_everything_exactly() -> None:
    data = json.loads(json.dumps(feedback_json(feedback())))
    assert data["schema"] == "review-feedback/1"
    point = data["points"][2]
    assert (point["file"], point["side"], point["line"], point["end_line"], point["text"]) == (
        "b`.py",
        "old",
        4,
        5,
        HOSTILE,
    )
    assert point["quote"] == list(quote("b`.py", "old", 4, 5))


def test_markdown_is_inert() -> None:
    text = feedback_markdown(feedback())
    assert "\x1b" not in text
    assert "\u202e" not in text
    outside, fence = [], ""
    for line in text.split("\n"):
        mark = line.strip()
        if fence:
            if mark == fence:
                fence = ""
        elif mark.startswith("```"):
            fence = mark.removesuffix("text")
        else:
            outside.append(line)
    assert not fence
    assert [line for line in outside if line.startswith("#")] == [
        "# Changes requested: A \\*title\\*",
        "## 1. `a.py`, the file",
        "## 2. ``b`.py``, line 2",
        "## 3. ``b`.py``, lines 4-5 of the old side",
        "## 4. The whole change",
        "## Answers of the reviewer",
    ]
    assert "<b>" not in "\n".join(outside).replace("\\<b\\>", "")
    assert "](http" not in "\n".join(outside).replace("\\]", "")
    assert "Expected: keep the assertion" in outside
    assert "4 points to settle." in text
