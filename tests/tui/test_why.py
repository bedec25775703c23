"""Why a hunk is there, on the screen: below the diff, in the hunk's row, and in a panel that leads to the timeline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviewer.run.event import Edit, Message
from reviewer.tui.app import ReviewApp
from reviewer.tui.screens.review import ReviewScreen
from reviewer.tui.widgets.lines import OneLine
from tests.support.fake_review import FakeReview, FakeSource, make_events

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from reviewer.run.event import Event

SESSION = "src/auth/session.py"
WORDS = "The token is renewed too late. Let me allow for skew."
NEW = "+        if self.token.expires <= now + SKEW:"


def _events() -> tuple[Event, ...]:
    """Return the example's run with the agent's words before an edit that made the hunk as the diff shows it."""
    patch = f"@@ @@\n-        if self.token.expires < now:\n{NEW}"
    return tuple(
        Message(seq=e.seq, time=e.time, turn=1, text=WORDS)
        if e.kind == "plan"
        else replace(e, patch=patch, applied=True)
        if isinstance(e, Edit) and e.repo_path == SESSION
        else e
        for e in make_events()
    )


async def _at_the_hunk(pilot: Pilot[str]) -> ReviewScreen:
    """Open the example, go to the hunk, and wait until its why is known."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ReviewScreen)
    for _ in range(300):
        await pilot.pause(0.01)
        if screen.examined and screen.review is not None:
            break
    assert screen.review is not None
    screen.go_to(SESSION, "new", _line(screen))
    for _ in range(300):
        await pilot.pause(0.01)
        unit = screen.current_unit()
        if unit is not None and screen.review.reasons.known(unit) is not None and not screen._tracing:
            break
    await pilot.pause(0.05)
    return screen


def _line(screen: ReviewScreen) -> int:
    assert screen.review is not None
    index = screen.review.index
    row = next(n for n in range(len(index)) if index.raw(n).decode() == NEW)
    line = index.numbers(row)[1]
    assert line is not None
    return line


def _line_below(screen: ReviewScreen) -> str:
    return screen.query_one("#why", OneLine).text


def _panel(screen: ReviewScreen) -> list[str]:
    return [row.text for row in screen.rows("reason").rows]


def _app(tmp_path: Path, *, blind: bool = False) -> ReviewApp:
    source = FakeSource(tmp_path, make=lambda journal: FakeReview(journal, events=_events()), blind=blind)
    return ReviewApp(source)


async def test_the_line_below_says_turn_and_words(tmp_path: Path) -> None:
    async with _app(tmp_path).run_test(size=(160, 45)) as pilot:
        screen = await _at_the_hunk(pilot)
        text = _line_below(screen)
        assert text.startswith("why  turn 1")
        assert WORDS in text
        assert "t opens" in text


async def test_the_hunks_row_has_a_mark(tmp_path: Path) -> None:
    async with _app(tmp_path).run_test(size=(160, 45)) as pilot:
        screen = await _at_the_hunk(pilot)
        unit = screen.current_unit()
        assert unit is not None
        assert unit.hunk is not None
        assert screen.diff.document is not None
        assert screen.diff.document.hunk_words[unit.hunk.number] == "turn 1"
        shown = pilot.app.export_screenshot().replace("&#160;", " ")
        assert "turn 1" in shown


async def test_t_opens_and_closes_the_panel(tmp_path: Path) -> None:
    async with _app(tmp_path).run_test(size=(100, 30)) as pilot:
        screen = await _at_the_hunk(pilot)
        await pilot.press("t")
        assert screen.focused is screen.rows("reason")
        assert not screen.query_one("#why").display
        text = "\n".join(_panel(screen))
        assert f"turn 1  “{WORDS}”" in text
        assert "2 lines of this hunk" in text
        await pilot.press("t")
        assert screen.pane == "diff"
        assert screen.query_one("#why").display
        assert not screen.query_one("#reason").display


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_the_usual_keys_close_the_panel_and_nothing_else(tmp_path: Path, key: str) -> None:
    async with _app(tmp_path).run_test(size=(100, 30)) as pilot:
        screen = await _at_the_hunk(pilot)
        await pilot.press("t", key)
        assert pilot.app.is_running
        assert screen.pane == "diff"
        assert not screen.query_one("#reason").display


async def test_the_open_panel_follows_the_cursor(tmp_path: Path) -> None:
    async with _app(tmp_path).run_test(size=(120, 40)) as pilot:
        screen = await _at_the_hunk(pilot)
        await pilot.press("t")
        before = _panel(screen)
        await pilot.press("left_square_bracket", "left_square_bracket")
        for _ in range(300):
            await pilot.pause(0.01)
            if _panel(screen) not in (before, ["Reading the run …"]):
                break
        assert screen.pane == "diff"
        assert screen.query_one("#reason").display
        assert any("Not traceable" in row for row in _panel(screen)), _panel(screen)


async def test_enter_goes_to_the_event_in_the_timeline(tmp_path: Path) -> None:
    async with _app(tmp_path).run_test(size=(120, 40)) as pilot:
        screen = await _at_the_hunk(pilot)
        edit = next(e for e in _events() if isinstance(e, Edit) and e.repo_path == SESSION)
        await pilot.press("t", "j", "enter")
        await pilot.pause()
        assert screen.section == 4
        assert screen.rows("page").key == ("event", edit.seq)
        assert any(NEW in row.text for row in screen.rows("page").rows)
        await pilot.press("escape")
        assert screen.section == 0


async def test_words_are_covered_while_the_change_is_read_blind(tmp_path: Path) -> None:
    async with _app(tmp_path, blind=True).run_test(size=(160, 45)) as pilot:
        screen = await _at_the_hunk(pilot)
        await pilot.press("t")
        assert WORDS not in _line_below(screen) + "\n".join(_panel(screen))
        assert "covered" in "\n".join(_panel(screen))
        await pilot.press("B")
        assert WORDS in "\n".join(_panel(screen))


async def test_hostile_words_do_not_act(tmp_path: Path) -> None:
    hostile = "Now\x1b[2Jlet me \u202efix\x07 it"
    events = tuple(replace(e, text=hostile) if isinstance(e, Message) else e for e in _events())
    source = FakeSource(tmp_path, make=lambda journal: FakeReview(journal, events=events))
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = await _at_the_hunk(pilot)
        await pilot.press("t")
        text = _line_below(screen) + "\n".join(_panel(screen))
        assert "⟨U+001B⟩" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


async def test_a_run_that_cannot_be_traced_is_said_and_leaves_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("reviewer.workflow.why.Reasons._trace", broken)
    async with _app(tmp_path).run_test(size=(120, 40)) as pilot:
        screen = pilot.app.screen_stack[0]
        assert isinstance(screen, ReviewScreen)
        for _ in range(300):
            await pilot.pause(0.01)
            if "could not be worked out" in _line_below(screen):
                break
        assert "could not be worked out" in _line_below(screen)
        await pilot.press("right_square_bracket")
        assert pilot.app.is_running
