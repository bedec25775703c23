"""Dialogs that show something to read: a list to choose from, a command's output, the searchable help, the themes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from reviewer.text import display_safe, plural
from reviewer.tui.keymap import DIALOG_ACTIONS, GROUPS, Keymap
from reviewer.tui.pages.sections import SECTIONS
from reviewer.tui.row import BLANK, Piece, Row, label
from reviewer.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

_LIST_KEYS: tuple[tuple[str, str], ...] = (
    ("down,j", "move(1)"),
    ("up,k", "move(-1)"),
    ("pagedown,ctrl+d,space", "page(1)"),
    ("pageup,ctrl+u,b", "page(-1)"),
    ("home,g", "top"),
    ("end,G", "bottom"),
    ("slash", "search"),
    ("n", "match(1)"),
    ("N", "match(-1)"),
    ("q", "cancel"),
)
_ELSEWHERE = (
    ("Ctrl+P", "Command palette"),
    ("5j 12G", "A count goes before a move"),
    ("click wheel", "Select; scroll what is under the mouse; drag marks a range"),
    ("config.toml", "In your own configuration folder: [keymap] with the names on the right moves keys"),
)
MAX_LOG_LINES = 200_000


class ListDialog(ModalScreen[object]):
    """Rows over the whole screen; Enter chooses the one under the cursor, `/` searches."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(action.keys, action.name, action.title, show=False) for action in DIALOG_ACTIONS),
        *(Binding(keys, action, "", show=False) for keys, action in _LIST_KEYS),
        Binding("enter", "save", "choose", show=False),
    ]

    def __init__(self, title: str, rows: Sequence[Row], *, hint: str = "Enter choose   / search   Esc close") -> None:
        super().__init__()
        self._title = display_safe(title)
        self._rows = tuple(rows)
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Lay out the title, the rows, the search line and the keys."""
        with Vertical(id="dialog", classes="-tall"):
            yield Static(self._title, classes="dialog--title", markup=False)
            yield RowList(id="list")
            yield Input(id="find", placeholder="search", compact=True)
            yield Static(self._hint, classes="dialog--hint", markup=False)

    def on_mount(self) -> None:
        """Show the rows."""
        self.query_one("#find").display = False
        rows = self.query_one(RowList)
        rows.set_rows(self._rows)
        rows.focus()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Choose with the mouse."""
        event.stop()
        self.action_save()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while the person writes."""
        rows = self.query_one(RowList)
        rows.search(event.value)
        rows.top()
        rows.next_match()

    def on_input_submitted(self) -> None:
        """Go back to the list with the search kept."""
        self.query_one("#find").display = False
        self.query_one(RowList).focus()

    def action_cancel(self) -> None:
        """Close the search, then the list."""
        find = self.query_one("#find", Input)
        if find.display:
            find.value = ""
            self.on_input_submitted()
            return
        self.dismiss(None)

    def action_save(self) -> None:
        """Close with what is under the cursor."""
        self.dismiss(self.query_one(RowList).key)

    def action_search(self) -> None:
        """Open the search line."""
        find = self.query_one("#find", Input)
        find.display = True
        find.focus()

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.query_one(RowList).move(rows)

    def action_page(self, pages: int) -> None:
        """Move by a page."""
        self.query_one(RowList).page(pages)

    def action_top(self) -> None:
        """Go to the first row."""
        self.query_one(RowList).top()

    def action_bottom(self) -> None:
        """Go to the last row."""
        self.query_one(RowList).bottom()

    def action_match(self, step: int) -> None:
        """Go to another match."""
        self.query_one(RowList).next_match(step)


class ThemeDialog(ListDialog):
    """The themes; the one under the cursor is shown at once, Escape goes back to the one before."""

    def __init__(self, themes: Sequence[tuple[str, str]], current: str, preview: Callable[[str], None]) -> None:
        """Prepare the list.

        Args:
            themes: name and title of each.
            current: the name of the one in use.
            preview: shows a theme by name.
        """
        rows = [Row((Piece(title),), (Piece(name, "dim"),), key=name) for name, title in themes]
        super().__init__("Theme", rows, hint="j k preview   Enter keep   Esc back")
        self._current = current
        self._preview = preview

    def on_mount(self) -> None:
        """Start at the theme in use."""
        super().on_mount()
        self.query_one("#dialog").remove_class("-tall")
        self.query_one(RowList).select(self._current)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """Show the theme under the cursor."""
        event.stop()
        self._preview(str(event.key))

    def action_cancel(self) -> None:
        """Go back to the theme before."""
        self._preview(self._current)
        super().action_cancel()


class LogDialog(ListDialog):
    """A command's whole output, inert: what it would have done to a terminal is written out."""

    def __init__(self, title: str, data: bytes) -> None:
        lines = data.split(b"\n")
        if lines and not lines[-1]:
            lines.pop()
        width = len(str(len(lines)))
        rows = [
            Row((Piece(f"{number:>{width}}  ", "dim"), Piece(_text(line))), key=number)
            for number, line in enumerate(lines[:MAX_LOG_LINES], 1)
        ]
        if len(lines) > MAX_LOG_LINES:
            rows.append(label(f"{plural(len(lines) - MAX_LOG_LINES, 'line')} more are not shown here"))
        if not rows:
            rows = [label("The command wrote nothing.")]
        super().__init__(title, rows, hint="/ search   n N matches   Esc close")

    def action_save(self) -> None:
        """Nothing to choose in a log."""

    def on_click(self, event: events.Click) -> None:
        """Keep clicks inside."""
        event.stop()


class HelpDialog(ListDialog):
    """Every action with its keys, by group, searchable."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__("Keys", help_rows(keymap), hint="/ search   Esc close")

    def action_save(self) -> None:
        """Close."""
        self.dismiss(None)


def help_rows(keymap: Keymap) -> list[Row]:
    """Return every action of the table, once, under its group."""
    rows: list[Row] = []
    for group in GROUPS:
        rows += [*([BLANK] if rows else []), label(group)]
        for action in keymap.actions:
            if action.group != group:
                continue
            section = action.name.removeprefix("section_")
            title = SECTIONS[int(section) - 1].title if section.isdecimal() else ""
            words = f"Brief: {title[:1].lower()}{title[1:]}" if title else action.title
            rows.append(_entry(action.all_shown, words, action.name))
    rows += [
        BLANK,
        label("Elsewhere"),
        *(_entry(keys, words, keys) for keys, words in _ELSEWHERE),
    ]
    return rows


def _entry(keys: str, words: str, name: str) -> Row:
    right = () if name == keys else (Piece(name, "dim"),)
    return Row((Piece(keys.ljust(16), "bright"), Piece(words)), right, key=name)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape").removesuffix("\r")
