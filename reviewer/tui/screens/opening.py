"""Opening a packet without making anyone wait: first rows of the diff, then the packet, then what the checks find.

Everything slow happens in one worker thread; the screen gets each part when it is whole. What was there stays until
the new is.
"""

from __future__ import annotations

import gc
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.worker import Worker, WorkerState, get_current_worker

from reviewer.errors import ReviewerError
from reviewer.text import display_safe, plural
from reviewer.tui.pages.sections import brief_rows
from reviewer.tui.reading import secret_rows
from reviewer.tui.render.blobs import BlobLines
from reviewer.tui.row import Piece, Row, label
from reviewer.tui.screens.following import Following
from reviewer.tui.widgets.lines import OneLine

if TYPE_CHECKING:
    from textual.timer import Timer

    from reviewer.checks.finding import CheckResult
    from reviewer.diff.anchor import Unit
    from reviewer.tui.keymap import Keymap
    from reviewer.tui.screens.source import Person, ReviewDesk, ReviewSource
    from reviewer.workflow.settings import Look

_LOADING_SECONDS = 0.15
_GROW_SECONDS = 0.1
_PROGRESS_SECONDS = 0.9
_SETTLING_SECONDS = 2.5
"""After this, nothing moves to the beginning of the reading order by itself."""
_OTHERS_SECONDS = 1.0


class Opening(Following):
    """Loading."""

    _others: Timer
    _reader: Worker[None] | None = None
    _told_progress = 0.0
    _verdicts: int | None = None
    _settled_by = 0.0

    def __init__(self, source: ReviewSource[Any], keymap: Keymap, look: Look | None = None) -> None:
        super().__init__(source, keymap, look)
        self.shown_units: set[str] = set()
        self._hidden: frozenset[int] = frozenset()

    def load(self) -> None:
        """Read the packet in a worker; what is on the screen stays until the new is whole."""
        self.examined = False
        self.stopped = False
        self.failed = False
        if self.review is None:
            # Mapping one member and cutting its first rows takes a few milliseconds: the change is there at once.
            self._settled_by = monotonic() + _SETTLING_SECONDS
            index = self.source.peek()
            if index is not None:
                self.diff.load(index)
            self.set_timer(_LOADING_SECONDS, self._still_loading)
        else:
            # Asking again is not asking twice as often.
            self._others.stop()
        # A worker that loads modules would take half of the processor from the first paint.
        self.call_after_refresh(self._start_reading)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say why the packet could not be opened."""
        if event.worker.group != "open" or event.state is not WorkerState.ERROR:
            return
        error = event.worker.error
        if isinstance(error, ReviewerError):
            self._show_error(error.sentence, error.hint)
        else:
            defect = "This is a defect of the program; the packet is unharmed."
            self._show_error(f"{type(error).__name__}: {error}", defect)

    def _start_reading(self) -> None:
        gc.enable()
        self._others = self.set_interval(_OTHERS_SECONDS, self._look_for_others)
        self._reader = self.run_worker(self._read, thread=True, group="open", exclusive=True, exit_on_error=False)

    def stop_examining(self) -> bool:
        """Stop proof and checks; return whether they were at work. What is known by then stays."""
        if self.examined or self.stopped or self._reader is None or self.review is None:
            return False
        self._reader.cancel()
        self.stopped = True
        self.draw()
        self.say(f"Stopped. {self.keymap.key('reload')} examines the packet from the start.")
        return True

    def on_screen_resume(self) -> None:
        """Draw what a dialog or a verdict changed."""
        self.draw()
        given = 0 if self.review is None else len(self.review.state.verdicts)
        if given != self._verdicts and self._verdicts is not None:
            self.say(f"Signed and stored. {self.keymap.key('quit_review')} leaves.", "dim")
        self._verdicts = given

    # In the worker

    def _read(self) -> None:
        worker = get_current_worker()
        call = self.app.call_from_thread
        if self.review is None:
            told = monotonic()
            while not (worker.is_cancelled or self.source.grow()):
                if monotonic() - told > _GROW_SECONDS:
                    call(self._show_more)
                    told = monotonic()
        review = self.source.open()
        if worker.is_cancelled:
            review.close()
            return
        self.prepare(review)
        call(self._show_review, review)
        call(self._show_person, self.source.person())

        def progress(done: int, total: int) -> None:
            if monotonic() - self._told_progress > _GROW_SECONDS and not worker.is_cancelled:
                self._told_progress = monotonic()
                call(self._show_progress, done, total)

        def result(found: CheckResult) -> None:
            if not worker.is_cancelled:
                call(self._take_result, found)

        self._told_progress = monotonic() + _PROGRESS_SECONDS
        review.examine(result, lambda: worker.is_cancelled, progress)
        if not worker.is_cancelled:
            call(self._show_examined)

    # On the screen

    def _show_more(self) -> None:
        if self.diff.document is not None:
            self.diff.grow(self.diff.document.index)

    def _show_review(self, review: ReviewDesk) -> None:
        old, self.review = self.review, review
        self._verdicts = len(review.state.verdicts)
        document = self.diff.document
        if document is not None and document.index is review.index:
            # The rows on the screen are these: they stay, and gaps can be opened from now on.
            document.blobs = BlobLines(review.blob)
            self.diff.grow(review.index)
        else:
            here = self.diff.cursor_spot
            self.diff.load(review.index, blob=review.blob)
            self._hidden = frozenset()
            if here is not None and here.row is not None and here.row < len(review.index):
                self.diff.goto_row(here.row)
        self.diff.set_units(review.units)
        self._order_shown = ()
        if not len(review.index):
            self.query_one("#why", OneLine).show([[Piece("The packet holds no change: nothing to read.", "dim")]])
        if old is not None:
            old.close()
        self.draw_middle()
        self.draw()

    def _show_person(self, person: Person) -> None:
        self.person = person
        self.draw_footer()

    def _take_result(self, result: CheckResult) -> None:
        del result  # the review holds it already; the screen asks the review
        self.draw()

    def _show_progress(self, done: int, total: int) -> None:
        if not self.examined and not self.message:
            self.query_one("#footer", OneLine).show(
                [
                    [Piece(f"Proving the packet: {done:,} of {plural(total, 'file')}")],
                    [Piece(self.keymap.key("leave"), "bright"), Piece(" stop", "dim")],
                ]
            )

    def _show_examined(self) -> None:
        self.examined = True
        self.draw()
        self.draw_footer()
        self._cover_secrets()
        here = self.diff.cursor_spot
        if monotonic() < self._settled_by and here is not None and not here.row:
            # The order of reading is known only now: begin at its beginning, unless the person has begun already.
            self.diff.action_top()
        self._settled_by = 0.0
        if self.review is not None and self.review.breaks:
            self.say(f"The packet does not prove itself: {self.review.breaks[0]}", "bad")

    def _cover_secrets(self) -> None:
        """Hide the lines that hold secrets, once; Enter on one shows it."""
        review = self.review
        if review is None:
            return
        rows = secret_rows(review.index, review.findings)
        if rows != self._hidden:
            self._hidden = rows
            self.diff.cover(rows)

    def holds_covered(self, unit: Unit) -> bool:
        """Return whether a line with a secret stands in this unit."""
        return any(unit.first <= row < unit.last for row in self._hidden)

    def _look_for_others(self) -> None:
        if self.review is None:
            return
        try:
            news = self.review.refresh()
        except ReviewerError as error:
            self.say(error.sentence, "bad")
            return
        if news:
            self.draw()

    def _still_loading(self) -> None:
        if self.review is None and not self.failed:
            self.rows("checklist").set_rows([label("Reading the packet …")])

    def _show_error(self, sentence: str, hint: str | None) -> None:
        self.failed = True
        if self.review is not None:
            self.say(f"Not reloaded: {sentence}", "bad")
            return
        rows = [Row((Piece("✗ ", "bad"), Piece(display_safe(sentence))), hanging=2, wrap=True, key=("problem", 0))]
        if hint:
            rows.append(Row((Piece(display_safe(hint), "dim"),), indent=2, wrap=True))
        self.rows("checklist").set_rows([])
        self.rows("brief").set_rows(brief_rows(None))
        page = self.rows("page")
        page.set_rows(rows)
        self.diff.display = False
        page.display = True
        self.query_one("#why").display = self.query_one("#reason").display = False
        self.query_one("#place", OneLine).show([[Piece("This packet cannot be opened", "name")]])
        self.query_one("#header", OneLine).show([[Piece(self.source.name, "name")]])
        self.draw_footer()
