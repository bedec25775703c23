"""The ZIP layout of a `.packet`, written and read to the byte (PKWARE APPNOTE 6.3, sections 4.3 and 4.4).

Knows bytes in memory only. Lenient readers let two programs see two different archives in one file, so every byte has
to be accounted for: members follow each other without a gap from the first byte, both headers of a member agree, the
directory follows at once and the end record is the end. What our own writer makes carries `SEAL` as the archive
comment, and then every header has to be exactly the one that the writer makes.
"""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.errors import BadPacketError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.packet.limits import Limits

SEAL = b"review-packet/1"
STORED = 0
DEFLATED = 8

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_DAY_ONE = 1 << 5 | 1  # 1980-01-01 in MS-DOS form
_MADE_BY = 3 << 8 | 20  # Unix, specification 2.0
_NEEDED = 10
_MODE = stat.S_IFREG | 0o644
_MAX_32 = 0xFFFFFFFF
_MAX_16 = 0xFFFF
_UTF8_FLAG = 0x0800
_LEVEL_FLAGS = 0x0006
_ENCRYPTED_FLAG = 0x0001
_STREAMED_FLAG = 0x0008
_REFUSED_EXTRAS = {0x0001: "ZIP64 sizes", 0x7075: "a second name", 0x9901: "AES encryption"}
_HOSTS = {0, 3}  # MS-DOS and Unix: the two whose attributes we can read


@dataclass(frozen=True, slots=True)
class ZipMember:
    """One member: where its packed bytes stand in the file, and what they have to unpack to."""

    name: str
    offset: int
    packed: int
    size: int
    crc: int
    method: int


@dataclass(frozen=True, slots=True)
class _Directory:
    made: int
    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name: bytes
    extra: bytes
    comment: int
    disk: int
    attributes: int
    header: int


def local_header(name: str, size: int, crc: int) -> bytes:
    """Return the header that stands before a stored member's bytes."""
    raw = name.encode("ascii")
    return _LOCAL.pack(_LOCAL_MARK, _NEEDED, 0, STORED, 0, _DAY_ONE, crc, size, size, len(raw), 0) + raw


def central_header(name: str, size: int, crc: int, offset: int) -> bytes:
    """Return a stored member's entry in the directory; `offset` is where its local header starts."""
    raw = name.encode("ascii")
    fixed = _CENTRAL.pack(
        *(_CENTRAL_MARK, _MADE_BY, _NEEDED, 0, STORED, 0, _DAY_ONE, crc, size, size, len(raw), 0, 0, 0, 0),
        *(_MODE << 16, offset),
    )
    return fixed + raw


def end_record(count: int, size: int, offset: int) -> bytes:
    """Return the end of an archive of ours: `count` members, a directory of `size` bytes at `offset`, the seal."""
    return _END.pack(_END_MARK, 0, 0, count, count, size, offset, len(SEAL)) + SEAL


def fits(count: int, total: int) -> bool:
    """Return whether so many members and bytes can be written without the ZIP64 extension, which we refuse."""
    headers = count * (_LOCAL.size + _CENTRAL.size + 2 * 200) + _END.size
    return count < _MAX_16 and total + headers < _MAX_32


def parse(data: memoryview, packet: str, limits: Limits) -> tuple[ZipMember, ...]:
    """Return the members in the order of the file, once every byte between them is accounted for.

    Args:
        data: the whole file.
        packet: its name, for the sentence.
        limits: how many members at most.

    Raises:
        BadPacketError: anything that is not one plain archive from the first byte to the last.
    """
    sealed, count, start, end = _end(data, packet)
    if count > limits.max_members:
        raise BadPacketError(f"{packet}: holds {count:,} members; at most {limits.max_members:,} are opened")
    entries = _directory(data, packet, count, start, end)
    members = _members(data, packet, sorted(entries, key=lambda entry: entry.header), start)
    if sealed:
        _check_sealed(data, packet, members, start)
    return members


def _end(data: memoryview, packet: str) -> tuple[bool, int, int, int]:
    for sealed, comment in ((True, SEAL), (False, b"")):
        at = len(data) - _END.size - len(comment)
        if at < 0 or bytes(data[at + _END.size :]) != comment:
            continue
        mark, disk, first_disk, here, count, size, start, length = _END.unpack_from(data, at)
        if mark != _END_MARK or length != len(comment):
            continue
        if disk or first_disk or here != count:
            raise BadPacketError(f"{packet}: is one part of an archive in several; a packet is one file")
        if count == _MAX_16 or _MAX_32 in {size, start}:
            raise BadPacketError(f"{packet}: uses ZIP64 sizes, which no packet within the limits needs")
        if start + size != at:
            raise BadPacketError(f"{packet}: the archive's directory is not where its end says; it was cut or edited")
        return sealed, count, start, at
    raise BadPacketError(
        f"{packet}: is not a whole .packet file (a ZIP whose end is the end of the file)",
        hint="it may have been cut on the way: get it again, or check its digest with the sender",
    )


def _directory(data: memoryview, packet: str, count: int, start: int, end: int) -> list[_Directory]:
    entries: list[_Directory] = []
    at = start
    while at < end:
        if at + _CENTRAL.size > end or bytes(data[at : at + 4]) != _CENTRAL_MARK:
            raise BadPacketError(f"{packet}: the archive's directory is damaged at byte {at:,}")
        (
            _,
            made,
            needed,
            flags,
            method,
            time,
            date,
            crc,
            packed,
            size,
            names,
            extras,
            comments,
            disk,
            _,
            attributes,
            header,
        ) = _CENTRAL.unpack_from(data, at)
        after = at + _CENTRAL.size + names + extras + comments
        if after > end:
            raise BadPacketError(f"{packet}: the archive's directory is damaged at byte {at:,}")
        name = bytes(data[at + _CENTRAL.size : at + _CENTRAL.size + names])
        extra = bytes(data[at + _CENTRAL.size + names : at + _CENTRAL.size + names + extras])
        entries.append(
            _Directory(
                *(made, needed, flags, method, time, date, crc, packed, size, name, extra, comments, disk),
                *(attributes, header),
            )
        )
        at = after
    if len(entries) != count:
        raise BadPacketError(f"{packet}: the archive says {count:,} members and lists {len(entries):,}")
    return entries


def _members(data: memoryview, packet: str, entries: Iterable[_Directory], end: int) -> tuple[ZipMember, ...]:
    members = []
    at = 0
    for entry in entries:
        name = _plain_name(entry, packet)
        if entry.header != at:
            what = "overlaps the one before it" if entry.header < at else "does not follow the one before it"
            raise BadPacketError(f"{packet}: the member '{name}' {what}; a packet has nothing between its members")
        body = _check_local(data, packet, name, entry, end)
        at = body + entry.packed
        if at > end:
            raise BadPacketError(f"{packet}: the member '{name}' runs into the archive's directory")
        members.append(ZipMember(name, body, entry.packed, entry.size, entry.crc, entry.method))
    if at != end:
        raise BadPacketError(f"{packet}: {end - at:,} bytes before the archive's directory belong to no member")
    return tuple(members)


def _plain_name(entry: _Directory, packet: str) -> str:
    name = entry.name.decode("ascii", "backslashreplace")
    where = f"{packet}: the member '{name[:200]}'"
    if entry.flags & _ENCRYPTED_FLAG:
        raise BadPacketError(f"{where} is encrypted; a packet is readable by everyone who has it")
    if entry.flags & _STREAMED_FLAG:
        raise BadPacketError(f"{where} has its size behind it; make the archive from files, not from a stream")
    if entry.flags & ~(_UTF8_FLAG | _LEVEL_FLAGS):
        raise BadPacketError(f"{where} uses a ZIP feature (flags {entry.flags:#06x}) that a packet does not need")
    if entry.method not in {STORED, DEFLATED}:
        raise BadPacketError(f"{where} is packed by method {entry.method}; expected stored (0) or deflated (8)")
    if entry.method == STORED and entry.packed != entry.size:
        raise BadPacketError(f"{where} is stored and has two different sizes")
    if entry.comment or entry.disk:
        raise BadPacketError(f"{where} has a comment or another disk's number; a packet has neither")
    _check_kind(entry, where)
    _check_extra(entry.extra, where)
    return name


def _check_kind(entry: _Directory, where: str) -> None:
    host, mode = entry.made >> 8, entry.attributes >> 16
    if host not in _HOSTS:
        raise BadPacketError(f"{where} was made for system {host}, whose file kinds we cannot read")
    if stat.S_ISLNK(mode):
        raise BadPacketError(f"{where} is a symbolic link; a packet holds plain files only")
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG} or entry.attributes & 0x10:
        raise BadPacketError(f"{where} is not a plain file", hint="zip a packet's folder with -D")


def _check_extra(extra: bytes, where: str) -> None:
    at = 0
    while at < len(extra):
        if at + 4 > len(extra):
            raise BadPacketError(f"{where} has a damaged extra field")
        tag, length = struct.unpack_from("<2H", extra, at)
        if tag in _REFUSED_EXTRAS:
            raise BadPacketError(f"{where} has {_REFUSED_EXTRAS[tag]} in an extra field; a packet has none")
        at += 4 + length
        if at > len(extra):
            raise BadPacketError(f"{where} has a damaged extra field")


def _check_local(data: memoryview, packet: str, name: str, entry: _Directory, end: int) -> int:
    at = entry.header
    where = f"{packet}: the member '{name}'"
    if at + _LOCAL.size > end or bytes(data[at : at + 4]) != _LOCAL_MARK:
        raise BadPacketError(f"{where} has no header of its own at byte {at:,}")
    _, needed, flags, method, time, date, crc, packed, size, names, extras = _LOCAL.unpack_from(data, at)
    body: int = at + _LOCAL.size + names + extras
    here = (needed, flags, method, time, date, crc, packed, size, bytes(data[at + _LOCAL.size : body - extras]))
    there = (
        *(entry.needed, entry.flags, entry.method, entry.time, entry.date, entry.crc, entry.packed, entry.size),
        entry.name,
    )
    if body > end or here != there:
        raise BadPacketError(f"{where} is described in two different ways in the archive; it was edited")
    _check_extra(bytes(data[body - extras : body]), where)
    return body


def _check_sealed(data: memoryview, packet: str, members: tuple[ZipMember, ...], start: int) -> None:
    directory = bytearray()
    at = 0
    for member in members:
        header = local_header(member.name, member.size, member.crc)
        if bytes(data[at : member.offset]) != header:
            raise BadPacketError(
                f"{packet}: the header of '{member.name}' is not as the writer makes it; it was edited"
            )
        directory += central_header(member.name, member.size, member.crc, at)
        at = member.offset + member.packed
    directory += end_record(len(members), len(directory), start)
    if bytes(data[start:]) != directory or [m.name for m in members] != sorted(m.name for m in members):
        raise BadPacketError(f"{packet}: the archive's directory is not as the writer makes it; it was edited")
