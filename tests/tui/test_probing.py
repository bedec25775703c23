"""Running the change's tests from the screen: nothing without a yes to the exact commands, and it can be stopped."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reviewer.tui.app import ReviewApp
from reviewer.tui.pages.sections import RUNS
from reviewer.tui.screens.probing import ProbeDialog
from reviewer.tui.screens.review import ReviewScreen
from reviewer.tui.widgets.row_list import RowList
from tests.support.fake_review import FakeReview, FakeSource
from tests.support.probed import make_probed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


async def _until(pilot: Pilot[str], met: Callable[[], bool]) -> None:
    for _ in range(500):
        await pilot.pause(0.01)
        if met():
            return
    raise AssertionError("it did not happen")


async def _ready(pilot: Pilot[str]) -> ReviewScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ReviewScreen)
    await _until(pilot, lambda: screen.examined and screen.review is not None)
    return screen


async def _asked(pilot: Pilot[str]) -> ProbeDialog:
    await pilot.press("P")
    await _until(pilot, lambda: isinstance(pilot.app.screen, ProbeDialog))
    assert isinstance(pilot.app.screen, ProbeDialog)
    return pilot.app.screen


async def test_the_exact_commands_stand_before_the_question_and_no_is_no(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = await _ready(pilot)
        dialog = await _asked(pilot)
        text = "\n".join(row.text for row in dialog.query_one(RowList).rows)
        assert "python -m pytest tests/test_session.py" in text
        assert "over the parent" in text
        assert "not run: the task requires no command" in text
        assert "throw-away copies" in text
        await pilot.press("enter")
        assert pilot.app.screen is dialog
        await pilot.press("escape")
        await _until(pilot, lambda: pilot.app.screen is screen)
        assert source.probes == 0


async def test_after_a_yes_it_runs_and_the_packet_is_examined_again_with_it(tmp_path: Path) -> None:
    opened: list[FakeReview] = []

    def make(journal: object) -> FakeReview:
        made = FakeReview(journal, probed=make_probed() if opened else None)  # type: ignore[arg-type]
        opened.append(made)
        return made

    source = FakeSource(tmp_path, make=make)
    async with ReviewApp(source).run_test(size=(120, 50)) as pilot:
        screen = await _ready(pilot)
        await _asked(pilot)
        await pilot.press("y")
        await _until(pilot, lambda: source.probes == 1 and len(opened) == 2 and screen.examined)
        assert screen.section == RUNS
        await _until(pilot, lambda: any("broken by the change" in row.text for row in screen.rows("page").rows))
        assert screen.probing == ""


async def test_where_nothing_shuts_it_in_one_yes_is_not_enough(tmp_path: Path) -> None:
    source = FakeSource(tmp_path, shuts_in=False)
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = await _ready(pilot)
        dialog = await _asked(pilot)
        await pilot.press("y")
        await pilot.pause(0.05)
        assert pilot.app.screen is dialog
        assert source.probes == 0
        await pilot.press("Y")
        await _until(pilot, lambda: source.probes == 1 and pilot.app.screen is screen)


async def test_the_screen_is_free_while_it_runs_and_the_same_key_stops_it(tmp_path: Path) -> None:
    stopped: list[bool] = []

    def slow(cancelled: Callable[[], bool]) -> None:
        until = time.monotonic() + 20
        while not cancelled() and time.monotonic() < until:
            time.sleep(0.01)
        stopped.append(cancelled())

    source = FakeSource(tmp_path, slow_probe=slow)
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = await _ready(pilot)
        await _asked(pilot)
        await pilot.press("y")
        await _until(pilot, lambda: "tests: 1 of 2" in screen.probing)
        assert any("P stops" in "".join(p.text for p in row.right) for row in screen.rows("page").rows)
        await pilot.press("0", "j", "j")
        assert screen.section == 0
        await pilot.press("P")
        await _until(pilot, lambda: stopped == [True] and screen.probing == "")
