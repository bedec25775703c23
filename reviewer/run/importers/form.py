"""What form a log has, told by its first bytes: records on lines of their own, or one JSON document.

Knows bytes and JSON only. Some programs changed from one form to the other and kept the name of the file.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import orjson

from reviewer.run import whole_lines
from reviewer.run.importers.document import head_parts
from reviewer.run.importers.jsonl import first_records

if TYPE_CHECKING:
    from reviewer.run.importers.document import Part
    from reviewer.run.importers.importer import LogSource
    from reviewer.run.importers.values import Json

_LOOKED_AT = 20
_LONG_LINES = 200


def head_of(source: LogSource) -> bytes:
    """Return the start of a log, unmasked: for its form only, never for what it says."""
    with source.open() as stream:
        return whole_lines.head(stream)


def plain(head: bytes) -> bytes:
    """Return the first bytes of a log in UTF-8 without a mark, whatever it was written in."""
    return b"".join(whole_lines.blocks(BytesIO(head)))


def is_lines(head: bytes) -> bool:
    """Return whether a log that starts so has a record on each line; else it is one document."""
    text = plain(head).strip(b" \t\r\n\0")
    lines = text.split(b"\n", _LONG_LINES)
    if len(lines) == 1:
        return text.startswith(b"{")  # a long record may not end here, and a short one reads the same either way
    if _record(text):
        return False
    found = sum(1 for line in lines[:_LONG_LINES] if _record(line))
    # The last element of a list can stand on a line without comma, and a first line can be broken.
    return found > 1 if text.startswith(b"[") else found > 0


def _record(line: bytes) -> bool:
    """Return whether this is one whole object with something in it, or a list."""
    line = line.strip(b" \t\r\n\0")
    if not line.endswith((b"}", b"]")):
        return False
    try:
        return bool(orjson.loads(line))
    except orjson.JSONDecodeError:
        return False


def objects(head: bytes) -> list[Json]:
    """Return the objects at the start of a log, as far as they are whole: records, or elements of an outer list."""
    if is_lines(head):
        return first_records(head, _LOOKED_AT)
    return [part.value for part in first_parts(head) if not part.key and isinstance(part.value, dict)][:_LOOKED_AT]


def first_parts(head: bytes) -> list[Part]:
    """Return the parts of a document as far as they are whole; the last may be torn, with the key that it stands in."""
    return head_parts(plain(head))
