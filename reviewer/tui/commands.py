"""The command palette: every action of the table that makes sense by name, with its key beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from reviewer.tui.pages.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.tui.keymap import Keymap


class ReviewCommands(Provider):
    """Offers the actions of the screen below the palette."""

    async def discover(self) -> Hits:
        """Yield everything, in the order of the table."""
        for title, note, action in self._entries():
            yield DiscoveryHit(title, partial(self.screen.run_action, action), help=note)

    async def search(self, query: str) -> Hits:
        """Yield what matches."""
        matcher = self.matcher(query)
        for title, note, action in self._entries():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), partial(self.screen.run_action, action), help=note)

    def _entries(self) -> Iterator[tuple[str, str, str]]:
        keymap: Keymap | None = getattr(self.screen, "keymap", None)
        if keymap is None:
            return
        for action in keymap.actions:
            if action.palette:
                yield action.title, f"{action.group}   {action.all_shown}", action.call
        for section in SECTIONS:
            yield f"Brief: {section.title}", f"Panes   {section.number}", f"section_now({section.number})"
