"""The review screen, driven by keys: what is drawn is what is on disk, and nothing from a packet is obeyed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from reviewer.errors import BadPacketError, JournalError
from reviewer.review.state import fold
from reviewer.run.event import Message, Prompt
from reviewer.tui.app import ReviewApp
from reviewer.tui.arrange import arrange
from reviewer.tui.keymap import ACTIONS, Keymap
from reviewer.tui.screens.answer import AnswerDialog
from reviewer.tui.screens.dialog import TextDialog
from reviewer.tui.screens.reading import HelpDialog, LogDialog, ThemeDialog
from reviewer.tui.screens.review import ReviewScreen
from reviewer.tui.widgets.diff_view import DiffView
from reviewer.tui.widgets.lines import OneLine
from reviewer.tui.widgets.row_list import RowList
from tests.support.fake_review import FakeReview, FakeSource, make_events, make_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from reviewer.review.event import ReviewEvent
    from reviewer.review.journal import Journal
    from reviewer.review.state import ReviewState

WIDE = (160, 45)


def _screen(pilot: Pilot[str]) -> ReviewScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ReviewScreen)
    return screen


async def _opened(pilot: Pilot[str]) -> ReviewScreen:
    screen = _screen(pilot)
    for _ in range(200):
        if screen.examined:
            break
        await pilot.pause(0.01)
    assert screen.examined
    for _ in range(100):
        if screen.shown_units or screen.review is None or not screen.review.units:
            break
        await pilot.pause(0.01)
    return screen


def _on_disk(source: FakeSource) -> ReviewState:
    return fold(source.journal().load())


def _frame(pilot: Pilot[str]) -> list[str]:
    screen = pilot.app.screen
    width, height = screen.size
    lines = screen._compositor.render_strips()
    assert (width, height) == screen.size
    return ["".join(segment.text for segment in strip) for strip in lines]


async def test_the_three_panes_are_filled(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        await _opened(pilot)
        frame = "\n".join(_frame(pilot))
    for word in (
        "Renew the token before it runs out",
        "Plan vs did",
        "session.py",
        "SKEW = 30.0",
        "Test theater",
        "Every hunk seen",
    ):
        assert word in frame


async def test_the_first_rows_of_the_diff_need_no_open_packet(tmp_path: Path) -> None:
    gate = threading.Event()
    source = FakeSource(tmp_path, slow=lambda: gate.wait(10))
    async with ReviewApp(source).run_test(size=WIDE) as pilot:
        await pilot.pause()
        assert _screen(pilot).review is None
        before = _frame(pilot)
        assert any("make test" in line for line in before)
        columns = [line.index("gates") for line in before[:1]]
        gate.set()
        await _opened(pilot)
        assert [line.index("gates") for line in _frame(pilot)[:1]] == columns or "class" in before[0]


async def test_an_answer_is_on_disk_before_it_is_drawn(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("i", "j", "j", "a")
        assert isinstance(pilot.app.screen, AnswerDialog)
        await pilot.press("n", "enter")
        await pilot.pause()
        assert _on_disk(source).answers["test_theater"].answer == "no"
        row = next(row for row in screen.rows("checklist").rows if row.key == ("item", "test_theater"))
        assert row.left[0].text == "✓"


async def test_nothing_is_drawn_when_the_disk_refuses(tmp_path: Path) -> None:
    class Full(FakeReview):
        def record(self, event: ReviewEvent) -> ReviewState:
            raise JournalError("the disk is full")

    async with ReviewApp(FakeSource(tmp_path, make=Full)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("i", "j", "j", "a", "n", "enter")
        await pilot.pause()
        row = next(row for row in screen.rows("checklist").rows if row.key == ("item", "test_theater"))
        assert row.left[0].text != "✓"
        assert "the disk is full" in screen.query_one("#footer", OneLine).text


async def test_an_answer_that_raises_a_concern_needs_a_note(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=WIDE) as pilot:
        await _opened(pilot)
        await pilot.press("i", "j", "j", "a", "y", "enter")
        assert isinstance(pilot.app.screen, AnswerDialog)
        assert not _on_disk(source).answers
        await pilot.press(*"weak", "enter")
        await pilot.pause()
        given = _on_disk(source).answers["test_theater"]
    assert (given.answer, given.note) == ("yes", "weak")


async def test_opening_again_restores_everything(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        await _opened(pilot)
        await pilot.press("space", "i", "a", "n", "enter")
        await pilot.pause()
    # The first process is gone without having said goodbye: nothing but the journal is left.
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        review = screen.review
        assert review is not None
        assert len(review.state.seen) == 1
        assert review.state.answers["plausible_wrong"].answer == "no"
        assert " 16%" in _frame(pilot)[0]


async def test_a_hunk_that_was_not_on_the_screen_cannot_be_marked(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=(160, 12)) as pilot:
        screen = await _opened(pilot)
        await pilot.press("G")
        screen.shown_units.clear()
        await pilot.press("space")
        await pilot.pause()
        assert not _on_disk(source).seen
        assert "has not been on the screen" in screen.query_one("#footer", OneLine).text


async def test_a_mark_can_be_taken_back(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=WIDE) as pilot:
        await _opened(pilot)
        await pilot.press("space")
        assert len(_on_disk(source).seen) == 1
        await pilot.press("space")
        assert not _on_disk(source).seen


async def test_next_unseen_goes_on_in_the_order_of_reading(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("space", "u")
        await pilot.pause()
        file = screen.diff.file
        assert file is not None
        assert file.path == "pyproject.toml"


async def test_the_guided_order_starts_outside_the_scope_and_loses_no_file(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        assert screen.groups[0].title == "Outside scope"
        assert sorted(n for group in screen.groups for n in group.files) == [0, 1, 2, 3]
        await pilot.press("o")
        assert [group.title for group in screen.groups] == ["", ".github/workflows", "src/auth", "tests"]


async def test_a_finding_is_walked_from_the_checklist_into_the_diff_and_dismissed_with_a_reason(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("i", "j", "j", "enter", "j", "enter")
        await pilot.pause()
        assert screen.pane == "diff"
        assert screen.note_under_cursor() == f"{5:016x}"
        await pilot.press("x", "enter")
        assert isinstance(pilot.app.screen, TextDialog)
        assert not _on_disk(source).dispositions
        await pilot.press(*"moved", "enter")
        await pilot.pause()
        decided = _on_disk(source).dispositions[f"{5:016x}"]
        assert (decided.kind, decided.reason) == ("dismissed", "moved")
        await pilot.press("A")
        assert _on_disk(source).dispositions[f"{5:016x}"].kind == "adopted"


async def test_a_gate_that_can_be_waived_asks_for_a_reason(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("i")
        screen.rows("checklist").select(("gate", "tests_after_last_edit"))
        await pilot.press("x", *"ran here", "enter")
        await pilot.pause()
        assert _on_disk(source).waivers["tests_after_last_edit"] == "ran here"
        screen.rows("checklist").select(("gate", "high_findings"))
        await pilot.press("x")
        assert pilot.app.screen is screen
        assert "cannot be waived" in screen.query_one("#footer", OneLine).text


async def test_a_comment_is_written_rewritten_and_deleted(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("right_square_bracket", "c", *"why", "ctrl+j", *"so", "enter")
        await pilot.pause()
        (comment,) = _on_disk(source).comments.values()
        assert comment.text == "why\nso"
        assert comment.file == ".github/workflows/ci.yml"
        assert comment.line is not None
        screen.diff.goto_note(comment.id)
        await pilot.press("c", "!", "enter")
        await pilot.pause()
        assert _on_disk(source).comments[comment.id].text == "why\nso!"
        screen.diff.goto_note(comment.id)
        await pilot.press("d")
        assert _on_disk(source).comments
        await pilot.press("d")
        assert not _on_disk(source).comments


async def test_counts_and_digits_share_the_keys(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("g", "3", "j")
        await pilot.pause()
        assert screen.diff.cursor_spot is not None
        assert screen.section == 0
        assert screen.count == 0
        await pilot.press("5")
        await pilot.pause(0.5)
        assert screen.section == 5
        await pilot.press("2")
        assert screen.section == 2
        await pilot.press("escape")
        assert screen.section == 0


@pytest.mark.parametrize("number", range(1, 10))
async def test_every_section_opens(tmp_path: Path, number: int) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("tab", "tab", str(number))
        await pilot.pause()
        assert screen.section == number
        assert any(row.text.strip() for row in screen.rows("page").rows)


async def test_the_first_section_opened_on_a_small_screen_starts_with_its_first_heading(tmp_path: Path) -> None:
    app = ReviewApp(FakeSource(tmp_path))
    async with app.run_test(size=(80, 12)) as pilot:
        screen = await _opened(pilot)
        await pilot.press("2")
        page = screen.rows("page")
        for _ in range(100):
            if page.size.height:
                break
            await pilot.pause(0.01)
        await pilot.pause()
        assert len(page.rows) > page.size.height
        assert page.scroll_offset.y == 0


async def test_not_recorded_is_not_none_and_not_zero(tmp_path: Path) -> None:
    def make(journal: Journal) -> FakeReview:
        cost = {"known": {"usd": "recorded"}, "usd": 0.0}
        return FakeReview(journal, manifest=make_manifest(cost=cost, scope={}), events=())

    async with ReviewApp(FakeSource(tmp_path, make=make)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        screen.open_section(9)
        text = [row.text for row in screen.rows("page").rows]
        assert any("$0.00" in line and "recorded" in line for line in text)
        assert any("Turns" in line and "not recorded" in line for line in text)
        screen.open_section(4)
        assert any("No timeline" in row.text for row in screen.rows("page").rows)
        screen.open_section(2)
        assert any("unknown" in row.text and "session.py" in row.text for row in screen.rows("page").rows)


async def test_a_log_opens_inert(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        screen.open_section(5)
        screen.rows("page").select(("command", 2))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, LogDialog)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_search_finds_in_the_focused_pane(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("slash", *"retries", "enter")
        await pilot.pause()
        file = screen.diff.file
        assert file is not None
        assert file.path == "src/auth/session.py"
        await pilot.press("i", "slash", *"rollback", "enter")
        await pilot.pause()
        assert screen.rows("checklist").key == ("item", "rollback")


async def test_a_line_can_be_gone_to(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        screen.diff.goto_file(2)
        await pilot.press("colon", *"29", "enter")
        await pilot.pause()
        here = screen.diff.location
        assert here is not None
        assert here.line == 29


async def test_an_error_is_one_sentence_on_the_screen(tmp_path: Path) -> None:
    source = FakeSource(tmp_path, error=BadPacketError("packet.toml: line 3: 'titel' is not known", hint="title"))
    async with ReviewApp(source).run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.3)
        frame = "\n".join(_frame(pilot))
        assert "'titel' is not known" in frame
        assert "Traceback" not in frame
        await pilot.press("q")


async def test_a_change_without_rows_says_so(tmp_path: Path) -> None:
    def make(journal: Journal) -> FakeReview:
        return FakeReview(journal, files={}, all_results=())

    async with ReviewApp(FakeSource(tmp_path, make=make, peeks=False)).run_test(size=WIDE) as pilot:
        await _opened(pilot)
        assert any("holds no change" in line for line in _frame(pilot))
        await pilot.press("j", "space", "c", "u", "right_square_bracket", "e", "y", "1")


async def test_reload_keeps_place_and_marks(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("space", "full_stop", "full_stop")
        file = screen.diff.file
        assert file is not None
        await pilot.press("R")
        await pilot.pause(0.05)
        await _opened(pilot)
        again = screen.diff.file
        assert again is not None
        assert again.path == file.path
        assert screen.review is not None
        assert len(screen.review.state.seen) == 1


async def test_hostile_texts_never_reach_the_frame_as_control_codes(tmp_path: Path) -> None:
    evil = "\x1b]52;c;QQ==\x07\x9b31m\u202eabc\u200b[bold]x[/]\r\x85"

    def make(journal: Journal) -> FakeReview:
        task = {"known": {"prompt": "recorded", "objective": "declared"}, "prompt": evil, "objective": evil}
        return FakeReview(
            journal,
            manifest=make_manifest(title=evil, task=task, claim=[{"text": evil}]),
            events=(
                *make_events(),
                Prompt(seq=90, text=evil),
                Message(seq=91, text=evil),
            ),
            files={f"a{evil}.py".replace("\r", "").replace("/", ""): ("x = 1\n", f"x = 2 # {evil}\n")},
            logs={"logs/2.log": evil.encode(), "logs/4.log": b""},
        )

    forbidden = {*map(chr, range(32)), "\x7f", *map(chr, range(0x80, 0xA0)), "\u202e", "\u200b"}
    async with ReviewApp(FakeSource(tmp_path, make=make, peeks=False)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        assert screen.rows("brief").rows
        for number in range(10):
            screen.open_section(number)
            for key in [row.key for row in screen.rows("page").rows if row.key is not None][-3:]:
                screen.rows("page").select(key)
            await pilot.pause()
            assert not forbidden & set("".join(_frame(pilot)))
        screen.open_key("page", ("command", 2))
        await pilot.pause()
        assert isinstance(pilot.app.screen, LogDialog)
        assert not forbidden & set("".join(_frame(pilot)))
        assert pilot.app.title == "reviewer"


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (139, 40), (140, 40), (200, 50), (40, 12)])
async def test_every_pane_can_be_reached_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=size) as pilot:
        screen = await _opened(pilot)
        reached = set()
        for _ in range(4):
            reached.add(screen.pane)
            focused = screen.focused
            assert focused is not None
            assert focused.display
            assert focused.size.height >= 4
            assert focused.size.width >= 20
            await pilot.press("tab")
            await pilot.pause()
        assert reached == {"brief", "files", "diff", "checklist"}


async def test_at_120_by_40_there_are_thirty_lines_of_diff(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=(120, 40)) as pilot:
        screen = await _opened(pilot)
        assert screen.query_one(DiffView).size.height >= 30


async def test_a_pane_can_fill_the_screen(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("z")
        await pilot.pause()
        assert screen.diff.size.width >= 155
        await pilot.press("z")
        await pilot.pause()
        assert screen.diff.size.width < 100


async def test_the_mouse_opens_a_section_and_a_file(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.click("#brief", offset=(4, 1))
        await pilot.pause()
        assert screen.section == 2
        await pilot.click("#files", offset=(4, 2))
        await pilot.pause()
        assert screen.section == 0
        file = screen.diff.file
        assert file is not None
        assert file.path == "pyproject.toml"


async def test_themes_are_previewed_and_escape_goes_back(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        await _opened(pilot)
        before = pilot.app.theme
        await pilot.press("T")
        assert isinstance(pilot.app.screen, ThemeDialog)
        await pilot.press("j")
        await pilot.pause()
        assert pilot.app.theme != before
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.theme == before


async def test_help_lists_every_action_and_searches(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        await _opened(pilot)
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpDialog)
        rows = pilot.app.screen.query_one(RowList)
        assert {action.name for action in ACTIONS} <= {row.key for row in rows.rows}
        await pilot.press("slash", *"theme", "enter")
        assert rows.key == "choose_theme"


async def test_every_action_of_the_table_exists_on_the_screen() -> None:
    for action in ACTIONS:
        assert hasattr(ReviewScreen, f"action_{action.call.split('(')[0]}"), action.name


async def test_a_persons_own_key_works_and_the_footer_shows_it(tmp_path: Path) -> None:
    keymap = Keymap.of({"next_file": "J"})
    async with ReviewApp(FakeSource(tmp_path), keymap=keymap).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        await pilot.press("J")
        file = screen.diff.file
        assert file is not None
        assert file.path == "pyproject.toml"
        assert "J/, file" in screen.query_one("#footer", OneLine).text


async def test_leaving_says_what_is_unfinished(tmp_path: Path) -> None:
    app = ReviewApp(FakeSource(tmp_path))
    async with app.run_test(size=WIDE) as pilot:
        await _opened(pilot)
        await pilot.press("q")
    assert app.return_value is not None
    assert "0 of 6 hunks seen, 0 of 12 questions answered; no verdict yet. Everything is kept." in app.return_value


async def test_blind_first_covers_the_agents_words(tmp_path: Path) -> None:
    async with ReviewApp(FakeSource(tmp_path, blind=True)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        screen.open_section(1)
        text = "\n".join(row.text for row in screen.rows("page").rows)
        assert "Done. All tests pass." not in text
        assert "Covered until every hunk has been seen" in text
        await pilot.press("B")
        text = "\n".join(row.text for row in screen.rows("page").rows)
        assert "Done. All tests pass." in text


@pytest.mark.parametrize(
    ("width", "split", "shown"),
    [(200, False, (True, True)), (200, True, (False, True)), (160, True, (False, False)), (120, False, (True, False))],
)
def test_side_by_side_keeps_its_two_halves(width: int, split: bool, shown: tuple[bool, bool]) -> None:  # noqa: FBT001
    arrangement = arrange(width, "middle", split=split)
    assert (arrangement.brief, arrangement.checklist) == shown


async def test_the_palette_offers_what_the_table_says(tmp_path: Path) -> None:
    from reviewer.tui.commands import ReviewCommands

    async with ReviewApp(FakeSource(tmp_path)).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot)
        offered = [hit.text async for hit in ReviewCommands(screen).discover()]
        wanted = {action.title for action in ACTIONS if action.palette}
        assert wanted <= set(offered)
        assert not {action.title for action in ACTIONS if not action.palette} & set(offered)
