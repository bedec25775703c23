"""SHA-256 values and the canonical JSON that statements and ids are hashed over.

Knows bytes only. Nothing here opens a file by name.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import BinaryIO, Self

_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CHUNK = 1 << 20
MAX_EXACT_INTEGER = 2**53
"""Integers beyond this lose digits in readers that keep numbers as doubles (I-JSON, RFC 7493 section 2.2)."""


class Sha256(str):
    """A SHA-256 digest as 64 lower-case hex digits, checked when it is made."""

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        """Return the digest.

        Raises:
            ValueError: `value` is not 64 lower-case hex digits.
        """
        if not _HEX.fullmatch(value):
            msg = "a SHA-256 digest is 64 lower-case hex digits"
            raise ValueError(msg)
        return super().__new__(cls, value)

    @property
    def short(self) -> str:
        """The first twelve digits, for people; never used to look anything up."""
        return self[:12]


def sha256(data: bytes | bytearray | memoryview) -> Sha256:
    """Return the digest of bytes held in memory."""
    return Sha256(hashlib.sha256(data).hexdigest())


def sha256_stream(stream: BinaryIO) -> tuple[Sha256, int]:
    """Return the digest and the length in bytes of what is left in a binary stream, in constant memory."""
    state = hashlib.sha256()
    size = 0
    while chunk := stream.read(_CHUNK):
        state.update(chunk)
        size += len(chunk)
    return Sha256(state.hexdigest()), size


def canonical_json(value: object) -> bytes:
    """Return the one encoding we sign: UTF-8, sorted keys, no spaces, no floats, integers within 2**53.

    Raises:
        ValueError: a float, an integer beyond 2**53, a lone surrogate, or a key that is not a string.
    """
    _check_json(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _check_json(value: object) -> None:
    match value:
        case None | bool() | str():
            return
        case int() if abs(value) <= MAX_EXACT_INTEGER:
            return
        case list() | tuple():
            for entry in value:
                _check_json(entry)
        case dict():
            for key, entry in value.items():
                if not isinstance(key, str):
                    msg = f"canonical JSON has string keys only, not {type(key).__name__}"
                    raise ValueError(msg)  # noqa: TRY004 - the caller handles one kind of error
                _check_json(entry)
        case _:
            msg = f"canonical JSON cannot hold {type(value).__name__} {value!r:.40}"
            raise ValueError(msg)
