"""The change manifest, version 1: which paths differ between two trees, by mode and content.

Knows the byte format only. The digest of these bytes is what an approval names as the change; the first line is its
domain prefix. Rendering and parsing are strict inverses: one change has exactly one encoding.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.digest import Sha256
from reviewer.errors import BadPacketError
from reviewer.packet.member import CHANGE

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER = b"change-manifest/1\n"
ABSENT_MODE = "000000"
GITLINK_MODE = "160000"
GITLINK = "gitlink:"

_MODES = frozenset({ABSENT_MODE, "100644", "100664", "100755", "120000", GITLINK_MODE})
_SIDE = rb"(-|[0-9a-f]{64}|gitlink:[0-9a-f]{40}(?:[0-9a-f]{24})?)"
_ENTRY = re.compile(rb"([0-7]{6}) ([0-7]{6}) " + _SIDE + b" " + _SIDE + b" (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """One path that differs.

    Attributes:
        path: exact bytes, `/` between parts.
        old_mode, new_mode: git's octal mode, `000000` where that side does not have the path.
        old, new: SHA-256 of the content in hex, `gitlink:` and the object id for a submodule, None where absent.
    """

    path: bytes
    old_mode: str
    new_mode: str
    old: str | None
    new: str | None

    def __post_init__(self) -> None:
        """Refuse an entry that has no single meaning.

        Raises:
            ValueError: unknown mode, mode and content do not belong together, both sides equal, or a bad path.
        """
        for mode, content in ((self.old_mode, self.old), (self.new_mode, self.new)):
            _check_side(mode, content)
        if (self.old_mode, self.old) == (self.new_mode, self.new):
            raise ValueError("both sides are the same")
        parts = self.path.split(b"/")
        if not self.path or b"\0" in self.path or any(part in {b"", b".", b".."} for part in parts):
            raise ValueError("the path is empty or has an empty, '.' or '..' part")


def render(entries: Iterable[ChangeEntry]) -> bytes:
    """Return the bytes of `change.manifest`, sorted by path bytes.

    Raises:
        ValueError: two entries have the same path.
    """
    ordered = sorted(entries, key=lambda entry: entry.path)
    for before, after in itertools.pairwise(ordered):
        if before.path == after.path:
            raise ValueError(f"the path {after.path!r} is listed twice")
    lines = (
        f"{entry.old_mode} {entry.new_mode} {entry.old or '-'} {entry.new or '-'} ".encode("ascii") + entry.path + b"\0"
        for entry in ordered
    )
    return HEADER + b"".join(lines)


def parse(data: bytes, name: str = CHANGE) -> tuple[ChangeEntry, ...]:
    """Return the entries of `change.manifest` in order.

    Args:
        data: the whole file.
        name: what to call it in the sentence.

    Raises:
        BadPacketError: anything that `render` would not have written; the sentence has the entry's number.
    """
    if not data.startswith(HEADER):
        raise BadPacketError(f"{name}, line 1: expected 'change-manifest/1'")
    body = data[len(HEADER) :]
    if body and not body.endswith(b"\0"):
        raise BadPacketError(f"{name}: the last entry is cut")
    entries: list[ChangeEntry] = []
    for number, raw in enumerate(body.split(b"\0")[:-1], start=1):
        entry = _entry(raw, f"{name}, entry {number}")
        if entries and entry.path <= entries[-1].path:
            raise BadPacketError(f"{name}, entry {number}: paths are out of order or listed twice")
        entries.append(entry)
    return tuple(entries)


def path_text(path: bytes) -> str:
    r"""Return a path as `packet.toml` holds it: UTF-8 as it is, anything else quoted as git does (`"caf\351"`).

    TOML is UTF-8, paths are bytes; a path that begins with a quotation mark is quoted too, so that both stay apart.
    """
    try:
        text = path.decode()
    except UnicodeDecodeError:
        text = ""
    if text and not text.startswith('"'):
        return text
    quoted = "".join(chr(b) if 0x20 <= b < 0x7F and b not in b'"\\' else f"\\{b:03o}" for b in path)
    return f'"{quoted}"'


def path_bytes(text: str) -> bytes:
    """Return the bytes of a path that `path_text` wrote; text that is not well quoted is taken as it stands."""
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return text.encode("utf-8", "surrogateescape")
    return re.sub(rb"\\([0-3][0-7]{2})", lambda match: bytes([int(match[1], 8)]), text[1:-1].encode())


def _check_side(mode: str, content: str | None) -> None:
    if mode not in _MODES:
        raise ValueError(f"'{mode}' is not a mode that git has in trees")
    if (mode == ABSENT_MODE) != (content is None):
        raise ValueError(f"mode {mode} does not go with {'no' if content is None else 'a'} content")
    if content is None:
        return
    if (mode == GITLINK_MODE) != content.startswith(GITLINK):
        raise ValueError(f"mode {mode} does not go with content '{content[:20]}…'")
    if mode != GITLINK_MODE:
        Sha256(content)


def _entry(raw: bytes, where: str) -> ChangeEntry:
    match = _ENTRY.fullmatch(raw)
    if match is None:
        raise BadPacketError(f"{where}: expected two modes, two digests and a path")
    old_mode, new_mode, old, new = (group.decode("ascii") for group in match.groups()[:4])
    try:
        return ChangeEntry(match[5], old_mode, new_mode, None if old == "-" else old, None if new == "-" else new)
    except ValueError as error:
        raise BadPacketError(f"{where}: {error}") from None
