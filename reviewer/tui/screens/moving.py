"""Moving: lines, pages, hunks, files, findings, panes, brief sections, and search.

Every action here asks the pane that has the focus; nothing here changes the review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.css.query import NoMatches

from reviewer.tui.pages.sections import RUNS, page_rows
from reviewer.tui.screens.desk import MAX_COUNT, Desk
from reviewer.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from textual.timer import Timer

    from reviewer.tui.keymap import Pane

_COUNT_SECONDS = 0.35
"""How long a digit in the diff waits for a move before it opens a brief section."""


class Moving(Desk):
    """The moves."""

    _count_timer: Timer | None = None

    def action_cursor_down(self) -> None:
        """Go down by a line, or by the count."""
        self._move(1)

    def action_cursor_up(self) -> None:
        """Go up by a line, or by the count."""
        self._move(-1)

    def action_half_page_down(self) -> None:
        """Go down by half of what is on the screen."""
        self._page("half_page_down", 0.5)

    def action_half_page_up(self) -> None:
        """Go up by half of what is on the screen."""
        self._page("half_page_up", -0.5)

    def action_page_down(self) -> None:
        """Go down by what is on the screen."""
        self._page("page_down", 1)

    def action_page_up(self) -> None:
        """Go up by what is on the screen."""
        self._page("page_up", -1)

    def action_top(self) -> None:
        """Go to the first row."""
        rows = self.focused_rows()
        self.count = 0
        if rows is None:
            self.diff.action_top()
        else:
            rows.top()

    def action_bottom(self) -> None:
        """Go to the last row, or with a count to that line of the file."""
        rows = self.focused_rows()
        count, self.count = self.count, 0
        if rows is not None:
            rows.bottom()
        elif count:
            self._go_to(count)
        else:
            self.diff.action_bottom()

    def action_go_left(self) -> None:
        """Scroll sideways in the diff; from the checklist, to the middle."""
        if self.pane == "diff":
            self.drive("text_left")
        elif self.pane == "checklist":
            self.focus_pane("page" if self.section else "diff")
        else:
            self.focus_pane("brief")

    def action_go_right(self) -> None:
        """Scroll sideways in the diff; from the brief, to the middle."""
        if self.pane == "diff":
            self.drive("text_right")
        elif self.pane in {"brief", "files"}:
            self.focus_pane("page" if self.section else "diff")
        else:
            self.focus_pane("checklist")

    async def action_go_to_line(self) -> None:
        """Ask for a line of the file under the cursor."""
        await self.query_one(Prompt).ask("line", ":", "")

    def action_next_hunk(self) -> None:
        """Go to the next hunk, on across files."""
        self._in_diff("next_hunk")

    def action_previous_hunk(self) -> None:
        """Go to the previous hunk."""
        self._in_diff("previous_hunk")

    def action_next_file(self) -> None:
        """Go to the next file in the order of reading."""
        self._in_diff("next_file")

    def action_previous_file(self) -> None:
        """Go to the previous file in the order of reading."""
        self._in_diff("previous_file")

    def action_next_note(self) -> None:
        """Go to the next finding or comment in the diff."""
        self._in_diff("next_note")
        self._show_note()

    def action_previous_note(self) -> None:
        """Go to the previous finding or comment in the diff."""
        self._in_diff("previous_note")
        self._show_note()

    def action_next_pane(self) -> None:
        """Go to the pane on the right, around the end."""
        self._cycle(1)

    def action_previous_pane(self) -> None:
        """Go to the pane on the left, around the end."""
        self._cycle(-1)

    def action_section(self, number: int) -> None:
        """Open a section of the brief; in the diff a digit may also begin a count."""
        if self.pane == "diff" or self.count:
            self.count = min(self.count * 10 + number, MAX_COUNT)
            self._wait_for_move()
            return
        self.open_section(number)

    def action_section_now(self, number: int) -> None:
        """Open a section of the brief, wherever the focus is (the palette's way)."""
        self.open_section(number)

    def action_show_diff(self) -> None:
        """Go back to the diff; after a digit it is the next digit of the count."""
        if self.count:
            self.count = min(self.count * 10, MAX_COUNT)
            self._wait_for_move()
            return
        self.open_section(0)
        self.focus_pane("diff")

    def action_show_runs(self) -> None:
        """Show what running the tests showed, or go back to the diff."""
        if self.section == RUNS:
            self.action_show_diff()
        else:
            self.open_section(RUNS)

    async def action_search(self) -> None:
        """Ask what to search for in the pane that has the focus."""
        await self.query_one(Prompt).ask("search", "/", "")

    def action_next_match(self) -> None:
        """Go to the next match."""
        self._match(1)

    def action_previous_match(self) -> None:
        """Go to the previous match."""
        self._match(-1)

    def on_prompt_answered(self, event: Prompt.Answered) -> None:
        """Take what was written at the bottom of the screen."""
        event.stop()
        self.focus_pane(self._asked_from)
        if event.purpose == "line":
            if event.text.isdecimal() and len(event.text) < 10:
                self._go_to(int(event.text))
            elif event.text:
                self.say("A line is a number.")
            return
        rows = self.focused_rows()
        if rows is None:
            self.diff.search(event.text)
        elif rows.search(event.text):
            self._match(1)
        elif event.text:
            self.say(f"No match for “{event.text}” here.")

    def on_prompt_opened(self) -> None:
        """Remember where to go back to."""
        self._asked_from = self._last_pane

    def open_section(self, number: int) -> None:
        """Show a section in the middle, or the diff for 0."""
        subject = self.subject()
        if number and subject is None:
            self.say("The packet is still being read.")
            return
        if number and subject is not None:
            page = self.rows("page")
            fresh = number != self.section
            page.set_rows(page_rows(number, subject))
            if fresh:
                page.top()
        self.section = number
        self.draw_middle()
        if number:
            self.rows("brief").select(("section", number))
            self.focus_pane("page")

    def focus_pane(self, pane: Pane) -> None:
        """Go to a pane; one that is folded away comes out."""
        self._last_pane = pane
        self.arrange_panes()
        widget = self.diff if pane == "diff" else self.rows(pane)
        self.set_focus(widget, scroll_visible=False)
        self.draw_footer()

    def draw_middle(self) -> None:
        """Show the diff or the open section in the middle."""
        raise NotImplementedError

    _asked_from: Pane = "diff"
    _last_pane: Pane = "diff"

    def _move(self, step: int) -> None:
        rows = self.focused_rows()
        if rows is None:
            self.drive("cursor_down" if step > 0 else "cursor_up")
        else:
            rows.move(step * self.take_count())

    def _page(self, name: str, pages: float) -> None:
        rows = self.focused_rows()
        if rows is None:
            self.drive(name)
        else:
            rows.page(pages * self.take_count())

    def _in_diff(self, action: str) -> None:
        if self.section:
            self.open_section(0)
        self.drive(action)
        if self.pane != "diff":
            self.focus_pane("diff")

    def _show_note(self) -> None:
        """Scroll so that all of the note under the cursor can be read, with the line that it is about above it."""
        document, spot = self.diff.document, self.diff.cursor_spot
        if document is None or spot is None or spot.note is None:
            return
        first = last = document.y_of(spot.place)
        while last + 1 < document.height and document.at(last + 1).note is spot.note:
            last += 1
        room = self.diff.size.height - 1
        if last >= self.diff.scroll_offset.y + room:
            self.diff.scroll_to(y=min(last - room + 1, max(0, first - 2)), animate=False)

    def _go_to(self, line: int) -> None:
        if not self.diff.goto_line(line):
            self.say(f"Line {line:,} of this file is not at hand; this is the nearest.")

    def _match(self, step: int) -> None:
        rows = self.focused_rows()
        if rows is None:
            self.drive("next_match" if step > 0 else "previous_match")
            return
        place = rows.next_match(step)
        if place is None:
            self.say("No match. / searches this pane.")
        else:
            self.say(f"match {place[0]:,} of {place[1]:,}", "dim")

    def _cycle(self, step: int) -> None:
        panes: list[Pane] = ["brief", "files", "page" if self.section else "diff", "checklist"]
        if self.why_open and not self.section:
            panes.insert(3, "reason")
        place = panes.index(self.pane) if self.pane in panes else 2
        self.focus_pane(panes[(place + step) % len(panes)])

    def _wait_for_move(self) -> None:
        if self._count_timer is not None:
            self._count_timer.stop()
        self._count_timer = self.set_timer(_COUNT_SECONDS, self._count_over)
        self.draw_footer()

    def _count_over(self) -> None:
        """Open the section when one digit was all that was typed."""
        count, self.count = self.count, 0
        try:
            self.draw_footer()
        except NoMatches:  # the screen went away while the digit waited
            return
        if 1 <= count <= 9:
            self.open_section(count)
