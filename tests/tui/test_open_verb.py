"""`reviewer open` on things that are no terminal, no packet, or not the settings they have to be."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from reviewer.cli.newest import newest_packet
from reviewer.cli.open import open_packet
from reviewer.errors import BadInputError
from reviewer.tui.app import ReviewApp
from reviewer.tui.screens.packet_file import PacketFile
from reviewer.tui.screens.review import ReviewScreen
from reviewer.tui.screens.viewing import editor_command
from reviewer.workflow.settings import look
from tests.support.packets import make_packet
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("REVIEWER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text("[user]\n name = Ana\n email = ana@example.org\n", encoding="utf-8")


def test_without_a_terminal_it_is_one_sentence_that_points_to_show(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="needs a terminal") as caught:
        open_packet(tmp_path / "x.packet")
    assert caught.value.exit_code == 2
    assert "reviewer show" in (caught.value.hint or "")


def test_a_packet_that_is_not_there_is_said_before_the_screen_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    with pytest.raises(BadInputError, match="there is no such packet"):
        open_packet(tmp_path / "x.packet")


@pytest.mark.usefixtures("_own_folders")
def test_settings_are_looked_at_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    assert look().theme is None
    config = tmp_path / "config" / "config.toml"
    config.parent.mkdir()
    config.write_text('[view]\ntheme = "paper"\norder = "path"\n[keymap]\nhelp = "f1"\n', encoding="utf-8")
    wanted = look()
    assert (wanted.theme, wanted.order, wanted.keymap["help"]) == ("paper", "path", "f1")
    assert look(theme="ink").theme == "ink"
    config.write_text("[view]\nthme = 1\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"config\.toml: view\.thme"):
        look()


@pytest.mark.usefixtures("_own_folders")
async def test_a_real_packet_is_reviewed_and_remembered(tmp_path: Path) -> None:
    packet = make_packet(tmp_path)

    async def examined(app: ReviewApp) -> ReviewScreen:
        screen = app.screen
        assert isinstance(screen, ReviewScreen)
        return screen

    for seen_before in (0, 1):
        app = ReviewApp(PacketFile(packet))
        async with app.run_test(size=(140, 40)) as pilot:
            screen = await examined(app)
            for _ in range(500):
                if screen.examined and screen.shown_units:
                    break
                await pilot.pause(0.02)
            assert screen.review is not None
            assert not screen.review.breaks
            assert len(screen.review.state.seen) == seen_before
            if not seen_before:
                await pilot.press("space")
                assert len(screen.review.state.seen) == 1


@pytest.mark.parametrize(
    ("editor", "tail"),
    [
        ("vim", ["+7", "/x/a.py"]),
        ("code -n", ["--wait", "--goto", "/x/a.py:7"]),
        ("hx", ["/x/a.py:7"]),
        ("ed", ["/x/a.py"]),
    ],
)
def test_editors_open_at_the_line_where_they_can(editor: str, tail: list[str]) -> None:
    from pathlib import Path

    assert list(editor_command(editor, Path("/x/a.py"), 7))[-len(tail) :] == tail


def test_without_a_packet_it_is_the_newest_of_the_repository(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInputError, match="no repository around here"):
        newest_packet(tmp_path)
    work = tmp_path / "work"
    ScriptedRepository(work)
    with pytest.raises(BadInputError, match="has no packet yet") as caught:
        newest_packet(work)
    assert "reviewer pack" in (caught.value.hint or "")
    kept = work / ".git" / "reviewer" / "packets"
    kept.mkdir(parents=True)
    for age, name in enumerate(("new.packet", "old.packet")):
        (kept / name).write_bytes(b"")
        os.utime(kept / name, (1_700_000_000 - age, 1_700_000_000 - age))
    assert newest_packet(work).name == "new.packet"
    assert "packet: new.packet, the newest of 2" in capfd.readouterr().err
