"""How everything in the diff looks under one theme: ready Rich styles by surface, state and meaning.

Made once for a theme; every look-up after the first is one dictionary access. Knows themes; nothing of rows or widgets.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import Color

from reviewer.tui.render.syntax import CLASSES

if TYPE_CHECKING:
    from rich.color import Color as RichColor

    from reviewer.tui.theme import ReviewTheme

FAINT = 31
"""The class of characters that are not the line's own; above every class of `syntax.CLASSES`."""
CLASS_MASK, WORD, MATCH, HAZARD = 31, 32, 64, 128


class Surface(IntEnum):
    """What a row is drawn on."""

    PLAIN = 0
    ADDED = 1
    REMOVED = 2
    META = 3
    HUNK = 4
    FILE = 5
    NOTE = 6
    ABSENT = 7


class State(IntEnum):
    """Whether the cursor is on the row (of a focused view or not), or the row is selected."""

    REST = 0
    CURSOR = 1
    BLURRED = 2
    SELECTED = 3


_GROUND = {
    Surface.PLAIN: "background",
    Surface.ADDED: "added",
    Surface.REMOVED: "removed",
    Surface.META: "background",
    Surface.HUNK: "hunk",
    Surface.FILE: "file",
    Surface.NOTE: "note",
    Surface.ABSENT: "absent",
}
_CURSOR = {Surface.ADDED: "added-cursor", Surface.REMOVED: "removed-cursor"}
_QUIET = ("label", "dim", "gutter", "hunk-text", "severity-info")


class Look:
    """Styles of one theme."""

    def __init__(self, theme: ReviewTheme) -> None:
        """Take the colours of `theme`."""
        self.theme = theme
        palette = theme.textual
        names = {"background": palette.background, "foreground": palette.foreground, **theme.tokens}
        self._colours: dict[str, RichColor] = {k: Color.parse(v).rich_color for k, v in names.items() if v is not None}
        for side in ("added", "removed"):
            sign, ground = (Color.parse(theme.tokens[name]) for name in (f"{side}-sign", side))
            quiet = sign if theme.ansi else sign.blend(ground, 0.25)
            self._colours[f"{side}-number"] = quiet.rich_color
        self._syntax = [Color.parse(style.colour).rich_color for style in theme.syntax.styles]
        self._code: dict[tuple[Surface, State, int], Style] = {}
        self._role: dict[tuple[Surface, State, str, bool], Style] = {}

    def code(self, surface: Surface, state: State, code: int) -> Style:
        """Return the style of a character: its syntax class with the flags `WORD`, `MATCH` and `HAZARD`."""
        key = (surface, state, code)
        style = self._code.get(key)
        if style is None:
            style = self._code[key] = self._make(surface, state, code)
        return style

    def role(self, surface: Surface, state: State, role: str, *, bold: bool = False) -> Style:
        """Return the style of text in the colour of a token ("label", "added-sign", "foreground")."""
        key = (surface, state, role, bold)
        style = self._role.get(key)
        if style is None:
            style = self._role[key] = Style(
                color=self._text(role, state),
                bgcolor=self._ground(surface, state),
                bold=bold or self._marks_cursor(state) or None,
                dim=(self.theme.ansi and role in _QUIET) or None,
            )
        return style

    def _make(self, surface: Surface, state: State, code: int) -> Style:
        ground, kind = self._ground(surface, state), code & CLASS_MASK
        if code & HAZARD:
            return Style(color=self._colours["hazard"], bgcolor=self._colours["hazard-tint"], bold=True)
        if kind >= len(CLASSES):
            return self.role(surface, state, "label")
        written = self.theme.syntax.styles[kind]
        colour, dim = self._syntax[kind], written.dim
        if surface in (Surface.META, Surface.HUNK):
            colour, dim = self._colours["hunk-text"], self.theme.ansi
        if state is State.SELECTED and (text := self._colours.get("selection-text")):
            colour, dim = text, False
        if code & MATCH:
            here = state in (State.CURSOR, State.BLURRED)
            ground, dim = self._colours["match-current" if here else "match"], False
            colour = self._colours["match-current-text"] if here else self._colours.get("match-text", colour)
        elif code & WORD and surface in (Surface.ADDED, Surface.REMOVED):
            ground, dim = self._colours["added-word" if surface is Surface.ADDED else "removed-word"], False
            colour = self._colours.get("word-text", colour)
        return Style(
            color=colour,
            bgcolor=ground,
            bold=written.bold or self._marks_cursor(state) or None,
            italic=written.italic or None,
            underline=written.underline or None,
            dim=dim or None,
        )

    def _text(self, role: str, state: State) -> RichColor:
        if state is State.SELECTED and (text := self._colours.get("selection-text")):
            return text
        return self._colours[role]

    def _marks_cursor(self, state: State) -> bool:
        # Sixteen colours have no tint for the cursor's row: it is bold there.
        return self.theme.ansi and state is State.CURSOR

    def _ground(self, surface: Surface, state: State) -> RichColor:
        if state is State.SELECTED:
            return self._colours["selection"]
        if state is State.CURSOR and surface is not Surface.ABSENT:
            return self._colours[_CURSOR.get(surface, "cursor")]
        return self._colours[_GROUND[surface]]
