"""The diff view under a pilot: keys, mouse, messages and what stands on the screen."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.selection import Selection

from reviewer.diff.anchor import review_units
from reviewer.diff.index import IndexBuilder, index_patch
from reviewer.diff.model import RowKind
from reviewer.tui.render.place import SpotKind
from reviewer.tui.theme import themes, variable_defaults
from reviewer.tui.widgets.diff_view import DiffView, Note
from tests.unit.test_tui_render_document import patch, source

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.message import Message
    from textual.pilot import Pilot

FILES = [[" -+ ", "--+++", " + "], ["+"], [" - "]]
M = TypeVar("M")


class Bench(App[None]):
    CSS = "DiffView { width: 1fr; height: 1fr; }"

    def __init__(self, theme: str = "ink") -> None:
        super().__init__()
        for known in themes().themes.values():
            self.register_theme(known.textual)
        self.theme = theme
        self.told: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults()

    def compose(self) -> ComposeResult:
        yield DiffView()

    def on_mount(self) -> None:
        self.query_one(DiffView).focus()

    def on_diff_view_cursor_moved(self, message: DiffView.CursorMoved) -> None:
        self.told.append(message)

    def on_diff_view_hunk_shown(self, message: DiffView.HunkShown) -> None:
        self.told.append(message)

    def on_diff_view_selection_changed(self, message: DiffView.SelectionChanged) -> None:
        self.told.append(message)

    def on_diff_view_note_activated(self, message: DiffView.NoteActivated) -> None:
        self.told.append(message)

    def on_diff_view_searched(self, message: DiffView.Searched) -> None:
        self.told.append(message)

    def on_diff_view_told(self, message: DiffView.Told) -> None:
        self.told.append(message)

    def last(self, kind: type[M]) -> M:
        return next(message for message in reversed(self.told) if isinstance(message, kind))


class Table:
    """One view over one patch, and what a test asks of it."""

    def __init__(self, app: Bench, pilot: Pilot[None], view: DiffView) -> None:
        self.app, self.pilot, self.view = app, pilot, view

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def lines(self) -> list[str]:
        return [self.view.render_line(y).text for y in range(self.view.size.height)]

    @property
    def under_cursor(self) -> str:
        return self.lines[self.view._cursor - self.view.scroll_offset.y]

    async def until(self, kind: type[M], seconds: float = 5.0) -> M:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if any(isinstance(message, kind) for message in self.app.told):
                return self.app.last(kind)
            await self.pilot.pause(0.01)
        raise AssertionError(f"no {kind.__name__}")


@asynccontextmanager
async def table(
    data: bytes | None = None, *, size: tuple[int, int] = (100, 24), theme: str = "ink"
) -> AsyncIterator[Table]:
    made, blobs = patch(FILES)
    app = Bench(theme)
    async with app.run_test(size=size) as pilot:
        view = app.query_one(DiffView)
        view.load(index_patch(made if data is None else data), blob=source(blobs))
        await pilot.pause()
        yield Table(app, pilot, view)


async def test_the_first_frame_shows_the_first_file_without_a_second_header() -> None:
    async with table() as t:
        assert t.lines[0].split() == ["▌", "src/file_0.py", "+5", "−3"]
        assert "30 lines" in t.lines[1]
        assert t.lines[2].split()[:3] == ["31", "31", "row_0"]


@pytest.mark.parametrize("mode", ["unified", "split"])
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_paging_through_shows_every_changed_line_once(mode: str, size: tuple[int, int]) -> None:
    lines = [f"+only_{n} = {n}" if n % 3 else f"-only_{n} = {n}" for n in range(150)]
    removed = sum(line[0] == "-" for line in lines)
    head = f"--- a/x.py\n+++ b/x.py\n@@ -1,{removed} +1,{150 - removed} @@\n"
    async with table((head + "\n".join(lines) + "\n").encode(), size=size) as t:
        t.view.mode = "split" if mode == "split" else "unified"
        rows: dict[int, str] = {}
        for _ in range(9):
            rows.update({y: t.lines[y - t.view.scroll_offset.y] for y in t.view.window})
            t.view.action_page_down()
            await t.pilot.pause()
        text = "\n".join(line for _, line in sorted(rows.items()))
        for n in range(150):
            assert text.count(f"only_{n} ") == 1


async def test_the_top_line_names_file_section_and_hunk() -> None:
    async with table(size=(100, 12)) as t:
        await t.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        assert "src/file_0.py" in t.lines[0]
        assert "hunk 3/3" in t.lines[0]
        assert "def f_" in t.lines[0]


async def test_hunks_are_walked_across_files_and_back() -> None:
    async with table() as t:
        seen = []
        for _ in range(5):
            await t.press("right_square_bracket")
            moved = t.app.last(DiffView.CursorMoved)
            assert moved.file is not None
            seen.append((moved.file.number, moved.line))
        assert [number for number, _ in seen] == [0, 0, 0, 1, 2]
        await t.press("right_square_bracket")
        assert t.app.last(DiffView.Told).sentence == "This is the last hunk."
        back = []
        for _ in range(4):
            await t.press("left_square_bracket")
            moved = t.app.last(DiffView.CursorMoved)
            back.append((moved.file.number if moved.file else -1, moved.line))
        assert back == seen[-2::-1]


async def test_files_are_walked_and_a_count_repeats() -> None:
    async with table() as t:
        t.view.add_count_digit(2)
        await t.press("full_stop")
        assert t.view.file is not None
        assert t.view.file.number == 2
        await t.press("comma")
        assert t.view.file.number == 1


async def test_the_cursor_moves_by_lines_pages_and_to_the_ends() -> None:
    async with table() as t:
        await t.press("G")
        assert t.view.file is not None
        assert t.view.file.number == 2
        await t.press("g")
        assert t.view._cursor == 0
        t.view.add_count_digit(5)
        await t.press("j")
        assert t.view._cursor == 5
        await t.press("k")
        assert t.view._cursor == 4


async def test_changing_the_layout_keeps_the_cursor_on_its_line_of_the_screen() -> None:
    async with table(patch([[" -+ "] * 20] * 2)[0], size=(120, 16)) as t:
        for _ in range(12):
            await t.press("right_square_bracket")
        place = t.view.place_of_cursor()
        line = t.view._cursor - t.view.scroll_offset.y
        for mode in ("split", "unified"):
            t.view.mode = "split" if mode == "split" else "unified"
            await t.pilot.pause()
            assert t.view.is_split == (mode == "split")
            assert t.view.place_of_cursor() == place
            assert t.view._cursor - t.view.scroll_offset.y == line
        assert t.app.last(DiffView.CursorMoved).side == "old"


async def test_auto_follows_the_width() -> None:
    async with table(size=(200, 20)) as t:
        assert t.view.is_split
        await t.pilot.resize_terminal(100, 20)
        await t.pilot.pause()
        assert not t.view.is_split


async def test_another_order_keeps_the_cursor_on_its_content() -> None:
    async with table() as t:
        await t.press("full_stop", "j", "j")
        place = t.view.place_of_cursor()
        t.view.set_order([2, 1, 0])
        await t.pilot.pause()
        assert t.view.place_of_cursor() == place


async def test_a_growing_index_never_loses_the_place() -> None:
    data, _ = patch([["-+" * 30]] * 12)
    async with table() as t:
        builder = IndexBuilder(data)
        builder.step(1_500)
        t.view.load(builder.index)
        t.view.goto_row(20)
        place = t.view.place_of_cursor()
        line = t.view._cursor - t.view.scroll_offset.y
        while not builder.step(2_000):
            t.view.grow(builder.index)
            await t.pilot.pause()
            assert t.view.place_of_cursor() == place
            assert t.view._cursor - t.view.scroll_offset.y == line
        t.view.grow(builder.index)
        await t.press("G")
        assert t.view.file is not None
        assert t.view.file.number == 11


async def test_a_gap_opens_under_the_cursor() -> None:
    async with table() as t:
        await t.press("j")
        assert "Enter opens" in t.under_cursor
        await t.press("enter")
        assert "10 lines" in t.under_cursor
        await t.press("j")
        assert "left_11 = 0" in t.under_cursor
        await t.press("k", "O", "j")
        assert "left_1 = 0" in t.under_cursor


async def test_what_nobody_has_is_said() -> None:
    data, _ = patch(FILES)
    async with table() as t:
        t.view.load(index_patch(data))
        await t.press("j", "enter")
        assert t.app.last(DiffView.Told).sentence == "The packet does not hold this file's lines."


async def test_a_line_in_a_gap_can_be_gone_to() -> None:
    async with table() as t:
        assert t.view.goto_line(5)
        await t.pilot.pause()
        assert "left_5 = 0" in t.under_cursor
        assert t.app.last(DiffView.CursorMoved).line == 5
        assert not t.view.goto_line(10_000)


async def test_notes_unfold_in_place_and_tell() -> None:
    async with table() as t:
        note = Note("n1", "src/file_0.py", line=32, severity="high", glyph="●", title="A finding", body="Because.")
        t.view.set_marks(notes=(note,))
        await t.pilot.pause()
        assert not any("A finding" in line for line in t.lines)
        assert any(line[1] == "●" for line in t.lines)
        await t.press("right_curly_bracket")
        assert "A finding" in t.under_cursor
        await t.press("enter")
        assert not any("A finding" in line for line in t.lines)
        assert t.app.last(DiffView.NoteActivated).note == "n1"
        await t.press("right_curly_bracket", "right_curly_bracket")
        assert t.app.last(DiffView.Told).sentence == "There is no note below."


async def test_lines_are_selected_by_key() -> None:
    async with table() as t:
        t.view.goto_line(31)
        await t.press("v", "j", "j")
        lines = t.app.last(DiffView.SelectionChanged).lines
        assert lines is not None
        assert (lines.side, lines.line, lines.end_line) == ("new", 31, 32)
        assert t.view.selected_text().split("\n")[0] == " row_0 = ' '"
        await t.press("v")
        assert t.app.last(DiffView.SelectionChanged).lines is None


async def test_lines_are_selected_by_dragging() -> None:
    async with table() as t:
        await t.pilot.mouse_down(DiffView, offset=(30, 2))
        await t.pilot.hover(DiffView, offset=(30, 4))
        await t.pilot.mouse_up(DiffView, offset=(30, 4))
        await t.pilot.pause()
        assert t.view.selection is not None
        assert t.view._cursor == 4


async def test_a_click_moves_the_cursor_and_the_wheel_takes_it_along() -> None:
    async with table(size=(100, 12)) as t:
        await t.pilot.click(DiffView, offset=(30, 5))
        assert t.view._cursor == 5
        t.view.scroll_to(y=0, animate=False)
        for _ in range(3):
            await t.pilot._post_mouse_events([events.MouseScrollDown], DiffView, (5, 5), button=0)
        await t.pilot.pause()
        assert t.view.scroll_offset.y > 0
        assert t.view._cursor in t.view.window


async def test_search_goes_to_matches_and_marks_them() -> None:
    async with table() as t:
        assert t.view.search("row_2") == 4
        assert (await t.until(DiffView.Searched)).done
        first = t.view._cursor
        assert "row_2" in t.under_cursor
        await t.press("n")
        assert t.view._cursor > first
        await t.press("N")
        assert t.view._cursor == first
        assert t.view.search("nowhere") == 0
        await t.pilot.pause()
        assert t.app.last(DiffView.Told).sentence == "No row matches."


async def test_a_big_patch_is_searched_in_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.tui.widgets.diff_search._SEARCH_NOW_ROWS", 3)
    async with table() as t:
        assert t.view.search("row_2") == 0
        while not (await t.until(DiffView.Searched)).done:
            await t.pilot.pause(0.01)
        assert t.app.last(DiffView.Searched).count == 4


async def test_only_what_was_completely_on_the_screen_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.tui.widgets.diff_late.DWELL", 0.02)
    data, _ = patch([["+" * 40], ["+"]])
    async with table(size=(100, 24)) as t:
        index = index_patch(data)
        t.view.load(index)
        units = [unit for unit in review_units(index) if unit.hunk is not None]
        t.view.set_units(units)
        await t.pilot.pause(0.1)
        assert not [m for m in t.app.told if isinstance(m, DiffView.HunkShown)]
        for _ in range(12):
            t.view.action_half_page_down()
            await t.pilot.pause(0.06)
        told = [unit for m in t.app.told if isinstance(m, DiffView.HunkShown) for unit in m.units]
        assert told == [unit.id for unit in units]


async def test_a_covered_row_is_not_shown_until_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.tui.widgets.diff_late.DWELL", 0.02)
    data = b"--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+token = hunter2\n+other = 1\n"
    async with table(data) as t:
        assert t.view.document is not None
        index = t.view.document.index
        row = next(n for n in range(len(index)) if index.kind(n) is RowKind.ADDED)
        t.view.cover({row})
        t.view.set_units(review_units(index))
        await t.pilot.pause(0.1)
        assert not any("hunter2" in line for line in t.lines)
        assert "hunter2" not in t.view.selected_text()
        assert not any(
            unit.hunk and unit.id in m.units
            for unit in review_units(index)
            for m in t.app.told
            if isinstance(m, DiffView.HunkShown)
        )
        t.view.goto_row(row)
        await t.press("enter")
        assert any("hunter2" in line for line in t.lines)
        await t.pilot.pause(0.1)
        assert any(isinstance(m, DiffView.HunkShown) for m in t.app.told)


async def test_seen_marks_stand_at_their_hunk_and_at_a_file_that_is_seen_whole() -> None:
    async with table() as t:
        assert t.view.document is not None
        units = review_units(t.view.document.index)
        t.view.set_units(units)
        t.view.set_marks(frozenset(unit.id for unit in units if unit.file.number == 1))
        t.view.goto_file(1)
        await t.pilot.pause()
        assert sum("✓ seen" in line for line in t.lines) == 2
        t.view.set_marks(frozenset(unit.id for unit in units[:1]))
        t.view.goto_file(0)
        await t.pilot.pause()
        assert "✓ seen" not in t.lines[0]


async def test_a_long_line_unfolds_under_the_cursor_and_scrolls_sideways() -> None:
    data = b"--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+" + b"begin " + b"x" * 150 + b" end\n+short\n"
    async with table(data, size=(80, 12)) as t:
        assert not any(" end" in line for line in t.lines)
        assert any(line.rstrip().endswith("›") for line in t.lines)
        t.view.goto_line(1)
        await t.press("w")
        assert any(" end" in line for line in t.lines)
        await t.press("j")
        assert not any(" end" in line for line in t.lines)
        await t.press("w", *["l"] * 12)
        assert any(" end" in line for line in t.lines)


async def test_colour_arrives_after_the_text() -> None:
    async with table() as t:
        line = next(n for n, text in enumerate(t.lines) if "row_1" in text)
        deadline = time.monotonic() + 5
        colours = 0
        while colours < 3 and time.monotonic() < deadline:
            await t.pilot.pause(0.02)
            styles = {
                segment.style.color for segment in t.view.render_line(line) if segment.style and segment.text.strip()
            }
            colours = len(styles)
        assert colours >= 3


@pytest.mark.parametrize("theme", ["ink", "paper", "terminal", "contrast"])
async def test_nothing_in_a_patch_can_draw(theme: str) -> None:
    evil = b"\x1b]52;c;aGk=\x07\x9b31m[bold red]x[/]\r\xe2\x80\xae"
    data = (
        b"diff --git a/"
        + evil
        + b" b/"
        + evil
        + b"\n@@ -1 +1 @@ "
        + evil
        + b"\n-"
        + evil
        + b"\n+"
        + evil
        + b"\n"
        + evil
        + b"\n"
    )
    async with table(data, theme=theme) as t:
        t.view.set_marks(
            notes=[
                Note("n", evil.decode("utf-8", "surrogateescape"), line=1, glyph="\x1b", title=evil.decode("latin-1"))
            ]
        )
        await t.pilot.pause(0.1)
        frame = "".join(t.lines)
        assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in frame)
        assert "\u202e" not in frame
        assert "⟨U+001B⟩" in frame
        assert "[bold red]x[/]" in frame


async def test_every_line_fills_its_width_in_every_layout() -> None:
    data, _ = patch([["-+ " * 5]])
    data += "diff --git a/你好.py b/你好.py\n@@ -1,2 +1,2 @@ 函数\n-你好，世界\n".encode()
    data += "+你好，世界和更多的文字一直到边上为止再多一点点就可以了\n \tx\n".encode()
    for size in ((40, 20), (81, 24), (200, 24)):
        for mode in ("unified", "split"):
            async with table(data, size=size) as t:
                t.view.mode = "split" if mode == "split" else "unified"
                t.view.action_next_file()
                await t.pilot.pause()
                for y in range(t.view.size.height):
                    strip = t.view.render_line(y)
                    assert sum(segment.cell_length for segment in strip) in (t.view.columns, t.view.size.width), (
                        strip.text
                    )


async def test_a_range_of_rows_is_copied_without_the_rest() -> None:
    async with table() as t:
        found = t.view.get_selection(Selection(Offset(0, 2), Offset(0, 3)))
        assert found == (" row_0 = ' '\n-row_1 = '-'", "\n")


async def test_a_jump_in_a_big_patch_draws_in_time() -> None:
    data, _ = patch([["-+ " * 400] * 5] * 20)
    async with table(data, size=(120, 50)) as t:
        worst = 0.0
        for row in range(100, 100_000, 9_973):
            if t.view.document is None or row >= len(t.view.document.index):
                break
            t.view.goto_row(row)
            start = time.perf_counter()
            _ = t.lines
            worst = max(worst, time.perf_counter() - start)
        assert worst < 0.25


async def test_an_empty_patch_is_an_empty_view() -> None:
    async with table(b"") as t:
        await t.press("j", "G", "right_square_bracket", "enter", "v", "l", "pagedown")
        assert t.view.location is None
        assert all(not line.strip() for line in t.lines)


async def test_the_tail_of_a_file_tells_what_follows_once_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.tui.widgets.diff_late.DWELL", 0.02)
    async with table(size=(100, 60)) as t:
        await t.pilot.pause(0.15)
        assert any("30 lines to the end" in line for line in t.lines)
        t.view.goto_file(1)
        await t.press("k")
        assert t.view.cursor_spot is not None
        assert t.view.cursor_spot.kind is SpotKind.TAIL
        await t.press("O")
        assert any("end_29" in line for line in t.lines)
