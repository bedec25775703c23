"""Turn a title into the part of an address that names it."""

import re
import unicodedata

MAX_LENGTH = 40
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def slugify(title: str, max_length: int = MAX_LENGTH) -> str:
    """Return lower-case words joined by hyphens, at most `max_length` characters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = _NOT_A_WORD.sub("-", plain.lower()).strip("-")
    return slug[: max_length + 1]
