"""Files that hang their reader, or that stand where something else is meant."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reviewer.workflow.verify.stored import beside
from tests.support.approvals import decide
from tests.support.keys import FakeSigner, signers_line
from tests.support.packets import make_packet
from tests.support.records import ANA
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path


def _run(place: Path, *arguments: str) -> tuple[int, str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(place), "REVIEWER_CONFIG_DIR": str(place / "config")}
    done = subprocess.run(
        [sys.executable, "-m", "reviewer", *arguments],
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
        check=False,
    )
    return done.returncode, done.stderr.decode()


def test_a_named_pipe_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    packet = make_packet(tmp_path)
    repository = ScriptedRepository(tmp_path / "repository")
    repository.commit("base", {"a": "1\n"})
    repository.commit("head", {"a": "2\n"})
    os.mkfifo(tmp_path / "pipe")
    pack = ("pack", "--repo", "repository", "--session", "none", "-o", "x.packet", "HEAD~1..HEAD")
    for arguments in (("verify", packet.name, "--allowed-signers", "pipe"), (*pack, "--task", "pipe")):
        code, said = _run(tmp_path, *arguments)
        assert (code, "not a plain file" in said) == (2, True), said


@pytest.mark.parametrize("text", [None, "x = " + "[" * 5_000, "x = " + "9" * 5_000, "#" * (1 << 20) + "#"])
def test_settings_that_cannot_be_read_are_one_sentence(tmp_path: Path, text: str | None) -> None:
    (tmp_path / "config").mkdir()
    place = tmp_path / "config" / "config.toml"
    os.mkfifo(place) if text is None else place.write_text(text)
    code, said = _run(tmp_path, "check", make_packet(tmp_path).name)
    assert code == 2
    assert "config.toml: " in said
    assert "should not happen" not in said


def test_an_approved_packet_named_like_a_range_does_not_answer_for_the_range(tmp_path: Path) -> None:
    repository = ScriptedRepository(tmp_path / "work")
    repository.commit("base", {"a": "1\n"})
    repository.commit("head", {"a": "2\n"})
    planted = make_packet(repository.root, name="HEAD~1..HEAD")
    decide(planted)
    assert beside(planted).exists()
    (repository.root / "signers").write_text(signers_line(ANA, FakeSigner().public))
    code, said = _run(repository.root, "verify", "HEAD~1..HEAD", "--allowed-signers", "signers")
    assert code == 2
    assert "a file here and a range of commits too" in said
    assert _run(repository.root, "verify", "./HEAD~1..HEAD", "--allowed-signers", "signers")[0] == 0


def test_a_sentence_stays_one_line_of_a_screen_however_long_a_name_in_it_is(tmp_path: Path) -> None:
    code, said = _run(tmp_path, "verify", "x" * 100_000)
    assert code == 2
    assert len(said) < 5_000
