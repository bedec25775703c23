"""After the signature: what was signed, with which key, where it was stored, and the command that checks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.screen import Screen

from reviewer.tui.row import BLANK, Piece, Row
from reviewer.tui.widgets.lines import OneLine
from reviewer.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from reviewer.review.event import VerdictKind
    from reviewer.tui.screens.source import ReceiptView

_COLUMNS = 16


class ReceiptScreen(Screen[None]):
    """The receipt. Every way out leads back to the review."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "Back to the review", show=False),
        Binding("y", "copy", "Copy the command", show=False),
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
    ]

    def __init__(self, receipt: ReceiptView, kind: VerdictKind) -> None:
        super().__init__()
        self._receipt = receipt
        self._kind = kind

    def compose(self) -> ComposeResult:
        """Lay out the receipt."""
        yield OneLine(id="header")
        yield RowList(id="statement", shows_cursor=False)
        yield OneLine(id="footer")

    def on_mount(self) -> None:
        """Show it."""
        title = "Approved and signed" if self._kind == "approved" else "Changes requested and signed"
        self.query_one("#header", OneLine).show([[Piece("✓ ", "good"), Piece(title, "name")]])
        keys = [("y", "copy the command"), ("Esc", "back to the review")]
        self.query_one("#footer", OneLine).show([[Piece(k, "bright"), Piece(f" {word}", "dim")] for k, word in keys])
        rows = self.query_one(RowList)
        rows.set_rows(receipt_rows(self._receipt))
        rows.focus()

    def action_close(self) -> None:
        """Go back to the review."""
        self.app.pop_screen()

    def action_copy(self) -> None:
        """Copy the command that checks the signature."""
        self.app.copy_to_clipboard(self._receipt.check_command)
        self.query_one("#footer", OneLine).show([[Piece("Copied the command.")]])

    def action_move(self, rows: int) -> None:
        """Read on."""
        self.query_one(RowList).move(rows)


def receipt_rows(receipt: ReceiptView) -> list[Row]:
    """Return the receipt as rows."""

    def line(name: str, value: str, key: str) -> Row:
        left = (Piece(name.ljust(_COLUMNS), "dim"), Piece(value, "bright"))
        return Row(left, hanging=_COLUMNS, wrap=True, key=key)

    rows = [
        line("Signed by", receipt.reviewer, "by"),
        line("Key", receipt.fingerprint, "key"),
        line("Statement", f"sha256:{receipt.digest}", "digest"),
        BLANK,
        *(
            line("Stored in" if not number else "", place, f"at{number}")
            for number, place in enumerate(receipt.stored_at)
        ),
        BLANK,
        line("Check it with", receipt.check_command, "check"),
    ]
    for section in receipt.sections:
        rows += [BLANK, Row((Piece(section.title, "name"),), key=("words", section.title))]
        rows += [
            Row((Piece(text),), indent=2, hanging=2, wrap=True, key=("words", section.title, number))
            for number, text in enumerate(section.lines)
        ]
    return rows
