"""What a user's text in a transcript of Cursor is: the person's words, and what the program put around them.

Pure: text in, words and time out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_QUERY = re.compile(r"<user_query>\n?(.*?)\n?(?:</user_query>|\Z)", re.DOTALL)
_STAMP = re.compile(r"<timestamp>([^<]{0,200})</timestamp>\n?")
_WHEN = re.compile(
    r"(?:[A-Za-z]{3,9}, )?([A-Z][a-z]{2})[a-z]* (\d{1,2}), (\d{4}),? (?:at )?(\d{1,2}):(\d\d)(?::\d\d)? ?([AP]M)"
    r"(?: \(UTC(?:([+-]\d{1,2})(?::?(\d\d))?)?\))?",
    re.ASCII,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_INJECTED = re.compile(r"\s*<(?:system_|task_|agent_|user_info|git_status|rules|available_|mcp_|project_layout)")
_IMAGE = "[Image]"
REDACTED = "[REDACTED]"
"""What the program writes in place of words that it keeps to itself."""


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a user's message.

    Attributes:
        asked: what the person wrote; None where the program alone speaks.
        around: what the program put around it, "" for nothing.
        time: when, RFC 3339; without a zone where the text has none.
        images: pictures with it.
    """

    asked: str | None
    around: str
    time: str | None
    images: int


def read(text: str) -> Words:
    """Return what a text is."""
    stamp = _STAMP.search(text)
    time = _time(stamp.group(1)) if stamp else None
    left = _STAMP.sub("", text)
    images = left.count(_IMAGE)
    asked = [match.group(1) for match in _QUERY.finditer(left)]
    if asked:
        around = _QUERY.sub("", left).replace(_IMAGE, "").strip()
        return Words("\n".join(asked), around, time, images)
    if _INJECTED.match(left):
        return Words(None, left.strip(), time, images)
    return Words(left.strip("\n"), "", time, images)


def _time(text: str) -> str | None:
    match = _WHEN.search(text)
    if match is None or match.group(1) not in _MONTHS:
        return None
    hour = int(match.group(4)) % 12 + (12 if match.group(6) == "PM" else 0)
    try:
        when = datetime(  # noqa: DTZ001 - the zone stands in the text, or nowhere
            int(match.group(3)), _MONTHS.index(match.group(1)) + 1, int(match.group(2)), hour, int(match.group(5))
        )
        if "(UTC" not in match.group():
            return when.isoformat()
        hours = int(match.group(7) or 0)
        minutes = int(match.group(8) or 0) * (-1 if hours < 0 else 1)
        moment = when.replace(tzinfo=timezone(timedelta(hours=hours, minutes=minutes)))
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None
