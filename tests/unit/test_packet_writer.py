"""Writing a packet: equal content gives equal bytes, and nothing is ever half-written."""

from __future__ import annotations

import errno
import os
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.errors import BadInputError
from reviewer.packet import writer
from reviewer.packet.archive import open_source
from reviewer.packet.loader import load
from reviewer.packet.manifest import Manifest
from tests.support.packets import make_packet, packet_members

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


WRITERS = pytest.mark.parametrize("write", [writer.write_archive, writer.write_folder])


def test_equal_content_gives_equal_bytes_in_any_order(tmp_path: Path) -> None:
    members = packet_members()
    one = writer.write_archive(tmp_path / "1", members)
    two = writer.write_archive(tmp_path / "2", dict(reversed(members.items())))
    assert one == two
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_a_member_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * 3_000_000)
    with_file = writer.write_archive(tmp_path / "1", {"packet.toml": b"", "logs/1.log": tmp_path / "log"})
    in_memory = writer.write_archive(tmp_path / "2", {"packet.toml": b"", "logs/1.log": b"x" * 3_000_000})
    assert with_file == in_memory


def test_the_digest_of_a_folder_is_that_of_its_archive(tmp_path: Path) -> None:
    digest = writer.write_archive(tmp_path / "p", packet_members())
    writer.write_folder(tmp_path / "f", packet_members())
    with open_source(tmp_path / "f") as folder, open_source(tmp_path / "p") as archive:
        assert writer.archive_digest(folder) == writer.archive_digest(archive) == digest


def test_sha256sum_reads_the_list(tmp_path: Path) -> None:
    import shutil
    import subprocess

    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    writer.write_folder(tmp_path / "f", packet_members())
    subprocess.run(
        ["sha256sum", "--strict", "-c", "members.sha256"], cwd=tmp_path / "f", check=True, capture_output=True
    )


@WRITERS
def test_nothing_is_written_over(tmp_path: Path, write: Callable[..., object]) -> None:
    (tmp_path / "p").write_text("mine")
    with pytest.raises(BadInputError, match="is there already, and nothing is written over"):
        write(tmp_path / "p", packet_members())
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BadInputError, match="is there already"):
        write(tmp_path / "link", packet_members())
    assert (tmp_path / "p").read_text() == "mine"
    assert names(tmp_path) == ["link", "p"]


@WRITERS
def test_a_folder_that_is_missing_is_said(tmp_path: Path, write: Callable[..., object]) -> None:
    with pytest.raises(BadInputError, match="nowhere does not exist"):
        write(tmp_path / "nowhere" / "p", packet_members())


def test_replacing_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("old")
    writer.write_archive(tmp_path / "p", packet_members(), replace=True)
    load(tmp_path / "p").close()
    assert names(tmp_path) == ["p"]


@pytest.mark.parametrize(
    ("write", "call"),
    [
        (writer.write_archive, "fsync"),
        (writer.write_archive, "link"),
        (writer.write_folder, "fsync"),
        (writer.write_folder, "rename"),
    ],
)
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., object], call: str
) -> None:
    def full(*_args: Any, **_more: Any) -> None:  # noqa: ANN401
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(BadInputError, match="the disk is full, so the packet was not written; nothing was left behind"):
        write(tmp_path / "p", packet_members())
    monkeypatch.undo()
    assert names(tmp_path) == []
    write(tmp_path / "p", packet_members())


@WRITERS
def test_an_interrupt_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., object]
) -> None:
    def interrupt(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "p", packet_members())
    assert names(tmp_path) == []


@WRITERS
def test_two_writers_at_once_do_not_replace_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., object]
) -> None:
    real = os.fsync

    def other_first(descriptor: int) -> None:
        real(descriptor)
        if not (tmp_path / "p").exists():
            (tmp_path / "p").mkdir()
            (tmp_path / "p" / "theirs").write_text("theirs")

    monkeypatch.setattr(os, "fsync", other_first)
    with pytest.raises(BadInputError, match="cannot be written"):
        write(tmp_path / "p", packet_members())
    assert names(tmp_path) == ["p"]
    assert (tmp_path / "p" / "theirs").read_text() == "theirs"


def test_modes_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        path = make_packet(tmp_path)
        folder = make_packet(tmp_path, name="f", folder=True)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640
    assert folder.stat().st_mode & 0o777 == 0o750


class TestManifest:
    def reread(self, **tables: Any) -> tuple[Manifest, Manifest]:  # noqa: ANN401
        data = packet_members(manifest=tables)["packet.toml"]
        assert isinstance(data, bytes)
        manifest = Manifest.model_validate(tomllib.loads(data.decode()))
        return manifest, Manifest.model_validate(manifest.model_dump(by_alias=True))

    @pytest.mark.parametrize(
        "text", ["a\r\nb\rc", "\n first", "tab\t \x00 \x1b[31m \x7f", "\"\"\"'''\\", "⟦redacted: x⟧", " ", ""]
    )
    def test_a_prompt_keeps_its_exact_characters(self, text: str) -> None:
        manifest, _ = self.reread(task={"known": {"prompt": "recorded"}, "prompt": text})
        assert manifest.task.prompt == text

    def test_rows_have_one_form_however_short(self) -> None:
        data = packet_members(manifest={"redaction": [{"file": "a", "rule": "b", "count": 1}]})["packet.toml"]
        assert isinstance(data, bytes)
        assert b"[[redaction]]\nfile = " in data
        assert b"= [\n    { " not in data

    def test_absent_fields_are_left_out(self) -> None:
        data = packet_members()["packet.toml"]
        assert isinstance(data, bytes)
        tables = tomllib.loads(data.decode())
        assert "objective" not in tables["task"]
        assert "constraints" not in tables["task"]
        assert "plan" not in tables
        assert "retry" not in tables
