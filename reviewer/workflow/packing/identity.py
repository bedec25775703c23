"""What a packet is called and when it was made, taken from its content: equal input gives equal bytes.

No clock is asked. `created` is the head commit's time, and the four digits of the id are those of everything else.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reviewer.digest import sha256

if TYPE_CHECKING:
    from reviewer.packet.manifest import Manifest

_SLUG = 48
_TITLE = 100


def time_text(seconds: int) -> str:
    """Return seconds since 1970 as RFC 3339 in UTC, within the years that it can write."""
    kept = min(max(seconds, 0), 253_402_300_799)
    return datetime.fromtimestamp(kept, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def title_text(text: str) -> str:
    """Return the first line of a text as a title: spaces folded, at most 100 characters."""
    line = " ".join(text.strip().partition("\n")[0].split())
    return line if len(line) <= _TITLE else line[: _TITLE - 1] + "…"


def slug(title: str) -> str:
    """Return a title as lower-case ASCII words with hyphens, `change` if nothing is left of it."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) > _SLUG:
        words = words[:_SLUG].rpartition("-")[0] or words[:_SLUG]
    return words or "change"


def with_id(manifest: Manifest) -> Manifest:
    """Return a sealed manifest with its id: title, date, and four digits over all of it."""
    plain = manifest.model_copy(update={"id": f"{slug(manifest.title)}-{manifest.created[:10]}"})
    digits = sha256(plain.model_dump_json(by_alias=True, exclude_none=True).encode())[:4]
    return plain.model_copy(update={"id": f"{plain.id}-{digits}"})
