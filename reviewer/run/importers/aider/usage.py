"""The tokens and the cost of an answer, as Aider reports them: rounded, and in dollars.

Pure. `Tokens: 3.2k sent, 66 received. Cost: $0.0086 message, $0.02 session.`: the message's cost is the answer's own.
"""

from __future__ import annotations

import re
from typing import Any

from reviewer.run.event import Usage

_COUNT = re.compile(r"(\d[\d.,]{0,15})([kM]?) (sent|cache write|cache hit|received)", re.ASCII)
_COST = re.compile(r"Cost: \$(\d[\d.,]{0,15}) ", re.ASCII)
_TIMES = {"": 1, "k": 1_000, "M": 1_000_000}
_FIELDS = {
    "sent": "input_tokens",
    "cache write": "cache_write_tokens",
    "cache hit": "cache_read_tokens",
    "received": "output_tokens",
}


def tokens(text: str) -> dict[str, Any] | None:
    """Return the fields of a usage event, None if the text reports none."""
    if not text.startswith("Tokens: "):
        return None
    fields: dict[str, Any] = {"cls": Usage}
    for count, unit, what in _COUNT.findall(text):
        number = _number(count)
        if number is not None:
            fields[_FIELDS[what]] = round(number * _TIMES[unit])
    cost = _COST.search(text)
    if cost is not None:
        fields["usd"] = _number(cost.group(1))
    return fields


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "").rstrip("."))
    except ValueError:
        return None
