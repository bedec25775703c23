"""Running the change's own tests from the screen: the exact commands first, a yes, then a worker that can be stopped.

The screen stays free for reading meanwhile. What is found is kept as it comes; then the packet is examined again.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.worker import Worker, WorkerState, get_current_worker

from reviewer.errors import ReviewerError
from reviewer.tui.pages.sections import RUNS
from reviewer.tui.row import BLANK, Piece, Row
from reviewer.tui.screens.opening import Opening
from reviewer.tui.screens.reading import ListDialog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.binding import BindingType

    from reviewer.tui.screens.source import ProbeView, ReviewDesk

_TOLD_SECONDS = 0.25


class ProbeDialog(ListDialog):
    """What would be run; dismisses with True once the person said yes, twice where nothing shuts it in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "run", show=False),
        Binding("Y", "agree_uncontained", "run", show=False),
    ]

    def __init__(self, view: ProbeView) -> None:
        can_run = bool(view.commands)
        ask = "y run" if view.is_contained else "Y run it all the same"
        super().__init__(
            "Run this?" if can_run else "Nothing can be run",
            [*_rows(view)],
            hint=f"{ask}   / search   Esc close" if can_run else "Esc close",
        )
        self._view = view

    def on_mount(self) -> None:
        """Show it over the whole screen: commands are to be read whole."""
        super().on_mount()
        self.query_one("#dialog").add_class("-wide")

    def action_save(self) -> None:
        """Enter agrees to nothing."""

    def action_agree(self) -> None:
        """Agree, where something shuts it in."""
        if self._view.is_contained and self._view.commands:
            self.dismiss(True)

    def action_agree_uncontained(self) -> None:
        """Agree, whatever shuts it in."""
        if self._view.commands:
            self.dismiss(True)


class Probing(Opening):
    """Runs of the change's tests."""

    _probe: Worker[None] | None = None

    def action_run_tests(self) -> None:
        """Work out what would be run and ask; while a run is under way, stop it."""
        review = self.review
        if self._probe is not None:
            self._probe.cancel()
            self.say("Stopping. What is done is kept.", "dim")
            return
        if review is None:
            self.say("The packet is still being read.")
            return
        self.say("Working out what would be run …", "dim")
        self.run_worker(lambda: self._plan(review), thread=True, group="probe", exclusive=True, exit_on_error=False)

    # In the worker

    def _plan(self, review: ReviewDesk) -> None:
        worker = get_current_worker()
        view = self.source.plan_probe(review)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._ask_to_run, review, view)

    def _run(self, review: ReviewDesk, view: ProbeView) -> None:
        worker = get_current_worker()
        told = 0.0

        def progress(words: str) -> None:
            nonlocal told
            if monotonic() - told > _TOLD_SECONDS and not worker.is_cancelled:
                told = monotonic()
                self.app.call_from_thread(self._show_probing, words)

        self.source.run_probe(review, view, progress, lambda: worker.is_cancelled)
        self.app.call_from_thread(self._show_probed)

    # On the screen

    def _ask_to_run(self, review: ReviewDesk, view: ProbeView) -> None:
        self.quiet()

        def start(said: object) -> None:
            if said is not True:
                self.say("Nothing was run.", "dim")
                return
            self._show_probing("starting")
            self.open_section(RUNS)
            self._probe = self.run_worker(
                lambda: self._run(review, view), thread=True, group="probe", exclusive=True, exit_on_error=False
            )

        self.app.push_screen(ProbeDialog(view), start)

    def _show_probing(self, words: str) -> None:
        self.probing = words
        subject = self.subject()
        if subject is not None:
            self.draw_brief(subject)
        self.refresh_page()

    def _show_probed(self) -> None:
        self.probing = ""
        self._probe = None
        self.say("Run. The packet is examined again with what came of it.", "dim")
        self.load()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say why nothing could be run."""
        if event.worker.group != "probe":
            super().on_worker_state_changed(event)
        elif event.state in {WorkerState.ERROR, WorkerState.CANCELLED}:
            # A run that was stopped ends in its own thread, which then has the packet examined again.
            self.probing = ""
            self.draw()
            if event.state is WorkerState.ERROR:
                self._probe = None
            error = event.worker.error
            if isinstance(error, ReviewerError):
                self.say(f"Not run: {error.sentence}", "bad")
            elif error is not None and event.state is WorkerState.ERROR:
                self.say(f"Not run: {type(error).__name__}", "bad")


def _rows(view: ProbeView) -> Iterator[Row]:
    for number, (line, trees) in enumerate(view.commands):
        yield Row((Piece(line, "bright"),), key=("command", number), hanging=4, wrap=True)
        for words in trees:
            yield Row((Piece(words, "dim"),), indent=2, wrap=True)
    for number, why in enumerate(view.missing):
        yield Row((Piece("⊘ ", "dim"), Piece(why)), key=("missing", number), hanging=2, wrap=True)
    yield BLANK
    for number, words in enumerate(view.containment):
        mark = Piece("", "dim") if view.is_contained else Piece("! ", "warn")
        yield Row((mark, Piece(words, "normal" if view.is_contained else "warn")), key=("shut", number), wrap=True)
