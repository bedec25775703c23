"""A review from end to end by keys: one key an answer, gates that lead to where they open, work that can be stopped."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from reviewer.errors import BadPacketError
from reviewer.review.event import ItemAnswered
from reviewer.review.state import fold
from reviewer.tui.app import ReviewApp
from reviewer.tui.screens.answer import AnswerDialog
from reviewer.tui.screens.review import ReviewScreen
from reviewer.tui.screens.verdict import VerdictScreen
from reviewer.tui.widgets.lines import OneLine
from reviewer.tui.widgets.row_list import RowList
from tests.support.fake_review import FakeReview, FakeSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from reviewer.checks.finding import CheckResult
    from reviewer.review.journal import Journal
    from reviewer.review.state import ReviewState


def _screen(pilot: Pilot[str]) -> ReviewScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ReviewScreen)
    return screen


async def _examined(pilot: Pilot[str]) -> ReviewScreen:
    screen = _screen(pilot)
    for _ in range(200):
        if screen.examined:
            break
        await pilot.pause(0.01)
    await pilot.pause()
    return screen


def _footer(screen: ReviewScreen) -> str:
    return screen.query_one("#footer", OneLine).text


def _on_disk(source: FakeSource) -> ReviewState:
    return fold(source.journal().load())


async def test_the_checklist_takes_one_key_a_row(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = await _examined(pilot)
        await pilot.press("i", "a")
        items = screen.review.policy.checklist if screen.review is not None else ()
        for item in items:
            assert isinstance(pilot.app.screen, AnswerDialog)
            await pilot.press(item.clear[0])
            await pilot.pause()
            assert _on_disk(source).answers[item.id].answer == item.clear
        assert pilot.app.screen is screen
        assert "Every question is answered. Ctrl+A" in _footer(screen)
        # An answer that is looked at again does not lead on.
        await pilot.press("a", items[-1].clear[0])
        await pilot.pause()
        assert pilot.app.screen is screen


async def test_the_question_shows_what_was_found(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=(80, 24)) as pilot:
        screen = await _examined(pilot)
        screen.focus_pane("checklist")
        screen.rows("checklist").select(("item", "dependency_creep"))
        await pilot.press("a")
        await pilot.pause()
        shown = "\n".join(row.text for row in pilot.app.screen.query_one(RowList).rows)
        assert "tenacity >=9.0 is a new dependency" in shown
        assert "pyproject.toml:6" in shown


async def test_a_gate_that_holds_back_leads_to_where_it_opens(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=(120, 40)) as pilot:
        screen = await _examined(pilot)
        for gate in ("checklist_complete", "high_findings", "tests_after_last_edit"):
            await pilot.press("ctrl+a")
            await pilot.pause()
            verdict = pilot.app.screen
            assert isinstance(verdict, VerdictScreen)
            verdict.query_one(RowList).select(("gate", gate))
            await pilot.press("enter")
            await pilot.pause()
            if gate == "checklist_complete":
                assert isinstance(pilot.app.screen, AnswerDialog)
                await pilot.press("escape")
            elif gate == "high_findings":
                assert screen.pane == "diff"
                assert screen.note_under_cursor() is not None
            else:
                assert screen.rows("checklist").key == ("gate", gate)


async def test_a_comment_is_resolved_and_opened_again(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = await _examined(pilot)
        await pilot.press("right_square_bracket", "c", *"why", "enter")
        await pilot.pause()
        (comment,) = _on_disk(source).comments.values()
        for resolved in (True, False):
            screen.diff.goto_note(comment.id)
            await pilot.press("r")
            assert _on_disk(source).comments[comment.id].resolved is resolved


async def test_others_who_answered_differently_are_named_before_signing(tmp_path: Path) -> None:
    other = FakeSource(tmp_path, by="ben@example.org").journal()
    other.append(ItemAnswered(item="scope", answer="no", note="CI is touched"))

    def make(journal: Journal) -> FakeReview:
        journal.append(ItemAnswered(item="scope", answer="yes", note=""))
        return FakeReview(journal, partners={"ben@example.org": fold(other.entries)})

    async with ReviewApp(FakeSource(tmp_path, make=make)).run_test(size=(120, 40)) as pilot:
        await _examined(pilot)
        await pilot.press("ctrl+r")
        await pilot.pause(0.1)
        text = "\n".join(row.text for row in pilot.app.screen.query_one(RowList).rows)
        assert "Answered differently" in text
        assert "you yes, ben@example.org no (“CI is touched”)" in text


async def test_proof_and_checks_show_how_far_they_are_and_can_be_stopped(tmp_path: Path) -> None:
    go = threading.Event()

    class Slow(FakeReview):
        def examine(
            self,
            on_result: Callable[[CheckResult], None],
            cancelled: Callable[[], bool],
            progress: Callable[[int, int], None] | None = None,
        ) -> None:
            assert progress is not None
            while not cancelled() and not go.is_set():
                progress(3, 20)
                go.wait(0.02)
            super().examine(on_result, cancelled, progress)

    async with ReviewApp(FakeSource(tmp_path, make=Slow)).run_test(size=(120, 40)) as pilot:
        screen = _screen(pilot)
        for _ in range(300):
            if "Proving" in _footer(screen):
                break
            await pilot.pause(0.02)
        assert "Proving the packet: 3 of 20 files" in _footer(screen)
        assert "Esc stop" in _footer(screen)
        await pilot.press("escape")
        assert "Stopped. R examines the packet" in _footer(screen)
        await pilot.press("ctrl+a")
        assert pilot.app.screen is screen
        assert "stopped" in _footer(screen)
        go.set()
        await pilot.press("R")
        await _examined(pilot)
        assert screen.examined


async def test_lists_scroll_with_the_wheel(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=(160, 14)) as pilot:
        screen = await _examined(pilot)
        rows = screen.rows("checklist")
        assert rows.max_scroll_y > 0
        assert rows.show_vertical_scrollbar
        assert rows.allow_vertical_scroll


async def test_a_note_below_the_edge_is_brought_up_whole(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=(80, 24)) as pilot:
        screen = await _examined(pilot)
        for _ in range(4):
            await pilot.press("right_curly_bracket")
            await pilot.pause()
            spot, document = screen.diff.cursor_spot, screen.diff.document
            assert spot is not None
            assert document is not None
            if spot.note is not None:
                first = last = document.y_of(spot.place)
                while document.at(last + 1).note is spot.note:
                    last += 1
                top = screen.diff.scroll_offset.y
                assert top <= first
                assert last < top + screen.diff.size.height


async def test_a_packet_that_can_be_opened_after_all_is_shown(tmp_path: Path) -> None:
    source = FakeSource(tmp_path, error=BadPacketError("packet.toml: line 3: it is cut off"))
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = _screen(pilot)
        for _ in range(100):
            if screen.failed:
                break
            await pilot.pause(0.01)
        assert "R try again" in _footer(screen)
        source.error = None
        await pilot.press("R")
        await _examined(pilot)
        assert screen.diff.display
        assert not screen.rows("page").display
        assert "try again" not in _footer(screen)
