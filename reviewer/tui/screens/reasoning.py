"""Why the lines under the cursor are there: worked out in a worker, shown below the diff and in the hunks' rows.

Only files that are looked at are traced; what is known once stays with the review. Nothing here waits, and nothing
changes the review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.worker import Worker, WorkerState, get_current_worker

from reviewer.tui.pages import why as page
from reviewer.tui.row import Piece
from reviewer.tui.screens.drawing import Drawing
from reviewer.tui.widgets.lines import OneLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.diff.model import FileSpan
    from reviewer.tui.screens.source import ReviewDesk


class Reasoning(Drawing):
    """The why of a hunk."""

    _tracing = False
    _trace_failed = ""

    def action_toggle_why(self) -> None:
        """Open the panel that says why this hunk is there, and go into it; or close it."""
        if self.review is None:
            self.say("The packet is still being read.")
            return
        if self.why_open and not self.section:
            self._close_why()
            return
        if self.section:
            self.open_section(0)
        self.why_open = True
        self.draw_middle()
        self.rows("reason").top()
        self.focus_pane("reason")

    def action_leave(self) -> None:
        """Undo the nearest thing: in the panel, the panel."""
        if self.pane == "reason" and not self.rows("reason").searching and not self.count:
            self._close_why()
        else:
            super().action_leave()

    def action_quit_review(self) -> None:
        """Leave the panel, the open section, or the program."""
        if self.pane == "reason":
            self._close_why()
        else:
            super().action_quit_review()

    def go_to_moment(self, number: int) -> None:
        """Go to an event of the run in the timeline, and unfold it there."""
        self.page_unfolded.add(("event", number))
        self.open_section(_TIMELINE)
        page_rows = self.rows("page")
        if not page_rows.select(("event", number)):
            self.say(f"Event {number:,} is not listed in the timeline.")

    def refresh_page(self) -> None:
        """Draw the open section, or the why, again."""
        super().refresh_page()
        if not self.section:
            self.draw_why()

    def draw_why(self) -> None:
        """Say why the part of the change under the cursor is there, as far as that is known by now."""
        review, unit = self.review, self.current_unit()
        if review is None or unit is None:
            return
        self._ask_for(review, [unit.file, *self._files_on_screen(review)])
        why = review.reasons.known(unit)
        subject = self.subject()
        covered = subject is not None and subject.covered
        right = [Piece(self.keymap.key("toggle_why"), "bright"), Piece(" opens", "dim")]
        groups = [[Piece(self._trace_failed, "warn")]] if self._trace_failed else page.line(why, covered=covered)
        self.query_one("#why", OneLine).show(groups, right)
        if self.why_open:
            panel = self.rows("reason")
            panel.set_rows([*page.rows(why, review.reasons, covered=covered, columns=self.diff.size.width)])

    def _close_why(self) -> None:
        self.why_open = False
        self.draw_middle()
        self.focus_pane("diff")

    def _files_on_screen(self, review: ReviewDesk) -> Iterator[FileSpan]:
        document = self.diff.document
        if document is not None:
            for number in dict.fromkeys(document.at(y).file for y in self.diff.window):
                if number >= 0:
                    yield review.index.files[number]

    # In the worker

    def _ask_for(self, review: ReviewDesk, files: list[FileSpan]) -> None:
        """Have files traced that are not yet, the first of them first."""
        missing = [file for file in files if not review.reasons.is_known(file)]
        if missing and not self._tracing and not self._trace_failed:
            self._tracing = True
            self.run_worker(lambda: self._trace(review, missing), thread=True, group="why", exit_on_error=False)

    def _trace(self, review: ReviewDesk, files: list[FileSpan]) -> None:
        worker = get_current_worker()
        for file in files:
            if not worker.is_cancelled:
                review.reasons.of(file, lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._traced, review)

    # On the screen

    def _traced(self, review: ReviewDesk) -> None:
        self._tracing = False
        if review is self.review:
            self.diff.set_hunk_words(dict(_words_of(review)))
            self.draw_why()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that the run could not be traced; everything else goes on."""
        if event.worker.group == "why" and event.state is WorkerState.ERROR:
            self._tracing = False
            self._trace_failed = f"why  could not be worked out: {type(event.worker.error).__name__}"
            self.draw_why()


_TIMELINE = 4


def _words_of(review: ReviewDesk) -> Iterator[tuple[int, str]]:
    """Yield the mark of each hunk that is known by now; none without a run, where every hunk would say the same."""
    if review.events:
        for number, why in review.reasons.all_known():
            yield number, page.mark(why)
