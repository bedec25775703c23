"""The workstation: three panes on one packet, filled as data arrives, never half drawn.

Wires widgets to the review: it is handed a source, opens it in a worker, and gives each widget what it shows. What a
person can do stands in the classes it is made of (moving, marking, viewing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from reviewer.tui.keymap import DEFAULT
from reviewer.tui.pages import status
from reviewer.tui.pages.sections import brief_rows
from reviewer.tui.row import Piece
from reviewer.tui.screens.probing import Probing
from reviewer.tui.widgets.diff_view import DiffView
from reviewer.tui.widgets.lines import OneLine
from reviewer.tui.widgets.prompt import Prompt
from reviewer.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType


class TableDiff(DiffView, inherit_bindings=False):
    """The diff with no keys of its own: the table of actions has them all."""


class ReviewScreen(Probing, inherit_bindings=False):
    """The review of one packet. A person's own keys are laid over these by the app's keymap."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *DEFAULT.bindings(),
        Binding("ctrl+c,super+c", "screen.copy_text", "Copy selected text", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the header, three panes and the footer."""
        yield OneLine(id="header")
        yield OneLine(id="tabs")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield OneLine(id="brief-label", classes="label")
                yield RowList(id="brief", click_opens=True)
                yield OneLine(id="files-label", classes="label")
                yield RowList(id="files", click_opens=True, idle_cursor=True)
            with Vertical(id="middle"):
                yield OneLine(id="place")
                yield TableDiff(id="diff")
                yield RowList(id="page")
                yield OneLine(id="why")
                yield RowList(id="reason", click_opens=True)
            with Vertical(id="right"):
                yield RowList(id="checklist")
        yield OneLine(id="footer")
        yield Prompt(id="prompt")

    def on_mount(self) -> None:
        """Draw the frame that data will fill, and begin to read."""
        self.query_one("#brief-label", OneLine).show([[Piece("Brief", "dim")]])
        self.query_one("#files-label", OneLine).show([[Piece("Files", "dim")]])
        self.rows("brief").set_rows(brief_rows(None, self.keymap))
        self.query_one("#header", OneLine).show(
            status.header_groups(self.source.name, None), status.header_state(None, None, None, None)
        )
        if self.look is not None:
            self.order = self.look.order
            self.diff.mode = self.look.layout
            self.diff.wrap = self.look.wrap
            self.diff.words = self.look.word_diff
            self.diff.numbers = self.look.numbers
        self.draw_middle()
        self.arrange_panes()
        self.diff.focus()
        self.draw_footer()
        self.load()

    def on_resize(self, event: events.Resize) -> None:
        """Fold and unfold panes for another width."""
        del event
        self.arrange_panes()
        self.draw_footer()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Open what was chosen in one of the lists."""
        event.stop()
        key = event.key
        if isinstance(key, tuple):
            self.open_key(str(event.control.id), key)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """Forget what was said."""
        event.stop()
        self.quiet()

    def on_diff_view_cursor_moved(self) -> None:
        """Follow the cursor in the line above and the line below."""
        self.draw_place()
        self.quiet()

    def on_diff_view_hunk_shown(self, event: DiffView.HunkShown) -> None:
        """Remember what was completely on the screen: only that can be marked as seen."""
        self.shown_units.update(event.units)

    def on_diff_view_note_activated(self, event: DiffView.NoteActivated) -> None:
        """Remember the note that was opened."""
        self.note = event.note

    def on_diff_view_searched(self, event: DiffView.Searched) -> None:
        """Say how many rows match."""
        if event.done and event.pattern:
            self.say(f"{event.count:,} {'row matches' if event.count == 1 else 'rows match'} “{event.pattern}”", "dim")

    def on_diff_view_told(self, event: DiffView.Told) -> None:
        """Say what could not be done."""
        self.say(event.sentence)

    def on_descendant_focus(self) -> None:
        """Name the keys of the pane that has the focus now, however it got there."""
        if self.focused is self.diff or isinstance(self.focused, RowList):
            self._last_pane = self.pane
        self.arrange_panes()
        self.draw_footer()

    def on_click(self) -> None:
        """Forget what was said."""
        self.quiet()
