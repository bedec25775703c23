"""The evidence of one finding over the whole screen: opened with one key, read in a worker, left with another.

Reading may ask the repository, so the frame is there first and the rows follow.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from reviewer.text import display_safe
from reviewer.tui.pages.evidence import Material, evidence, named, named_files
from reviewer.tui.row import label
from reviewer.tui.screens.reading import ListDialog
from reviewer.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual import events

    from reviewer.checks.finding import Finding
    from reviewer.tui.screens.source import ReviewDesk

_MOST_FILES = 6
_LEADS = frozenset({"command", "moment"})
"""Kinds of rows that lead somewhere."""
_FRAME = 8
"""Columns that the frame, its padding and the scroll bar take."""


class EvidenceDialog(ListDialog):
    """What stands behind a finding; Enter on a command or an event closes with its key, to go there."""

    def __init__(self, finding: Finding, review: ReviewDesk) -> None:
        super().__init__(
            display_safe(finding.message),
            [label("Reading …")],
            hint="Enter opens a command or an event   / search   Esc close",
        )
        self._finding = finding
        self._review = review
        self._material: Material | None = None

    def on_mount(self) -> None:
        """Show the frame, and begin to read."""
        super().on_mount()
        self.query_one("#dialog").add_class("-wide")
        self.run_worker(self._read, thread=True, exit_on_error=False)

    def on_resize(self, event: events.Resize) -> None:
        """Lay the rows out for another width."""
        del event
        self._show()

    def action_save(self) -> None:
        """Go where the row under the cursor leads; other rows are there to be read."""
        key = self.query_one(RowList).key
        if isinstance(key, tuple) and key[0] in _LEADS:
            self.dismiss(key)

    def _read(self) -> None:
        material = gather(self._finding, self._review)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._take, material)

    def _take(self, material: Material) -> None:
        self._material = material
        self._show()

    def _show(self) -> None:
        if self._material is not None and self.is_mounted:
            columns = self.app.size.width - _FRAME
            rows = evidence(self._material, columns)
            # Every row can be reached, so that the page is read like any other.
            reachable = [
                one if one.key is not None else replace(one, key=("line", place)) for place, one in enumerate(rows)
            ]
            self.query_one(RowList).set_rows(reachable)


def gather(finding: Finding, review: ReviewDesk) -> Material:
    """Read what a finding is about; slow."""
    wanted = named(finding, "command")
    commands = {row.n: row for row in review.manifest.command if row.n in wanted}
    others = [path for path, _ in named_files(finding)][:_MOST_FILES]
    return Material(
        finding=finding,
        old=None if finding.file is None else review.source(finding.file, "old"),
        new=None if finding.file is None else review.source(finding.file, "new"),
        elsewhere={path: review.source(path, "new") for path in others},
        commands=commands,
        logs={n: review.log(row.log) for n, row in commands.items() if row.log is not None},
        result=next((one for one in review.results if one.mode == finding.mode), None),
        probed=review.probed,
    )
