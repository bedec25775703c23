"""`reviewer verify` and `reviewer ledger` from outside: exit codes, one line on stdout, and what is never loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reviewer.cli import main
from reviewer.workflow.verify.stored import beside
from tests.support.approvals import decide
from tests.support.keys import FakeSigner, signers_line
from tests.support.packets import make_packet
from tests.support.records import ANA
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (work / "signers").write_text(signers_line(ANA, FakeSigner().public))
    return work


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_the_exit_code_is_the_answer(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = make_packet(place)
    signers = ("--allowed-signers", "signers")
    assert _run("verify", str(path), *signers) == 1
    assert "not approved: allow-for-clock-skew" in capsys.readouterr().out
    decide(path)
    assert _run("verify", str(path), *signers) == 0
    out = capsys.readouterr().out
    assert out.startswith("approved: ")
    assert out.count("\n") == 1
    assert _run("verify", str(path)) == 3
    assert _run("verify", "nothing.packet", *signers) == 2
    assert _run("verify", str(path), "--allowed-signers", "nothing") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_json_says_the_same(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = make_packet(place)
    receipt = decide(path)
    assert _run("verify", str(path), "--allowed-signers", "signers", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["state"] == "approved"
    assert answer["records"][0]["statement"] == receipt.digest


def test_what_a_packet_says_is_shown_inert(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = make_packet(place)
    beside(path).write_bytes(b'{"\x1b]0;title\x07": 1}\n')
    assert _run("verify", str(path), "--allowed-signers", "signers") == 1
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err


@pytest.mark.parametrize("target", ["x", "..HEAD", "a...b", ".."])
def test_what_is_neither_packet_nor_range_is_bad_input(place: Path, target: str) -> None:
    assert place.is_dir()
    assert _run("verify", target if target != ".." else "...") == 2


def test_a_range_prints_one_line_a_commit(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = ScriptedRepository(place / "repo")
    base = repository.commit("base", {"a": "1\n"})
    repository.commit("sub\x1bject", {"a": "2\n"})
    arguments = ("--repo", str(repository.root), "--allowed-signers", "signers")
    assert _run("verify", f"{base}..HEAD", *arguments) == 1
    captured = capsys.readouterr()
    assert captured.out.count("\n") == 1
    assert "sub⟨U+001B⟩ject" in captured.out
    assert _run("verify", f"{base}..nowhere", *arguments) == 2


def test_the_ledger_is_made_once_and_listed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = ScriptedRepository(place / "repo")
    repository.commit("base", {"a": "1\n"})
    where = ("--repo", str(repository.root))
    assert _run("ledger", "log", *where) == 2
    assert _run("ledger", "init", *where) == 0
    assert _run("ledger", "init", *where) == 0
    assert "already" in capsys.readouterr().err
    assert _run("ledger", "log", "--json", *where) == 0
    assert json.loads(capsys.readouterr().out) == {"problems": [], "records": []}


def test_checking_a_packet_loads_no_screen_and_no_git_library(place: Path) -> None:
    path = make_packet(place)
    decide(path)
    code = (
        "import sys\nfrom reviewer.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as end:\n"
        "    heavy = {'textual', 'rich', 'pygments', 'git', 'unidiff', 'asyncio'} & set(sys.modules)\n"
        "    print(end.code, sorted(heavy))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "verify", str(path), "--allowed-signers", str(place / "signers")],
        cwd=place,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[-2] == "0 []", done.stdout + done.stderr
