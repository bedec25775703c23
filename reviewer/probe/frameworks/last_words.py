"""The line of a run's output that says most about its end: hostile text, made safe and bounded."""

from __future__ import annotations

import re

from reviewer.checks.ident import shown

_READ = 1 << 16
_LONGEST = 200
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_TELLS = re.compile(r"error|exception|panic|fatal|cannot|not found|no such", re.IGNORECASE)
_IDLE = re.compile(r"^(?:npm (?:notice|ERR! A complete log|error A complete log)|FAIL\b|exit status \d|=+ |-+ )")


def last_words(tail: bytes | str) -> str:
    """Return `: ` and the line, "" where nothing is said: pytest's mark, else what speaks of an error, else the end."""
    text = tail[-_READ:] if isinstance(tail, str) else tail[-_READ:].decode("utf-8", "replace")
    lines = [_COLOUR.sub("", line).strip() for line in text.split("\n")]
    lines = [line for line in lines if any(character.isalnum() for character in line[:_LONGEST])]
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    telling = [line for line in lines if _TELLS.search(line[:_LONGEST]) and not _IDLE.match(line)]
    rest = [line for line in lines if not _IDLE.match(line)]
    for found in (marked, telling, rest, lines):
        if found and found[-1]:
            return f": {shown(found[-1], _LONGEST)}"
    return ""
