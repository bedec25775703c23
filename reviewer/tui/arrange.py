"""Which panes are on the screen at a width: pure arithmetic, so that it can be tested without a terminal.

Below 140 columns the checklist folds into a drawer, below 100 the brief too and one pane at a time is shown. Side by
side keeps two halves of 72 columns before any margin stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Place: TypeAlias = Literal["brief", "middle", "checklist"]

WIDE = 140
NARROW = 100
BRIEF_COLUMNS = 30
CHECKLIST_COLUMNS = 40
DRAWER_COLUMNS = 48
SPLIT_COLUMNS = 145
"""Two halves of 72 columns and the line between them."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is shown. A drawer lies over the middle; everything else is beside it."""

    brief: bool
    middle: bool
    checklist: bool
    drawer: bool = False
    tabs: bool = False


def arrange(
    width: int, focus: Place, *, split: bool = False, zoomed: bool = False, folded: frozenset[Place] = frozenset()
) -> Arrangement:
    """Return the arrangement.

    Args:
        width: columns of the terminal.
        focus: where the person is; that pane is always shown.
        split: two halves side by side are wanted.
        zoomed: only that pane.
        folded: panes that the person has folded away.
    """
    if width < NARROW or zoomed:
        alone = Arrangement(focus == "brief", focus == "middle", focus == "checklist")
        return Arrangement(alone.brief, alone.middle, alone.checklist, tabs=width < NARROW and not zoomed)
    brief = focus == "brief" or "brief" not in folded
    checklist = "checklist" not in folded and width >= WIDE
    if split and width >= SPLIT_COLUMNS:
        room = width - BRIEF_COLUMNS * brief - CHECKLIST_COLUMNS * checklist
        if room < SPLIT_COLUMNS and brief and focus != "brief":
            brief, room = False, room + BRIEF_COLUMNS
        if room < SPLIT_COLUMNS and checklist and focus != "checklist":
            checklist = False
    drawer = focus == "checklist" and not checklist
    return Arrangement(brief, middle=True, checklist=checklist or drawer, drawer=drawer)
