"""What an observation of SWE-agent says: whether an edit was made, what was shown, how a command ended.

Knows the program's fixed sentences of 0.x and 1.x. There is no exit code in this format: only a text that shows a
failure at its end is one, and all else stays unknown.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_REFUSED = (
    "Your changes have NOT been applied",
    "Your edit was not applied",
    "introduced new syntax error",
    "No changes were made",
    "No replacement was performed",
    "No file open",
    "No file opened",
    "Use the `open` command first",
    "Usage: edit",
    "Usage: insert",
    "Usage: create",
    "already exists",
    "Invalid `path` parameter",
    "Invalid `insert_line` parameter",
    "does not exist. Please provide a valid path",
    "Failed to ",
    "[ERROR]",
    "Error:",
    "is required for command:",
    "Missing",
)
_DONE = (
    "File updated",
    "Text replaced",
    "Replaced ",
    "has been edited",
    "File created successfully",
    "undone successfully",
    "[File: ",
    "The file ",
)
_NOT_FOUND = ("not found", "No such file", "does not exist", "Usage:", "is a directory", "No file open")
_FILE, _TOTAL = "[File: ", " lines total)]"
_WINDOW = re.compile(r"\[File: (.{1,4000}) \((\d{1,9}) lines total\)\]")
_LINE = re.compile(r"^ {0,12}(\d{1,9})[:\t]", re.MULTILINE)
_TIMED_OUT = ("EXECUTION TIMED OUT", "COMMAND TIMED OUT")
_CANCELLED = re.compile(r"The command .{0,20000}? was cancelled because it took more than", re.DOTALL)
_TRACEBACK = "Traceback (most recent call last):"
_RAISED = re.compile(r"[A-Za-z_][\w.]{0,200}(?:Error|Exception|Interrupt|Exit|Warning|Failure|Timeout|Iteration)\b")
_SHELL_ERROR = re.compile(r"(?:/bin/)?(?:ba|da|z)?sh: (?:line \d{1,9}: |\d{1,9}: )?.{1,400}: (?:command )?not found")
_TAIL = 4_000
_STATUS = re.compile(
    r"\n?\(Open file: (?P<file>[^\n]*)\)\r?\n(?:\(Current directory: (?P<folder>[^\n]*)\)\r?\n)?bash-\$ ?\s*\Z"
)


class Shown(NamedTuple):
    """A stretch of a file that an observation shows."""

    path: str | None
    first: int | None
    last: int | None
    total: int | None


def applied(said: str) -> bool | None:
    """Return whether an edit was made; None where the observation does not tell."""
    if any(mark in said for mark in _REFUSED):
        return False
    return True if any(mark in said for mark in _DONE) else None


def window(said: str) -> Shown:
    """Return which lines of which file are shown."""
    end = said.find(_TOTAL)
    start = said.rfind(_FILE, 0, end) if end >= 0 else -1
    match = _WINDOW.fullmatch(said, start, end + len(_TOTAL)) if start >= 0 else None
    numbers = [int(number) for number in _LINE.findall(said if match is None else said[match.end() :])]
    return Shown(
        path=match.group(1) if match is not None else None,
        first=numbers[0] if numbers else None,
        last=numbers[-1] if numbers else None,
        total=int(match.group(2)) if match is not None else None,
    )


def is_missing(said: str) -> bool:
    """Return whether an observation says that there is no such file."""
    start = said[:400]
    return "[File: " not in start and any(mark in start for mark in _NOT_FOUND)


def timed_out(said: str) -> bool:
    """Return whether the program stopped a command."""
    return any(mark in said[-2_000:] for mark in _TIMED_OUT) or (
        "was cancelled because it took more than" in said[:_TAIL]
        and _CANCELLED.match(said.lstrip()[:_TAIL]) is not None
    )


def shows_failure(said: str) -> bool:
    """Return whether the end of an output shows that the last program failed: an exception, or no such command."""
    end = said[-_TAIL:].rstrip()
    last = end.rpartition("\n")[2]
    if _SHELL_ERROR.fullmatch(last):
        return True
    return _TRACEBACK in said and _RAISED.match(last) is not None


def status(said: str) -> tuple[str, dict[str, str]]:
    """Return an observation of a history without the status lines at its end, and what they say."""
    match = _STATUS.search(said[-3_000:])
    if match is None:
        return said, {}
    found = {"open_file": match.group("file"), "working_dir": match.group("folder")}
    kept = len(said) - (min(len(said), 3_000) - match.start())
    return said[:kept], {name: value for name, value in found.items() if value}
