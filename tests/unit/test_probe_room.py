"""Folders that a killed probe left behind: removed by the next one, and only those that are certainly left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.probe import room
from reviewer.probe.sandbox.cell import remove

if TYPE_CHECKING:
    from collections.abc import Callable

MAKES = """
import sys, time
from pathlib import Path
from reviewer.probe import room
print(room.make(Path(sys.argv[1])), flush=True)
time.sleep(60)
"""


def left(parent: Path) -> Path:
    """A folder whose process was killed."""
    with subprocess.Popen([sys.executable, "-c", MAKES, str(parent)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        place = Path(child.stdout.readline().strip())
        child.send_signal(signal.SIGKILL)
    assert (place / room.OWNER).is_file()
    return place


def edited(place: Path, **changes: Any) -> None:  # noqa: ANN401 - what stands in a file
    owner = json.loads((place / room.OWNER).read_text())
    (place / room.OWNER).write_text(json.dumps({**owner, **changes}))


def test_what_a_killed_probe_left_is_removed_and_what_is_in_use_stays(tmp_path: Path) -> None:
    old, own = left(tmp_path), room.make(tmp_path)
    (old / "bench-x" / "tree").mkdir(parents=True)
    (old / "bench-x" / "tree" / "a").write_text("x")
    (old / "bench-x").chmod(0)
    assert room.sweep(tmp_path) == 1
    assert not old.exists()
    assert own.is_dir()


def test_a_process_of_the_same_number_is_another_one(tmp_path: Path) -> None:
    own = room.make(tmp_path)
    assert room.sweep(tmp_path) == 0
    edited(own, start="1")
    assert room.sweep(tmp_path) == 1


def test_a_folder_of_an_earlier_boot_is_left(tmp_path: Path) -> None:
    own = room.make(tmp_path)
    edited(own, boot="another")
    assert room.sweep(tmp_path) == 1


def _link(place: Path) -> None:
    other = place.with_name("other")
    place.rename(other)
    place.symlink_to(other)


def _linked_owner(place: Path) -> None:
    (place / room.OWNER).rename(place / "other")
    (place / room.OWNER).symlink_to("other")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda place: place.chmod(0o755),
        lambda place: place.rename(place.with_name("reviewer-probe-mine")),
        lambda place: place.rename(place.with_name("reviewer-probes-abcdefgh")),
        _link,
        _linked_owner,
        lambda place: (place / room.OWNER).unlink(),
        lambda place: (place / room.OWNER).write_text("[" * 4000),
        lambda place: (place / room.OWNER).write_text("[]"),
        lambda place: (place / room.OWNER).write_bytes(b"\xff"),
        lambda place: edited(place, pid="1"),
        lambda place: edited(place, pid=0),
        lambda place: edited(place, pid=-1),
        lambda place: edited(place, host="elsewhere"),
        lambda place: edited(place, processes="pid:[1]"),
        lambda place: edited(place, more="x" * 5000),
    ],
)
def test_in_doubt_it_stays(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    spoil(left(tmp_path))
    before = sorted(tmp_path.rglob("*"))
    assert room.sweep(tmp_path) == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_one_of_another_user_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = left(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert room.sweep(tmp_path) == 0
    assert place.is_dir()


def test_what_links_point_to_stays(tmp_path: Path) -> None:
    place, kept = left(tmp_path), tmp_path / "kept"
    kept.mkdir()
    (kept / "a").write_text("x")
    (place / "link").symlink_to(kept)
    assert room.sweep(tmp_path) == 1
    assert (kept / "a").read_text() == "x"


def test_without_a_place_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    assert room.sweep(tmp_path / "none") == 0


def test_removing_opens_nothing_above_the_folder(tmp_path: Path) -> None:
    above = tmp_path / "above"
    above.mkdir(mode=0o755)
    (above / "file").write_text("x")
    remove(above / "file")
    assert not (above / "file").exists()
    remove(above / "none")
    assert above.stat().st_mode & 0o777 == 0o755
