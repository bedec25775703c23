"""Write a packet: as one `.packet` file or as a folder, equal content giving equal bytes, whole or not at all.

Knows the form and the manifest's TOML; decides nothing about content. Everything is written under a temporary name
beside its place, synced, and renamed: a full disk or a killed process leaves nothing half-written.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
import tomli_w

from reviewer.digest import Sha256, sha256
from reviewer.errors import BadInputError, BadPacketError
from reviewer.packet import zip_layout
from reviewer.packet.content import Content, Files, Stretch, digest_of
from reviewer.packet.member import CHANGE, DIFF, MANIFEST, MEMBER_LIST, render_list
from reviewer.packet.toml_rows import row_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reviewer.packet.archive import PacketSource
    from reviewer.packet.manifest import Manifest

Member: TypeAlias = Content
"""What becomes a member of the packet."""

_BUFFER = 1 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def seal(
    manifest: Manifest, members: Mapping[str, Member], finish: Callable[[Manifest], Manifest] | None = None
) -> dict[str, Member]:
    """Return all members of a packet: those given, the list that pins them, and the manifest that pins the list.

    Args:
        manifest: its `members_sha256`, `diff_sha256` and `manifest_sha256` are set here.
        members: everything but `packet.toml` and `members.sha256`.
        finish: given the manifest with these set, returns the one to write (an id taken from all the rest).
    """
    digests = {name: digest_of(content) for name, content in members.items()}
    listing = render_list(digests)
    change = manifest.change.model_copy(
        update={"diff_sha256": digests[DIFF], "manifest_sha256": digests[CHANGE]},
    )
    pinned = manifest.model_copy(update={"members_sha256": sha256(listing), "change": change})
    return {**members, MEMBER_LIST: listing, MANIFEST: manifest_toml(pinned if finish is None else finish(pinned))}


def manifest_toml(manifest: Manifest) -> bytes:
    """Return `packet.toml`: tables and keys in the order of the models, absent fields left out.

    Texts stand on one line each unless none has a carriage return: TOML's long form would lose it.
    """
    tables = manifest_tables(manifest)
    multiline = not _has_carriage_return(tables)
    scalars = {key: value for key, value in tables.items() if not isinstance(value, dict | list)}
    parts = [tomli_w.dumps(scalars, multiline_strings=multiline)]
    for key, value in tables.items():
        if isinstance(value, dict):
            parts.append(tomli_w.dumps({key: value}, multiline_strings=multiline))
        elif isinstance(value, list):
            # tomli-w folds short rows into one line and long ones not; rows of one packet have one form.
            parts += [f"[[{key}]]\n{row_toml(row, multiline=multiline)}" for row in value]
    return "\n".join(parts).encode()


def manifest_tables(manifest: Manifest) -> dict[str, Any]:
    """Return the manifest as `packet.toml` holds it: plain tables, without what is absent."""
    tables: dict[str, Any] = manifest.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key, value in list(tables.items()):
        if isinstance(value, dict):
            graded = value.get("known", {})
            tables[key] = {k: v for k, v in value.items() if v not in ([], {}) or k in graded or key == "change"}
            if not tables[key]:
                del tables[key]
        elif isinstance(value, list):
            tables[key] = [{k: v for k, v in row.items() if (k, v) != ("events", [])} for row in value]
            if not value:
                del tables[key]
    return tables


def write_archive(path: Path, members: Mapping[str, Member], *, replace: bool = False) -> Sha256:
    """Write a `.packet` file and return the digest of its bytes.

    Args:
        path: where; its folder has to exist.
        members: everything, as `seal` returns it.
        replace: put it in the place of a file that is there.

    Raises:
        BadInputError: the place is taken, cannot be written, or the disk is full; nothing is left behind.
    """
    with _writing(path):
        _require_free(path, replace=replace)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        temporary = Path(name)
        try:
            digest = hashlib.sha256()
            with os.fdopen(descriptor, "wb", _BUFFER) as file:
                for chunk in _archive(members):
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fchmod(file.fileno(), 0o666 & ~_umask())
                os.fsync(file.fileno())
            _put(temporary, path, replace=replace)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    return Sha256(digest.hexdigest())


def write_folder(path: Path, members: Mapping[str, Member]) -> None:
    """Write a packet as a folder that does not exist yet.

    Raises:
        BadInputError: the place is taken, cannot be written, or the disk is full; nothing is left behind.
    """
    with _writing(path):
        _require_free(path, replace=False)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
        try:
            with Files() as files:
                for name in sorted(members):
                    _write_member(temporary / name, files.chunks(members[name]))
            temporary.chmod(0o777 & ~_umask())
            for folder in (temporary, *(place for place in temporary.iterdir() if place.is_dir())):
                _sync_folder(folder)
            temporary.rename(path)
            _sync_folder(path.parent)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise


def members_digest(members: Mapping[str, Member]) -> Sha256:
    """Return the digest of the `.packet` file that `write_archive` would write."""
    digest = hashlib.sha256()
    for chunk in _archive(members):
        digest.update(chunk)
    return Sha256(digest.hexdigest())


def archive_digest(source: PacketSource) -> Sha256:
    """Return the digest of the `.packet` file that the writer would make of these members."""
    digest = hashlib.sha256()
    state = _ArchiveState()
    for name in source.names:
        with source.map(name) as view:
            for chunk in state.member(name, lambda held=view: iter((held,))):  # type: ignore[misc]
                digest.update(chunk)
    digest.update(state.end())
    return Sha256(digest.hexdigest())


class _ArchiveState:
    """What has been put into an archive so far: its directory, and where the next member starts."""

    def __init__(self) -> None:
        self._directory = bytearray()
        self._count = 0
        self._at = 0

    def member(self, name: str, chunks: Callable[[], Iterator[bytes | memoryview]]) -> Iterator[bytes | memoryview]:
        """Yield a member's bytes; `chunks` is called twice, since its checksum stands before it."""
        size = crc = 0
        for chunk in chunks():
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
        yield self.header(name, size, crc)
        yield from chunks()

    def header(self, name: str, size: int, crc: int) -> bytes:
        """Return what stands before a member's bytes, and count it as put in."""
        if not zip_layout.fits(self._count + 1, self._at + size):
            raise BadPacketError(f"the packet would be larger than a ZIP can be at '{name}'; leave something out")
        header = zip_layout.local_header(name, size, crc)
        self._directory += zip_layout.central_header(name, size, crc, self._at)
        self._at += len(header) + size
        self._count += 1
        return header

    def end(self) -> bytes:
        """Return the directory and the end record."""
        return bytes(self._directory) + zip_layout.end_record(self._count, len(self._directory), self._at)


def _archive(members: Mapping[str, Member]) -> Iterator[bytes | memoryview]:
    state = _ArchiveState()
    with Files() as files:
        for name in sorted(members):
            content = members[name]
            if isinstance(content, Stretch):
                yield state.header(name, content.size, content.crc)
                yield from files.chunks(content)
            else:
                yield from state.member(name, lambda held=content: files.chunks(held))  # type: ignore[misc]
    yield state.end()


def _write_member(path: Path, chunks: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _require_free(path: Path, *, replace: bool) -> None:
    if not path.parent.is_dir():
        raise BadInputError(f"{path}: the folder {path.parent} does not exist", hint="make it first, or choose another")
    if not replace and os.path.lexists(path):
        raise BadInputError(f"{path}: is there already, and nothing is written over", hint="choose another with -o")


def _put(temporary: Path, path: Path, *, replace: bool) -> None:
    if replace:
        temporary.replace(path)
    else:
        # A link is refused where the name is taken, so two writers at once cannot replace each other.
        os.link(temporary, path)
        temporary.unlink()
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise BadInputError(
                f"{path}: the disk is full, so the packet was not written; nothing was left behind",
                hint="make room, or choose another place with -o",
            ) from None
        raise BadInputError(f"{path}: cannot be written: {error.strerror or error}") from None


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _has_carriage_return(value: object) -> bool:
    # In JSON a carriage return is an escape; where its two signs are nowhere, there is none to look for one by one.
    with suppress(orjson.JSONEncodeError):
        if b"\\r" not in orjson.dumps(value):
            return False
    return _holds_carriage_return(value)


def _holds_carriage_return(value: object) -> bool:
    match value:
        case str():
            return "\r" in value
        case dict():
            return any(_holds_carriage_return(entry) for entry in value.values())
        case list():
            return any(_holds_carriage_return(entry) for entry in value)
        case _:
            return False


__all__ = [
    "Member",
    "archive_digest",
    "manifest_tables",
    "manifest_toml",
    "members_digest",
    "seal",
    "write_archive",
    "write_folder",
]
