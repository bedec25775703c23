"""Digests of what a check looked at, and of what running showed: equal values have equal digests, everywhere.

Knows dataclasses and plain values. Times that something took are no input, and can be left out.
"""

from __future__ import annotations

import dataclasses
import json

from reviewer.digest import Sha256, sha256


def digest_of(value: object, *, without: frozenset[str] = frozenset()) -> Sha256:
    """Return the digest of a value made of records, tuples, sets, texts (lone surrogates and all) and numbers.

    Args:
        value: what is to be named.
        without: names of fields that do not count, in every record.
    """
    # ASCII escapes carry surrogates, and keep the bytes the same whatever the locale.
    return sha256(json.dumps(_plain(value, without), sort_keys=True, separators=(",", ":")).encode("ascii"))


def _plain(value: object, without: frozenset[str]) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (field.name for field in dataclasses.fields(value) if field.name not in without)
        return {name: _plain(getattr(value, name), without) for name in fields}
    if isinstance(value, dict):
        return {str(key): _plain(held, without) for key, held in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(json.dumps(_plain(held, without), sort_keys=True) for held in value)
    if isinstance(value, list | tuple):
        return [_plain(held, without) for held in value]
    return value
