"""What an answer of the model took, as mini-SWE-agent keeps it: the provider's own record, and a computed price.

Knows the two forms in which providers count tokens; nothing of events.
"""

from __future__ import annotations

from typing import Any

from reviewer.run.importers.values import Json, some_text, table, whole


def tokens(extra: Json) -> dict[str, Any]:
    """Return the fields of `Usage` for an answer, empty if nothing is recorded.

    Input tokens that came from the provider's cache are counted apart.
    """
    response = table(extra.get("response"))
    used = table(response.get("usage"))
    fields: dict[str, Any] = {}
    given = _first(used, "prompt_tokens", "input_tokens")
    details = table(used.get("prompt_tokens_details")) or table(used.get("input_tokens_details"))
    cached = _first(details, "cached_tokens")
    cached = _first(used, "cache_read_input_tokens", "prompt_cache_hit_tokens") if cached is None else cached
    if given is not None:
        fields["input_tokens"] = max(0, given - (cached or 0))
    put = {
        "output_tokens": _first(used, "completion_tokens", "output_tokens"),
        "cache_read_tokens": cached,
        "cache_write_tokens": _first(used, "cache_creation_input_tokens"),
        "usd": price(extra.get("cost")),
        "model": some_text(response.get("model")),
    }
    fields.update({name: value for name, value in put.items() if value is not None})
    return fields if fields.keys() - {"model"} else {}


def price(value: object) -> float | None:
    """Return a price in dollars, None if it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        return None
    return float(value)


def _first(counts: Json, *keys: str) -> int | None:
    return next((value for key in keys if (value := whole(counts.get(key))) is not None), None)
