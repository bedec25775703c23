"""JSON that reads the same everywhere: no duplicate keys, NaN, floats, lone surrogates, deep nesting or large files.

Two readers that disagree about one record are an attack, so whatever the canonical writer would not have written is
refused. Knows nothing of what the values mean.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from reviewer.approval.refusal import RefusedError
from reviewer.digest import canonical_json

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
# An unclosed string runs to the end: matching it again from each later quote would take quadratic time.
_STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)


def parse(data: bytes, what: str, *, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """Return the object of canonical JSON bytes (`reviewer.digest.canonical_json`).

    Args:
        data: the whole text, without a line feed.
        what: names the text in sentences ("the envelope").
        max_bytes: the largest size that is read.

    Raises:
        RefusedError: it is not one JSON object, or not in the one exact form.
    """
    if len(data) > max_bytes:
        raise RefusedError(f"{what} is larger than {max_bytes:,} bytes")
    _check_depth(data, what)

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            raise RefusedError(f"{what} names a key twice")
        return found

    def refuse(text: str) -> NoReturn:
        raise RefusedError(f"{what} holds the number {text[:20]}; only whole numbers are taken")

    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=refuse, parse_float=refuse, parse_int=_integer
        )
        same = canonical_json(value) == data
    except (UnicodeError, ValueError, RecursionError) as error:
        raise RefusedError(f"{what} is not JSON as this format writes it") from error
    if not isinstance(value, dict):
        raise RefusedError(f"{what} is not a JSON object")
    if not same:
        raise RefusedError(f"{what} is not in its one exact form (sorted keys, no spaces, UTF-8)")
    return value


def _integer(text: str) -> int:
    # Python's own limit of 4,300 digits is a ValueError too, but later and slower.
    if len(text) > 17:
        raise ValueError(text[:20])
    return int(text)


def _check_depth(data: bytes, what: str) -> None:
    depth = 0
    for match in _STRUCTURE.finditer(data):
        token = match.group()
        if token in {b"{", b"["}:
            depth += 1
            if depth > MAX_DEPTH:
                raise RefusedError(f"{what} is nested deeper than {MAX_DEPTH} levels")
        elif token in {b"}", b"]"}:
            depth -= 1
