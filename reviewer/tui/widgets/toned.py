"""Tones as colours: what "dim" or "bad" looks like under the theme in use, on the surface that a widget stands on.

One look-up a tone and theme. Component classes would do the same, but each of them is styled again for every widget
before the first paint, which costs more than everything else on the screen together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

if TYPE_CHECKING:
    from reviewer.tui.row import Tone

_COLOURS: dict[Tone, str] = {
    "bright": "bright",
    "normal": "foreground",
    "dim": "label",
    "name": "bright",
    "accent": "accent",
    "high": "severity-high",
    "medium": "severity-medium",
    "low": "severity-low",
    "good": "success",
    "bad": "error",
    "warn": "warning",
    "prose": "foreground",
}


class Toned(Widget):
    """A widget whose text is in tones."""

    _toned: dict[tuple[Tone, str], Style] | None = None

    def tone(self, tone: Tone, over: str = "") -> Style:
        """Return the style of a tone, on the widget's own surface or on the colour with the name `over`."""
        if self._toned is None:
            self._toned = {}
        found = self._toned.get((tone, over))
        if found is None:
            colours = self.app.theme_variables
            ground = Color.parse(colours[over]) if over else self.background_colors[1]
            # Where a theme names the text on a patch of colour, that is what can be read there.
            colour = colours.get(f"{over}-text", colours[_COLOURS[tone]])
            found = Style(
                color=Color.parse(colour).rich_color,
                bgcolor=ground.rich_color,
                bold=tone == "name",
                italic=tone == "prose",
            )
            self._toned[tone, over] = found
        return found

    def notify_style_update(self) -> None:
        """Forget the styles when the theme or the surface changes."""
        self._toned = None
        super().notify_style_update()
