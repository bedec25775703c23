"""The line at the bottom where a person writes a search or a line number; it covers the footer while it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets import Input


class Prompt(Horizontal):
    """One line of input with a sign before it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "close", show=False)]

    class Opened(Message):
        """The line was opened."""

    class Answered(Message):
        """The person wrote something; the text is empty when they closed the line."""

        def __init__(self, purpose: str, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._purpose = ""

    def compose(self) -> ComposeResult:
        """Lay out the sign; the input comes with the first question."""
        yield Static("", id="prompt-sign", markup=False)

    def on_mount(self) -> None:
        """Stay out of the way."""
        self.display = False

    async def ask(self, purpose: str, sign: str, text: str) -> None:
        """Open the line."""
        from textual.widgets import Input

        self._purpose = purpose
        self.query_one("#prompt-sign", Static).update(sign)
        self.post_message(self.Opened())
        if not self.query(Input):
            await self.mount(Input(id="prompt-input", compact=True))
        line = self.query_one(Input)
        line.value = text
        self.display = True
        line.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand over what was written."""
        event.stop()
        self._close(event.value)

    def action_close(self) -> None:
        """Close without anything."""
        self._close("")

    def _close(self, text: str) -> None:
        self.display = False
        self.post_message(self.Answered(self._purpose, text))
