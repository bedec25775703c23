"""Opening a packet's bytes: every trick that an archive or a folder can play is refused, by name."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from reviewer.errors import BadPacketError
from reviewer.packet import writer
from reviewer.packet.archive import open_source
from reviewer.packet.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEMBERS: dict[str, writer.Member] = {"packet.toml": b"x = 1\n", "logs/1.log": b"hello\n" * 10, "empty": b""}


def foreign(path: Path, method: int = zipfile.ZIP_DEFLATED, /, **more: bytes) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in {**MEMBERS, **more}.items():
            assert isinstance(data, bytes)
            archive.writestr(name, data)
    return path


def written(path: Path) -> Path:
    writer.write_archive(path, MEMBERS)
    return path


def refused(path: Path, reason: str, limits: Limits | None = None) -> None:
    def read_all() -> None:
        with open_source(path, limits or Limits()) as source:
            for name in source.names:
                source.read(name)

    with pytest.raises(BadPacketError, match=reason):
        read_all()


def patched(path: Path, find: bytes, change: Callable[[bytearray, int], None], nth: int = 0) -> Path:
    data = bytearray(path.read_bytes())
    at = -1
    for _ in range(nth + 1):
        at = data.index(find, at + 1)
    change(data, at)
    path.write_bytes(data)
    return path


def test_our_archive_is_one_that_other_programs_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path / "p.packet")) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(MEMBERS)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_made_by_another_program_is_read(tmp_path: Path, method: int) -> None:
    with open_source(foreign(tmp_path / "p.packet", method)) as source:
        assert {name: source.read(name) for name in source.names} == MEMBERS
        assert source.open("logs/1.log").read() == MEMBERS["logs/1.log"]
        assert bytes(source.map("logs/1.log")) == MEMBERS["logs/1.log"]


def test_both_forms_give_the_same_members(tmp_path: Path) -> None:
    writer.write_folder(tmp_path / "f", MEMBERS)
    with open_source(tmp_path / "f") as folder, open_source(written(tmp_path / "p.packet")) as archive:
        assert folder.names == archive.names
        for name in folder.names:
            assert folder.read(name) == archive.read(name) == folder.open(name).read() == archive.open(name).read()
            assert folder.size(name) == archive.size(name) == len(archive.map(name)) == len(folder.map(name))
        with pytest.raises(BadPacketError, match="no member 'nothing'"):
            archive.read("nothing")


def test_junk_before_or_behind_an_archive_is_refused(tmp_path: Path) -> None:
    for data in (written(tmp_path / "p").read_bytes(), foreign(tmp_path / "q").read_bytes()):
        for junk in (b"#!/bin/sh\n" + data, data + b"\0", data + data):
            (tmp_path / "bad").write_bytes(junk)
            refused(tmp_path / "bad", "bad: ")


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"hello")
    refused(tmp_path / "text", "is not a whole .packet file")
    (tmp_path / "empty").write_bytes(b"")
    refused(tmp_path / "empty", "is empty")
    refused(tmp_path / "missing", "No such file")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "neither a folder nor a file")


def test_an_archive_without_a_manifest_is_no_packet(tmp_path: Path) -> None:
    writer.write_archive(tmp_path / "p", {"a": b""})
    refused(tmp_path / "p", "is a ZIP without packet.toml")


def test_names_are_checked_in_archives(tmp_path: Path) -> None:
    for number, name in enumerate(("../x", "/x", "a\\b", "x" * 300)):
        refused(foreign(tmp_path / str(number), zipfile.ZIP_STORED, **{name: b""}), "member name")


def test_a_name_that_is_not_ascii_is_refused(tmp_path: Path) -> None:
    refused(foreign(tmp_path / "p", é=b""), "member name")


def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p", "w") as archive:
        archive.writestr("packet.toml", b"good")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("packet.toml", b"evil")
    refused(tmp_path / "p", "'packet.toml' twice")


def test_headers_that_disagree_are_refused(tmp_path: Path) -> None:
    # One program would list logs/1.log, another would unpack logs/2.log.
    path = patched(foreign(tmp_path / "p"), b"logs/1.log", lambda data, at: data.__setitem__(at + 5, ord("2")))
    refused(path, "'logs/1.log' is described in two different ways")


def test_a_symbolic_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("link")
    entry.create_system = 3
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "p", "w") as archive:
        archive.writestr("packet.toml", b"")
        archive.writestr(entry, b"/etc/passwd")
    refused(tmp_path / "p", "'link' is a symbolic link")


def test_a_device_in_an_archive_is_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("device")
    entry.create_system = 3
    entry.external_attr = 0o020666 << 16
    with zipfile.ZipFile(tmp_path / "p", "w") as archive:
        archive.writestr(entry, b"")
    refused(tmp_path / "p", "'device' is not a plain file")


def test_an_entry_for_a_folder_is_refused(tmp_path: Path) -> None:
    refused(foreign(tmp_path / "p", zipfile.ZIP_STORED, **{"logs/": b""}), "'logs/' is not a plain file")


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    def encrypt(data: bytearray, at: int) -> None:
        data[at + 8] |= 1

    refused(patched(foreign(tmp_path / "p"), b"PK\x01\x02", encrypt), "is encrypted")


def test_a_member_whose_size_stands_behind_it_is_refused(tmp_path: Path) -> None:
    class Stream(io.RawIOBase):
        def __init__(self, file: io.BufferedWriter) -> None:
            self.file = file

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            return self.file.write(data)

    with (tmp_path / "p").open("wb") as file, zipfile.ZipFile(Stream(file), "w") as archive:
        archive.writestr("packet.toml", b"")
    refused(tmp_path / "p", "has its size behind it")


def test_an_unknown_method_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("packet.toml", b"x" * 1000)
    refused(tmp_path / "p", "packed by method 12")


def test_an_unknown_flag_is_refused(tmp_path: Path) -> None:
    def flag(data: bytearray, at: int) -> None:
        data[at + 9] |= 0x20

    refused(patched(foreign(tmp_path / "p"), b"PK\x01\x02", flag), "uses a ZIP feature")


@pytest.mark.parametrize(("tag", "reason"), [(0x0001, "ZIP64"), (0x7075, "second name"), (0x9901, "AES")])
def test_an_extra_field_that_changes_the_meaning_is_refused(tmp_path: Path, tag: int, reason: str) -> None:
    entry = zipfile.ZipInfo("packet.toml")
    entry.extra = struct.pack("<2H4s", tag, 4, b"evil")
    with zipfile.ZipFile(tmp_path / "p", "w") as archive:
        archive.writestr(entry, b"")
    refused(tmp_path / "p", reason)


def test_a_damaged_extra_field_is_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("packet.toml")
    entry.extra = struct.pack("<2H", 0x5455, 4) + b"ab"
    with zipfile.ZipFile(tmp_path / "p", "w") as archive:
        archive.writestr(entry, b"")
    refused(tmp_path / "p", "damaged extra field")


def test_an_extra_field_without_its_head_is_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("packet.toml")
    entry.extra = b"ab"
    with zipfile.ZipFile(tmp_path / "p", "w") as archive:
        archive.writestr(entry, b"")
    refused(tmp_path / "p", "has a damaged extra field")


def test_too_many_members_are_refused_before_their_names_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "p")
    refused(path, "holds 3 members; at most 2 are opened", Limits(max_members=2))


@pytest.mark.parametrize(("mark", "offset"), [(b"PK\x01\x02", 36), (b"PK\x03\x04", 4), (b"PK\x01\x02", 12)])
def test_a_header_of_ours_has_one_form(tmp_path: Path, mark: bytes, offset: int) -> None:
    def flip(data: bytearray, at: int) -> None:
        data[at + offset] ^= 1

    refused(patched(written(tmp_path / "p"), mark, flip), "described in two|not as the writer makes it")


def test_a_date_that_both_headers_share_is_still_not_ours(tmp_path: Path) -> None:
    def later(offset: int) -> Callable[[bytearray, int], None]:
        return lambda data, at: data.__setitem__(at + offset, 0x22)

    path = patched(written(tmp_path / "p"), b"PK\x01\x02", later(14))
    refused(patched(path, b"PK\x03\x04", later(12)), "the header of 'empty' is not as the writer makes it")


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    # The quoted overlap of "A better zip bomb": two directory entries share one body.
    def same_place(data: bytearray, at: int) -> None:
        data[at + 42 : at + 46] = b"\0\0\0\0"

    refused(patched(foreign(tmp_path / "p"), b"PK\x01\x02", same_place, nth=1), "overlaps the one before it")


def test_a_gap_between_members_is_refused(tmp_path: Path) -> None:
    data = foreign(tmp_path / "p").read_bytes()
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", data, end + 16)[0]
    gap = b"hidden"
    bad = data[:start] + gap + data[start:end] + data[end : end + 16] + struct.pack("<IH", start + len(gap), 0)
    (tmp_path / "p").write_bytes(bad)
    refused(tmp_path / "p", "6 bytes before the archive's directory belong to no member")


def test_a_bomb_stops_at_its_declared_size(tmp_path: Path) -> None:
    def lie(data: bytearray, at: int, field: int) -> None:
        data[at + field : at + field + 4] = struct.pack("<I", 10)

    path = foreign(tmp_path / "p", zeros=b"\0" * 1_000_000)
    patched(path, b"PK\x01\x02", lambda data, at: lie(data, at, 24), nth=3)
    patched(path, b"PK\x03\x04", lambda data, at: lie(data, at, 22), nth=3)
    refused(path, "'zeros' does not unpack to its 10 bytes")


def test_a_member_that_is_cut_inside_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("packet.toml", bytes(range(256)) * 4)
    path = patched(tmp_path / "p", b"packet.toml", lambda data, at: data.__setitem__(slice(at + 11, at + 13), b"\7\7"))
    refused(path, "cannot be unpacked")


def test_damage_that_keeps_the_size_is_found_by_the_checksum(tmp_path: Path) -> None:
    path = patched(foreign(tmp_path / "p", zipfile.ZIP_STORED), b"hello", lambda data, at: data.__setitem__(at, 0x48))
    refused(path, "'logs/1.log' does not match its checksum")


@pytest.mark.parametrize("write", [writer.write_folder, writer.write_archive])
def test_the_limits_hold_for_both_forms(tmp_path: Path, write: Callable[..., object]) -> None:
    path = tmp_path / "p"
    write(path, MEMBERS)
    open_source(path, Limits(max_unpacked=66, max_members=3)).close()
    refused(path, "holds 66 bytes unpacked; at most 65", Limits(max_unpacked=65))
    refused(path, "holds (more than 2|3) members", Limits(max_members=2))
    refused(path, "longer than 10", Limits(max_name=10))


def test_a_small_file_cannot_promise_more_than_the_limit(tmp_path: Path) -> None:
    path = foreign(tmp_path / "p", zeros=b"\0" * 10_000_000)
    assert path.stat().st_size < 20_000
    refused(path, "at most 1,000,000 are opened", Limits(max_unpacked=1_000_000))


def test_our_seal_demands_our_headers(tmp_path: Path) -> None:
    path = foreign(tmp_path / "p", zipfile.ZIP_STORED)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"review-packet/1"
    refused(path, "not as the writer makes it")


def test_another_comment_is_junk(tmp_path: Path) -> None:
    path = foreign(tmp_path / "p")
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"hello"
    refused(path, "is not a whole .packet file")


def test_the_number_of_members_has_to_be_right(tmp_path: Path) -> None:
    def more(data: bytearray, at: int) -> None:
        data[at + 8 : at + 12] = struct.pack("<2H", 4, 4)

    refused(patched(foreign(tmp_path / "p"), b"PK\x05\x06", more), "says 4 members and lists 3")


def test_an_archive_in_several_parts_is_refused(tmp_path: Path) -> None:
    def part(data: bytearray, at: int) -> None:
        data[at + 4] = 1

    refused(patched(foreign(tmp_path / "p"), b"PK\x05\x06", part), "one part of an archive in several")


@pytest.mark.parametrize("length", [0xFFFF, 200])
def test_a_directory_entry_that_runs_out_is_refused(tmp_path: Path, length: int) -> None:
    def longer(data: bytearray, at: int) -> None:
        data[at + 30 : at + 32] = struct.pack("<H", length)

    refused(patched(foreign(tmp_path / "p"), b"PK\x01\x02", longer, nth=2), "directory is damaged")


class TestFolder:
    def folder(self, tmp_path: Path) -> Path:
        writer.write_folder(tmp_path / "f", MEMBERS)
        return tmp_path / "f"

    def test_a_link_to_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("secret")
        (self.folder(tmp_path) / "logs" / "2.log").symlink_to(tmp_path / "secret")
        refused(tmp_path / "f", "'logs/2.log' is a symbolic link")

    def test_a_link_to_a_folder_is_refused(self, tmp_path: Path) -> None:
        (self.folder(tmp_path) / "blobs").symlink_to(tmp_path)
        refused(tmp_path / "f", "'blobs' is a symbolic link")

    def test_a_pipe_is_refused_and_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(self.folder(tmp_path) / "logs" / "2.log")
        refused(tmp_path / "f", "'logs/2.log' is not a plain file")

    def test_a_name_with_control_characters_is_refused(self, tmp_path: Path) -> None:
        (self.folder(tmp_path) / "a\x1b[31m").write_text("")
        refused(tmp_path / "f", "member name")

    def test_names_that_differ_in_case_are_refused(self, tmp_path: Path) -> None:
        (self.folder(tmp_path) / "logs" / "1.LOG").write_text("")
        refused(tmp_path / "f", "differs only in case")

    def test_a_folder_without_a_manifest_is_no_packet(self, tmp_path: Path) -> None:
        refused(tmp_path, "is a folder without packet.toml")

    def test_a_file_swapped_for_a_link_while_open_is_refused(self, tmp_path: Path) -> None:
        path = self.folder(tmp_path)
        (tmp_path / "secret").write_bytes(b"x" * 60)
        with open_source(path) as source:
            (path / "logs" / "1.log").unlink()
            (path / "logs" / "1.log").symlink_to(tmp_path / "secret")
            with pytest.raises(BadPacketError, match=r"'logs/1\.log' cannot be read"):
                source.read("logs/1.log")

    def test_a_folder_swapped_for_a_link_while_open_is_refused(self, tmp_path: Path) -> None:
        path = self.folder(tmp_path)
        with open_source(path) as source:
            (path / "logs").rename(tmp_path / "elsewhere")
            (path / "logs").symlink_to(tmp_path / "elsewhere")
            with pytest.raises(BadPacketError, match=r"'logs/1\.log' cannot be read"):
                source.map("logs/1.log")

    def test_a_file_that_grows_while_open_is_refused(self, tmp_path: Path) -> None:
        path = self.folder(tmp_path)
        with open_source(path) as source:
            with (path / "logs" / "1.log").open("ab") as file:
                file.write(b"more")
            with pytest.raises(BadPacketError, match="changed while the packet was open"):
                source.read("logs/1.log")

    def test_too_many_files_stop_the_walk(self, tmp_path: Path) -> None:
        path = self.folder(tmp_path)
        for number in range(30):
            (path / f"n{number}").write_text("")
        refused(path, "holds more than 5 members", Limits(max_members=5))


def test_the_checksum_in_our_archives_is_the_members(tmp_path: Path) -> None:
    data = written(tmp_path / "p").read_bytes()
    assert struct.pack("<I", zlib.crc32(b"hello\n" * 10)) in data


CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"


@pytest.mark.parametrize(
    ("where", "value", "reason"),
    [
        ((CENTRAL, 0, 34), b"\1\0", "has a comment or another disk's number"),
        ((CENTRAL, 0, 5), b"\x13", "was made for system 19"),
        ((CENTRAL, 0, 38), b"\x10", "'packet.toml' is not a plain file"),
        ((CENTRAL, 0, 20), b"\x05\0\0\0", "is stored and has two different sizes"),
        ((CENTRAL, 2, 42), b"\xff\xff\0\0", "does not follow the one before it"),
        ((LOCAL, 0, 0), b"PK\x07\x08", "has no header of its own at byte 0"),
        ((LOCAL, 0, 28), b"\xff\xff", "described in two different ways"),
        ((CENTRAL, 1, 0), b"PK\x07\x08", "the archive's directory is damaged at byte"),
        ((END, 0, 8), b"\xff\xff\xff\xff", "uses ZIP64 sizes"),
        ((END, 0, 12), b"\xff\xff\xff\xff", "uses ZIP64 sizes"),
        ((END, 0, 16), b"\0\0\0\0", "the archive's directory is not where its end says"),
        ((END, 0, 20), b"\1\0", "is not a whole .packet file"),
    ],
)
def test_a_field_that_does_not_fit_is_refused(
    tmp_path: Path, where: tuple[bytes, int, int], value: bytes, reason: str
) -> None:
    mark, nth, offset = where

    def set_field(data: bytearray, at: int) -> None:
        data[at + offset : at + offset + len(value)] = value

    refused(patched(foreign(tmp_path / "p", zipfile.ZIP_STORED), mark, set_field, nth), reason)


def test_a_member_that_reaches_into_the_directory_is_refused(tmp_path: Path) -> None:
    def longer(field: int) -> Callable[[bytearray, int], None]:
        def change(data: bytearray, at: int) -> None:
            data[at + field : at + field + 8] = struct.pack("<2I", 5, 5)

        return change

    path = patched(foreign(tmp_path / "p", zipfile.ZIP_STORED), CENTRAL, longer(20), nth=2)
    refused(patched(path, LOCAL, longer(18), nth=2), "'empty' runs into the archive's directory")


def test_a_comment_of_a_member_is_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("packet.toml")
    entry.comment = b"hello"
    with zipfile.ZipFile(tmp_path / "p", "w") as archive:
        archive.writestr(entry, b"")
    refused(tmp_path / "p", "has a comment or another disk's number")
