"""What floats over the workstation for one decision: a frame, its keys, and a text editor.

Takes what is to be decided in, dismisses with the decision or None. Knows nothing of reviews or journals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from reviewer.text import display_block, display_safe
from reviewer.tui.keymap import DIALOG_ACTIONS

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

T = TypeVar("T")


class Dialog(ModalScreen[T | None], Generic[T]):
    """A framed question. Escape closes it without a decision."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(action.keys, action.name, action.title, show=False) for action in DIALOG_ACTIONS
    ]
    hint = "Ctrl+S save   Esc close"

    def __init__(self, title: str, note: str = "") -> None:
        super().__init__()
        self._title = display_safe(title)
        self._note = display_block(note)

    def compose(self) -> ComposeResult:
        """Lay out the title, the question and the keys."""
        with Vertical(id="dialog"):
            yield Static(self._title, classes="dialog--title", markup=False)
            if self._note:
                yield Static(self._note, classes="dialog--note", markup=False)
            yield from self.body()
            problem = Static("", classes="dialog--problem", markup=False)
            problem.display = False
            yield problem
            yield Static(self.hint, classes="dialog--hint", markup=False)

    def body(self) -> list[Widget]:
        """Return what stands between the question and the keys."""
        return []

    def problem(self, text: str) -> None:
        """Say why this cannot be saved as it is."""
        line = self.query_one(".dialog--problem", Static)
        line.display = True
        line.update(display_safe(text))

    def action_cancel(self) -> None:
        """Close without a decision."""
        self.dismiss(None)

    def action_save(self) -> None:
        """Close with the decision."""


class TextEditor(TextArea):
    """A text area where Enter saves and Ctrl+J or Shift+Enter begins a line, as in other review tools."""

    class Submitted(Message):
        """The person is done writing."""

    def on_key(self, event: events.Key) -> None:
        """Tell the two kinds of Enter apart before the text area takes both as a new line."""
        if event.key == "enter":
            event.prevent_default()
            event.stop()
            self.post_message(self.Submitted())
        elif event.key in {"ctrl+j", "shift+enter"}:
            event.prevent_default()
            event.stop()
            self.insert("\n")


class TextDialog(Dialog[str]):
    """Asks for some text: a comment, a reason."""

    hint = "Enter save   Ctrl+J new line   Esc close"

    def __init__(self, title: str, note: str = "", *, text: str = "", required: str = "") -> None:
        """Prepare the editor.

        Args:
            title: what the text is for.
            note: what it is about.
            text: to begin with.
            required: what to say when nothing was written; empty if that is fine.
        """
        super().__init__(title, note)
        self._text = display_block(text)
        self._required = required

    def body(self) -> list[Widget]:
        """Return the editor."""
        return [TextEditor(self._text, id="editor", soft_wrap=True, show_line_numbers=False)]

    def on_mount(self) -> None:
        """Go to the end of the text."""
        editor = self.query_one(TextEditor)
        editor.move_cursor(editor.document.end)
        editor.focus()

    def on_text_editor_submitted(self) -> None:
        """Save on Enter."""
        self.action_save()

    def action_save(self) -> None:
        """Close with the text, unless one is required and none is there."""
        text = self.query_one(TextEditor).text.strip()
        if not text and self._required:
            self.problem(self._required)
            return
        self.dismiss(text)
