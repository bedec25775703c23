"""The Textual application: registers themes, keys and commands, and pushes the review. Holds no state of a review."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App

from reviewer.tui.keymap import ACTIONS, DEFAULT, Keymap
from reviewer.tui.screens.review import ReviewScreen
from reviewer.tui.theme import DEFAULT_THEME, theme_named, variable_defaults

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePath

    from textual.app import SystemCommand
    from textual.binding import BindingType
    from textual.command import Provider
    from textual.screen import Screen

    from reviewer.tui.screens.source import ReviewSource
    from reviewer.workflow.settings import Look


_SWITCH_SECONDS = 0.001


def _commands() -> type[Provider]:
    from reviewer.tui.commands import ReviewCommands

    return ReviewCommands


class ReviewApp(App[str]):
    """The workstation on one packet. Exits with a sentence about what is unfinished."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "app.tcss",
        "screens/review.tcss",
        "screens/dialog.tcss",
        "screens/verdict.tcss",
    ]
    COMMANDS: ClassVar = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = []
    TITLE = "reviewer"
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, source: ReviewSource[Any], *, keymap: Keymap = DEFAULT, look: Look | None = None) -> None:
        """Prepare the workstation.

        Args:
            source: the packet.
            keymap: the table of actions with the person's own keys.
            look: how it starts; an unknown theme falls back to the default.
        """
        super().__init__()
        # A key passes through three threads on its way to the screen; each would wait this long for a busy worker.
        sys.setswitchinterval(_SWITCH_SECONDS)
        wanted = look.theme if look is not None else None
        # One of Textual's own is known already; of ours, the rest are registered when somebody chooses.
        known = wanted in self.available_themes
        theme = theme_named(wanted or DEFAULT_THEME) or (None if known else theme_named(DEFAULT_THEME))
        if theme is not None:
            self.register_theme(theme.textual)
        self.theme = theme.name if theme is not None else wanted or DEFAULT_THEME
        usual = {action.name: action.keys for action in ACTIONS}
        self.set_keymap({action.name: action.keys for action in keymap.actions if action.keys != usual[action.name]})
        self._first = ReviewScreen(source, keymap, look)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our own variables, so that styles parse under Textual's themes too."""
        return variable_defaults()

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002 - Textual's signature
        """Take over the theme's colours; before there is a screen, its first styling reads them anyway."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> ReviewScreen:
        """Start on the review, without a blank screen below it."""
        return self._first

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer only our own commands: Textual's screenshot and key panel would write files and take room."""
        del screen
        return ()

    def action_change_theme(self) -> None:
        """Choose a theme our way."""
        screen = self.screen
        if isinstance(screen, ReviewScreen):
            screen.action_choose_theme()
