from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.diff.anchor import review_units
from reviewer.diff.index import index_patch
from reviewer.review.coverage import Coverage, coverage
from reviewer.review.entry import JournalEntry
from reviewer.review.event import (
    CommentDeleted,
    CommentResolved,
    CommentWritten,
    FindingAdopted,
    FindingDismissed,
    FindingReopened,
    GateWaived,
    HunksMarked,
    ItemAnswered,
    ReviewStarted,
    UnknownRecorded,
    VerdictRecorded,
)
from reviewer.review.state import ReviewState, apply, changes, fold

if TYPE_CHECKING:
    from reviewer.review.event import ReviewEvent


def after(*events: ReviewEvent) -> ReviewState:
    return fold(
        JournalEntry(1, seq, "2026-01-02T03:04:05Z", "ana", str(seq), "", event, f"{seq:064}")
        for seq, event in enumerate(events, 1)
    )


def test_marks_come_and_go() -> None:
    state = after(HunksMarked(hunks=("a", "b"), seen=True), HunksMarked(hunks=("a",), seen=False))
    assert state.seen == {"b"}
    assert (state.seq, state.entries, state.head) == (2, 2, f"{2:064}")


def test_answers_are_replaced_and_taken_back() -> None:
    given = ItemAnswered(item="i", answer="unsure", note="why")
    assert after(given).answers["i"].note == "why"
    assert after(given, ItemAnswered(item="i", answer="yes")).answers["i"].answer == "yes"
    assert not after(given, ItemAnswered(item="i", answer=None)).answers


def test_a_dismissal_or_waiver_without_a_reason_is_none() -> None:
    assert not after(FindingDismissed(finding="f", reason=" \n")).dispositions
    assert not after(GateWaived(gate="g", reason="  ")).waivers
    assert (
        after(FindingAdopted(finding="f"), FindingDismissed(finding="f", reason="")).dispositions["f"].kind == "adopted"
    )


def test_findings_are_decided_and_reopened() -> None:
    dismissed = FindingDismissed(finding="f", reason="seen")
    assert after(dismissed).dispositions["f"].reason == "seen"
    assert not after(dismissed, FindingReopened(finding="f")).dispositions


def test_comments_live_are_resolved_and_die() -> None:
    written = CommentWritten(comment="c", scope="change", text="x")
    resolved = after(written, CommentResolved(comment="c", resolved=True))
    assert resolved.comments["c"].resolved
    assert not resolved.open_comments
    assert after(written, CommentWritten(comment="c", scope="change", text="y")).comments["c"].text == "y"
    assert not after(written, CommentDeleted(comment="c")).comments
    assert after(CommentDeleted(comment="c"), CommentResolved(comment="c", resolved=True)).is_empty


def test_waivers_verdicts_and_unknown_events() -> None:
    state = after(
        ReviewStarted(packet="p", tool="1", blind=True),
        ReviewStarted(packet="q", tool="2"),
        GateWaived(gate="g", reason=" r "),
        VerdictRecorded(verdict="approved", statement="s"),
        VerdictRecorded(verdict="approved", statement="s"),
        UnknownRecorded(name="n", raw="{}"),
    )
    assert state.started is not None
    assert (state.started.packet, state.started.blind) == ("p", True)
    assert state.waivers == {"g": "r"}
    assert len(state.verdicts) == 1
    assert state.unknown == 1
    assert not after(GateWaived(gate="g", reason="r"), GateWaived(gate="g", reason=None)).waivers


@pytest.mark.parametrize(
    "event",
    [
        HunksMarked(hunks=("z",), seen=False),
        HunksMarked(hunks=(), seen=True),
        ItemAnswered(item="i", answer=None),
        FindingReopened(finding="f"),
        FindingDismissed(finding="f", reason=""),
        CommentDeleted(comment="c"),
        CommentResolved(comment="c", resolved=False),
        GateWaived(gate="g", reason=None),
    ],
)
def test_what_says_nothing_new_changes_nothing(event: ReviewEvent) -> None:
    assert not changes(ReviewState(), event)


def test_the_last_entry_again_gives_the_same_object() -> None:
    entry = JournalEntry(1, 1, "t", "ana", "1", "", HunksMarked(hunks=("a",), seen=True), "d" * 64)
    state = apply(ReviewState(), entry)
    assert apply(state, entry) is state
    assert not changes(state, entry.event)


def test_coverage_counts_units_rows_and_files() -> None:
    hunk = b"@@ -%d,2 +%d,2 @@\n a\n-%d\n+c\n"
    data = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n" + hunk % (1, 1, 1) + hunk % (9, 9, 9)
    data += b"diff --git a/y b/y\nold mode 100644\nnew mode 100755\n"
    units = review_units(index_patch(data))
    assert coverage(ReviewState().seen, units) == Coverage(0, 3, 0, 9, 0, 2, 1)
    one = coverage(after(HunksMarked(hunks=(units[0].id, "gone"), seen=True)).seen, units)
    assert one == Coverage(1, 3, 3, 9, 0, 2, 1)
    everything = coverage(after(HunksMarked(hunks=tuple(unit.id for unit in units), seen=True)).seen, units)
    assert everything == Coverage(3, 3, 9, 9, 2, 2, 1)
    assert everything.nouns == ("hunk or header", "hunks and headers")
    assert coverage((), [unit for unit in units if unit.hunk]).nouns == ("hunk", "hunks")
    assert everything.complete
    assert coverage(ReviewState().seen, ()).complete
