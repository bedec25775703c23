"""What running the tests showed, as a page and as marks beside the hunks; and the evidence of a finding in one key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.tui.app import ReviewApp
from reviewer.tui.pages.sections import RUNS
from reviewer.tui.screens.evidence import EvidenceDialog
from reviewer.tui.screens.reading import LogDialog
from reviewer.tui.screens.review import ReviewScreen
from reviewer.tui.widgets.row_list import RowList
from tests.support.fake_review import FakeReview, FakeSource, make_results
from tests.support.probed import SESSION, TESTS, make_probed

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from reviewer.checks.probed import Probed


async def _ready(pilot: Pilot[str]) -> ReviewScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ReviewScreen)
    for _ in range(300):
        await pilot.pause(0.01)
        if screen.examined and screen.review is not None:
            break
    await pilot.pause(0.05)
    return screen


async def _dialog(pilot: Pilot[str]) -> EvidenceDialog:
    for _ in range(300):
        await pilot.pause(0.01)
        dialog = pilot.app.screen
        if isinstance(dialog, EvidenceDialog) and len(dialog.query_one(RowList).rows) > 1:
            return dialog
    raise AssertionError("the evidence was not shown")


def _app(tmp_path: Path, probed: Probed | None) -> ReviewApp:
    return ReviewApp(FakeSource(tmp_path, make=lambda journal: FakeReview(journal, probed=probed)))


def _page(screen: ReviewScreen) -> list[str]:
    return [row.text for row in screen.rows("page").rows]


async def test_without_a_run_the_page_says_that_nobody_asked_for_one(tmp_path: Path) -> None:
    async with _app(tmp_path, None).run_test(size=(120, 40)) as pilot:
        screen = await _ready(pilot)
        await pilot.press("m")
        assert screen.section == RUNS
        assert any("Nobody has run the tests" in text for text in _page(screen))
        await pilot.press("m")
        assert screen.section == 0
        assert screen.pane == "diff"


async def test_the_matrix_shows_what_the_change_broke_before_what_it_kept(tmp_path: Path) -> None:
    async with _app(tmp_path, make_probed()).run_test(size=(120, 60)) as pilot:
        screen = await _ready(pilot)
        await pilot.press("m")
        page = _page(screen)
        order = [
            next(n for n, text in enumerate(page) if words in text)
            for words in (
                "broken by the change",
                "test_a_token_without_end",
                "passes without the change too",
                "fails without the change",
                "passes on both",
                "make check",
                "Hunks",
            )
            if any(words in text for text in page)
        ]
        assert order == sorted(order)
        assert len(order) >= 6
        assert not any("test_form" in text for text in page)


async def test_every_part_that_was_run_is_on_the_page(tmp_path: Path) -> None:
    async with _app(tmp_path, make_probed()).run_test(size=(120, 60)) as pilot:
        screen = await _ready(pilot)
        await pilot.press("m")
        text = "\n".join(_page(screen))
        for words in (
            "40 other tests of the whole suite end the same",
            "the edit was needed to be green",
            "assert 3 == 1",
            "1 of 2 defended",
            "no test that was run fails without it",
            "1 of 2 unnoticed",
            "3 of 11 changed lines",
            "never executed: assert session.renewals == 3",
            "does not go back by itself",
            "Shut in by namespaces",
            "Not contained: memory",
        ):
            assert words in text, words
        brief = screen.rows("brief").rows
        assert next("".join(p.text for p in row.right) for row in brief if "Runs" in row.text) == "✗ 3"


async def test_each_row_of_the_page_leads_to_its_line(tmp_path: Path) -> None:
    async with _app(tmp_path, make_probed()).run_test(size=(120, 60)) as pilot:
        screen = await _ready(pilot)
        await pilot.press("m")
        assert screen.rows("page").select(("place", f"{SESSION}:23", "bound"))
        await pilot.press("enter")
        assert screen.section == 0
        assert screen.diff.file is not None
        assert screen.diff.file.path == SESSION
        here = screen.diff.location
        assert here is not None
        assert here.line == 23


async def test_a_hunk_carries_its_mark(tmp_path: Path) -> None:
    async with _app(tmp_path, make_probed()).run_test(size=(120, 40)) as pilot:
        screen = await _ready(pilot)
        document = screen.diff.document
        assert document is not None
        assert screen.review is not None
        file = next(one for one in screen.review.index.files if one.path == SESSION)
        marks = [document.hunk_marks.get(number) for number in range(file.hunk_first, file.hunk_last)]
        assert ("▫ undefended", False) in marks
        assert ("▪ defended", True) in marks


async def test_one_key_shows_both_versions_of_what_a_finding_is_about(tmp_path: Path) -> None:
    async with _app(tmp_path, None).run_test(size=(140, 50)) as pilot:
        screen = await _ready(pilot)
        screen.go_to(TESTS, "old", 14)
        screen.diff.goto_note(f"{5:016x}")
        screen.focus_pane("diff")
        await pilot.press("E")
        dialog = await _dialog(pilot)
        rows = [row.text for row in dialog.query_one(RowList).rows]
        beside = [text for text in rows if " │ " in text]
        assert any(text.count("def test_an_old_token_is_renewed") == 2 for text in beside)
        gone = next(text for text in beside if "session.renewals == 1" in text)
        assert "▸14" in gone
        assert "session.renewals" not in gone.split(" │ ")[1]
        await pilot.press("escape")
        assert pilot.app.screen is screen


async def test_a_finding_about_the_run_shows_the_end_of_its_command(tmp_path: Path) -> None:
    results = make_results()
    claim = next(one for one in results if one.mode == "claim_vs_evidence")
    found = replace(claim.findings[0], evidence=("command:2", "event:8", "file:src/auth/session.py:9"))
    changed = [replace(one, findings=(found,)) if one is claim else one for one in results]
    app = ReviewApp(
        FakeSource(tmp_path, make=lambda journal: FakeReview(journal, all_results=changed)),
    )
    async with app.run_test(size=(100, 50)) as pilot:
        screen = await _ready(pilot)
        screen.unfolded.add(("item", "claims"))
        screen.draw()
        screen.focus_pane("checklist")
        assert screen.rows("checklist").select(("finding", found.id, "claims"))
        await pilot.press("E")
        dialog = await _dialog(pilot)
        rows = dialog.query_one(RowList)
        text = "\n".join(row.text for row in rows.rows)
        assert "1 failed" in text
        assert "SKEW = 30.0" in text
        assert rows.select(("command", 2))
        await pilot.press("enter")
        await pilot.pause(0.05)
        assert isinstance(pilot.app.screen, LogDialog)
