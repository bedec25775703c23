"""Open a packet's bytes, as a folder or as one `.packet` file, and give out members by name.

Knows names, sizes and bytes, nothing of what they mean. Reads only below the path it is given, follows no link, and
never gives out more than the limits allow. Both forms look the same from outside.
"""

from __future__ import annotations

import io
import os
import stat
import zlib
from abc import ABC, abstractmethod
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, Self

from reviewer.errors import BadPacketError
from reviewer.packet import snapshot, zip_layout
from reviewer.packet.limits import DEFAULT_LIMITS, Limits
from reviewer.packet.member import MANIFEST, check_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

_OPEN_FLAGS = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK


class PacketSource(ABC):
    """The members of one packet, whatever its form. Close it, or use it as a context."""

    def __init__(self, path: Path, sizes: dict[str, int], limits: Limits) -> None:
        """Keep what is there, after the limits.

        Args:
            path: the packet, as the person named it.
            sizes: unpacked bytes of each member.
            limits: what is refused.

        Raises:
            BadPacketError: bad names, too many members or too many bytes.
        """
        self.path = path
        self.limits = limits
        self.names = check_names(sizes, limits, path.name)
        self._sizes = sizes
        self.total = sum(sizes.values())
        if self.total > limits.max_unpacked:
            raise BadPacketError(
                f"{path.name}: holds {self.total:,} bytes unpacked; at most {limits.max_unpacked:,} are opened",
                hint="raise the limit in your settings only if you trust where it comes from",
            )
        self._closing = ExitStack()

    def size(self, name: str) -> int:
        """Return a member's unpacked size in bytes.

        Raises:
            BadPacketError: there is no such member.
        """
        self._require(name)
        return self._sizes[name]

    def read(self, name: str) -> bytes:
        """Return a member's exact bytes; those of an archive are checked against its CRC.

        Raises:
            BadPacketError: there is no such member, or it is damaged.
        """
        self._require(name)
        return self._read(name)

    def open(self, name: str) -> BinaryIO:
        """Return a member as a binary stream to read from the start.

        Raises:
            BadPacketError: there is no such member, or it is damaged.
        """
        return io.BufferedReader(_ViewReader(self.map(name)), 1 << 16)

    def map(self, name: str) -> memoryview:
        """Return a member's bytes as they are now, in place where it is stored; a context that releases them.

        The bytes are not checked here: whoever shows them asks for their digest first or says that it is still open.

        Raises:
            BadPacketError: there is no such member, or it is damaged.
        """
        self._require(name)
        return self._map(name)

    def close(self) -> None:
        """Let go of the files. Views that are still in use keep theirs until they are dropped."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def _read(self, name: str) -> bytes: ...

    @abstractmethod
    def _map(self, name: str) -> memoryview: ...

    def _require(self, name: str) -> None:
        if name not in self._sizes:
            raise BadPacketError(f"{self.path.name}: has no member '{name}'")


def open_source(path: Path, limits: Limits = DEFAULT_LIMITS) -> PacketSource:
    """Return the members of the packet at `path`.

    Raises:
        BadPacketError: nothing is there, it is neither a folder nor a plain file, or its form breaks a rule of
            its format. The sentence names the packet and the member.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadPacketError(f"{path}: cannot be opened as a packet: {reason}") from None
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise BadPacketError(f"{path}: is neither a folder nor a file; a packet is one of the two")
    try:
        return FolderSource(path, limits) if stat.S_ISDIR(mode) else ArchiveSource(path, limits)
    except OSError as error:
        raise BadPacketError(f"{path}: cannot be read: {error.strerror}") from None


class FolderSource(PacketSource):
    """A packet as a folder."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """List the folder; see `open_source`."""
        self._root = path
        super().__init__(path, dict(_walk(path, limits)), limits)
        if MANIFEST not in self._sizes:
            raise BadPacketError(f"{path}: is a folder without {MANIFEST}, so it is not a packet")

    def _read(self, name: str) -> bytes:
        size = self._sizes[name]
        with self._file(name) as file:
            data = file.read(size + 1)
        if len(data) != size:
            raise BadPacketError(f"{self.path.name}: '{name}' changed its size while it was read")
        return data

    def _map(self, name: str) -> memoryview:
        size = self._sizes[name]
        with self._file(name) as file:
            taken = snapshot.take(file, size)
        if taken is None:
            raise BadPacketError(f"{self.path.name}: '{name}' changed its size while it was read")
        return taken

    def _file(self, name: str) -> BinaryIO:
        # Each part is opened below the last one without following links: a folder swapped for a link in between
        # is refused by the kernel.
        try:
            with ExitStack() as held:
                parent = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                held.callback(os.close, parent)
                *folders, last = name.split("/")
                for part in folders:
                    parent = os.open(part, _OPEN_FLAGS | os.O_DIRECTORY, dir_fd=parent)
                    held.callback(os.close, parent)
                file = os.fdopen(os.open(last, _OPEN_FLAGS, dir_fd=parent), "rb", buffering=0)
        except OSError as error:
            raise BadPacketError(f"{self.path.name}: '{name}' cannot be read: {error.strerror}") from None
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size != self._sizes[name]:
            file.close()
            raise BadPacketError(f"{self.path.name}: '{name}' changed while the packet was open")
        return file


class ArchiveSource(PacketSource):
    """A packet as one file; members that are stored are read in place."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Take the file's bytes and account for each of them; see `open_source`."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise BadPacketError(f"{path.name}: is empty; expected a .packet file")
            if size > (most := snapshot.most_bytes(limits)):
                raise BadPacketError(
                    f"{path.name}: has {size:,} bytes; at most {most:,} are opened",
                    hint="raise the limit in your settings only if you trust where it comes from",
                )
            taken = snapshot.take(file, size)
        if taken is None:
            raise BadPacketError(f"{path.name}: changed its size while it was read", hint="try again")
        self.raw = taken
        members = zip_layout.parse(self.raw, path.name, limits)
        check_names((member.name for member in members), limits, path.name)
        super().__init__(path, {member.name: member.size for member in members}, limits)
        self._members = {member.name: member for member in members}
        if MANIFEST not in self._sizes:
            raise BadPacketError(f"{path.name}: is a ZIP without {MANIFEST}, so it is not a packet")

    def _read(self, name: str) -> bytes:
        data = self._unpack(name)
        if zlib.crc32(data) != self._members[name].crc:
            raise BadPacketError(f"{self.path.name}: '{name}' does not match its checksum; the packet was damaged")
        return data

    def _map(self, name: str) -> memoryview:
        member = self._members[name]
        if member.method == zip_layout.STORED:
            return self.raw[member.offset : member.offset + member.packed]
        return memoryview(self._read(name))

    def _unpack(self, name: str) -> bytes:
        member = self._members[name]
        packed = self.raw[member.offset : member.offset + member.packed]
        if member.method == zip_layout.STORED:
            return bytes(packed)
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            # One byte more than declared is asked for, and never more: a bomb stops here.
            data = unpacking.decompress(packed, member.size + 1)
        except zlib.error:
            raise BadPacketError(f"{self.path.name}: '{name}' cannot be unpacked; the packet was damaged") from None
        if len(data) != member.size or not unpacking.eof or unpacking.unused_data or unpacking.unconsumed_tail:
            raise BadPacketError(f"{self.path.name}: '{name}' does not unpack to its {member.size:,} bytes")
        return data


class _ViewReader(io.RawIOBase):
    """A raw stream over bytes that stay where they are."""

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's buffer is private
        taken = self._view[self._at : self._at + len(buffer)]
        buffer[: len(taken)] = taken
        self._at += len(taken)
        return len(taken)


def _walk(root: Path, limits: Limits) -> Iterator[tuple[str, int]]:
    pending = [""]
    count = 0
    while pending:
        prefix = pending.pop()
        with os.scandir(root / prefix) as entries:
            for entry in entries:
                name = prefix + entry.name
                count += 1
                if count > 2 * limits.max_members:
                    raise BadPacketError(f"{root.name}: holds more than {limits.max_members:,} members")
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISLNK(found.st_mode):
                    raise BadPacketError(f"{root.name}: '{name}' is a symbolic link; a packet holds plain files only")
                if stat.S_ISDIR(found.st_mode):
                    check_names([f"{name}/x"], limits, root.name)
                    pending.append(f"{name}/")
                elif stat.S_ISREG(found.st_mode):
                    yield name, found.st_size
                else:
                    raise BadPacketError(f"{root.name}: '{name}' is not a plain file; a packet holds nothing else")


__all__ = ["ArchiveSource", "FolderSource", "PacketSource", "open_source"]
