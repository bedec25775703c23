"""What linters, type checkers and compilers print at their end: whether something is wrong.

Pure: text in, an answer out. Asked only where the exit code is that of another program, or is not recorded.
"""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_WRONG = re.compile(
    r"^Found [1-9]\d{0,8} (?:errors?|issues?|warnings?)\b|\berror TS\d{1,6}:|^error(?:\[E\d{1,6}\])?: |: error: "
    r"|^✖ [1-9]\d{0,8} problems?|^BUILD FAIL(?:ED|URE)|^\[ERROR\] |^FAILURE: Build failed|^npm ERR!|^npm error\b"
    r"|ELIFECYCLE|^make(?:\[\d{1,4}\])?: \*\*\* |^Failed to compile|^\d{0,9}[1-9] issues?:|could not compile"
    r"|^ERROR in |^Traceback \(most recent call last\)|^would reformat |command not found|No module named"
    r"|^ninja: build stopped|^(?:\S{1,300}): fatal error|^[1-9]\d{0,8} (?:errors?|problems?)\b|^mix .{0,80}failed"
    r"|^\S{1,300}\.go:\d{1,7}:\d{1,7}: |^SyntaxError|^\S{1,300}\.\w{1,5}:\d{1,7}:\d{1,7}: [EFWCN]\d{2,4}\b",
    re.MULTILINE,
)
_RIGHT = re.compile(
    r"^Success: no issues found|^All checks passed!"
    r"|^0 errors\b|^(?:\[\S{1,80}\] )?0 issues\.|^Found 0 (?:errors|warnings)\b"
    r"|BUILD SUCCESS"
    r"|^ {0,4}Finished .{0,80}(?:profile|target)|[Cc]ompiled successfully|^webpack .{0,80}compiled|✓ built in"
    r"|^\d{1,9} files? (?:already formatted|left unchanged)|^All matched files use Prettier|^No issues found"
    r"|^Build succeeded|✔ No ESLint|^Your code has been rated at 10\.00/10|^Build complete!"
    r"|^no (?:errors|issues|problems)\b",
    re.MULTILINE | re.IGNORECASE,
)


def shows_failure(output: str) -> bool | None:
    """Return whether the output of a check shows that something is wrong; None where it shows neither."""
    text = _ANSI.sub("", output) if "\x1b" in output else output
    if _WRONG.search(text):
        return True
    return False if _RIGHT.search(text) else None
