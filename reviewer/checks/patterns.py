"""Path patterns (gitignore(5)) of a packet or a task, compiled only if no path can make their matching take for ever.

A pattern becomes a regular expression that backtracks: each further star multiplies the time by the length of the path.
Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec

from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_STARS = 2
"""`*` in one part of a pattern, and parts `**` before its last: `src/**/*_test_*.py` is well inside."""


def compiled(patterns: Iterable[str], where: str) -> GitIgnoreSpec:
    """Return the patterns ready to match.

    Args:
        patterns: lines as a gitignore file has them.
        where: what to call them in the sentence.

    Raises:
        BadInputError: one of them is refused, see `refusal`.
    """
    lines = list(patterns)
    for line in lines:
        if (reason := refusal(line)) is not None:
            raise BadInputError(f"{where}: {reason}")
    return GitIgnoreSpec.from_lines(lines)


def refusal(pattern: str) -> str | None:
    """Return why a pattern cannot be used, None when it can: it is none, or a long path would take it for ever."""
    *parts, last = pattern.strip("/").split("/")
    deep = sum(part == "**" for part in parts)
    if deep > MOST_STARS or any(part.count("*") > MOST_STARS for part in (*parts, last)):
        return (
            f"'{pattern[:80]}' has more than {MOST_STARS} '*' in one part, or more than {MOST_STARS} parts '**'; "
            "write it as several patterns"
        )
    try:
        GitIgnoreSpec.from_lines([pattern])
    except ValueError as error:
        return f"'{pattern}' is not a gitignore pattern: {error}"
    return None
