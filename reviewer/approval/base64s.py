"""Base64 that has exactly one text for each run of bytes (RFC 4648, sections 3.3 to 3.5).

Python's default reader skips junk and ignores the unused last bits; both let a record change without being noticed.
"""

from __future__ import annotations

import base64
import binascii

from reviewer.approval.refusal import RefusedError


def decode(text: str, what: str) -> bytes:
    """Return the bytes of padded standard base64.

    Raises:
        RefusedError: another alphabet, white space, missing padding or stray last bits; `what` names the field.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError(f"{what} is not base64") from error
    if encode(data) != text:
        raise RefusedError(f"{what} is not base64 in its one exact form")
    return data


def encode(data: bytes) -> str:
    """Return padded standard base64 on one line."""
    return base64.b64encode(data).decode("ascii")
