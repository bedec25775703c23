from __future__ import annotations

import compileall
import os
import shutil
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reviewer.packet.loader import load
from reviewer.paths import resource_dir
from reviewer.workflow.demo import make_demo
from reviewer.workflow.verify import load_signers
from tests.support.keys import needs_ssh_keygen

if TYPE_CHECKING:
    from pathlib import Path


@needs_ssh_keygen
@pytest.mark.parametrize("scenario", ["refresh-skew", "slug-length", "every-finding"])
def test_a_demo_makes_everything_in_its_folder_and_says_so(scenario: str, tmp_path: Path) -> None:
    said: list[str] = []
    made = make_demo(scenario, folder=tmp_path / "demo", say=said.append)
    for path in (made.repository / ".git", made.session, made.packet, made.key, made.allowed_signers):
        assert path.exists()
        assert path.is_relative_to(tmp_path / "demo")
    assert all(str(path) in "\n".join(said) for path in (made.folder, made.repository, made.key, made.packet))
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    signers = load_signers(made.allowed_signers)
    assert signers is not None


@needs_ssh_keygen
def test_the_demo_leaves_the_home_folder_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Mine\n[core]\n\thooksPath = /nowhere\n[init]\n\ttemplateDir = /x\n"
    )
    before = sorted(home.rglob("*"))
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "reviewer", "demo"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(home.rglob("*")) == before
    assert "verify" in done.stdout
    assert "rm -r" in done.stdout
    folder = next(path for path in tmp_path.iterdir() if path.name.startswith("reviewer-demo-"))
    made = str(folder)
    assert made in done.stderr


@needs_ssh_keygen
def test_what_an_installer_compiles_is_not_part_of_the_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    shutil.copytree(resource_dir("packets"), data)
    assert compileall.compile_dir(data / "scenarios" / "refresh-skew", quiet=1)
    monkeypatch.setattr("reviewer.workflow.demo.resource_dir", lambda _name: data)
    made = make_demo(folder=tmp_path / "demo", say=lambda _line: None)
    with load(made.packet) as packet:
        paths = [row.path for row in packet.manifest.file_changed]
    assert paths == ["pyproject.toml", "src/parcel/carrier/client.py", "tests/test_client.py"]


def test_every_scenario_has_all_its_parts() -> None:
    for folder in (resource_dir("packets") / "scenarios").iterdir():
        assert {path.name for path in folder.iterdir()} == {"base", "head", "commit.txt", "task.toml", "session.jsonl"}
