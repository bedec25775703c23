"""Why a hunk is there: as one line, as a panel, and as a mark in the hunk's own row.

Derived from the run by content, and said so; a hunk that no recorded edit made says that instead of nothing. The
agent's words are quoted as they are, and covered while the change is read before its story.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Command, Edit
from reviewer.text import plural
from reviewer.tui.pages.field import state_pieces
from reviewer.tui.row import Piece, Row, clip_cells, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.event import Event
    from reviewer.run.why import Why
    from reviewer.tui.screens.source import ReasonDesk

_LABEL = 15
_MOST_EDITS = 4
_WORDS_BESIDE = 18
"""Columns that the turn and the kind of words take from the words."""
_SAYS = {"message": "says", "thought": "thinks", "plan": "plans"}


def line(why: Why | None, *, covered: bool) -> list[list[Piece]]:
    """Return the line below the diff: the turn, what failed and passed, the words as far as there is room.

    Args:
        why: None while it is being worked out.
        covered: whether the agent's words may not be shown yet.
    """
    if why is None:
        return [[Piece("why  ", "dim"), Piece("reading the run …", "dim")]]
    if not why.traced:
        return [[Piece("⊘ ", "dim"), Piece("why  ", "dim"), Piece(f"not traceable: {why.reason}", "dim")]]
    pieces = [Piece("why  ", "dim"), Piece(f"{mark(why)}  "), *_around(why)]
    if why.said is not None and not covered:
        pieces += [Piece("  “", "dim"), Piece(f"{why.said.text}”", "prose")]
    return [pieces]


def mark(why: Why) -> str:
    """Return the few words that stand in the hunk's own row."""
    if not why.traced:
        return "not traceable"
    session = f"session {why.session}, " if why.session > 1 else ""
    return f"{session}turn {why.turn}" if why.turn else f"{session}before the first prompt"


def rows(why: Why | None, desk: ReasonDesk, *, covered: bool, columns: int) -> Iterator[Row]:
    """Yield the panel: the turn and the words, the edits in order, the commands before and after.

    Args:
        why: None while it is being worked out.
        desk: finds events and commands by their numbers.
        covered: whether the agent's words may not be shown yet.
        columns: that the panel has.
    """
    if why is None:
        yield label("Reading the run …")
        return
    if not why.traced:
        yield label("Why this hunk")
        text = f"Not traceable: {why.reason}."
        yield Row((Piece("⊘ ", "dim"), Piece(text)), key=("reason", 0), wrap=True, hanging=2)
        return
    traced = f"{why.lines_traced:,} of {plural(why.lines, 'line')}, {why.how}" if why.lines else why.how
    yield label("Why this hunk", traced)
    yield _words(why, covered=covered, columns=columns)
    for seq, share in list(zip(why.edits, why.shares, strict=True))[:_MOST_EDITS]:
        yield _edit(seq, share, desk.event(seq), is_main=seq == why.main)
    if (more := len(why.edits) - _MOST_EDITS) > 0:
        numbers = ", ".join(map(str, why.edits[_MOST_EDITS:]))
        yield Row(
            (Piece("and".ljust(_LABEL), "dim"), Piece(f"{plural(more, 'event')} more: {numbers}", "dim")),
            key=("moment", why.edits[_MOST_EDITS]),
        )
    yield _command("failed before", None if why.failed is None else desk.command(why.failed))
    yield _command("passed after", None if why.passed is None else desk.command(why.passed))


def _around(why: Why) -> Iterator[Piece]:
    if why.failed is not None:
        yield state_pieces("failed")[0]
        yield Piece(f" {why.failed}")
    if why.failed is not None and why.passed is not None:
        yield Piece(" → ", "dim")
    if why.passed is not None:
        yield state_pieces("passed")[0]
        yield Piece(f" {why.passed}")


def _words(why: Why, *, covered: bool, columns: int) -> Row:
    head = Piece(f"{mark(why)}  ", "name")
    if covered:
        return Row((head, Piece("the agent's words are covered until every hunk has been seen", "dim")))
    if why.said is None:
        return Row((head, Piece("no words of the agent before it are recorded in this turn", "dim")))
    room = max(40, 2 * (columns - head.cells - _WORDS_BESIDE))
    left = (head, Piece(f"“{clip_cells(why.said.text, room)}”", "prose"))
    right = (Piece(f"{_SAYS[why.said.kind]}{'' if why.agent == 'root' else ', sub-agent'}", "dim"),)
    return Row(left, right, key=("moment", why.said.seq), hanging=head.cells, wrap=True)


def _edit(seq: int, share: int, event: Event | None, *, is_main: bool) -> Row:
    name, counts, words = "event", "", ""
    if isinstance(event, Edit):
        counts = "" if event.added is None else f"+{event.added:,} −{event.removed or 0:,}"
        name, words = "shell edit" if event.derived else event.op, "rewound later" if event.discarded else ""
    elif isinstance(event, Command):
        name, words = f"run {event.n}", " ".join(event.line.split())
    here = f"{plural(share, 'line')} of this hunk" if share else "written over later"
    if isinstance(event, Edit) and not event.patch and event.op in {"add", "update"}:
        here = "what it wrote is not recorded"
    left = (
        Piece(f"#{seq}".ljust(8), "dim"),
        Piece(name.ljust(_LABEL - 8), "name" if is_main else "normal"),
        Piece(f" {here}"),
        Piece(f"  {words}", "dim"),
    )
    return Row(left, (Piece(counts, "dim"),) if counts else (), key=("moment", seq))


def _command(words: str, command: Command | None) -> Row:
    head = Piece(words.ljust(_LABEL), "dim")
    if command is None:
        return Row((head, Piece("no command", "dim")), key=("reason", words))
    glyph, _ = state_pieces(command.state)
    text = " ".join(command.line.split())
    return Row((head, glyph, Piece(f" {command.n}  ", "dim"), Piece(text)), key=("moment", command.seq))
