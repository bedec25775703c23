"""A change without rows, and a change with a secret in it: neither may surprise the person who opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.actions import SkipAction
from textual.app import App

from reviewer.checks.finding import CheckResult, Finding
from reviewer.diff.index import index_patch
from reviewer.review.state import fold
from reviewer.tui.app import ReviewApp
from reviewer.tui.screens.review import ReviewScreen
from reviewer.tui.widgets.diff_view import DiffView
from reviewer.tui.widgets.lines import OneLine
from tests.support.fake_review import FakeReview, FakeSource

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.pilot import Pilot

    from reviewer.review.journal import Journal

SECRET = "AKIAZZZZEXAMPLE00000"  # noqa: S105 - made up, to be covered
FILES = {"src/settings.py": ("x = 1\n", f'x = 1\nkey = "{SECRET}"\ny = 2\n')}


class Bare(App[None]):
    """The diff view with nothing around it."""

    def compose(self) -> ComposeResult:
        """Show it alone."""
        yield DiffView()


@pytest.mark.parametrize("loaded", [False, True])
async def test_the_view_of_an_empty_patch_never_raises(loaded: bool) -> None:  # noqa: FBT001
    async with Bare().run_test() as pilot:
        view = pilot.app.query_one(DiffView)
        if loaded:
            view.load(index_patch(b""))
        for name in (n for n in dir(DiffView) if n.startswith("action_") and n not in dir(App)):
            try:
                getattr(view, name)()
            except (SkipAction, TypeError):  # not an action of this view's own
                continue
        view.goto_row(0)
        view.goto_file(0)
        assert not view.goto_line(3)
        view.search("x")
        view.wrap = True
        view.mode = "split"
        view.cover({0})
        view.uncover(0)
        view.set_marks(frozenset({"x"}))
        assert view.selected_text() == ""
        assert view.location is None
        assert view.file is None
        await pilot.press("j", "G", "enter")
        await pilot.click(DiffView, offset=(5, 3))


def _with_secret(journal: Journal) -> FakeReview:
    finding = Finding(
        id="5" * 16,
        mode="security_boundary",
        rule="secret",
        severity="high",
        message="An added line holds what looks like a secret (AWS key); it is not quoted here.",
        why="A secret in the history is known to everyone who can read it.",
        known="derived",
        file="src/settings.py",
        side="new",
        line=2,
    )
    result = CheckResult(mode="security_boundary", status="done", findings=(finding,))
    return FakeReview(journal, files=FILES, all_results=(result,))


async def _examined(pilot: Pilot[str]) -> ReviewScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ReviewScreen)
    for _ in range(200):
        if screen.examined:
            break
        await pilot.pause(0.01)
    await pilot.pause(0.05)
    return screen


def _frame(screen: ReviewScreen) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in screen._compositor.render_strips())


async def test_a_secret_is_covered_until_enter_asks_for_it(tmp_path: Path) -> None:
    source = FakeSource(tmp_path, make=_with_secret, peeks=False)
    async with ReviewApp(source).run_test(size=(140, 40)) as pilot:
        screen = await _examined(pilot)
        assert SECRET not in _frame(screen)
        screen.shown_units.clear()
        await pilot.press("right_square_bracket", "space")
        assert not fold(source.journal().load()).seen
        assert "Enter on it shows it" in screen.query_one("#footer", OneLine).text
        assert screen.diff.goto_line(2, file=0)
        await pilot.press("enter")
        await pilot.pause()
        assert SECRET in _frame(screen)
        await pilot.press("R")
        await pilot.pause(0.05)
        screen = await _examined(pilot)
        assert SECRET not in _frame(screen)
