"""What is asked and what is answered: hunks as texts, and for each the edits that produced it.

Plain values; knows nothing of how anything is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

How: TypeAlias = Literal[
    "exact",
    "through later edits",
    "after a formatter",
    "line by line",
    "by shell",
    "whole file written",
    "file deleted",
    "file renamed",
    "not traceable",
]
"""How the lines of a hunk are tied to edits, the loosest way that was needed.

exact: the edits stand in the hunk as the log has them. through later edits: later ones wrote over parts of earlier
ones. after a formatter: equal but for blanks, quotes, commas and line breaks. line by line: lines that only one edit
ever wrote, though the edit as a whole does not stand there any more. whole file written: the edit wrote the file as a
whole, so what it changed is not recorded. by shell: a command line holds the lines.
"""


@dataclass(frozen=True, slots=True)
class HunkText:
    """One hunk of a change.

    Attributes:
        path: of the file after the change; the old one for a deleted file.
        old_path: before the change, when it differs.
        new_start: first line after the change, from 1; 0 where nothing is left.
        lines: (sign, text without line feed, line number after the change or None), sign one of " ", "+", "-".
    """

    path: str
    old_path: str | None
    new_start: int
    lines: tuple[tuple[str, str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """The agent's own words before an edit: the event they stand in, what kind it is, and the sentences."""

    seq: int
    kind: Literal["message", "thought", "plan"]
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a hunk is there.

    Attributes:
        hunk: its place among the hunks that were asked about, from 0.
        how: how the lines are tied to the edits.
        lines: added and removed lines of the hunk.
        lines_traced: those that an edit accounts for.
        edits: event numbers of the edits (or of commands that edited) that produced it, in order.
        shares: for each of them, how many of the hunk's lines it accounts for; 0 where later ones wrote over it.
        main: the one that accounts for most of the lines; turn, session, agent and words are its.
        turn, session, agent: as in events; 0, 0 and "" where nothing is traced.
        said: the agent's words before it, None where the log has none in that turn.
        failed: number of the command that had failed, and still did, before `main`.
        passed: number of the next passed command after the last of them.
        rules: names of the rules by which all this follows.
        reason: why it is not traceable, empty if it is.
    """

    hunk: int
    how: How
    lines: int
    lines_traced: int = 0
    edits: tuple[int, ...] = ()
    shares: tuple[int, ...] = ()
    main: int | None = None
    turn: int = 0
    session: int = 0
    agent: str = ""
    said: Said | None = None
    failed: int | None = None
    passed: int | None = None
    rules: tuple[str, ...] = ()
    reason: str = ""

    @property
    def traced(self) -> bool:
        """Whether any edit is known to have produced it."""
        return bool(self.edits)
