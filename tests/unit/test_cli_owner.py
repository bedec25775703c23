"""`reviewer owner` from outside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reviewer.cli import main
from reviewer.git.quarantine import Quarantine
from tests.support.approvals import decide, packet_of
from tests.support.keys import FakeSigner, signers_line
from tests.support.records import ANA
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedRepository:
    monkeypatch.setenv("REVIEWER_CONFIG_DIR", str(tmp_path / "config"))
    made = ScriptedRepository(tmp_path / "repo")
    base = made.commit("base", {"src/a.py": "one\ntwo\n"})
    head = made.commit("change", {"src/a.py": "one\n2\n"})
    with Quarantine.of(made.root) as quarantine:
        decide(packet_of(quarantine, base, head, made.git_dir / "reviewer" / "packets" / "x.packet"))
    (tmp_path / "signers").write_text(signers_line(ANA, FakeSigner().public))
    monkeypatch.chdir(made.root / "src")
    return made


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(("owner", "--allowed-signers", "../../signers", *arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize("target", ["a.py:2", "../src/a.py:2", "./a.py"])
def test_an_owner_is_named_with_the_approval(
    repository: ScriptedRepository, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    assert _run(target) == 0
    out = capsys.readouterr().out
    assert "Ana Example <ana@example.org>" in out
    assert repository.head()[:12] in out


def test_nobody_is_an_answer(repository: ScriptedRepository, capsys: pytest.CaptureFixture[str]) -> None:
    assert repository.root.is_dir()
    assert _run("a.py:1") == 1
    assert "nobody" in capsys.readouterr().out
    assert _run("a.py:9") == 2
    assert _run("missing.py") == 2
    assert _run("../../signers") == 2


def test_json_has_the_text_and_the_owners(repository: ScriptedRepository, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--json", str(repository.root / "src" / "a.py")) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["path"], answer["lines"], answer["owned"]) == ("src/a.py", 2, 1)
    assert answer["spans"][1]["text"] == ["2"]
