"""Git's C-style quoting of path names in its line-based output. Pure."""

from __future__ import annotations

import re

_ESCAPE = re.compile(rb"\\([abfnrtv\"\\]|[0-7]{3})")
_LETTERS = {b"a": 7, b"b": 8, b"f": 12, b"n": 10, b"r": 13, b"t": 9, b"v": 11, b'"': 34, b"\\": 92}


def unquote(name: bytes) -> bytes:
    """Return the bytes of a path name; one that is not in double quotes stands for itself."""
    if len(name) < 2 or not (name.startswith(b'"') and name.endswith(b'"')):
        return name
    return _ESCAPE.sub(lambda match: bytes((_value(match[1]),)), name[1:-1])


def _value(escape: bytes) -> int:
    return _LETTERS[escape] if escape in _LETTERS else int(escape, 8) & 0xFF
