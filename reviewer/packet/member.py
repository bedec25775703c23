"""The names inside a packet, and the list that pins each of them by digest (`members.sha256`).

Knows names and text lines; opens nothing. The list has the form that `sha256sum -c` reads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.digest import Sha256
from reviewer.errors import BadPacketError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewer.packet.limits import Limits

MANIFEST = "packet.toml"
MEMBER_LIST = "members.sha256"
DIFF = "change.diff"
CHANGE = "change.manifest"
TIMELINE = "timeline.jsonl"
REQUIRED = (MANIFEST, MEMBER_LIST, DIFF, CHANGE, TIMELINE)

TranscriptForm: TypeAlias = Literal["jsonl", "json", "md"]
"""A text of any other kind counts as Markdown."""
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_LINE = re.compile(rb"([0-9a-f]{64})  ([\x21-\x7e]+)")
_BLOB = re.compile(r"blobs/(.*)", re.ASCII)
_MAX_DEPTH = 3


def blob_name(digest: str) -> str:
    """Return the member that holds the content with this SHA-256."""
    return f"blobs/{digest}"


def log_name(number: int) -> str:
    """Return the member that holds the output of command `number` (from 1)."""
    return f"logs/{number}.log"


def transcript_name(number: int, form: TranscriptForm = "jsonl") -> str:
    """Return the member that holds session log `number` (from 1): JSON lines, one JSON document, or Markdown."""
    return f"transcript/{number}.{form}"


def check_names(names: Iterable[str], limits: Limits, packet: str) -> tuple[str, ...]:
    """Return the names sorted, after refusing every one that could reach outside or stand for two files.

    Args:
        names: as the archive or the folder has them, in any order.
        limits: how many and how long.
        packet: the packet's own name, for the sentence.

    Raises:
        BadPacketError: too many names; a name that is absolute, climbs, is too long or has any character beyond
            letters, digits, `.`, `_`, `-` and `/`; the same name twice, also when only case differs; a name that is
            also another name's folder.
    """
    seen: dict[str, str] = {}
    for name in names:
        _check_name(name, limits, packet)
        folded = name.lower()
        if (other := seen.get(folded)) is not None:
            how = "twice" if other == name else f"beside '{other}', which differs only in case"
            raise BadPacketError(f"{packet}: holds '{name}' {how}; every member needs its own name")
        seen[folded] = name
        if len(seen) > limits.max_members:
            raise BadPacketError(
                f"{packet}: holds more than {limits.max_members:,} members",
                hint="raise the limit in your settings only if you trust where it comes from",
            )
    for folded, name in seen.items():
        parts = folded.split("/")
        for depth in range(1, len(parts)):
            if (folder := "/".join(parts[:depth])) in seen:
                raise BadPacketError(f"{packet}: '{seen[folder]}' is a member and also the folder of '{name}'")
    return tuple(sorted(seen.values()))


def render_list(digests: Mapping[str, str]) -> bytes:
    """Return `members.sha256`: one `<sha256>  <name>` line for each member, sorted by name."""
    return b"".join(f"{digests[name]}  {name}\n".encode("ascii") for name in sorted(digests))


def parse_list(data: bytes, packet: str) -> dict[str, Sha256]:
    """Return the digest of each member that `members.sha256` lists.

    Raises:
        BadPacketError: a line that is not `<sha256>  <name>`, names out of order or twice, no final line feed, or a
            blob whose name is not its digest. The sentence has the line number.
    """
    if data and not data.endswith(b"\n"):
        raise BadPacketError(f"{packet}: {MEMBER_LIST} does not end with a line feed; the packet was cut or edited")
    listed: dict[str, Sha256] = {}
    previous = ""
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        where = f"{packet}: {MEMBER_LIST}, line {number}"
        match = _LINE.fullmatch(line)
        if match is None:
            raise BadPacketError(f"{where}: expected 64 hex digits, two spaces and a member's name")
        digest, name = Sha256(match[1].decode()), match[2].decode()
        if name <= previous:
            raise BadPacketError(f"{where}: '{name}' is out of order or listed twice; names are sorted")
        blob = _BLOB.fullmatch(name)
        if blob and blob[1] != digest:
            raise BadPacketError(f"{where}: '{name}' is not named after its own digest {digest.short}…")
        listed[name] = digest
        previous = name
    return listed


def _check_name(name: str, limits: Limits, packet: str) -> None:
    shown = name if len(name) <= limits.max_name else name[: limits.max_name] + "…"
    if len(name) > limits.max_name:
        reason = f"is longer than {limits.max_name} characters"
    elif name.startswith("/") or re.match(r"[A-Za-z]:", name):
        reason = "is an absolute path"
    elif "\\" in name:
        reason = "has a backslash"
    elif "\0" in name:
        reason = "has a NUL"
    elif name.endswith("/"):
        reason = "is an entry for a folder (zip with -D to leave those out)"
    elif any(part in {"", ".", ".."} for part in name.split("/")):
        reason = "has an empty, '.' or '..' part"
    elif not all(_PART.fullmatch(part) for part in name.split("/")):
        reason = "has a character other than letters, digits, '.', '_' and '-', or starts with one of the last three"
    elif name.count("/") >= _MAX_DEPTH:
        reason = f"is more than {_MAX_DEPTH} folders deep"
    else:
        return
    raise BadPacketError(f"{packet}: the member name '{shown}' {reason}; nothing was read from it")
