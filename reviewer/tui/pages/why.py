"""Why a line is there: the turn and the command that led to the edit behind it.

Derived from the order of events, and said so; a file that no recorded edit touched says that instead of nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Command, Edit, Prompt
from reviewer.text import clip
from reviewer.tui.pages.field import state_pieces
from reviewer.tui.row import Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.event import Event

_TELLING = frozenset({"passed", "failed", "denied"})


def why(events: Sequence[Event], path: str, line: str = "") -> list[Piece]:
    """Return the sentence for a line of a changed file.

    Args:
        events: the run, in order.
        path: the file below the repository's root.
        line: the text of the line under the cursor, without its sign; finds the right edit where patches are recorded.
    """
    if not events:
        return [Piece("⊘ why this line: no run recorded", "dim")]
    edit = _edit_of(events, path, line)
    if edit is None:
        return [Piece("⊘ why this line: no recorded edit of this file", "dim")]
    before = [event for event in events if event.seq < edit.seq]
    command = next((e for e in reversed(before) if isinstance(e, Command) and e.state in _TELLING), None)
    prompt = next((e for e in reversed(before) if isinstance(e, Prompt)), None)
    pieces = [Piece("why this line  ", "dim"), Piece(f"turn {edit.turn}")]
    if command is not None and (prompt is None or command.seq > prompt.seq):
        glyph, word = state_pieces(command.state)
        pieces += [Piece(f", after command {command.n} {word} "), glyph, Piece(f" {_short(command.line)}", "dim")]
    elif prompt is not None:
        pieces += [Piece(", asked: "), Piece(_short(prompt.text), "dim")]
    return pieces


def event_behind(events: Sequence[Event], path: str, line: str = "") -> int | None:
    """Return the number of the event that made a line, to open the timeline there."""
    edit = _edit_of(events, path, line)
    return None if edit is None else edit.seq


def _edit_of(events: Sequence[Event], path: str, line: str) -> Edit | None:
    edits = [e for e in events if isinstance(e, Edit) and e.repo_path == path and e.applied is not False]
    wanted = line.strip()
    if wanted:
        for edit in reversed(edits):
            if edit.patch is not None and wanted in edit.patch:
                return edit
    return edits[-1] if edits else None


def _short(text: str) -> str:
    return clip(" ".join(text.split()), 120)
