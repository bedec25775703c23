"""A packet that is written to while it is open: what was checked stays what is shown, and nothing is killed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from reviewer.errors import BadPacketError
from reviewer.packet import writer
from reviewer.packet.archive import open_source
from reviewer.packet.limits import Limits
from reviewer.packet.loader import load
from tests.support.packets import make_packet

if TYPE_CHECKING:
    from pathlib import Path

BIG = 3 << 20


def test_an_archive_that_is_cut_while_it_is_open_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "p.packet"
    writer.write_archive(path, {"packet.toml": b"x = 1\n", "change.diff": b"a" * BIG})
    with open_source(path) as source:
        view = source.map("change.diff")
        os.truncate(path, 0)
        assert bytes(view) == b"a" * BIG
        assert source.read("packet.toml") == b"x = 1\n"


def test_a_member_of_a_folder_stays_what_it_was_when_it_was_taken(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    writer.write_folder(folder, {"packet.toml": b"x = 1\n", "small": b"s" * 10, "big": b"b" * BIG})
    with open_source(folder) as source:
        views = {name: source.map(name) for name in ("small", "big")}
        for name, view in views.items():
            expected = bytes(view)
            (folder / name).write_bytes(b"evil")
            assert bytes(view) == expected


@pytest.mark.parametrize("folder", [False, True])
def test_the_diff_that_was_checked_is_the_diff_that_is_shown(tmp_path: Path, *, folder: bool) -> None:
    path = make_packet(tmp_path, name="p", folder=folder)
    with load(path) as packet:
        shown = bytes(packet.diff())
        target = path / "change.diff" if folder else path
        data = target.read_bytes()
        with target.open("r+b") as file:
            file.write(data.replace(b"SKEW", b"EVIL"))
        assert b"SKEW" in shown
        assert bytes(packet.diff()) == shown


def test_an_archive_far_beyond_the_limits_is_refused_before_it_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "p.packet"
    path.touch()
    os.truncate(path, 1 << 40)
    with pytest.raises(BadPacketError, match=r"has 1,099,511,627,776 bytes; at most"):
        open_source(path, Limits())
