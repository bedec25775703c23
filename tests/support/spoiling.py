"""Logs spoiled by chance: each way in which a disk, an editor, a shell redirection or a hostile person may change one.

Knows bytes and JSON, nothing of any format. Equal seeds give equal logs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Way: TypeAlias = "Callable[[bytes, Random], bytes]"
DEEP: Any = []
for _ in range(180):
    DEEP = [DEEP] if _ % 2 else {"content": DEEP}


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _line_changed(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    line, other = lines[at], random.choice(lines)
    lines[at : at + 1] = random.choice(
        [
            [],
            [line, line],
            [line[::-1]],
            [line[: len(line) // 2]],
            [other],
            [other, line],
            [line + other],
            [line + b" ] " + line],
            [b""],
            [b"null"],
            [line.replace(b'"', b"")],
        ]
    )
    return b"\n".join(lines)


def _lines_swapped(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    one, two = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _joined(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    lines[at : at + 2] = [b"".join(lines[at : at + 2])]
    return b"\n".join(lines)


def _byte_changed(data: bytes, random: Random) -> bytes:
    changed = bytearray(data or b" ")
    for _ in range(random.choice((1, 1, 1, 20))):
        changed[random.randrange(len(changed))] = random.choice(
            (random.randrange(256), 0, 0xFF, *b'"{}[],:\\\n\r 0123456789')
        )
    return bytes(changed)


def _put_in(data: bytes, random: Random) -> bytes:
    """Put signs into strings that some readers take for line ends, or that no text should hold."""
    signs = [
        "\u2028",
        "\u2029",
        "\x85",
        "\x0c",
        "\\u2028",
        "\\u0000",
        "\\ud800",
        "\x00",
        "\ufeff",
        "\x1b[31m",
        "\u202e",
        "\r",
    ]
    sign = random.choice(signs).encode()
    places = [place for place in range(len(data)) if data[place : place + 1] == b"e"] if len(data) < 1 << 16 else []
    for _ in range(random.choice((1, 5))):
        at = random.choice(places) if places else random.randrange(len(data) + 1)
        data = data[:at] + sign + data[at:]
    return data


def _written_otherwise(data: bytes, random: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    match random.randrange(8):
        case 0:
            return text.replace("\n", "\r\n").encode()
        case 1:
            return b"\xef\xbb\xbf" + data
        case 2:
            return text.encode("utf-16-le")
        case 3:
            return text.encode("utf-16-be")
        case 4:
            return b"\xff\xfe" + text.encode("utf-16-le")
        case 5:
            return b"\xfe\xff" + text.encode("utf-16-be")
        case 6:
            encoded = text.encode("utf-16")
            return encoded[: random.randrange(len(encoded) + 1)]
        case _:
            return text.encode("latin-1", "replace")


def odd(random: Random) -> object:
    """Return a value of any type, seldom a usual one."""
    return random.choice(
        (
            None, True, False, 0, -1, 1, 2**31, 2**53 + 1, -(2**63), 10**30, 0.5, -1e308, 1e-320,
            "", "x", "0", "\u2028", "a\nb", "/", "..", "2026-13-45T99:99:99Z", "2026-01-01T00:00:00+99:99",
            "9999-12-31T23:59:59.999-23:59", "0001-01-01T00:00:00+14:00", "\ud800", "\0", "x" * 100_000, "(" * 5_000,
            "'" * 999, "\\" * 999, "- [ ] " * 500, "$(" * 400, "*** Begin Patch\n*** Update File: \n@@\n" * 30,
            "@@ -1,99999999999 +1 @@\n", "https://" * 50, "Exit code " + "9" * 400, "<" * 2_000, "`" * 2_000,
            [], {}, [[]], [None], [{}], {"": ""}, {"type": []}, [1, "a", None, {"text": 5}], DEEP, [0] * 2_000,
            {"text": {"text": "x"}}, {"content": [[{"text": "x"}]]}, {"time": {"start": "x"}, "id": {}},
        )
    )  # fmt: skip


def _wrong_type(data: bytes, random: Random) -> bytes:
    """Change values somewhere in the JSON: of one record, or of the one document."""
    lines = data.split(b"\n")
    for _ in range(random.choice((1, 1, 2, 8))):
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            at = random.randrange(len(lines))
            try:
                record = json.loads(lines[at])
            except (ValueError, RecursionError):
                continue
            lines[at] = _dumped(changed(record, random))
            data = b"\n".join(lines)
        else:
            data = _dumped(changed(value, random), 2 if b"\n" in data.strip() else None)
            lines = data.split(b"\n")
    return data


def _dumped(value: object, indent: int | None = None) -> bytes:
    return json.dumps(value, indent=indent).encode("utf-8", "replace")


def changed(value: object, random: Random) -> object:
    """Return the value with a part of it, at any depth, in another type, moved, renamed or gone."""
    if random.random() < 0.04 or not isinstance(value, (dict, list)) or not value:
        return odd(random)
    holder: Any = value
    while True:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        key = random.choice(keys)
        inner = holder[key]
        if isinstance(inner, (dict, list)) and inner and random.random() < 0.85:
            holder = inner
            continue
        match random.randrange(8):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[random.choice(("x", "", "type", "id", "content"))] = holder.pop(key)
            case 2:
                holder[key] = holder[random.choice(keys)]
            case 3:
                holder[key] = [inner]
            case 4 if isinstance(inner, str):
                holder[key] = json.dumps(odd(random))
            case 5 if isinstance(inner, str):
                holder[key] = inner * random.choice((2, 200)) if len(inner) < 10_000 else inner[::-1]
            case _:
                holder[key] = odd(random)
        return value


WAYS: dict[str, Way] = {
    "cut": _cut,
    "line": _line_changed,
    "swapped": _lines_swapped,
    "joined": _joined,
    "byte": _byte_changed,
    "signs": _put_in,
    "encoding": _written_otherwise,
    "types": _wrong_type,
}


def spoil(data: bytes, random: Random, times: int = 1) -> tuple[bytes, list[str]]:
    """Return the log spoiled so many times, and in which ways."""
    ways = [random.choice(("types", *WAYS)) for _ in range(times)]
    for way in ways:
        data = WAYS[way](data, random)
    return data, ways
