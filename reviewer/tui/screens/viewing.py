"""How things are shown, and what leaves the screen: layout, themes, the editor, copying, help, reload, leaving.

An editor gets a private copy outside the packet; what is copied has passed the sanitiser.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reviewer.errors import ReviewerError
from reviewer.text import display_block
from reviewer.tui.screens.handover import InterruptedHereError, hand_over
from reviewer.tui.screens.marking import Marking
from reviewer.tui.theme import themes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reviewer.tui.row import Tone
    from reviewer.tui.widgets.diff_canvas import Mode

_LAYOUTS: tuple[Mode, ...] = ("auto", "unified", "split")
_LINE_FLAG_EDITORS = {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "ne", "mg"}


class Viewing(Marking):
    """The toggles and the ways out."""

    order = "guided"

    def action_cycle_layout(self) -> None:
        """Go from by-width to unified to split."""
        mode = _LAYOUTS[(_LAYOUTS.index(self.diff.mode) + 1) % len(_LAYOUTS)]
        self.diff.mode = mode
        self.arrange_panes()
        self.say({"auto": "Layout by width", "unified": "Unified", "split": "Side by side"}[mode], "dim")

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or scroll sideways."""
        self.diff.wrap = not self.diff.wrap
        self.say("Long lines wrap" if self.diff.wrap else "Long lines scroll sideways with h and l", "dim")

    def action_toggle_words(self) -> None:
        """Mark changed words, or whole lines only."""
        self.diff.words = not self.diff.words
        self.say("Changed words are marked" if self.diff.words else "Changed words are not marked", "dim")

    def action_toggle_numbers(self) -> None:
        """Show line numbers, or give their columns to the text."""
        self.diff.numbers = not self.diff.numbers

    def action_cycle_order(self) -> None:
        """Read in the guided order, or by path."""
        self.order = "path" if self.order == "guided" else "guided"
        self.draw()
        self.say("Guided order" if self.order == "guided" else "Order by path", "dim")

    def action_choose_theme(self) -> None:
        """Choose a theme; the one under the cursor is shown at once."""
        from reviewer.tui.screens.reading import ThemeDialog

        def preview(name: str) -> None:
            self.app.theme = name

        for theme in themes().themes.values():
            self.app.register_theme(theme.textual)
        known = [(name, theme.title) for name, theme in themes().themes.items()]
        self.app.push_screen(ThemeDialog(known, self.app.theme, preview))

    def action_toggle_blind(self) -> None:
        """Cover the agent's words until every hunk is seen, or show them."""
        self.covered = not self.covered
        self.refresh_page()
        self.say("Blind first: the agent's words are covered" if self.covered else "The agent's words are shown", "dim")

    def action_zoom(self) -> None:
        """Let the pane that has the focus fill the screen, or put the others back."""
        self.zoomed = not self.zoomed
        self.arrange_panes()

    def action_toggle_brief(self) -> None:
        """Fold the brief and the files away, or bring them out."""
        self.folded ^= {"brief"}
        if "brief" in self.folded and self.pane in {"brief", "files"}:
            self.focus_pane("page" if self.section else "diff")
        elif "brief" not in self.folded and not self.query_one("#left").display:
            self.focus_pane("files")
        self.arrange_panes()

    def action_toggle_checklist(self) -> None:
        """Open the checklist, or go back to the diff when it is a drawer."""
        if self.pane == "checklist":
            if not self.query_one("#right").has_class("-drawer"):
                self.folded.add("checklist")
            self.focus_pane("page" if self.section else "diff")
            return
        self.folded.discard("checklist")
        self.focus_pane("checklist")

    def action_leave(self) -> None:
        """Undo the nearest of: a count, a search, a selection, zoom, an open section, a drawer."""
        rows = self.focused_rows()
        if self.count:
            self.count = 0
            self.draw_footer()
        elif rows is not None and rows.searching:
            rows.search("")
        elif rows is None and self._clear_diff():
            return
        elif self.zoomed:
            self.action_zoom()
        elif self.section:
            self.open_section(0)
            self.focus_pane("diff")
        elif self.pane != "diff":
            self.focus_pane("diff")
        else:
            self.stop_examining()

    def action_quit_review(self) -> None:
        """Leave the open section, else the program; nothing is lost, and what is unfinished is said."""
        if self.section:
            self.open_section(0)
            self.focus_pane("diff")
            return
        if self.pane != "diff" and (self.query_one("#right").has_class("-drawer") or self.query_one("#tabs").display):
            self.focus_pane("diff")
            return
        self.app.exit(self.unfinished())

    def action_help(self) -> None:
        """Show every key."""
        from reviewer.tui.screens.reading import HelpDialog

        self.app.push_screen(HelpDialog(self.keymap))

    def action_reload(self) -> None:
        """Read the packet again, keeping place and marks."""
        self.load()

    def action_copy(self) -> None:
        """Copy the selected lines, or the row under the cursor, as safe text."""
        rows = self.focused_rows()
        if rows is None:
            text = self.diff.selected_text() if self.diff.cursor_spot is not None else ""
        else:
            text = next((row.text for row in rows.rows if row.key == rows.key), "")
        if not text:
            self.say("There is nothing to copy here.")
            return
        self.app.copy_to_clipboard(display_block(text))
        count = text.count("\n") + 1
        self.say(f"Copied {count:,} {'line' if count == 1 else 'lines'}.", "dim")

    def action_edit(self) -> None:
        """Open a private copy of the file at the line under the cursor in the person's editor."""
        review = self.review
        file = self.diff.file
        if review is None or file is None:
            self.say("The editor needs a file of the diff.")
            return
        data = review.blob(file, "new")
        if data is None:
            self.say("The packet does not hold this file's content.")
            return
        try:
            copy = self.source.copy_path(file)
            copy.write_bytes(data)
        except (OSError, ReviewerError) as error:
            self.say(f"The copy could not be written: {error}", "bad")
            return
        here = self.diff.location
        self._run_editor(copy, here.line if here is not None and here.side == "new" else 1)

    def load(self) -> None:
        """Read the packet in a worker."""
        raise NotImplementedError

    def stop_examining(self) -> bool:
        """Stop proof and checks; return whether they were at work."""
        raise NotImplementedError

    def refresh_page(self) -> None:
        """Draw the open section again."""
        raise NotImplementedError

    def unfinished(self) -> str:
        """Return what is left to do, one sentence."""
        raise NotImplementedError

    def _clear_diff(self) -> bool:
        if self.diff.selection is not None:
            self.diff.action_toggle_selection()
        elif self.diff.match_count:
            self.diff.clear_search()
        else:
            return False
        return True

    def _run_editor(self, copy: Path, line: int) -> None:
        import subprocess

        from textual.app import SuspendNotSupported

        command = editor_command(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi", copy, line)
        tone: Tone = "dim"
        said = "That was a copy: the packet is as it was."
        try:
            # The person's own editor, from their own environment, is meant to run.
            hand_over(self.app, lambda: subprocess.run(command, check=False))  # noqa: S603
        except SuspendNotSupported:
            said = f"No editor can open here. The copy is at {copy}"
        except InterruptedHereError:
            said = "The editor was interrupted; that was a copy."
        except OSError as error:
            said, tone = f"{command[0]}: {error.strerror}. The copy is at {copy}", "bad"
        self.say(said, tone)


def editor_command(editor: str, path: Path, line: int) -> Sequence[str]:
    """Return the command that opens `path` at `line` (from 1); editors that take no `+line` get the path alone."""
    import shlex

    words = shlex.split(editor) or ["vi"]
    name = words[0].rsplit("/", 1)[-1]
    if name in {"code", "codium", "cursor"}:
        return [*words, "--wait", "--goto", f"{path}:{line}"]
    if name in {"hx", "helix", "subl", "zed"}:
        return [*words, f"{path}:{line}"]
    return [*words, f"+{line}", str(path)] if name in _LINE_FLAG_EDITORS else [*words, str(path)]
