"""Plans that agents write as Markdown check lists.

Pure: text in, steps out. `- [x]` is done, `- [ ]` is open, and `[-]` or `[~]` is being worked on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import PlanStep

if TYPE_CHECKING:
    from reviewer.run.event import StepStatus

_STEP = re.compile(r"[ \t]{0,40}(?:(?:[-*+]|\d{1,4}[.)])[ \t]{1,8})?\[([ xX~/\->])\][ \t]{1,8}(\S.*)", re.ASCII)
_STATUS: dict[str, StepStatus] = {"x": "completed", "X": "completed", " ": "pending"}


def steps_of(markdown: str) -> tuple[PlanStep, ...]:
    """Return the steps of a check list, none where the text has no boxes."""
    found = (_STEP.match(line) for line in markdown.split("\n"))
    return tuple(
        PlanStep(match.group(2).rstrip(), _STATUS.get(match.group(1), "in_progress")) for match in found if match
    )
