"""Load a packet: check its form, its manifest and, when asked, each of its bytes against its digests.

Knows the packet format and gives out typed values; shows nothing and keeps nothing open longer than the packet. Every
refusal names the file, the key and the line, and says what was expected (packet format, "Bad packets").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from pydantic import ValidationError

from reviewer.digest import Sha256, sha256, sha256_stream
from reviewer.errors import BadPacketError
from reviewer.packet import change, mapped, member, writer
from reviewer.packet.archive import ArchiveSource, PacketSource, open_source
from reviewer.packet.explain import explain, line_of, parse_toml, show_key
from reviewer.packet.limits import DEFAULT_LIMITS, Limits
from reviewer.packet.manifest import GRADED, SCHEMA, Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType


class Packet:
    """An open packet. Close it, or use it as a context.

    Attributes:
        path: as the person named it.
        manifest: `packet.toml`, checked.
        manifest_bytes: its exact bytes.
        key: SHA-256 of these bytes; it pins all content through the member list.
        listed: the digest of each member that the list pins.
        size: bytes of all members, unpacked.
    """

    def __init__(self, source: PacketSource, manifest_bytes: bytes, manifest: Manifest) -> None:
        """Keep an open source whose manifest was read.

        Raises:
            BadPacketError: the member list does not fit the manifest or what is there.
        """
        self._source = source
        self.path = source.path
        self.manifest = manifest
        self.manifest_bytes = manifest_bytes
        self.key = sha256(manifest_bytes)
        self.size = source.total
        self._diff: memoryview | None = None
        self.listed = self._read_list()
        self._check_pins()

    @property
    def names(self) -> tuple[str, ...]:
        """All members, sorted."""
        return self._source.names

    @property
    def limits(self) -> Limits:
        """What it was opened with."""
        return self._source.limits

    def has(self, name: str) -> bool:
        """Return whether there is such a member."""
        return name in self.listed or name in member.REQUIRED[:2]

    def member_size(self, name: str) -> int:
        """Return a member's size in bytes; see `read` for the error."""
        return self._source.size(name)

    def read(self, name: str) -> bytes:
        """Return a member's bytes, checked against its digest each time.

        Raises:
            BadPacketError: there is no such member, or it is not what the packet says.
        """
        data = self._source.read(name)
        self._check_digest(name, sha256(data))
        return data

    def diff(self) -> memoryview:
        """Return `change.diff`, the same bytes at each call. Their digest is `verify`'s to check, not this call's."""
        if self._diff is None:
            self._diff = self._source.map(member.DIFF)
        return self._diff

    def blob(self, digest: str) -> bytes | None:
        """Return the content with this SHA-256, or None when the packet does not hold it.

        Raises:
            BadPacketError: the packet holds something else under that name.
        """
        name = member.blob_name(digest)
        return self.read(name) if name in self.listed else None

    def change_entries(self) -> tuple[change.ChangeEntry, ...]:
        """Return the entries of `change.manifest`, in order.

        Raises:
            BadPacketError: it is damaged.
        """
        return change.parse(self.read(member.CHANGE), f"{self.path.name}: {member.CHANGE}")

    def digest(self) -> Sha256:
        """Return the packet's digest: of the `.packet` file's bytes, or of the one that would be made of the folder."""
        if isinstance(self._source, ArchiveSource):
            return mapped.digest(self._source.raw)
        return writer.archive_digest(self._source)

    def verify(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Check every byte of the packet against its digests.

        Args:
            progress: called with bytes done and bytes in all, now and then; whatever it raises ends the check.

        Raises:
            BadPacketError: a member is not what the packet says; the sentence names it.
        """
        done = 0
        if self._source.read(member.MANIFEST) != self.manifest_bytes:
            raise BadPacketError(f"{self.path.name}: {member.MANIFEST} changed while the packet was open")
        self._read_list()
        for name in self.listed:
            if name == member.DIFF:
                # The bytes that are shown; what a folder has under that name by now is looked at too.
                self._check_digest(name, mapped.digest(self.diff()))
            if name != member.DIFF or not isinstance(self._source, ArchiveSource):
                with self._source.open(name) as stream:
                    self._check_digest(name, sha256_stream(stream)[0])
            done += self._source.size(name)
            if progress is not None:
                progress(done, self.size)

    def close(self) -> None:
        """Let go of the files."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read_list(self) -> dict[str, Sha256]:
        data = self._source.read(member.MEMBER_LIST) if member.MEMBER_LIST in self._source.names else None
        if data is None:
            raise BadPacketError(f"{self.path.name}: has no {member.MEMBER_LIST}, which pins all other members")
        if sha256(data) != self.manifest.members_sha256:
            raise self._refuse(
                ("members_sha256",), f"says {self.manifest.members_sha256[:12]}…, and {member.MEMBER_LIST} is another"
            )
        return member.parse_list(data, self.path.name)

    def _check_pins(self) -> None:
        there = set(self._source.names) - set(member.REQUIRED[:2])
        if extra := sorted(there - set(self.listed)):
            raise BadPacketError(
                f"{self.path.name}: '{extra[0]}' is in the packet and not in {member.MEMBER_LIST}; it was put in later",
                hint="a packet is never changed: make a new one with reviewer pack",
            )
        if missing := sorted(set(self.listed) - there):
            raise BadPacketError(f"{self.path.name}: '{missing[0]}' is in {member.MEMBER_LIST} and not in the packet")
        for name in member.REQUIRED:
            if name not in self._source.names:
                raise BadPacketError(f"{self.path.name}: has no {name}, which every packet has")
        for pin, name in (("diff_sha256", member.DIFF), ("manifest_sha256", member.CHANGE)):
            if getattr(self.manifest.change, pin) != self.listed[name]:
                raise self._refuse(("change", pin), f"is not the digest that {member.MEMBER_LIST} has for {name}")
        for key, reference in self._references():
            if reference is not None and reference not in self.listed:
                raise self._refuse(key, f"names '{reference[:80]}', which is not in the packet")

    def _references(self) -> Iterator[tuple[tuple[str | int, ...], str | None]]:
        for number, row in enumerate(self.manifest.command):
            yield ("command", number, "log"), row.log
        for number, log in enumerate(self.manifest.origin.transcript):
            yield ("origin", "transcript", number, "path"), log.path

    def _check_digest(self, name: str, digest: Sha256) -> None:
        expected = self.listed.get(name)
        if name == member.MANIFEST:
            expected = self.key
        elif name == member.MEMBER_LIST:
            expected = Sha256(self.manifest.members_sha256)
        if digest != expected:
            raise BadPacketError(
                f"{self.path.name}: '{name}' is not what the packet says: its digest is {digest.short}…, "
                f"expected {expected.short if expected else 'none'}…; it was changed after the packet was made",
                hint="a packet is never changed: make a new one with reviewer pack",
            )

    def _refuse(self, key: tuple[str | int, ...], sentence: str) -> BadPacketError:
        line = line_of(self.manifest_bytes.decode(), key)
        return BadPacketError(f"{self.path.name}: {member.MANIFEST}, line {line}: {show_key(key)} {sentence}")


def load(
    path: Path, limits: Limits = DEFAULT_LIMITS, *, verify: bool = True, source: PacketSource | None = None
) -> Packet:
    """Open a packet.

    Args:
        path: a folder or a `.packet` file.
        limits: what is refused as too large.
        verify: check every byte now. Without it `Packet.verify` has to be called before anything is believed: what is
            checked then is the form, the manifest, and that the list fits what is there.
        source: the packet as it was opened with these limits already; it is closed with the packet.

    Raises:
        BadPacketError: the packet breaks a rule of its format, its limits or its own digests.
    """
    source = source or open_source(path, limits)
    try:
        if (size := source.size(member.MANIFEST)) > limits.max_manifest:
            raise BadPacketError(
                f"{path.name}: {member.MANIFEST} has {size:,} bytes; at most {limits.max_manifest:,} are read"
            )
        data = source.read(member.MANIFEST)
        packet = Packet(source, data, parse_manifest(data, path.name))
        if verify:
            packet.verify()
    except BaseException:
        source.close()
        raise
    return packet


def parse_manifest(data: bytes, packet: str) -> Manifest:
    """Return `packet.toml` as a model.

    Args:
        data: the whole file.
        packet: the packet's name, for the sentence.

    Raises:
        BadPacketError: not TOML, another schema version, an unknown key, a value of the wrong kind, or a value that
            does not say how it is known. The sentence has the line and the key.
    """
    where = f"{packet}: {member.MANIFEST}"
    text, tables = parse_toml(data, where, BadPacketError)
    _check_schema(tables, text, where)
    try:
        manifest = Manifest.model_validate(tables)
    except ValidationError as error:
        raise BadPacketError(f"{where}{explain(error, Manifest, text)}") from None
    _check_grades(manifest, text, where)
    return manifest


def _check_grades(manifest: Manifest, text: str, where: str) -> None:
    for name in GRADED:
        table = getattr(manifest, name)
        fields = [field for field in type(table).model_fields if field != "known"]
        for field in sorted(table.known.keys() - set(fields)):
            line = line_of(text, (name, "known", field))
            raise BadPacketError(f"{where}, line {line}: {name}.known.{field} grades a field that is not in [{name}]")
        for field in fields:
            value = getattr(table, field)
            grade = table.known.get(field, "absent")
            if (grade == "absent") is not (value is None or (value == [] and grade == "absent")):
                line = line_of(text, (name, field))
                says = (
                    "has a value and does not say how it is known" if grade == "absent" else f"is {grade} and missing"
                )
                raise BadPacketError(f"{where}, line {line}: {name}.{field} {says}; {name}.known has to fit it")


def _check_schema(tables: dict[str, Any], text: str, where: str) -> None:
    schema = tables.get("schema")
    if schema == SCHEMA:
        return
    at = f", line {line_of(text, ('schema',))}" if "schema" in tables else ""
    if isinstance(schema, str) and (match := re.fullmatch(r"review-packet/(\d{1,9})", schema, re.ASCII)):
        raise BadPacketError(
            f"{where}{at}: schema is version {match[1]}; this reviewer reads version {SCHEMA.rpartition('/')[2]}",
            hint="update reviewer",
        )
    raise BadPacketError(f"{where}{at}: schema is not '{SCHEMA}', so this is not a packet's manifest")


__all__ = ["Packet", "load", "parse_manifest"]
